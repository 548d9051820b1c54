"""Where customers stand, worked out anew and written down, with what changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import customer_ids_of, living
from guanxi.customers.rights.storing import frozen_among
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow, Moment
from guanxi.loyalty.tiers.contracts import Programme, Standing, Step, Why
from guanxi.loyalty.tiers.gains import Counted, counted
from guanxi.loyalty.tiers.memberships import grants_of, memberships
from guanxi.loyalty.tiers.models import TierStanding
from guanxi.loyalty.tiers.programmes import InForce
from guanxi.loyalty.tiers.rules import stand
from guanxi.platform.bulk import insert_rows

CHUNK: Final = 1_000
CHANGED: Final = "tier.changed"
_COLUMNS: Final = {
    "customer_id": "bigint",
    "brand_id": "bigint",
    "tier": "text",
    "place": "smallint",
    "earned": "smallint",
    "since_ms": "bigint",
    "until_ms": "bigint",
    "changes_ms": "bigint",
    "renews_ms": "bigint",
}
_REPLACE: Final = "ON CONFLICT (customer_id) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS if name != "customer_id"
)
_CHANGES: Final = {
    "brand_id": "bigint",
    "subject_id": "bigint",
    "before": "text",
    "after": "text",
    "up": "boolean",
    "why": "text",
    "version": "integer",
    "at_ms": "bigint",
    "recorded_ms": "bigint",
}


class Change(NamedTuple):
    """A customer's tier became another; `before` and `after` are codes."""

    customer_id: int
    before: str
    after: str
    up: bool
    why: Why
    at_ms: int | None  # None: when it is written down


def standings(
    brand: BrandRow, programme: Programme, customer_ids: Sequence[int], as_of_ms: int
) -> Iterator[tuple[int, Standing]]:
    """Where each of at most 1,000 customers stands at a moment, who did something that counts; the others are
    in the first tier."""
    zone = ZoneInfo(brand.timezone)
    for customer_id, mine in counted(brand, programme, customer_ids, Moment(as_of_ms, zone)).items():
        yield customer_id, of_counted(programme, mine, as_of_ms, zone)


def of_counted(programme: Programme, mine: Counted, as_of_ms: int, zone: ZoneInfo) -> Standing:
    held = memberships(programme, mine.told) if mine.told else []
    standing = stand(programme, mine.gains, grants_of(programme, held), as_of_ms, zone)
    renewing = [one.until_ms for one in held if one.renews and one.from_ms <= as_of_ms < one.until_ms]
    return replace(standing, renews_ms=min(renewing)) if renewing else standing


def restand(
    brand: BrandRow,
    force: InForce,
    customer_ids: Collection[int],
    *,
    live: bool,
    cause: Why | None = None,
    refunded: Collection[int] = (),
) -> int:
    """Work out anew where these customers stand and write it down; how many changed tier. Each change is a
    row of history and a fact `tier.changed`, `live` or history. `refunded` are those of whom a refund was
    recorded. Runs in the caller's transaction, which holds the brand's turn."""
    changes = 0
    ids = iter(sorted(set(customer_ids)))
    while chunk := list(islice(ids, CHUNK)):
        changes += _restand(brand, force, chunk, live=live, cause=cause, refunded=refunded)
    return changes


def _restand(
    brand: BrandRow,
    force: InForce,
    chunk: Sequence[int],
    *,
    live: bool,
    cause: Why | None,
    refunded: Collection[int],
) -> int:
    known = living(brand.pk, chunk)
    rows = {row.customer_id: row for row in TierStanding.objects.filter(customer_id__in=chunk)}
    before = _before(brand.pk, force.programme, known, chunk, rows)
    at_ms = now_ms()
    found = dict(standings(brand, force.programme, known, at_ms))
    keep, drop, changes = [], set(rows) - set(known), []
    drop -= frozen_among(drop)
    for customer_id in known:
        now, row = found.get(customer_id), rows.get(customer_id)
        why = cause or (Why.REFUNDED if customer_id in refunded else None)
        if change := _change(force.programme, customer_id, before.get(customer_id), now, why):
            changes.append(change)
        wanted = _row(brand.pk, force.programme, customer_id, now)
        if wanted is None:
            drop |= {customer_id} & rows.keys()
        elif row is None or wanted != _told(row):
            keep.append(wanted)
    if drop:
        TierStanding.objects.filter(customer_id__in=drop).delete()
    insert_rows("loyalty_tierstanding", _COLUMNS, keep, on_conflict=_REPLACE)
    _tell(brand.pk, force, changes, at_ms, live=live)
    return len(changes)


def _before(
    brand_id: int,
    programme: Programme,
    known: Collection[int],
    chunk: Sequence[int],
    rows: Mapping[int, TierStanding],
) -> dict[int, TierStanding]:
    """The standing that each customer had: of those that became one, the highest."""
    gone = [number for number in rows if number not in known]
    roots = customer_ids_of(brand_id, gone)
    found: dict[int, TierStanding] = {}
    for number, row in rows.items():
        root = roots.get(number, number)
        other = found.get(root)
        if other is None or programme.place_of(row.tier) > programme.place_of(other.tier):
            found[root] = row
    return found


def _change(
    programme: Programme, customer_id: int, row: TierStanding | None, now: Standing | None, cause: Why | None
) -> Change | None:
    before = row.tier if row else programme.tiers[0].code
    place = now.place if now else 0
    after = programme.tiers[place].code
    if before == after:
        return None
    up = place > programme.place_of(before)
    step = now.steps[-1] if now and now.steps else None
    why, at = _why(step, row, cause, up=up)
    return Change(customer_id, before, after, up, why, at)


def _why(
    step: Step | None, row: TierStanding | None, cause: Why | None, *, up: bool
) -> tuple[Why, int | None]:
    """Why the tier changed and when (None: now): by the last step that was taken, if that is what is new."""
    if cause in (Why.PROGRAMME, Why.MERGED):
        return cause, None
    is_new = step is not None and (row is None or step.at_ms > row.since_ms)
    if step and is_new and up == (step.why is not Why.ENDED):
        return step.why, step.at_ms
    return cause if cause and not up else Why.FACTS, None


def _row(
    brand_id: int, programme: Programme, customer_id: int, now: Standing | None
) -> tuple[object, ...] | None:
    """The row to keep; None of whom there is nothing to say."""
    if now is None or (not now.place and now.changes_ms is None):
        return None
    code, since_ms = programme.tiers[now.place].code, now.since_ms or 0
    place = (now.place, now.earned)
    return customer_id, brand_id, code, *place, since_ms, now.until_ms, now.changes_ms, now.renews_ms


def _told(row: TierStanding) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _tell(brand_id: int, force: InForce, changes: Sequence[Change], at_ms: int, *, live: bool) -> None:
    if not changes:
        return
    rows = [
        (
            brand_id,
            one.customer_id,
            one.before,
            one.after,
            one.up,
            one.why.value,
            force.version,
            at_ms if one.at_ms is None else one.at_ms,
            at_ms,
        )
        for one in changes
    ]
    insert_rows("loyalty_tierchange", _CHANGES, rows)
    happenings = [
        Happening(
            CHANGED,
            one.customer_id,
            at_ms if one.at_ms is None else one.at_ms,
            {
                "from": one.before,
                "to": one.after,
                "up": one.up,
                "why": one.why.value,
                "version": force.version,
            },
        )
        for one in changes
    ]
    tell(brand_id, happenings, live=live)
