"""What rules add to the console: their entry of the menu, their help, and the palette."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.console.rules_views import find_rules
from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu
from guanxi.ui.palette import Finder, finders


def register() -> None:
    menu.register(
        Entry(
            "rules",
            _("Rules"),
            Chapter.LOYALTY,
            "rules",
            "rules.view",
            keywords="earn points campaign group budget 规则 积分 活动 发放 互斥 预算",
            help="rules#in-the-console",
            after="ledger",
        )
    )
    for page in ("rule-new", "rule-edit"):
        helps.register(Help(page, "rules#effects"))
    helps.register(Help("rules-trace", "rules#before-a-rule-is-switched-on"))
    finders.register(Finder("rules", "rules.view", "gift", find_rules))
