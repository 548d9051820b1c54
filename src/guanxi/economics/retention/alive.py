"""`alive`: how many customers are still customers, by the probability that they have not left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from guanxi.economics.forecasts import Fit, Groups, History, Model, by_parameters, forecast
from guanxi.economics.forecasts.history import Floats
from guanxi.economics.forecasts.purchasing import Z90
from guanxi.economics.lifetime import people
from guanxi.economics.lifetime.choosing import choose, described
from guanxi.economics.lifetime.people import People
from guanxi.economics.reporting import Drawn, Graph, KeyFigure, Line, Report, Unit
from guanxi.economics.retention import reading
from guanxi.economics.retention.columns import ALIVE
from guanxi.economics.retention.periods import date_of
from guanxi.economics.retention.reading import NOTHING, iso, span
from guanxi.economics.running import ask
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.ui import figures

BANDS: Final = 10
DAYS: Final = 90
WEEK: Final = 7


@dataclass(frozen=True)
class Living:
    """Customers with P(alive) and the purchases expected of them, shape (customers,) each; `group` is the
    place of each one's group in `names`, `cell` that of group and band together."""

    everybody: People
    history: History
    model: Model
    fitted: Fit
    alive: Floats
    expected: Floats
    group: Any
    names: Sequence[str]

    @property
    def cell(self) -> Any:
        band = np.minimum((self.alive * BANDS).astype(np.int64), BANDS - 1)
        return self.group * BANDS + band


def alive(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    known = span(brand, values["until"])
    head = {"by": values["by"], "until": iso(known.last) if known else values["until"], "days": DAYS}
    if known is None:
        return Report(ALIVE, [], head | {"model": values["model"], **described(None)}, [NOTHING])
    everybody = people.read(brand, date_of(known.last))
    history = everybody.history()
    choice = choose(values["model"], history, None)
    head |= {"model": choice.model.name, **described(choice.fitted, WEEK), "unit": "week"}
    notes = [*known.notes, *choice.notes]
    if choice.fitted is None:
        return Report(ALIVE, [], head, [*notes, TOO_LITTLE])
    model, fitted = choice.model, choice.fitted
    split = reading.groups(brand, values["by"], known.last)
    living = Living(
        everybody,
        history,
        model,
        fitted,
        model.alive(fitted, history.known)[history.row_of],
        model.expected(fitted, history.known, DAYS)[history.row_of],
        _placed(brand, everybody, split),
        split.names,
    )
    once = [SURE_OF_ONE] if model.name == "bgnbd" else []
    key = _figures(living)
    return Report(
        columns=ALIVE,
        rows=_rows(living),
        head=head,
        notes=[*notes, *once],
        answers=_answers(living, key),
        figures=key,
        graphs=[_graph(living)],
    )


TOO_LITTLE: Final = say("Not enough data: too few customers came back to say who will.")
SURE_OF_ONE: Final = say(
    "BG/NBD lets nobody leave before a second order, so that all who bought once count as alive; MBG/NBD "
    "does not."
)


def _placed(brand: BrandRow, everybody: People, split: reading.Groups) -> Any:
    """The place of each customer's group."""
    if split.table is None:
        return np.zeros(len(everybody), dtype=np.int64)
    found = ask(brand, split.table.order_by("customer_id"))
    ids, groups = (np.asarray(found[name].to_numpy(), dtype=np.int64) for name in ("customer_id", "grp"))
    return groups[np.searchsorted(ids, everybody.customer_id)]


def _rows(living: Living) -> list[dict[str, Any]]:
    """A row for each group and band, with the 90% interval of what is expected of it."""
    cells = Groups(living.cell, len(living.names) * BANDS)
    low, high = (
        forecast(living.model, living.fitted, living.history, cells, DAYS).interval()
        if len(living.alive)
        else (np.empty(0), np.empty(0))
    )
    everybody = living.everybody
    size = cells.sums(np.ones(len(everybody)))
    sums = {
        "revenue_fen": cells.sums(everybody.revenue),
        "alive": cells.sums(living.alive),
        "expected": cells.sums(living.expected),
    }
    whole = size.reshape(-1, BANDS).sum(axis=1)
    return [
        {
            "group": name,
            "low_alive": band / BANDS,
            "high_alive": (band + 1) / BANDS,
            "customers": int(size[at]),
            "share": size[at] / whole[place],
            "revenue_fen": round(sums["revenue_fen"][at]),
            "alive": sums["alive"][at] / size[at] if size[at] else None,
            "expected": sums["expected"][at],
            "expected_low": low[at],
            "expected_high": high[at],
        }
        for place, name in enumerate(living.names)
        if whole[place]
        for band in range(BANDS)
        for at in (place * BANDS + band,)
    ]


def _figures(living: Living) -> list[KeyFigure]:
    history, model = living.history, living.model
    one = Groups(np.zeros(len(living.alive), dtype=np.int64), 1)
    unsure = by_parameters(
        living.fitted, lambda fit: one.sums(model.alive(fit, history.known)[history.row_of])
    )
    count = float(living.alive.sum())
    error = Z90 * float(np.hypot(unsure[0], np.sqrt((living.alive * (1 - living.alive)).sum())))
    ahead = forecast(model, living.fitted, history, one, DAYS)
    low, high = ahead.interval()
    most = float(len(living.alive))
    bounds = max(0.0, count - error), min(most, count + error)
    return [
        KeyFigure(
            say("Alive"),
            count,
            say("How many customers are expected not to have left: the sum of P(alive)."),
            Unit.COUNT,
            *bounds,
        ),
        KeyFigure(
            say("Share alive"),
            count / most,
            say("These, of all customers with a paid order."),
            Unit.SHARE,
            *(bound / most for bound in bounds),
        ),
        KeyFigure(
            say("Purchases in %(n)s days", n=DAYS),
            float(ahead.expected[0]),
            say("Days with a purchase that are expected of these customers, new ones not counted."),
            Unit.COUNT,
            float(low[0]),
            float(high[0]),
        ),
    ]


def _answers(living: Living, key: Sequence[KeyFigure]) -> list[Wording]:
    count = key[0]
    said = [
        say(
            "Of %(all)s customers, some %(alive)s have not left for good; 90%% interval %(low)s to %(high)s.",
            all=figures.number(len(living.alive)),
            alive=figures.number(round(float(count.value or 0))),
            low=figures.number(round(count.low or 0)),
            high=figures.number(round(count.high or 0)),
        )
    ]
    doubtful = (living.alive >= 0.2) & (living.alive < 0.5) & (living.everybody.known.frequency > 0)
    if found := int(doubtful.sum()):
        said.append(
            say(
                "%(n)s who came back before are now more likely gone than not (P(alive) 20 to 50%%); they "
                "have paid %(share)s of all revenue.",
                n=figures.number(found),
                share=figures.share(_part(living.everybody.revenue, doubtful)),
            )
        )
    return said


def _part(values: Floats, chosen: Any) -> float | None:
    whole = float(values.sum())
    return float(values[chosen].sum()) / whole if whole > 0 else None


def _graph(living: Living) -> Graph:
    sizes = np.bincount(living.cell, minlength=len(living.names) * BANDS).reshape(-1, BANDS)
    return Graph(
        "alive",
        say("How likely are customers still ours?"),
        Drawn.STACKED,
        [f"{band * 10}–{band * 10 + 10}%" for band in range(BANDS)],
        [Line(name, sizes[place].tolist()) for place, name in enumerate(living.names) if sizes[place].any()],
        definition=say("Customers by P(alive), the model's probability that they have not left for good."),
    )
