"""A loop's charts and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.loops.contracts import Loop, Turn
from guanxi.loops.figures import Cohort
from guanxi.loops.queries import Measured
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui import figures
from guanxi.ui.parts import Cell, Chart, Series, Table

SHOWN_MONTHS: Final = 24
Shown = tuple[str, Any]


def drawn(loop: Loop, found: Measured, tables: Mapping[str, Table]) -> list[Chart]:
    labels = sorted({one.month for one in found.counts if one.month <= found.month})[-SHOWN_MONTHS:]
    lines = [
        Series(name, [found_cycles(found, turn, month) for month in labels]) for turn, name in _names(loop)
    ]
    months = [one for one in found.cohorts if one.entered and not one.open][-SHOWN_MONTHS:]
    rates = [
        (_("With it"), [one.back for one in months]),
        (_("Without it"), [one.alone_back for one in months]),
    ]
    bands = [
        Series(
            name,
            [one.share for one in of],
            [one.low for one in of],
            [one.high for one in of],
        )
        for name, of in rates
    ]
    return [
        Chart(
            "turns",
            _("How much does the loop turn?"),
            "lines",
            labels,
            lines,
            tables["turns"],
            reverse("loop-csv", args=[loop.name, "turns"]),
            definition=_("Each in the month in which it happened, whenever its cycle began."),
        ),
        Chart(
            "rates",
            _("How many come to “%(output)s”?") % {"output": spoken(loop.output.label)},
            "bands",
            [one.month for one in months],
            bands,
            Table(
                [_("Begun in"), *(name for name, _of in rates)],
                [
                    [Cell(one.month), *(_share(rate) for rate in (one.back.share, one.alone_back.share))]
                    for one in months
                ],
            ),
            "",
            unit="share",
            definition=_(
                "By the month in which the cycle began, of months whose windows have all passed; shaded: the "
                "90% interval."
            ),
        ),
    ]


def found_cycles(found: Measured, turn: Turn, month: str) -> int:
    count = found.count(turn, month)
    return count.cycles if count else 0


def _names(loop: Loop) -> list[tuple[Turn, str]]:
    stations = (loop.input, loop.action, loop.output)
    turns = (Turn.ENTERED, Turn.ACTED, Turn.PRODUCED)
    return [(turn, spoken(station.label)) for turn, station in zip(turns, stations, strict=True)]


def turns_table(found: Measured) -> Table:
    names = _names(found.loop)
    months = sorted({one.month for one in found.counts}, reverse=True)
    rows = []
    for month in months:
        row = [Cell(month)]
        for turn, _name in names:
            one = found.count(turn, month)
            row += [
                cell(figures.number(one.cycles if one else 0), one.cycles if one else 0),
                _share(one.change if one else None),
            ]
        rows.append(row)
    header = [_("Month")]
    for _turn, name in names:
        header += [name, _("Change")]
    return Table(header, rows)


def month_cells(brand: Brand, months: Sequence[Cohort]) -> Iterator[list[Shown]]:
    """The cells of `page.header` for each month, each as shown and as downloaded."""
    for one in months:
        money, days = one.money, one.days
        yield [
            (one.month, one.month),
            *((figures.number(count), count) for count in _counts(one)),
            _shown(one.act.share),
            _shown(one.back.share),
            (_between(one), _between(one)),
            _shown(one.alone_back.share),
            (figures.UNKNOWN if one.yielded is None else f"{one.yielded:.2f}", _rounded(one.yielded)),
            (figures.number(days.median), days.median),
            (
                f"{days.low}–{days.high}" if days.of else figures.UNKNOWN,
                f"{days.low}–{days.high}" if days.of else "",
            ),
            *(
                (figures.money(money.per_cycle(fen), brand.currency), money.per_cycle(fen))
                for fen in (money.revenue_fen, money.margin_fen, money.cost_fen)
            ),
            (
                figures.UNKNOWN if money.return_on_cost is None else f"{money.return_on_cost:,.1f}×",
                _rounded(money.return_on_cost),
            ),
        ]


def cell(text: str, raw: Any) -> Cell:
    """A cell; what is not known is downloaded as nothing."""
    return Cell(text, "" if raw is None else raw)


def _counts(one: Cohort) -> tuple[int, ...]:
    return (one.entered, one.acted, one.produced, one.alone, one.open)


def _between(one: Cohort) -> str:
    if not one.back.of:
        return figures.UNKNOWN
    between, few = f"{figures.share(one.back.low)}–{figures.share(one.back.high)}", _("few")
    return f"{between} {few}" if one.back.is_small else between


def _shown(share: float | None) -> Shown:
    return figures.share(share), _rounded(share)


def _share(value: float | None) -> Cell:
    return cell(figures.share(value), _rounded(value))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
