"""The page of any declared report, prepared from its answer: form, key figures, graphs, rows, SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.economics import stored
from guanxi.economics.catalogue import REPORTS
from guanxi.economics.reporting import Area, Column, Drawn, Graph, KeyFigure, Kind, Param, Report, Unit
from guanxi.economics.running import kind_of, values_of
from guanxi.kernel import channels
from guanxi.kernel.errors import Invalid
from guanxi.platform.access import BrandRequest
from guanxi.platform.language import spoken
from guanxi.ui import figures
from guanxi.ui.parts import Cell, Chart, ChartKind, Figure, Ribbon, Series, Table, ValueFormat

SHOWN_ROWS: Final = 50
DARKEST: Final = 6


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter as a control of the form. `options`: (value, label) of a choice."""

    name: str
    label: str
    help: str
    input: str
    value: str
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    title: str
    question: str
    name: str
    fields: Sequence[Field]
    refused: str = ""
    freshness: str = ""
    csv_url: str = ""
    answers: Sequence[str] = ()
    notes: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    table: Table | None = None
    more: str = ""
    needs: str = ""
    meanings: Sequence[Meaning] = ()
    facts: Sequence[tuple[str, str]] = ()
    sql: Sequence[str] = ()
    versions: Sequence[tuple[int, str, bool]] = field(default_factory=tuple)


def page(request: BrandRequest, name: str) -> ReportPage:
    """Raises NotFound for an unknown report; parameters that cannot be are said on the page."""
    kind = kind_of(name)
    given = asked(request)
    shown: dict[str, Any] = {
        "title": spoken(kind.title),
        "question": spoken(kind.question),
        "name": name,
        "needs": spoken(kind.needs) if kind.needs else "",
        "fields": [_field(param, given.get(param.name, "")) for param in kind.params],
    }
    try:
        number = request.GET.get("version", "")
        answer = stored.answer(request.brand, name, given, version=int(number) if number.isdigit() else None)
    except Invalid as refused:
        return ReportPage(
            **shown, refused=f"{spoken(refused.message)} {spoken(refused.remedy or '')}".strip()
        )
    return _answered(request, shown, given, answer)


def asked(request: BrandRequest) -> dict[str, str]:
    """The parameters in the address."""
    return {key: str(value) for key, value in request.GET.items() if key != "version"}


def _answered(
    request: BrandRequest, shown: Mapping[str, Any], given: Mapping[str, str], answer: stored.Answer
) -> ReportPage:
    brand, report, name = request.brand, answer.report, shown["name"]
    when = figures.moment(answer.computed_ms, brand.timezone)
    return ReportPage(
        **shown,
        freshness=_("Computed %(when)s.") % {"when": when} if answer.computed_ms else "",
        csv_url=f"{reverse('report-csv', args=[name])}?{urlencode(given)}" if report.rows else "",
        answers=[spoken(sentence) for sentence in report.answers],
        notes=[spoken(note) for note in report.notes],
        figures=[figure_of(one, brand.currency) for one in report.figures],
        charts=[chart_of(graph, brand.currency) for graph in report.graphs],
        table=table_of(report, brand.currency, SHOWN_ROWS) if report.rows else None,
        more=_more(len(report.rows)),
        meanings=[Meaning(spoken(one.label), spoken(one.definition)) for one in report.columns],
        facts=_facts(report.head),
        sql=report.sql,
        versions=[
            (number, figures.exact(at_ms, brand.timezone), number == answer.version)
            for number, at_ms in stored.versions(brand.pk, name, values_of(name, given))
        ],
    )


def _more(rows: int) -> str:
    if rows <= SHOWN_ROWS:
        return ""
    told = {"n": figures.number(SHOWN_ROWS), "all": figures.number(rows)}
    return _("The first %(n)s of %(all)s rows; the download has all.") % told


def listed(request: BrandRequest) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The reports by area: (area, [(title, question, address)])."""
    labels = {
        Area.COST: _("What does a customer cost?"),
        Area.WORTH: _("What is a customer worth?"),
        Area.RETENTION: _("Who comes back, and who is leaving?"),
        Area.CLAIMS: _("What do others claim, and what is so here?"),
        Area.BUDGET: _("Where should the next yuan go?"),
        Area.COMMUNITY: _("Who follows, and what are they worth?"),
    }
    found = []
    for area, label in labels.items():
        entries = [
            (spoken(kind.title), spoken(kind.question), reverse("report", args=[kind.name]))
            for kind in REPORTS.values()
            if kind.area is area
        ]
        if entries:
            found.append((label, entries))
    return found


INPUTS: Final = {Kind.DATE: "date", Kind.INTEGER: "number", Kind.NUMBER: "number", Kind.TEXT: "text"}


def _field(param: Param, given: str) -> Field:
    value = given or ("" if param.default is None else str(param.default))
    labels = dict(zip(param.choices, param.choice_labels or param.choices, strict=True))
    options = [(choice, spoken(label)) for choice, label in labels.items()]
    kind = "select" if options else INPUTS.get(param.kind, "text")
    return Field(param.name, spoken(param.label), spoken(param.help), kind, value, options)


def named(text: str) -> str:
    """A text of a report in the reader's language; a channel's code by its name."""
    return spoken(channels.named(text))


def shown(value: Any, unit: Unit, currency: str) -> str:
    """A value as it is written on a page; what is unknown is a dash."""
    if value is None:
        return figures.UNKNOWN
    if isinstance(value, bool | str):
        return named(value) if isinstance(value, str) else _("Yes") if value else _("No")
    if unit is Unit.FEN:
        return figures.money(round(value), currency)
    if unit is Unit.SHARE:
        return figures.share(value)
    if unit is Unit.NUMBER and abs(value) < 10_000:
        return f"{value:,.4g}"
    return f"{value:,.2f}" if unit is Unit.RATIO else f"{value:,.0f}"


def figure_of(one: KeyFigure, currency: str) -> Figure:
    note = ""
    if one.low is not None and one.high is not None:
        bounds = {"low": shown(one.low, one.unit, currency), "high": shown(one.high, one.unit, currency)}
        note = _("90%%: %(low)s to %(high)s") % bounds
    return Figure(spoken(one.label), shown(one.value, one.unit, currency), spoken(one.definition), note=note)


FORMATS: Final[dict[Unit, ValueFormat]] = {Unit.FEN: "money", Unit.SHARE: "share"}
KINDS: Final[dict[Drawn, ChartKind]] = {
    Drawn.LINES: "lines",
    Drawn.BANDS: "bands",
    Drawn.STACKED: "stacked",
    Drawn.RANKED: "ranked",
    Drawn.HEATMAP: "heatmap",
    Drawn.SANKEY: "sankey",
}


def chart_of(graph: Graph, currency: str) -> Chart:
    return Chart(
        graph.name,
        spoken(graph.title),
        KINDS[graph.kind],
        [named(label) for label in graph.labels],
        [Series(named(line.name), line.values, line.low, line.high) for line in graph.lines],
        _chart_table(graph, currency),
        "",
        unit=FORMATS.get(graph.unit, "number"),
        definition=spoken(graph.definition) if graph.definition else "",
        height="tall" if graph.kind in {Drawn.HEATMAP, Drawn.SANKEY} else "",
        currency=currency,
        ribbons=[Ribbon(spoken(flow.source), spoken(flow.target), flow.value) for flow in graph.flows],
    )


def _chart_table(graph: Graph, currency: str) -> Table:
    """What the graph says, as a table for those who cannot see it."""
    if graph.flows:
        rows = [
            [Cell(f"{spoken(flow.source)} → {spoken(flow.target)}"), _cell(flow.value, graph.unit, currency)]
            for flow in graph.flows
        ]
        return Table([_("From and to"), _("How many")], rows)
    if graph.kind is Drawn.HEATMAP:
        top = max((value for line in graph.lines for value in line.values if value), default=0.0)
        heat = [
            [Cell(named(line.name)), *(_cell(value, graph.unit, currency, top) for value in line.values)]
            for line in graph.lines
        ]
        return Table(["", *(named(label) for label in graph.labels)], heat)
    cells = [
        [Cell(named(label)), *(_cell(line.values[at], graph.unit, currency) for line in graph.lines)]
        for at, label in enumerate(graph.labels)
    ]
    return Table(["", *(named(line.name) for line in graph.lines)], cells)


def _cell(value: Any, unit: Unit, currency: str, top: float | None = None) -> Cell:
    heat = None
    if top and value is not None:
        heat = min(DARKEST, max(0, round(value / top * DARKEST)))
    return Cell(shown(value, unit, currency), _raw(value, unit), heat)


def _raw(value: Any, unit: Unit) -> object:
    """As downloaded: money in whole units, texts in the reader's language."""
    if value is None:
        return ""
    if isinstance(value, str):
        return named(value)
    return value / 100 if unit is Unit.FEN else value


def table_of(report: Report, currency: str, limit: int | None = None) -> Table:
    """The rows as people read them; the first column names the row."""
    rows = [
        [
            _cell(_word(column, row.get(column.name)), column.unit_in(row), currency)
            for column in report.columns
        ]
        for row in report.rows[:limit]
    ]
    words = [at for at, column in enumerate(report.columns) if column.unit is Unit.TEXT]
    return Table([_heading(column) for column in report.columns], rows, words)


def _word(column: Column, value: Any) -> Any:
    return column.words.get(value, value) if isinstance(value, str) else value


def _heading(column: Column) -> str:
    return spoken(column.label)


def _facts(head: Mapping[str, Any], within: str = "") -> list[tuple[str, str]]:
    """What holds of the whole, as names and values; lists are left to the JSON."""
    told: list[tuple[str, str]] = []
    for name, value in head.items():
        if isinstance(value, Mapping):
            told += _facts(value, f"{within}{name}.")
        elif not isinstance(value, list):
            told.append((f"{within}{name}", _short(value)))
    return told


def _short(value: Any) -> str:
    if value is None:
        return figures.UNKNOWN
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return f"{value:.6g}" if isinstance(value, float) else spoken(str(value))
