"""`payback`: when what a customer cost is back, by channel and cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from guanxi.economics import assumptions, metrics, running
from guanxi.economics.forecasts import Groups
from guanxi.economics.forecasts.history import Floats, Integers
from guanxi.economics.lifetime import people
from guanxi.economics.lifetime.choosing import AUTO, choose
from guanxi.economics.lifetime.curves import STEP, Curves, Events, cash_needed, crossing, go_on, seen_curves
from guanxi.economics.lifetime.payback_columns import COLUMNS, figures_of, graphs_of
from guanxi.economics.lifetime.people import People, whole
from guanxi.economics.lifetime.worth import Ahead, Base, margin_ratios, values_of
from guanxi.economics.reporting import Report
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse import queries as warehouse

UNKNOWN: Final = say("unknown")
ALL: Final = say("all customers")
MONTHS_OF_YEAR_0: Final = 1970 * 12


@dataclass(frozen=True)
class Spent:
    """Spend by channel and month of the first order (months since 1970-01), in minor units."""

    by: Mapping[tuple[str, int], int]

    @property
    def months(self) -> tuple[int, int] | None:
        """The first and the last month with any spend."""
        found = [month for _, month in self.by]
        return (min(found), max(found)) if found else None

    def of(self, channel: str | None, months: range) -> int:
        """Of a channel (None: of all) in these months."""
        return sum(
            fen for (name, month), fen in self.by.items() if channel in {None, name} and month in months
        )


@dataclass(frozen=True)
class Grouping:
    """A channel (None: all) and the months of first orders; `cohort` where it is one month."""

    label: str
    channel: str | None
    months: range
    cohort: int | None = None


def payback(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    assumed = assumptions.of(brand.pk)
    until: date | None = values["until"] or people.last_day(brand)
    everybody = people.read(brand, until) if until else None
    head: dict[str, Any] = {"until": until, "months": values["months"]}
    if until is None or everybody is None or not len(everybody):
        return Report(COLUMNS, [], head, [say("Not enough data: nobody has bought until then.")])
    spent = _spent(brand, until)
    groupings = _groupings(everybody, spent, values["by"])
    notes: list[Wording] = [*assumed.notes, *_spend_notes(everybody, spent)]
    counts = _counts(everybody)
    curves, model = _curves(brand, everybody, groupings, values["months"])
    head["model"] = model
    if model is None:
        notes.append(say("No model fits, so curves end where customers have been seen to."))
    rows = [
        _row(one, spent, _won(everybody, counts, one), Curve.of(curves, at), values["within"])
        for at, one in enumerate(groupings)
    ]
    shown = [row for row in rows if row["customers"] or row["spend_fen"]]
    return Report(
        columns=COLUMNS,
        rows=shown,
        head=head,
        notes=notes,
        answers=_answers(brand, shown, values["within"]),
        figures=figures_of(shown[0] if shown else {}, values["within"]),
        graphs=graphs_of(
            [(one.label, row["cac_fen"]) for one, row in zip(groupings, rows, strict=True)], curves
        ),
    )


def _spent(brand: BrandRow, until: date) -> Spent:
    table = running.ask(brand, metrics.spend_by_month(warehouse.tables()["spend"]))
    last = until.year * 12 + until.month - 1
    rows = [row for row in table.to_pylist() if row["local_month"] <= last]
    return Spent({(row["channel"], row["local_month"] - MONTHS_OF_YEAR_0): row["amount_fen"] for row in rows})


def _groupings(everybody: People, spent: Spent, by: str) -> list[Grouping]:
    """All first, then each channel or cohort, or each cohort of each channel with spend."""
    numbers = everybody.month_number
    first, last = spent.months or (int(numbers.min()), int(numbers.max()))
    last = max(last, int(numbers.max())) if spent.months is None else last
    span = range(first, last + 1)
    cohorts = [month for month in span if month in set(np.unique(numbers).tolist())]
    paid = {name for name, _ in spent.by}
    channels = sorted(paid | set(everybody.channels), key=lambda name: (-spent.of(name, span), name))
    found = [Grouping(ALL, None, span)]
    if by == "cohort":
        found += [Grouping(_month(m), None, range(m, m + 1), m) for m in cohorts]
    elif by == "channel":
        found += [Grouping(name or UNKNOWN, name, span) for name in channels]
    else:
        found += [
            Grouping(f"{name} {_month(m)}", name, range(m, m + 1), m)
            for name in channels
            if name in paid
            for m in cohorts
        ]
    return found


def _month(number: int) -> str:
    return str(np.datetime64(number, "M"))


def _curves(
    brand: BrandRow, everybody: People, groupings: Sequence[Grouping], months: int
) -> tuple[Curves, str | None]:
    """The curves of all groupings, and the model by which they go on. Groupings overlap: they are told in
    layers in which each customer is in one."""
    events = _events(brand, everybody)
    layers = [[0], list(range(1, len(groupings)))]
    parts = [_seen(events, everybody, [groupings[at] for at in layer], months) for layer in layers if layer]
    curves = Curves(
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.stderr for part in parts]),
        np.concatenate([part.seen for part in parts]),
    )
    history = everybody.history()
    choice = choose(AUTO, history, None)
    if choice.fitted is None:
        return curves, None
    base = Base(
        everybody,
        history,
        choice.model,
        choice.fitted,
        values_of(everybody),
        margin_ratios(everybody),
        Ahead(months, 0.0),
    )
    return go_on(curves, *base.of_new()), choice.model.name


def _events(brand: BrandRow, everybody: People) -> Events:
    lake = warehouse.tables()
    until = people.day_of(everybody.until)
    margins = assumptions.of(brand.pk).margins
    days = metrics.customer_days(lake["touchpoints"], lake["subject_map"], until, margins)
    table = running.ask(brand, days.select("customer_id", "local_day", "margin_mfen"))
    ids, days, margin = whole(table, "customer_id"), whole(table, "local_day"), whole(table, "margin_mfen")
    at = np.minimum(np.searchsorted(everybody.customer_id, ids), len(everybody) - 1)
    known = everybody.customer_id[at] == ids  # those with refunds alone never bought
    age = days - everybody.first_day[at]
    return Events(at[known], age[known], margin[known] / metrics.PER_MILLE)


def _seen(events: Events, everybody: People, groupings: Sequence[Grouping], months: int) -> Curves:
    of = _of(everybody, groupings)
    inside = of < len(groupings)
    places = np.cumsum(inside) - 1
    kept = inside[events.customer]
    told = Events(places[events.customer[kept]], events.age[kept], events.margin[kept])
    ages = everybody.known.age[inside]
    return seen_curves(told, ages, Groups(of[inside], len(groupings)), months)


def _of(everybody: People, groupings: Sequence[Grouping]) -> Integers:
    """The grouping of each customer; the number of them where in none."""
    table = np.full((len(everybody.channels), int(everybody.month_number.max()) + 1), len(groupings))
    for at, one in enumerate(groupings):
        table[_channels(everybody, one), one.months.start : one.months.stop] = at
    return table[everybody.channel, everybody.month_number].astype(np.int64)


def _channels(everybody: People, one: Grouping) -> Any:
    """Which channels a grouping is of, as an index."""
    if one.channel is None:
        return slice(None)
    return [at for at, name in enumerate(everybody.channels) if name == one.channel]


def _counts(everybody: People) -> Integers:
    """Customers by channel and month of the first order."""
    shape = (len(everybody.channels), int(everybody.month_number.max()) + 1)
    flat = everybody.channel * shape[1] + everybody.month_number
    return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape)


@dataclass(frozen=True)
class Curve:
    """One group's."""

    value: Floats
    low: Floats
    high: Floats
    seen: int

    @classmethod
    def of(cls, curves: Curves, at: int) -> Curve:
        return cls(curves.value[at], curves.low[at], curves.high[at], int(curves.seen[at]))


def _won(everybody: People, counts: Integers, one: Grouping) -> int:
    return int(counts[_channels(everybody, one), one.months.start : one.months.stop].sum())


def _row(one: Grouping, spent: Spent, customers: int, curve: Curve, within: int) -> dict[str, Any]:
    fen = spent.of(one.channel, one.months)
    row: dict[str, Any] = {"group": one.label, "customers": customers, "spend_fen": fen or None}
    if not customers:
        return {**row, "cac_fen": None}
    row |= {
        "first_fen": curve.value[0],
        "margin_fen": curve.value[-1],
        "margin_low_fen": curve.low[-1],
        "margin_high_fen": curve.high[-1],
        "seen": curve.seen,
        "affordable_fen": max(float(curve.value[min(within, len(curve.value) - 1)]), 0.0),
    }
    if fen <= 0:
        return {**row, "cac_fen": None}
    return {**row, **_paid_back(one, curve, fen / customers, customers)}


def _paid_back(one: Grouping, curve: Curve, cost: float, customers: int) -> dict[str, Any]:
    months = crossing(curve.value, cost)
    cash = cash_needed(curve.value, cost)
    start = None if one.cohort is None else date(1970 + one.cohort // 12, one.cohort % 12 + 1, 15)
    even = None if start is None or months is None else start + timedelta(days=round(months * STEP))
    return {
        "cac_fen": cost,
        "ltv_cac": curve.value[-1] / cost,
        "ltv_cac_low": curve.low[-1] / cost,
        "ltv_cac_high": curve.high[-1] / cost,
        "payback": months,
        "payback_low": crossing(curve.high, cost),
        "payback_high": crossing(curve.low, cost),
        "break_even": even,
        "cash_fen": None if cash is None else cash * customers / len(one.months),
    }


def _spend_notes(everybody: People, spent: Spent) -> list[Wording]:
    if spent.months is None:
        return [
            say(
                "Not enough data: no spend is known, so nothing is said of payback. Import it with "
                "guanxi import --as spend."
            )
        ]
    first, last = spent.months
    numbers = everybody.month_number
    outside = int(((numbers < first) | (numbers > last)).sum())
    notes = [
        say(
            "Customers won before or after the months with spend (%(first)s to %(last)s) are left out: "
            "%(share)s of all.",
            first=_month(first),
            last=_month(last),
            share=figures.share(outside / len(everybody)),
        )
    ]
    strangers = sorted({name for name, _ in spent.by} - set(everybody.channels))
    if strangers:
        notes.append(
            say(
                "Spend in channels from which no customer is known to come: %(names)s.",
                names=", ".join(name or "–" for name in strangers),
            )
        )
    return notes if outside else notes[1:]


def _answers(brand: BrandRow, rows: Sequence[Mapping[str, Any]], within: int) -> list[Wording]:
    whole_brand = rows[0] if rows else {}
    if not whole_brand.get("cac_fen"):
        return []
    told = {
        "cac": figures.money(round(whole_brand["cac_fen"]), brand.currency),
        "first": figures.money(round(whole_brand["first_fen"]), brand.currency),
    }
    if whole_brand["payback"] is None:
        return [
            say(
                "A new customer costs %(cac)s and leaves %(first)s at the first order; the rest is not back "
                "within the months looked at.",
                **told,
            )
        ]
    if whole_brand["payback"] == 0:
        return [
            say(
                "A new customer costs %(cac)s and leaves %(first)s at the first order: that is back at once.",
                **told,
            )
        ]
    return [
        say(
            "A new customer costs %(cac)s, leaves %(first)s at the first order, and has paid it back after "
            "%(months)s months.",
            **told,
            months=f"{whole_brand['payback']:.1f}",
        )
    ]
