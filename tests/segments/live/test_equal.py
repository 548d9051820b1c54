"""Whatever happens in whatever order, what was followed is what a full refresh computes."""

from __future__ import annotations

import random
from typing import Any

import pytest

from guanxi.customers import services as customers
from guanxi.customers.models import Customer, Subject
from guanxi.kernel.clock import frozen
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform.models import Brand
from guanxi.segments import following
from guanxi.segments.models import CustomerDue, Membership
from guanxi.segments.refreshing import refresh
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Touchpoint
from tests.segments.live.brand import DAY, NOW, does, follow, segment

pytestmark = pytest.mark.django_db(transaction=True)
BOUGHT = {"leaf": "behaviour.did", "kinds": ["order.paid"]}
SCANNED = {"leaf": "behaviour.did", "kinds": ["code.scanned"]}
CONDITIONS: list[dict[str, Any]] = [
    BOUGHT,
    {**BOUGHT, "within": {"days": 7}},
    {**BOUGHT, "at_least": 2, "within": {"days": 30}},
    {"all": [BOUGHT, {"not": {**SCANNED, "within": {"days": 3}}}]},
    {"leaf": "value.monetary", "at_least": 250, "within": {"days": 14}},
    {"leaf": "profile.gender", "is": "f"},
    {"any": [{"leaf": "tag.has", "tags": ["vip"]}, {**BOUGHT, "within": {"calendar": "today"}}]},
    {"leaf": "profile.birthday", "within_days": 5},
    {"leaf": "behaviour.did", "kinds": ["segment.entered"], "within": {"days": 10}},
]


@pytest.mark.parametrize("seed", range(3))
def test_following_and_refreshing_agree_after_anything(brand: Brand, seed: int) -> None:
    chance = random.Random(seed)
    customers.define_tag(brand.pk, "vip", actor="user:1")
    for number, condition in enumerate(CONDITIONS):
        segment(brand, f"{number}", {"version": 1, "all": [condition]})
    at_ms = NOW
    for _round in range(6):
        at_ms += chance.choice([0, 60_000, DAY // 3, DAY, 4 * DAY])
        with frozen(at_ms):
            for _step in range(chance.randrange(1, 8)):
                something(brand, chance, at_ms)
                if chance.random() < 0.4:
                    following.follow(brand)
            follow(brand)
            found = refresh(brand)
            assert [(one.name, one.drift, one.unconfirmed) for one in found.segments if one.drift] == []
            assert all(one.unconfirmed == 0 for one in found.segments)
    entered = Touchpoint.objects.filter(kind="segment.entered").count()
    assert entered
    living = set(Customer.objects.filter(merged_into_id=None).values_list("pk", flat=True))
    assert set(Membership.objects.values_list("customer_id", flat=True)) <= living
    assert set(CustomerDue.objects.values_list("customer_id", flat=True)) <= living


def something(brand: Brand, chance: random.Random, at_ms: int) -> None:
    who = f"p{chance.randrange(8)}"
    living = list(Customer.objects.filter(merged_into_id=None).order_by("pk").values_list("pk", flat=True))
    what = chance.choices(["fact", "merge", "unmerge", "tag", "untag"], [8, 1, 1, 1, 1])[0]
    if what == "fact" or len(living) < 3:
        details: dict[str, Any] = {}
        if chance.random() < 0.4:
            birthday = chance.choice(["1990-11-24", "1985-12-01", None])
            details = {"name": f"李{who}", "person": {"gender": chance.choice("fm"), "birthday": birthday}}
        does(
            brand,
            who,
            chance.choice(["order.paid", "order.paid", "code.scanned"]),
            at_ms=at_ms - chance.choice([0, 1, DAY, 6 * DAY, 29 * DAY]),
            mode=chance.choice([Mode.LIVE, Mode.BACKFILL]),
            **details,
        )
    elif what == "merge":
        customers.merge(brand.pk, chance.sample(living, 2), actor="user:1")
    elif what == "unmerge":
        for number in living:
            of = Subject.objects.filter(customer_id=number).order_by("pk")
            rows = list(of.values_list("pk", flat=True))
            if len(rows) < 2:
                continue
            try:
                customers.unmerge(brand.pk, number, rows[len(rows) // 2 :], actor="user:1")
            except (Conflict, Invalid):
                continue
    else:
        verb = customers.add_tags if what == "tag" else customers.remove_tags
        verb(brand.pk, ["vip"], [chance.choice(living)], actor="user:1")
