"""The figures against plain Python over the same rows."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guanxi.customers.models import Customer, Subject
from guanxi.economics import figures, queries
from guanxi.economics.contracts import Period
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = timedelta(hours=8)  # no change of clocks in the years of these facts


def local(at_ms: int) -> date:
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + SHANGHAI).date()


class Oracle:
    """The same questions, answered row by row."""

    def __init__(self, brand: Brand) -> None:
        self.roots = dict(Subject.objects.filter(brand_id=brand.pk).values_list("pk", "customer_id"))
        facts = Touchpoint.objects.filter(brand_id=brand.pk)
        self.paid = list(facts.filter(kind="order.paid"))
        self.refunded = list(facts.filter(kind="order.refunded"))
        self.by_customer: dict[int, list[Any]] = defaultdict(list)
        for fact in self.paid:
            if fact.subject_id is not None:
                self.by_customer[self.roots[fact.subject_id]].append(fact)

    def overview(self, first: date = date.min, last: date = date.max) -> dict[str, Any]:
        inside = [fact for fact in self.paid if first <= local(fact.occurred_ms) <= last]
        counts: dict[int, int] = defaultdict(int)
        for fact in inside:
            if fact.subject_id is not None:
                counts[self.roots[fact.subject_id]] += 1
        back = [fact for fact in self.refunded if first <= local(fact.occurred_ms) <= last]
        days = sorted(local(fact.occurred_ms).isoformat() for fact in inside)
        repeat = sum(1 for n in counts.values() if n >= 2)
        return {
            "buyers": len(counts),
            "orders": len(inside),
            "revenue_fen": sum(fact.amount_fen or 0 for fact in inside),
            "refunds_fen": sum(fact.amount_fen or 0 for fact in back),
            "repeat_rate": repeat / len(counts) if counts else None,
            "first": days[0] if days else None,
            "last": days[-1] if days else None,
        }

    def triangle(self) -> dict[tuple[str, str], tuple[int, int]]:
        cells: dict[tuple[str, str], tuple[set[int], int]] = {}
        for customer, facts in self.by_customer.items():
            cohort = min(f"{local(fact.occurred_ms):%Y-%m}" for fact in facts)
            for fact in facts:
                key = (cohort, f"{local(fact.occurred_ms):%Y-%m}")
                people, money = cells.get(key, (set(), 0))
                cells[key] = (people | {customer}, money + (fact.amount_fen or 0))
        return {key: (len(people), money) for key, (people, money) in cells.items()}


def month_after(month: str, n: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + n
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@pytest.fixture(params=[1, 2])
def brand(request: pytest.FixtureRequest) -> Brand:
    """A brand with merged customers, anonymous facts, refunds, gaps and facts around midnight."""
    found = rows.brand()
    subjects = rows.people(found, 40, subjects_each=2)
    rows.facts(found, rows.random_facts(subjects, 600, seed=request.param))
    chance = random.Random(request.param)
    for _ in range(6):
        one, other = chance.sample(subjects, 2)
        roots = dict(Subject.objects.filter(pk__in=[one, other]).values_list("pk", "customer_id"))
        if roots[one] != roots[other]:
            rows.merge(found, other, into=roots[one])
    services.sync(found)
    return found


def test_the_overview_is_what_the_rows_say(brand: Brand) -> None:
    wanted = Oracle(brand).overview()
    got = queries.overview(brand)
    assert {name: getattr(got, name) for name in wanted} == wanted
    assert got.customers == Customer.objects.filter(merged_into_id=None).count()
    assert got.net_fen == got.revenue_fen - got.refunds_fen
    anonymous = [fact for fact in Oracle(brand).paid if fact.subject_id is None]
    assert got.anonymous_orders == len(anonymous) > 0


@pytest.mark.parametrize(
    ("first", "last"), [(date(2024, 1, 1), date(2024, 3, 31)), (date(2024, 5, 5), date(2024, 5, 5))]
)
def test_a_period_counts_its_local_days_alone(brand: Brand, first: date, last: date) -> None:
    wanted = Oracle(brand).overview(first, last)
    got = queries.overview(brand, Period(first, last))
    assert {name: getattr(got, name) for name in wanted} == wanted


def test_the_cohort_triangle_is_what_the_rows_say(brand: Brand) -> None:
    got = {
        (cohort.month, month_after(cohort.month, cell.months_since)): (cell.customers, cell.revenue_fen)
        for cohort in queries.cohorts(brand)
        for cell in cohort.cells
        if cell.customers
    }
    assert got == Oracle(brand).triangle()
    for cohort in queries.cohorts(brand):
        assert cohort.cells[0].customers == cohort.size
        assert [cell.months_since for cell in cohort.cells] == list(range(len(cohort.cells)))


def test_months_add_up_to_the_overview(brand: Brand) -> None:
    months, total = queries.monthly(brand), queries.overview(brand)
    assert sum(month.revenue_fen for month in months) == total.revenue_fen
    assert sum(month.orders for month in months) == total.orders
    assert sum(month.refunds_fen for month in months) == total.refunds_fen
    assert sum(month.new_buyers for month in months) == total.buyers
    for month in months:
        assert month.new_fen + month.returning_fen + month.anonymous_fen == month.revenue_fen
    assert [month.month for month in months] == [
        month_after(months[0].month, number) for number in range(len(months))
    ]


def test_channels_add_up_and_count_a_customer_once_in_each(brand: Brand) -> None:
    oracle, total = Oracle(brand), queries.overview(brand)
    channels = queries.channels(brand)
    assert sum(channel.revenue_fen for channel in channels) == total.revenue_fen
    people: dict[str, set[int]] = defaultdict(set)
    for customer, facts in oracle.by_customer.items():
        for fact in facts:
            people[fact.channel].add(customer)
    assert {channel.channel: channel.buyers for channel in channels} == {
        name: len(found) for name, found in people.items()
    }


def test_totals_come_back_to_the_customers(brand: Brand) -> None:
    oracle = Oracle(brand)
    for customer in Customer.objects.filter(merged_into_id=None):
        facts = oracle.by_customer.get(customer.pk, [])
        times = [fact.occurred_ms for fact in facts]
        assert (customer.orders, customer.revenue_fen, customer.first_order_ms, customer.last_order_ms) == (
            len(facts),
            sum(fact.amount_fen or 0 for fact in facts),
            min(times, default=None),
            max(times, default=None),
        )


def test_totals_follow_an_unmerge() -> None:
    brand = rows.brand()
    one, other = rows.people(brand, 2)
    rows.facts(brand, [{"subject_id": s, "occurred_ms": 0, "amount_fen": 7} for s in (one, other)])
    rows.merge(brand, other, into=one)
    services.sync(brand)
    assert Customer.objects.get(pk=one).orders == 2
    rows.unmerge(brand, other)
    services.sync(brand)
    assert [Customer.objects.get(pk=person).orders for person in (one, other)] == [1, 1]


def test_nothing_is_unknown_rather_than_zero() -> None:
    brand = rows.brand()
    services.sync(brand)
    got = queries.overview(brand)
    assert (got.customers, got.buyers, got.orders, got.revenue_fen) == (0, 0, 0, 0)
    assert (got.repeat_rate, got.first, got.last) == (None, None, None)
    assert queries.monthly(brand) == queries.cohorts(brand) == queries.channels(brand) == []


def test_a_figure_is_kept_until_the_lake_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = rows.brand()
    (person,) = rows.people(brand, 1)
    rows.facts(brand, [{"subject_id": person, "occurred_ms": 0, "amount_fen": 100}])
    services.sync(brand)
    figures.forget()  # as another process would: only the file is there
    with monkeypatch.context() as patched:
        patched.setattr(queries, "compute", None)
        assert queries.overview(brand).revenue_fen == 100
        assert queries.cohorts(brand)[0].size == 1
    rows.facts(brand, [{"subject_id": person, "occurred_ms": 0, "amount_fen": 11}])
    assert queries.overview(brand).revenue_fen == 100
    services.sync(brand)
    assert queries.overview(brand).revenue_fen == 111
