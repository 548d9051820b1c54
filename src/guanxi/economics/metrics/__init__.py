"""The figures as Ibis expressions that know no engine: tables of the lake in, a table out.

from guanxi.economics import metrics
from guanxi.warehouse.schemas import tables

expression = metrics.histories(tables()["touchpoints"], tables()["subject_map"], until_day=20_000)
"""

from guanxi.economics.metrics.base import Days, Table
from guanxi.economics.metrics.earnings import earned
from guanxi.economics.metrics.firsts import acquired, channel_margins, first_channels, first_touches
from guanxi.economics.metrics.groups import (
    CHANNEL,
    CITY,
    FIRST_PRODUCT,
    firsts,
    greatest_groups,
    in_groups,
)
from guanxi.economics.metrics.histories import (
    LAST,
    PER_MILLE,
    Margins,
    customer_days,
    histories,
    last_order_day,
    purchase_days,
    purchases,
    spend_by_month,
)
from guanxi.economics.metrics.journeys import conversions, events, touch_channels
from guanxi.economics.metrics.overview import (
    buyers,
    channel_buyers,
    channels,
    cohorts,
    customers,
    months,
    totals,
)
from guanxi.economics.metrics.products import active_buyers, new_product_buyers, product_lives
from guanxi.economics.metrics.retention import LAST_NUMBER, cohort_cells, order_days, purchase_gaps, waits
from guanxi.economics.metrics.rfm import rfm
from guanxi.economics.metrics.spending import spend_days, spend_lines
from guanxi.economics.metrics.states import states_at

__all__ = [
    "CHANNEL",
    "CITY",
    "FIRST_PRODUCT",
    "LAST",
    "LAST_NUMBER",
    "PER_MILLE",
    "Days",
    "Margins",
    "Table",
    "acquired",
    "active_buyers",
    "buyers",
    "channel_buyers",
    "channel_margins",
    "channels",
    "cohort_cells",
    "cohorts",
    "conversions",
    "customer_days",
    "customers",
    "earned",
    "events",
    "first_channels",
    "first_touches",
    "firsts",
    "greatest_groups",
    "histories",
    "in_groups",
    "last_order_day",
    "months",
    "new_product_buyers",
    "order_days",
    "product_lives",
    "purchase_days",
    "purchase_gaps",
    "purchases",
    "rfm",
    "spend_by_month",
    "spend_days",
    "spend_lines",
    "states_at",
    "totals",
    "touch_channels",
    "waits",
]
