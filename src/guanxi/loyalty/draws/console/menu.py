"""What draws add to the console and to the till."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.middleware.csrf import get_token
from django.utils.translation import gettext_lazy as _

from guanxi.customers.stores import store_name
from guanxi.loyalty.draws import queries
from guanxi.loyalty.till.contracts import PARTS, Part, Served
from guanxi.ui.navigation import Chapter, Entry, menu


def register() -> None:
    menu.register(
        Entry(
            "draws",
            _("Draws"),
            Chapter.LOYALTY,
            "draws",
            "programme.view",
            keywords="lottery prize winner raffle contest 抽奖 奖品 中奖 概率 开奖",
            help="draws",
            after="rules",
        )
    )
    PARTS.register(Part("draws", 220, "loyalty/draws_till.html", at_till))


def at_till(served: Served) -> Mapping[str, Any] | None:
    """Gifts that this member may take along."""
    found = queries.to_hand_out(served.request.brand.pk, served.subject_ids)
    if not found:
        return None
    brand_id = served.request.brand.pk
    wins = [
        (win, win.draw.terms["prizes"][win.place]["name"], store_name(brand_id, win.store)) for win in found
    ]
    return {"wins": wins, "back": served.back, "csrf_token": get_token(served.request)}
