"""The log's SQL: which facts are there already, and new rows in bulk. Past the ORM, since millions pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection

from guanxi.platform.bulk import numbers

Row = tuple[Any, ...]  # id, brand_id, source_id, source_ref … in the order of the statements below
_INSERT = """
INSERT INTO touchpoints_touchpoint (id, brand_id, source_id, source_ref, kind, channel, subject_id,
  occurred_ms, recorded_ms, amount_fen, quantity, payload, import_id, live)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_COPY = """
COPY touchpoints_touchpoint (id, brand_id, source_id, source_ref, kind, channel, subject_id,
  occurred_ms, recorded_ms, amount_fen, quantity, payload, import_id, live) FROM STDIN
"""
_REFUNDED = """
SELECT s.stem, CAST(sum(t.amount_fen) AS bigint)
FROM {stems} CROSS JOIN touchpoints_touchpoint t
WHERE t.source_id = %s AND t.source_ref >= s.stem || '0' AND t.source_ref < s.stem || ':'
  AND t.kind = 'order.refunded'
GROUP BY s.stem
"""

_BASIS = """
SELECT b.currency, b.timezone,
  EXISTS (SELECT 1 FROM touchpoints_exchangerate r WHERE r.brand_id = b.id),
  coalesce((SELECT recorded_ms FROM touchpoints_touchpoint ORDER BY id DESC LIMIT 1), 0)
FROM platform_brand b WHERE b.id = %s
"""


def known_references(source_id: int, references: Sequence[str]) -> set[str]:
    """Those of `references` that the source has recorded."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT source_ref FROM touchpoints_touchpoint WHERE source_id = %s AND source_ref = ANY(%s)",
                [source_id, list(references)],
            )
        else:
            cursor.execute(
                "SELECT j.value FROM json_each(%s) j CROSS JOIN touchpoints_touchpoint t"
                " WHERE t.source_id = %s AND t.source_ref = j.value",
                [orjson.dumps(list(references)).decode(), source_id],
            )
        return {reference for (reference,) in cursor.fetchall()}


def refunded_so_far(source_id: int, stems: Sequence[str]) -> dict[str, int]:
    """Σ amount_fen of the refunds whose reference is a stem and digits, for each stem that has any."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUNDED.format(stems="unnest(%s::text[]) s(stem)"), [list(stems), source_id])
        else:
            statement = _REFUNDED.format(stems="(SELECT value AS stem FROM json_each(%s)) s")
            cursor.execute(statement, [orjson.dumps(list(stems)).decode(), source_id])
        return dict(cursor.fetchall())


def next_ids(count: int) -> Sequence[int]:
    """`count` ids that nobody else gets."""
    return numbers("touchpoints_touchpoint", count)


def insert(rows: Sequence[Row]) -> None:
    """Write new rows. The caller holds the brand's turn and has left out what is there already, so a row
    that exists is a defect and fails the transaction."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(_COPY) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(_INSERT, rows)


class Basis(NamedTuple):
    """What a batch of a brand is checked against. `latest_recorded_ms` is when the newest fact was recorded,
    by the clock of that time; 0 in an empty log."""

    currency: str
    timezone: str
    has_rates: bool
    latest_recorded_ms: int


def basis_of(brand_id: int) -> Basis | None:
    """One question instead of three, since every single event of the API asks it; None: no such brand."""
    with connection.cursor() as cursor:
        cursor.execute(_BASIS, [brand_id])
        found = cursor.fetchone()
        return Basis(found[0], found[1], bool(found[2]), found[3]) if found else None


def source_id(brand_id: int, name: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM touchpoints_source WHERE brand_id = %s AND name = %s", [brand_id, name]
        )
        found = cursor.fetchone()
        return found[0] if found else None
