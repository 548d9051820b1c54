"""Attribution: whose credit the orders are, by seven methods side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from guanxi.economics import attribution as methods
from guanxi.economics import metrics
from guanxi.economics.attribution import Credit, Journeys
from guanxi.economics.reporting import Column, Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.running import ask
from guanxi.kernel.channels import named
from guanxi.kernel.clock import to_ms
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

MOST_CHANNELS: Final = 60
OTHER: Final = "other"
FEW: Final = 100
MOSTLY_UNKNOWN: Final = 0.5
MANY: Final = 2  # orders to a touch: from there on those of customers without a touch are left in the lake
HIDDEN: Final = 0.03  # of all credit: a difference that deserves a sentence
FIRST_DAY, LAST_DAY = -(2**31), 2**31 - 1
EPOCH: Final = date(1970, 1, 1)
LABELS: Final = {
    "first": say("First touch"),
    "last": say("Last touch"),
    "linear": say("Linear"),
    "time_decay": say("Time decay"),
    "position": say("Position"),
    "markov": say("Markov"),
    "shapley": say("Shapley"),
}
COLUMNS: Final = (
    Column("channel", say("Channel"), say("The channel of the touches."), Unit.TEXT),
    Column(
        "method",
        say("Method"),
        say(
            "How orders are divided: to the first touch or the last, to all alike (linear), more to later "
            "ones (time_decay), 40/20/40 by position, by what is lost without the channel (markov), or "
            "equally to the different channels of a journey (shapley)."
        ),
        Unit.TEXT,
        words=LABELS,
    ),
    Column(
        "conversions",
        say("Orders credited"),
        say(
            "The channel's part of the orders that had a touch before them; those of a method add up to all."
        ),
        Unit.NUMBER,
    ),
    Column("share", say("Share"), say("That part as a share of these orders."), Unit.SHARE),
    Column(
        "revenue_fen",
        say("Revenue credited"),
        say("The channel's part of what these orders paid, before refunds."),
        Unit.FEN,
    ),
)


@dataclass(frozen=True)
class Found:
    """The journeys, all conversions with touches or without, and what each method says."""

    journeys: Journeys
    every: int
    credits: Mapping[str, Credit]

    @property
    def conversions(self) -> float:
        return float(self.journeys.conversions.sum())

    def share(self, method: str) -> np.ndarray[Any, Any]:
        return self.credits[method].conversions / max(self.conversions, 1.0)


def attribution(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """Credits by channel and method, from the touches of the lake."""
    first_alone = values["conversions"] == "first"
    days = metrics.Days(_day(values["since"], FIRST_DAY), _day(values["until"], LAST_DAY))
    journeys = read(brand, days, values["days"], first_alone)
    tables = warehouse.tables()
    counted = metrics.conversions(tables["touchpoints"], tables["subject_map"], days, first_alone)
    every = ask(brand, counted)["conversions"][0].as_py()
    known = methods.METHODS | {
        "time_decay": partial(methods.time_decay, half_life_days=values["half_life_days"])
    }
    found = Found(journeys, every, {name: method(journeys) for name, method in known.items()})
    head = _head(found, values)
    if not found.conversions:
        return Report(COLUMNS, [], head=head, notes=[_nothing(found)])
    return Report(
        columns=COLUMNS,
        rows=_rows(found),
        head=head,
        answers=_answers(found),
        notes=_notes(found),
        figures=_figures(found, head),
        graphs=_graphs(found),
    )


def read(brand: BrandRow, days: metrics.Days, window_days: int, first_alone: bool) -> Journeys:
    """The brand's journeys that end in those days; channels beyond the 60 most frequent are "other"."""
    tables = warehouse.tables()
    facts, subject_map = tables["touchpoints"], tables["subject_map"]
    channels = ask(brand, metrics.touch_channels(facts, days.last))
    names, touches = channels["channel"].to_pylist(), sum(channels["touches"].to_pylist())
    orders = ask(brand, metrics.totals(facts))["orders"][0].as_py()
    if len(names) > MOST_CHANNELS:
        names = [*(name for name in names[: MOST_CHANNELS - 1] if name != OTHER), OTHER]
    numbers = {name: number for number, name in enumerate(names)}
    asked = metrics.events(
        facts,
        subject_map,
        days.last,
        numbers,
        max(0, len(names) - 1),
        all_orders=orders < MANY * touches,
    )
    told = ask(brand, asked)
    since_ms = None if days.first == FIRST_DAY else _midnight_ms(days.first, brand.timezone)
    columns = (told[name].to_numpy() for name in ("customer_id", "moment", "revenue_fen"))
    return methods.of_events(names, *columns, days=window_days, first_alone=first_alone, since_ms=since_ms)


def apportioned(parts: Sequence[float]) -> list[int]:
    """Whole numbers near the parts whose sum is that of the parts, rounded: the largest remainders go up."""
    values = np.asarray(parts, float)
    whole = np.floor(values)
    short = int(np.rint(values.sum()) - whole.sum())
    whole[np.argsort(whole - values, kind="stable")[: max(0, short)]] += 1
    return [int(value) for value in whole]


def _rows(found: Found) -> list[dict[str, Any]]:
    names = found.journeys.names
    rows = []
    for method, credit in found.credits.items():
        revenue, shares = apportioned(credit.revenue_fen.tolist()), found.share(method)
        for at in np.argsort(-credit.conversions, kind="stable"):
            conversions = round(float(credit.conversions[at]), 6)
            told = {"channel": names[at], "method": method, "conversions": conversions}
            rows.append(told | {"share": float(shares[at]), "revenue_fen": revenue[at]})
    return rows


def _head(found: Found, values: Mapping[str, Any]) -> dict[str, Any]:
    journeys = found.journeys
    converting = journeys.conversions > 0
    before = journeys.length[converting]
    return {
        "journeys": len(journeys.start),
        "conversions": int(found.conversions),
        "conversions_without_touch": max(0, found.every - int(found.conversions)),
        "touches": len(journeys.channel),
        "average_length": float(journeys.length.mean()) if len(journeys.start) else None,
        "average_length_converting": float(before.mean()) if len(before) else None,
        "revenue_fen": round(float(journeys.revenue_fen.sum())),
        "days": values["days"],
        "half_life_days": values["half_life_days"],
    }


def _nothing(found: Found) -> Wording:
    if not found.every:
        return say("Not enough data: nobody has bought in this time.")
    if not len(found.journeys.start):
        return say(
            "Not enough data: nothing is known of what customers met before they bought. Touches are scans "
            "of codes, messages, joining as a member and the like, each with its channel."
        )
    return say("Not enough data: no order has a touch in the days before it.")


def _answers(found: Found) -> list[Wording]:
    names, last, markov = found.journeys.names, found.share("last"), found.share("markov")
    most, lost = int(last.argmax()), int(markov.argmax())
    shares = {"last_share": f"{last[most]:.1%}", "markov_share": f"{markov[lost]:.1%}"}
    if most == lost:
        told = say(
            "%(last)s has most of the orders, by the last touch (%(last_share)s) as by what would be lost "
            "without it (Markov, %(markov_share)s).",
            last=named(names[most]),
            **shares,
        )
    else:
        told = say(
            "By the last touch most orders are those of %(last)s (%(last_share)s); by what would be lost "
            "without it (Markov), those of %(markov)s (%(markov_share)s).",
            last=named(names[most]),
            markov=named(names[lost]),
            **shares,
        )
    gain = markov - last
    at = int(gain.argmax())
    if gain[at] < HIDDEN:
        return [told]
    hidden = say(
        "The last touch undervalues %(channel)s most: %(last)s of the credit there, %(markov)s by Markov.",
        channel=named(names[at]),
        last=f"{last[at]:.1%}",
        markov=f"{markov[at]:.1%}",
    )
    return [told, hidden]


def _notes(found: Found) -> list[Wording]:
    notes = []
    unknown = 1 - found.conversions / max(found.every, 1)
    if unknown > 0:
        told = say(
            "%(share)s of the orders had no known touch before them; the credits divide the others alone.",
            share=f"{unknown:.1%}",
        )
        notes.append(told)
    if unknown > MOSTLY_UNKNOWN:
        notes.append(say("So little is known that a channel nobody records may well have brought them."))
    if found.conversions < FEW:
        notes.append(say("Fewer than %(n)s orders: shares swing widely.", n=FEW))
    return notes


def _figures(found: Found, head: Mapping[str, Any]) -> list[KeyFigure]:
    return [
        KeyFigure(
            say("Orders with a touch"),
            head["conversions"],
            say("Orders before which a touch is known, in the days asked for."),
        ),
        KeyFigure(
            say("Share of all orders"),
            found.conversions / max(found.every, 1),
            say("These as a share of all orders that could have had one."),
            Unit.SHARE,
        ),
        KeyFigure(
            say("Touches before an order"),
            head["average_length_converting"],
            say("Touches of a journey that led to an order, on average."),
            Unit.NUMBER,
        ),
        KeyFigure(
            say("Journeys"), head["journeys"], say("Journeys with a touch, those without an order included.")
        ),
    ]


def _graphs(found: Found) -> list[Graph]:
    names, order = found.journeys.names, np.argsort(-found.share("markov"), kind="stable")[:20]
    ranked = Line(LABELS["markov"], [float(found.credits["markov"].conversions[at]) for at in order])
    shares = [Line(names[at], [float(found.share(method)[at]) for method in found.credits]) for at in order]
    return [
        Graph(
            "attribution-methods",
            say("What each method says"),
            Drawn.HEATMAP,
            [LABELS[method] for method in found.credits],
            shares,
            unit=Unit.SHARE,
            definition=say(
                "Each column adds up to 100%: where a row changes colour, the choice of method matters."
            ),
        ),
        Graph(
            "attribution-markov",
            say("What would be lost without each channel?"),
            Drawn.RANKED,
            [names[at] for at in order],
            [ranked],
            unit=Unit.NUMBER,
            definition=say("Orders credited by Markov's removal effect, scaled to all orders with a touch."),
        ),
    ]


def _day(given: date | None, default: int) -> int:
    return default if given is None else (given - EPOCH).days


def _midnight_ms(day: int, zone: str) -> int:
    at = date.fromordinal(EPOCH.toordinal() + day)
    return to_ms(datetime(at.year, at.month, at.day), ZoneInfo(zone))
