"""What members read, say and are thanked for, as touchpoints."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.loyalty.perks.report import LEVERS
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

OPENED = Kind(
    "content.opened",
    "阅读会员内容",
    "Content opened",
    "Written by Guanxi: a member opened an article, once a day each.",
    (
        Field("article", FieldType.TEXT, "number of the article", required=True),
        Field("title", FieldType.WORDS, "its title", required=True),
    ),
)
RECOGNISED = Kind(
    "member.recognised",
    "会员表彰",
    "Member recognised",
    "Written by Guanxi: a member agreed to be shown to others.",
)
ANSWERED = Kind(
    "levers.answered",
    "五力问卷",
    "Levers answered",
    "Written by Guanxi: a member said how they find the brand, 1 to 5; what they do not know is left out.",
    tuple(Field(name, FieldType.INTEGER, f"{name}, from 1 to 5") for name in LEVERS),
)


def register() -> None:
    for kind in (OPENED, RECOGNISED, ANSWERED):
        KINDS.register(kind)
    keeping.add(
        keeping.Group(
            "facts.perks",
            say("Content, recognition and the survey"),
            say("Which articles members opened, that they were featured, and what they answered."),
            (OPENED.name, RECOGNISED.name, ANSWERED.name),
        )
    )
