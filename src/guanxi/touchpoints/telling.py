"""What webhooks are told of the log: every new fact, without words that people wrote, and files that are
done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

import orjson
from django.utils.translation import get_language

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.platform import marks
from guanxi.platform.marks import Mark
from guanxi.platform.webhooks import writing
from guanxi.platform.webhooks.contracts import Event
from guanxi.platform.webhooks.events import KINDS as EVENT_KINDS
from guanxi.platform.webhooks.events import LOGS, EventKind, EventLog, Part, Told, Wants
from guanxi.touchpoints.following import TABLE, head
from guanxi.touchpoints.kinds import KINDS, FieldType
from guanxi.touchpoints.models import Import, Source

IMPORT_FINISHED: Final = "import.finished"
_COLUMNS: Final = (
    *("brand_id", "kind", "live", "id", "source_id", "source_ref", "channel", "subject_id", "occurred_ms"),
    *("recorded_ms", "amount_fen", "quantity", "payload"),
)
# Words may hold what nobody foresaw, and lines of orders have titles of their own: who is told asks for them.
_KEPT_HERE: Final = frozenset((FieldType.WORDS, FieldType.ITEMS))


def read(mark: Mark, limit: int, wants: Wants) -> Part:
    """The facts behind a mark that somebody wants, of all brands, told with the customer they are of
    today."""
    rows, behind = marks.rows_after(TABLE, _COLUMNS, mark, limit)
    wanted = [row for row in rows if wants(row[0], row[1], bool(row[2]))]
    owners, sources = _owners(wanted), _sources(wanted)
    told = [Told(row[0], _event(row, owners, sources), bool(row[2])) for row in wanted]
    return Part(told, behind, len(rows) == limit)


def import_finished(row: Import) -> None:
    """Told in the transaction that ends the import."""
    at_ms = now_ms()
    names = ("rows", "recorded", "duplicates", "rejected", "customers_created", "customers_merged")
    data = {"import": row.pk, "importer": row.importer, **{name: getattr(row, name) for name in names}}
    writing.tell(row.brand_id, Event(f"import:{row.pk}", IMPORT_FINISHED, at_ms, at_ms, None, data))


def register() -> None:
    LOGS.register(EventLog("touchpoints", _kinds, head, read))
    EVENT_KINDS.register(EventKind(IMPORT_FINISHED, say("A file was read to its end.")))


def _kinds() -> Mapping[str, str]:
    chinese = (get_language() or "").startswith("zh")
    return {kind.name: kind.label_zh if chinese else kind.label_en for kind in KINDS}


def _event(row: tuple[Any, ...], owners: Mapping[int, int], sources: Mapping[int, str]) -> Event:
    _brand, kind, _live, number, source, reference, channel, subject, occurred_ms, recorded_ms = row[:10]
    amount_fen, quantity, payload = row[10:]
    data = {
        "touchpoint": number,
        "source": sources.get(source, ""),
        "source_ref": reference,
        "channel": channel,
        "amount_fen": amount_fen,
        "quantity": quantity,
        "payload": _told_of(kind, payload),
    }
    return Event(f"touchpoint:{number}", kind, occurred_ms, recorded_ms, owners.get(subject), data)


def _told_of(kind: str, payload: str) -> dict[str, Any]:
    """The fields of a payload that are codes, numbers and times."""
    known = KINDS.get(kind)
    if not payload or known is None:
        return {}
    fields = known.by_name
    return {
        name: value
        for name, value in orjson.loads(payload).items()
        if (field := fields.get(name)) is not None and field.type not in _KEPT_HERE and not field.personal
    }


def _owners(rows: list[tuple[Any, ...]]) -> dict[int, int]:
    subjects: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row[7] is not None:
            subjects[row[0]].add(row[7])
    found: dict[int, int] = {}
    for brand_id, ids in subjects.items():
        found |= customer_ids_of(brand_id, ids)
    return found


def _sources(rows: list[tuple[Any, ...]]) -> dict[int, str]:
    numbers = {row[4] for row in rows}
    return dict(Source.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}
