"""What the OpenAPI document says of services and bookings."""

from __future__ import annotations

from typing import Any, Final

from guanxi.loyalty.booking.contracts import Kind, State
from guanxi.rest.examples import TEXT, WHOLE, answer, problems

_READS: Final = " Needs the scope `programme:read`."
_WRITES: Final = " Needs the scope `programme:write`."
_SERVES: Final = " Needs the scope `till:use`."
_AT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_WORD: Final[dict[str, Any]] = {"type": ["string", "null"]}
_ANY_OBJECT: Final[dict[str, Any]] = {"type": ["object", "null"], "additionalProperties": True}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _body(schema: dict[str, Any], needed: list[str], example: Any) -> dict[str, Any]:
    told = {**schema, "required": needed, "additionalProperties": False}
    content = {"schema": told, "examples": {"one": {"value": example}}}
    return {"required": True, "content": {"application/json": content}}


SERVICE_WANTED: Final[dict[str, Any]] = {
    "name_zh": "肤质测试",
    "name_en": "Skin test",
    "minutes": 30,
    "limit_times": 1,
    "plans": {"": "1-7 10:00-18:00 2\n2026-12-25 closed"},
}
_SERVICE_SHOWN: Final[dict[str, Any]] = {
    "id": 3,
    "name_zh": "肤质测试",
    "name_en": "Skin test",
    "text_zh": "",
    "text_en": "",
    "kind": "service",
    "minutes": 30,
    "audience": None,
    "asset": "",
    "units": 0,
    "limit_times": 1,
    "limit_days": 30,
    "cancel_hours": 2,
    "ahead_days": 30,
    "remind_channel": "",
    "remind_template": "",
    "open": True,
    "plans": {"": "1-7 10:00-18:00 2\n2026-12-25 closed"},
    "version": 1,
}
_FIELDS: Final[dict[str, Any]] = {
    "name_zh": {"type": "string", "maxLength": 80},
    "name_en": {"type": "string", "maxLength": 80},
    "text_zh": {"type": "string", "maxLength": 2000},
    "text_en": {"type": "string", "maxLength": 2000},
    "kind": {"type": "string", "enum": [str(one) for one in Kind]},
    "minutes": {**WHOLE, "minimum": 1, "maximum": 1440},
    "audience": {**_ANY_OBJECT, "description": "A condition; null is everybody. docs/guide/conditions.md."},
    "asset": {"type": "string", "description": "What it is paid with; empty is free of charge."},
    "units": {**WHOLE, "minimum": 0},
    "limit_times": {**WHOLE, "minimum": 0, "description": "Bookings of a customer; 0 is any number."},
    "limit_days": {**WHOLE, "minimum": 1, "description": "In so many days."},
    "cancel_hours": {**WHOLE, "minimum": 0},
    "ahead_days": {**WHOLE, "minimum": 1},
    "remind_channel": TEXT,
    "remind_template": TEXT,
    "open": _FLAG,
    "plans": {
        "type": "object",
        "additionalProperties": TEXT,
        "description": "Store → lines of its plan; an empty store is at home or online.",
    },
}
_SERVICE: Final = _object(id=WHOLE, **_FIELDS, version=WHOLE)
_BOOKING_SHOWN: Final[dict[str, Any]] = {
    "id": 9,
    "service": 3,
    "store": "",
    "at": "2026-12-05T02:00:00.000Z",
    "until": "2026-12-05T02:30:00.000Z",
    "state": "booked",
    "asset": None,
    "units": 0,
}
_BOOKING: Final = _object(
    id=WHOLE,
    service=WHOLE,
    store=TEXT,
    at=_AT,
    until=_AT,
    state={"type": "string", "enum": [str(one) for one in State]},
    asset=_WORD,
    units=WHOLE,
)
_READ: Final = (400, 401, 403, 404, 422, 429)
_WROTE: Final = (400, 401, 403, 404, 409, 413, 415, 422, 429)

LIST_DOC: Final = "All services, those that can be booked first, each with its plans." + _READS
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer("Services", _object(services=_list(_SERVICE)), {"services": [_SERVICE_SHOWN]}),
        **problems(401, 403, 429),
    }
}
CREATE_DOC: Final = "Make a service with its plans." + _WRITES
CREATE: Final[dict[str, Any]] = {
    "requestBody": _body(_object(**_FIELDS), ["name_zh", "plans"], SERVICE_WANTED),
    "responses": {**answer("The service", _SERVICE, _SERVICE_SHOWN), **problems(*_WROTE)},
}
SAVE_DOC: Final = (
    "Change a service that was read at `version`; what is not said stays. Bookings stay as they were made."
    + _WRITES
)
SAVE: Final[dict[str, Any]] = {
    "requestBody": _body(_object(**_FIELDS, version=WHOLE), ["version"], {"version": 1, "cancel_hours": 4}),
    "responses": {
        **answer("The service", _SERVICE, {**_SERVICE_SHOWN, "cancel_hours": 4, "version": 2}),
        **problems(*_WROTE),
    },
}
_SLOT: Final = _object(at=_AT, local=TEXT, seats=WHOLE, left=WHOLE)
SLOTS_DOC: Final = (
    "What can be booked now at one store, by time; full slots have 0 left. Days are local." + _READS
)
SLOTS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Slots",
            _object(slots=_list(_SLOT)),
            {
                "slots": [
                    {"at": "2026-12-05T02:00:00.000Z", "local": "2026-12-05 10:00", "seats": 2, "left": 1}
                ]
            },
        ),
        **problems(*_READ),
    }
}
BOOK_DOC: Final = (
    "A seat for a customer. Asked again for the same seat it answers the same booking. 409 says in `reason` "
    "why not: closed, past, no_slot, busy, not_for_you, limit, full, insufficient." + _SERVES
)
_AT_STORE: Final = {"at": _AT, "store": {"type": "string", "maxLength": 60}}
BOOK: Final[dict[str, Any]] = {
    "requestBody": _body(
        _object(customer=WHOLE, **_AT_STORE),
        ["customer", "at"],
        {"customer": 7, "store": "", "at": "2026-12-05T10:00:00+08:00"},
    ),
    "responses": {**answer("The booking", _BOOKING, _BOOKING_SHOWN), **problems(*_WROTE)},
}
MINE_DOC: Final = "What is to come first, by time; then what was, newest first." + _READS
MINE: Final[dict[str, Any]] = {
    "responses": {
        **answer("Bookings", _object(bookings=_list(_BOOKING)), {"bookings": [_BOOKING_SHOWN]}),
        **problems(*_READ),
    }
}
_LATE: Final[dict[str, Any]] = {**_FLAG, "description": "Also after the customer's own time for it is up."}
MOVE_DOC: Final = (
    "To another slot of the same service, or nothing happens. 409 as for booking; too_late; ended." + _SERVES
)
MOVE: Final[dict[str, Any]] = {
    "requestBody": _body(
        _object(**_AT_STORE, late=_LATE), ["at"], {"store": "", "at": "2026-12-05T10:00:00+08:00"}
    ),
    "responses": {**answer("The booking", _BOOKING, _BOOKING_SHOWN), **problems(*_WROTE)},
}
STATE_DOC: Final = (
    "Cancelled gives seat and price back; attended can be said from the slot's day on, missed once it has "
    "begun. The same again changes nothing; 409 with too_late, too_early or ended." + _SERVES
)
STATE: Final[dict[str, Any]] = {
    "requestBody": _body(
        _object(state={"type": "string", "enum": ["cancelled", "attended", "missed"]}, late=_LATE),
        ["state"],
        {"state": "cancelled"},
    ),
    "responses": {
        **answer("The booking", _BOOKING, {**_BOOKING_SHOWN, "state": "cancelled"}),
        **problems(*_WROTE),
    },
}
