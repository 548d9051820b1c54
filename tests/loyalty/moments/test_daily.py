"""The daily run: once, also when killed, late, merged, or asked by many at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from django.db import connection

from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.models import Customer, Subject
from guanxi.customers.rights.erasing import erase
from guanxi.customers.services import merge, resolve
from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, to_ms
from guanxi.loyalty.moments import queries, services
from guanxi.loyalty.moments.models import Joining, Moment, MomentRun
from guanxi.platform import jobs
from guanxi.platform.writing import writing
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.models import Touchpoint
from guanxi.touchpoints.services import record
from tests.loyalty.rules.conftest import Shop

MAY_DAY = to_ms(datetime(2026, 5, 1, 9))
GIFT = {"effect": "give", "asset": "points", "units": 100}


@pytest.fixture
def shop(transactional_db: None) -> Iterator[Shop]:
    with frozen(MAY_DAY):
        yield Shop()


def born(shop: Shop, who: str, birthday: str, calendar: str = "solar") -> int:
    with writing(shop.brand.pk):
        sighting = Sighting(
            (Identity("tmall", who),), Person(birthday=birthday, birthday_calendar=calendar), MAY_DAY
        )
        subject = resolve(shop.brand.pk, [sighting]).subject_ids[0]
    return customer_ids_of(shop.brand.pk, [subject])[subject]


def joined(shop: Shop, who: str, day: date) -> None:
    at_ms = to_ms(datetime(day.year, day.month, day.day, 20))
    record(shop.brand.pk, "shop", [Fact("member.joined", f"j{who}", at_ms, (Identity("tmall", who),))])


def facts(kind: str = "birthday.reached") -> list[tuple[int | None, str, bool]]:
    rows = Touchpoint.objects.filter(kind=kind).order_by("id")
    return list(rows.values_list("subject_id", "payload", "live"))


def test_a_birthday_gives_once_and_tells_nothing_personal(shop: Shop) -> None:
    shop.rule(GIFT, on="birthday.reached")
    li = born(shop, "li", "1990-05-01")
    born(shop, "mei", "--05-02")
    born(shop, "lan", "1988-03-15", "lunar")  # 1 May 2026 is lunar 03-15
    assert services.run(shop.brand) == (1, 2, 0)
    assert services.run(shop.brand) == (0, 0, 0)
    assert [payload for _subject, payload, _live in facts()] == ["{}", "{}"]
    assert facts()[0] == (li, "{}", True)
    assert (shop.has("li").spendable, shop.has("mei").spendable, shop.has("lan").spendable) == (100, 0, 100)
    shop.proven()


def test_a_birthday_changed_twice_a_year_gives_once(shop: Shop) -> None:
    shop.rule(GIFT, on="birthday.reached")
    li = born(shop, "li", "1990-05-01")
    services.run(shop.brand)
    for number, text in ((1, "1990-05-02"), (40, "1990-06-10")):
        Customer.objects.filter(pk=li).update(birthday=text)
        with frozen(MAY_DAY + number * DAY_MS):
            assert services.run(shop.brand).birthdays == 0
    Customer.objects.filter(pk=li).update(birthday="1990-05-01")
    with frozen(MAY_DAY + 365 * DAY_MS):
        services.run(shop.brand)
    assert shop.has("li").spendable == 200


def test_missed_days_are_caught_up_and_what_is_old_sends_nothing(shop: Shop) -> None:
    shop.rule(GIFT, on="birthday.reached")
    for day in range(1, 10):
        born(shop, f"may{day}", f"--05-{day:02d}")
    services.run(shop.brand)
    with frozen(MAY_DAY + 8 * DAY_MS):
        assert services.run(shop.brand) == (8, 8, 0)
    # The 1st on time; the 2nd to 5th are more than three days late on the 9th.
    assert [live for _s, _p, live in facts()] == [True, *[False] * 4, *[True] * 4]
    assert all(shop.has(f"may{day}").spendable == 100 for day in range(1, 10))
    days = (
        Touchpoint.objects.filter(kind="birthday.reached")
        .order_by("id")
        .values_list("occurred_ms", flat=True)
    )
    assert [at_ms - days[0] for at_ms in days] == [number * DAY_MS for number in range(9)]


def test_the_first_run_begins_with_today(shop: Shop) -> None:
    born(shop, "li", "--04-30")
    assert services.run(shop.brand) == (1, 0, 0)


def test_the_day_is_the_brands_own(shop: Shop) -> None:
    born(shop, "li", "--05-02")
    with frozen(MAY_DAY + 14 * HOUR_MS + 59 * 60_000):  # 23:59 in Shanghai
        assert services.run(shop.brand).birthdays == 0
    with frozen(MAY_DAY + 15 * HOUR_MS):
        assert services.run(shop.brand).birthdays == 1


def test_membership_counts_from_the_first_order_or_joining_whichever_came_first(shop: Shop) -> None:
    shop.rule({"effect": "give", "asset": "points", "units": 5}, on="anniversary.reached")
    joined(shop, "li", date(2023, 5, 1))
    joined(shop, "mei", date(2024, 5, 1))
    shop.record(shop.order("mei", 10), shop.order("lan", 10))
    of = dict(Subject.objects.values_list("key", "customer_id"))
    Customer.objects.filter(pk=of["mei"]).update(first_order_ms=to_ms(datetime(2022, 8, 1)))
    Customer.objects.filter(pk=of["lan"]).update(first_order_ms=to_ms(datetime(2021, 5, 1, 23, 59)))
    joined(shop, "new", date(2026, 5, 1))
    assert services.run(shop.brand) == (1, 0, 2)
    assert {(subject, payload) for subject, payload, _live in facts("anniversary.reached")} == {
        (of["li"], '{"years":3}'),
        (of["lan"], '{"years":5}'),
    }
    found = {one.day: one.anniversaries for one in queries.coming(shop.brand).days}
    assert found[date(2026, 5, 1)] == 2
    assert sum(found.values()) == 2


def test_joinings_from_before_this_room_are_read_from_the_log(shop: Shop) -> None:
    joined(shop, "li", date(2023, 5, 1))
    Joining.objects.all().delete()
    assert services.run(shop.brand).anniversaries == 1


def test_merged_profiles_have_one_birthday_and_the_erased_none(shop: Shop) -> None:
    li, twin, gone = born(shop, "li", "--05-01"), born(shop, "twin", "--05-02"), born(shop, "gone", "--05-01")
    erase(shop.brand.pk, gone, actor="test", reason="asked")
    assert services.run(shop.brand).birthdays == 1
    merge(shop.brand.pk, [li, twin], actor="test", reason="same")
    Customer.objects.filter(pk=li).update(birthday="--05-02")
    with frozen(MAY_DAY + DAY_MS):
        assert services.run(shop.brand).birthdays == 0
    erase(shop.brand.pk, li, actor="test", reason="asked")
    assert not Moment.objects.exists()


def test_two_workers_at_once_tell_once(shop: Shop) -> None:
    for number in range(30):
        born(shop, f"n{number}", "--05-01")
    ready = Barrier(8)

    def one(_number: int) -> int:
        try:
            connection.ensure_connection()
            ready.wait()
            return services.run(shop.brand).birthdays
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 30
    assert len(facts()) == 30


def test_a_run_that_was_killed_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guanxi.loyalty.moments.members.CHUNK", 2)
    for number in range(5):
        born(shop, f"n{number}", "--05-01")

    def killed(_done: int) -> None:
        raise jobs.JobStopped

    with pytest.raises(jobs.JobStopped):
        services.run(shop.brand, killed)
    assert len(facts()) == 2
    assert MomentRun.objects.get().done_day == date(2026, 4, 30).toordinal()
    assert services.run(shop.brand).birthdays == 3
    assert len(facts()) == 5


def test_the_coming_days_count_both_calendars(shop: Shop) -> None:
    born(shop, "li", "1990-05-01")
    born(shop, "lan", "--03-15", "lunar")
    born(shop, "far", "--07-01")
    rule = shop.rule(GIFT, on="birthday.reached")
    first, *rest = queries.coming(shop.brand).days
    assert (first.birthdays, first.lunar) == (2, 1)
    assert not any(one.birthdays for one in rest)
    assert [one.id for one in queries.answers(shop.brand, ("birthday.reached",))] == [rule]
