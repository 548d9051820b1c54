"""Services and bookings: /api/v1/services, /api/v1/bookings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers.lookup import root_of, subject_ids_of
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.booking import defining, queries, services, slots
from guanxi.loyalty.booking.contracts import Wanted
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import booking_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, object_of, read_json, text_of, whole_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

ServiceId = Annotated[int, Path(description="The service's id.", ge=1, lt=1 << 63)]
BookingId = Annotated[int, Path(description="The booking's id.", ge=1, lt=1 << 63)]
_TEXTS: Final = (
    *("name_zh", "name_en", "text_zh", "text_en", "kind", "asset", "remind_channel", "remind_template"),
)
_WHOLES: Final = ("minutes", "units", "limit_times", "limit_days", "cancel_hours", "ahead_days")
_WANTED: Final = frozenset((*Wanted._fields, "plans"))
router = Router(tags=["services"])


@router.get(
    "/services",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List services",
    description=examples.LIST_DOC,
    operation_id="list_services",
    openapi_extra=examples.LIST,
)
def list_services(request: HttpRequest) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    planned = queries.plans_by_service(brand.pk)
    rows = queries.services(brand.pk)
    return as_json({"services": [_service(one, planned.get(one.pk, {})) for one in rows]})


@router.post(
    "/services",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Create a service",
    description=examples.CREATE_DOC,
    operation_id="create_service",
    openapi_extra=examples.CREATE,
)
def create_service(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _WANTED, needed=("name_zh", "plans"))
    brand = _brand(key)
    number = defining.create(brand, _wanted(body, Wanted("")), _plans(body) or {}, actor=key.actor)
    return as_json(_service(defining.find(brand.pk, number), queries.plans_of(number)))


@router.put(
    "/services/{int:service_id}",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Change a service",
    description=examples.SAVE_DOC,
    operation_id="save_service",
    openapi_extra=examples.SAVE,
)
def save_service(request: HttpRequest, service_id: ServiceId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _WANTED | {"version"}, needed=("version",))
    brand = _brand(key)
    row = defining.find(brand.pk, service_id)
    plans = queries.plans_of(row.pk) if "plans" not in body else _plans(body) or {}
    wanted, version = _wanted(body, queries.wanted_of(row)), whole_of(body, "version") or 0
    defining.save(brand, row.pk, version, wanted, plans, actor=key.actor)
    return as_json(_service(defining.find(brand.pk, row.pk), queries.plans_of(row.pk)))


@router.get(
    "/services/{int:service_id}/slots",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List the slots of a service",
    description=examples.SLOTS_DOC,
    operation_id="list_slots",
    openapi_extra=examples.SLOTS,
)
def list_slots(
    request: HttpRequest,
    service_id: ServiceId,
    store: Annotated[str, Query(description="Code of the store; empty: at home or online.")] = "",
    day: Annotated[str | None, Query(description="The first local day, such as 2026-12-05.")] = None,
    days: Annotated[int, Query(description="How many days.", ge=1, le=slots.MOST_DAYS)] = 7,
) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    service = defining.find(brand.pk, service_id)
    found = slots.between(brand, service, store, _day(day, brand), days)
    shown = [
        {"at": moment(one.starts_ms), "local": one.local, "seats": one.seats, "left": one.left}
        for one in found
    ]
    return as_json({"slots": shown})


@router.post(
    "/services/{int:service_id}/bookings",
    auth=Key(Scope.TILL_USE),
    summary="Book a slot for a customer",
    description=examples.BOOK_DOC,
    operation_id="book_service",
    openapi_extra=examples.BOOK,
)
def book_service(request: HttpRequest, service_id: ServiceId) -> HttpResponse:
    key = as_key_request(request).auth
    names = ("customer", "at", "store")
    body = fields_of(read_json(request), frozenset(names), needed=("customer", "at"))
    brand, customer = _brand(key), _large(body, "customer")
    store = text_of(body, "store") or ""
    made = services.book(brand, service_id, customer, store, _at(body), actor=key.actor)
    return as_json(_booking(made))


@router.get(
    "/customers/{int:customer_id}/bookings",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List a customer's bookings",
    description=examples.MINE_DOC,
    operation_id="list_bookings",
    openapi_extra=examples.MINE,
)
def list_bookings(
    request: HttpRequest,
    customer_id: Annotated[int, Path(description="The customer's id.", ge=1, lt=1 << 63)],
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    if root_of(brand_id, customer_id) is None:
        raise NotFound(say("There is no customer %(id)s.", id=customer_id))
    found = queries.bookings_of(subject_ids_of(brand_id, customer_id))
    return as_json({"bookings": [_booking(one) for one in found]})


@router.post(
    "/bookings/{int:booking_id}/move",
    auth=Key(Scope.TILL_USE),
    summary="Move a booking",
    description=examples.MOVE_DOC,
    operation_id="move_booking",
    openapi_extra=examples.MOVE,
)
def move_booking(request: HttpRequest, booking_id: BookingId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("at", "store", "late")), needed=("at",))
    store, late = text_of(body, "store") or "", flag_of(body, "late")
    found = services.move(_brand(key), booking_id, store, _at(body), actor=key.actor, late=late)
    return as_json(_booking(found))


@router.post(
    "/bookings/{int:booking_id}/state",
    auth=Key(Scope.TILL_USE),
    summary="Call a booking off, or say whether the customer came",
    description=examples.STATE_DOC,
    operation_id="set_booking_state",
    openapi_extra=examples.STATE,
)
def set_booking_state(request: HttpRequest, booking_id: BookingId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("state", "late")), needed=("state",))
    brand, state = _brand(key), text_of(body, "state")
    if state == "cancelled":
        late = flag_of(body, "late")
        return as_json(_booking(services.cancel(brand, booking_id, actor=key.actor, late=late)))
    if state not in ("attended", "missed"):
        raise Problem(422, "field_bad", "state is one of cancelled, attended, missed.", field="state")
    verb = services.attend if state == "attended" else services.miss
    return as_json(_booking(verb(brand, booking_id, actor=key.actor)))


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)


def _wanted(body: dict[str, Any], known: Wanted) -> Wanted:
    given: dict[str, Any] = {name: text_of(body, name) or "" for name in _TEXTS if name in body}
    for name in _WHOLES:
        if name in body and (value := whole_of(body, name)) is not None:
            given[name] = value
    if "audience" in body:
        given["audience"] = object_of(body, "audience")
    if "open" in body:
        given["open"] = flag_of(body, "open")
    return known._replace(**given)


def _plans(body: dict[str, Any]) -> dict[str, str] | None:
    told = object_of(body, "plans")
    if told is not None and not all(isinstance(lines, str) for lines in told.values()):
        raise Problem(422, "field_bad", "plans has the lines of each store as one text.", field="plans")
    return told


def _service(row: Service, plans: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row.pk,
        **queries.wanted_of(row)._asdict(),
        "plans": plans,
        "version": row.version,
    }


def _booking(row: Booking) -> dict[str, Any]:
    return {
        "id": row.pk,
        "service": row.service_id,
        "store": row.slot.store,
        "at": moment(row.starts_ms),
        "until": moment(row.ends_ms),
        "state": str(row.state),
        "asset": row.asset or None,
        "units": row.units,
    }


def _day(text: str | None, brand: Brand) -> date:
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    if text is None:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Problem(422, "parameter_bad", "day is a day such as 2026-12-05.", field="day") from None
    return min(max(day, today), date(9000, 1, 1))


def _at(body: dict[str, Any]) -> int:
    """Raises Problem where it is no moment with an offset."""
    try:
        at = datetime.fromisoformat(text_of(body, "at") or "")
        if at.tzinfo is None or not 1970 < at.year < 9000:
            raise ValueError
    except ValueError:
        raise Problem(
            422, "field_bad", "at is a moment with an offset, such as 2026-12-05T10:00:00+08:00.", field="at"
        ) from None
    return round(at.timestamp() * 1000)


def _large(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or not 0 < value < 1 << 63:
        raise Problem(422, "field_bad", f"{name} must be a whole number.", field=name)
    return value
