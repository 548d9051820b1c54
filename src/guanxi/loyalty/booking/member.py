"""A member's pages: what can be booked, choosing a time, and their own bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.stores import stores
from guanxi.kernel.clock import HOUR_MS, now_ms, to_datetime
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.loyalty import audience
from guanxi.loyalty.booking import defining, queries, services, slots
from guanxi.loyalty.booking.contracts import KIND_NAMES, STATE_NAMES, State
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.loyalty.console.shown import name_of, units
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.member import guards
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section
from guanxi.loyalty.member.guards import member_page
from guanxi.platform.language import speaking, spoken

ACTOR: Final = "customer"
DAYS: Final = 31
MOST_DAYS_SHOWN: Final = 14
_DIGITS: Final = 15


def register() -> None:
    SECTIONS.register(Section("bookings", 500, "loyalty/member/booking_section.html", section))


def section(member: Member) -> Mapping[str, Any] | None:
    """The next booking, and the way to the services; nothing where there are none."""
    ahead = [one for one in mine(member) if queries.is_ahead(one)]
    if not ahead and not queries.offered(member.brand, member.customer_id):
        return None
    return {"next": shown(member, ahead[0]) if ahead else None}


@require_safe
@member_page
def listed(request: HttpRequest, member: Member) -> HttpResponse:
    rows = queries.offered(member.brand, member.customer_id)
    groups = [
        (spoken(name), [_described(member, row) for row in rows if row.kind == kind])
        for kind, name in KIND_NAMES.items()
    ]
    context = {"groups": [one for one in groups if one[1]]}
    return guards.page(member, "loyalty/member/services.html", context, here="card")


@require_safe
@member_page
def choose(request: HttpRequest, member: Member, service_id: int) -> HttpResponse:
    """Where, then which day, then when, then to confirm: what is chosen stands in the address."""
    return _choosing(request, member, service_id)


@require_POST
@member_page
def book(request: HttpRequest, member: Member, service_id: int) -> HttpResponse:
    """Book the time that was confirmed, or move a booking to it."""
    store, at_ms = request.POST.get("store", "")[:60], _number(request.POST.get("at", ""))
    moved = _number(request.POST.get("move", ""))
    try:
        if moved:
            _own(member, moved)
            services.move(member.brand, moved, store, at_ms, actor=ACTOR)
        else:
            _offered(member, service_id)
            services.book(member.brand, service_id, member.subject_id, store, at_ms, actor=ACTOR)
    except GuanxiError as error:
        if isinstance(error, NotFound):
            raise Http404 from None
        return _choosing(request, member, service_id, refused=speaking(error))
    return _to_mine(member, "moved" if moved else "booked")


@require_safe
@member_page
def bookings(request: HttpRequest, member: Member) -> HttpResponse:
    return _mine(request, member)


@require_POST
@member_page
def cancel(request: HttpRequest, member: Member, booking_id: int) -> HttpResponse:
    _own(member, booking_id)
    try:
        services.cancel(member.brand, booking_id, actor=ACTOR)
    except GuanxiError as error:
        return _mine(request, member, refused=speaking(error))
    return _to_mine(member, "cancelled")


def _mine(request: HttpRequest, member: Member, refused: GuanxiError | None = None) -> HttpResponse:
    said = {"booked": _("Booked."), "moved": _("Moved."), "cancelled": _("Called off.")}
    context = {
        "bookings": [shown(member, one) for one in mine(member)],
        "said": said.get(request.GET.get("done", ""), ""),
        "refused": refused,
    }
    status = refused.http_status if refused else 200
    return guards.page(member, "loyalty/member/bookings.html", context, here="card", status=status)


def mine(member: Member) -> list[Booking]:
    return queries.bookings_of(subject_ids_of(member.brand.pk, member.customer_id))


def shown(member: Member, booking: Booking) -> Mapping[str, Any]:
    until_ms = booking.starts_ms - booking.service.cancel_hours * HOUR_MS
    label, _tone = STATE_NAMES[State(booking.state)]
    return {
        "id": booking.pk,
        "service_id": booking.service_id,
        "name": _called(member, booking.service),
        "when": queries.local(member.brand, booking.starts_ms),
        "where": _place(member, booking.slot.store),
        "state": spoken(label),
        "ahead": queries.is_ahead(booking),
        "may_change": booking.state == State.BOOKED and now_ms() < until_ms,
        "until": queries.local(member.brand, until_ms),
    }


def _choosing(
    request: HttpRequest, member: Member, service_id: int, refused: GuanxiError | None = None
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    moved = _number(asked.get("move", ""))
    service = _own(member, moved).service if moved else _offered(member, service_id)
    if service.pk != service_id:
        raise Http404
    places = slots.places(member.brand, service)
    store = asked.get("store", places[0].code if len(places) == 1 else None)
    chosen = next((one for one in places if one.code == store), None)
    context: dict[str, Any] = {
        "service": _described(member, service),
        "move": moved or "",
        "refused": refused,
        "places": [(one.name or _("At home or online"), _link(store=one.code, move=moved)) for one in places],
        "place": (chosen.name or _("At home or online")) if chosen else "",
        "store": chosen.code if chosen else "",
    }
    if chosen:
        context |= _times(member, service, chosen.code, asked, moved)
    status = refused.http_status if refused else 200
    return guards.page(member, "loyalty/member/service.html", context, here="card", status=status)


def _times(
    member: Member, service: Service, store: str, asked: Mapping[str, str], moved: int
) -> dict[str, Any]:
    """The days that have something free, the times of the chosen one, and what is to be confirmed."""
    today = to_datetime(now_ms(), ZoneInfo(member.brand.timezone)).date()
    days = min(service.ahead_days + 1, DAYS)
    offered = slots.between(member.brand, service, store, today, days)
    by_day: dict[str, int] = {}
    for one in offered:
        by_day[one.day] = by_day.get(one.day, 0) + one.left
    free = [day for day, left in by_day.items() if left][:MOST_DAYS_SHOWN]
    at_ms = _number(asked.get("at", ""))
    found = next((one for one in offered if one.starts_ms == at_ms), None)
    day = found.day if found else asked.get("day", "")
    return {
        "days": [
            (one, _weekday(one, today), _link(store=store, day=one, move=moved), one == day) for one in free
        ],
        "times": [
            (one.time, one.left, _link(store=store, at=one.starts_ms, move=moved), one.starts_ms == at_ms)
            for one in offered
            if one.day == day and one.left
        ],
        "found": found if found and found.left else None,
    }


def _weekday(day: str, today: date) -> str:
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    found = date.fromisoformat(day)
    if found == today:
        return _("today")
    return _("tomorrow") if found == today + timedelta(days=1) else names[found.weekday()]


def _link(**chosen: object) -> str:
    return "?" + urlencode({name: value for name, value in chosen.items() if value or name == "store"})


def _offered(member: Member, service_id: int) -> Service:
    """Raises Http404 for what this member may not book."""
    try:
        service = defining.find(member.brand.pk, service_id)
    except NotFound:
        raise Http404 from None
    if not service.open or 1 not in audience.holding(member.brand, {1: service.audience}, member.customer_id):
        raise Http404
    return service


def _own(member: Member, booking_id: int) -> Booking:
    """Raises Http404 for somebody else's."""
    found = next((one for one in mine(member) if one.pk == booking_id), None)
    if found is None:
        raise Http404
    return found


def _described(member: Member, service: Service) -> Mapping[str, Any]:
    english = member.tongue == "en"
    text = (service.text_en or service.text_zh) if english else (service.text_zh or service.text_en)
    price = ""
    if service.asset:
        asset = assets.find(member.brand.pk, service.asset)
        price = f"{units(asset, member.brand, service.units)} {name_of(asset)}"
    return {
        "id": service.pk,
        "name": _called(member, service),
        "text": text,
        "minutes": service.minutes,
        "price": price,
        "cancel_hours": service.cancel_hours,
    }


def _called(member: Member, service: Service) -> str:
    return (service.name_en or service.name_zh) if member.tongue == "en" else service.name_zh


def _place(member: Member, store: str) -> str:
    names: Sequence[str] = [one.name for one in stores(member.brand.pk) if one.code == store]
    return names[0] if names else store or _("At home or online")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else 0


def _to_mine(member: Member, done: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('member-bookings', args=[member.brand.slug])}?done={done}")
