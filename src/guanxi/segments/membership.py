"""Membership's rows: read for given customers, changed in bulk with sizes and touchpoints, all or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from django.db import connection
from django.db.models import F

from guanxi.customers.hooks import Happening
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.platform.bulk import among, each, insert_rows, selectable
from guanxi.segments.definitions import Definition
from guanxi.segments.models import Progress, SegmentSize
from guanxi.touchpoints import own

Pair = tuple[int, int]  # segment, customer
_COLUMNS: Final = {"segment_id": "bigint", "customer_id": "bigint", "since_ms": "bigint"}
_HELD_BY_INDEX: Final = (
    "SELECT customer_id, segment_id, since_ms FROM segments_membership WHERE customer_id = ANY(%s)"
)
# SQLite has no index by customer, which would cost a fill twice its time: each segment is looked into.
_HELD_BY_SEGMENT: Final = """
SELECT m.customer_id, m.segment_id, m.since_ms
FROM (SELECT id FROM segments_segment WHERE brand_id = %s) s CROSS JOIN json_each(%s) AS v
CROSS JOIN segments_membership m ON m.segment_id = s.id AND m.customer_id = v.value
"""
_GROW: Final = "UPDATE segments_segment SET size = size + %s WHERE id = %s"
# Parameters: day, entered, gone, segment.
_SIZE: Final = """
INSERT INTO segments_segmentsize (segment_id, day, size, entered, gone)
SELECT id, %s, size, %s, %s FROM segments_segment WHERE id = %s
ON CONFLICT (segment_id, day) DO UPDATE SET size = excluded.size,
  entered = segments_segmentsize.entered + excluded.entered, gone = segments_segmentsize.gone + excluded.gone
"""


class Overtaken(Conflict):
    """Somebody else wrote memberships since these were read: what was computed is to be computed again."""


@dataclass(slots=True)
class Changes:
    """What is to change. Entries and exits are told as touchpoints; those that are `quiet` are not: nobody
    came or went, a merge or a new definition said so."""

    entering: list[Pair] = field(default_factory=list)
    leaving: list[Pair] = field(default_factory=list)
    quiet_entering: list[tuple[int, int, int]] = field(default_factory=list)  # with since_ms
    quiet_leaving: list[Pair] = field(default_factory=list)
    exits_only: list[Pair] = field(default_factory=list)  # told, though no row of this customer goes

    def __bool__(self) -> bool:
        return bool(
            self.entering or self.leaving or self.quiet_entering or self.quiet_leaving or self.exits_only
        )


def held(brand_id: int, customer_ids: Collection[int]) -> dict[int, dict[int, int]]:
    """customer → segment → since_ms, of customers of the brand; who is in none is left out."""
    if not customer_ids:
        return {}
    found: dict[int, dict[int, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_HELD_BY_INDEX, [list(customer_ids)])
        else:
            cursor.execute(_HELD_BY_SEGMENT, [brand_id, orjson.dumps(sorted(customer_ids)).decode()])
        for customer_id, segment_id, since_ms in cursor.fetchall():
            found[customer_id][segment_id] = since_ms
    return dict(found)


def take_turn(progress: Progress, **marks: int) -> None:
    """Raises Overtaken where memberships were written since `progress` was read; else they may be now, and it
    is moved to `marks` with them. The caller holds the brand's turn."""
    changed = Progress.objects.filter(pk=progress.pk, turn=progress.turn).update(turn=F("turn") + 1, **marks)
    if not changed:
        raise Overtaken(say("Memberships were changed meanwhile."))


def write(
    brand: BrandRow, changes: Changes, definitions: Mapping[int, Definition], at_ms: int, *, live: bool
) -> None:
    """Write changes, sizes and touchpoints. The caller holds the brand's turn and has read what is held in
    this very transaction, so that a row which exists already is a defect and fails it."""
    if not changes:
        return
    rows = [(segment, customer, at_ms) for segment, customer in changes.entering]
    _delete([*changes.leaving, *changes.quiet_leaving])
    insert_rows("segments_membership", _COLUMNS, [*rows, *changes.quiet_entering])
    entered = Counter(row[0] for row in [*changes.entering, *changes.quiet_entering])
    gone = Counter(row[0] for row in [*changes.leaving, *changes.quiet_leaving])
    _resize(brand, entered, gone)
    _tell(brand, changes, definitions, at_ms, live=live)


def put_in(brand: BrandRow, segment_id: int, ids: Any, at_ms: int) -> int:
    """Fill: customers who are in the segment from now on, without a word; how many were not yet. `ids` is an
    array, in order, of any length that one statement can write in a moment. The caller holds the turn."""
    with connection.cursor() as cursor:
        source, parameter = each(ids)
        cursor.execute(
            "INSERT INTO segments_membership (segment_id, customer_id, since_ms)"
            f" SELECT %s, v.value, %s FROM {source} WHERE true ON CONFLICT DO NOTHING",
            [segment_id, at_ms, parameter],
        )
        came = int(cursor.rowcount)
    _resize(brand, Counter({segment_id: came}), Counter())
    return came


def take_out(brand: BrandRow, segment_id: int, ids: Any) -> int:
    """The reverse of `put_in`: how many were in it."""
    with connection.cursor() as cursor:
        source, parameter = each(ids)
        cursor.execute(
            "DELETE FROM segments_membership WHERE segment_id = %s"
            f" AND customer_id IN (SELECT v.value FROM {source})",
            [segment_id, parameter],
        )
        gone = int(cursor.rowcount)
    _resize(brand, Counter(), Counter({segment_id: gone}))
    return gone


def _delete(pairs: Sequence[Pair]) -> None:
    if not pairs:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, arrays = selectable({"segment_id": "bigint", "customer_id": "bigint"}, pairs)
            cursor.execute(
                f"DELETE FROM segments_membership m USING {source}"
                " WHERE m.segment_id = v.segment_id AND m.customer_id = v.customer_id",
                arrays,
            )
        else:
            cursor.executemany(
                "DELETE FROM segments_membership WHERE segment_id = %s AND customer_id = %s", pairs
            )


def _resize(brand: BrandRow, entered: Counter[int], gone: Counter[int]) -> None:
    segments = sorted({*entered, *gone})
    day = day_of(now_ms(), brand.timezone)
    with connection.cursor() as cursor:
        cursor.executemany(_GROW, [(entered[number] - gone[number], number) for number in segments])
        cursor.executemany(_SIZE, [(day, entered[number], gone[number], number) for number in segments])


def note_size(segment_id: int, day: int, size: int) -> None:
    """The size on a local day, counted."""
    SegmentSize.objects.update_or_create(segment_id=segment_id, day=day, defaults={"size": size})


def day_of(at_ms: int, timezone: str) -> int:
    """The local day, as days since 1970-01-01."""
    return (to_datetime(at_ms, ZoneInfo(timezone)).date() - date(1970, 1, 1)).days


def _tell(
    brand: BrandRow, changes: Changes, definitions: Mapping[int, Definition], at_ms: int, *, live: bool
) -> None:
    happenings = [
        Happening(
            kind,
            customer,
            at_ms,
            {"segment": known.name, "segment_id": known.id, "version": known.condition_version},
        )
        for kind, pairs in (
            ("segment.left", [*changes.leaving, *changes.exits_only]),
            ("segment.entered", changes.entering),
        )
        for segment, customer in pairs
        if (known := definitions.get(segment)) is not None
    ]
    if happenings:
        own.write(brand.pk, happenings, live)


# ---------------------------------------------------------------- what is due


def set_due(brand_id: int, due: Mapping[int, int | None], *, complete: bool) -> None:
    """When customers are to be looked at again (None: never). `complete`: all live segments were asked, so
    this replaces what was known; else the earlier moment counts."""
    if complete:
        forget_due(due)
    rows = [(customer, brand_id, moment) for customer, moment in sorted(due.items()) if moment is not None]
    least = "LEAST" if connection.vendor == "postgresql" else "min"
    insert_rows(
        "segments_customerdue",
        {"customer_id": "bigint", "brand_id": "bigint", "due_ms": "bigint"},
        rows,
        on_conflict="ON CONFLICT (customer_id) DO UPDATE SET"
        f" due_ms = {least}(segments_customerdue.due_ms, excluded.due_ms)",
    )


def forget_due(customer_ids: Iterable[int]) -> None:
    """Of customers that are looked at anew, or were merged away."""
    condition, parameter = among("customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM segments_customerdue WHERE {condition}", [parameter])


def due_customers(brand_id: int, at_ms: int, limit: int) -> list[int]:
    """Those whose moment has come, the longest waiting first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id FROM segments_customerdue WHERE brand_id = %s AND due_ms <= %s"
            " ORDER BY due_ms LIMIT %s",
            [brand_id, at_ms, limit],
        )
        return [customer for (customer,) in cursor.fetchall()]


def next_due_ms(brand_id: int) -> int | None:
    """The first moment that comes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(due_ms) FROM segments_customerdue WHERE brand_id = %s", [brand_id])
        found = cursor.fetchone()[0]
        return None if found is None else int(found)
