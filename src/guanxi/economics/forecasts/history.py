"""What the purchase models know of a customer: three whole numbers, and how many customers share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SAMPLED: Final = 16_000  # rows from which a search starts, where there are many
_BITS: Final = 21  # of a packed number: days and purchases up to two million
_MOST: Final = (1 << _BITS) - 1


class Known(NamedTuple):
    """What is known of each customer, in whole days: arrays of one shape."""

    frequency: Integers
    recency: Integers
    age: Integers


@dataclass(frozen=True)
class History:
    """Customers with equal histories, told once.

    frequency  purchase days after the first (x); purchases on one day count once
    recency    days from the first purchase to the last (t_x), 0 where frequency is 0
    age        days from the first purchase to the end of what was seen (T)
    count      customers with these three
    row_of     for each customer given to `compress`, its row here

    All of shape (rows,), `row_of` (customers,).
    """

    frequency: Integers
    recency: Integers
    age: Integers
    count: Integers
    row_of: Integers

    @property
    def known(self) -> Known:
        return Known(self.frequency, self.recency, self.age)

    @property
    def customers(self) -> int:
        return int(self.count.sum())


class BadHistory(ValueError):
    """The three numbers do not belong to any customer; the message says which and why."""


def compress(frequency: Any, recency: Any, age: Any, *, with_rows: bool = True) -> History:
    """Count equal histories.

    Takes three integer arrays of one length, in days; a million customers become some 370,000 rows.
    `with_rows=False` leaves `row_of` empty, which is faster where no figure has to find its customer again.
    Raises BadHistory where 0 <= recency <= age does not hold, recency and frequency are not both zero or
    both positive, or a number is too large.
    """
    x, t_x, age_days = (np.ascontiguousarray(column, dtype=np.int64) for column in (frequency, recency, age))
    _check(x, t_x, age_days)
    packed = (x << (2 * _BITS)) | (t_x << _BITS) | age_days
    if with_rows:
        keys, rows, counts = np.unique(packed, return_inverse=True, return_counts=True)
        rows = rows.astype(np.int64, copy=False)
    else:
        keys, counts = _counted(packed)
        rows = np.empty(0, dtype=np.int64)
    return History(
        frequency=keys >> (2 * _BITS),
        recency=(keys >> _BITS) & _MOST,
        age=keys & _MOST,
        count=counts.astype(np.int64, copy=False),
        row_of=rows,
    )


def sample(history: History) -> History | None:
    """Some rows that stand for all, from which to start a search: every so-manieth of the rare histories,
    counted for those passed over, and all the common ones. None where there are few rows anyway."""
    stride = len(history.count) // SAMPLED
    if stride < 4:
        return None
    common = history.count >= stride
    rare = np.flatnonzero(~common)[stride // 2 :: stride]
    kept = np.concatenate((np.flatnonzero(common), rare))
    count = np.concatenate((history.count[common], history.count[rare] * stride))
    order = np.argsort(kept)
    kept = kept[order]
    return History(
        history.frequency[kept], history.recency[kept], history.age[kept], count[order], np.empty(0, np.int64)
    )


def _counted(packed: Integers) -> tuple[Integers, Integers]:
    if not len(packed):
        return packed, packed
    ordered = np.sort(packed)
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    return ordered[starts], np.diff(np.append(starts, len(ordered)))


def _check(x: Integers, t_x: Integers, age: Integers) -> None:
    if not (x.shape == t_x.shape == age.shape and x.ndim == 1):
        raise BadHistory("frequency, recency and age must be of one length")
    if not len(x):
        return
    if x.min() < 0 or t_x.min() < 0 or (age < t_x).any():
        raise BadHistory("every history needs 0 <= recency <= age and a frequency of at least 0")
    if ((x == 0) != (t_x == 0)).any():
        raise BadHistory("recency is 0 exactly where frequency is 0: purchases on one day count once")
    if max(x.max(), age.max()) > _MOST:
        raise BadHistory(f"no frequency and no age above {_MOST}")
