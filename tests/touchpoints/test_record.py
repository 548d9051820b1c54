"""`record`: every fact once, exact counts, history told apart, hooks inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from guanxi.customers.contracts import Identity, Person
from guanxi.kernel import clock
from guanxi.kernel.errors import Invalid, Limit, NotFound
from guanxi.platform.models import Brand
from guanxi.touchpoints import hooks, services
from guanxi.touchpoints.contracts import Fact, Mode
from guanxi.touchpoints.models import Touchpoint

pytestmark = pytest.mark.django_db

NOW_MS = 1_700_000_000_000


@pytest.fixture
def brand() -> Brand:
    return Brand.objects.create(slug="lanhua", name="兰花")


@pytest.fixture(autouse=True)
def present() -> Iterator[None]:
    with clock.frozen(NOW_MS):
        yield


def paid(reference: str, **changes: Any) -> Fact:
    base: dict[str, Any] = {
        "occurred_ms": NOW_MS - 1000,
        "identities": (Identity("tmall", f"tb_{reference}"),),
        "channel": "tmall",
        "amount_fen": 100,
        "payload": {"order": reference},
    }
    return Fact("order.paid", reference, **{**base, **changes})


def refund(order: str, so_far_fen: int) -> Fact:
    return Fact(
        "order.refunded",
        f"{order}:refund:{so_far_fen}",
        NOW_MS,
        amount_fen=so_far_fen,
        payload={"order": order, "cumulative_fen": so_far_fen},
    )


def test_a_fact_is_written_as_it_was_said(brand: Brand) -> None:
    done = services.record(
        brand.pk, "tmall", [paid("T1", quantity=2, person=Person(name="李雷"))], import_id=7
    )
    assert (done.rows, done.recorded, done.duplicates, done.rejected) == (1, 1, 0, [])
    assert done.customers_created == 1
    row = Touchpoint.objects.get()
    assert (row.brand_id, row.source_ref, row.kind, row.channel) == (brand.pk, "T1", "order.paid", "tmall")
    assert (row.occurred_ms, row.recorded_ms) == (NOW_MS - 1000, NOW_MS)
    assert (row.amount_fen, row.quantity, row.import_id, row.live) == (100, 2, 7, True)
    assert orjson.loads(row.payload) == {"order": "T1"}
    assert row.subject_id is not None


def test_every_fact_counts_once(brand: Brand) -> None:
    first = services.record(brand.pk, "tmall", [paid("T1"), paid("T2"), paid("T1", amount_fen=5)])
    assert (first.recorded, first.duplicates) == (2, 1)
    second = services.record(brand.pk, "tmall", [paid("T2"), paid("T3")])
    assert (second.recorded, second.duplicates) == (1, 1)
    assert Touchpoint.objects.get(source_ref="T1").amount_fen == 100
    assert Touchpoint.objects.count() == 3


def test_sources_and_brands_do_not_share_references(brand: Brand) -> None:
    other = Brand.objects.create(slug="other", name="Other")
    for owner, source in ((brand, "tmall"), (brand, "jd"), (other, "tmall")):
        assert services.record(owner.pk, source, [paid("T1")]).recorded == 1
    assert Touchpoint.objects.count() == 3


def test_ids_rise_in_the_order_of_recording(brand: Brand) -> None:
    services.record(brand.pk, "a", [paid(str(n)) for n in range(5)])
    services.record(brand.pk, "a", [paid(str(n)) for n in range(3, 9)])
    references = Touchpoint.objects.order_by("id").values_list("source_ref", flat=True)
    assert list(references) == [str(n) for n in range(9)]


def test_rejections_leave_the_others_in(brand: Brand) -> None:
    done = services.record(brand.pk, "a", [paid("T1"), paid("T2", amount_fen=None), paid("T3")])
    assert (done.rows, done.recorded) == (3, 2)
    assert [(one.position, one.code) for one in done.rejected] == [(1, "amount_missing")]


def test_an_anonymous_fact_has_no_subject(brand: Brand) -> None:
    services.record(brand.pk, "a", [paid("T1", identities=())])
    assert Touchpoint.objects.get().subject_id is None


def test_history_is_told_apart(brand: Brand) -> None:
    services.record(brand.pk, "a", [paid("T1")], mode=Mode.BACKFILL)
    assert Touchpoint.objects.get().live is False


@pytest.mark.parametrize("order", [(30, 50, 80), (80, 50, 30), (50, 30, 80), (30, 30, 80)])
def test_growing_refunds_add_up_to_the_largest(brand: Brand, order: tuple[int, ...]) -> None:
    services.record(brand.pk, "a", [refund("T10", 7), refund("XT1", 9)])  # others' refunds do not mix in
    for so_far in order:
        services.record(brand.pk, "a", [refund("T1", so_far)])
    rows = Touchpoint.objects.filter(source_ref__startswith="T1:refund:")
    assert sum(row.amount_fen or 0 for row in rows) == 80
    for so_far in order:
        assert services.record(brand.pk, "a", [refund("T1", so_far)]).recorded == 0


def test_growing_refunds_within_one_batch(brand: Brand) -> None:
    done = services.record(brand.pk, "a", [refund("T1", 30), refund("T1", 80), refund("T1", 50)])
    assert (done.recorded, done.duplicates) == (2, 1)
    amounts = Touchpoint.objects.order_by("id").values_list("amount_fen", flat=True)
    assert list(amounts) == [30, 50]


def test_a_clock_that_jumped_back_is_not_believed(brand: Brand) -> None:
    services.record(brand.pk, "a", [paid("T1")])
    with clock.frozen(NOW_MS - 400 * clock.DAY_MS):
        done = services.record(brand.pk, "a", [paid("T2")])
    assert done.recorded == 1


def test_limits(brand: Brand) -> None:
    with pytest.raises(Limit):
        services.record(brand.pk, "a", [paid("T1")] * (services.LARGEST_BATCH + 1))
    with pytest.raises(NotFound):
        services.record(brand.pk + 1, "a", [paid("T1")])
    with pytest.raises(Invalid):
        services.record(brand.pk, "", [paid("T1")])


def test_rates_are_applied_by_the_brands_day(brand: Brand) -> None:
    dollars = paid("T1", amount_fen=1000, payload={"currency": "USD"})
    assert services.record(brand.pk, "a", [dollars]).rejected[0].code == "currency_unknown"
    services.set_rate(brand.pk, "usd", "2023-01-01", "7.25")
    assert services.record(brand.pk, "a", [dollars]).recorded == 1
    assert Touchpoint.objects.get().amount_fen == 7250
    for bad in (("dollar", "2023-01-01", "7"), ("USD", "soon", "7"), ("USD", "2023-01-01", "-7")):
        with pytest.raises(Invalid):
            services.set_rate(brand.pk, *bad)


def test_hooks_see_new_facts_in_the_transaction(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[hooks.RecordedBatch] = []
    registry = type(hooks.AFTER_RECORD)("hook", lambda hook: hook.name)
    registry.register(hooks.AfterRecord("see", seen.append))
    monkeypatch.setattr(services, "AFTER_RECORD", registry)
    services.record(brand.pk, "a", [paid("T1")])
    services.record(brand.pk, "a", [paid("T1"), paid("T2")], mode=Mode.BACKFILL)
    assert [[fact.source_ref for fact in batch.facts] for batch in seen] == [["T1"], ["T2"]]
    assert [batch.mode for batch in seen] == [Mode.LIVE, Mode.BACKFILL]
    assert seen[1].facts[0].id == Touchpoint.objects.get(source_ref="T2").pk


def test_a_hook_that_fails_undoes_the_batch(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_batch: hooks.RecordedBatch) -> None:
        raise RuntimeError("no")

    registry = type(hooks.AFTER_RECORD)("hook", lambda hook: hook.name)
    registry.register(hooks.AfterRecord("fail", fail))
    monkeypatch.setattr(services, "AFTER_RECORD", registry)
    with pytest.raises(RuntimeError):
        services.record(brand.pk, "a", [paid("T1")])
    assert not Touchpoint.objects.exists()
