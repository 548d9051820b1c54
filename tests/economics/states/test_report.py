"""The report: worth by state against plain sums, and flows from what was kept or by today's rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from guanxi.economics import stored
from guanxi.economics.forecasts import MODELS
from guanxi.economics.reporting import Drawn, Report
from guanxi.economics.running import run
from guanxi.economics.states import rules
from guanxi.economics.states.contracts import State
from guanxi.economics.states.worth import worths
from guanxi.kernel.clock import frozen
from guanxi.kernel.errors import Invalid
from guanxi.platform.models import Brand
from guanxi.warehouse import services as lake
from tests.economics.states.world import SIMPLE, buys, look
from tests.segments.live.brand import DAY, NOW, does

pytestmark = pytest.mark.django_db(transaction=True)


def rows(report: Report) -> dict[str, dict[str, Any]]:
    return {str(row["state"]): dict(row) for row in report.rows}


def flows(report: Report) -> dict[tuple[str, str], float]:
    (graph,) = [graph for graph in report.graphs if graph.kind == Drawn.SANKEY]
    return {(str(flow.source), str(flow.target)): flow.value for flow in graph.flows}


def test_what_each_state_is_worth(brand: Brand) -> None:
    buys(brand, "lei", 300, 200, 100, amount_fen=1_000)
    buys(brand, "mei", 300, amount_fen=700)
    buys(brand, "han", 130, amount_fen=500)
    does(brand, "han", "order.refunded", at_ms=NOW - 120 * DAY, amount_fen=200)
    does(brand, "fang", "code.scanned")
    look(brand)
    lake.sync(brand)
    found = run(brand, "states", {"until": "2026-11-21"})
    loyal, risk = rows(found)["Loyal customer"], rows(found)["At risk"]
    assert (loyal["customers"], loyal["revenue_fen"], loyal["margin_fen"]) == (1, 3_000, 3_000)
    assert (loyal["median_days"], loyal["share"]) == (100, 0.25)
    assert (risk["customers"], risk["revenue_fen"], risk["median_days"]) == (2, 1_000, 215)
    assert rows(found)["No state"]["median_days"] is None
    assert {row["expected_margin_fen"] for row in found.rows} == {None}
    assert {row["referral_margin_fen"] for row in found.rows} == {None}
    said = " ".join(found.notes)
    assert "no referrals are recorded yet" in said
    assert "no model of their purchases could be fitted" in said
    assert found.head["basis"] == "rules"
    assert found.sql


def test_flows_by_rules_need_nothing_kept(brand: Brand) -> None:
    buys(brand, "lei", 150)
    buys(brand, "mei", 20)
    lake.sync(brand)
    found = run(brand, "states", {"since": "2026-10-01", "until": "2026-11-20"})
    assert flows(found) == {
        ("Active customer (2026-10-01)", "At risk (2026-11-20)"): 1,
        ("Not known yet (2026-10-01)", "New customer (2026-11-20)"): 1,
    }
    assert "today's rules are asked as of both days" in " ".join(found.notes)


def test_flows_of_what_was_kept(brand: Brand) -> None:
    rules.choose(brand.pk, SIMPLE, version=0, actor="cli")
    buys(brand, "lei", 9)
    buys(brand, "mei", 9)
    does(brand, "fang", "code.scanned")
    look(brand)
    for ahead, who in ((2, "lei"), (3, "fang"), (5, "han"), (6, "fang")):
        with frozen(NOW + ahead * DAY):
            buys(brand, who, 0)
            look(brand)
    with frozen(NOW + 7 * DAY):
        lake.sync(brand)
        found = run(brand, "states", {"since": "2026-11-22", "until": "2026-11-26"})
        assert found.head["basis"] == "kept"
        assert flows(found) == {
            ("Active customer (2026-11-22)", "Loyal customer (2026-11-26)"): 1,
            ("Active customer (2026-11-22)", "Active customer (2026-11-26)"): 1,
            ("No state (2026-11-22)", "Active customer (2026-11-26)"): 1,
            ("Not known yet (2026-11-22)", "Active customer (2026-11-26)"): 1,
        }
        counts = {name: row["customers"] for name, row in rows(found).items()}
        assert counts == {"Active customer": 3, "Loyal customer": 1}


def test_enough_buyers_have_an_expectation() -> None:
    """2,000 customers of the model itself: the loyal are expected to leave more than the churned, and all of
    them together about what the model says."""
    rng = np.random.default_rng(3)
    age = np.full(2_000, 600)
    frequency, recency, _age = MODELS["mbgnbd"].simulate((0.5, 60.0, 0.9, 1.6), age, rng)
    spent = (frequency + 1) * rng.gamma(6.0, 1_500.0, 2_000).astype(np.int64)
    people = pa.table(
        {
            "customer_id": np.arange(2_000),
            "state": [
                "loyal" if x >= 2 and t > 480 else "churned" for x, t in zip(frequency, recency, strict=True)
            ],
            "state_before": ["loyal"] * 2_000,
            "first_day": np.full(2_000, 19_000),
            "last_day": 19_000 + recency,
            "days": frequency + 1,
            "orders": frequency + 1,
            "revenue_fen": spent,
            "first_day_fen": spent // (frequency + 1),
            "refunds_fen": np.zeros(2_000, np.int64),
            "margin_mfen": spent * 500,
        }
    )
    found = worths(people, 19_600)
    loyal, churned = found.by_state
    assert (loyal.state, churned.state, found.model) == (State.LOYAL, State.CHURNED, "mbgnbd")
    assert loyal.expected_margin_fen is not None
    assert churned.expected_margin_fen is not None
    assert loyal.expected_margin_fen > 3 * churned.expected_margin_fen > 0
    assert loyal.margin_fen == pytest.approx(loyal.revenue_fen / 2, abs=1)


def test_days_in_the_wrong_order_are_refused(brand: Brand) -> None:
    with pytest.raises(Invalid, match="is not before the last"):
        run(brand, "states", {"since": "2026-11-20", "until": "2026-11-01"})


def test_an_empty_brand_has_no_rows_and_a_kept_report_can_be_read_again(brand: Brand) -> None:
    assert run(brand, "states", {}).rows == []
    buys(brand, "lei", 9)
    look(brand)
    lake.sync(brand)
    first = stored.answer(brand, "states", {})
    again = stored.answer(brand, "states", {})
    assert (first.version, again.version) == (1, 1)
    assert flows(first.report) == flows(again.report)
    buys(brand, "lei", 0)
    look(brand)
    assert stored.answer(brand, "states", {}).version == 2
