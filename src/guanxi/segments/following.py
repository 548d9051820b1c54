"""Membership follows the customer: what the log, the moves of subjects and time alone change, step by step.

A step reads what is new behind the brand's marks, finds whom it concerns and which segments mention it,
evaluates those from the database, and writes differences, touchpoints and the new marks in one transaction.
Killed before it commits, it has done nothing. It evaluates before it takes the brand's turn, so that writers
wait for the writing alone; where memberships were changed meanwhile it does it again inside the turn.

What is too much for this, such as an import of history, is left to one full refresh (`refreshing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F

from guanxi.customers import moves as subject_moves
from guanxi.customers.hooks import CustomersChanged
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.platform import jobs
from guanxi.platform.marks import Mark
from guanxi.platform.writing import writing
from guanxi.segments import membership, tagging
from guanxi.segments.comparing import Asked, Found, Whom, ask, differences
from guanxi.segments.definitions import Definition, Definitions, definitions
from guanxi.segments.membership import Overtaken
from guanxi.segments.models import Progress
from guanxi.touchpoints import following as log

REFRESH: Final = "segments.refresh"
TAG: Final = "segments.tag"
FACTS: Final = 5_000  # looked at in a step
MOST_HISTORY: Final = 1_000  # customers of imported history that a step still takes one by one
MOST_MOVED: Final = 2_000
MOST_DUE: Final = 1_000  # in a step
TOO_MANY_DUE: Final = 20_000  # at once, as at the midnight on which a month begins
FAR_BEHIND: Final = 100_000  # facts
KIND: Final = "kind:"
OWN_KINDS: Final = frozenset(("segment.entered", "segment.left"))


@dataclass(slots=True)
class Batch:
    """What a step found: whom it concerns, of which kinds the facts were, the marks behind them. `bulk`: some
    of it is left to a full refresh, which may set messages going if `bulk_live`; `left_over`: to one that is
    wanted already, and may have begun before."""

    whom: Whom = field(default_factory=Whom)
    kinds: set[str] = field(default_factory=set)
    marks: dict[str, int] = field(default_factory=dict)
    bulk: bool = False
    bulk_live: bool = False
    left_over: bool = False
    more: bool = False


def follow(brand: BrandRow) -> bool:
    """One step; whether there was something to do. Nothing is read where no segment is live."""
    known = definitions(brand.pk)
    if not known.live and not known.resting:
        return False
    progress = progress_of(brand.pk)
    batch = gather(brand.pk, progress)
    if not batch.whom.customers and not batch.bulk and not _moved_on(progress, batch):
        return False
    try:
        found = _evaluated(brand, known, batch)
        with writing(brand.pk):
            _write(brand, known, progress, batch, found)
    except Overtaken:
        with writing(brand.pk):
            progress = progress_of(brand.pk)
            batch = gather(brand.pk, progress)
            _write(brand, known, progress, batch, _evaluated(brand, known, batch))
    return batch.more or bool(batch.whom.customers)


def catch_up(brand: BrandRow, steps: int = 200) -> bool:
    """Follow until there is nothing more; False where that is not so after `steps`."""
    return any(not follow(brand) for _ in range(steps))


def progress_of(brand_id: int) -> Progress:
    """How far the brand is. One that never was followed begins now: filling a segment sees all before."""
    found = Progress.objects.filter(pk=brand_id).first()
    if found is None:
        facts, moves = log.head(), subject_moves.head()
        found = Progress.objects.get_or_create(
            pk=brand_id,
            defaults={
                "fact_at": facts.at,
                "fact_id": facts.id,
                "move_at": moves.at,
                "move_id": moves.id,
            },
        )[0]
    return found


def begin_anew(brand_id: int) -> None:
    """Where nothing was followed for a while, what happened meanwhile is not gone through one by one."""
    facts, moves = log.head(), subject_moves.head()
    progress_of(brand_id)
    Progress.objects.filter(pk=brand_id).update(
        fact_at=facts.at, fact_id=facts.id, move_at=moves.at, move_id=moves.id, turn=F("turn") + 1
    )


def want_bulk(brand_id: int, *, live: bool) -> None:
    """A full refresh is to find what cannot be followed one by one."""
    progress_of(brand_id)
    Progress.objects.filter(pk=brand_id).update(bulk_wanted=F("bulk_wanted") + 1)
    if live:
        Progress.objects.filter(pk=brand_id).update(bulk_live=True)
    jobs.want(REFRESH, brand_id)


def after_change(change: CustomersChanged) -> None:
    """What changes for everybody (stores, cities) is found by a full refresh; the rest is in the log."""
    if change.customer_ids is None and _mentions(definitions(change.brand_id), str(change.what)):
        want_bulk(change.brand_id, live=True)


def after_let_go(brand_id: int, kinds: Collection[str]) -> None:
    """Old facts are gone: a full refresh finds who is in no more for it; nothing is sent."""
    known = definitions(brand_id)
    if any(_mentions(known, f"{KIND}{kind}") for kind in kinds):
        want_bulk(brand_id, live=False)


def _mentions(known: Definitions, topic: str) -> bool:
    return any(topic in one.topics for one in known.live.values())


# ---------------------------------------------------------------- whom it concerns


def gather(brand_id: int, progress: Progress) -> Batch:
    """What is new behind the marks, and whose moment has come."""
    batch = Batch()
    news = log.news(brand_id, Mark(progress.fact_at, progress.fact_id), FACTS)
    moved = subject_moves.moves(brand_id, Mark(progress.move_at, progress.move_id), MOST_MOVED + 1)
    waiting = progress.bulk_wanted > progress.bulk_done
    if news.full and log.head().id - news.mark.id > FAR_BEHIND and news.mark.id == news.mark.at:
        news, batch.bulk, batch.bulk_live = news._replace(mark=log.head()), not waiting, True
        batch.left_over = True
    _take_facts(brand_id, news.facts, batch, waiting)
    _take_moves(moved.moves, batch, waiting)
    if not waiting:
        _take_due(brand_id, batch)
    batch.more = news.full or moved.full
    batch.marks = {
        "fact_at": news.mark.at,
        "fact_id": news.mark.id,
        "move_at": moved.mark.at,
        "move_id": moved.mark.id,
    }
    return batch


def _take_facts(brand_id: int, facts: Iterable[log.NewFact], batch: Batch, waiting: bool) -> None:
    """History is taken one by one only where it is little and no refresh is coming anyway."""
    live = {fact.subject_id for fact in facts if fact.live and fact.subject_id is not None}
    history = {fact.subject_id for fact in facts if not fact.live and fact.subject_id is not None} - live
    if len(history) > MOST_HISTORY or (history and waiting):
        batch.bulk = batch.bulk or not waiting
        batch.left_over = True
        history = set()
    taken = live | history
    owners = customer_ids_of(brand_id, taken) if taken else {}
    batch.whom.touched |= {owners.get(subject, subject) for subject in taken}
    batch.whom.history |= {owners.get(subject, subject) for subject in history}
    batch.whom.history -= {owners.get(subject, subject) for subject in live}
    batch.kinds |= {fact.kind for fact in facts if fact.subject_id in taken}


def _take_moves(moves: Collection[subject_moves.Move], batch: Batch, waiting: bool) -> None:
    if len(moves) > MOST_MOVED:
        batch.bulk = batch.bulk or not waiting
        batch.left_over = True
        return
    for move in moves:
        batch.whom.whole |= {move.before, move.after}
        batch.whom.came_from.setdefault(move.after, set()).add(move.before)


def _take_due(brand_id: int, batch: Batch) -> None:
    due = membership.due_customers(brand_id, now_ms(), TOO_MANY_DUE + 1)
    if len(due) > TOO_MANY_DUE:
        batch.bulk = batch.bulk_live = True
        return
    batch.whom.whole |= set(due[:MOST_DUE])


def _moved_on(progress: Progress, batch: Batch) -> bool:
    return any(getattr(progress, name) != value for name, value in batch.marks.items())


# ---------------------------------------------------------------- what changes


def _evaluated(brand: BrandRow, known: Definitions, batch: Batch) -> Found:
    concerned = {pk: one for pk, one in known.live.items() if _concerned(one, batch.kinds)}
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    whom = batch.whom
    partly = ask(brand, concerned, whom.touched - whom.whole, moment) if concerned else Asked()
    return Found(partly, ask(brand, known.live, whom.whole, moment))


def _concerned(definition: Definition, kinds: set[str]) -> bool:
    """Whether facts of these kinds may change who is in the segment. Any fact may carry something new about
    the person, so what asks about the customer is asked again; the room's own facts say nothing new."""
    if any(topic.removeprefix(KIND) in kinds for topic in definition.topics if topic.startswith(KIND)):
        return True
    return bool(kinds - OWN_KINDS) and any(not topic.startswith(KIND) for topic in definition.topics)


def _write(brand: BrandRow, known: Definitions, progress: Progress, batch: Batch, found: Found) -> None:
    """Runs in the brand's turn."""
    membership.take_turn(progress, **batch.marks)
    whom, at_ms = batch.whom, now_ms()
    before = membership.held(brand.pk, whom.customers)
    live, quiet = differences(known, whom, before, found, at_ms)
    everything = known.all()
    for changes, is_live in ((live, True), (quiet, False)):
        membership.write(brand, changes, everything, at_ms, live=is_live)
        tagging.follow(brand, changes, everything, live=is_live)
    membership.forget_due(whom.whole - found.wholly.answers.keys())
    membership.set_due(brand.pk, found.partly.moments(), complete=False)
    membership.set_due(brand.pk, found.wholly.moments(), complete=True)
    if batch.bulk:
        want_bulk(brand.pk, live=batch.bulk_live)
    elif batch.left_over:
        Progress.objects.filter(pk=brand.pk).update(bulk_wanted=F("bulk_wanted") + 1)
