"""What draws offer the other rooms, registered at start-up."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.loyalty.draws import coupons, effects, jobs, kinds, member, rights
from guanxi.loyalty.draws.console import menu
from guanxi.loyalty.ledger.words import REASONS


def register() -> None:
    kinds.register()
    coupons.register()
    rights.register()
    effects.register()
    jobs.register()
    menu.register()
    member.register()
    REASONS.update(
        {
            "draw.stock": say("Stock of a draw"),
            "draw.entered": say("Entry of a draw"),
            "draw.ticket": say("Tickets of a draw"),
            "draw.won": say("Won in a draw"),
            "draw.consoled": say("Consolation of a draw"),
            "draw.handed_out": say("Prize handed out"),
            "draw.returned": say("Prize of a draw back in stock"),
            "draw.left": say("Left over from a draw"),
        }
    )
