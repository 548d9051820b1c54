"""Who bought in a time, and the products that were new in it."""

from __future__ import annotations

import ibis

from guanxi.economics.metrics.base import Days, Table, known_orders, text_in, total
from guanxi.warehouse.schemas import per_customer


def active_buyers(touchpoints: Table, subject_map: Table, days: Days) -> Table:
    """A row for each customer with a paid order on those local days: customer_id."""
    paid = known_orders(touchpoints, days)
    return per_customer(paid.select("subject_id").distinct(), subject_map).distinct()


def product_lives(touchpoints: Table, until_day: int) -> Table:
    """A row for each product that headed a paid order until that local day: product (the SKU of the order's
    first line, else its title), first_day, last_day, orders."""
    sold = _sold(touchpoints, until_day)
    by_day = sold.group_by(["product", "local_day"]).aggregate(orders=sold.count())
    return by_day.group_by("product").aggregate(
        first_day=by_day.local_day.min(), last_day=by_day.local_day.max(), orders=total(by_day.orders)
    )


def new_product_buyers(touchpoints: Table, subject_map: Table, days: Days) -> Table:
    """A row for each customer who on those local days bought a product that nobody had bought before them:
    customer_id. Products are those of `product_lives`."""
    sold = _sold(touchpoints, days.last)
    lives = sold.group_by("product").aggregate(first_day=sold.local_day.min())
    recent = sold.filter((sold.local_day >= days.first) & sold.subject_id.notnull())
    fresh = lives.filter(lives.first_day >= days.first)
    bought = recent.semi_join(fresh, "product").select("subject_id").distinct()
    return per_customer(bought, subject_map).distinct()


def _sold(touchpoints: Table, until_day: int) -> Table:
    paid = touchpoints.filter((touchpoints.kind == "order.paid") & (touchpoints.local_day <= until_day))
    sku, title = (text_in(paid.payload, name) for name in ("sku", "title"))
    sold = paid.select("subject_id", "local_day", product=ibis.ifelse(sku == "", title, sku))
    return sold.filter(sold.product != "")
