"""By what customers are told apart: the channel and the product of their first order, and their city."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import ibis

from guanxi.economics.metrics.base import Table, Value, integer, known_orders, text_in
from guanxi.warehouse.schemas import per_customer

CHANNEL: Final = "channel"
CITY: Final = "city"
FIRST_PRODUCT: Final = "first_product"
MOST_GROUPS: Final = 20
_MUNICIPALITIES: Final = (110_000, 120_000, 310_000, 500_000)


def firsts(touchpoints: Table, subject_map: Table, customers: Table, by: str, until_day: int) -> Table:
    """A row for each customer with a paid order until that local day: customer_id, told (a text, NULL where
    it is unknown).

    `by` is CHANNEL (of the earliest order), FIRST_PRODUCT (the title, else the code, of its first line that
    has one, escaped as in JSON) or CITY (six digits; a district counts as its city). Of two orders at one
    moment the text that comes first counts.
    """
    paid = known_orders(touchpoints).filter(ibis._.local_day <= until_day)
    if by == CITY:
        return _cities(paid, subject_map, customers)
    earliest = paid.group_by("subject_id").aggregate(first_ms=paid.occurred_ms.min())
    orders = paid.join(earliest, ["subject_id", ("occurred_ms", "first_ms")])
    told = _product(orders) if by == FIRST_PRODUCT else orders.channel.nullif("")
    orders = orders.select("subject_id", "first_ms", told=told)
    by_subject = orders.group_by(["subject_id", "first_ms"]).aggregate(told=orders.told.min())
    mapped = per_customer(by_subject, subject_map)
    by_moment = mapped.group_by(["customer_id", "first_ms"]).aggregate(told=mapped.told.min())
    people = by_moment.group_by("customer_id").aggregate(earliest_ms=by_moment.first_ms.min())
    placed = by_moment.join(people, "customer_id")
    return placed.filter(placed.first_ms == placed.earliest_ms).select("customer_id", "told")


def greatest_groups(people: Table) -> Table:
    """The groups of `firsts` with the most customers, the greatest first, at most MOST_GROUPS: told,
    customers."""
    known = people.filter(people.told.notnull())
    sizes = known.group_by("told").aggregate(customers=known.count())
    return sizes.order_by([ibis.desc("customers"), "told"]).limit(MOST_GROUPS)


def in_groups(people: Table, names: Sequence[str]) -> Table:
    """The customers of `firsts` by the place of their group in `names`: customer_id, grp, which is
    len(names) for any other group and one more where it is unknown."""
    branches = [(people.told == name, integer(place)) for place, name in enumerate(names)]
    branches.append((people.told.isnull(), integer(len(names) + 1)))
    return people.select("customer_id", grp=ibis.cases(*branches, else_=integer(len(names))))


def _product(orders: Table) -> Value:
    title, sku = (text_in(orders.payload, name) for name in ("title", "sku"))
    return ibis.coalesce(title.nullif(""), sku.nullif(""))


def _cities(paid: Table, subject_map: Table, customers: Table) -> Table:
    buyers = per_customer(paid.select("subject_id").distinct(), subject_map).distinct()
    city = customers.adcode - customers.adcode % 100
    # Where only the province is known, it is that of a municipality's one city.
    city = ibis.ifelse(city.isin(_MUNICIPALITIES), city + 100, city)
    places = customers.select(known_customer=customers.customer_id, told=city.cast("int64").cast("string"))
    return buyers.left_join(places, [("customer_id", "known_customer")]).select("customer_id", "told")
