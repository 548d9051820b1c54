"""What holds of some customers against what is held: who enters, who leaves, and of whom neither is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import DatabaseError

from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.kernel.conditions.features import earliest
from guanxi.kernel.errors import Unavailable
from guanxi.kernel.wording import packed, say
from guanxi.platform import jobs
from guanxi.segments.contracts import Evaluated
from guanxi.segments.definitions import Definition, Definitions
from guanxi.segments.evaluating import evaluate
from guanxi.segments.membership import Changes
from guanxi.segments.models import Segment

Held = Mapping[int, Mapping[int, int]]  # customer → segment → since_ms


@dataclass(slots=True)
class Asked:
    """Answers for living customers about some segments; those that could not be evaluated are left out."""

    segments: Mapping[int, Definition] = field(default_factory=dict)
    answers: Mapping[int, Evaluated] = field(default_factory=dict)

    def moments(self) -> dict[int, int | None]:
        """When time alone may change something, by customer."""
        return {customer: one.changes_ms for customer, one in self.answers.items()}


class Found(NamedTuple):
    """What holds of those who had facts, of the segments that these may change; and of those who are asked
    about all."""

    partly: Asked
    wholly: Asked


@dataclass(slots=True)
class Whom:
    """Whom a step concerns. `touched` had facts, `whole` are to be asked about every live segment; those in
    `history` had imported history alone, so nothing is set going for them. `came_from` says for customers
    with new subjects whose these were."""

    touched: set[int] = field(default_factory=set)
    whole: set[int] = field(default_factory=set)
    history: set[int] = field(default_factory=set)
    came_from: dict[int, set[int]] = field(default_factory=dict)

    @property
    def customers(self) -> set[int]:
        return self.touched | self.whole


def ask(
    brand: BrandRow, segments: Mapping[int, Definition], customers: Collection[int], moment: Moment
) -> Asked:
    """A segment that cannot be evaluated is set aside with its reason, and does not stop the others."""
    conditions = {pk: one.condition for pk, one in segments.items()}
    try:
        return Asked(segments, evaluate(brand, conditions, customers, moment))
    except (DatabaseError, Unavailable):
        raise
    except Exception as error:
        jobs.log_crash(f"segments of brand {brand.pk}", error)
    fine: dict[int, Definition] = {}
    answers = [evaluate(brand, {}, customers, moment)]
    for pk, condition in conditions.items():
        try:
            answers.append(evaluate(brand, {pk: condition}, customers, moment))
        except (DatabaseError, Unavailable):
            raise
        except Exception as error:
            reason = say("It cannot be computed (%(error)s).", error=type(error).__name__)
            Segment.objects.filter(pk=pk).update(problem=packed(reason))
        else:
            fine[pk] = segments[pk]
    return Asked(fine, _together(answers))


def _together(answers: Iterable[Mapping[int, Evaluated]]) -> dict[int, Evaluated]:
    found: dict[int, Evaluated] = {}
    for answer in answers:
        for customer, one in answer.items():
            other = found.get(customer, Evaluated(frozenset()))
            first = earliest(one.changes_ms, other.changes_ms)
            found[customer] = Evaluated(one.holds | other.holds, first)
    return found


def differences(
    known: Definitions, whom: Whom, before: Held, found: Found, at_ms: int
) -> tuple[Changes, Changes]:
    """What is to change, of those with live facts and of those with imported history. Pure."""
    partly, wholly = found
    live, quiet = Changes(), Changes()
    for customer in sorted(whom.customers):
        mine = before.get(customer, {})
        changes = quiet if customer in whom.history else live
        asked = wholly if customer in whom.whole else partly
        answer = asked.answers.get(customer)
        if answer is not None:
            inside = {pk: (one, pk in answer.holds) for pk, one in asked.segments.items()}
            _compare(customer, inside, mine, changes, at_ms)
        elif customer in whom.whole or asked.segments:
            # Merged away: nobody left. What it was in goes to the customer that it became part of.
            changes.quiet_leaving += [(segment, customer) for segment in mine]
    _inherit(known, whom, before, wholly, live)
    return live, quiet


def _compare(
    customer: int,
    inside_of: Mapping[int, tuple[Definition, bool]],
    mine: Mapping[int, int],
    changes: Changes,
    at_ms: int,
) -> None:
    for pk, (definition, inside) in inside_of.items():
        if inside == (pk in mine):
            continue
        if not definition.told:
            if inside:
                changes.quiet_entering.append((pk, customer, at_ms))
            else:
                changes.quiet_leaving.append((pk, customer))
        elif inside:
            changes.entering.append((pk, customer))
        else:
            changes.leaving.append((pk, customer))


def _inherit(known: Definitions, whom: Whom, before: Held, wholly: Asked, changes: Changes) -> None:
    """Who takes over another's subjects takes over its memberships: nobody enters by a merge what one side
    was in already. Where the condition no longer holds, the side that was in it has left. Frozen and
    scheduled segments, which are not asked now, keep both sides."""
    entering = set(changes.entering)
    for customer, origins in whom.came_from.items():
        if customer not in wholly.answers:
            continue
        mine = before.get(customer, {})
        merged = not any(origin in wholly.answers for origin in origins - {customer})
        for segment, since_ms in _inherited(origins - {customer}, before).items():
            if segment in mine:
                continue
            if segment in known.resting:
                changes.quiet_entering.append((segment, customer, since_ms))
            elif (segment, customer) in entering:
                entering.discard((segment, customer))
                changes.quiet_entering.append((segment, customer, since_ms))
            elif segment in wholly.segments and merged and wholly.segments[segment].told:
                # The other side's entry is on this customer's timeline now; so is its exit to be.
                changes.exits_only.append((segment, customer))
    changes.entering = sorted(entering)


def _inherited(origins: Iterable[int], before: Held) -> dict[int, int]:
    found: dict[int, int] = {}
    for origin in origins:
        for segment, since_ms in before.get(origin, {}).items():
            found[segment] = min(since_ms, found.get(segment, since_ms))
    return found
