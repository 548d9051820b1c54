"""One posting and what became of each of its moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import ENDINGS, Kind, Place
from guanxi.loyalty.ledger.models import Adjustment, Posting
from guanxi.loyalty.ledger.reading import Side
from guanxi.platform.bulk import among

MOST_MOVES: Final = 200
MOST_RELATED: Final = 1_000
LAST: Final = (1 << 63) - 1


class Taken(NamedTuple):
    """Units that a move took from a lot; below 0, gave back to it. `posting_id` made the lot."""

    lot_id: int
    posting_id: int
    units: int
    expires_ms: int


class Related(NamedTuple):
    """A move that goes with another: what it resolves, what resolves it, what came back of it."""

    move_id: int
    posting_id: int
    kind: Kind
    units: int
    recorded_ms: int
    reason: str


class MoveRow(NamedTuple):
    """`history` are the moves of the same units, the oldest first, itself left out: where it was announced,
    how it ended, what was taken or given back."""

    id: int
    kind: Kind
    asset: str
    source: Side
    target: Side
    units: int
    until_ms: int | None
    expires_ms: int | None
    pending_id: int | None
    origin_id: int | None
    uses: list[Taken]
    history: list[Related]

    @property
    def is_open(self) -> bool:
        """Announced, and neither posted nor let go."""
        return self.kind is Kind.PENDING and not any(one.kind in ENDINGS for one in self.history)


class PostingRow(NamedTuple):
    """`note` is what somebody wrote who posted by hand; `total` is how many moves there are, of which the
    first 200 are in `moves`."""

    id: int
    key: str
    digest: str
    reason: str
    rule: str
    fact_id: int | None
    actor: str
    occurred_ms: int
    recorded_ms: int
    note: str
    total: int
    moves: list[MoveRow]


_FIELDS: Final = (
    *("id", "key", "digest", "reason", "rule", "fact_id", "actor", "occurred_ms", "recorded_ms"),
)
_MOVE: Final = """
    SELECT m.id, m.kind, x.code, s.id, s.place, s.subject_id, s.name, t.id, t.place, t.subject_id, t.name,
    m.units, m.until_ms, m.expires_ms, m.pending_id, m.origin_id FROM loyalty_move m
    JOIN loyalty_account s ON s.id = m.source_id JOIN loyalty_account t ON t.id = m.target_id
    JOIN loyalty_asset x ON x.id = m.asset_id WHERE m.posting_id = %s ORDER BY m.id LIMIT %s
"""


def posting(brand_id: int, posting_id: int) -> PostingRow:
    """Raises NotFound. In seven queries, whatever its size."""
    row = Posting.objects.filter(brand_id=brand_id, pk=min(posting_id, LAST)).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(say("There is no posting %(id)s.", id=posting_id))
    rows = _fetched(_MOVE, [posting_id, MOST_MOVES + 1])
    total = len(rows)
    if total > MOST_MOVES:
        ((total,),) = _fetched("SELECT count(*) FROM loyalty_move WHERE posting_id = %s", [posting_id])
    note = Adjustment.objects.filter(posting_id=posting_id).values_list("note", flat=True).first()
    return PostingRow._make((*row, note or "", total, _moves(brand_id, rows[:MOST_MOVES])))


def _moves(brand_id: int, rows: Sequence[tuple[Any, ...]]) -> list[MoveRow]:
    people = customer_ids_of(brand_id, {one for row in rows for one in (row[5], row[9]) if one})
    uses = _uses([row[0] for row in rows])
    related = _related(rows)
    return [_move(row, people, uses.get(row[0], []), related[row[15] or row[0]]) for row in rows]


def _move(
    row: tuple[Any, ...], people: dict[int, int], uses: list[Taken], related: Sequence[Related]
) -> MoveRow:
    others = [one for one in related if one.move_id != row[0]]
    source, target = _side(row[3:7], people), _side(row[7:11], people)
    return MoveRow._make((row[0], Kind(row[1]), row[2], source, target, *row[11:16], uses, others))


def _side(row: Sequence[Any], people: dict[int, int]) -> Side:
    return Side(row[0], Place(row[1]), row[2], row[3], people.get(row[2]))


def _uses(move_ids: Collection[int]) -> dict[int, list[Taken]]:
    where, these = among("u.move_id", move_ids)
    sql = (
        "SELECT u.move_id, u.lot_id, m.posting_id, u.units, l.expires_ms FROM loyalty_use u"
        " JOIN loyalty_lot l ON l.id = u.lot_id JOIN loyalty_move m ON m.id = u.lot_id"
        f" WHERE {where} ORDER BY u.id LIMIT {MOST_RELATED}"
    )
    found: dict[int, list[Taken]] = defaultdict(list)
    for move, *told in _fetched(sql, [these]):
        found[move].append(Taken(*told))
    return found


def _related(rows: Sequence[tuple[Any, ...]]) -> dict[int, list[Related]]:
    """origin → all moves of its units: the first, what resolves it, what comes back of it."""
    origins = sorted({row[15] or row[0] for row in rows})
    by_id, these = among("m.id", origins)
    by_origin, _these = among("m.origin_id", origins)
    by_pending, _these = among("m.pending_id", origins)
    sql = (
        "SELECT coalesce(m.origin_id, m.pending_id, m.id), m.id, m.posting_id, m.kind, m.units,"
        " p.recorded_ms, p.reason FROM loyalty_move m JOIN loyalty_posting p ON p.id = m.posting_id"
        f" WHERE {by_id} OR {by_origin} OR {by_pending} ORDER BY m.id LIMIT {MOST_RELATED}"
    )
    found: dict[int, list[Related]] = defaultdict(list)
    for origin, number, posting_id, kind, *told in _fetched(sql, [these, these, these]):
        found[origin].append(Related(number, posting_id, Kind(kind), *told))
    return found


def _fetched(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
