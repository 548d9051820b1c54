"""What the reports of this part call things."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guanxi.kernel import channels
from guanxi.kernel.wording import Wording, say

NO_SPEND: Final = say("Not enough data: no spend is known for this period.")
NO_SYNC: Final = say(
    "Bring spend in with `guanxi import FILE --as spend`, or upload the file under Imports; reports know it "
    "after the next sync of the warehouse."
)
NONE: Final[dict[str, Wording]] = {
    "channel": say("unknown channel"),
    "platform": say("unknown platform"),
    "campaign": say("no campaign"),
    "kol": say("no KOL"),
    "month": say("unknown month"),
}


def group_name(by: str, name: str) -> str | Wording:
    """What a group is called: channels and platforms in the reader's language, the rest as it is."""
    if not name:
        return NONE[by]
    return channels.named(name) if by in {"channel", "platform"} else name


def listed(names: Sequence[str | Wording]) -> str | Wording:
    """One after the other, as each language parts them."""
    found = names[0] if names else ""
    for name in names[1:]:
        found = say("%(names)s, %(name)s", names=found, name=name)
    return found
