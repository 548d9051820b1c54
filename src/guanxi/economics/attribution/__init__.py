"""Who gets the credit for an order: seven ways of dividing it over the channels that came before; no Django.

from guanxi.economics import attribution
paths = attribution.of_paths([(["wecom", "tmall"], 3, 10, 45_000)])   # path, conversions, nulls, revenue
attribution.METHODS["markov"](paths).conversions                       # credits by channel, in `paths.names`

The sum of credits is the number of conversions, whichever the method.
"""

from guanxi.economics.attribution.chain import markov
from guanxi.economics.attribution.paths import Credit, Journeys, of_events, of_paths
from guanxi.economics.attribution.rules import METHODS, first, last, linear, position, shapley, time_decay

__all__ = [
    "METHODS",
    "Credit",
    "Journeys",
    "first",
    "last",
    "linear",
    "markov",
    "of_events",
    "of_paths",
    "position",
    "shapley",
    "time_decay",
]
