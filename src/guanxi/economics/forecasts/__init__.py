"""Models of when customers buy and what their orders are worth: arrays in, figures out, no Django.

from guanxi.economics import forecasts as models
history = models.compress(frequency, recency, age)      # whole days
fitted = models.MODELS["bgnbd"].fit(history)
fitted.in_unit(7).params, fitted.stderr, fitted.log_likelihood, fitted.warnings
models.MODELS["bgnbd"].expected(fitted, models.Known(frequency, recency, age), 90)
"""

from guanxi.economics.forecasts.fitting import Fit
from guanxi.economics.forecasts.history import BadHistory, History, Known, compress
from guanxi.economics.forecasts.purchasing import (
    MODELS,
    Forecast,
    Groups,
    Model,
    by_parameters,
    forecast,
    side_by_side,
    spread,
)

__all__ = [
    "MODELS",
    "BadHistory",
    "Fit",
    "Forecast",
    "Groups",
    "History",
    "Known",
    "Model",
    "by_parameters",
    "compress",
    "forecast",
    "side_by_side",
    "spread",
]
