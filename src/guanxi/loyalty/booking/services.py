"""The verbs of bookings: each one transaction, in the brand's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from zoneinfo import ZoneInfo

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import root_of, subject_ids_of
from guanxi.kernel.clock import DAY_MS, HOUR_MS, now_ms, to_datetime
from guanxi.kernel.errors import Conflict, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty import audience
from guanxi.loyalty.booking import paying, reminding, slots
from guanxi.loyalty.booking.contracts import SEATED, Slot, State
from guanxi.loyalty.booking.defining import find as service_of
from guanxi.loyalty.booking.kinds import OF_STATE
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

LONGEST_MS: Final = DAY_MS  # of a service: nobody is busy longer


def find(brand_id: int, booking_id: int) -> Booking:
    """Raises NotFound."""
    rows = Booking.objects.select_related("service", "slot")
    found = rows.filter(brand_id=brand_id, pk=booking_id).first()
    if found is None:
        raise NotFound(say("There is no booking %(id)s.", id=booking_id))
    return found


def book(
    brand: Brand, service_id: int, subject_id: int, store: str, starts_ms: int, *, actor: object
) -> Booking:
    """A seat for the customer of that subject; the same again where they have that very seat.

    Raises NotFound for a service or a customer that there is not, and Conflict with a `reason`: closed, past,
    no_slot, busy, not_for_you, limit, full, insufficient.
    """
    with writing(brand.pk):
        service = service_of(brand.pk, service_id)
        customer, family = _customer(brand.pk, subject_id)
        mine = _seated(family, service.pk, store, starts_ms)
        if mine is not None:
            return mine
        if not service.open:
            raise _refusal("closed", say("This cannot be booked any more."), say("Choose something else."))
        slot = slots.bookable(brand, service, store, starts_ms)
        _demand_free(family, slot)
        if 1 not in audience.holding(brand, {1: service.audience}, customer):
            raise _refusal(
                "not_for_you", say("This is not for this customer."), say("Look who it is meant for.")
            )
        _demand_within_limit(service, family, slot)
        row = slots.take(service, slot)
        booking = Booking.objects.create(
            brand_id=brand.pk,
            service=service,
            slot=row,
            subject_id=subject_id,
            state=State.BOOKED,
            starts_ms=slot.starts_ms,
            ends_ms=slot.ends_ms,
            asset=service.asset,
            units=service.units,
            actor=str(actor)[:160],
        )
        paying.pay(brand.pk, booking, actor)
        _told(brand, booking)
        reminding.remind(brand, service, booking)
    return booking


def move(
    brand: Brand, booking_id: int, store: str, starts_ms: int, *, actor: object, late: bool = False
) -> Booking:
    """To another slot of the same service; with `late` also after the customer's time for it is up. Raises as
    `book`, and Conflict (too_late, ended)."""
    with writing(brand.pk):
        booking = find(brand.pk, booking_id)
        if (booking.slot.store, booking.starts_ms) == (store, starts_ms):
            return booking
        _demand_in_time(booking, late)
        service, before = booking.service, (booking.slot_id, booking.starts_ms)
        slot = slots.bookable(brand, service, store, starts_ms)
        _customer_id, family = _customer(brand.pk, booking.subject_id)
        _demand_free(family, slot, but=booking.pk)
        _demand_within_limit(service, family, slot, but=booking.pk)
        row = slots.take(service, slot)
        change = {"slot": row, "starts_ms": slot.starts_ms, "ends_ms": slot.ends_ms, "changed_ms": now_ms()}
        _change(booking, State.BOOKED, **change)
        slots.give_back([before[0]])
        reminding.take_back(brand.pk, booking.pk, before[1])
        booking = find(brand.pk, booking.pk)
        _told(brand, booking)
        reminding.remind(brand, service, booking)
        audit.record(brand.pk, str(actor), "booking.moved", "booking", booking.pk)
    return booking


def cancel(brand: Brand, booking_id: int, *, actor: object, late: bool = False) -> Booking:
    """Give seat and price back. A second time it is as it is. Raises NotFound, Conflict (too_late, ended)."""
    with writing(brand.pk):
        booking = find(brand.pk, booking_id)
        if booking.state == State.CANCELLED:
            return booking
        _demand_in_time(booking, late)
        _end(brand, booking, State.CANCELLED, actor)
        slots.give_back([booking.slot_id])
        paying.pay_back(brand.pk, booking, actor)
        reminding.take_back(brand.pk, booking.pk, booking.starts_ms)
    return booking


def attend(brand: Brand, booking_id: int, *, actor: object) -> Booking:
    """The customer came. Raises NotFound, Conflict (too_early, ended)."""
    zone = ZoneInfo(brand.timezone)

    def began(booking: Booking) -> bool:
        return to_datetime(now_ms(), zone).date() >= to_datetime(booking.starts_ms, zone).date()

    return _met(brand, booking_id, State.ATTENDED, began, actor)


def miss(brand: Brand, booking_id: int, *, actor: object) -> Booking:
    """The customer did not come. Raises NotFound, Conflict (too_early, ended)."""
    return _met(brand, booking_id, State.MISSED, lambda booking: now_ms() >= booking.starts_ms, actor)


def _met(
    brand: Brand, booking_id: int, state: State, began: Callable[[Booking], bool], actor: object
) -> Booking:
    with writing(brand.pk):
        booking = find(brand.pk, booking_id)
        if booking.state == state:
            return booking
        if not began(booking):
            raise _refusal("too_early", say("It has not begun yet."), say("Say so when it has."))
        _end(brand, booking, state, actor)
        reminding.take_back(brand.pk, booking.pk, booking.starts_ms)
    return booking


def _end(brand: Brand, booking: Booking, state: State, actor: object) -> None:
    _change(booking, state, changed_ms=now_ms())
    booking.state = state
    _told(brand, booking)
    audit.record(brand.pk, str(actor), f"booking.{state}", "booking", booking.pk)


def _change(booking: Booking, state: State, **columns: Any) -> None:
    """Raises Conflict where it is booked no longer."""
    if not Booking.objects.filter(pk=booking.pk, state=State.BOOKED).update(state=state, **columns):
        raise _refusal("ended", say("This booking has ended."), say("Look at it again."))


def _customer(brand_id: int, subject_id: int) -> tuple[int, list[int]]:
    customer = root_of(brand_id, subject_id)
    if customer is None:
        raise NotFound(say("There is no customer %(id)s.", id=subject_id))
    return customer, subject_ids_of(brand_id, customer)


def _seated(family: list[int], service_id: int, store: str, starts_ms: int) -> Booking | None:
    rows = Booking.objects.select_related("service", "slot").filter(
        subject_id__in=family, service_id=service_id, starts_ms=starts_ms, slot__store=store, state__in=SEATED
    )
    return rows.first()


def _demand_free(family: list[int], slot: Slot, but: int = 0) -> None:
    """Nobody is at two places at one time."""
    rows = Booking.objects.filter(
        subject_id__in=family,
        state__in=SEATED,
        starts_ms__lt=slot.ends_ms,
        starts_ms__gt=slot.starts_ms - LONGEST_MS,
        ends_ms__gt=slot.starts_ms,
    )
    if rows.exclude(pk=but).exists():
        raise _refusal(
            "busy", say("There is another booking at that time."), say("Choose another time, or move it.")
        )


def _demand_within_limit(service: Service, family: list[int], slot: Slot, but: int = 0) -> None:
    if not service.limit_times:
        return
    span_ms = service.limit_days * DAY_MS
    rows = Booking.objects.filter(
        subject_id__in=family,
        service=service,
        state__in=SEATED,
        starts_ms__gt=slot.starts_ms - span_ms,
        starts_ms__lt=slot.starts_ms + span_ms,
    )
    if rows.exclude(pk=but).count() >= service.limit_times:
        message = say(
            "At most %(times)s in %(days)s days.", times=service.limit_times, days=service.limit_days
        )
        raise _refusal("limit", message, say("Choose a later day."))


def _demand_in_time(booking: Booking, late: bool) -> None:
    """Raises Conflict where the booking has ended, or its time for changes is up."""
    if booking.state != State.BOOKED:
        raise _refusal("ended", say("This booking has ended."), say("Look at it again."))
    until_ms = booking.ends_ms if late else booking.starts_ms - booking.service.cancel_hours * HOUR_MS
    if now_ms() >= until_ms:
        raise _refusal("too_late", say("It is too late for that."), say("Ask the store."))


def _told(brand: Brand, booking: Booking) -> None:
    payload = {
        "booking": str(booking.pk),
        "service": booking.service.name_zh,
        "service_id": booking.service_id,
        "service_kind": booking.service.kind,
        "store": booking.slot.store,
        "starts_ms": booking.starts_ms,
    }
    tell(brand.pk, [Happening(OF_STATE[State(booking.state)], booking.subject_id, now_ms(), payload)])


def _refusal(reason: str, message: Wording, remedy: Wording) -> Conflict:
    return Conflict(message, remedy=remedy, reason=reason)
