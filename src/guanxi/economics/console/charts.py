"""The overview's charts, prepared from report rows; each with the table beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from guanxi.economics.contracts import Channel, Cohort, Month
from guanxi.ui.figures import money, number, share
from guanxi.ui.parts import Cell, Chart, Series, Table

DARKEST: Final = 6
SMALL_COHORT: Final = 30
SHOWN_COHORTS: Final = 24


def _count_cell(value: int) -> Cell:
    return Cell(number(value), value)


def _money_cell(fen: int, currency: str) -> Cell:
    return Cell(money(fen, currency), fen / 100)


def _share_cell(value: float | None, heat: int | None = None) -> Cell:
    return Cell(share(value), "" if value is None else round(value, 6), heat)


def monthly(rows: Sequence[Month], currency: str, csv_url: str) -> Chart:
    """Revenue of customers in the month of their first order against those who came back."""
    series = [
        Series(_("Returning customers"), [row.returning_fen for row in rows]),
        Series(_("New customers"), [row.new_fen for row in rows]),
    ]
    if any(row.anonymous_fen for row in rows):
        series.append(Series(_("Without a customer"), [row.anonymous_fen for row in rows]))
    header = [
        _("Month"),
        _("Orders"),
        _("New customers"),
        _("Returning customers"),
        _("Revenue of new customers"),
        _("Revenue of returning customers"),
        _("Revenue without a customer"),
        _("Refunds"),
        _("Share of returning"),
    ]
    return Chart(
        "monthly",
        _("How much of our revenue comes from people who come back?"),
        "stacked",
        [row.month for row in rows],
        series,
        Table(header, [_month_cells(row, currency) for row in rows]),
        csv_url,
        unit="money",
        currency=currency,
        answer=_returning_answer(rows),
        definition=_(
            "Revenue is what buyers paid, before refunds, in the month of payment. A customer is new in the "
            "month of their first paid order and returning in every later one."
        ),
    )


def _month_cells(row: Month, currency: str) -> list[Cell]:
    known = row.new_fen + row.returning_fen
    return [
        Cell(row.month),
        *(_count_cell(value) for value in (row.orders, row.new_buyers, row.returning_buyers)),
        *(
            _money_cell(fen, currency)
            for fen in (row.new_fen, row.returning_fen, row.anonymous_fen, row.refunds_fen)
        ),
        _share_cell(row.returning_fen / known if known else None),
    ]


def _returning_answer(rows: Sequence[Month]) -> str:
    """Of the last twelve months, since a young brand's first months have nobody who could return."""
    recent = rows[-12:]
    returning = sum(row.returning_fen for row in recent)
    known = returning + sum(row.new_fen for row in recent)
    if not known:
        return ""
    return _(
        "In the last 12 months %(share)s of the revenue with a known customer came from returning ones."
    ) % {"share": share(returning / known)}


def cohorts(rows: Sequence[Cohort], csv_url: str) -> Chart:
    """Per month of first purchase, the share that bought again k months later. Months still to come are
    empty, months in which nobody bought are zero."""
    shown = rows[-SHOWN_COHORTS:]
    width = max((len(row.cells) for row in shown), default=0)
    shares = [_padded([cell.share for cell in row.cells[1:]], width - 1) for row in shown]
    top = max((value for values in shares for value in values if value), default=0.0)
    header = [_("First order"), _("Customers"), *(_("+%(n)d months") % {"n": k} for k in range(1, width))]
    cells = [
        [Cell(row.month), _count_cell(row.size), *(_heat_cell(value, top) for value in values)]
        for row, values in zip(shown, shares, strict=True)
    ]
    return Chart(
        "cohorts",
        _("After the first order, who buys again, and when?"),
        "heatmap",
        [f"+{k}" for k in range(1, width)],
        [Series(row.month, values) for row, values in zip(shown, shares, strict=True)],
        Table(header, cells),
        csv_url,
        unit="share",
        height="tall",
        answer=_next_month_answer(rows),
        definition=_(
            "Rows are customers by the month of their first paid order; a column says which share of them "
            "paid for an order that many months later. The table gives the size of each row; shares of fewer "
            "than %(n)d customers swing widely."
        )
        % {"n": SMALL_COHORT},
    )


def _padded(values: Sequence[float], width: int) -> list[float | None]:
    return [*values, *([None] * (width - len(values)))]


def _heat_cell(value: float | None, top: float) -> Cell:
    if value is None:
        return Cell("", "")
    return _share_cell(value, min(DARKEST, round(value / top * DARKEST)) if top else 0)


def _next_month_answer(rows: Sequence[Cohort]) -> str:
    """The share that bought in the month after their first order, over cohorts that have had one."""
    ripe = [row for row in rows if len(row.cells) > 1]
    size = sum(row.size for row in ripe)
    if not size:
        return ""
    again = sum(row.cells[1].customers for row in ripe)
    return _("%(share)s bought again in the month after their first order.") % {"share": share(again / size)}


def channels(rows: Sequence[Channel], name_of: Callable[[str], str], currency: str, csv_url: str) -> Chart:
    """Revenue by channel, greatest first."""
    total = sum(row.revenue_fen for row in rows)
    names = [name_of(row.channel) if row.channel else _("Not said") for row in rows]
    header = [_("Channel"), _("Buyers"), _("Orders"), _("Revenue"), _("Refunds"), _("Share of revenue")]
    cells = [
        [
            Cell(name),
            _count_cell(row.buyers),
            _count_cell(row.orders),
            _money_cell(row.revenue_fen, currency),
            _money_cell(row.refunds_fen, currency),
            _share_cell(row.revenue_fen / total if total else None),
        ]
        for name, row in zip(names, rows, strict=True)
    ]
    return Chart(
        "channels",
        _("Where do they buy?"),
        "ranked",
        names,
        [Series(_("Revenue"), [row.revenue_fen for row in rows])],
        Table(header, cells),
        csv_url,
        unit="money",
        currency=currency,
        height="short" if len(rows) <= 7 else "",
        definition=_("A customer who bought in two channels is a buyer in both, so buyers do not add up."),
    )
