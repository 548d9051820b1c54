"""The columns of both reports, each with its definition."""

from __future__ import annotations

from typing import Final

from guanxi.economics.reporting import Column, Unit
from guanxi.kernel.wording import Wording, say

_LOW: Final = say("The lower end of the share's 90% interval (Wilson).")
_HIGH: Final = say("The upper end of the share's 90% interval (Wilson).")
_SHARES: Final = (
    ("active", say("Real, active"), say("Real and active: no suspicion, and a sign of life.")),
    ("asleep", say("Real, asleep"), say("Real and asleep: no suspicion, and no sign of life.")),
    ("suspicious", say("Suspicious"), say("The weights of the reasons come to the threshold.")),
    ("insufficient", say("Insufficient evidence"), say("Too little is known for a verdict.")),
)


def _shares(name: str, label: Wording, definition: Wording) -> tuple[Column, ...]:
    return (
        Column(name, label, definition, detail=True),
        Column(f"{name}_share", say("%(what)s, share", what=label), definition, Unit.SHARE),
        Column(f"{name}_low", say("%(what)s, from", what=label), _LOW, Unit.SHARE, detail=True),
        Column(f"{name}_high", say("%(what)s, to", what=label), _HIGH, Unit.SHARE, detail=True),
    )


BY_PLATFORM: Final = (
    Column("platform", say("Platform"), say("Where they follow."), Unit.TEXT),
    Column("followers", say("Followers"), say("Accounts, each once on its platform.")),
    *(column for one in _SHARES for column in _shares(*one)),
)
BY_REASON: Final = (
    Column("reason", say("Reason"), say("What speaks for or against a follower."), Unit.TEXT),
    Column("code", say("Code"), say("The reason's name for programs."), Unit.TEXT, detail=True),
    Column("weight", say("Weight"), say("Hundredths towards suspicion; below zero it speaks for them.")),
    Column("followers", say("Followers"), say("Of whom the reason holds.")),
    Column("share", say("Share"), say("Of all followers."), Unit.SHARE),
    Column("low", say("Low"), _LOW, Unit.SHARE, detail=True),
    Column("high", say("High"), _HIGH, Unit.SHARE, detail=True),
    Column("suspicious", say("Suspicious"), say("Suspicious followers of whom the reason holds.")),
    Column("meaning", say("Meaning"), say("When the reason holds."), Unit.TEXT, detail=True),
    Column("source", say("Source"), say("Where the reason comes from."), Unit.TEXT, detail=True),
)
FUNNEL: Final = (
    Column("platform", say("Platform"), say("Where they follow."), Unit.TEXT),
    Column(
        "stage",
        say("Stage"),
        say(
            "Follower; identifier known (a phone or a WeChat id); may be written to (and has agreed to "
            "marketing on a channel that it serves); member; buyer (has a paid order); repeat (bought on two "
            "days or more); advocate (has recommended, shared or reviewed)."
        ),
        Unit.TEXT,
    ),
    Column("people", say("In the stage"), say("Who follows on several platforms counts once in the whole.")),
    Column("real", say("Without the fakes"), say("Of these, those who are not suspicious.")),
    Column(
        "of_before",
        say("Of the stage before"),
        say("Of those who are not suspicious and in the stage before, how many are in this one."),
        Unit.SHARE,
    ),
    Column("low", say("Low"), _LOW, Unit.SHARE, detail=True),
    Column("high", say("High"), _HIGH, Unit.SHARE, detail=True),
    Column("of_followers", say("Of followers"), say("Of all followers who are not suspicious."), Unit.SHARE),
    Column(
        "margin_fen",
        say("Margin"),
        say("What those who are in this stage and not suspicious have left so far, at the assumed margins."),
        Unit.FEN,
    ),
)
