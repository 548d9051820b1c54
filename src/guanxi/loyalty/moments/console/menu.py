"""This room's entry of the console's menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.ui.navigation import Chapter, Entry, menu


def register() -> None:
    menu.register(
        Entry(
            "moments",
            _("Birthdays"),
            Chapter.LOYALTY,
            "moments",
            "programme.view",
            keywords="birthday anniversary lunar registration gift 生日 农历 周年 入会 礼遇",
            help="moments",
            after="rules",
        )
    )
