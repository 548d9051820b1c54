"""Bookings as touchpoints."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.wording import say
from guanxi.loyalty.booking.contracts import State
from guanxi.touchpoints import keeping
from guanxi.touchpoints.kinds import KINDS, Field, FieldType, Kind

_FIELDS = (
    Field("booking", FieldType.TEXT, "number of the booking", required=True),
    Field("service", FieldType.TEXT, "name of the service", required=True),
    Field("service_id", FieldType.INTEGER, "its number", required=True),
    Field("service_kind", FieldType.TEXT, "service, event, early or preorder", required=True),
    Field("store", FieldType.TEXT, "code of the store; empty: at home or online"),
    Field("starts_ms", FieldType.MS, "when it begins", required=True),
)
BOOKED: Final = Kind(
    "service.booked",
    "预约成功",
    "Service booked",
    "Written by Guanxi: a customer has a seat in a slot, also after moving to it.",
    _FIELDS,
)
CANCELLED: Final = Kind(
    "service.cancelled",
    "取消预约",
    "Booking cancelled",
    "Written by Guanxi: a booking was called off; its seat is free again.",
    _FIELDS,
)
ATTENDED: Final = Kind(
    "service.attended", "已到店体验", "Service attended", "Written by Guanxi: the customer came.", _FIELDS
)
MISSED: Final = Kind(
    "service.missed", "爽约", "Service missed", "Written by Guanxi: the customer did not come.", _FIELDS
)
OF_STATE: Final = {
    State.BOOKED: BOOKED.name,
    State.CANCELLED: CANCELLED.name,
    State.ATTENDED: ATTENDED.name,
    State.MISSED: MISSED.name,
}


def register() -> None:
    for kind in (BOOKED, CANCELLED, ATTENDED, MISSED):
        KINDS.register(kind)
    keeping.add(
        keeping.Group(
            "facts.services",
            say("Bookings of services"),
            say("When customers booked, came, did not come or called off."),
            tuple(OF_STATE.values()),
        )
    )
