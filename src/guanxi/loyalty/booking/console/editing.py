"""The editor of a service, with the slots of its next days beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.stores import stores
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.loyalty import audience
from guanxi.loyalty.booking import defining, plans, queries
from guanxi.loyalty.booking.console.forms import ServiceForm
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission

PREVIEW_DAYS: Final = 7


class Beside(NamedTuple):
    """A day of a store with its slots: some of the times, how many there are, and seats altogether."""

    day: str
    store: str
    times: str
    many: int
    seats: int


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _page(request, None, ServiceForm(brand=request.brand, initial={"plan": "1-5 10:00-18:00 1"}))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest, service_id: int) -> HttpResponse:
    service = defining.find(request.brand.pk, service_id)
    known = queries.wanted_of(service)._asdict()
    known |= {
        "audience": audience.written(service.audience),
        "plan": plans.joined(queries.plans_of(service.pk)),
        "version": service.version,
    }
    return _page(request, service, ServiceForm(brand=request.brand, initial=known))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    return _save(request, None)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest, service_id: int) -> HttpResponse:
    return _save(request, defining.find(request.brand.pk, service_id))


def _save(request: BrandRequest, service: Service | None) -> HttpResponse:
    """Keep it, or with `do=look` only show what it would offer."""
    form = ServiceForm(request.POST, brand=request.brand)
    if not form.is_valid():
        return _page(request, service, form, status=422)
    if request.POST.get("do") == "look":
        return _page(request, service, form)
    try:
        wanted, plan = form.wanted(), form.plan_of()
        if service is None:
            defining.create(request.brand, wanted, plan, actor=request.actor)
        else:
            version = form.cleaned_data["version"] or 0
            defining.save(request.brand, service.pk, version, wanted, plan, actor=request.actor)
    except GuanxiError as error:
        _refuse(form, speaking(error))
        return _page(request, service, form, status=error.http_status)
    messages.success(request, _("The service is saved."))
    return redirect("services")


def _refuse(form: ServiceForm, error: GuanxiError) -> None:
    field = str(error.data.get("field", ""))
    form.add_error(field if field in form.fields else None, str(error))


def _page(
    request: BrandRequest, service: Service | None, form: ServiceForm, *, status: int = 200
) -> HttpResponse:
    beside: list[Beside] = []
    text, minutes = form["plan"].value() or "", form["minutes"].value()
    try:
        beside = _beside(request.brand, plans.sections(text), int(minutes or 0))
    except (GuanxiError, ValueError) as error:
        if isinstance(error, Invalid) and form.is_bound and not form.has_error("plan"):
            _refuse(form, speaking(error))
    said = audience.said(request.brand.pk, service.audience, tongue()) if service else ""
    context: dict[str, Any] = {
        "service": service,
        "form": form,
        "beside": beside,
        "said": said,
        "url": reverse("service-save", args=[service.pk]) if service else reverse("service-create"),
    }
    return render(request, "loyalty/service_form.html", context, status=status)


def _beside(brand: Brand, plan: dict[str, str], minutes: int) -> list[Beside]:
    """Raises Invalid for a plan that cannot be."""
    if not 1 <= minutes <= plans.DAY_MINUTES:
        return []
    zone = ZoneInfo(brand.timezone)
    first = to_datetime(now_ms(), zone).date()
    names = {one.code: one.name for one in stores(brand.pk)}
    found = []
    for store, text in plan.items():
        lines = plans.parse(text, minutes)
        for number in range(PREVIEW_DAYS):
            day = first + timedelta(days=number)
            offered = plans.times(lines, day, minutes, zone)
            if offered:
                where = names.get(store, store) or _("At home or online")
                seats = sum(one.seats for one in offered)
                found.append(Beside(day.isoformat(), where, _some(offered), len(offered), seats))
    return found[:60]


def _some(offered: list[plans.Time]) -> str:
    """ "10:00, 10:30 … 17:30"."""
    clocks = [one.local[11:] for one in offered]
    return ", ".join(clocks) if len(clocks) <= 4 else f"{clocks[0]}, {clocks[1]} … {clocks[-1]}"
