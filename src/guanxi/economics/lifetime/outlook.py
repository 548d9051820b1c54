"""What some customers will still leave, for the reports of upper rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guanxi.economics import assumptions, running
from guanxi.economics.forecasts import Groups
from guanxi.economics.forecasts.history import Integers
from guanxi.economics.lifetime import backtest, people
from guanxi.economics.lifetime.choosing import AUTO, choose
from guanxi.economics.lifetime.worth import Ahead, Base, margin_ratios, values_of
from guanxi.kernel.wording import Wording
from guanxi.warehouse.contracts import BrandRow


@dataclass(frozen=True)
class Outlook:
    """The discounted margin expected of the buyers among some customers, in minor units, with its 90%
    interval."""

    months: int
    buyers: int
    margin_fen: float
    low_fen: float
    high_fen: float
    notes: Sequence[Wording]


def outlook(brand: BrandRow, customer_ids: Integers, months: int = 12) -> Outlook | None:
    """Told by the model that the report `ltv` takes by default; None where nobody among them has bought or no
    model fits."""
    base, notes = running.once(brand, f"outlook {months}", lambda: _base(brand, months))
    if base is None:
        return None
    places = np.flatnonzero(np.isin(base.people.customer_id, customer_ids))
    if not len(places):
        return None
    worth = base.worth(Groups(np.zeros(len(places), np.int64), 1), places)
    low, high = worth.interval()
    expected = float(worth.margin.expected[0])
    return Outlook(months, len(places), expected, float(low[0]), float(high[0]), notes)


def _base(brand: BrandRow, months: int) -> tuple[Base | None, Sequence[Wording]]:
    until = people.last_day(brand)
    everybody = people.read(brand, until) if until else None
    if everybody is None or not len(everybody):
        return None, ()
    assumed, history = assumptions.of(brand.pk), everybody.history()
    choice = choose(AUTO, history, backtest.of(brand, everybody))
    if choice.fitted is None:
        return None, choice.notes
    ahead = Ahead(months, assumed.discount_yearly)
    values, ratios = values_of(everybody), margin_ratios(everybody)
    return Base(everybody, history, choice.model, choice.fitted, values, ratios, ahead), choice.notes
