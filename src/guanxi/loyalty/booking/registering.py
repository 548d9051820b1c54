"""What this room adds to the others."""

from __future__ import annotations

from guanxi.loyalty.booking import kinds, rights


def register() -> None:
    """Called once, at start-up."""
    kinds.register()
    rights.register()
