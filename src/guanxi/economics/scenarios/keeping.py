"""Scenarios under a name: saved, shared by their address within the brand, compared, taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from guanxi.economics import running
from guanxi.economics.models import Scenario
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.actors import Actor

REPORT: Final = "simulate"
MOST_SCENARIOS: Final = 200
LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved scenario; `levers` are the values of the report's parameters."""

    id: int
    name: str
    levers: Mapping[str, Any]
    actor: str
    at_ms: int


def every(brand_id: int) -> list[Kept]:
    """The brand's scenarios, the newest first."""
    return [_kept(row) for row in Scenario.objects.filter(brand_id=brand_id).order_by("-pk")]


def one(brand_id: int, scenario_id: int) -> Kept:
    """Raises NotFound where the brand has no such scenario."""
    row = Scenario.objects.filter(brand_id=brand_id, pk=scenario_id).first()
    if row is None:
        raise NotFound(say("There is no such scenario."), remedy=say("It may have been taken away."))
    return _kept(row)


def several(brand_id: int, ids: Sequence[int]) -> list[Kept]:
    """Those scenarios in the order asked for; ids that the brand does not have are left out."""
    rows = Scenario.objects.filter(brand_id=brand_id).in_bulk(list(ids))
    return [_kept(rows[pk]) for pk in dict.fromkeys(ids) if pk in rows]


def save(brand_id: int, name: str, given: Mapping[str, Any], *, actor: Actor | str) -> Kept:
    """Keep the levers under a name. Raises Invalid for a lever that cannot be or a name that is empty or too
    long, Conflict where the name is taken, Limit beyond 200 scenarios."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(say("A scenario has a name of at most %(n)s characters.", n=LONGEST_NAME), field="name")
    levers = running.values_of(REPORT, given)
    try:
        with transaction.atomic():
            if Scenario.objects.filter(brand_id=brand_id).count() >= MOST_SCENARIOS:
                raise Limit(
                    say("A brand keeps at most %(n)s scenarios.", n=MOST_SCENARIOS),
                    remedy=say("Take away one that nobody needs."),
                )
            row = Scenario.objects.create(brand_id=brand_id, name=name, levers=levers, actor=str(actor)[:160])
            audit.record(brand_id, actor, "scenario.saved", "scenario", row.pk, detail={"levers": levers})
    except IntegrityError as taken:
        raise Conflict(
            say("There is a scenario called “%(name)s” already.", name=name),
            remedy=say("Choose another name, or take that one away first."),
            field="name",
        ) from taken
    return _kept(row)


def remove(brand_id: int, scenario_id: int, *, actor: Actor | str) -> Kept:
    """Take a scenario away. Raises NotFound where the brand has no such scenario."""
    with transaction.atomic():
        gone = one(brand_id, scenario_id)
        Scenario.objects.filter(brand_id=brand_id, pk=scenario_id).delete()
        audit.record(brand_id, actor, "scenario.removed", "scenario", scenario_id)
    return gone


def _kept(row: Scenario) -> Kept:
    return Kept(row.pk, row.name, row.levers, row.actor, row.at_ms)
