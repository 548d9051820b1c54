"""The services of a brand, the week with who comes, and what becomes of a booking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import faces
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.stores import stores
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty import audience
from guanxi.loyalty.booking import queries, services
from guanxi.loyalty.booking.contracts import KIND_NAMES, STATE_NAMES, Kind, State
from guanxi.loyalty.booking.models import Booking, BookingService
from guanxi.loyalty.console.shown import name_of, units
from guanxi.loyalty.ledger import assets
from guanxi.platform.access import BrandRequest, permission_required, safe_next
from guanxi.platform.language import speaking, spoken, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui import figures
from guanxi.ui.parts import Badge, Empty


class Line(NamedTuple):
    """A service in the list."""

    id: int
    name: str
    kind: str
    minutes: int
    price: str
    audience: str
    places: str
    is_open: bool
    ahead: int
    attended: int
    missed: int


class Guest(NamedTuple):
    """A booking in the week. `may` are the verbs that are left: attend, miss, cancel."""

    id: int
    time: str
    service: str
    store: str
    customer_id: int
    who: str
    badge: Badge
    may: Sequence[str]


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    rows = lines(request.brand)
    empty = Empty(
        _("No service yet"),
        _(
            "Members book services on their phones: a skin test at a store, a consultation, an installation. "
            "Events and early access have seats in the same way."
        ),
        "calendar",
        _("New service") if request.actor.may(Permission.PROGRAMME_MANAGE) else "",
        reverse("service-new"),
    )
    context = {
        "lines": rows,
        "empty": None if rows else empty,
        "may_edit": request.actor.may(Permission.PROGRAMME_MANAGE),
    }
    return render(request, "loyalty/services.html", context)


def lines(brand: Brand) -> list[Line]:
    counts, known = queries.counts(brand.pk), {one.code: one for one in assets.assets(brand.pk)}
    names = {one.code: one.name for one in stores(brand.pk)}
    planned = queries.plans_by_service(brand.pk)
    found = []
    for row in queries.services(brand.pk):
        asset, told = known.get(row.asset), counts.get(row.pk, {})
        price = f"{units(asset, brand, row.units)} {name_of(asset)}" if asset else _("Free of charge")
        where = [names.get(code, code) or _("At home or online") for code in planned.get(row.pk, ())]
        found.append(
            Line(
                row.pk,
                called(row),
                spoken(KIND_NAMES[Kind(row.kind)]),
                row.minutes,
                price,
                audience.said(brand.pk, row.audience, tongue()),
                ", ".join(where[:3]) + (" …" if len(where) > 3 else ""),
                row.open,
                *(told.get(name, 0) for name in ("ahead", "attended", "missed")),
            )
        )
    return found


def called(service: BookingService) -> str:
    return service.name_zh if figures.in_chinese() else service.name_en or service.name_zh


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def week(request: BrandRequest) -> HttpResponse:
    """Seven days from a Monday on; those of one service or one store where they are chosen."""
    brand, asked = request.brand, request.GET
    day = _day(asked.get("day", ""), brand)
    first = day - timedelta(days=day.weekday())
    number = asked.get("service", "")
    service_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0
    store = asked.get("store") or None
    rows = queries.week(brand, first, service_id=service_id, store=store)
    guests = guests_of(request, rows)
    days = [first + timedelta(days=number) for number in range(7)]
    here = {"service": service_id or "", "store": store or ""}
    steps = (("before", first - timedelta(days=7)), ("after", first + timedelta(days=7)))
    context: dict[str, Any] = {
        "days": [(one, [guest for guest in guests if guest.time[:10] == one.isoformat()]) for one in days],
        "services": [(row.pk, called(row)) for row in queries.services(brand.pk)],
        "stores": [(one.code, one.name) for one in stores(brand.pk)],
        "service_id": service_id,
        "store": store,
        "first": first,
        "today": _day("", brand),
        "count": len(guests),
        "back": request.get_full_path(),
        **{
            name: f"{reverse('services-week')}?{urlencode({**here, 'day': to.isoformat()})}"
            for name, to in steps
        },
    }
    return render(request, "loyalty/services_week.html", context)


def guests_of(request: BrandRequest, rows: Sequence[Booking]) -> list[Guest]:
    brand = request.brand
    owners = customer_ids_of(brand.pk, {row.subject_id for row in rows})
    known = faces(brand.pk, set(owners.values()))
    names = {one.code: one.name for one in stores(brand.pk)}
    found = []
    for row in rows:
        customer = owners.get(row.subject_id, 0)
        label, tone = STATE_NAMES[State(row.state)]
        found.append(
            Guest(
                row.pk,
                queries.local(brand, row.starts_ms),
                called(row.service),
                names.get(row.slot.store, row.slot.store) or _("At home or online"),
                customer,
                known[customer].title if customer in known else _("Nobody any more"),
                Badge(spoken(label), tone),  # type: ignore[arg-type]
                _left(request, row),
            )
        )
    return found


def _left(request: BrandRequest, row: Booking) -> list[str]:
    if row.state != State.BOOKED:
        return []
    zone, at_ms, may = ZoneInfo(request.brand.timezone), now_ms(), request.actor.may
    found = []
    if (
        may(Permission.TILL_USE)
        and to_datetime(at_ms, zone).date() >= to_datetime(row.starts_ms, zone).date()
    ):
        found.append("attend")
    if may(Permission.TILL_USE) and at_ms >= row.starts_ms:
        found.append("miss")
    if may(Permission.PROGRAMME_MANAGE) and at_ms < row.ends_ms:
        found.append("cancel")
    return found


@permission_required(Permission.TILL_USE)
@require_POST
def met(request: BrandRequest, booking_id: int) -> HttpResponse:
    """The customer came, or did not."""
    verb = services.miss if request.POST.get("what") == "miss" else services.attend
    return _done(request, booking_id, lambda: verb(request.brand, booking_id, actor=request.actor))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def cancel(request: BrandRequest, booking_id: int) -> HttpResponse:
    """Call it off for the customer: seat and price go back."""
    return _done(
        request,
        booking_id,
        lambda: services.cancel(request.brand, booking_id, actor=request.actor, late=True),
    )


def _done(request: BrandRequest, booking_id: int, verb: Any) -> HttpResponse:
    services.find(request.brand.pk, booking_id)
    try:
        verb()
    except GuanxiError as error:
        messages.error(request, str(speaking(error)))
    else:
        messages.success(request, _("Noted."))
    back = request.POST.get("back", "")
    return redirect(safe_next(request, back) if back else "services-week")


def _day(text: str, brand: Brand) -> date:
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < 3_660 else today
