"""Which times can be booked, and the one seat that is taken or given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F

from guanxi.customers.stores import StoreRow, stores
from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.loyalty.booking import plans
from guanxi.loyalty.booking.contracts import Slot
from guanxi.loyalty.booking.models import BookingPlan as Plan
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.loyalty.booking.models import BookingSlot as Row
from guanxi.platform.models import Brand

MOST_DAYS: Final = 62


def places(brand: Brand, service: Service) -> list[StoreRow]:
    """Where the service is offered: open stores by their code; first, where it is, at home or online, with
    an empty code."""
    offered = set(Plan.objects.filter(service=service).values_list("store", flat=True))
    found = [StoreRow("", "", None, None, None, True)] if "" in offered else []
    return found + [one for one in stores(brand.pk) if one.open and one.code in offered]


def between(
    brand: Brand, service: Service, store: str, first: date, days: int, *, all_of_them: bool = False
) -> list[Slot]:
    """The slots of a store from a local day on, by time: those that can be booked now, full ones among them;
    with `all_of_them` also those that are over or too far ahead."""
    plan = Plan.objects.filter(service=service, store=store).first()
    if plan is None or not any(one.code == store for one in places(brand, service)):
        return []
    zone, at_ms = ZoneInfo(brand.timezone), now_ms()
    lines = plans.parse(plan.lines, service.minutes)
    found = [
        time
        for number in range(min(days, MOST_DAYS))
        for time in plans.times(lines, first + timedelta(days=number), service.minutes, zone)
    ]
    if not all_of_them:
        found = [one for one in found if at_ms < one.starts_ms <= at_ms + service.ahead_days * DAY_MS]
    if not found:
        return []
    rows = Row.objects.filter(
        service=service, store=store, starts_ms__gte=found[0].starts_ms, starts_ms__lte=found[-1].starts_ms
    )
    taken = dict(rows.values_list("starts_ms", "taken"))
    return [
        Slot(
            store,
            one.starts_ms,
            one.ends_ms,
            one.local,
            one.seats,
            max(0, one.seats - taken.get(one.starts_ms, 0)),
        )
        for one in found
    ]


def bookable(brand: Brand, service: Service, store: str, starts_ms: int) -> Slot:
    """The slot at that time, to be booked now. Raises Conflict with `reason`: past, no_slot."""
    if starts_ms <= now_ms():
        raise Conflict(
            say("That time is over."), remedy=say("Choose another time."), reason="past", field="at"
        )
    day = to_datetime(starts_ms, ZoneInfo(brand.timezone)).date() if starts_ms < 1 << 42 else date.max
    offered = between(brand, service, store, day, 1) if day < date.max else []
    found = next((one for one in offered if one.starts_ms == starts_ms), None)
    if found is None:
        raise Conflict(
            say("Nothing is offered at that time."),
            remedy=say("Choose another time."),
            reason="no_slot",
            field="at",
        )
    return found


def take(service: Service, slot: Slot) -> Row:
    """One seat, in the caller's transaction. Raises Conflict (`full`)."""
    where = {"service": service, "store": slot.store, "starts_ms": slot.starts_ms}
    row, _made = Row.objects.get_or_create(**where, defaults={"seats": slot.seats})
    free = Row.objects.filter(pk=row.pk, taken__lt=slot.seats)
    if not free.update(taken=F("taken") + 1, seats=slot.seats):
        raise Conflict(
            say("That time is full."), remedy=say("Choose another time."), reason="full", field="at"
        )
    return row


def give_back(slot_ids: Sequence[int]) -> None:
    """A seat each, in the caller's transaction."""
    for number in slot_ids:
        Row.objects.filter(pk=number).update(taken=F("taken") - 1)
