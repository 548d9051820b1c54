"""An effect of a rule as a posting of the ledger. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.ledger.contracts import NEVER_MS, Account, Move, Place, Posting
from guanxi.loyalty.rules.contracts import Effect, Given, Period
from guanxi.loyalty.rules.facts import Fact
from guanxi.loyalty.rules.periods import Local, end_ms

RECEIPT_DAYS: Final = 30  # after which an order counts as received, where nobody said that it was


def posting_of(fact: Fact, given: Given, local: Local, now_ms: int) -> Posting:
    """Its key is of the rule, the fact and the effect's place, whatever the version."""
    effect, rule = given.effect, given.rule
    ripe_ms = ripens_ms(effect, fact)
    waits = ripe_ms is not None and ripe_ms > now_ms
    expires_ms = _expires_ms(effect, fact.occurred_ms if ripe_ms is None else ripe_ms, local)
    wallet = Account(effect["asset"], Place.WALLET, fact.subject_id)
    source = _source(rule.id, effect.values["asset"], effect.values["source"])
    move = Move(source, wallet, given.units, expires_ms)
    if waits:
        move = move._replace(until_ms=NEVER_MS, ripe_ms=ripe_ms)
    key = f"rule:{rule.id}:{fact.id}:{given.place}"
    return Posting(key, "rule", [move], fact.occurred_ms, fact.id, f"{rule.id}:{rule.version}")


def ripens_ms(effect: Effect, fact: Fact, received_ms: int | None = None) -> int | None:
    """When units that wait come, as far as is known; None for those that come at once."""
    days = effect["wait_days"]
    if days is None:
        return None
    if effect["wait_after"] != "receipt":
        return fact.occurred_ms + int(days) * DAY_MS
    told = received_ms if received_ms is not None else fact.fields().get("finished_ms")
    start_ms = told if isinstance(told, int) else fact.occurred_ms + RECEIPT_DAYS * DAY_MS
    return start_ms + int(days) * DAY_MS


@lru_cache(maxsize=10_000)
def _source(rule_id: int, asset: str, source: str) -> Account:
    if source == "budget":
        return Account(asset, Place.BUDGET, name=budget_name(rule_id))
    return Account(asset, Place.STOCK if source == "stock" else Place.ISSUED)


def budget_name(rule_id: int) -> str:
    """The name of a rule's budget among the accounts of the ledger."""
    return f"rule:{rule_id}"


def _expires_ms(effect: Effect, at_ms: int, local: Local) -> int | None:
    values = effect.values
    if values["expire_days"] is not None:
        return at_ms + int(values["expire_days"]) * DAY_MS
    if values["expire_end"] is None:
        return None
    return end_ms(local, at_ms, Period(effect["expire_end"]), effect["expire_after"] or 0)
