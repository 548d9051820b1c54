"""What is read of rules: the list, one of them with its figures and versions, what it missed, the groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Count, F, IntegerField, Sum, Value
from django.db.models.functions import Cast, StrIndex, Substr

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty.ledger.contracts import OF_SUBJECTS, Kind, Place
from guanxi.loyalty.ledger.models import Account, Asset, Move
from guanxi.loyalty.rules.booking import budget_name
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.models import Missed, Rule, RuleGroup, RuleVersion
from guanxi.loyalty.rules.parsing import parse_definition
from guanxi.loyalty.rules.sentences import sentence
from guanxi.loyalty.rules.services import find
from guanxi.platform.language import tongue

GIVEN_DAYS: Final = 30
SHOWN_VERSIONS: Final = 50
SHOWN_MISSED: Final = 200


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as lists show it. `group` is "" where it stands alone."""

    id: int
    name: str
    description: str
    state: str
    version: int
    priority: int
    group: str
    definition: Mapping[str, Any]
    owner: str
    created_ms: int
    changed_ms: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule gave in the last days: units by asset, and how many customers' accounts got some."""

    units: Mapping[str, int] = field(default_factory=dict)
    customers: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """`changes` are the parts that differ from the version before: name → (before, after)."""

    version: int
    what: str
    actor: str
    at_ms: int
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class MissedRow:
    key: str
    version: int
    fact_id: int
    subject_id: int
    occurred_ms: int
    units: int
    code: str
    at_ms: int
    given_ms: int


class GroupRow(NamedTuple):
    name: str
    mode: str
    cap: int
    version: int
    rules: int


def rules(brand_id: int, states: Collection[State] = tuple(State)) -> list[RuleRow]:
    """In the order in which they are asked."""
    found = Rule.objects.select_related("group").filter(brand_id=brand_id, state__in=list(states))
    return [_row(rule) for rule in found.order_by("-priority", "pk")]


def counts(brand_id: int) -> dict[str, int]:
    """state → how many rules."""
    rows = Rule.objects.filter(brand_id=brand_id).values_list("state").annotate(n=Count("pk"))
    return dict(rows)


def rule(brand_id: int, rule_id: int) -> RuleRow:
    """Raises NotFound."""
    return _row(find(brand_id, rule_id))


def _row(rule: Rule) -> RuleRow:
    return RuleRow(
        rule.pk,
        rule.name,
        rule.description,
        rule.state,
        rule.version,
        rule.priority,
        rule.group.name if rule.group else "",
        rule.definition,
        rule.owner,
        rule.created_ms,
        rule.changed_ms,
    )


def said(brand: BrandRow, definition: Any, language: str | None = None) -> str:
    """A stored definition as a sentence, in the active language or the given one."""
    return sentence(parse_definition(definition, stored=True), tongue(language, brand.currency))


def said_both_ways(brand: BrandRow, definition: Any) -> tuple[str, str]:
    """In Chinese and in English."""
    return said(brand, definition, "zh-hans"), said(brand, definition, "en")


# ---------------------------------------------------------------- what they gave


def given(brand_id: int, rule_id: int | None = None, days: int = GIVEN_DAYS) -> dict[int, Given]:
    """rule → what it gave in the last days, by when it was booked; what refunds took back is not taken off.
    Of one rule, or of all."""
    first = first_since(now_ms() - days * DAY_MS)
    if first is None:
        return {}
    moves = Move.objects.filter(
        posting_id__gte=first,
        posting__brand_id=brand_id,
        posting__reason="rule",
        kind__in=[Kind.DIRECT, Kind.PENDING],
        target__place__in=OF_SUBJECTS,
    )
    if rule_id is not None:
        moves = moves.filter(posting__rule__startswith=f"{rule_id}:")
    colon = StrIndex("posting__rule", Value(":"))
    number = Cast(Substr("posting__rule", 1, colon - 1), IntegerField())
    moves = moves.annotate(number=number)
    units: dict[int, dict[str, int]] = defaultdict(dict)
    codes = dict(Asset.objects.filter(brand_id=brand_id).values_list("pk", "code"))
    for which, asset, total in moves.values_list("number", "asset_id").annotate(n=Sum("units")).order_by():
        units[which][codes[asset]] = int(total)
    people = moves.values_list("number").annotate(n=Count("target__subject_id", distinct=True)).order_by()
    return {which: Given(units[which], many) for which, many in people}


_LATER: Final = (
    "(SELECT p.recorded_ms FROM loyalty_posting p WHERE p.id >= (low + high) / 2 ORDER BY p.id LIMIT 1) >= %s"
)
_HALVED: Final = f"""
WITH RECURSIVE halved(low, high) AS (
  SELECT min(id) - 1, max(id) FROM loyalty_posting
  UNION ALL
  SELECT CASE WHEN {_LATER} THEN low ELSE (low + high) / 2 END,
    CASE WHEN {_LATER} THEN (low + high) / 2 ELSE high END
  FROM halved WHERE high - low > 1)
SELECT min(high), (SELECT recorded_ms FROM loyalty_posting ORDER BY id DESC LIMIT 1) FROM halved
"""


def first_since(at_ms: int) -> int | None:
    """The first posting recorded since, found by halving: numbers rise as time goes by, so that neither a
    scan nor an index of times is needed. None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_HALVED, [at_ms, at_ms])
        first, newest_ms = cursor.fetchone()
    return int(first) if first is not None and newest_ms >= at_ms else None


# ---------------------------------------------------------------- budgets


def budgets(brand_id: int, rule_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """rule → asset → units that are left, for rules that have a budget."""
    names = {budget_name(number): number for number in rule_ids}
    rows = Account.objects.filter(brand_id=brand_id, place=Place.BUDGET, name__in=list(names)).values_list(
        "name", "asset__code", F("posted") - F("held")
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, code, left in rows:
        found[names[name]][code] = int(left)
    return dict(found)


def assets(brand_id: int) -> list[tuple[str, str, str]]:
    """Code, name, kind of the brand's assets, by code."""
    return list(Asset.objects.filter(brand_id=brand_id).order_by("code").values_list("code", "name", "kind"))


# ---------------------------------------------------------------- what they missed


def missed_counts(brand_id: int) -> dict[int, int]:
    """rule → how many of its effects were refused and not given since."""
    rows = Missed.objects.filter(brand_id=brand_id, given_ms=0).values_list("rule_id").annotate(n=Count("pk"))
    return dict(rows.order_by())


def missed_reasons(brand_id: int, rule_id: int) -> list[tuple[str, int, int]]:
    """code, how many, units: what the rule missed and has not given since, the most frequent first."""
    rows = Missed.objects.filter(brand_id=brand_id, rule_id=rule_id, given_ms=0).values("code")
    told = rows.annotate(n=Count("pk"), units=Sum("units")).order_by("-n", "code")
    return [(row["code"], row["n"], int(row["units"])) for row in told]


def missed(brand_id: int, rule_id: int, *, after: int = 0, limit: int = SHOWN_MISSED) -> list[MissedRow]:
    """The effects of a rule that were refused and not given since, the oldest first."""
    rows = Missed.objects.filter(brand_id=brand_id, rule_id=rule_id, given_ms=0, pk__gt=after)
    names = ("key", "version", "fact_id", "subject_id", "occurred_ms", "units", "code", "at_ms", "given_ms")
    return [MissedRow(*row) for row in rows.order_by("pk").values_list(*names)[:limit]]


# ---------------------------------------------------------------- versions and groups


def versions(brand_id: int, rule_id: int) -> list[Version]:
    """What was done to a rule, the newest first, at most 50. Raises NotFound."""
    find(brand_id, rule_id)
    rows = list(RuleVersion.objects.filter(rule_id=rule_id).order_by("-version")[: SHOWN_VERSIONS + 1])
    pairs = zip(rows, [*rows[1:], None], strict=True)
    return [
        Version(row.version, row.what, row.actor, row.at_ms, _changes(before, row)) for row, before in pairs
    ][:SHOWN_VERSIONS]


def _changes(before: RuleVersion | None, after: RuleVersion) -> dict[str, tuple[Any, Any]]:
    if before is None:
        return {}
    old, new = _parts(before), _parts(after)
    return {
        name: (old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def _parts(version: RuleVersion) -> dict[str, Any]:
    parts = {name: value for name, value in version.definition.items() if name != "version"}
    parts |= {"name": version.name, "priority": version.priority, "group": version.group}
    return parts


def groups(brand_id: int) -> list[GroupRow]:
    """By name, with how many rules that are not in the archive are in each."""
    used = Rule.objects.filter(brand_id=brand_id).exclude(state=State.ARCHIVED.value)
    many = dict(used.exclude(group=None).values_list("group_id").annotate(n=Count("pk")).order_by())
    rows = RuleGroup.objects.filter(brand_id=brand_id).order_by("name")
    return [GroupRow(row.name, row.mode, row.cap, row.version, many.get(row.pk, 0)) for row in rows]
