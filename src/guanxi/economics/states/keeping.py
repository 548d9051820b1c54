"""The rows of customers' states: read for given customers, written in bulk with the touchpoints that tell of
it, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import F

from guanxi.customers.hooks import Happening
from guanxi.economics.models import CustomerState, StateProgress
from guanxi.economics.states.contracts import Kept, State
from guanxi.economics.states.deciding import Step
from guanxi.economics.states.rules import CHANGED
from guanxi.platform.bulk import among, each, insert_rows, update_rows
from guanxi.touchpoints import own

_COLUMNS: Final = {"customer_id": "bigint", "brand_id": "bigint", "state": "text", "since_ms": "bigint"}
_CHANGED: Final = {"state": "text", "since_ms": "bigint", "customer_id": "bigint"}
_TABLE: Final = "economics_customerstate"


def kept(brand_id: int, customer_ids: Collection[int]) -> dict[int, Kept]:
    """The states of customers of the brand; of whom none is kept is left out."""
    if not customer_ids:
        return {}
    condition, parameter = among("customer_id", sorted(customer_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id, state, since_ms FROM {_TABLE} WHERE {condition} AND brand_id = %s",
            [parameter, brand_id],
        )
        return {customer: Kept(State(state), since_ms) for customer, state, since_ms in cursor.fetchall()}


class Cause(NamedTuple):
    """Why steps are taken: by rules of which version. `relabelled`: the rules changed, not the customers, so
    nothing is set going; nor for those in `history`, of whom imported history alone is new."""

    version: int
    relabelled: bool = False
    history: Collection[int] = ()


def write(brand_id: int, steps: Sequence[Step], known: Collection[int], at_ms: int, cause: Cause) -> None:
    """Take the steps and tell of those that are changes. The caller holds the brand's turn and has read, in
    this very transaction, of whom a state is kept: `known`."""
    if not steps:
        return
    insert_rows(
        _TABLE,
        _COLUMNS,
        [
            (step.customer_id, brand_id, step.state.value, step.since_ms)
            for step in steps
            if step.customer_id not in known
        ],
    )
    update_rows(
        _TABLE,
        _CHANGED,
        [(step.state.value, step.since_ms, step.customer_id) for step in steps if step.customer_id in known],
    )
    told = [step for step in steps if step.is_told]
    for live in (True, False):
        part = [step for step in told if _is_live(step, cause) == live]
        if part:
            own.write(brand_id, [_happening(step, at_ms, cause) for step in part], live)
    StateProgress.objects.filter(pk=brand_id).update(revision=F("revision") + 1)


def fill(brand_id: int, state: State, customer_ids: Any, at_ms: int) -> int:
    """Put customers of whom no state is kept into one, without a word; how many were put. `customer_ids` is
    a list or an array, of any length that one statement can write in a moment. The caller holds the turn."""
    source, parameter = each(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (customer_id, brand_id, state, since_ms) SELECT v.value, %s, %s, %s"
            f" FROM {source} WHERE true ON CONFLICT DO NOTHING",
            [brand_id, state.value, at_ms, parameter],
        )
        filled = int(cursor.rowcount)
    StateProgress.objects.filter(pk=brand_id).update(revision=F("revision") + 1)
    return filled


def forget(brand_id: int, customer_ids: Collection[int]) -> None:
    """Drop the states of customers that became part of others."""
    if customer_ids:
        CustomerState.objects.filter(brand_id=brand_id, pk__in=list(customer_ids)).delete()
        StateProgress.objects.filter(pk=brand_id).update(revision=F("revision") + 1)


def _is_live(step: Step, cause: Cause) -> bool:
    return not cause.relabelled and step.customer_id not in cause.history


def _happening(step: Step, at_ms: int, cause: Cause) -> Happening:
    assert step.before is not None
    payload: dict[str, object] = {
        "from": step.before.state.value,
        "to": step.state.value,
        "since_ms": step.before.since_ms,
        "version": cause.version,
    }
    if cause.relabelled:
        payload["relabelled"] = True
    return Happening(CHANGED, step.customer_id, at_ms, payload)
