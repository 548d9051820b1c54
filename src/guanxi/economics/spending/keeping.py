"""Spend as it is kept: each line as the newest file has it, older statements beside it, and its way into the
lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from guanxi.economics.models import Spend
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.touchpoints.importing.formats.spend import NAME, SpendLine
from guanxi.touchpoints.importing.sinks import OwnRow, Sink, Taken, sinks
from guanxi.warehouse import registry
from guanxi.warehouse.contracts import SnapshotSource

KEY: Final = ("day", "platform", "channel", "campaign", "kol", "type")
FIGURES: Final = ("amount_fen", "impressions", "clicks", "orders")
BATCH: Final = 500  # rows of one statement: SQLite takes no more than some thousand parameters

_FROM: Final = "FROM economics_spend WHERE brand_id = {brand} AND holds"
_MARKER: Final = f"SELECT count(*) AS n, max(id) AS top, sum(id % 1000003) AS ids {_FROM}"
_MONTH: Final = {
    "sqlite": "CAST(strftime('%Y', day * 86400, 'unixepoch') AS INTEGER) * 12"
    " + CAST(strftime('%m', day * 86400, 'unixepoch') AS INTEGER) - 1",
    "postgresql": "(extract(year FROM date '1970-01-01' + day) * 12"
    " + extract(month FROM date '1970-01-01' + day) - 1)::bigint",
}


def take(brand_id: int, rows: Sequence[OwnRow], import_id: int) -> Taken:
    """Keep lines of an import, inside its transaction. What is said as it was counts as a duplicate; a line
    that says something else takes the place of the older statement, which stays beside it."""
    stated = {line.key: line for line in map(SpendLine._make, rows)}
    held = _held(brand_id, stated)
    changed = [line for key, line in stated.items() if key not in held or _figures(held[key]) != line[6:]]
    replaced = [held[line.key].pk for line in changed if line.key in held]
    for start in range(0, len(replaced), BATCH):
        Spend.objects.filter(pk__in=replaced[start : start + BATCH]).update(holds=False)
    at_ms = now_ms()
    Spend.objects.bulk_create(
        [
            Spend(
                brand_id=brand_id,
                **line._asdict(),
                version=held[line.key].version + 1 if line.key in held else 1,
                import_id=import_id,
                at_ms=at_ms,
            )
            for line in changed
        ],
        batch_size=BATCH,
    )
    return Taken(len(changed), len(rows) - len(changed))


def fresh(brand_id: int, rows: Sequence[OwnRow]) -> int:
    """How many of the lines would be new or say something new."""
    stated = {line.key: line for line in map(SpendLine._make, rows)}
    held = _held(brand_id, stated)
    return sum(key not in held or _figures(held[key]) != line[6:] for key, line in stated.items())


def shown(row: OwnRow) -> Mapping[str, Any]:
    """A line as previews show it."""
    line = SpendLine._make(row)
    words = " · ".join(filter(None, [line.campaign, line.kol, line.type]))
    day = datetime.fromtimestamp(line.day * 86_400, UTC).date()
    return {
        "kind": NAME,
        "source_ref": f"{day} {line.platform} · {words}",
        "occurred_ms": line.day * DAY_MS,
        "day": day.isoformat(),
        "channel": line.channel,
        "amount_fen": line.amount_fen,
        "quantity": None,
        "identities": [],
        "person": {},
        "payload": {"items": [{"title": words}]},
    }


def _held(brand_id: int, stated: Mapping[tuple[Any, ...], SpendLine]) -> dict[tuple[Any, ...], Spend]:
    """The statements that hold of these lines."""
    days = sorted({line.day for line in stated.values()})
    found: dict[tuple[Any, ...], Spend] = {}
    for start in range(0, len(days), BATCH):
        rows = Spend.objects.filter(brand_id=brand_id, holds=True, day__in=days[start : start + BATCH])
        found.update({tuple(getattr(row, name) for name in KEY): row for row in rows})
    return {key: row for key, row in found.items() if key in stated}


def _figures(row: Spend) -> tuple[int | None, ...]:
    return tuple(getattr(row, name) for name in FIGURES)


def register() -> None:
    """Called once, at start-up."""
    sinks.register(Sink(NAME, take, fresh, shown))
    rows = {
        vendor: f"SELECT day AS local_day, {month} AS local_month, platform, channel, campaign, kol, type,"
        f" amount_fen, impressions, clicks, orders {_FROM} ORDER BY day, id"
        for vendor, month in _MONTH.items()
    }
    marker = dict.fromkeys(rows, _MARKER)
    registry.snapshots.register(SnapshotSource("spend", marker=marker, rows=rows))
