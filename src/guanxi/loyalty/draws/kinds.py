"""What happens in draws as touchpoints."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

_DRAW: Final = (
    Field("draw", FieldType.TEXT, "code of the draw", required=True),
    Field("number", FieldType.INTEGER, "number of the entry", required=True),
)
_PRIZE: Final = Field("prize", FieldType.TEXT, "code of the prize", required=True)
_KIND: Final = Field("prize_kind", FieldType.TEXT, "points, credit, coupon or gift")
ALL: Final = (
    Kind("draw.entered", "参与抽奖", "Draw entered", "Written by Guanxi: a customer entered a draw.", _DRAW),
    Kind(
        "draw.won",
        "抽奖中奖",
        "Prize won",
        "Written by Guanxi: a customer won a prize of a draw.",
        (*_DRAW, _PRIZE, _KIND),
    ),
    Kind(
        "draw.claimed",
        "领取奖品",
        "Prize claimed",
        "Written by Guanxi: a customer claimed a gift that was won.",
        (*_DRAW, _PRIZE),
    ),
)


def register() -> None:
    for kind in ALL:
        KINDS.register(kind)
    keeping.add(
        keeping.Group(
            "facts.draws",
            say("Entries and prizes of draws"),
            say(
                "When customers entered draws, won and claimed. The draws themselves and their evidence stay."
            ),
            tuple(kind.name for kind in ALL),
        )
    )
