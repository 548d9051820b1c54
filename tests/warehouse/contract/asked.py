"""Everything that the overview asks of an engine."""

from __future__ import annotations

from typing import Any

from guanxi.economics import metrics
from guanxi.warehouse import queries


def every_metric() -> dict[str, Any]:
    tables = queries.tables()
    facts, links = tables["touchpoints"], tables["subject_map"]
    days = metrics.Days(19_700, 19_723)
    return {
        "totals": metrics.totals(facts),
        "totals of a period": metrics.totals(facts, days),
        "buyers": metrics.buyers(facts, links),
        "buyers of a period": metrics.buyers(facts, links, days),
        "customers": metrics.customers(tables["customers"]),
        "customers until": metrics.customers(tables["customers"], 1),
        "months": metrics.months(facts),
        "cohorts": metrics.cohorts(facts, links),
        "channels": metrics.channels(facts),
        "histories": metrics.histories(facts, links, 19_723).order_by("customer_id"),
        "histories of margins": metrics.histories(
            facts, links, 19_723, metrics.Margins(600, {"护肤": 700, 'a "b"\\': 450})
        ).order_by("customer_id"),
        "purchase days": metrics.purchase_days(facts, links, days).order_by(["customer_id", "local_day"]),
        "first channels": metrics.first_channels(facts, links).order_by("customer_id"),
        "states at": metrics.states_at(facts, tables["customer_states"], 1_700_000_000_000).order_by(
            "customer_id"
        ),
        "state histories": metrics.state_histories(
            metrics.states_at(facts, tables["customer_states"], 1_700_000_000_000),
            tables["customer_states"].select("customer_id", "state"),
            metrics.histories(facts, links, 19_723),
        ).order_by("customer_id"),
        "channel buyers": metrics.channel_buyers(facts, links),
    }
