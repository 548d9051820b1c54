"""The members' menu, and what stands on its page of more."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.loyalty.member.contracts import LINKS, TABS, Link, Tab


def register() -> None:
    TABS.register(Tab("card", 100, _("Card"), "member-card"))
    TABS.register(Tab("more", 900, _("More"), "member-more"))
    LINKS.register(Link("points", 100, _("What came and went"), "points"))
    LINKS.register(Link("inbox", 200, _("Messages"), "inbox"))
    LINKS.register(Link("profile", 300, _("Birthday and language"), "profile"))
    LINKS.register(Link("stores", 400, _("Stores near you"), "stores"))
    LINKS.register(Link("keep", 500, _("Keep the card"), "keep"))
