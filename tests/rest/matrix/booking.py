"""Services and bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.booking import defining, services
from guanxi.loyalty.booking.contracts import Wanted
from guanxi.loyalty.booking.models import Booking, BookingService
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest.booking_examples import SERVICE_WANTED
from tests.rest.matrix.row import Ask

READ, WRITE, TILL = Scope.PROGRAMME_READ, Scope.PROGRAMME_WRITE, Scope.TILL_USE


def known_service() -> int:
    return BookingService.objects.earliest("pk").pk


def known_booking() -> int:
    return Booking.objects.earliest("pk").pk


def soon(days: int) -> str:
    return (to_datetime(now_ms()) + timedelta(days=days)).strftime("%Y-%m-%dT10:00:00+08:00")


def define_services(brand: Brand, customer: int) -> None:
    """A service at ten every day, and a booking of the customer in three days."""
    plan = {"": "1-7 10:00 2"}
    service = defining.create(brand, Wanted("咨询", "Advice"), plan, actor="cli")
    at = to_datetime(now_ms()).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=3)
    services.book(brand, service, customer, "", round(at.timestamp() * 1000), actor="cli")


def _book(customer: int) -> dict[str, Any]:
    return {"customer": customer, "at": soon(4)}


def told(example: Any, customer: int) -> Any:
    """An example of the documentation, about this customer and a time that is free."""
    if not isinstance(example, dict) or example.get("at") != "2026-12-05T10:00:00+08:00":
        return example
    who = {"customer": customer} if "customer" in example else {}
    return {**example, **who, "at": soon(4 if who else 6)}


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_services": (READ, lambda caller, _: caller.get("services")),
    "create_service": (WRITE, lambda caller, _: caller.post("services", SERVICE_WANTED)),
    "save_service": (WRITE, lambda caller, _: caller.put(f"services/{known_service()}", {"version": 1})),
    "list_slots": (READ, lambda caller, _: caller.get(f"services/{known_service()}/slots")),
    "book_service": (
        TILL,
        lambda caller, customer: caller.post(f"services/{known_service()}/bookings", _book(customer)),
    ),
    "list_bookings": (READ, lambda caller, customer: caller.get(f"customers/{customer}/bookings")),
    "move_booking": (
        TILL,
        lambda caller, _: caller.post(f"bookings/{known_booking()}/move", {"at": soon(5)}),
    ),
    "set_booking_state": (
        TILL,
        lambda caller, _: caller.post(f"bookings/{known_booking()}/state", {"state": "cancelled"}),
    ),
}
NOT_THEIRS = {
    *("save_service", "list_slots", "book_service", "list_bookings", "move_booking", "set_booking_state"),
}
