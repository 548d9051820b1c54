"""The leaves of recency, frequency and money, about paid orders."""

from __future__ import annotations

from guanxi.kernel.conditions.leaves import Fault, LeafType, Param, ParamType
from guanxi.kernel.conditions.phrases import at_least_most, is_one, span
from guanxi.kernel.conditions.predicates import Compare, Op, Predicate, between, every
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.windows import Window
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.wording import say
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.conditions.keys import Of, count, total
from guanxi.touchpoints.conditions.leaves import (
    MAX_DAYS,
    MAX_TIMES,
    MONEY,
    ORDER,
    WITHIN,
    checked_bounds,
)


def _days(name: str, zh: str, en: str, doc: str) -> Param:
    return Param(name, ParamType.INTEGER, zh, en, doc, least=1, most=MAX_DAYS)


def _recency(leaf: Leaf) -> Predicate:
    parts: list[Predicate] = []
    if leaf["at_most_days"] is not None:
        parts.append(Compare(count(ORDER, Window(days=leaf["at_most_days"])), Op.GE, 1))
    if leaf["at_least_days"] is not None:
        parts.append(Compare(count(ORDER, Window(days=leaf["at_least_days"])), Op.EQ, 0))
        parts.append(Compare(count(ORDER), Op.GE, 1))
    return every(parts)


def _say_recency(leaf: Leaf, tongue: Tongue) -> str:
    least, most = leaf["at_least_days"], leaf["at_most_days"]
    bounds = at_least_most(least, most, tongue)
    if is_one(least, most):
        return tongue.say("last ordered %(bounds)s day ago", bounds=bounds)
    return tongue.say("last ordered %(bounds)s days ago", bounds=bounds)


def _check_recency(leaf: Leaf) -> Fault | None:
    if leaf["at_least_days"] is None and leaf["at_most_days"] is None:
        return Fault("at_most_days", say("a bound: at_least_days, at_most_days or both"), None)
    return checked_bounds(leaf, "at_least_days", "at_most_days")


RECENCY = LeafType(
    "value.recency",
    "最近购买",
    "Recency",
    "value",
    "How long ago the last paid order was, in days of 24 hours. Who never ordered has none.",
    (
        _days(
            "at_least_days", "距今至少（天）", "Days ago, at least", "the last order is this old, or older"
        ),
        _days("at_most_days", "距今至多（天）", "Days ago, at most", "the last order is younger than this"),
    ),
    _say_recency,
    _recency,
    check=_check_recency,
)


def _frequency(leaf: Leaf) -> Predicate:
    return between(count(ORDER, leaf["within"]), leaf["at_least"], leaf["at_most"])


def _say_frequency(leaf: Leaf, tongue: Tongue) -> str:
    least, most, within = leaf["at_least"], leaf["at_most"], span(leaf["within"], tongue)
    if most == 0:
        return tongue.say("has no paid order%(within)s", within=within)
    bounds = at_least_most(least, most, tongue)
    if is_one(least, most):
        return tongue.say("has %(bounds)s paid order%(within)s", bounds=bounds, within=within)
    return tongue.say("has %(bounds)s paid orders%(within)s", bounds=bounds, within=within)


def _check_bounds(leaf: Leaf) -> Fault | None:
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    return checked_bounds(leaf)


def _orders(name: str, zh: str, en: str, doc: str) -> Param:
    return Param(name, ParamType.INTEGER, zh, en, doc, least=0, most=MAX_TIMES)


FREQUENCY = LeafType(
    "value.frequency",
    "购买次数",
    "Frequency",
    "value",
    "How many paid orders there are. Who never ordered has 0.",
    (
        _orders("at_least", "至少（笔）", "At least (orders)", "the fewest orders"),
        _orders("at_most", "至多（笔）", "At most (orders)", "the most orders"),
        WITHIN,
    ),
    _say_frequency,
    _frequency,
    check=_check_bounds,
)


def _monetary(leaf: Leaf) -> Predicate:
    added = (
        total(Of.NET_FEN, MONEY, leaf["within"])
        if leaf["net"]
        else total(Of.AMOUNT_FEN, ORDER, leaf["within"])
    )
    return between(added, leaf["at_least"], leaf["at_most"])


def _say_monetary(leaf: Leaf, tongue: Tongue) -> str:
    parts = {
        "bounds": phrases.bounds(leaf["at_least"], leaf["at_most"], "amount_fen", tongue),
        "within": span(leaf["within"], tongue),
    }
    if leaf["net"]:
        return tongue.say("spent %(bounds)s%(within)s after refunds", **parts)
    return tongue.say("spent %(bounds)s%(within)s", **parts)


MONETARY = LeafType(
    "value.monetary",
    "消费金额",
    "Money spent",
    "value",
    "What paid orders add up to, less what was refunded in the same span unless `net` is false. Who never "
    "ordered has 0.",
    (
        Param("at_least", ParamType.FEN, "消费至少", "Spent at least", "minor units of money"),
        Param("at_most", ParamType.FEN, "消费至多", "Spent at most", "minor units of money"),
        WITHIN,
        Param(
            "net",
            ParamType.BOOLEAN,
            "扣除退款",
            "After refunds",
            "whether refunds are subtracted",
            default=True,
        ),
    ),
    _say_monetary,
    _monetary,
    check=_check_bounds,
)

ALL = (RECENCY, FREQUENCY, MONETARY)
