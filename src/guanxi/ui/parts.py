"""The parts pages are made of, prepared by views and printed by templates/ui/parts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, NamedTuple

from django.http import HttpResponse

from guanxi.kernel.sheets import safe_cell

Tone = Literal["", "good", "warn", "bad", "info", "accent"]
ChartKind = Literal["stacked", "lines", "bands", "heatmap", "ranked", "sankey"]
ValueFormat = Literal["number", "money", "share"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: `value` as shown, `exact` on hover, what it means, and the rows behind it."""

    label: str
    value: str
    definition: str = ""
    note: str = ""
    exact: str = ""
    rows_url: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    label: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: `text` as shown, `raw` as downloaded, `heat` 0..6 for a shaded one."""

    text: str
    raw: object = None
    heat: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A small table beside a chart. The first column names the row; the others are numbers, save those whose
    places are in `words`."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    words: Sequence[int] = ()

    @property
    def is_heat(self) -> bool:
        return any(cell.heat is not None for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each label; in "bands" its interval from `low` to `high` where they are given."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


class Ribbon(NamedTuple):
    """A flow of a "sankey", from one node to another."""

    source: str
    target: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its table and its download.

    `name` is unique on the page. For "heatmap" each series is a row; a "sankey" has `ribbons`. Values are in
    `unit`; money is in minor units. Without a `csv_url` there is no download, without rows no table.
    """

    name: str
    title: str
    kind: ChartKind
    labels: Sequence[str]
    series: Sequence[Series]
    table: Table
    csv_url: str
    unit: ValueFormat = "number"
    answer: str = ""
    definition: str = ""
    height: Literal["", "tall", "short"] = ""
    currency: str = "CNY"
    ribbons: Sequence[Ribbon] = ()

    @property
    def spec(self) -> Mapping[str, object]:
        """What charts.js draws; a stable shape, so that a test can hold it."""
        return {
            "kind": self.kind,
            "title": self.title,
            "labels": list(self.labels),
            "series": [_drawn(series) for series in self.series],
            "unit": self.unit,
            "currency": self.currency,
            **({"ribbons": [list(ribbon) for ribbon in self.ribbons]} if self.ribbons else {}),
        }

    @property
    def spec_id(self) -> str:
        return f"{self.name}-spec"

    @property
    def is_empty(self) -> bool:
        return not self.ribbons and not any(value is not None for s in self.series for value in s.values)


def _drawn(series: Series) -> dict[str, object]:
    spec: dict[str, object] = {"name": series.name, "values": list(series.values)}
    if series.low and series.high:
        spec |= {"low": list(series.low), "high": list(series.high)}
    return spec


@dataclass(frozen=True, slots=True)
class Option:
    """One chip of a filter: where it leads and whether it is on."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `sort` is the word in the URL where it can be sorted by."""

    label: str
    sort: str = ""
    numeric: bool = False
    url: str = ""
    direction: Literal["", "ascending", "descending"] = ""


@dataclass(frozen=True, slots=True)
class Pager:
    """Keyset paging: no page numbers, for nobody can count a million rows fast."""

    shown: int
    total: str = ""  # as written, "100,000+" included; nothing where it is not counted
    first_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class BulkBar:
    """What can be done with the ticked rows of a list: one of `actions` (word, label) with one of `choices`
    (word, label), sent to `url`. `query` is what stands in the list's address; `total` how many it finds, as
    written: with it all of them can be chosen."""

    listing: str
    query: Mapping[str, str]
    actions: Sequence[tuple[str, str]]
    choices: Sequence[tuple[str, str]]
    url: str
    total: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMenu:
    """The columns (name, label) of a list that are `chosen`, in their order, and the `others` there are; sent
    to `url` with the list's `query`."""

    url: str
    query: Mapping[str, str]
    chosen: Sequence[tuple[str, str]]
    others: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Empty:
    """An empty page teaches: what it is for, one example, one button."""

    title: str
    text: str
    icon: str = "info-circle"
    action_label: str = ""
    action_url: str = ""
    points: Sequence[str] = field(default_factory=tuple)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterable[str]:
    """Lines of CSV, one string each, beginning with the mark by which Excel knows UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    for row in chain([header], rows):
        writer.writerow([safe_cell(value) for value in row])
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download of a small table; big ones are streamed by their view."""
    response = HttpResponse("".join(csv_text(header, rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def table_response(filename: str, table: Table) -> HttpResponse:
    """A chart's table as a download, with the raw values."""
    rows = ([cell.text if cell.raw is None else cell.raw for cell in row] for row in table.rows)
    return csv_response(filename, table.columns, rows)
