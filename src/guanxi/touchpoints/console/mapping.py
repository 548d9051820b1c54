"""The mapping preview: how a file would be understood, and the form that changes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.customers.identifiers import scheme_label
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.text import masked_address, masked_email, masked_name
from guanxi.platform import storage
from guanxi.platform.language import speaking
from guanxi.platform.models import Brand
from guanxi.touchpoints.console import reads
from guanxi.touchpoints.console.labels import channel_name, field_name, importer_name, kind_name
from guanxi.touchpoints.console.timeline import items_text
from guanxi.touchpoints.importing import detect
from guanxi.touchpoints.importing.contracts import Options, Suggestion, Table
from guanxi.touchpoints.importing.formats import IMPORTERS
from guanxi.touchpoints.importing.formats.followers import NAME as FOLLOWERS
from guanxi.touchpoints.importing.formats.spend import NAME as SPEND
from guanxi.touchpoints.importing.mapping import FIELDS, suggest
from guanxi.touchpoints.importing.preview import Preview, preview
from guanxi.ui.figures import exact, money

PREVIEW_CHUNKS: Final = 2
GUESSED_FROM: Final = 0.7
LONGEST_EXAMPLE: Final = 40
_DIGITS: Final = re.compile(r"(?<!\d)(\+?\d{0,4}1[3-9]\d)\d{4}(\d{4})(?!\d)")
_EMAIL: Final = re.compile(r"[\w.+\-]+@[\w\-]+\.[\w.\-]+")
_MASKED_FIELDS: Final = {"name": masked_name, "address": masked_address}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of the mapping: the columns to choose from and an example from the file."""

    name: str
    label: str
    columns: Sequence[Choice]
    example: str
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact of the preview, ready to print."""

    what: str
    when: str
    who: Sequence[str]
    items: str
    amount: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says; empty words mean "as suggested"."""

    importer: str = ""
    shop: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    saved: str = ""
    channel: str = ""

    @classmethod
    def from_form(cls, form: QueryDict) -> Asked:
        importer = form.get("importer", "")
        mapping = {
            name.removeprefix("map-"): column
            for name, column in form.items()
            if name.startswith("map-") and isinstance(column, str) and column
        }
        importer = importer if importer in IMPORTERS else ""
        shop, channel = (form.get(name, "").strip()[:40] for name in ("shop", "channel"))
        return cls(importer, shop, mapping, form.get("saved", "")[:80], channel)

    @property
    def options(self) -> Options:
        chosen = self.mapping if self.importer in FIELDS else {}
        return Options(mapping=chosen, shop=self.shop or "shop", channel=self.channel)


@dataclass(frozen=True, slots=True)
class Understanding:
    """The page's content. `problem` says why the file cannot be imported as it stands; of a file `is_mixed`
    whose tables are of several kinds, each is read as what it is unless the form says otherwise."""

    brand: Brand
    filename: str
    size_bytes: int
    importers: Sequence[Choice]
    importer: str
    importer_label: str
    is_mixed: bool
    fields: Sequence[FieldRow]
    saved: Sequence[Choice]
    shop: str
    needs_shop: bool
    channel: str
    needs_platform: bool
    preview: Preview | None
    problem: GuanxiError | None
    columns: Sequence[str]

    @property
    def first(self) -> list[ShownFact]:
        """The first facts as they would be recorded."""
        return [_shown(fact, self.brand) for fact in self.preview.first] if self.preview else []

    @property
    def tables(self) -> list[str]:
        """Each table that would be read: its name, what it is read as, its format and encoding."""
        shown = self.preview.tables if self.preview else []
        parts = ([t["name"], importer_name(t["importer"]), t["format"], t["encoding"]] for t in shown)
        return [" · ".join(filter(None, words)) for words in parts]

    @property
    def mapped(self) -> list[FieldRow]:
        return [row for row in self.fields if row.is_mapped]

    @property
    def others(self) -> list[FieldRow]:
        return [row for row in self.fields if not row.is_mapped]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(kind_name(k), n) for k, n in self.preview.kinds.items()] if self.preview else []


def understand(brand: Brand, file_id: int, asked: Asked) -> Understanding:
    """Read the beginning of an upload as the form says. Raises NotFound for another brand's file."""
    stored = storage.find(file_id, brand.pk)
    mappings = reads.saved_mappings(brand.pk)
    asked = _with_saved(asked, mappings)
    tables, problem = _tables(file_id, brand.pk, stored.name)
    table = max(tables, key=lambda table: len(detect.detect(table)), default=None)
    is_mixed = len({_detected(one) for one in tables} - {""}) > 1
    importer = asked.importer or (_detected(table) if table and not is_mixed else "")
    if importer in FIELDS and not asked.mapping and table:
        asked = replace(asked, importer=importer, mapping=_guessed(table, importer))
    elif importer:
        asked = replace(asked, importer=importer)
    shown: Preview | None = None
    if importer or is_mixed:
        try:
            shown = preview(
                brand.pk,
                storage.opener(file_id, brand.pk),
                stored.name,
                importer=importer,
                options=asked.options,
                most_chunks=PREVIEW_CHUNKS,
            )
        except GuanxiError as error:
            problem = speaking(error)
    return Understanding(
        brand,
        stored.name,
        stored.size_bytes,
        [Choice(one.name, importer_name(one.name), one.name == importer) for one in IMPORTERS],
        importer,
        importer_name(importer),
        is_mixed,
        _field_rows(table, importer, asked.mapping) if table else [],
        [Choice(name, name, name == asked.saved) for name in mappings],
        asked.shop,
        importer in FIELDS and importer != SPEND,
        asked.channel,
        importer in {SPEND, FOLLOWERS},
        shown,
        problem,
        table.names if table else [],
    )


def _with_saved(asked: Asked, mappings: Mapping[str, reads.Saved]) -> Asked:
    """A saved mapping that was just chosen fills the form."""
    if not asked.saved or asked.saved not in mappings:
        return asked
    target, columns = mappings[asked.saved]
    return replace(asked, importer=target, mapping=columns)


def _tables(file_id: int, brand_id: int, name: str) -> tuple[Sequence[Table], GuanxiError | None]:
    try:
        return detect.open_tables(storage.opener(file_id, brand_id), name), None
    except GuanxiError as error:
        return [], speaking(error)


def _detected(table: Table) -> str:
    found = detect.detect(table)
    return found[0].importer.name if found else ""


def _guessed(table: Table, importer: str) -> dict[str, str]:
    return {s.field: s.column for s in _suggestions(table, importer) if s.confidence >= GUESSED_FROM}


def _suggestions(table: Table, importer: str) -> list[Suggestion]:
    return suggest(table.names, FIELDS[importer])


def _field_rows(table: Table, importer: str, mapping: Mapping[str, str]) -> list[FieldRow]:
    if importer not in FIELDS:
        return []
    return [_field_row(table, importer, name, mapping.get(name, "")) for name in FIELDS[importer].names]


def _field_row(table: Table, importer: str, name: str, column: str) -> FieldRow:
    headerless = table.header_line is None
    labels = [(_("Column %(n)s") % {"n": c}) if headerless else c for c in table.names]
    choices = [Choice(c, label, c == column) for c, label in zip(table.names, labels, strict=True)]
    return FieldRow(name, field_name(name, importer), choices, _example(table, name, column), bool(column))


def _example(table: Table, name: str, column: str) -> str:
    """The first value of the column, masked: whoever maps needs its form, not the person."""
    if column not in table.names:
        return ""
    index = table.names.index(column)
    values = (row.cells[index].strip() for row in table.sample if index < len(row.cells))
    value = next((v for v in values if v), "")[: LONGEST_EXAMPLE * 2]
    if mask := _MASKED_FIELDS.get(name):
        value = mask(value)
    value = _EMAIL.sub(lambda found: masked_email(found[0]), _DIGITS.sub(r"\1****\2", value))
    return value[:LONGEST_EXAMPLE]


def _shown(fact: Mapping[str, Any], brand: Brand) -> ShownFact:
    """A masked fact of the preview (importing.preview.shown_fact) in words."""
    who = [
        f"{scheme_label(scheme, get_language() or 'zh')} {value}"
        for scheme, _colon, value in (text.rpartition(":") for text in fact["identities"])
    ]
    person = fact["person"]
    named = [str(person[name]) for name in ("name", "address") if person.get(name)]
    where = channel_name(fact["channel"])
    what = kind_name(fact["kind"])
    return ShownFact(
        f"{what} · {where}" if where else what,
        fact.get("day") or exact(fact["occurred_ms"], brand.timezone),
        [*named, *who],
        items_text(fact["payload"]),
        "" if fact["amount_fen"] is None else money(fact["amount_fen"], brand.currency),
    )
