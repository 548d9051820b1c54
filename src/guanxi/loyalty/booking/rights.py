"""What this room holds of a person: their bookings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.booking import slots
from guanxi.loyalty.booking.contracts import SEATED
from guanxi.loyalty.booking.models import Booking


def register() -> None:
    SOURCES.register(
        Source(
            "bookings",
            _("Services that the person booked"),
            ("loyalty_booking",),
            read,
            _("To keep a seat for the person."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("bookings", forget))


def read(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = Booking.objects.select_related("service", "slot").filter(subject_id__in=list(person.subject_ids))
    for one in rows.order_by("pk"):
        yield {
            "service": one.service.name_zh,
            "store": one.slot.store,
            "begins": to_datetime(one.starts_ms).isoformat(),
            "state": one.state,
            "units": one.units,
        }


def forget(person: Person) -> Mapping[str, int]:
    """Seats are free again, also of what was; bookings go."""
    rows = Booking.objects.filter(subject_id__in=list(person.subject_ids))
    slots.give_back(list(rows.filter(state__in=SEATED).values_list("slot_id", flat=True)))
    return {"loyalty_booking": rows.delete()[0]}
