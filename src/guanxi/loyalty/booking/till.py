"""The till's part for a member who is served: their bookings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.loyalty.booking import queries
from guanxi.loyalty.booking.console.views import guests_of
from guanxi.loyalty.till.contracts import PARTS, Part, Served

AHEAD_MS: Final = 7 * DAY_MS


def register() -> None:
    PARTS.register(Part("bookings", 400, "loyalty/till_bookings.html", load))


def load(served: Served) -> Mapping[str, Any] | None:
    """What is booked from yesterday to a week ahead, by time."""
    at_ms = now_ms()
    rows = [
        one
        for one in queries.bookings_of(served.subject_ids)
        if at_ms - DAY_MS < one.starts_ms < at_ms + AHEAD_MS and one.state != "cancelled"
    ]
    if not rows:
        return None
    rows.sort(key=lambda one: one.starts_ms)
    return {"guests": guests_of(served.request, rows), "back": served.back}
