"""What time does to the ledger: what is ripe is posted, what was announced for too long lapses, and what is
left of lots whose time is up is lost. In batches, each of them a transaction; a run that was killed is gone
on with by the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from django.db import connection

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.contracts import Expire, Kind, Posting, Resolve, Ripen, State, Step
from guanxi.loyalty.ledger.posting import post

AT_ONCE: Final = 300  # of a transaction: under 200 ms on SQLite


class Due(NamedTuple):
    """A move (or lot) that something is due of, since when."""

    id: int
    at_ms: int


class What(NamedTuple):
    """Something that becomes due: the tables, columns and condition that find it, and what is done then."""

    name: str
    tables: str
    id: str
    date: str
    holds: str
    step: Callable[[int], Step]

    def posting(self, one: Due) -> Posting:
        """Dated by the day that it was due, however late the job comes by."""
        return Posting(f"{self.name}:{one.id}:{one.at_ms}", self.name, [self.step(one.id)], one.at_ms)


_WAITING: Final = "loyalty_waiting w JOIN loyalty_move m ON m.id = w.move_id"
_LOTS: Final = "loyalty_lot l JOIN loyalty_account a ON a.id = l.account_id"
RIPEN: Final = What("ripen", _WAITING, "w.move_id", "w.ripe_ms", "w.brand_id = %s", Ripen)
LAPSE: Final = What(
    "lapse",
    _WAITING,
    "w.move_id",
    "w.until_ms",
    "w.brand_id = %s AND (w.ripe_ms IS NULL OR w.ripe_ms > w.until_ms)",
    lambda number: Resolve(number, Kind.LAPSE),
)
EXPIRE: Final = What("expire", _LOTS, "l.id", "l.expires_ms", "a.brand_id = %s AND l.remaining > 0", Expire)
# What ripens may pay a debt and what lapses lets lots free, so lots come last.
ALL: Final = (RIPEN, LAPSE, EXPIRE)


class Counts(NamedTuple):
    """How many pending moves were posted, how many lapsed, of how many lots something was lost; `refused` had
    changed meanwhile. `finished`: nothing that was due at the beginning is left."""

    ripened: int = 0
    lapsed: int = 0
    expired: int = 0
    refused: int = 0
    finished: bool = True

    def more(self, what: What, posted: int, refused: int) -> Counts:
        name = self._fields[ALL.index(what)]
        return self._replace(**{name: getattr(self, name) + posted}, refused=self.refused + refused)


class Forecast(NamedTuple):
    """What a run would do now with so many moves or lots of an asset, of so many `units` together."""

    what: str
    asset: str
    rows: int
    units: int


def run(
    brand_id: int, told: Callable[[int], object] = lambda done: None, *, seconds: float | None = None
) -> Counts:
    """Do what is due now, beginning no batch but the first after `seconds`. `told` hears after each batch how
    many so far, and may raise to stop: what is done stays done."""
    until = None if seconds is None else time.monotonic() + seconds
    at_ms, counts = now_ms(), Counts()
    for what in ALL:
        for batch in _batches(brand_id, what, at_ms):
            if until is not None and time.monotonic() >= until and counts != Counts():
                return counts._replace(finished=False)
            posted = _post(brand_id, [what.posting(one) for one in batch])
            counts = counts.more(what, posted, len(batch) - posted)
            told(sum(counts[: len(ALL)]))
    return counts


def is_anything(brand_id: int) -> bool:
    """Whether a run would have something to do now."""
    at_ms = now_ms()
    return any(_next(brand_id, what, at_ms, Due(0, -1), 1) for what in ALL)


def dry_run(brand_id: int) -> list[Forecast]:
    """What a run would do now, by what and asset. What it would first let free or post is not counted as
    lost."""
    found = []
    for what in ALL:
        units = "l.remaining" if what is EXPIRE else "m.units"
        asset = "a.asset_id" if what is EXPIRE else "m.asset_id"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT x.code, count(*), sum({units}) FROM {what.tables}"
                f" JOIN loyalty_asset x ON x.id = {asset} WHERE {what.holds} AND {what.date} <= %s"
                " GROUP BY x.code ORDER BY x.code",
                [brand_id, now_ms()],
            )
            rows = cursor.fetchall()
        found += [Forecast(what.name, code, int(count), int(total)) for code, count, total in rows]
    return found


def _batches(brand_id: int, what: What, at_ms: int) -> Iterator[Sequence[Due]]:
    last = Due(0, -1)
    while batch := _next(brand_id, what, at_ms, last, AT_ONCE):
        yield batch
        last = batch[-1]


def _next(brand_id: int, what: What, at_ms: int, after: Due, limit: int) -> list[Due]:
    """Those due by `at_ms`, in the order of their dates, behind `after`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {what.id}, {what.date} FROM {what.tables} WHERE {what.holds} AND {what.date} <= %s"
            f" AND ({what.date}, {what.id}) > (%s, %s) ORDER BY {what.date}, {what.id} LIMIT {limit}",
            [brand_id, at_ms, after.at_ms, after.id],
        )
        return [Due(*row) for row in cursor.fetchall()]


def _post(brand_id: int, postings: Sequence[Posting]) -> int:
    """How many were posted. Something was lost of this lot before, and a void has let more of it free since:
    that is another loss, under a key that names the one before."""
    done, keys = 0, {one.steps[0]: one.key for one in postings}
    while postings:
        outcomes = post(brand_id, postings, actor="system")
        done += sum(one.state is State.POSTED for one in outcomes)
        postings = [
            posting._replace(key=f"{keys[posting.steps[0]]}:{outcome.posting_id}")
            for posting, outcome in zip(postings, outcomes, strict=True)
            if outcome.state is State.EXISTS
        ]
    return done
