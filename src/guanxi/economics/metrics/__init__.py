"""The figures as Ibis expressions that know no engine: tables of the lake in, a table out.

from guanxi.economics import metrics
from guanxi.warehouse.schemas import tables

expression = metrics.histories(tables()["touchpoints"], tables()["subject_map"], until_day=20_000)
"""

from guanxi.economics.metrics.acquisition import first_channels
from guanxi.economics.metrics.base import Days, Table
from guanxi.economics.metrics.histories import (
    PER_MILLE,
    Margins,
    histories,
    histories_by_channel,
    last_order_day,
    purchase_days,
    purchases,
)
from guanxi.economics.metrics.overview import (
    buyers,
    channel_buyers,
    channels,
    cohorts,
    customers,
    months,
    totals,
)
from guanxi.economics.metrics.states import state_histories, states_at

__all__ = [
    "PER_MILLE",
    "Days",
    "Margins",
    "Table",
    "buyers",
    "channel_buyers",
    "channels",
    "cohorts",
    "customers",
    "first_channels",
    "histories",
    "histories_by_channel",
    "last_order_day",
    "months",
    "purchase_days",
    "purchases",
    "state_histories",
    "states_at",
    "totals",
]
