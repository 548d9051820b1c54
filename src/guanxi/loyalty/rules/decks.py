"""A brand's rules as they are read from the database, put together for many facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from guanxi.loyalty.rules.contracts import Group, Mode, State
from guanxi.loyalty.rules.contracts import Rule as Said
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.models import Rule, RuleGroup, RuleVersion
from guanxi.loyalty.rules.parsing import parse_definition
from guanxi.loyalty.rules.periods import Local

_FIELDS = ("pk", "version", "name", "priority", "group__name", "group__mode", "group__cap", "definition")


Rows = tuple[tuple[Any, ...], ...]


def active(brand_id: int, zone: ZoneInfo) -> Deck | None:
    """The active rules; None where there are none."""
    rows = rows_of(brand_id)
    return deck_of(rows, zone) if rows else None


def rows_of(brand_id: int) -> Rows:
    """What is stored of the active rules, in one question."""
    rows = Rule.objects.filter(brand_id=brand_id, state=State.ACTIVE).order_by("pk").values_list(*_FIELDS)
    return tuple((*row[:-1], orjson.dumps(row[-1])) for row in rows)


@lru_cache(maxsize=64)
def deck_of(rows: Rows, zone: ZoneInfo) -> Deck:
    """The rules of these rows, put together anew only where one of them changed."""
    return Deck([_rule((*row[:-1], orjson.loads(row[-1]))) for row in rows], Local(zone))


def said(rules: Iterable[Rule]) -> list[Said]:
    """Stored rules (with their groups) as the engine knows them."""
    return [
        _rule(
            (
                rule.pk,
                rule.version,
                rule.name,
                rule.priority,
                *((rule.group.name, rule.group.mode, rule.group.cap) if rule.group else (None, None, None)),
                rule.definition,
            )
        )
        for rule in rules
    ]


def said_group(group: RuleGroup | None) -> Group | None:
    return Group(group.name, Mode(group.mode), group.cap) if group else None


def _rule(row: Sequence[Any]) -> Said:
    number, version, name, priority, group, mode, cap, definition = row
    return Said(
        number,
        version,
        name,
        priority,
        Group(group, Mode(mode), cap) if group else None,
        parse_definition(definition, stored=True),
    )


def definitions_at(versions: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Said]:
    """(rule, version) → what that rule said then."""
    wanted = set(versions)
    rows = RuleVersion.objects.filter(rule_id__in={rule for rule, _version in wanted}).values_list(
        "rule_id", "version", "name", "priority", "definition"
    )
    return {
        (row[0], row[1]): Said(*row[:4], None, parse_definition(row[4], stored=True))
        for row in rows
        if (row[0], row[1]) in wanted
    }
