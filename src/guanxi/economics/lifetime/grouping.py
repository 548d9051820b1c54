"""By what a report on worth tells customers apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from guanxi.economics import running
from guanxi.economics.forecasts import Groups
from guanxi.economics.forecasts.history import Integers
from guanxi.economics.lifetime.people import People, whole
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.segments import queries as segments
from guanxi.warehouse import queries as warehouse

MOST_CUSTOMERS: Final = 1_000
UNKNOWN: Final = say("unknown")


@dataclass(frozen=True)
class Split:
    """`groups.of` has the shape of `rows`, which are places in the people's arrays: a place may come more
    than once where groups overlap, and not at all where a customer is in none."""

    labels: list[str]
    rows: Integers
    groups: Groups
    notes: tuple[Wording, ...] = ()


def split(brand: BrandRow, people: People, by: str) -> Split:
    """By "all", "cohort", "channel" or "segment"."""
    everybody = np.arange(len(people))
    if by == "cohort":
        months, of = np.unique(people.month_number, return_inverse=True)
        labels = [str(month) for month in months.astype("datetime64[M]")]
        return Split(labels, everybody, Groups(of.astype(np.int64), len(labels)))
    if by == "channel":
        return Split([name or UNKNOWN for name in people.channels], everybody, people.by_channel)
    if by == "segment":
        return _segments(brand, people)
    return Split([say("all customers")], everybody, Groups(np.zeros(len(people), np.int64), 1))


def _segments(brand: BrandRow, people: People) -> Split:
    known = {row.id: row for row in segments.segments(brand)}
    table = running.ask(brand, warehouse.tables()["memberships"])
    segment, customer = whole(table, "segment_id"), whole(table, "customer_id")
    places = np.searchsorted(people.customer_id, customer)
    inside = places < len(people)
    inside[inside] = people.customer_id[places[inside]] == customer[inside]
    inside &= np.isin(segment, list(known))
    ids, of = np.unique(segment[inside], return_inverse=True)
    missing = [row.name for row in known.values() if row.id not in set(ids.tolist())]
    notes = (say("Of these segments the warehouse knows no buyer: %(names)s.", names=", ".join(missing)),)
    return Split(
        [known[int(one)].name for one in ids],
        places[inside],
        Groups(of.astype(np.int64), len(ids)),
        notes if missing else (),
    )
