"""What is read of services and bookings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from guanxi.kernel.clock import now_ms, to_datetime, to_ms
from guanxi.loyalty import audience
from guanxi.loyalty.booking.contracts import SEATED, Kind, State, Wanted
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.booking.models import BookingPlan as Plan
from guanxi.loyalty.booking.models import BookingService as Service
from guanxi.platform.models import Brand

SHOWN_BOOKINGS = 200


def services(brand_id: int, kinds: Collection[Kind] = tuple(Kind)) -> list[Service]:
    """By name; those that can be booked first."""
    rows = Service.objects.filter(brand_id=brand_id, kind__in=list(kinds))
    return list(rows.order_by("-open", "name_zh", "pk"))


def offered(brand: Brand, customer_id: int) -> list[Service]:
    """What this customer may book."""
    rows = [one for one in services(brand.pk) if one.open]
    planned = plans_by_service(brand.pk)
    rows = [one for one in rows if one.pk in planned]
    for_them = audience.holding(brand, {one.pk: one.audience for one in rows}, customer_id)
    return [one for one in rows if one.pk in for_them]


def wanted_of(service: Service) -> Wanted:
    return Wanted(**{name: getattr(service, name) for name in Wanted._fields})


def plans_of(service_id: int) -> dict[str, str]:
    """store → lines."""
    rows = Plan.objects.filter(service_id=service_id).order_by("store")
    return dict(rows.values_list("store", "lines"))


def plans_by_service(brand_id: int) -> dict[int, dict[str, str]]:
    """service → store → lines, of those that have a plan."""
    rows = Plan.objects.filter(service__brand_id=brand_id).order_by("service_id", "store")
    found: dict[int, dict[str, str]] = {}
    for service_id, store, lines in rows.values_list("service_id", "store", "lines"):
        found.setdefault(service_id, {})[store] = lines
    return found


def bookings_of(subject_ids: Collection[int]) -> list[Booking]:
    """Of one customer: what is to come first, by time; then what was, newest first."""
    rows = list(_rows().filter(subject_id__in=list(subject_ids)).order_by("-starts_ms")[:SHOWN_BOOKINGS])
    ahead = [one for one in rows if is_ahead(one)]
    return [*reversed(ahead), *(one for one in rows if not is_ahead(one))]


def is_ahead(booking: Booking) -> bool:
    return booking.state == State.BOOKED and booking.ends_ms > now_ms()


def week(brand: Brand, first: date, *, service_id: int = 0, store: str | None = None) -> list[Booking]:
    """Who comes in the seven days from `first` on, by time; those called off are left out."""
    zone = ZoneInfo(brand.timezone)
    from_ms, until_ms = (
        to_ms(datetime.combine(day, time()), zone) for day in (first, first + timedelta(days=7))
    )
    rows = _rows().filter(brand_id=brand.pk, starts_ms__gte=from_ms, starts_ms__lt=until_ms, state__in=SEATED)
    if service_id:
        rows = rows.filter(service_id=service_id)
    if store is not None:
        rows = rows.filter(slot__store=store)
    return list(rows.order_by("starts_ms", "pk")[:2_000])


def counts(brand_id: int) -> Mapping[int, Mapping[str, int]]:
    """service → bookings to come, came, did not come."""
    rows = (
        Booking.objects.filter(brand_id=brand_id)
        .values("service_id")
        .annotate(
            ahead=Count("pk", filter=Q(state=State.BOOKED, starts_ms__gt=now_ms())),
            attended=Count("pk", filter=Q(state=State.ATTENDED)),
            missed=Count("pk", filter=Q(state=State.MISSED)),
        )
    )
    names = ("ahead", "attended", "missed")
    found = rows.values_list("service_id", *names)
    return {service: dict(zip(names, numbers, strict=True)) for service, *numbers in found}


def local(brand: Brand, at_ms: int) -> str:
    """ "2026-12-05 10:00"."""
    return f"{to_datetime(at_ms, ZoneInfo(brand.timezone)):%Y-%m-%d %H:%M}"


def _rows() -> QuerySet[Booking, Any]:
    return Booking.objects.select_related("service", "slot")
