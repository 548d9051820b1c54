"""Dry runs and traces say what applying the same rule does."""

from __future__ import annotations

from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.loyalty.ledger.models import Posting
from guanxi.loyalty.rules import services
from guanxi.loyalty.rules.contracts import Why
from guanxi.loyalty.rules.dryrun import dry_run
from guanxi.loyalty.rules.tracing import trace
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.rules.conftest import NOON_MS, POINT_A_YUAN, Shop

FIRST = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1}]}
WELCOME = {"effect": "give", "asset": "points", "units": 200}


def test_a_dry_run_says_what_the_rule_would_have_given(shop: Shop) -> None:
    services.set_group(shop.brand, "base", "best", actor="test")
    definition = {"on": ["order.paid"], "if": FIRST, "effects": [WELCOME]}
    with frozen(NOON_MS + 5 * DAY_MS):
        shop.record(shop.order("ann", 300), shop.order("ann", 100), shop.order("ben", 10))
        shop.record(shop.order("cid", 5, at_ms=NOON_MS - 100 * DAY_MS), shop.order("", 70))
        said = dry_run(shop.brand, definition, days=90)
        assert (said.facts, said.met, said.customers, said.complete) == (4, 2, 2, True)
        assert [(one.asset, one.units, one.effects, one.cost_fen) for one in said.assets] == [
            ("points", 400, 2, None)
        ]
        assert [units for _customer, units in said.top] == [200, 200]
        assert dry_run(shop.brand, definition, days=120).met == 3
        part = dry_run(shop.brand, definition, days=90, most_facts=2)
        assert (part.facts, part.complete) == (2, False)
        assert not Posting.objects.exists()
        beaten = shop.rule({**POINT_A_YUAN, "units": 3}, group="base", priority=5)
        rival = dry_run(shop.brand, definition, group="base")
        assert rival.met == 1  # ann's first order gives 900 by the other rule
        assert dry_run(shop.brand, definition, rule_id=beaten, group="base").met == 2


def test_a_trace_says_why(shop: Shop) -> None:
    services.set_group(shop.brand, "one", "first", actor="test")
    shop.rule(name="base", group="one", priority=900)
    shop.rule(WELCOME, name="second", group="one")
    shop.rule(name="jd", where=[{"field": "channel", "value": "jd"}])
    shop.rule(WELCOME, name="first", **{"if": FIRST}, limit={"per": "ever", "times": 1})
    shop.rule(name="scan", on="code.scanned")
    shop.record(shop.order("ann", 20))
    ann = Subject.objects.get(key="ann").customer_id
    fact = Touchpoint.objects.get(kind="order.paid").pk
    traced = trace(shop.brand, ann, fact_id=fact)
    found = {step.name: step for step in traced.steps}
    assert {name: step.why for name, step in found.items()} == {
        "base": Why.GAVE,
        "second": Why.GROUP,
        "jd": Why.WHERE,
        "first": Why.GAVE,
        "scan": Why.KIND,
    }
    assert found["base"].gave[0].units == 20
    assert found["second"].by == "base"
    assert found["jd"].failed is not None
    assert found["jd"].failed.value == "jd"
    assert found["first"].explained is not None
    assert found["first"].explained.holds
    assert found["first"].used == (0, 0)
    again = trace(shop.brand, ann, supposed={"amount_fen": 9_900, "channel": "jd"})
    whys = {step.name: step.why for step in again.steps}
    assert (whys["jd"], whys["first"]) == (Why.GAVE, Why.LIMIT)
