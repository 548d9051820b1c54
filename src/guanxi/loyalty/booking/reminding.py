"""The day before, through the outbox: queued with the booking, taken back with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.customers.lookup import root_of, summaries
from guanxi.customers.stores import stores
from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.messaging import queries
from guanxi.messaging.contracts import Kind, Message
from guanxi.messaging.services import cancel_keys, queue
from guanxi.platform.models import Brand

ACTOR: Final = "booking"
AHEAD_MS: Final = DAY_MS
KNOWN: Final[Mapping[str, Kind]] = {
    "service": Kind.TEXT,
    "store": Kind.TEXT,
    "date": Kind.DATE,
    "time": Kind.TEXT,
}


def demand(brand_id: int, channel: str, template: str) -> None:
    """Raises Invalid for a template that is missing, or asks for more than a booking tells."""
    if bool(channel) != bool(template):
        raise Invalid(say("A reminder has a channel and a template."), field="remind_template")
    if not channel:
        return
    try:
        draft = queries.template(brand_id, channel, template).draft
    except GuanxiError as error:
        raise Invalid(error.message, remedy=error.remedy, field="remind_template") from None
    for one in draft.variables:
        if KNOWN.get(one.name) is not one.kind:
            names = ", ".join(f"{name} ({kind.value})" for name, kind in KNOWN.items())
            raise Invalid(
                say("The template asks for '%(name)s', which a booking does not tell.", name=one.name),
                remedy=say("A booking can fill in: %(names)s.", names=names),
                field="remind_template",
            )


def remind(brand: Brand, service: Service, booking: Booking) -> None:
    """Queue it, in the caller's transaction. Nothing for slots that begin within a day; what the outbox
    refuses is not sent and hinders no booking."""
    not_before_ms = booking.starts_ms - AHEAD_MS
    if not service.remind_channel or not_before_ms <= now_ms():
        return
    try:
        asked = queries.template(brand.pk, service.remind_channel, service.remind_template).draft.variables
    except GuanxiError:
        return  # archived since
    values = _values(brand, service, booking)
    message = Message(
        _key(booking.pk, booking.starts_ms),
        booking.subject_id,
        service.remind_channel,
        service.remind_template,
        {one.name: values[one.name] for one in asked if one.name in values},
        not_before_ms=not_before_ms,
        expires_ms=booking.starts_ms,
        campaign="booking",
    )
    queue(brand.pk, [message], actor=ACTOR)


def take_back(brand_id: int, booking_id: int, starts_ms: int) -> None:
    cancel_keys(brand_id, [_key(booking_id, starts_ms)])


def _key(booking_id: int, starts_ms: int) -> str:
    return f"booking:{booking_id}:{starts_ms}"


def _values(brand: Brand, service: Service, booking: Booking) -> Mapping[str, object]:
    customer = root_of(brand.pk, booking.subject_id) or 0
    known = next(iter(summaries(brand.pk, [customer])), None)
    english = known is not None and known.language.startswith("en")
    store = next((one.name for one in stores(brand.pk) if one.code == booking.slot.store), "")
    at = to_datetime(booking.starts_ms, ZoneInfo(brand.timezone))
    return {
        "service": (service.name_en or service.name_zh) if english else service.name_zh,
        "store": store or "-",
        "date": booking.starts_ms,
        "time": f"{at:%H:%M}",
    }
