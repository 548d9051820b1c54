"""The simulator's answer: today's funnel and a scenario, month by month, with bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guanxi.economics import assumptions
from guanxi.economics.reporting import Column, Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.scenarios import model
from guanxi.economics.scenarios.funnel import read
from guanxi.economics.scenarios.model import Funnel, Levers, Told
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse.contracts import BrandRow
from guanxi.warehouse.schemas import month_label

TODAY: Final = say("Today's funnel")
SCENARIO: Final = say("Scenario")
NOT_ENOUGH: Final = say(
    "Not enough data: the simulator needs three full months after the first orders, and thirty customers who "
    "came back."
)
NO_COST: Final = say(
    "What a customer costs today is not known: import spend, or say it as “Cost of a customer today”. Until "
    "then cash and payback leave it out."
)
COLUMNS: Final = (
    Column("month", say("Month"), say("The month that is simulated."), Unit.MONTH),
    Column("won", say("Won"), say("New customers won with money, in the scenario.")),
    Column("brought", say("Brought"), say("New customers whom customers of the month before bring.")),
    Column("customers", say("Buying"), say("Customers who buy in the month, new ones included.")),
    Column("customers_low", say("Buying, from"), say("Lower end of the 90% band.")),
    Column("customers_high", say("Buying, to"), say("Upper end of the 90% band.")),
    Column("revenue_fen", say("Revenue"), say("What these customers pay, before refunds."), Unit.FEN),
    Column("margin_fen", say("Margin"), say("What is left of it, refunds taken off."), Unit.FEN),
    Column("spend_fen", say("Spend"), say("What winning the month's customers costs."), Unit.FEN),
    Column(
        "cash_fen", say("Cash"), say("All margins so far, less all spend and fixed costs so far."), Unit.FEN
    ),
    Column("cash_low_fen", say("Cash, from"), say("Lower end of the 90% band."), Unit.FEN),
    Column("cash_high_fen", say("Cash, to"), say("Upper end of the 90% band."), Unit.FEN),
    Column("today_customers", say("Buying today"), say("The same with today's funnel unchanged.")),
    Column("today_revenue_fen", say("Revenue today"), say("The same with today's funnel."), Unit.FEN),
    Column("today_cash_fen", say("Cash today"), say("The same with today's funnel."), Unit.FEN),
)


@dataclass(frozen=True)
class Run:
    """Both runs of one funnel."""

    funnel: Funnel
    first_month: int
    now: Levers
    levers: Levers
    today: Told
    scenario: Told


def simulate(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The declared report."""
    run = run_of(brand, values)
    notes = list(assumptions.of(brand.pk).notes)
    if run is None:
        return Report(COLUMNS, [], head=_head(None, values), notes=[NOT_ENOUGH, *notes])
    if not run.now.cac_fen:
        notes.insert(0, NO_COST)
    return Report(
        columns=COLUMNS,
        rows=_rows(run),
        head=_head(run, values),
        answers=answers(run),
        notes=notes,
        figures=key_figures(run),
        graphs=graphs(run),
    )


def run_of(brand: BrandRow, values: Mapping[str, Any], *, cached: bool = False) -> Run | None:
    """Today's funnel and the scenario of those values; None where too little is known."""
    funnel, first_month = read(brand, cached=cached)
    if funnel is None or first_month is None:
        return None
    cost = funnel.cac_fen if values["cac_now"] is None else values["cac_now"] * 100
    now = Levers(cac_fen=cost, fixed_fen=values["fixed_costs"] * 100)
    levers = Levers(
        values["retention_change"],
        values["k_factor"],
        cost if values["cac"] is None else values["cac"] * 100,
        values["cac_inflation"],
        values["price_change"],
        values["new_customers"],
        now.fixed_fen,
    )
    today, scenario = (model.simulate(funnel, each, values["months"]) for each in (now, levers))
    return Run(funnel, first_month, now, levers, today, scenario)


def answers(run: Run) -> list[Wording]:
    """What the scenario does, in sentences."""
    cash, today = (told.expected.cash_fen[-1] for told in (run.scenario, run.today))
    months = len(run.scenario.expected.cash_fen)
    if cash == today:
        return [say("Nothing is changed yet: move a lever to see what it would do.")]
    told = {"months": months, "amount": f"{abs(cash - today) / 100:,.0f}"}
    if cash > today:
        return [
            say(
                "After %(months)s months the scenario leaves %(amount)s more cash than today's funnel.",
                **told,
            )
        ]
    return [
        say("After %(months)s months the scenario leaves %(amount)s less cash than today's funnel.", **told)
    ]


def key_figures(run: Run) -> list[KeyFigure]:
    """Cash, customers and payback of the scenario, with 90% bands."""
    told, today = run.scenario, run.today
    months = len(told.expected.cash_fen)

    def last(name: str) -> tuple[float, float, float]:
        return tuple(float(getattr(side, name)[-1]) for side in (told.expected, told.low, told.high))  # type: ignore[return-value]

    cash, customers = last("cash_fen"), last("active")
    payback = model.payback_months(run.funnel, run.levers) if run.levers.cac_fen else None
    worth = model.worth_fen(run.funnel, run.levers, months)
    return [
        KeyFigure(
            say("Cash after %(n)s months", n=months),
            cash[0],
            say("All margins less all spend and fixed costs. 90% of simulated courses end within the band."),
            Unit.FEN,
            cash[1],
            cash[2],
        ),
        KeyFigure(
            say("Against today's funnel"),
            cash[0] - float(today.expected.cash_fen[-1]),
            say("How much more cash that is than with nothing changed."),
            Unit.FEN,
        ),
        KeyFigure(
            say("Customers buying in the last month"),
            customers[0],
            say("Customers who buy in the last month, new ones included."),
            Unit.COUNT,
            customers[1],
            customers[2],
        ),
        KeyFigure(
            say("Payback (months)"),
            payback,
            say(
                "When a customer won in the scenario has brought back what it cost, those it brings included."
            ),
            Unit.COUNT,
        ),
        KeyFigure(
            say("Margin of a new customer"),
            worth,
            say("What a customer won in the scenario leaves in the months told, those it brings included."),
            Unit.FEN,
        ),
    ]


def graphs(run: Run) -> list[Graph]:
    """Cash, buying customers and revenue: today's funnel against the scenario."""
    labels = [month_label(run.first_month + at) for at in range(len(run.today.expected.cash_fen))]

    def drawn(name: str, title: Wording, part: str, unit: Unit) -> Graph:
        lines = [
            Line(label, *(getattr(side, part).tolist() for side in (told.expected, told.low, told.high)))
            for label, told in ((TODAY, run.today), (SCENARIO, run.scenario))
        ]
        return Graph(name, title, Drawn.BANDS, labels, lines, unit=unit, definition=_BAND)

    return [
        drawn("simulate-cash", say("Cash, all months so far together"), "cash_fen", Unit.FEN),
        drawn("simulate-customers", say("Customers who buy in the month"), "active", Unit.COUNT),
        drawn("simulate-revenue", say("Revenue of the month"), "revenue_fen", Unit.FEN),
    ]


_BAND: Final = say(
    "The band holds 90% of 400 simulated courses: they differ in the retention curve as far as it is known, "
    "in what customers pay and in how many are new each month. Both funnels share their chances."
)


def _head(run: Run | None, values: Mapping[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {"levers": dict(values), "draws": model.DRAWS, "seed": model.SEED}
    if run is None:
        return head
    curve, funnel = run.funnel.curve, run.funnel
    months = len(run.today.expected.cash_fen)
    return head | {
        "payback_months": model.payback_months(funnel, run.levers) if run.levers.cac_fen else None,
        "worth_fen": round(model.worth_fen(funnel, run.levers, months)),
        "funnel": {
            "new_customers": funnel.new_monthly,
            "first_fen": funnel.first_fen,
            "again_fen": funnel.again_fen,
            "cac_fen": run.now.cac_fen,
            "margin": funnel.margin,
            "curve_level": curve.level,
            "curve_slope": curve.slope,
        },
    }


def _rows(run: Run) -> list[dict[str, Any]]:
    path, low, high = run.scenario.expected, run.scenario.low, run.scenario.high
    today = run.today.expected
    return [
        {
            "month": month_label(run.first_month + at),
            "won": round(path.won[at], 1),
            "brought": round(path.brought[at], 1),
            "customers": round(path.active[at], 1),
            "customers_low": round(low.active[at], 1),
            "customers_high": round(high.active[at], 1),
            "revenue_fen": int(path.revenue_fen[at]),
            "margin_fen": int(path.margin_fen[at]),
            "spend_fen": int(path.spend_fen[at]),
            "cash_fen": int(path.cash_fen[at]),
            "cash_low_fen": round(low.cash_fen[at]),
            "cash_high_fen": round(high.cash_fen[at]),
            "today_customers": round(today.active[at], 1),
            "today_revenue_fen": int(today.revenue_fen[at]),
            "today_cash_fen": int(today.cash_fen[at]),
        }
        for at in range(len(path.cash_fen))
    ]
