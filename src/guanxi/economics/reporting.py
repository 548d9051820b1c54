"""What every report of this chapter is: rows, what each column means, and the SQL behind them.

A report is declared once as a `ReportKind` (its name, its question, its parameters, who computes it), in
`catalogue` or by an upper room through `catalogue.declare`. By that it has all its doors: `guanxi report
NAME`, `GET /api/v1/reports/NAME`, and a page of the console with its answers, key figures, graphs, rows,
definitions and SQL. This module knows no Django, so that commands can be told what there is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from guanxi.kernel.wording import Wording


class Unit(StrEnum):
    """How a column's numbers are written: money is integer minor units, shares are 0..1, days are whole."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    FEN = "fen"
    SHARE = "share"
    RATIO = "ratio"
    DAYS = "days"
    DATE = "date"  # "2026-11-21"
    MONTH = "month"  # "2026-11"


@dataclass(frozen=True, slots=True)
class Column:
    """`detail`: a narrow terminal leaves it out. `words`: what people call the values of a text column; JSON
    has the values themselves. `units`: where rows differ
    in unit, what it is by the row's column `unit`."""

    name: str
    label: Wording
    definition: Wording
    unit: Unit = Unit.COUNT
    detail: bool = False
    words: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)

    def unit_in(self, row: Mapping[str, Any]) -> Unit:
        return Unit(self.units.get(row["unit"], self.unit)) if self.units else self.unit


class Kind(StrEnum):
    """Of what kind a parameter's value is."""

    CHOICE = "choice"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a report. `choices` are the words it takes, `choice_labels` what pages call each of
    them; numbers lie within `least` and `most`."""

    name: str
    kind: Kind
    label: Wording
    help: Wording
    default: Any = None
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    choice_labels: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that stands above the rest, with its 90% interval where there is one."""

    label: Wording
    value: float | str | None
    definition: Wording
    unit: Unit = Unit.COUNT
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A series of a graph: a value for each label, with its 90% interval where `low` and `high` are given."""

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A ribbon of a Sankey diagram, from one node to another."""

    source: str
    target: str
    value: float


class Drawn(StrEnum):
    """How a graph is drawn. In a heatmap each line is a row; a sankey has flows and no lines, and whoever
    flows back to where it came from arrives at a node of another name."""

    LINES = "lines"
    BANDS = "bands"
    STACKED = "stacked"
    RANKED = "ranked"
    HEATMAP = "heatmap"
    SANKEY = "sankey"


@dataclass(frozen=True, slots=True)
class Graph:
    """`name` is unique in the report; `labels` are the places on the axis; values are in `unit`."""

    name: str
    title: Wording
    kind: Drawn
    labels: Sequence[str] = ()
    lines: Sequence[Line] = ()
    flows: Sequence[Flow] = ()
    unit: Unit = Unit.COUNT
    definition: Wording | None = None


@dataclass(frozen=True)
class Report:
    """The answer. `head` is what holds of the whole (JSON: it stands beside the rows); `answers` say in whole
    sentences what was asked, `notes` what is missing or must not be believed."""

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    head: Mapping[str, Any] = field(default_factory=dict)
    notes: Sequence[Wording] = ()
    answers: Sequence[Wording] = ()
    figures: Sequence[KeyFigure] = ()
    graphs: Sequence[Graph] = ()
    sql: Sequence[str] = ()


class Area(StrEnum):
    """The part of the chapter that a report belongs to, in the menu's order."""

    COST = "cost"
    WORTH = "worth"
    RETENTION = "retention"
    CLAIMS = "claims"
    BUDGET = "budget"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class ReportKind:
    """`compute` names the function "package.module:function" that takes a brand and the parameters' values
    and answers a Report; it is imported when first asked."""

    name: str
    title: Wording
    question: Wording
    compute: str
    params: tuple[Param, ...] = ()
    area: Area = Area.WORTH
    needs: Wording | None = None  # what to bring in where there is nothing to compute it from
    guide: str = ""  # the part of the guide on it, "chapter#section"
    kept: bool = True  # computed after each sync with its defaults, so that the page opens at once


def as_json(name: str, report: Report, spoken: Callable[[str], str]) -> dict[str, Any]:
    """One object: what holds of the whole, `columns` (name to definition), `rows`, `notes`."""
    return {
        "report": name,
        **report.head,
        "columns": {column.name: spoken(column.definition) for column in report.columns},
        "rows": list(report.rows),
        "notes": [spoken(note) for note in report.notes],
    }
