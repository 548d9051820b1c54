"""Booking, moving, cancelling, coming: what holds, whoever asks and in whatever order."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.rights.erasing import erase
from guanxi.customers.services import merge, set_stores
from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.booking import defining, queries, services, slots
from guanxi.loyalty.booking.contracts import Wanted
from guanxi.loyalty.booking.models import Booking, BookingSlot
from guanxi.messaging.contracts import Draft, Kind, Priority, Variable, Wordings
from guanxi.messaging.models import Message
from guanxi.messaging.services import save_template
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.booking.conftest import NOW_MS, Salon, at


def refused(reason: str) -> pytest.RaisesExc[Conflict]:
    return pytest.RaisesExc(Conflict, check=lambda error: error.data.get("reason") == reason)


def told() -> list[str]:
    rows = Touchpoint.objects.filter(kind__startswith="service.").order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_the_worked_example_of_the_guide(salon: Salon) -> None:
    test = salon.service(
        "6 10:00-11:00 1", asset="points", units=100, limit_times=1, limit_days=30, cancel_hours=2
    )
    mei, li = salon.customer("mei", 250), salon.customer("li", 100)
    booked = salon.book(test, mei, at(5, 10))
    assert salon.points(mei) == 150
    with refused("full"):
        salon.book(test, li, at(5, 10))
    salon.book(test, li, at(5, 10, 30))
    moved = services.move(salon.brand, booked.pk, "HZ1", at(12, 10), actor="mei")
    assert (moved.starts_ms, salon.points(mei)) == (at(12, 10), 150)
    day = slots.between(salon.brand, moved.service, "HZ1", date(2026, 12, 5), 1)
    assert [(one.time, one.left) for one in day] == [("10:00", 1), ("10:30", 0)]
    with refused("limit"):
        salon.book(test, mei, at(19, 10))
    services.cancel(salon.brand, booked.pk, actor="mei")
    assert salon.points(mei) == 250
    assert services.cancel(salon.brand, booked.pk, actor="mei").state == "cancelled"  # once more
    assert salon.points(mei) == 250
    assert told() == ["service.booked", "service.booked", "service.booked", "service.cancelled"]
    salon.proven()


def test_pressing_twice_is_one_booking(salon: Salon) -> None:
    test, mei = salon.service(asset="points", units=10), salon.customer("mei", 100)
    first, second = salon.book(test, mei, at(2, 10)), salon.book(test, mei, at(2, 10))
    assert first.pk == second.pk
    assert (Booking.objects.count(), salon.points(mei), told()) == (1, 90, ["service.booked"])


def test_nobody_is_at_two_places_at_one_time(salon: Salon) -> None:
    test = salon.service()
    talk = salon.service("1-7 10:15 5", "", name="咨询", minutes=60)
    mei, twin = salon.customer("mei"), salon.customer("twin")
    salon.book(test, mei, at(2, 10))
    with refused("busy"):
        salon.book(talk, mei, at(2, 10, 15), "")
    salon.book(talk, twin, at(3, 10, 15), "")
    ids = customer_ids_of(salon.brand.pk, [mei, twin])
    merge(salon.brand.pk, [ids[mei], ids[twin]], actor="test", reason="same")
    with refused("busy"):
        salon.book(test, mei, at(3, 11))  # the talk of her other profile ends at 11:15
    salon.book(test, mei, at(3, 11, 30))
    salon.proven()


def test_what_is_over_or_not_offered_is_refused(salon: Salon) -> None:
    test, mei = salon.service(ahead_days=7), salon.customer("mei")
    with frozen(at(1, 10)), refused("past"):
        salon.book(test, mei, at(1, 10))
    for moment in (at(2, 10) + 1, at(2, 12), at(9, 10), 1 << 62):
        with refused("no_slot"):
            salon.book(test, mei, moment)
    with refused("no_slot"):
        salon.book(test, mei, at(2, 10), "nowhere")
    set_stores(salon.brand.pk, [{"code": "HZ1", "name": "西湖店", "open": "no"}], actor="test")
    with refused("no_slot"):
        salon.book(test, mei, at(2, 10))
    with pytest.raises(NotFound):
        salon.book(test + 1, mei, at(2, 10))
    with pytest.raises(NotFound):
        salon.book(test, 10**9, at(2, 10))
    assert not Booking.objects.exists()


def test_a_service_is_for_whom_it_is_for(salon: Salon) -> None:
    nobody = {"version": 1, "any": []}
    test = salon.service(audience=nobody)
    mei = salon.customer("mei")
    assert queries.offered(salon.brand, customer_ids_of(salon.brand.pk, [mei])[mei]) == []
    with refused("not_for_you"):
        salon.book(test, mei, at(2, 10))


def test_without_enough_units_there_is_no_booking(salon: Salon) -> None:
    test, mei = salon.service(asset="points", units=100), salon.customer("mei", 99)
    with refused("insufficient"):
        salon.book(test, mei, at(2, 10))
    assert not Booking.objects.exists()
    assert not BookingSlot.objects.filter(taken__gt=0).exists()
    salon.proven()


def test_the_customers_time_is_up_before_the_brands(salon: Salon) -> None:
    test, mei = salon.service(cancel_hours=2), salon.customer("mei")
    booked = salon.book(test, mei, at(2, 10))
    with frozen(at(2, 8)):
        for late in (
            lambda: services.cancel(salon.brand, booked.pk, actor="mei"),
            lambda: services.move(salon.brand, booked.pk, "HZ1", at(3, 10), actor="mei"),
        ):
            with refused("too_late"):
                late()
        services.move(salon.brand, booked.pk, "HZ1", at(2, 11), actor="store", late=True)
    with frozen(at(2, 11, 10)):
        services.cancel(salon.brand, booked.pk, actor="store", late=True)
    salon.proven()


def test_a_move_to_a_full_slot_changes_nothing(salon: Salon) -> None:
    test, mei, li = salon.service(), salon.customer("mei"), salon.customer("li")
    booked = salon.book(test, mei, at(2, 10))
    salon.book(test, li, at(2, 11))
    with refused("full"):
        services.move(salon.brand, booked.pk, "HZ1", at(2, 11), actor="mei")
    assert services.find(salon.brand.pk, booked.pk).starts_ms == at(2, 10)
    assert services.move(salon.brand, booked.pk, "HZ1", at(2, 10), actor="mei").pk == booked.pk
    salon.proven()


def test_coming_and_not_coming(salon: Salon) -> None:
    test, mei, li = salon.service("1-7 10:00 2"), salon.customer("mei"), salon.customer("li")
    one, other = salon.book(test, mei, at(2, 10)), salon.book(test, li, at(2, 10))
    with refused("too_early"):
        services.attend(salon.brand, one.pk, actor="till")
    with frozen(at(2, 9, 50)):
        services.attend(salon.brand, one.pk, actor="till")
        services.attend(salon.brand, one.pk, actor="till")
        with refused("too_early"):
            services.miss(salon.brand, other.pk, actor="till")
    with frozen(at(2, 10, 20)):
        services.miss(salon.brand, other.pk, actor="till")
        with refused("ended"):
            services.attend(salon.brand, other.pk, actor="till")
        with refused("ended"):
            services.cancel(salon.brand, one.pk, actor="till", late=True)
    assert told()[2:] == ["service.attended", "service.missed"]
    salon.proven()


def test_fewer_seats_than_are_taken_cancel_nobody_and_let_nobody_in(salon: Salon) -> None:
    test = salon.service("1-7 10:00 3")
    people = [salon.customer(f"n{number}") for number in range(4)]
    for who in people[:3]:
        last = salon.book(test, who, at(2, 10))
    row = defining.find(salon.brand.pk, test)
    defining.save(salon.brand, test, 1, queries.wanted_of(row), {"HZ1": "1-7 10:00 2"}, actor="test")
    services.cancel(salon.brand, last.pk, actor="test")
    with refused("full"):
        salon.book(test, people[3], at(2, 10))
    with pytest.raises(Conflict):
        defining.save(salon.brand, test, 1, queries.wanted_of(row), {}, actor="test")
    salon.proven()


def test_seats_checked_without_a_lock_overfill_elsewhere_and_are_held_by_the_database_here(
    salon: Salon,
) -> None:
    """yudao, CRMEB: seats checked without a lock (overfill). Here a constraint holds them too."""
    salon.book(salon.service(), salon.customer("mei"), at(2, 10))
    for change in (F("taken") + 1, F("taken") - 2):
        with pytest.raises(IntegrityError), transaction.atomic():
            BookingSlot.objects.update(taken=change)
    salon.proven()


def test_a_reminder_waits_for_the_day_before_and_goes_with_the_booking(salon: Salon) -> None:
    names = [
        Variable("service", Kind.TEXT, "x"),
        Variable("date", Kind.DATE, NOW_MS),
        Variable("time", Kind.TEXT, "10:00"),
    ]
    said = {
        "zh-hans": Wordings("{{service}} {{date}} {{time}}", "明天见"),
        "en": Wordings("{{service}} {{date}} {{time}}", "See you"),
    }
    save_template(
        salon.brand.pk,
        Draft("inbox", "remind", "service", Priority.SERVICE, said, names),
        version=0,
        actor="cli",
    )
    test = salon.service(remind_channel="inbox", remind_template="remind")
    mei = salon.customer("mei")
    booked = salon.book(test, mei, at(5, 10))
    first = Message.objects.get()
    assert (first.not_before_ms, first.expires_ms) == (at(5, 10) - DAY_MS, at(5, 10))
    services.move(salon.brand, booked.pk, "HZ1", at(6, 10), actor="mei")
    assert list(Message.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "queued"]
    services.cancel(salon.brand, booked.pk, actor="mei")
    assert set(Message.objects.values_list("state", flat=True)) == {"cancelled"}
    salon.book(test, mei, NOW_MS + 25 * HOUR_MS)  # tomorrow at ten, a day and an hour away
    salon.book(test, mei, at(1, 11))  # in two hours: no reminder
    assert Message.objects.filter(state="queued").count() == 1
    with pytest.raises(Invalid):
        salon.service(remind_channel="inbox", remind_template="no such")


def test_an_erased_persons_seats_are_free(salon: Salon) -> None:
    test, mei = salon.service(), salon.customer("mei")
    salon.book(test, mei, at(2, 10))
    erase(salon.brand.pk, customer_ids_of(salon.brand.pk, [mei])[mei], actor="test", reason="asked")
    assert not Booking.objects.exists()
    assert BookingSlot.objects.get().taken == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("minutes", 0), ("minutes", 1441), ("units", 5), ("limit_days", 0), ("ahead_days", 367)],
        *[("name_zh", "x" * 81), ("name_zh", "a\x00"), ("kind", "x"), ("text_en", "\x00"), ("asset", "none")],
    ],
)
def test_a_service_that_cannot_be_is_refused_by_field(salon: Salon, field: str, value: object) -> None:
    wanted = Wanted("测试")._replace(**{field: value})  # type: ignore[arg-type]
    with pytest.raises(Invalid) as error:
        defining.create(salon.brand, wanted, {}, actor="test")
    assert error.value.data["field"] in (field, "units")
