"""Moments as touchpoints."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

BIRTHDAY = Kind(
    "birthday.reached",
    "生日到了",
    "Birthday reached",
    "Written by Guanxi: it is the customer's birthday, solar or lunar. The payload is empty.",
)
ANNIVERSARY = Kind(
    "anniversary.reached",
    "会员周年",
    "Anniversary reached",
    "Written by Guanxi: so many whole years ago the customer first bought or joined.",
    (Field("years", FieldType.INTEGER, "how many years", required=True),),
)


def register() -> None:
    KINDS.register(BIRTHDAY)
    KINDS.register(ANNIVERSARY)
    keeping.add(
        keeping.Group(
            "facts.moments",
            say("Birthdays and anniversaries that were reached"),
            say("On which days customers had a birthday or an anniversary."),
            (BIRTHDAY.name, ANNIVERSARY.name),
        )
    )
