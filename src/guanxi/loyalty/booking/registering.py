"""What this room adds to the others."""

from __future__ import annotations

from guanxi.loyalty.booking import kinds, member, paying, rights, till
from guanxi.loyalty.booking.console import menu


def register() -> None:
    """Called once, at start-up."""
    kinds.register()
    rights.register()
    paying.register()
    member.register()
    till.register()
    menu.register()
