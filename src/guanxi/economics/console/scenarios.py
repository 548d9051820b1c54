"""What the simulator's pages show: levers as sliders, what they do, and scenarios side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.economics import assumptions, running
from guanxi.economics.console import reports
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Unit
from guanxi.economics.scenarios import report as simulator
from guanxi.economics.scenarios.declared import LEVERS
from guanxi.economics.scenarios.funnel import read
from guanxi.economics.scenarios.keeping import REPORT, Kept
from guanxi.economics.scenarios.model import Funnel
from guanxi.economics.scenarios.report import TODAY, Run
from guanxi.kernel.errors import Invalid
from guanxi.platform.access import BrandRequest
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui.figures import compact_money
from guanxi.ui.parts import Cell, Chart, Figure, Table
from guanxi.warehouse.schemas import month_label

MOST_COMPARED: Final = 5
NAMES: Final = tuple(param.name for param in LEVERS)
SHARES: Final = {
    "retention_change": (-0.5, 1.0, 0.05),
    "k_factor": (0.0, 0.95, 0.05),
    "price_change": (-0.3, 0.5, 0.01),
    "cac_inflation": (-0.2, 1.0, 0.05),
}


@dataclass(frozen=True, slots=True)
class Slider:
    """A lever: a number, and a slider from `least` to `most` that stands `at`. Without a `value` the lever
    takes its default, which `placeholder` shows."""

    name: str
    label: str
    help: str
    value: str
    least: float
    most: float
    step: float
    at: float
    placeholder: str = ""


@dataclass(frozen=True)
class Effect:
    """What the levers do. `values` are those given, as texts, for the form that saves them."""

    values: Sequence[tuple[str, str]] = ()
    refused: str = ""
    answer: str = ""
    notes: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    report_url: str = ""

    @property
    def is_told(self) -> bool:
        return bool(self.charts)


@dataclass(frozen=True)
class Comparison:
    table: Table
    charts: Sequence[Chart]


def given(request: BrandRequest) -> dict[str, str]:
    """The levers in the address or the form; others in it are none of ours."""
    source = request.POST if request.method == "POST" else request.GET
    return {name: str(source[name]) for name in NAMES if source.get(name, "") != ""}


def of_kept(kept: Kept) -> dict[str, str]:
    """A saved scenario's levers as the form has them."""
    return {name: _written(value) for name, value in kept.levers.items() if value is not None}


def sliders(brand: Brand, asked: Mapping[str, str]) -> list[Slider]:
    """A control for each lever; its slider reaches as far as makes sense for this brand."""
    funnel, _month = read(brand, cached=True)
    told = []
    for param in LEVERS:
        least, most, step = _reach(param.name, funnel, asked)
        default = _default(param.name, param.default, funnel, asked)
        value = asked.get(param.name, "" if param.default is None else _written(param.default))
        at = min(most, max(least, _number(value, default)))
        label, help_text = spoken(param.label), spoken(param.help)
        shown = _written(round(default)) if param.default is None else ""
        told.append(Slider(param.name, label, help_text, value, least, most, step, at, shown))
    return told


def effect(brand: Brand, asked: Mapping[str, str]) -> Effect:
    """What those levers do, for the page and for each movement of a slider."""
    values = [(name, asked[name]) for name in NAMES if name in asked]
    try:
        checked = running.values_of(REPORT, asked)
    except Invalid as refused:
        return Effect(values, f"{spoken(refused.message)} {spoken(refused.remedy or '')}".strip())
    url = f"{reverse('report', args=[REPORT])}?{urlencode(values)}"
    notes = [spoken(note) for note in assumptions.of(brand.pk).notes]
    run = simulator.run_of(brand, checked, cached=True)
    if run is None:
        return Effect(values, notes=[spoken(simulator.NOT_ENOUGH), *notes], report_url=url)
    if not run.now.cac_fen:
        notes.insert(0, spoken(simulator.NO_COST))
    return Effect(
        values,
        answer=" ".join(spoken(sentence) for sentence in simulator.answers(run)),
        notes=notes,
        figures=[_figure(one, brand.currency) for one in simulator.key_figures(run)],
        charts=[reports.chart_of(graph, brand.currency) for graph in simulator.graphs(run)],
        report_url=url,
    )


def compared(brand: Brand, chosen: Sequence[Kept]) -> Comparison | None:
    """Scenarios side by side, today's funnel of the first before them; None where too little is known."""
    runs = [
        (one.name, simulator.run_of(brand, running.values_of(REPORT, of_kept(one)), cached=True))
        for one in chosen[:MOST_COMPARED]
    ]
    known = [(name, run) for name, run in runs if run is not None]
    return Comparison(_side_by_side(known, brand.currency), _charts(known, brand.currency)) if known else None


def _side_by_side(runs: Sequence[tuple[str, Run]], currency: str) -> Table:
    figures = [simulator.key_figures(run) for _name, run in runs]
    rows = []
    for at, first in enumerate(figures[0]):
        cells = [_figure(each[at], currency) for each in figures]
        told = [Cell(f"{cell.value} ({cell.note})" if cell.note else cell.value) for cell in cells]
        rows.append([Cell(spoken(first.label)), *told])
    return Table(["", *(name for name, _run in runs)], rows)


def _figure(one: KeyFigure, currency: str) -> Figure:
    """As on a report's page, but money as short as forecasts deserve, the rest of it on hover."""
    figure = reports.figure_of(one, currency)
    if one.unit is not Unit.FEN or not isinstance(one.value, float):
        return figure
    ends = [None if end is None else compact_money(round(end), currency) for end in (one.low, one.high)]
    bounds = {"low": ends[0], "high": ends[1]}
    note = _("90%%: %(low)s to %(high)s") % bounds if all(ends) else ""
    return replace(figure, value=compact_money(round(one.value), currency), exact=figure.value, note=note)


def _charts(runs: Sequence[tuple[str, Run]], currency: str) -> list[Chart]:
    longest = max(len(run.today.expected.cash_fen) for _name, run in runs)
    labels = [month_label(runs[0][1].first_month + at) for at in range(longest)]
    parts = (
        ("cash", _("Cash, all months so far together"), "cash_fen", Unit.FEN),
        ("customers", _("Customers who buy in the month"), "active", Unit.COUNT),
    )
    charts = []
    for name, title, part, unit in parts:
        paths = [(TODAY, runs[0][1].today), *((each, run.scenario) for each, run in runs)]
        lines = [Line(label, _padded(getattr(told.expected, part), longest)) for label, told in paths]
        graph = Graph(f"compare-{name}", title, Drawn.LINES, labels, lines, unit=unit)  # type: ignore[arg-type]
        charts.append(reports.chart_of(graph, currency))
    return charts


def _padded(values: Any, n: int) -> list[float | None]:
    return [*values.tolist(), *([None] * (n - len(values)))]


def _reach(name: str, funnel: Funnel | None, asked: Mapping[str, str]) -> tuple[float, float, float]:
    if name in SHARES:
        return SHARES[name]
    if name == "months":
        return 3, 60, 1
    monthly = funnel.new_monthly if funnel else 100.0
    paid = funnel.first_fen / 100 if funnel else 100.0
    most = {
        "new_customers": monthly * 3,
        "cac": max(paid * 2, _number(asked.get("cac_now", ""), 0.0) * 3),
        "cac_now": paid * 2,
        "fixed_costs": monthly * paid * 3,
    }[name]
    step = 10.0 ** max(0, math.floor(math.log10(max(most, 1.0))) - 2)
    return 0.0, math.ceil(max(most, 1.0) / step) * step, step


def _default(name: str, default: Any, funnel: Funnel | None, asked: Mapping[str, str]) -> float:
    if name == "new_customers":
        return funnel.new_monthly if funnel else 0.0
    if name in {"cac", "cac_now"}:
        today = funnel.cac_fen / 100 if funnel else 0.0
        return today if name == "cac_now" else _number(asked.get("cac_now", ""), today)
    return float(default or 0)


def _number(text: str, default: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _written(value: float) -> str:
    """0.1 and 36, as a form has them."""
    return f"{value:.10g}"
