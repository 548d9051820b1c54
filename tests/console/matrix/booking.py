"""Services and bookings."""

from __future__ import annotations

from guanxi.loyalty.booking.models import Booking, BookingService
from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page
from tests.console.world import World

VIEW, MANAGE, TILL = Permission.PROGRAMME_VIEW, Permission.PROGRAMME_MANAGE, Permission.TILL_USE
FORM = {
    "name_zh": "咨询",
    "kind": "service",
    "minutes": "30",
    "plan": "1-5 10:00 1",
    "units": "0",
    "limit_times": "0",
    "limit_days": "30",
    "cancel_hours": "2",
    "ahead_days": "30",
    "version": "1",
    "do": "save",
}


def service(w: World) -> int:
    return BookingService.objects.get(brand_id=w.brand.pk).pk


def booking(w: World) -> int:
    return Booking.objects.get(brand_id=w.brand.pk).pk


PAGES: dict[str, Page] = {
    "services": Page(VIEW, lambda w: "/loyalty/services"),
    "services-week": Page(VIEW, lambda w: "/loyalty/services/week"),
    "service-new": Page(MANAGE, lambda w: "/loyalty/services/new"),
    "service-create": Page(MANAGE, lambda w: "/loyalty/services/create", lambda w: FORM),
    "service-edit": Page(MANAGE, lambda w: f"/loyalty/services/{service(w)}/edit"),
    "service-save": Page(MANAGE, lambda w: f"/loyalty/services/{service(w)}/save", lambda w: FORM),
    "booking-met": Page(TILL, lambda w: f"/loyalty/bookings/{booking(w)}/met", lambda w: {"what": "attend"}),
    "booking-cancel": Page(MANAGE, lambda w: f"/loyalty/bookings/{booking(w)}/cancel", lambda w: {}),
}
OF_ANY_BRAND = {"services", "services-week", "service-new", "service-create"}
