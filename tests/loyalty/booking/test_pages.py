"""A member books, moves and calls off on the phone; the brand sees who comes."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen
from guanxi.loyalty.booking import defining, till
from guanxi.loyalty.booking.models import Booking
from guanxi.loyalty.till.contracts import Served
from guanxi.platform import people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from tests.console.world import PASSWORD
from tests.loyalty.booking.conftest import NOW_MS, Salon, at
from tests.loyalty.member.conftest import Phone


@pytest.fixture
def phone(salon: Salon) -> Phone:
    found = Phone(salon.brand, salon.customer("li", 50))
    found.open_link()
    return found


def test_a_member_books_moves_and_calls_off(salon: Salon, phone: Phone) -> None:
    service = salon.service(asset="points", units=20, text_en="<b>Bring</b> your towel")
    assert "Book something" in phone.get()
    assert f"services/{service}" in phone.get("services")
    page = phone.get(f"services/{service}")  # one store: it is chosen
    assert "&lt;b&gt;Bring" in page
    day = re.search(r'\?store=HZ1&amp;day=(2026-12-02)#time"', page)
    assert day
    page = phone.get(f"services/{service}?store=HZ1&day=2026-12-02")
    assert f"at={at(2, 10)}" in page
    page = phone.get(f"services/{service}?store=HZ1&at={at(2, 10)}")
    assert "Book for 20" in page
    assert len(page.encode()) < 20_000
    form = {"store": "HZ1", "at": str(at(2, 10))}
    assert phone.post(f"services/{service}/book", **form) == 302
    assert phone.post(f"services/{service}/book", **form) == 302  # pressed twice
    booked = Booking.objects.get()
    assert "2026-12-02 10:00" in phone.get()
    assert "2026-12-02 10:00" in phone.get("bookings?done=booked")
    assert "Move it here" in phone.get(f"services/{service}?move={booked.pk}&store=HZ1&at={at(3, 10)}")
    moved = {"store": "HZ1", "at": str(at(3, 10)), "move": str(booked.pk)}
    assert phone.post(f"services/{service}/book", **moved) == 302
    assert phone.post(f"bookings/{booked.pk}/cancel") == 302
    assert salon.points(phone.subject) == 50
    assert "Called off" in phone.get("bookings")
    salon.proven()


def test_a_member_sees_and_changes_nothing_of_others(salon: Salon, phone: Phone) -> None:
    service = salon.service()
    hidden = salon.service(audience={"version": 1, "any": []}, name="秘密")
    theirs = salon.book(service, salon.customer("mei"), at(2, 10))
    assert phone.post(f"bookings/{theirs.pk}/cancel") == 404
    move = {"store": "HZ1", "at": str(at(3, 10)), "move": str(theirs.pk)}
    assert phone.post(f"services/{service}/book", **move) == 404
    assert "秘密" not in phone.get("services")
    for number in (hidden, hidden + 99):
        assert phone.client.get(f"/m/{salon.brand.slug}/services/{number}").status_code == 404
        assert phone.post(f"services/{number}/book", store="HZ1", at=str(at(2, 11))) == 404
    assert phone.post(f"services/{service}/book", store="HZ1", at=str(at(2, 10))) == 409  # full
    for odd in ("x", "", "9" * 30, "-1", "１"):
        assert phone.post(f"services/{service}/book", store="HZ1", at=odd) in (404, 409)
    assert Booking.objects.count() == 1


def test_after_its_time_a_booking_is_changed_by_the_store_alone(salon: Salon, phone: Phone) -> None:
    booked = salon.book(salon.service(), phone.subject, at(2, 10))
    with frozen(at(2, 9)):
        assert "Call it off" not in phone.get("bookings")
        assert phone.post(f"bookings/{booked.pk}/cancel") == 409


def as_owner(salon: Salon) -> Client:
    user = people.create_user("owner", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, salon.brand.pk, Role.OWNER, actor="cli")
    client = Client()
    assert client.post("/signin", {"username": "owner", "password": PASSWORD}).status_code == 302
    return client


def test_the_console_makes_a_service_and_shows_who_comes(salon: Salon) -> None:
    client = as_owner(salon)
    assert "No service yet" in client.get("/loyalty/services").content.decode()
    form = {
        "name_zh": "咨询",
        "kind": "event",
        "minutes": "30",
        "units": "0",
        "limit_times": "0",
        "limit_days": "30",
        "cancel_hours": "2",
        "ahead_days": "30",
        "open": "on",
        "plan": "1-7 09:00 1\n@HZ1\n1-7 10:00-11:00 2",
    }
    looked = client.post("/loyalty/services/create", form | {"do": "look"}).content.decode()
    assert "10:00, 10:30" in looked
    assert "times: 2, seats: 4" in looked
    assert client.post("/loyalty/services/create", form | {"plan": "8 x"}).status_code == 422
    assert client.post("/loyalty/services/create", form | {"audience": "{"}).status_code == 422
    assert client.post("/loyalty/services/create", form).status_code == 302
    service = defining.find(salon.brand.pk, defining.Service.objects.get().pk)
    page = client.get(f"/loyalty/services/{service.pk}/edit").content.decode()
    assert "@HZ1" in page
    booked = salon.book(service.pk, salon.customer("mei"), at(1, 10))
    with frozen(NOW_MS + 30 * 60_000):
        week = client.get("/loyalty/services/week").content.decode()
        assert "10:00" in week
        assert "Has come" in week
        assert client.post(f"/loyalty/bookings/{booked.pk}/met", {"what": "attend"}).status_code == 302
    assert Booking.objects.get().state == "attended"
    assert client.post(f"/loyalty/services/{service.pk}/save", form | {"version": "9"}).status_code == 409


def test_the_till_shows_what_a_member_booked(salon: Salon) -> None:
    service, mei = salon.service(), salon.customer("mei")
    request = RequestFactory().get("/till")
    request.brand, request.actor = salon.brand, COMMAND_LINE  # type: ignore[attr-defined]
    served = Served(request, mei, [mei], "/till")  # type: ignore[arg-type]
    assert till.load(served) is None
    salon.book(service, mei, at(2, 10))
    salon.book(service, mei, at(20, 10))
    with frozen(at(2, 10) + HOUR_MS // 4):
        shown = till.load(served)
        assert shown is not None
        (guest,) = shown["guests"]
        assert guest.may == ["attend", "miss", "cancel"]
    with frozen(at(2, 10) + 2 * DAY_MS):
        assert till.load(served) is None
