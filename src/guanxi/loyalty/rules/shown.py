"""Rules as programs are told of them, by REST and by command: JSON, times in UTC as RFC 3339."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.loyalty.rules import queries
from guanxi.loyalty.rules.dryrun import DryRun
from guanxi.loyalty.rules.queries import Given, GroupRow, MissedRow, RuleRow, Version
from guanxi.loyalty.rules.tracing import Traced, TraceStep
from guanxi.loyalty.rules.trying import Trial
from guanxi.segments.contracts import Explained


def rules(brand: BrandRow, rows: list[RuleRow]) -> list[dict[str, Any]]:
    """Each with what it gave in the last 30 days, its budget and how much it missed."""
    given, missed = queries.given(brand.pk), queries.missed_counts(brand.pk)
    left = queries.budgets(brand.pk, [row.id for row in rows])
    return [
        _rule(brand, row, given.get(row.id, Given()), left.get(row.id, {}), missed.get(row.id, 0))
        for row in rows
    ]


def rule(brand: BrandRow, rule_id: int) -> dict[str, Any]:
    """Raises NotFound."""
    (found,) = rules(brand, [queries.rule(brand.pk, rule_id)])
    return found


def _rule(
    brand: BrandRow, row: RuleRow, given: Given, left: Mapping[str, int], missed: int
) -> dict[str, Any]:
    zh, en = queries.said_both_ways(brand, row.definition)
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "state": row.state,
        "version": row.version,
        "priority": row.priority,
        "group": row.group or None,
        "definition": row.definition,
        "sentence_zh": zh,
        "sentence_en": en,
        "changed_at": moment(row.changed_ms),
        "given_30_days": {"units": dict(given.units), "customers": given.customers},
        "budget_left": dict(left),
        "missed": missed,
    }


def version(one: Version) -> dict[str, Any]:
    changes = {name: {"before": before, "after": after} for name, (before, after) in one.changes.items()}
    return {
        "version": one.version,
        "what": one.what,
        "actor": one.actor,
        "at": moment(one.at_ms),
        "changes": changes,
    }


def group(row: GroupRow) -> dict[str, Any]:
    return {**row._asdict(), "cap": row.cap or None}


def missed(row: MissedRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "version": row.version,
        "touchpoint": row.fact_id,
        "occurred_at": moment(row.occurred_ms),
        "units": row.units,
        "code": row.code,
    }


def trial(found: Trial) -> dict[str, Any]:
    """`job` where all facts are being looked at: ask again."""
    job = {"id": found.job_id, "done": found.done, "total": found.total, "problem": found.problem or None}
    told = {} if found.found is None else dry_run(found.found)
    return {**told, "job": job if found.job_id and not found.at_ms else None}


def dry_run(found: DryRun) -> dict[str, Any]:
    return {
        "touchpoints": found.facts,
        "met": found.met,
        "customers": found.customers,
        "assets": [one._asdict() for one in found.assets],
        "by_day": [{"day": day, "units": units} for day, units in found.by_day],
        "top": [{"customer": customer, "units": units} for customer, units in found.top],
        "complete": found.complete,
        "from": moment(found.from_ms),
        "until": moment(found.until_ms),
    }


def traced(found: Traced) -> dict[str, Any]:
    return {
        "touchpoint": found.fact_id,
        "kind": found.kind,
        "occurred_at": moment(found.occurred_ms),
        "amount_fen": found.amount_fen,
        "steps": [_step(one) for one in found.steps],
    }


def _step(one: TraceStep) -> dict[str, Any]:
    used = None if one.used is None else {"times": one.used[0], "units": one.used[1]}
    return {
        "rule": one.rule_id,
        "version": one.version,
        "name": one.name,
        "why": one.why.value,
        "gave": [gave._asdict() for gave in one.gave],
        "by": one.by or None,
        "failed": None if one.failed is None else _comparison(one.failed),
        "explained": None if one.explained is None else _branch(one.explained),
        "used": used,
    }


def _comparison(one: Comparison) -> dict[str, Any]:
    value = list(one.value) if isinstance(one.value, tuple) else one.value
    return {"field": one.field, "op": one.op.value, "value": value}


def _branch(one: Explained) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "path": one.path,
        "holds": one.holds,
        "sentence": one.sentence,
        "touchpoints": list(one.facts),
        "parts": [_branch(part) for part in one.parts],
    }


def moment(at_ms: int) -> str:
    """UTC, such as 2026-11-21T12:15:00.000Z."""
    return to_datetime(at_ms, ZoneInfo("UTC")).isoformat(timespec="milliseconds").replace("+00:00", "Z")
