"""What rewards add to the console: entries of the menu, their help, and the palette."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.rewards import queries, words
from guanxi.platform.access import BrandRequest
from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu
from guanxi.ui.palette import Finder, Hit, finders


def register() -> None:
    menu.register(
        Entry(
            "rewards",
            _("Rewards"),
            Chapter.LOYALTY,
            "rewards",
            "programme.view",
            keywords="catalogue gift sample donation stock family 礼遇 兑换 积分商城 小样 赠品 库存",
            help="rewards",
            after="rules",
        )
    )
    menu.register(
        Entry(
            "redemptions",
            _("Redemptions"),
            Chapter.LOYALTY,
            "redemptions",
            "programme.view",
            keywords="pickup parcel tracking hand out 兑换单 核销 自提 发货 快递",
            help="rewards#states",
            after="rewards",
        )
    )
    for page in ("reward-new", "reward-edit"):
        helps.register(Help(page, "rewards#prices"))
    finders.register(Finder("rewards", "programme.view", "gift", find_rewards))


def find_rewards(request: BrandRequest, text: str) -> list[Hit]:
    """For the command palette."""
    wanted = text.casefold()
    rows = [
        row
        for row in queries.rewards(request.brand.pk)
        if wanted in f"{row.code} {row.name} {row.name_en}".casefold()
    ]
    return [Hit(words.called(row), reverse("reward", args=[row.code]), row.code) for row in rows[:6]]
