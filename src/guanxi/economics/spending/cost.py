"""What a new customer costs: the report "cac"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scipy.stats import chi2

from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.spending import curves, facts, rates
from guanxi.economics.spending.cost_columns import CLOSING, columns
from guanxi.economics.spending.facts import Facts, day_of
from guanxi.economics.spending.plan import Card, Planned, planned
from guanxi.economics.spending.words import NO_SPEND, NO_SYNC, NONE, group_name, listed
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures

CURVED: Final = frozenset({"channel", "platform"})  # what a response curve is fitted for
MOST_RANKED: Final = 15
MOST_NAMED: Final = 5


@dataclass
class Group:
    """What was spent for one name and who came by it."""

    spend_fen: int = 0
    customers: int = 0
    impressions: int | None = None
    clicks: int | None = None
    orders: int | None = None
    planned_fen: int = 0  # of spend that the rate card says something about
    plan: Planned | None = None

    @property
    def cac_fen(self) -> float | None:
        return self.spend_fen / self.customers if self.customers and self.spend_fen else None


@dataclass
class Cost:
    by: str
    groups: dict[str, Group] = field(default_factory=lambda: defaultdict(Group))

    @property
    def paid_customers(self) -> int:
        return sum(one.customers for one in self.groups.values() if one.spend_fen)


def cac(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report "cac"."""
    by = values["by"]
    found = facts.gathered(brand, values["since"], values["until"])
    cost = costs(found, by, rates.card(brand.pk))
    marginal = {one.name: one.marginal for one in curves.channels(found, by)} if by in CURVED else {}
    order = sorted(cost.groups, key=lambda name: (-cost.groups[name].spend_fen, name))
    if by == "month":
        order.sort()
    rows = [_row(by, name, cost.groups[name], marginal) for name in order]
    return Report(
        columns(by, curved=by in CURVED),
        rows,
        head=_head(by, found, cost),
        answers=_answers(found, cost, brand.currency),
        notes=_notes(found, cost, marginal),
        figures=_figures(found, cost),
        graphs=_graphs(by, order, cost, brand.currency),
    )


def costs(found: Facts, by: str, card: Card) -> Cost:
    """Spend, customers and the plan of each group."""
    cost = Cost(by)
    group_of = found.line_group(by)
    for line in found.lines:
        group = cost.groups[group_of(line)]
        group.spend_fen += line.amount_fen
        for name in ("impressions", "clicks", "orders"):
            if (value := getattr(line, name)) is not None:
                setattr(group, name, (getattr(group, name) or 0) + value)
        plan = planned(card, line.platform, line.type, line.local_day, amount_fen=line.amount_fen)
        if plan is not None and line.amount_fen:
            before = group.plan or Planned(0.0, 0.0, 0.0)
            group.plan = Planned(*(a + b for a, b in zip(before, plan, strict=True)))
            group.planned_fen += line.amount_fen
    of_won = found.won_group(by)
    for one in found.won:
        cost.groups[of_won(one)].customers += one.customers
    return cost


def interval(spend_fen: float, customers: int) -> tuple[float | None, float | None]:
    """The 90% interval of spend by customers, the customers being a Poisson count (exact: Garwood 1936).
    With no customer the cost has no upper end."""
    if not spend_fen:
        return None, None
    most = float(chi2.ppf(0.95, 2 * customers + 2)) / 2
    fewest = float(chi2.ppf(0.05, 2 * customers)) / 2 if customers else 0.0
    return spend_fen / most, spend_fen / fewest if fewest else None


def _row(by: str, name: str, group: Group, marginal: Mapping[str, Any]) -> dict[str, Any]:
    low, high = interval(group.spend_fen, group.customers) if group.cac_fen is not None else (None, None)
    row: dict[str, Any] = {
        by: name or NONE[by],
        "spend_fen": group.spend_fen,
        "customers": group.customers,
        "cac_fen": group.cac_fen,
        "cac_low_fen": low,
        "cac_high_fen": high,
    }
    if by in CURVED:
        row["marginal_fen"], row["marginal_low_fen"], row["marginal_high_fen"] = marginal.get(
            name, (None, None, None)
        )
    plan = group.plan
    for column, customers in zip(
        ("planned_fen", "planned_low_fen", "planned_high_fen"),
        (None, None, None) if plan is None else (plan.customers, plan.most, plan.fewest),
        strict=True,
    ):
        row[column] = group.planned_fen / customers if customers else None
    row["planned_share"] = group.planned_fen / group.spend_fen if group.spend_fen else None
    row["impressions"], row["clicks"], row["orders"] = group.impressions, group.clicks, group.orders
    return row


def _head(by: str, found: Facts, cost: Cost) -> dict[str, Any]:
    spend, told = found.spend_fen, found.told
    return {
        "by": by,
        "since": None if found.first is None else day_of(found.first),
        "until": None if found.last is None else day_of(found.last),
        "spend_fen": spend,
        "customers": found.customers,
        "paid_customers": cost.paid_customers,
        "blended_cac_fen": spend / found.customers if spend and found.customers else None,
        "paid_cac_fen": spend / cost.paid_customers if spend and cost.paid_customers else None,
        "customers_by_touch": told["touch"],
        "customers_by_first_order": told["order"],
        "customers_unknown": told["unknown"],
    }


def _figures(found: Facts, cost: Cost) -> list[KeyFigure]:
    spend = found.spend_fen
    paid_low, paid_high = interval(spend, cost.paid_customers)
    low, high = interval(spend, found.customers)
    head = _head(cost.by, found, cost)
    if not spend:
        return []
    return [
        KeyFigure(say("Spend"), spend, say("All spend of the period."), Unit.FEN),
        KeyFigure(
            say("New customers"), found.customers, say("Customers whose first paid order was in the period.")
        ),
        KeyFigure(
            say("Blended CAC"),
            head["blended_cac_fen"],
            say("All spend by all new customers, whatever brought them."),
            Unit.FEN,
            low,
            high,
        ),
        KeyFigure(
            say("Paid CAC"),
            head["paid_cac_fen"],
            say("All spend by the new customers who first came where something was spent."),
            Unit.FEN,
            paid_low,
            paid_high,
        ),
    ]


def _answers(found: Facts, cost: Cost, currency: str) -> list[Wording]:
    head = _head(cost.by, found, cost)
    if not found.spend_fen or found.first is None or found.last is None:
        return [NO_SPEND]
    if not found.customers:
        return [
            say(
                "%(spend)s were spent from %(since)s to %(until)s, and nobody bought for the first time.",
                spend=figures.money(found.spend_fen, currency),
                since=day_of(found.first),
                until=day_of(found.last),
            )
        ]
    told = [
        say(
            "From %(since)s to %(until)s a new customer cost %(blended)s: %(spend)s for %(n)s customers.",
            since=day_of(found.first),
            until=day_of(found.last),
            blended=figures.money(round(head["blended_cac_fen"]), currency),
            spend=figures.money(found.spend_fen, currency),
            n=f"{found.customers:,}",
        )
    ]
    if head["paid_cac_fen"] not in {None, head["blended_cac_fen"]}:
        told.append(
            say(
                "Counting only those who first came where something was spent, it is %(paid)s.",
                paid=figures.money(round(head["paid_cac_fen"]), currency),
            )
        )
    shares = {name: figures.share(n / found.customers) for name, n in found.told.items()}
    told.append(
        say(
            "Of %(touch)s of them the first touch is known, of %(order)s only the shop of their first order, "
            "of %(unknown)s nothing.",
            **shares,
        )
    )
    return told


def _notes(found: Facts, cost: Cost, marginal: Mapping[str, Any]) -> list[Wording]:
    if not found.spend_fen:
        return [NO_SYNC]
    notes: list[Wording] = []
    barren = [name for name, one in cost.groups.items() if one.spend_fen and not one.customers]
    if barren:
        spent = sum(cost.groups[name].spend_fen for name in barren) / found.spend_fen
        notes.append(
            say(
                "%(share)s of the spend is for names that no customer first came by: %(names)s. What it "
                "brought arrived elsewhere, or is not known.",
                share=figures.share(spent) if spent >= 0.001 else say("Next to nothing"),
                names=_named(cost.by, barren),
            )
        )
    free = [name for name, one in cost.groups.items() if one.customers and not one.spend_fen]
    if free:
        n = sum(cost.groups[name].customers for name in free)
        notes.append(
            say(
                "%(n)s customers first came where no spend is known: %(names)s.",
                n=f"{n:,}",
                names=_named(cost.by, free),
            )
        )
    if cost.by in CURVED and any(found is None for found, _low, _high in marginal.values()):
        notes.append(say("Where the marginal CAC is missing, the report on response curves says why."))
    if not any(one.plan for one in cost.groups.values()):
        notes.append(
            say(
                "The rate card says nothing about this spend, so there is no plan beside it: see the rate "
                "card's page or `guanxi rate-card set`."
            )
        )
    return [*notes, CLOSING]


def _named(by: str, names: list[str]) -> str | Wording:
    """The first few: a note names, it does not list."""
    shown = [group_name(by, name) for name in sorted(names)[:MOST_NAMED]]
    return listed([*shown, "…"] if len(names) > MOST_NAMED else shown)


def _graphs(by: str, order: list[str], cost: Cost, currency: str) -> list[Graph]:
    priced = [name for name in order if cost.groups[name].cac_fen is not None][:MOST_RANKED]
    if not priced:
        return []
    actual = Line(say("Actual CAC"), [cost.groups[name].cac_fen for name in priced])
    plans = [
        one.planned_fen / one.plan.customers if one.plan and one.plan.customers else None
        for one in (cost.groups[name] for name in priced)
    ]
    lines = [actual, Line(say("Planned CAC"), plans)] if any(plans) else [actual]
    title = say("What a new customer cost")
    if by == "month":
        return [Graph("cac", title, Drawn.LINES, priced, lines, unit=Unit.FEN)]
    labels = [group_name(by, name) for name in priced]
    return [Graph("cac", title, Drawn.RANKED, labels, lines, unit=Unit.FEN)]
