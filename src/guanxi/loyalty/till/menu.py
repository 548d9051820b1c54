"""What the till adds to the console: its entry of the menu and its help."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu


def register() -> None:
    menu.register(
        Entry(
            "till",
            _("Till"),
            Chapter.LOYALTY,
            "till",
            "till.use",
            keywords="till scan card counter redeem 收银 扫码 会员码 核销 门店",
            help="membership#at-the-till",
            after="ledger",
        )
    )
    helps.register(Help("till-member", "membership#at-the-till"))
