"""What this room adds to the others."""

from __future__ import annotations

from guanxi.loyalty.moments import jobs, joining, kinds, rights
from guanxi.loyalty.moments.console import menu


def register() -> None:
    """Called once, at start-up."""
    kinds.register()
    joining.register()
    jobs.register()
    rights.register()
    menu.register()
