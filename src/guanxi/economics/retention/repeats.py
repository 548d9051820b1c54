"""`repeat`: who comes for a second order, how soon, and how long it takes from one order to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from guanxi.economics import metrics
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.retention.columns import REPEAT
from guanxi.economics.retention.intervals import wilson
from guanxi.economics.retention.reading import NOTHING, Groups, groups, iso, span
from guanxi.economics.retention.survival import Arrivals, arrivals, quantile
from guanxi.economics.running import ask
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures
from guanxi.warehouse import queries as warehouse

WINDOWS: Final = (30, 60, 90, 180, 365)
TOLD: Final = 90  # the window that the answers speak of
SHOWN_GROUPS: Final = 5
FEWEST: Final = 30  # customers of a group that is compared, or still waiting where the curve ends
POINTS: Final = 60
QUANTILES: Final = (10, 25, 50, 75, 90)


@dataclass(frozen=True)
class Group:
    """The customers of a group: (observed, returned) for each window, and how long they waited."""

    name: str
    customers: int
    seen: Sequence[tuple[int, int]]
    waits: Arrivals


def repeat(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    known = span(brand, values["until"])
    head = {"by": values["by"], "until": iso(known.last) if known else values["until"]}
    if known is None:
        return Report(REPEAT, [], head, [NOTHING])
    split, lake = groups(brand, values["by"], known.last), warehouse.tables()
    facts, links = lake["touchpoints"], lake["subject_map"]
    counted = ask(brand, metrics.waits(facts, links, known.last, WINDOWS, split.table))
    columns = {name: counted[name].to_numpy() for name in counted.column_names}
    everybody = _group("", columns)
    found = _groups(columns, split)
    gaps = _gaps(ask(brand, metrics.purchase_gaps(facts, links, known.last)))
    return Report(
        columns=REPEAT,
        rows=[row for group in found for row in _rows(group)],
        head=head
        | {"customers": everybody.customers, "median_days": everybody.waits.reaches(0.5), "gaps": gaps},
        notes=[*known.notes, *_notes(everybody)],
        answers=[*_answers(everybody), *_extremes(found), *_gap_answers(gaps)],
        figures=_figures(everybody),
        graphs=_graphs(found, gaps),
    )


def _groups(columns: Mapping[str, Any], split: Groups) -> list[Group]:
    found = []
    for at, name in enumerate(split.names):
        chosen = columns["grp"] == at
        if chosen.any():
            found.append(_group(name, {key: column[chosen] for key, column in columns.items()}))
    return found


def _group(name: str, columns: Mapping[str, Any]) -> Group:
    days, returned, count = columns["days"], columns["returned"] == 1, columns["customers"]
    seen = []
    for place, window in enumerate(WINDOWS):
        observed = columns["seen"] > place
        back = observed & returned & (days <= window)
        seen.append((int(count[observed].sum()), int(count[back].sum())))
    return Group(name, int(count.sum()), seen, arrivals(days, returned, count))


def _rows(group: Group) -> list[dict[str, Any]]:
    rows = []
    for window, (observed, returned) in zip(WINDOWS, group.seen, strict=True):
        low, high = wilson(returned, observed)
        came, came_low, came_high = group.waits.at(window)
        rows.append(
            {
                "group": group.name,
                "customers": group.customers,
                "days": window,
                "observed": observed,
                "returned": returned,
                "share": returned / observed if observed else None,
                "low": low,
                "high": high,
                "expected": came,
                "expected_low": came_low,
                "expected_high": came_high,
                "median_days": group.waits.reaches(0.5),
            }
        )
    return rows


def _gaps(counted: Any) -> list[dict[str, Any]]:
    """For each order number the days since the order before, in quantiles of those who gave it."""
    number, days, count = (counted[name].to_numpy() for name in ("number", "days", "purchases"))
    found = []
    for one in np.unique(number):
        of = number == one
        row = {f"p{share}": quantile(days[of], count[of], share / 100) for share in QUANTILES}
        found.append({"number": int(one), "purchases": int(count[of].sum()), **row})
    return found


def _notes(everybody: Group) -> list[Wording]:
    longest = [days for days, (observed, _) in zip(WINDOWS, everybody.seen, strict=True) if not observed]
    if not longest:
        return []
    return [say("Nobody has been known for %(days)s days yet: such shares are not known.", days=longest[0])]


def _answers(everybody: Group) -> list[Wording]:
    observed, returned = everybody.seen[WINDOWS.index(TOLD)]
    said = []
    if observed:
        low, high = wilson(returned, observed)
        said.append(
            say(
                "%(share)s of the customers came back on another day within %(days)s days; 90%% interval "
                "%(low)s to %(high)s, of %(n)s who are known that long.",
                share=figures.share(returned / observed),
                days=TOLD,
                low=figures.share(low),
                high=figures.share(high),
                n=figures.number(observed),
            )
        )
    median = everybody.waits.reaches(0.5)
    if median is not None:
        said.append(say("Half of them have come back after %(days)s days.", days=median))
        return said
    last = everybody.waits.risked(FEWEST)
    share = everybody.waits.at(last)[0]
    if last and share is not None:
        told = {"share": figures.share(share), "days": last}
        said.append(
            say("Fewer than half come back: after %(days)s days it is an expected %(share)s.", **told)
        )
    return said


def _extremes(found: Sequence[Group]) -> list[Wording]:
    """Which groups come back most and least, where that is no matter of chance."""
    place = WINDOWS.index(TOLD)
    ranked = sorted(
        (group.seen[place][1] / group.seen[place][0], group.name, wilson(*reversed(group.seen[place])))
        for group in found
        if group.seen[place][0] >= FEWEST
    )
    if len(ranked) < 2:
        return []
    (worst, worst_name, (_, worst_high)), (best, best_name, (best_low, _)) = ranked[0], ranked[-1]
    if worst_high is None or best_low is None or best_low <= worst_high:
        return [say("Between the groups there is no difference that could not be chance.")]
    return [
        say(
            "Most come back of %(best)s (%(high)s within %(days)s days), fewest of %(worst)s (%(low)s).",
            best=best_name,
            high=figures.share(best),
            days=TOLD,
            worst=worst_name,
            low=figures.share(worst),
        )
    ]


def _gap_answers(gaps: Sequence[Mapping[str, Any]]) -> list[Wording]:
    if not gaps:
        return []
    return [
        say(
            "Of those who came back, half did so within %(days)s days, three quarters within %(late)s.",
            days=gaps[0]["p50"],
            late=gaps[0]["p75"],
        )
    ]


def _figures(everybody: Group) -> list[KeyFigure]:
    meaning = say("Who bought on a later day within that time, of the customers who are known that long.")
    found = []
    for window, (observed, returned) in zip(WINDOWS, everybody.seen, strict=True):
        if observed:
            low, high = wilson(returned, observed)
            label = say("Back within %(n)s days", n=window)
            found.append(KeyFigure(label, returned / observed, meaning, Unit.SHARE, low, high))
    median = everybody.waits.reaches(0.5)
    if median is not None:
        definition = say("The day by which half of all customers are expected back (Kaplan–Meier).")
        low_day, high_day = _days_of_half(everybody.waits)
        found.append(
            KeyFigure(say("Median wait"), median, definition, Unit.DAYS, low_day, high_day),
        )
    return found


def _days_of_half(waits: Arrivals) -> tuple[int | None, int | None]:
    """Where the bounds of the curve cross a half (Brookmeyer and Crowley, Biometrics 38, 1982)."""
    early, late = (np.flatnonzero(np.nan_to_num(bound) >= 0.5) for bound in (waits.high, waits.low))
    return (
        int(waits.days[early[0]]) if len(early) else None,
        int(waits.days[late[0]]) if len(late) else None,
    )


def _graphs(found: Sequence[Group], gaps: Sequence[Mapping[str, Any]]) -> list[Graph]:
    graphs = []
    shown = sorted(found, key=lambda group: -group.customers)[:SHOWN_GROUPS]
    if end := max((group.waits.risked(FEWEST) or group.waits.last for group in shown), default=0):
        step = max(1, -(-end // POINTS))
        days = range(0, end + 1, step)
        graphs.append(
            Graph(
                "waiting",
                say("How many have come back after so many days?"),
                Drawn.BANDS,
                [str(day) for day in days],
                [_line(group, days) for group in shown],
                unit=Unit.SHARE,
                definition=say(
                    "Kaplan–Meier: the share who have bought on another day, those who are not yet known so "
                    "long being counted as long as they are; shaded: the 90%% interval. It ends where fewer "
                    "than %(n)s are still waiting.",
                    n=FEWEST,
                ),
            )
        )
    if gaps:
        graphs.append(_gap_graph(gaps))
    return graphs


def _line(group: Group, days: range) -> Line:
    points = [group.waits.at(day) for day in days]
    return Line(
        group.name,
        [share for share, _, _ in points],
        [low for _, low, _ in points],
        [high for _, _, high in points],
    )


def _gap_graph(gaps: Sequence[Mapping[str, Any]]) -> Graph:
    labels = [str(gap["number"]) for gap in gaps]
    if gaps[-1]["number"] == metrics.LAST_NUMBER:
        labels[-1] += "+"
    return Graph(
        "gaps",
        say("How many days lie between an order and the one before?"),
        Drawn.BANDS,
        labels,
        [
            Line(
                say("Days since the order before"),
                [gap["p50"] for gap in gaps],
                [gap["p25"] for gap in gaps],
                [gap["p75"] for gap in gaps],
            )
        ],
        unit=Unit.DAYS,
        definition=say(
            "The median by the number of the order, of those who gave one; shaded: between the quartiles. "
            "Orders of one day count once. Whoever will come later yet is not in it, so that it is too short "
            "rather than too long."
        ),
    )
