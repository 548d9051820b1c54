"""Everybody at once, from the lake: what a new condition needs, what is too much to follow one by one, and
the proof that what was followed is right.

The lake answers for all customers in one pass a kind; who has changed since it was brought up to date is
asked from the database instead. Differences from what is held are written in small transactions, each of them
whole: a refresh that is killed is begun again and finds the rest. Where membership was followed and complete,
a difference is believed only if the database says so too, inside the turn: that is drift, and 0 where all is
well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connection

from guanxi.customers import moves as subject_moves
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.kernel.errors import Unavailable
from guanxi.kernel.wording import say
from guanxi.platform.marks import Mark
from guanxi.platform.writing import writing
from guanxi.segments import membership
from guanxi.segments.contracts import Evaluated, Mode, Refreshed, SegmentRefreshed, State
from guanxi.segments.definitions import Definition, definitions, note_problems
from guanxi.segments.evaluating import evaluate
from guanxi.segments.following import OWN_KINDS, catch_up, progress_of
from guanxi.segments.membership import Changes
from guanxi.segments.models import Membership, Progress, Segment
from guanxi.touchpoints import following as log
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake

Ids = npt.NDArray[np.int64]
CHUNK: Final = 1_000  # customers a transaction
FILL: Final = 50_000  # rows a transaction that nobody is told of: some 50 ms
DUES: Final = 10_000  # a transaction
MOST_CHECKED: Final = 20_000  # differences that the database is asked about one by one
MOST_TOUCHED: Final = 20_000
LOOKED_AT: Final = 50_000
# One text is read five times as fast as a row for each.
_HELD: Final = {
    "sqlite": "SELECT group_concat(customer_id) FROM segments_membership WHERE segment_id = %s",
    "postgresql": "SELECT string_agg(customer_id::text, ',') FROM segments_membership WHERE segment_id = %s",
}
_DUE: Final = "SELECT customer_id, due_ms FROM segments_customerdue WHERE brand_id = {brand}"
Advance = Callable[[int, int], object]


@dataclass(slots=True)
class Since:
    """Customers of whom something was written after the marks: the lake may not know it."""

    brand_id: int
    facts: Mark = field(default_factory=log.head)
    moves: Mark = field(default_factory=subject_moves.head)
    customers: set[int] = field(default_factory=set)

    def look(self) -> set[int]:
        """All so far. Raises Unavailable where they are too many to be asked one by one: an import runs."""
        full = True
        while full:
            news = log.news(self.brand_id, self.facts, LOOKED_AT)
            moved = subject_moves.moves(self.brand_id, self.moves, LOOKED_AT)
            subjects = {fact.subject_id for fact in news.facts if fact.kind not in OWN_KINDS} - {None}
            owners = customer_ids_of(self.brand_id, [one for one in subjects if one is not None])
            self.customers |= set(owners.values())
            self.customers |= {number for move in moved.moves for number in (move.before, move.after)}
            self.facts, self.moves = news.mark, moved.mark
            full = news.full or moved.full
            if len(self.customers) > MOST_TOUCHED:
                raise Unavailable(
                    say("Too much is being recorded right now."),
                    remedy=say("Refresh when the import is done."),
                )
        return self.customers


class _Difference(NamedTuple):
    entering: Ids
    leaving: Ids


@dataclass(slots=True)
class _Tally:
    entered: int = 0
    left: int = 0
    drift: int = 0
    unconfirmed: int = 0


def refresh(
    brand: BrandRow, segment_ids: Collection[int] | None = None, *, tell: Advance | None = None
) -> Refreshed:
    """Compute segments from the lake and write what differs: all live ones, and those others that were never
    filled, or the given ones. Raises Conflict where another sync runs, Unavailable during an import."""
    started = time.perf_counter()
    known = definitions(brand.pk)
    note_problems(brand.pk, known)
    wanted = {pk: one for pk, one in known.all().items() if _is_wanted(one, segment_ids)}
    if not wanted:
        return Refreshed([], 0, time.perf_counter() - started)
    progress = progress_of(brand.pk)
    bulk = progress.bulk_wanted > progress.bulk_done
    if not bulk:
        catch_up(brand)
    since = Since(brand.pk)
    lake.sync_if_behind(brand)
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    answers = _answers(brand, wanted, moment)
    tallies = {}
    for number, one in enumerate(wanted.values(), start=1):
        difference = _difference(one, answers)
        tallies[one.id] = tally = _Tally()
        with suppress(_Superseded):
            _settle(brand, one, difference, since, tally, bulk=bulk, live=progress.bulk_live)
        if tell is not None:
            tell(number, len(wanted))
    _ask_again(brand, wanted, since, live=progress.bulk_live or not bulk)
    _set_dues(brand, wanted, answers)
    _finish(brand, wanted, progress if bulk and segment_ids is None else None)
    sizes = dict(Segment.objects.filter(pk__in=list(wanted)).values_list("pk", "size"))
    rows = [
        SegmentRefreshed(
            pk, wanted[pk].name, sizes[pk], tally.entered, tally.left, tally.drift, tally.unconfirmed
        )
        for pk, tally in tallies.items()
    ]
    return Refreshed(rows, answers.num_rows, time.perf_counter() - started)


def _is_wanted(one: Definition, segment_ids: Collection[int] | None) -> bool:
    if segment_ids is not None:
        return one.id in segment_ids and not (one.mode == Mode.FROZEN and one.told)
    return one.mode == Mode.LIVE or not one.told


def _answers(brand: BrandRow, wanted: Mapping[int, Definition], moment: Moment) -> pa.Table:
    """A row for each customer, by id; a bit for each segment."""
    from guanxi.segments.compiling import expression  # noqa: PLC0415 - Ibis, which start-up need not load

    answers = expression(brand, {pk: one.condition for pk, one in wanted.items()}, moment)
    return warehouse.run(brand, answers).sort_by("customer_id")


def _difference(one: Definition, answers: pa.Table) -> _Difference:
    """What the lake says against what is held, both in the order of customers."""
    expected = _ids(answers["customer_id"].filter(answers[f"s{one.id}"]))
    with connection.cursor() as cursor:
        cursor.execute(_HELD[connection.vendor], [one.id])
        present: Ids = np.sort(np.fromstring(cursor.fetchone()[0] or "", np.int64, sep=","))
    if np.array_equal(expected, present):
        return _Difference(present[:0], present[:0])
    return _Difference(
        np.setdiff1d(expected, present, assume_unique=True),
        np.setdiff1d(present, expected, assume_unique=True),
    )


def _ids(column: pa.ChunkedArray) -> Ids:
    ids: Ids = column.to_numpy().astype(np.int64, copy=False)
    return ids


# ---------------------------------------------------------------- one segment


class _Superseded(Exception):
    """The segment was changed or put away since its condition was read: what this refresh found is nobody's
    any more, and another one fills it."""


@contextmanager
def _turn(brand: BrandRow, one: Definition) -> Iterator[None]:
    """The turn to write a segment's rows, if it is the segment still. Raises _Superseded."""
    with writing(brand.pk):
        membership.take_turn(progress_of(brand.pk))
        if _current([one.id]).get(one.id) != one.condition_version:
            raise _Superseded
        yield


def _current(segment_ids: Collection[int]) -> dict[int, int]:
    """The versions of the conditions, of segments that are not put away."""
    rows = Segment.objects.filter(pk__in=list(segment_ids), state=State.ACTIVE)
    return dict(rows.values_list("pk", "condition_version"))


def _settle(
    brand: BrandRow,
    one: Definition,
    difference: _Difference,
    since: Since,
    tally: _Tally,
    *,
    bulk: bool,
    live: bool,
) -> None:
    """Bring a segment's rows to what the lake says."""
    entering, leaving = difference
    followed = one.told and one.mode == Mode.LIVE and not bulk
    if followed and len(entering) + len(leaving) <= MOST_CHECKED:
        for chunk in _chunks(np.union1d(entering, leaving)):
            _check(brand, one, chunk, tally, live=False)
        tally.drift = tally.entered + tally.left
        return
    if not one.told:
        _fill(brand, one, difference, since, tally)
        return
    told = live or one.mode != Mode.LIVE
    for chunk in _chunks(leaving):
        _take_out(brand, one, chunk, since, tally, live=told)
    for chunk in _chunks(entering):
        _put_in(brand, one, chunk, since, tally, live=told)
    if followed:
        tally.drift = tally.entered + tally.left


def _chunks(ids: Ids) -> Iterator[list[int]]:
    for part in _parts(ids, CHUNK):
        yield part.tolist()


def _parts(ids: Ids, size: int) -> Iterator[Ids]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _fill(brand: BrandRow, one: Definition, difference: _Difference, since: Since, tally: _Tally) -> None:
    """What fills a segment for the first time, or after its definition changed, is not told: nobody came or
    went. Nothing is made of it but rows, so many of them are written at once."""
    for part in _parts(difference.leaving, FILL):
        with _turn(brand, one):
            tally.left += membership.take_out(brand, one.id, _but(part, since.look()))
    for part in _parts(difference.entering, FILL):
        with _turn(brand, one):
            tally.entered += membership.put_in(brand, one.id, _but(part, since.look()), now_ms())


def _but(ids: Ids, customers: Collection[int]) -> Ids:
    return ids[~np.isin(ids, list(customers))] if customers else ids


def _put_in(
    brand: BrandRow, one: Definition, chunk: Sequence[int], since: Since, tally: _Tally, *, live: bool
) -> None:
    with _turn(brand, one):
        there = _rows_of(one, chunk) | since.look()
        fresh = [customer for customer in chunk if customer not in there]
        _change(brand, one, fresh, [], live=live)
    tally.entered += len(fresh)


def _take_out(
    brand: BrandRow, one: Definition, chunk: Sequence[int], since: Since, tally: _Tally, *, live: bool
) -> None:
    with _turn(brand, one):
        gone = sorted(_rows_of(one, chunk) - since.look())
        _change(brand, one, [], gone, live=live)
    tally.left += len(gone)


def _check(brand: BrandRow, one: Definition, chunk: Sequence[int], tally: _Tally, *, live: bool) -> None:
    """Ask the database about customers of whom lake and membership differ, and write what it says."""
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    with _turn(brand, one):
        found = evaluate(brand, {one.id: one.condition}, chunk, moment)
        there = _rows_of(one, chunk)
        inside = {customer for customer, answer in found.items() if answer.holds}
        entering, leaving = sorted(inside - there), sorted(there - inside)
        _change(brand, one, entering, leaving, live=live)
    tally.entered += len(entering)
    tally.left += len(leaving)
    tally.unconfirmed += len(chunk) - len(entering) - len(leaving)


def _rows_of(one: Definition, customers: Collection[int]) -> set[int]:
    rows = Membership.objects.filter(segment_id=one.id, customer_id__in=list(customers))
    return set(rows.values_list("customer_id", flat=True))


def _change(
    brand: BrandRow, one: Definition, entering: Sequence[int], leaving: Sequence[int], *, live: bool
) -> None:
    """Runs in the turn. What fills a segment for the first time, or after its definition changed, is not
    told: nobody came or went."""
    at_ms = now_ms()
    into, out = [(one.id, customer) for customer in entering], [(one.id, customer) for customer in leaving]
    if one.told:
        changes = Changes(into, out)
    else:
        changes = Changes(quiet_entering=[(*pair, at_ms) for pair in into], quiet_leaving=out)
    membership.write(brand, changes, {one.id: one}, at_ms, live=live)


# ---------------------------------------------------------------- who changed meanwhile


def _ask_again(brand: BrandRow, wanted: Mapping[int, Definition], since: Since, *, live: bool) -> None:
    """Customers whom the lake may not have known are asked from the database."""
    conditions = {pk: one.condition for pk, one in wanted.items()}
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    customers = sorted(since.look())
    for start in range(0, len(customers), CHUNK):
        chunk = customers[start : start + CHUNK]
        with writing(brand.pk):
            membership.take_turn(progress_of(brand.pk))
            found = evaluate(brand, conditions, chunk, moment)
            held = membership.held(brand.pk, chunk)
            current = _current(wanted)
            for one in wanted.values():
                if current.get(one.id) != one.condition_version:
                    continue
                inside = {customer for customer, answer in found.items() if one.id in answer.holds}
                there = {customer for customer in chunk if one.id in held.get(customer, {})}
                _change(brand, one, sorted(inside - there), sorted(there - inside), live=live)
            if any(one.mode == Mode.LIVE for one in wanted.values()):
                _due_of(brand.pk, found)


def _due_of(brand_id: int, found: Mapping[int, Evaluated]) -> None:
    membership.set_due(
        brand_id, {customer: one.changes_ms for customer, one in found.items()}, complete=False
    )


def _set_dues(brand: BrandRow, wanted: Mapping[int, Definition], answers: pa.Table) -> None:
    """The moments that the lake knows, where they are earlier than those that are kept."""
    if not any(one.mode == Mode.LIVE for one in wanted.values()):
        return
    kept = warehouse.operational(_DUE.format(brand=int(brand.pk))).sort_by("customer_id")
    known, known_ms = _ids(kept["customer_id"]), _ids(kept["due_ms"])
    due = answers.select(["customer_id", "changes_ms"]).drop_null()
    ids, due_ms = _ids(due["customer_id"]), _ids(due["changes_ms"])
    if len(known):
        places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        earlier = (known[places] != ids) | (due_ms < known_ms[places])
        ids, due_ms = ids[earlier], due_ms[earlier]
    for some, moments in zip(_parts(ids, DUES), _parts(due_ms, DUES), strict=True):
        with writing(brand.pk):
            wanting = dict(zip(some.tolist(), moments.tolist(), strict=True))
            membership.set_due(brand.pk, wanting, complete=False)


def _finish(brand: BrandRow, wanted: Mapping[int, Definition], bulk: Progress | None) -> None:
    """Say that the segments answer their conditions now, unless these were changed meanwhile."""
    at_ms = now_ms()
    day = membership.day_of(at_ms, brand.timezone)
    for one in wanted.values():
        with writing(brand.pk):
            size = Membership.objects.filter(segment_id=one.id).count()
            same = Segment.objects.filter(pk=one.id, condition_version=one.condition_version)
            same.filter(state=State.ACTIVE).update(
                size=size, filled_version=one.condition_version, refreshed_ms=at_ms
            )
            membership.note_size(one.id, day, size)
    if bulk is not None:
        with writing(brand.pk):
            Progress.objects.filter(pk=brand.pk, bulk_done__lt=bulk.bulk_wanted).update(
                bulk_done=bulk.bulk_wanted
            )
            Progress.objects.filter(pk=brand.pk, bulk_wanted=bulk.bulk_wanted).update(bulk_live=False)
