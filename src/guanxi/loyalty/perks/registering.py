"""What this room adds to the others."""

from __future__ import annotations

from guanxi.loyalty.perks import kinds, levers, member, rights
from guanxi.loyalty.perks.console import menu


def register() -> None:
    """Called once, at start-up."""
    kinds.register()
    levers.register()
    member.register()
    rights.register()
    menu.register()
