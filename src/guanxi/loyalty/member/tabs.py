"""The members' menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.member.contracts import TABS, Tab


def register() -> None:
    TABS.register(Tab("card", 100, _("Card"), "member-card"))
