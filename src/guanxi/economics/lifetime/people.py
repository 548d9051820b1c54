"""What the lake knows of everybody who bought, as arrays: what the models are fitted to and forecast for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from guanxi.economics import assumptions, metrics, running
from guanxi.economics.forecasts import Groups, History, Known, compress
from guanxi.economics.forecasts.history import Floats, Integers
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

if TYPE_CHECKING:
    import pyarrow as pa

EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True)
class People:
    """Customers with at least one paid order until `until`, all arrays of shape (customers,).

    known            frequency, recency and age in days, as the models want them
    first_day        of the first paid order, in days since 1970-01-01
    revenue, first   paid over all time and on the first day, in minor units
    refunds, margin  given back; what is left of orders less refunds at the brand's margins: minor units
    channel          the place in `channels` of that of the first touch; that of "" where nothing says it
    """

    until: date
    customer_id: Integers
    known: Known
    first_day: Integers
    orders: Integers
    revenue: Floats
    first: Floats
    refunds: Floats
    margin: Floats
    channel: Integers
    channels: list[str]

    def __len__(self) -> int:
        return len(self.customer_id)

    def history(self) -> History:
        return compress(*self.known)

    @property
    def month_number(self) -> Integers:
        """The month of each first order, in months since 1970-01."""
        return self.first_day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)

    @property
    def by_channel(self) -> Groups:
        return Groups(self.channel, len(self.channels))

    @property
    def repeat_value(self) -> Floats:
        """The mean of what was paid on a day after the first; 0 for those who have not come again."""
        return (self.revenue - self.first) / np.maximum(self.known.frequency, 1)


def day_of(day: date) -> int:
    """The day as the lake counts it."""
    return (day - EPOCH).days


def last_day(brand: BrandRow) -> date | None:
    """The last day with a paid order, none of those to come; None where nobody has bought."""
    facts = warehouse.tables()["touchpoints"]
    today = day_of(datetime.now(UTC).astimezone(ZoneInfo(brand.timezone)).date())
    rows = running.ask(brand, metrics.last_order_day(facts, today)).to_pylist()
    found = rows[0]["last_day"] if rows else None
    return None if found is None else EPOCH + timedelta(days=found)


def read(brand: BrandRow, until: date, *, channels: bool = True) -> People:
    """Everybody who bought until that day (included), as they stood then, at the assumed margins and in the
    order of their ids. Without `channels`, which are a question of their own, nobody's is known."""
    lake = warehouse.tables()
    facts, subject_map = lake["touchpoints"], lake["subject_map"]
    margins = assumptions.of(brand.pk).margins
    table = running.ask(brand, metrics.histories(facts, subject_map, day_of(until), margins))
    if not channels:
        return _people(until, table, None)
    return _people(
        until, table, running.ask(brand, metrics.first_channels(facts, subject_map, day_of(until)))
    )


def purchases_between(brand: BrandRow, after: date, until: date) -> tuple[Integers, Integers, Floats]:
    """What each customer did in the days after `after` up to `until`: ids, days with a paid order, revenue.
    Whoever first bought then is among them."""
    lake = warehouse.tables()
    days = metrics.Days(day_of(after) + 1, day_of(until))
    table = running.ask(brand, metrics.purchases(lake["touchpoints"], lake["subject_map"], days))
    return whole(table, "customer_id"), whole(table, "days"), _money(table, "revenue_fen")


def purchase_days(brand: BrandRow, first_day: int, last_day: int) -> tuple[Integers, Integers]:
    """Who bought on which day, both ends included: ids of customers and days, an entry for each pair."""
    lake = warehouse.tables()
    days = metrics.Days(first_day, last_day)
    table = running.ask(brand, metrics.purchase_days(lake["touchpoints"], lake["subject_map"], days))
    return whole(table, "customer_id"), whole(table, "local_day")


def _people(until: date, table: pa.Table, told: pa.Table | None) -> People:
    customer_id = whole(table, "customer_id")
    order = np.argsort(customer_id)
    table, customer_id = table.take(order), customer_id[order]
    first, days = whole(table, "first_day"), whole(table, "days")
    channel, channels = _channels(customer_id, told)
    return People(
        until=until,
        customer_id=customer_id,
        known=Known(days - 1, whole(table, "last_day") - first, day_of(until) - first),
        first_day=first,
        orders=whole(table, "orders"),
        revenue=_money(table, "revenue_fen"),
        first=_money(table, "first_day_fen"),
        refunds=_money(table, "refunds_fen"),
        margin=_money(table, "margin_mfen") / metrics.PER_MILLE,
        channel=channel,
        channels=channels,
    )


def _channels(customer_id: Integers, told: pa.Table | None) -> tuple[Integers, list[str]]:
    """The place of each customer's channel among the names; that of "" where it is not told."""
    if told is None or not told.num_rows:
        return np.zeros(len(customer_id), np.int64), [""] if len(customer_id) else []
    words = told.column("channel").combine_chunks().dictionary_encode()
    ids, names = whole(told, "customer_id"), words.dictionary.to_pylist()
    order = np.argsort(ids)
    ids, number = ids[order], np.asarray(words.indices, dtype=np.int64)[order]
    at = np.minimum(np.searchsorted(ids, customer_id), len(ids) - 1)
    known = ids[at] == customer_id
    if known.all():
        return number[at], names
    names = names if "" in names else [*names, ""]
    return np.where(known, number[at], names.index("")), names


def whole(table: pa.Table, name: str) -> Integers:
    """A column of whole numbers as an array."""
    return np.asarray(_column(table, name), dtype=np.int64)


def _money(table: pa.Table, name: str) -> Floats:
    return np.asarray(_column(table, name), dtype=np.float64)


def _column(table: pa.Table, name: str) -> Any:
    return table.column(name).combine_chunks().to_numpy(zero_copy_only=False)  # of chunks it loads pandas
