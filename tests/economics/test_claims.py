"""The claims beside a brand's own figures: intervals that hold what they should, and little data said so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from guanxi.economics import running
from guanxi.economics.claims import own
from guanxi.economics.claims.own import Own
from guanxi.economics.claims.published import CLAIMS
from guanxi.economics.claims.report import Referrers, Spend, compare
from guanxi.platform.models import Brand
from guanxi.warehouse import services
from tests.warehouse import rows

DAY = rows.DAY_MS


def inside(figure: Own, truth: float) -> bool:
    assert figure.low is not None and figure.high is not None and figure.value is not None
    assert figure.low <= figure.value <= figure.high
    return figure.low <= truth <= figure.high


def coverage(draw: Any, truth: float, times: int = 400) -> float:
    rng = np.random.default_rng(11)
    return sum(inside(draw(rng), truth) for _ in range(times)) / times


def test_intervals_hold_the_truth_nine_times_in_ten() -> None:
    def spend(rng: np.random.Generator) -> Own:
        days = rng.geometric(0.5, 300)
        first = rng.gamma(2, 5_000, 300)
        later = rng.gamma(2 * np.maximum(days - 1, 1e-9), 8_000)
        return own.returning_spend(first, first + later, days)

    def ratio(rng: np.random.Generator) -> Own:
        return own.risk_ratio(rng.binomial(200, 0.5), 200, rng.binomial(900, 0.2), 900)

    def profit(rng: np.random.Generator) -> Own:
        return own.retention_profit(rng.binomial(500, 0.4), 500, 0.1)

    truth = (1.1 - 0.4) / (1.1 - 0.45) - 1
    assert 0.85 < coverage(spend, 0.6) < 0.95
    assert 0.85 < coverage(ratio, 2.5) < 0.95
    assert 0.85 < coverage(profit, truth) < 0.95
    assert 0.85 < coverage(lambda rng: own.share_of(int(rng.binomial(80, 0.1)), 80), 0.1) < 0.96
    assert 0.85 < coverage(lambda rng: own.mean_of(rng.geometric(0.2, 200)), 5.0) < 0.95
    assert (
        0.85 < coverage(lambda rng: own.acquire_retain(*rng.poisson([300, 200]), 60_000, 4_000), 10.0) < 0.95
    )


def test_the_yearly_model_is_the_sum_of_its_years() -> None:
    worth = [sum((share / 1.1) ** year for year in range(4_000)) for share in (0.7, 0.75)]
    assert own.retention_profit(700, 1_000, 0.1).value == pytest.approx(worth[1] / worth[0] - 1)
    costly = own.retention_profit(700, 1_000, 0.1, cost_share=1.0).value
    assert costly == pytest.approx((worth[1] - 1) / (worth[0] - 1) - 1)


def test_a_cost_is_that_of_each_customer() -> None:
    figure = own.acquire_retain(100, 50, 10_000_00, 250_00)
    assert figure.value == pytest.approx(20)
    assert inside(figure, 20)


def test_products_live_from_their_first_sale_to_their_last() -> None:
    first = [0, *[100] * 10, *[200] * 10, 900]
    last = [1_400, *[648] * 10, *[749] * 10, 901]
    figure = own.product_life(first, last, begin=0, until=1_400)
    assert (figure.value, figure.sample) == (0.5, 20)


@pytest.mark.parametrize(
    "figure",
    [
        own.returning_spend([], [], []),
        own.returning_spend([100] * 99, [100] * 99, [1] * 99),
        own.returning_spend([0] * 99, [500] * 99, [2] * 99),
        own.risk_ratio(0, 100, 5, 100),
        own.risk_ratio(3, 3, 50, 100),
        own.retention_profit(0, 0, 0.1),
        own.retention_profit(100, 100, 0.0),
        own.retention_profit(40, 100, 0.1, cost_share=9.0),
        own.acquire_retain(100, 100),
        own.acquire_retain(100, 0, 5, 5),
        own.mean_of([3.0]),
        own.product_life([], [], 0, 0),
    ],
)
def test_too_little_has_no_figure(figure: Own) -> None:
    assert (figure.value, figure.low, figure.high) == (None, None, None)


@pytest.mark.django_db(transaction=True)
class TestReport:
    def test_without_a_single_order(self) -> None:
        found = self.report(rows.brand())
        assert {row["verdict"] for row in found.rows} == {"unknown"}
        assert len(found.rows) == len(found.head["missing"]) == len(CLAIMS)
        assert f"Not enough data for {len(CLAIMS)} of {len(CLAIMS)}" in found.notes[0]
        assert not found.answers

    def test_a_brand_of_single_orders(self) -> None:
        brand = rows.brand()
        people = rows.people(brand, 40)
        rows.facts(
            brand, [{"subject_id": one, "occurred_ms": rows.BASE_MS, "amount_fen": 5} for one in people]
        )
        assert {row["verdict"] for row in self.report(brand).rows} == {"unknown"}

    def test_every_figure_where_the_data_have_it(self) -> None:
        brand = rows.brand()
        rows.facts(brand, list(story(rows.people(brand, 200))))
        services.sync(brand)
        values = running.values_of("claims", {})
        found = compare(brand, values, Spend(1_000_000, 30_000), Referrers(50, 20, 150, 10))
        told = {row["name"]: row for row in found.rows}
        known = {name for name, row in told.items() if row["value"] is not None}
        assert known == {
            "retention_profit",
            "returning_spend",
            "loyal_repurchase",
            "loyal_refer",
            "loyal_try",
            "touches_before",
        }
        assert told["returning_spend"]["value"] == pytest.approx(1.0)
        assert told["loyal_repurchase"]["value"] == pytest.approx((60 / 80) / (60 / 120))
        assert told["loyal_try"]["value"] == pytest.approx((40 / 80) / (30 / 120))
        assert told["loyal_refer"]["value"] == pytest.approx(0.4 / (10 / 150))
        assert told["touches_before"]["value"] == pytest.approx(1.5)
        assert {row["verdict"] for row in found.rows} >= {"less", "unknown"}
        assert "6 can be held" in str(found.answers[0])

    def report(self, brand: Brand) -> Any:
        services.sync(brand)
        return running.run(brand, "claims", {})


def story(people: list[int]) -> Any:
    """Two years and a half: 80 loyal customers and 120 who bought once, later orders twice as large; in the
    last 180 days 60 of either buy, 40 and 30 of them a product that is new."""

    def fact(person: int, day: int, fen: int, sku: str) -> dict[str, Any]:
        payload = f'{{"items":[{{"sku":"{sku}","quantity":1}}]}}'
        at = rows.BASE_MS + day * DAY
        return {"subject_id": person, "occurred_ms": at, "amount_fen": fen, "payload": payload}

    def scan(person: int, day: int) -> dict[str, Any]:
        at = rows.BASE_MS + day * DAY
        return {"subject_id": person, "occurred_ms": at, "kind": "code.scanned", "channel": "wecom"}

    for at, person in enumerate(people):
        is_loyal = at < 80
        first = 100 + at % 20
        yield scan(person, first - 1)
        if at % 2:
            yield scan(person, first - 2)
        yield fact(person, first, 1_000, f"old-{at % 20}")
        for again in (300, 400) if is_loyal else ():
            yield fact(person, again, 2_000, f"old-{at % 10}" if again == 300 else "ever")
        place = at if is_loyal else at - 80
        if place < 60:
            yield fact(person, 850, 2_000, "new" if place < (40 if is_loyal else 30) else f"old-{place % 10}")
    yield fact(people[0], 900, 2_000, "ever")
