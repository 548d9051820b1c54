"""The page of a loop, prepared from its figures: stations, answer, charts, months with links, SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.customers.console.faces import Face
from guanxi.loops import queries
from guanxi.loops.console import charts
from guanxi.loops.contracts import Loop, Turn
from guanxi.loops.figures import Cohort
from guanxi.loops.queries import Cycle, Measured
from guanxi.loops.shown import CAVEAT, answers
from guanxi.platform.access import BrandRequest
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui import figures
from guanxi.ui.parts import Chart, Figure, Table
from guanxi.warehouse import queries as warehouse

SHOWN_MONTHS: Final = 24
TURNS: Final = (Turn.ENTERED, Turn.ACTED, Turn.PRODUCED)


@dataclass(frozen=True, slots=True)
class Station:
    """A station with its number for the period, and how that differs from the period before."""

    label: str
    value: str
    note: str
    meaning: str
    url: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The loop as a chapter opens with it. `month` is "" before there is a full one."""

    name: str
    title: str
    question: str
    url: str
    month: str
    stations: Sequence[Station]
    reinvested: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A cell, and where its number opens to."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    question: str
    opening: Opening
    answers: Sequence[str]
    notes: Sequence[str]
    figures: Sequence[Figure]
    charts: Sequence[Chart]
    header: Sequence[str]
    rows: Sequence[Sequence[Linked]]
    csv_url: str
    meanings: Sequence[tuple[str, str]]
    sql: Sequence[str]
    synced_ms: int | None


def opening(brand: Brand, name: str) -> Opening:
    return _opening(brand, queries.measure(brand, name))


def _opening(brand: Brand, found: Measured) -> Opening:
    loop = found.loop
    stations = []
    for turn, station in zip(TURNS, (loop.input, loop.action, loop.output), strict=True):
        count = found.count(turn)
        stations.append(
            Station(
                spoken(station.label),
                figures.number(count.cycles if count else None),
                _change(count.change if count else None),
                spoken(station.meaning),
                cycles_url(loop, turn, found.month) if count and count.cycles else "",
            )
        )
    return Opening(
        loop.name,
        spoken(loop.title),
        spoken(loop.question),
        reverse("loop", args=[loop.name]),
        found.month,
        stations,
        spoken(loop.reinvested),
        _newest(found),
    )


def _change(change: float | None) -> str:
    if change is None:
        return ""
    sign = "+" if change >= 0 else "−"
    return _("%(sign)s%(share)s against the month before") % {
        "sign": sign,
        "share": figures.share(abs(change)),
    }


def _newest(found: Measured) -> str:
    """What became of the last month of which all is known."""
    known = found.newest_closed
    if known is None or not known.back.of:
        days = found.loop.window_days
        return _("What becomes of a cycle is known %(days)s days after it began.") % {"days": days}
    told = {
        "month": known.month,
        "action": spoken(found.loop.action.label),
        "output": spoken(found.loop.output.label),
        "share": figures.share(known.back.share),
        "low": figures.share(known.back.low),
        "high": figures.share(known.back.high),
    }
    said = _("Of those of %(month)s with “%(action)s”, %(share)s came to “%(output)s” (%(low)s to %(high)s).")
    if not known.alone_back.of:
        return said % told
    without = _("Of those without, %(alone)s.")
    return f"{said} {without}" % {
        **told,
        "alone": figures.share(known.alone_back.share),
    }


def report(request: BrandRequest, name: str) -> Page:
    brand = request.brand
    found = queries.measure(brand, name)
    loop = found.loop
    notes = [spoken(CAVEAT)]
    if loop.has_revenue and found.margin_mille is None:
        notes.append(
            _("Margin is not known: nobody has said what is left of an order (Economics, Assumptions).")
        )
    if loop.has_cost and found.until and found.whole.money.cycles and found.whole.money.cost_fen is None:
        notes.append(_("Cost is not known: something that was given has no price yet."))
    months = found.cohorts[-SHOWN_MONTHS:]
    return Page(
        title=spoken(loop.title),
        question=spoken(loop.question),
        opening=_opening(brand, found),
        answers=[spoken(one) for one in answers(found)],
        notes=notes,
        figures=_figures(brand, found) if found.until else [],
        charts=charts.drawn(loop, found, tables(brand, found)) if found.until else [],
        header=header(loop),
        rows=[_linked(loop, one, cells) for one, cells in zip(months, _texts(brand, months), strict=True)][
            ::-1
        ],
        csv_url=reverse("loop-csv", args=[loop.name, "months"]),
        meanings=[(spoken(one.label), spoken(one.meaning)) for one in (loop.input, loop.action, loop.output)]
        + _meanings(loop),
        sql=queries.sql(loop, found.until) if found.until else [],
        synced_ms=warehouse.synced_ms(brand),
    )


def tables(brand: Brand, found: Measured) -> Mapping[str, Table]:
    """What can be downloaded, by name."""
    months = [
        [charts.cell(text, raw) for text, raw in row] for row in charts.month_cells(brand, found.cohorts)
    ]
    return {
        "months": Table(header(found.loop), months),
        "turns": charts.turns_table(found),
    }


def header(loop: Loop) -> list[str]:
    """The columns of the table of months; `charts.month_cells` has the cells."""
    action, output = spoken(loop.action.label), spoken(loop.output.label)
    return [
        _("Begun in"),
        spoken(loop.input.label),
        action,
        output,
        _("Without: %(output)s") % {"output": output},
        _("Still open"),
        _("To %(station)s") % {"station": action},
        _("To %(station)s") % {"station": output},
        _("90% interval"),
        _("Without"),
        _("Outputs per input"),
        _("Days, median"),
        _("Quartiles"),
        _("Revenue per cycle"),
        _("Margin per cycle"),
        _("Cost per cycle"),
        _("Return"),
    ]


def cycles_url(loop: Loop, turn: Turn, month: str, by: str = "") -> str:
    told = {"turn": turn.value, "month": month, **({"by": by} if by else {})}
    return f"{reverse('loop-cycles', args=[loop.name])}?{urlencode(told)}"


def cycles_title(loop: Loop, turn: Turn, month: str, *, by_entry: bool) -> str:
    names = {
        "input": spoken(loop.input.label),
        "action": spoken(loop.action.label),
        "output": spoken(loop.output.label),
        "month": month,
    }
    if not by_entry:
        key = {Turn.ENTERED: "input", Turn.ACTED: "action"}.get(turn, "output")
        return _("“%(station)s” in %(month)s") % {"station": names[key], "month": month}
    return {
        Turn.ENTERED: _("Cycles that began in %(month)s"),
        Turn.ACTED: _("Cycles that began in %(month)s and came to “%(action)s”"),
        Turn.PRODUCED: _("Cycles that began in %(month)s and came to “%(output)s” by “%(action)s”"),
        Turn.ALONE: _("Cycles that began in %(month)s and came to “%(output)s” without “%(action)s”"),
        Turn.OPEN: _("Cycles that began in %(month)s of which not all is known yet"),
    }[turn] % names


def cycle(one: Cycle, face: Face | None, currency: str) -> dict[str, Any]:
    """A row of the list of cycles."""
    return {
        "customer_id": one.customer_id,
        "name": face.title if face else _("Customer %(id)s") % {"id": one.customer_id},
        "days": [one.entered, one.acted or figures.UNKNOWN, one.produced or figures.UNKNOWN],
        "revenue": figures.money(one.revenue_fen, currency) if one.produced else figures.UNKNOWN,
    }


def _linked(loop: Loop, one: Cohort, texts: Sequence[str]) -> list[Linked]:
    turns = (None, Turn.ENTERED, Turn.ACTED, Turn.PRODUCED, Turn.ALONE, Turn.OPEN)
    counts = (None, one.entered, one.acted, one.produced, one.alone, one.open)
    urls = [
        cycles_url(loop, turn, one.month, "entry") if turn and count else ""
        for turn, count in zip(turns, counts, strict=True)
    ]
    urls += [""] * (len(texts) - len(urls))
    return [Linked(text, url) for text, url in zip(texts, urls, strict=True)]


def _texts(brand: Brand, months: Sequence[Cohort]) -> list[list[str]]:
    return [[text for text, _raw in row] for row in charts.month_cells(brand, months)]


def _figures(brand: Brand, found: Measured) -> list[Figure]:
    every, money = found.whole, found.whole.money
    few = _("Few cycles.") if every.back.is_small or every.act.is_small else ""

    def rate(label: str, one: Any, meaning: str) -> Figure:
        between = (
            f"{figures.share(one.low)}–{figures.share(one.high)} · {figures.number(one.of)}" if one.of else ""
        )
        return Figure(label, figures.share(one.share), meaning, f"{between} {few}".strip())

    def per_cycle(label: str, fen: int | None, meaning: str) -> Figure:
        return Figure(label, figures.money(money.per_cycle(fen), brand.currency), meaning)

    names = {"input": spoken(found.loop.input.label), "action": spoken(found.loop.action.label)}
    days = every.days
    back = money.return_on_cost
    return [
        rate(
            _("“%(input)s” to “%(action)s”") % names, every.act, _("Of the cycles whose window has passed.")
        ),
        rate(
            _("“%(action)s” to “%(output)s”") % {**names, "output": spoken(found.loop.output.label)},
            every.back,
            _("Of the cycles that acted and whose window has passed; 90% interval after Wilson."),
        ),
        rate(
            _("The same without it"),
            every.alone_back,
            _(
                "Cycles that did not act, for comparison: they are other customers, so the difference is no "
                "effect."
            ),
        ),
        Figure(
            _("Days for a turn"),
            figures.number(days.median),
            _("The median of the cycles that acted and produced, and the quartiles."),
            f"{days.low}–{days.high}" if days.of else "",
        ),
        per_cycle(
            _("Revenue per cycle"), money.revenue_fen, _("Of all that acted, those without an output too.")
        ),
        per_cycle(
            _("Margin per cycle"), money.margin_fen, _("Revenue at the margin that the brand assumes.")
        ),
        per_cycle(
            _("Cost per cycle"), money.cost_fen, _("What was given, less what was taken back or expired.")
        ),
        Figure(
            _("Return"),
            figures.UNKNOWN if back is None else f"{back:,.1f}×",
            _("Margin less cost, by cost. It counts those who would have come anyway."),
        ),
    ]


def _meanings(loop: Loop) -> list[tuple[str, str]]:
    return [
        (_("Reinvested"), spoken(loop.reinvested)),
        (
            _("Windows"),
            _("The action within %(act)s days of the input, the output within %(back)s days of the action.")
            % {"act": loop.act_days, "back": loop.return_days},
        ),
        (_("Still open"), _("Cycles whose windows have not passed; rates, days and money leave them out.")),
        (_("Return"), _("(margin − cost) / cost")),
    ]
