"""The log read again from some day on, a batch at a time, in the order in which it was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from guanxi.platform.bulk import among

_WHERE = "brand_id = %s AND kind IN ({kinds}) AND occurred_ms > %s AND occurred_ms <= %s AND id > %s"
_COLUMNS = "id, source_id, kind, channel, subject_id, occurred_ms, amount_fen, quantity, payload"


class PastFact(NamedTuple):
    """A row of the log. `payload` is JSON text or ""."""

    id: int
    source_id: int
    kind: str
    channel: str
    subject_id: int | None
    occurred_ms: int
    amount_fen: int | None
    quantity: int | None
    payload: str


@dataclass(frozen=True, slots=True)
class History:
    """Facts of some kinds that occurred in (`from_ms`, `until_ms`]; where it is not `complete`, the `total`
    newest of them."""

    brand_id: int
    kinds: tuple[str, ...]
    from_ms: int
    until_ms: int
    above_id: int
    total: int
    complete: bool
    size: int

    def batches(self) -> Iterator[list[PastFact]]:
        last = self.above_id
        while rows := self._rows(last):
            last = rows[-1].id
            yield rows

    def _rows(self, above_id: int) -> list[PastFact]:
        where, parameters = _where(self.brand_id, self.kinds, self.from_ms, self.until_ms, above_id)
        rows = _ask(
            f"SELECT {_COLUMNS} FROM touchpoints_touchpoint WHERE {where} ORDER BY id LIMIT %s",
            [*parameters, self.size],
        )
        return list(map(PastFact._make, rows))


def one_of(brand_id: int, fact_id: int) -> PastFact | None:
    """The brand's fact of that id."""
    found = some_of(brand_id, [fact_id])
    return found[0] if found else None


def some_of(brand_id: int, fact_ids: Collection[int]) -> list[PastFact]:
    """The brand's facts of these ids, by id."""
    where, these = among("id", sorted(fact_ids))
    rows = _ask(
        f"SELECT {_COLUMNS} FROM touchpoints_touchpoint WHERE {where} AND brand_id = %s ORDER BY id",
        [these, brand_id],
    )
    return list(map(PastFact._make, rows))


def facts_between(
    brand_id: int,
    kinds: Collection[str],
    from_ms: int,
    until_ms: int,
    *,
    newest: int | None = None,
    batch: int = 2_000,
) -> History:
    """Facts of these kinds that occurred after `from_ms` and up to `until_ms`; with `newest`, no more than so
    many of those recorded last."""
    wanted = tuple(sorted(set(kinds)))
    where, parameters = _where(brand_id, wanted, from_ms, until_ms, 0)
    above_id = 0
    if newest is not None:
        found = _ask(
            f"SELECT id FROM touchpoints_touchpoint WHERE {where} ORDER BY id DESC LIMIT 1 OFFSET %s",
            [*parameters, newest],
        )
        above_id = found[0][0] if found else 0
    where, parameters = _where(brand_id, wanted, from_ms, until_ms, above_id)
    ((total, first_ms),) = _ask(
        f"SELECT count(*), min(occurred_ms) FROM touchpoints_touchpoint WHERE {where}", parameters
    )
    complete = not above_id
    begins_ms = from_ms if complete else int(first_ms or from_ms) - 1
    return History(brand_id, wanted, begins_ms, until_ms, above_id, total, complete, batch)


def _where(
    brand_id: int, kinds: tuple[str, ...], from_ms: int, until_ms: int, above_id: int
) -> tuple[str, list[Any]]:
    where = _WHERE.format(kinds=", ".join(["%s"] * len(kinds)) or "NULL")
    return where, [brand_id, *kinds, from_ms, until_ms, above_id]


def _ask(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
