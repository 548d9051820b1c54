"""From stored segments to conditions that can be asked: what they refer to is put in, round trips refused."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, Final

from django.db.models import Count, Sum

from guanxi.customers.conditions.called import Called
from guanxi.kernel.conditions import Condition, ConditionInvalid, Leaf, leaves_of, parse, replaced, topics_of
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.wording import Wording, packed, say
from guanxi.segments.contracts import Mode, State
from guanxi.segments.models import ComputedField, Segment

IN_SEGMENT: Final = "segment.in"
MOST_RESOLVED_LEAVES: Final = 2_000  # of a condition with all that it refers to put in

Expansion = Callable[[Leaf, "Resolver"], Condition]
# Leaves that stand for something stored with the brand, by name: what they are replaced with.
EXPANSIONS: dict[str, Expansion] = {}


@dataclass(frozen=True, slots=True)
class Definition:
    """A segment that can be computed. `told`: its entries and exits are touchpoints, since its membership was
    complete before."""

    id: int
    name: str
    mode: Mode
    condition: Condition
    topics: frozenset[str]
    version: int
    condition_version: int
    told: bool
    tag: str


@dataclass(frozen=True, slots=True)
class Definitions:
    """A brand's segments, those that are followed and the others; `problems` are those that cannot be
    computed, with the reason."""

    live: Mapping[int, Definition] = field(default_factory=dict)
    resting: Mapping[int, Definition] = field(default_factory=dict)
    problems: Mapping[int, Wording | str] = field(default_factory=dict)

    def all(self) -> dict[int, Definition]:
        return {**self.live, **self.resting}


class Resolver:
    """Puts into conditions of one brand what they refer to. Each segment is resolved once, names and fields
    are read once, so that a list of segments asks no question a row."""

    def __init__(self, brand_id: int, segments: Mapping[int, Segment] | None = None) -> None:
        self.brand_id = brand_id
        self._segments = _stored(brand_id) if segments is None else segments
        self._resolved: dict[int, tuple[Condition, int]] = {}
        self._path: list[int] = []

    @cached_property
    def fields(self) -> Mapping[str, ComputedField]:
        """The brand's computed fields by name."""
        return {row.name: row for row in ComputedField.objects.filter(brand_id=self.brand_id)}

    @cached_property
    def called(self) -> Callable[[Leaf], Any]:
        """What a leaf about tags, preferences or stores says its words are called; None of others."""
        return Called(self.brand_id)

    @cached_property
    def names(self) -> Mapping[int, str]:
        """What the brand's segments are called."""
        rows = Segment.objects.filter(brand_id=self.brand_id).exclude(state=State.DELETED)
        return dict(rows.values_list("pk", "name"))

    def resolve(self, condition: Condition, own_id: int | None = None) -> Condition:
        """Raises ConditionInvalid: for a segment that is missing, one that leads back to itself (`own_id` is
        the segment whose condition this is), or too much altogether."""
        self._path = [] if own_id is None else [own_id]
        return self._resolve(condition)[0]

    def segment(self, segment_id: int) -> Condition:
        """What stands for a segment inside a condition."""
        if segment_id in self._path:
            names = " → ".join(self._name(number) for number in [*self._path, segment_id])
            raise ConditionInvalid(
                say("This segment refers to itself: %(names)s.", names=names),
                remedy=say("Take one of these references out."),
                path="",
            )
        row = self._segments.get(segment_id)
        if row is None or row.state == State.DELETED:
            raise ConditionInvalid(
                say("There is no segment %(segment)s any more.", segment=segment_id),
                remedy=say("Take the reference out of the condition."),
                path="",
                segment=segment_id,
            )
        if row.mode != Mode.LIVE:
            return Leaf(IN_SEGMENT, (("segment", segment_id),))
        if segment_id not in self._resolved:
            self._path.append(segment_id)
            self._resolved[segment_id] = self._resolve(parse(row.condition, stored=True))
            self._path.pop()
        return self._resolved[segment_id][0]

    def _resolve(self, condition: Condition) -> tuple[Condition, int]:
        total = 0

        def put_in(leaf: Leaf) -> Condition:
            nonlocal total
            expansion = EXPANSIONS.get(leaf.name)
            answer = leaf if expansion is None else expansion(leaf, self)
            known = self._resolved.get(leaf["segment"]) if leaf.name == IN_SEGMENT else None
            total += known[1] if known else 1
            if total > MOST_RESOLVED_LEAVES:
                raise ConditionInvalid(
                    say(
                        "With the segments it refers to, the condition has more than %(most)s leaves.",
                        most=MOST_RESOLVED_LEAVES,
                    ),
                    remedy=say("Freeze or schedule one of them, so that its members are read instead."),
                    path="",
                )
            return answer

        return replaced(condition, put_in), total

    def _name(self, segment_id: int) -> str:
        row = self._segments.get(segment_id)
        return row.name if row else str(segment_id)


def resolve(brand_id: int, condition: Condition, own_id: int | None = None) -> Condition:
    """The condition with all it refers to put in. Raises ConditionInvalid."""
    if not any(leaf.name in EXPANSIONS for leaf in leaves_of(condition)):
        return condition
    return Resolver(brand_id).resolve(condition, own_id)


def readable(brand_id: int, condition: Condition, resolver: Resolver | None = None) -> Condition:
    """The condition as it is said and explained: computed fields, tags, preferences and stores know their
    labels, segments their names.
    Whoever says many conditions of a brand gives one `resolver` to all of them."""
    known = resolver or Resolver(brand_id, {})

    def put_in(leaf: Leaf) -> Condition:
        if leaf.name == IN_SEGMENT:
            return Leaf(leaf.name, (*leaf.values, ("name", known.names.get(leaf["segment"]))))
        if (called := known.called(leaf)) is not None:
            return Leaf(leaf.name, (*leaf.values, ("called", called)))
        expansion = EXPANSIONS.get(leaf.name)
        return leaf if expansion is None else expansion(leaf, known)

    return replaced(condition, put_in)


def references(condition: Condition) -> Iterator[int]:
    """The segments that a condition names itself."""
    return (leaf["segment"] for leaf in leaves_of(condition) if leaf.name == IN_SEGMENT)


def stored_references(data: Any) -> set[int]:
    """The same of stored JSON, also where it cannot be parsed any more."""
    found: set[int] = set()
    stack = [data]
    while stack:
        value = stack.pop()
        if isinstance(value, Mapping):
            if value.get("leaf") == IN_SEGMENT and isinstance(value.get("segment"), int):
                found.add(value["segment"])
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return found


_kept: dict[int, tuple[Any, Definitions]] = {}
_lock = Lock()


def definitions(brand_id: int) -> Definitions:
    """The brand's active segments, parsed and resolved; kept in this process until one of them changes."""
    stamp = _stamp(brand_id)
    with _lock:
        known = _kept.get(brand_id)
    if known is not None and known[0] == stamp:
        return known[1]
    made = _made(brand_id)
    with _lock:
        _kept[brand_id] = (stamp, made)
    return made


def _stamp(brand_id: int) -> Any:
    """Differs whenever a segment or a computed field of the brand does: every change raises a version."""
    segments = Segment.objects.filter(brand_id=brand_id).aggregate(
        n=Count("pk"), versions=Sum("version"), filled=Sum("filled_version"), ids=Sum("pk")
    )
    fields = ComputedField.objects.filter(brand_id=brand_id).aggregate(n=Count("pk"), versions=Sum("version"))
    created = Segment.objects.filter(brand_id=brand_id).order_by("-pk").values_list("created_ms").first()
    return (tuple(segments.values()), tuple(fields.values()), created)


def _stored(brand_id: int) -> dict[int, Segment]:
    rows = Segment.objects.filter(brand_id=brand_id).exclude(state=State.DELETED)
    return {row.pk: row for row in rows}


def _made(brand_id: int) -> Definitions:
    rows = _stored(brand_id)
    resolver = Resolver(brand_id, rows)
    live: dict[int, Definition] = {}
    resting: dict[int, Definition] = {}
    problems: dict[int, Wording | str] = {}
    for row in rows.values():
        if row.state != State.ACTIVE:
            continue
        try:
            condition = resolver.resolve(parse(row.condition, stored=True), row.pk)
            topics = topics_of(condition)
        except GuanxiError as error:
            problems[row.pk] = error.message
            continue
        group = live if row.mode == Mode.LIVE else resting
        group[row.pk] = Definition(
            row.pk,
            row.name,
            Mode(row.mode),
            condition,
            topics,
            row.version,
            row.condition_version,
            row.filled_version >= row.condition_version,
            row.tag,
        )
    return Definitions(live, resting, problems)


def note_problems(brand_id: int, found: Definitions) -> None:
    """Keep with each segment why it cannot be computed, or that it can again."""
    for segment in Segment.objects.filter(brand_id=brand_id).exclude(state=State.DELETED):
        reason = found.problems.get(segment.pk)
        kept = None if reason is None else packed(reason)
        if segment.problem != kept:
            Segment.objects.filter(pk=segment.pk).update(problem=kept)


def dependents(brand_id: int, segment_id: int) -> Collection[int]:
    """The active segments whose condition leads to this one, over others too."""
    rows = _stored(brand_id)
    naming: dict[int, set[int]] = {pk: stored_references(row.condition) for pk, row in rows.items()}
    found: set[int] = set()
    frontier = {segment_id}
    while frontier:
        frontier = {pk for pk, names in naming.items() if names & frontier} - found - {segment_id}
        found |= frontier
    return sorted(pk for pk in found if rows[pk].state == State.ACTIVE)
