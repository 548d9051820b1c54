"""What the customers in each state are worth: what they left, and what they are expected to. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guanxi.economics.forecasts import MODELS, Fit, compress, gammagamma
from guanxi.economics.states.contracts import State
from guanxi.kernel.wording import Wording, say

UNKNOWN: Final = ""  # of whom no state was known yet
YEAR_DAYS: Final = 365
PER_MILLE: Final = 1_000
FEWEST: Final = 30  # buyers that a model is asked for
_WANTED: Final = ("mbgnbd", "bgnbd")  # in this order, the first that converges
_WORDS: Final = frozenset(("customer_id", "state", "state_before"))
NO_MODEL: Final = say(
    "Not enough data for what is expected of customers: no model of their purchases could be fitted."
)
NO_VALUES: Final = say(
    "The value of orders could not be modelled, so every order to come is taken to be worth the average."
)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Worth:
    """A state's customers. Money is minor units; None: not known."""

    state: State
    customers: int
    revenue_fen: int
    margin_fen: int
    median_days: int | None
    expected_margin_fen: float | None


@dataclass(frozen=True)
class Worths:
    """States in their order, those with customers; the model behind what is expected, and what is missing."""

    by_state: Sequence[Worth]
    customers: int
    model: str | None = None
    notes: Sequence[Wording] = ()


def joined(after: pa.Table, before: pa.Table, people: pa.Table) -> pa.Table:
    """A row for each customer with a state `after`: customer_id, state, state_before ("" where none was known
    yet), and the columns of `metrics.histories`, which are NULL of those who never bought."""
    earlier = before.rename_columns({"state": "state_before"})
    found = after.join(people, "customer_id", join_type="left outer")
    found = found.join(earlier, "customer_id", join_type="left outer")
    place = found.column_names.index("state_before")
    return found.set_column(place, "state_before", pc.fill_null(found["state_before"], UNKNOWN))


def worths(people: pa.Table, until_day: int) -> Worths:
    """`people` has a row for each customer with a state, as `joined` answers."""
    words = people["state"].combine_chunks().dictionary_encode()
    names = words.dictionary.to_pylist()
    of = words.indices.to_numpy(zero_copy_only=False)
    column = {name: _numbers(people[name]) for name in people.column_names if name not in _WORDS}
    bought = column["days"] > 0
    expected, model, notes = _expected(column, bought, until_day)
    found = {}
    for place, name in enumerate(names):
        inside = of == place
        found[State(name)] = _worth(State(name), column, inside, expected, until_day)
    return Worths([found[state] for state in State if state in found], len(of), model, notes)


def flows_of(people: pa.Table) -> list[dict[str, Any]]:
    """How many went from which state to which, those who stayed included, of the same table: state_before (""
    where none was known yet), state, customers."""
    pairs = people.select(["state_before", "state"]).group_by(["state_before", "state"])
    counted = pairs.aggregate([([], "count_all")]).rename_columns(["state_before", "state", "customers"])
    order = [("state_before", "ascending"), ("state", "ascending")]
    flows: list[dict[str, Any]] = counted.sort_by(order).to_pylist()
    return flows


def _worth(
    state: State,
    column: dict[str, Floats],
    inside: npt.NDArray[np.bool_],
    expected: Floats | None,
    until_day: int,
) -> Worth:
    buyers = inside & (column["days"] > 0)
    net = column["revenue_fen"][buyers].sum() - column["refunds_fen"][buyers].sum()
    margin = column["margin_mfen"][buyers].sum() / PER_MILLE
    some = bool(buyers.any())
    return Worth(
        state,
        int(inside.sum()),
        round(net),
        round(margin),
        round(float(np.median(until_day - column["last_day"][buyers]))) if some else None,
        float(expected[buyers].mean()) if some and expected is not None else None,
    )


def _numbers(values: pa.ChunkedArray) -> Floats:
    """The column with 0 in place of what is not known."""
    numbers: Floats = pc.fill_null(values.cast(pa.float64()), 0.0).to_numpy()
    return numbers


def _expected(
    column: dict[str, Floats], bought: npt.NDArray[np.bool_], until_day: int
) -> tuple[Floats | None, str | None, list[Wording]]:
    """The margin that each customer is expected to leave in the next 12 months, 0 of those who never bought;
    the model, and what is missing."""
    told: dict[str, Any] = {name: values[bought] for name, values in column.items()}
    if int(bought.sum()) < FEWEST:
        return None, None, [NO_MODEL]
    history = compress(told["days"] - 1, told["last_day"] - told["first_day"], until_day - told["first_day"])
    fitted = _fitted(history)
    revenue = float(told["revenue_fen"].sum())
    if fitted is None or revenue <= 0:
        return None, None, [NO_MODEL]
    orders = MODELS[fitted.model].expected(fitted, history.known, YEAR_DAYS)[history.row_of]
    value, notes = _values(told["days"], told["revenue_fen"])
    left = float(told["margin_mfen"].sum()) / PER_MILLE / revenue  # of a yuan of orders, refunds taken off
    everybody = np.zeros(len(bought))
    everybody[bought] = orders * value * left
    if not np.isfinite(everybody).all():
        return None, None, [NO_MODEL]
    return everybody, fitted.model, notes


def _fitted(history: Any) -> Fit | None:
    fits = (MODELS[name].fit(history) for name in _WANTED)
    return next((fit for fit in fits if fit.converged), None)


def _values(days: Floats, revenue: Floats) -> tuple[Floats, list[Wording]]:
    """What the next day of purchases of each customer is expected to bring."""
    mean = revenue / days
    fitted = gammagamma.fit(days, mean)
    if fitted.converged:
        return gammagamma.expected_value(fitted, days, np.maximum(mean, 0.0)), []
    return np.full(len(days), revenue.sum() / days.sum()), [NO_VALUES]
