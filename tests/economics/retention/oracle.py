"""The same questions as the reports on retention, answered row by row."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from guanxi.customers.models import Customer, Subject
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services
from tests.warehouse import rows

SHANGHAI = timedelta(hours=8)  # no change of clocks in the years of these facts
ITEMS: list[list[dict[str, Any]]] = [
    [],
    [{"sku": "A1", "title": '面霜 "滋润"'}, {"sku": "B2", "title": "Soap"}],
    [{"title": "Soap", "sku": "B2"}],
    [{"sku": "C3"}],
]


def local(at_ms: int) -> date:
    return (datetime.fromtimestamp(at_ms / 1000, UTC) + SHANGHAI).date()


def moment(day: str, hour: int = 12) -> int:
    """UTC milliseconds of an hour in Shanghai."""
    start = datetime.fromisoformat(f"{day}T00:00:00+00:00") - SHANGHAI + timedelta(hours=hour)
    return int(start.timestamp() * 1000)


def period(day: date, per: str) -> str:
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    return f"{day:%Y-%m}" if per == "month" else f"{day.year}-Q{(day.month + 2) // 3}"


def after(label: str, per: str, n: int) -> str:
    """The period n after the one of that label."""
    if per == "week":
        monday = date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
        return period(monday + timedelta(weeks=n), per)
    size = 12 if per == "month" else 4
    number = int(label[:4]) * size + int(label[-2:].lstrip("Q")) - 1 + n
    place = number % size + 1
    return f"{number // size}-{place:02d}" if per == "month" else f"{number // size}-Q{place}"


def random_brand(seed: int) -> Brand:
    """Merged customers, anonymous facts, refunds, gaps, facts around midnight, products, cities."""
    found = rows.brand(f"brand-{seed}")
    subjects = rows.people(found, 40, subjects_each=2)
    chance = random.Random(seed)
    facts = rows.random_facts(subjects, 600, seed=seed)
    for fact in facts:
        items = chance.choice(ITEMS)
        fact["payload"] = json.dumps({"items": items}, ensure_ascii=False, separators=(",", ":"))
    rows.facts(found, facts)
    for customer in Customer.objects.filter(brand=found):
        code = chance.choice([None, 310000, 310115, 330100, 330106, 440000])
        Customer.objects.filter(pk=customer.pk).update(adcode=code)
    for _ in range(6):
        one, other = chance.sample(subjects, 2)
        roots = dict(Subject.objects.filter(pk__in=[one, other]).values_list("pk", "customer_id"))
        if roots[one] != roots[other]:
            rows.merge(found, other, into=roots[one])
    services.sync(found)
    return found


def small_brand(facts: list[tuple[int, str, str, int]], slug: str = "small") -> Brand:
    """A brand with facts (customer 0…, kind, day, amount in fen)."""
    found = rows.brand(slug)
    people = rows.people(found, 1 + max((person for person, *_ in facts), default=0))
    rows.facts(
        found,
        [
            {"subject_id": people[person], "kind": kind, "occurred_ms": moment(day), "amount_fen": fen}
            for person, kind, day, fen in facts
        ],
    )
    services.sync(found)
    return found


class Oracle:
    def __init__(self, brand: Brand, until: date = date.max) -> None:
        self.roots = dict(Subject.objects.filter(brand_id=brand.pk).values_list("pk", "customer_id"))
        known = Touchpoint.objects.filter(brand_id=brand.pk).exclude(subject_id=None)
        facts = [fact for fact in known if local(fact.occurred_ms) <= until]
        self.paid: dict[int, list[Any]] = defaultdict(list)
        self.refunded: dict[int, list[Any]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: fact.occurred_ms):
            if fact.kind in {"order.paid", "order.refunded"}:
                side = self.paid if fact.kind == "order.paid" else self.refunded
                side[self.roots[fact.subject_id or 0]].append(fact)
        self.adcodes = dict(Customer.objects.filter(brand=brand).values_list("pk", "adcode"))

    def days(self, customer: int) -> list[date]:
        """The days on which a customer bought, in order."""
        return sorted({local(fact.occurred_ms) for fact in self.paid[customer]})

    def group(self, customer: int, by: str) -> str | None:
        if by == "all":
            return "All customers"
        if by == "city":
            code = self.adcodes[customer]
            city = None if code is None else code - code % 100
            return None if city is None else str(310100 if city == 310000 else city)
        first = self.paid[customer][0].occurred_ms
        firsts = [fact for fact in self.paid[customer] if fact.occurred_ms == first]
        told = [fact.channel if by == "channel" else _product(fact.payload) for fact in firsts]
        return min((name for name in told if name), default=None)

    def last_day(self) -> date:
        return max(day for customer in self.paid for day in self.days(customer))

    def cells(self, per: str, by: str) -> dict[tuple[str, str | None, str], Counter[str]]:
        """(cohort, group, period) → customers, orders, revenue_fen, refunds_fen."""
        found: dict[tuple[str, str | None, str], Counter[str]] = defaultdict(Counter)
        for customer, orders in self.paid.items():
            first = min(local(fact.occurred_ms) for fact in orders)
            cohort, group = period(first, per), self.group(customer, by)
            for active in {period(local(fact.occurred_ms), per) for fact in orders}:
                found[cohort, group, active]["customers"] += 1
            for fact in orders:
                cell = found[cohort, group, period(local(fact.occurred_ms), per)]
                cell["orders"] += 1
                cell["revenue_fen"] += fact.amount_fen or 0
            for fact in self.refunded[customer]:
                cell = found[cohort, group, max(cohort, period(local(fact.occurred_ms), per))]
                cell["refunds_fen"] += fact.amount_fen or 0
        return found


def _product(payload: str) -> str:
    lines = json.loads(payload or "{}").get("items", [])
    titles = [line["title"] for line in lines if line.get("title")]
    codes = [line["sku"] for line in lines if line.get("sku")]
    return next(iter([*titles, *codes]), "")
