"""This room's entry of the console's menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.ui.navigation import Chapter, Entry, Help, helps, menu


def register() -> None:
    menu.register(
        Entry(
            "services",
            _("Services"),
            Chapter.LOYALTY,
            "services",
            "programme.view",
            keywords="booking appointment event calendar slot seats 预约 服务 到店 活动 日历 名额",
            help="booking",
            after="moments",
        )
    )
    for page in ("service-new", "service-edit"):
        helps.register(Help(page, "booking#the-plan"))
