"""Old facts go, those of money become nobody's; totals, segments and the lake agree, whatever dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from guanxi.customers.models import Customer
from guanxi.customers.rights import freezing, requests
from guanxi.customers.rights.contracts import Kind
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.platform import jobs
from guanxi.platform.models import AuditEntry, Brand, RetentionPeriod
from guanxi.platform.retention import periods, running
from guanxi.segments import services as segment_services
from guanxi.segments.following import catch_up
from guanxi.segments.models import Segment
from guanxi.touchpoints import keeping, queries
from guanxi.touchpoints.kinds import KINDS
from guanxi.touchpoints.models import LetGo, Touchpoint
from guanxi.warehouse import queries as lake
from guanxi.warehouse import services as warehouse
from guanxi.warehouse.engines import close_all
from tests.dying import die
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
NOW_MS = rows.BASE_MS + 1_500 * DAY_MS
YEARS = 1_096
DAYS = (0, 100, 500, 1_000, 1_300, 1_490)
GONE = {"facts.orders": 12, "facts.visits": 16}
LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.platform.retention import running
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
running.AT_ONCE = 7
def told(gone):
    if gone >= 5:
        os.kill(os.getpid(), signal.SIGKILL)
with frozen(int(sys.argv[2])):
    running.run(Brand.objects.get(slug="lanhua").pk, told)
"""


@pytest.fixture(autouse=True)
def _now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    with frozen(NOW_MS):
        yield
    close_all()


def world(slug: str = "lanhua") -> tuple[Brand, list[int]]:
    """Ten customers with facts of six days, the first 1,500 days ago: on each four scans and six orders."""
    brand = rows.brand(slug)
    subjects = rows.people(brand, 10)
    scans = [n // len(DAYS) % 3 == 0 for n in range(60)]
    told = [
        {
            "kind": "code.scanned" if scan else "order.paid",
            "subject_id": subjects[n % 10],
            "occurred_ms": rows.BASE_MS + DAYS[n % len(DAYS)] * DAY_MS,
            "amount_fen": None if scan else 1_000,
        }
        for n, scan in enumerate(scans)
    ]
    rows.facts(brand, told, f"{slug}-shop")
    return brand, subjects


def kept(brand: Brand) -> None:
    """Visits for a year, orders for three."""
    periods.choose(brand.pk, "facts.visits", 365, actor="test")
    periods.choose(brand.pk, "facts.orders", YEARS, actor="test")


def held(brand: Brand) -> list[tuple[str, bool, int]]:
    found = Touchpoint.objects.filter(brand_id=brand.pk).order_by("pk")
    return [
        (kind, subject is None, pk) for kind, subject, pk in found.values_list("kind", "subject_id", "pk")
    ]


def agrees(brand: Brand) -> None:
    """The lake is the database, and totals are the same by both."""
    warehouse.sync(brand)
    verified = warehouse.verify(brand)
    assert (verified.differences, verified.behind) == ([], [])
    customers = list(Customer.objects.filter(brand=brand).order_by("pk"))
    now = queries.totals(brand.pk, [one.pk for one in customers])
    assert {one.pk: (one.orders, one.revenue_fen) for one in customers} == {
        pk: (total.orders, total.revenue_fen) for pk, total in now.items()
    }


def revenue(brand: Brand) -> int:
    facts = lake.tables()["touchpoints"]
    paid = facts.filter(facts.kind == "order.paid")
    return int(lake.run(brand, paid.aggregate(fen=paid.amount_fen.sum())).to_pylist()[0]["fen"])


def test_every_kind_of_the_log_has_one_period() -> None:
    named = [kind for group in keeping.GROUPS for kind in group.kinds]
    assert sorted(named) == sorted(KINDS.names())


def test_facts_go_and_orders_become_nobodys() -> None:
    brand, _subjects = world()
    other, _ = world("other")
    agrees(brand)
    before, others = revenue(brand), held(other)
    kept(brand)
    foreseen = {one.kind.key: found.rows for one, found in running.dry_run(brand.pk) if found.rows}
    gone = running.run(brand.pk)
    assert gone == foreseen == GONE
    agrees(brand)
    assert revenue(brand) == before == 36 * 1_000, "no order is lost to reports"
    assert sum(subject for kind, subject, _pk in held(brand) if kind == "order.paid") == 12
    assert Touchpoint.objects.filter(brand_id=brand.pk, kind="code.scanned").count() == 8
    assert held(other) == others
    assert running.run(brand.pk) == {}
    told = AuditEntry.objects.filter(brand=brand, action="retention.run")
    assert {one.object_id: one.detail["row_count"] for one in told} == foreseen
    assert not LetGo.objects.filter(brand_id=other.pk).exists()


def test_the_night_after_goes_on_from_there() -> None:
    brand, subjects = world()
    kept(brand)
    running.run(brand.pk)
    agrees(brand)
    late = {
        "kind": "code.scanned",
        "subject_id": subjects[0],
        "occurred_ms": rows.BASE_MS,
        "amount_fen": None,
    }
    rows.facts(brand, [late], "late")
    agrees(brand)
    assert running.run(brand.pk) == {"facts.visits": 1}, "what is recorded late goes in the next night"
    agrees(brand)
    with frozen(NOW_MS + 200 * DAY_MS):
        assert running.run(brand.pk) == {"facts.visits": 4, "facts.orders": 6}
        agrees(brand)
    cuts = LetGo.objects.filter(brand_id=brand.pk, kind="code.scanned")
    assert cuts.count() == 1, "earlier cuts are covered"


def test_a_run_that_is_killed_is_completed_by_the_next() -> None:
    brand, _subjects = world()
    warehouse.sync(brand)
    kept(brand)
    die(LOADED, SCRIPT, NOW_MS)
    assert RetentionPeriod.objects.get(brand=brand, kind="facts.orders").gone == 7
    agrees(brand)  # the lake follows exactly what is gone so far
    assert running.run(brand.pk) == GONE
    agrees(brand)
    told = AuditEntry.objects.filter(brand=brand, action="retention.run").values_list("detail", flat=True)
    assert sorted(one["row_count"] for one in told) == [12, 16], "what went before it died is counted once"


def test_a_database_of_before_makes_the_lake_anew() -> None:
    brand, _subjects = world()
    kept(brand)
    warehouse.sync(brand)
    before = list(Touchpoint.objects.all())
    running.run(brand.pk)
    warehouse.sync(brand)
    LetGo.objects.all().delete()  # as a backup of yesterday has it
    Touchpoint.objects.all().delete()
    Touchpoint.objects.bulk_create(before)
    assert lake.is_behind(brand)
    agrees(brand)


def test_segments_follow() -> None:
    brand, _subjects = world()
    asks = {"version": 1, "leaf": "behaviour.did", "kinds": ["code.scanned"]}
    made = segment_services.create(brand, name="scanned once", condition=asks, actor="test")
    jobs.run_queued()
    assert Segment.objects.get(pk=made).size == 10
    kept(brand)
    running.run(brand.pk)
    jobs.run_queued()
    catch_up(brand)
    assert Segment.objects.get(pk=made).size == 8


def test_silent_customers_are_erased_also_frozen_ones() -> None:
    brand, subjects = world()
    silent, frozen_one, asking, heard = subjects[:4]
    Customer.objects.filter(brand=brand).update(last_ms=NOW_MS)
    Customer.objects.filter(pk__in=[silent, frozen_one, asking]).update(last_ms=NOW_MS - 1_200 * DAY_MS)
    Touchpoint.objects.filter(subject_id__in=[silent, frozen_one, asking]).update(
        occurred_ms=NOW_MS - 1_200 * DAY_MS
    )
    freezing.freeze(brand.pk, frozen_one, actor="test", reason="asked")
    requests.open_request(brand.pk, asking, Kind.ACCESS, actor="test")
    periods.choose(brand.pk, "customers.silent", YEARS, actor="test")
    assert running.run(brand.pk) == {"customers.silent": 2}
    alive = set(Customer.objects.filter(brand=brand).values_list("pk", flat=True))
    assert not alive & {silent, frozen_one}
    assert {asking, heard} <= alive
    agrees(brand)


def test_looking_takes_no_turn() -> None:
    """A batch is short: what is deleted was found before the turn was taken."""
    brand, _subjects = world()
    kept(brand)
    with connection.execute_wrapper(_Watch()):
        running.run(brand.pk)


class _Watch:
    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if "SELECT id FROM touchpoints_touchpoint WHERE id >" in sql:
            assert not connection.in_atomic_block
        return execute(sql, params, many, context)
