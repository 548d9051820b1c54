"""Every customer's state from the lake, compared with what is kept, and the difference written.

The lake answers for all customers in one question. Differences are written in small transactions, each of
them whole with its touchpoints, against the rows as they are then: a refresh that is killed is begun again
and finds the rest, one that runs twice finds nothing. Of two at once the later goes on and the earlier stops.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.db.models import Count, F

from guanxi.customers.lookup import living, roots_of_many
from guanxi.economics.models import CustomerState, StateProgress
from guanxi.economics.states import keeping, rules
from guanxi.economics.states.contracts import Kept, Refreshed, RuleSet, State
from guanxi.economics.states.deciding import Step, steps
from guanxi.kernel.clock import MINUTE_MS, now_ms, to_datetime
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.platform.writing import writing
from guanxi.segments.definitions import resolve
from guanxi.touchpoints.following import history_alone
from guanxi.warehouse import queries as warehouse

Ids = npt.NDArray[np.int64]
CHUNK: Final = 5_000  # changes a transaction
FILL: Final = 20_000  # first states a transaction: nothing is told of them
SYNC_MS: Final = 60 * MINUTE_MS  # that a sync may take: what is recorded meanwhile is in the next lake
CODES: Final = tuple(State)
_NONE: Final = CODES.index(State.NONE)
_KEPT: Final = "SELECT customer_id, state, since_ms FROM economics_customerstate WHERE brand_id = {brand}"
Advance = Callable[[int, int], object]


class Overtaken(Exception):
    """A later refresh runs, or other rules hold: what this one found is nobody's any more."""


@dataclass(slots=True)
class _Run:
    """One refresh: its number, the rules it goes by, the moment it asks about, what it has done so far."""

    brand: BrandRow
    number: int
    rules: RuleSet
    moment: Moment
    basis: str
    relabelled: bool
    lake_ms: int  # how new the lake is
    before_ms: int  # how new it was when the last complete refresh asked
    done: Counter[str] = field(default_factory=Counter)


def refresh(brand: BrandRow, *, tell: Advance | None = None) -> Refreshed:
    """Bring the kept states of all living customers to what the rules say of them, as of the lake.

    Customers without a kept state get theirs silently; every other difference is a touchpoint
    `state.changed`, written with the row or not at all. Before the first sync is complete nothing is done.
    Raises ConditionInvalid where a rule cannot be computed any more, Unavailable where the lake cannot be
    read.
    """
    started = time.perf_counter()
    if not basis(brand):
        return Refreshed(0)
    run = _begin(brand)
    ids, codes = found(brand, run.rules, run.moment)
    overtaken = False
    try:
        _write_all(run, (ids, codes), known_states(brand), tell)
        _finish(run)
    except Overtaken:
        overtaken = True
    done, seconds = run.done, time.perf_counter() - started
    return Refreshed(len(ids), done["first"], done["changed"], done["inherited"], overtaken, seconds)


def basis(brand: BrandRow) -> str:
    """What states are computed from: the lake, the rules, and the local day, since time alone changes them.
    "" until a first sync is complete: part of the facts would make changes of what is none."""
    lake = warehouse.version(brand)
    if not lake or warehouse.synced_ms(brand) is None:
        return ""
    day = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()
    return f"{lake} {rules.version_of(brand.pk)} {day}"


def is_behind(brand: BrandRow) -> bool:
    """Whether a refresh would see something that the last one did not."""
    now = basis(brand)
    return bool(now) and not StateProgress.objects.filter(pk=brand.pk, basis=now).exists()


def found(brand: BrandRow, chosen: RuleSet, moment: Moment) -> tuple[Ids, Ids]:
    """Every living customer with the place of its state in `CODES`, by id. One question to the lake."""
    from guanxi.segments.compiling import first_of  # noqa: PLC0415 - Ibis, which start-up need not load

    conditions = [resolve(brand.pk, rule.condition) for rule in chosen.rules]
    answers = warehouse.run(brand, first_of(brand, conditions, moment)).sort_by("customer_id")
    code_of = np.array([*(CODES.index(rule.state) for rule in chosen.rules), _NONE], np.int64)
    return _ids(answers["customer_id"]), code_of[_ids(answers["place"])]


def _ids(column: object) -> Ids:
    ids: Ids = column.to_numpy().astype(np.int64, copy=False)  # type: ignore[attr-defined]
    return ids


def _begin(brand: BrandRow) -> _Run:
    with writing(brand.pk):
        StateProgress.objects.get_or_create(pk=brand.pk)
        StateProgress.objects.filter(pk=brand.pk).update(run=F("run") + 1)
        progress = StateProgress.objects.get(pk=brand.pk)
    chosen = rules.of(brand.pk)
    return _Run(
        brand,
        progress.run,
        chosen,
        Moment(now_ms(), ZoneInfo(brand.timezone)),
        basis(brand),
        bool(progress.first_ms) and progress.rules_version != chosen.version,
        warehouse.synced_ms(brand) or 0,
        progress.lake_ms,
    )


def known_states(brand: BrandRow) -> tuple[Ids, Ids]:
    """What is kept: customers by id, and the places of their states in `CODES`."""
    rows = warehouse.operational(_KEPT.format(brand=int(brand.pk))).sort_by("customer_id")
    words = rows["state"].combine_chunks().dictionary_encode()
    if len(words) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    code_of = np.array([CODES.index(State(word)) for word in words.dictionary.to_pylist()], np.int64)
    return _ids(rows["customer_id"]), code_of[words.indices.to_numpy()]


def _differing(ids: Ids, codes: Ids, known: Ids, known_codes: Ids) -> tuple[Ids, Ids]:
    """The places of customers of whom no state is known, and of those who are known in another one."""
    if not len(known):
        return np.arange(len(ids)), np.empty(0, np.int64)
    places = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    is_known = known[places] == ids
    return np.flatnonzero(~is_known), np.flatnonzero(is_known & (known_codes[places] != codes))


def _parts(places: Ids, size: int) -> Iterator[Ids]:
    for start in range(0, len(places), size):
        yield places[start : start + size]


# ---------------------------------------------------------------- writing


def _write_all(run: _Run, now: tuple[Ids, Ids], kept: tuple[Ids, Ids], tell: Advance | None) -> None:
    """Write all that differs between what was found and what is kept, each as (customers, codes)."""
    (ids, codes), (known, known_codes) = now, kept
    settled = _absorb(run, np.setdiff1d(known, ids, assume_unique=True), ids, codes)
    fresh, changed = _differing(ids, codes, known, known_codes)
    if settled:
        fresh, changed = (part[~np.isin(ids[part], list(settled))] for part in (fresh, changed))
    done, total = 0, len(fresh) + len(changed)
    for code in np.unique(codes[fresh]).tolist():
        for places in _parts(fresh[codes[fresh] == code], FILL):
            _fill(run, CODES[code], ids[places])
            done += len(places)
            _say(tell, done, total)
    for places in _parts(changed, CHUNK):
        _settle(run, {int(ids[place]): CODES[codes[place]] for place in places.tolist()})
        done += len(places)
        _say(tell, done, total)


def _say(tell: Advance | None, done: int, total: int) -> None:
    if tell is not None:
        tell(done, total)


def _fill(run: _Run, state: State, customers: Ids) -> None:
    """Give customers of whom nothing is kept their first state: nobody changed, so nothing is told."""
    with writing(run.brand.pk):
        _demand_newest(run)
        alive = living(run.brand.pk, customers.tolist())
        run.done["first"] += keeping.fill(run.brand.pk, state, alive, run.moment.as_of_ms)


def _absorb(run: _Run, gone: Ids, ids: Ids, codes: Ids) -> set[int]:
    """Customers that became part of others: these take over what was kept of them. Who was settled by it."""
    settled: set[int] = set()
    for part in _parts(gone, CHUNK):
        roots = {
            number: root
            for number, root in roots_of_many(run.brand.pk, part.tolist()).items()
            if number != root
        }
        wanted = np.unique(np.array(list(roots.values()), np.int64))
        places = np.searchsorted(ids, wanted)
        chunk = {
            int(root): CODES[codes[place]]
            for root, place in zip(wanted, places, strict=True)
            if place < len(ids) and ids[place] == root
        }
        _settle(run, chunk, {number: root for number, root in roots.items() if root in chunk})
        settled |= chunk.keys()
    return settled


def _settle(run: _Run, chunk: dict[int, State], absorbed: dict[int, int] | None = None) -> None:
    """Write what differs of some customers, in one transaction. `absorbed`: customers that became part of
    others among them, and of which."""
    brand_id, gone = run.brand.pk, absorbed or {}
    with writing(brand_id):
        _demand_newest(run)
        kept = keeping.kept(brand_id, {*chunk, *gone})
        theirs: dict[int, list[Kept]] = defaultdict(list)
        for number, root in gone.items():
            if number in kept:
                theirs[root].append(kept[number])
        alive = living(brand_id, list(chunk))
        made = steps({one: chunk[one] for one in alive}, kept, theirs, run.moment.as_of_ms)
        cause = keeping.Cause(run.rules.version, run.relabelled, _history(run, made))
        keeping.write(brand_id, made, kept.keys(), run.moment.as_of_ms, cause)
        keeping.forget(brand_id, [number for number, root in gone.items() if root in set(alive)])
    run.done["first"] += sum(step.before is None for step in made)
    run.done["changed"] += sum(step.is_told for step in made)
    run.done["inherited"] += sum(step.inherited for step in made)


def _history(run: _Run, made: Collection[Step]) -> set[int]:
    """Of whom imported history alone is new since the last refresh: nothing is to be set going for them."""
    told = [step.customer_id for step in made if step.is_told]
    if run.relabelled or not told:
        return set()
    return history_alone(run.brand.pk, told, run.before_ms - SYNC_MS)


def _demand_newest(run: _Run) -> None:
    """Raises Overtaken where a later refresh has begun, or the rules were changed."""
    is_newest = StateProgress.objects.filter(pk=run.brand.pk, run=run.number).exists()
    if not is_newest or rules.version_of(run.brand.pk) != run.rules.version:
        raise Overtaken


def _finish(run: _Run) -> None:
    with writing(run.brand.pk):
        _demand_newest(run)
        rows = CustomerState.objects.filter(brand_id=run.brand.pk).values("state").annotate(n=Count("pk"))
        progress = StateProgress.objects.get(pk=run.brand.pk)
        progress.counts = {row["state"]: row["n"] for row in rows.order_by("state")}
        progress.basis = run.basis
        progress.rules_version = run.rules.version
        progress.first_ms = progress.first_ms or run.moment.as_of_ms
        progress.refreshed_ms = run.moment.as_of_ms
        progress.lake_ms = run.lake_ms
        progress.save(
            update_fields=["counts", "basis", "rules_version", "first_ms", "refreshed_ms", "lake_ms"]
        )
