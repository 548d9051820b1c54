"""The facts of rewards."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.wording import say
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

_ABOUT: Final = (
    Field("reward", FieldType.TEXT, "code of the reward", required=True),
    Field("type", FieldType.TEXT, "kind of reward: gift, sample, donation …"),
    Field("redemption", FieldType.INTEGER, "id of the redemption", required=True),
)


def register() -> None:
    KINDS.register(
        Kind(
            "reward.redeemed",
            "兑换礼遇",
            "Reward redeemed",
            "Written by Guanxi: a reward is the member's, paid for or given, and waits to be handed over.",
            (
                *_ABOUT,
                Field("asset", FieldType.TEXT, "what it was paid with"),
                Field("units", FieldType.INTEGER, "how many units of it"),
                Field("fen", FieldType.FEN, "money that was paid besides"),
                Field("origin", FieldType.TEXT, "phone, till, api or rule"),
            ),
        )
    )
    KINDS.register(
        Kind(
            "reward.handed_out",
            "礼遇已交付",
            "Reward handed out",
            "Written by Guanxi: a reward was handed over, or is on its way.",
            (
                *_ABOUT,
                Field("delivery", FieldType.TEXT, "collect, send or none"),
                Field("store", FieldType.TEXT, "code of the store where it was collected"),
            ),
        )
    )
    KINDS.register(
        Kind(
            "reward.cancelled",
            "兑换已取消",
            "Reward cancelled",
            "Written by Guanxi: a redemption was called off, expired, or came back after it was handed over.",
            (*_ABOUT, Field("why", FieldType.TEXT, "cancelled, expired or returned")),
        )
    )
    KINDS.register(
        Kind(
            "sample.reviewed",
            "试用评价",
            "Sample reviewed",
            "What a member thinks of a reward they had. Everybody is asked, and nothing is given for it.",
            (
                *_ABOUT,
                Field("stars", FieldType.INTEGER, "1 to 5", required=True),
                Field("words", FieldType.WORDS, "what they said"),
            ),
        )
    )
    keeping.add(
        keeping.Group(
            "facts.rewards",
            say("Rewards and samples in the log"),
            say("When customers redeemed and got rewards, and what they thought. Redemptions stay."),
            ("reward.redeemed", "reward.handed_out", "reward.cancelled", "sample.reviewed"),
        )
    )
