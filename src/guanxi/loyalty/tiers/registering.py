"""What tiers add to the other rooms and to the pages."""

from __future__ import annotations

from guanxi.loyalty.tiers import applying, jobs


def register() -> None:
    """Called once, at start-up, after the rules."""
    applying.register()
    jobs.register()
