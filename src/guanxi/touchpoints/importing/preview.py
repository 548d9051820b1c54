"""A file as it would be understood. Nothing is written, and what is shown is masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from guanxi.customers.contracts import Identity, Person
from guanxi.kernel import clock
from guanxi.kernel.text import masked_address, masked_email, masked_name, masked_phone
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.platform.vault.blind import blind_index
from guanxi.touchpoints import log, services
from guanxi.touchpoints.importing import pipeline
from guanxi.touchpoints.importing.contracts import Options, RowReject
from guanxi.touchpoints.importing.sinks import sinks
from guanxi.touchpoints.models import Source
from guanxi.touchpoints.rules import Entry

SHOWN = 10
CHUNK_ROWS = 4_000  # about 100 ms of writing: others get their turn in between


class Preview(NamedTuple):
    """`recorded` facts would be new and `duplicates` would not. `first` facts and `rejects` are masked."""

    rows: int
    recorded: int
    duplicates: int
    rejected: int
    kinds: dict[str, int]
    amounts_fen: dict[str, int]
    reasons: dict[str, int]
    tables: list[dict[str, Any]]
    skipped: list[tuple[str, str]]
    first: list[dict[str, Any]]
    rejects: list[dict[str, Any]]
    complete: bool


def preview(
    brand_id: int,
    source: Path | pipeline.Opener,
    filename: str,
    *,
    importer: str = "",
    options: Options | None = None,
    most_chunks: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Preview:
    """Read the file (its first chunks, where `most_chunks` is given) and count. Raises Invalid."""
    brand = Brand.objects.get(pk=brand_id)
    order = pipeline.ReadingOrder(
        source, filename, services.terms_of(brand_id), importer, options_of(brand, options or Options())
    )
    found = _Found(brand_id)
    with pipeline.reading(order) as messages:
        for message in messages:
            found.take(message)
            if progress and isinstance(message, pipeline.ChunkRead):
                progress(message.position)
            if most_chunks is not None and found.chunks >= most_chunks:
                break
    return found.preview()


def options_of(brand: Brand, options: Options, now_ms: int | None = None) -> Options:
    """The options completed by what the brand decides."""
    return replace(
        options,
        zone=brand.timezone,
        currency=brand.currency,
        now_ms=clock.now_ms() if now_ms is None else now_ms,
        chunk_rows=CHUNK_ROWS,
        ref_key=blind_index(brand.pk, "rows", "reference"),
    )


class _Found:
    def __init__(self, brand_id: int) -> None:
        self._brand_id = brand_id
        self._source_id: int | None = None
        self.rows = self.chunks = self._new = self._known = self._rejected = 0
        self._kinds: Counter[str] = Counter()
        self._amounts: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._tables: list[dict[str, Any]] = []
        self._skipped: list[tuple[str, str]] = []
        self._first: list[dict[str, Any]] = []
        self._rejects: list[dict[str, Any]] = []
        self._complete = False

    def take(self, message: pipeline.Message) -> None:
        match message:
            case pipeline.TableRead():
                self._table(message)
            case pipeline.TableSkipped():
                self._skipped.append((message.name, spoken(message.reason)))
            case pipeline.ChunkRead():
                self._chunk(message)
            case pipeline.ReadingEnded():
                self._complete = True

    def _table(self, table: pipeline.TableRead) -> None:
        shown = table._asdict()
        del shown["number"]
        self._tables.append(shown)
        found = Source.objects.filter(brand_id=self._brand_id, name=table.source)
        self._source_id = found.values_list("pk", flat=True).first()

    def _chunk(self, chunk: pipeline.ChunkRead) -> None:
        self.chunks += 1
        self.rows += chunk.rows
        if chunk.own:
            self._own(chunk)
        entries = chunk.parcel.entries()
        first_of = {entry.source_ref: entry for entry in reversed(entries)}
        known = log.known_references(self._source_id, list(first_of)) if self._source_id else set()
        fresh = [entry for reference, entry in first_of.items() if reference not in known]
        self._new += len(fresh)
        self._known += len(entries) - len(fresh)
        for entry in entries:
            self._kinds[entry.kind] += 1
            self._amounts[entry.kind] += entry.amount_fen or 0
        self._refused(chunk.rejects)
        for entry in entries[: SHOWN - len(self._first)]:
            self._first.append(shown_fact(entry))

    def _own(self, chunk: pipeline.ChunkRead) -> None:
        """Rows that are no facts, as whoever keeps them says."""
        sink = sinks[self._tables[-1]["importer"]]
        fresh = sink.fresh(self._brand_id, chunk.own)
        self._new += fresh
        self._known += len(chunk.own) - fresh
        for row in chunk.own:
            shown = dict(sink.shown(row))
            self._kinds[shown["kind"]] += 1
            self._amounts[shown["kind"]] += shown["amount_fen"] or 0
            if len(self._first) < SHOWN:
                self._first.append(shown)

    def _refused(self, rejected: list[RowReject]) -> None:
        self._rejected += len(rejected)
        self._reasons.update(reject.code for reject in rejected)
        for reject in rejected[: SHOWN - len(self._rejects)]:
            self._rejects.append(shown_reject(reject))

    def preview(self) -> Preview:
        return Preview(
            self.rows,
            self._new,
            self._known,
            self._rejected,
            dict(self._kinds),
            dict(self._amounts),
            dict(self._reasons),
            self._tables,
            self._skipped,
            self._first,
            self._rejects,
            self._complete,
        )


def shown_fact(entry: Entry) -> dict[str, Any]:
    """A fact for eyes that need not see whom it is about."""
    identities, person, occurred_ms, _use = entry.sighting
    return {
        "kind": entry.kind,
        "source_ref": entry.source_ref,
        "occurred_ms": occurred_ms,
        "channel": entry.channel,
        "amount_fen": entry.amount_fen,
        "quantity": entry.quantity,
        "identities": [f"{scheme}:{masked_value(Identity(scheme, value))}" for scheme, value in identities],
        "person": _masked_person(person),
        "payload": orjson.loads(entry.payload) if entry.payload else {},
    }


def masked_value(identity: Identity) -> str:
    if identity.scheme == "phone":
        return masked_phone(identity.value)
    return masked_email(identity.value) if identity.scheme == "email" else identity.value


def _masked_person(person: Person | None) -> dict[str, Any]:
    if person is None:
        return {}
    shown = {name: value for name, value in person._asdict().items() if value is not None}
    if person.name:
        shown["name"] = masked_name(person.name)
    if person.address:
        shown["address"] = masked_address(person.address)
    if person.birthday:
        shown["birthday"] = "****" + person.birthday[-6:]
    return shown


def shown_reject(reject: RowReject) -> dict[str, Any]:
    """Line and reason; the original text stays out, since it may hold anything."""
    return {"line": reject.line, "code": reject.code, "message": spoken(reject.message)}
