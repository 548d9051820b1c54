"""The leaves about facts: what a customer did, how often, when, for how much, in which order."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.conditions.features import SOURCES
from guanxi.kernel.conditions.leaves import LEAVES, Choice, Fault, LeafType, Param, ParamType
from guanxi.kernel.conditions.phrases import span
from guanxi.kernel.conditions.predicates import Compare, Every, Op, Predicate, between, every
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.windows import EVER, Window
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.wording import say
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.conditions.facts import Facts
from guanxi.touchpoints.conditions.fields import check_kinds, check_where
from guanxi.touchpoints.conditions.keys import Of, count, sequence, total
from guanxi.touchpoints.conditions.sequences import Sequences
from guanxi.touchpoints.kinds import KINDS

ORDER = ("order.paid",)
MONEY = ("order.paid", "order.refunded")
MAX_TIMES = 1_000_000
MAX_FEN = 10**12  # of an average: times the number of facts it still fits 64 bits
MAX_DAYS = 3_660


def kind_choices() -> list[Choice]:
    return [Choice(kind.name, kind.label_zh, kind.label_en) for kind in KINDS]


KINDS_PARAM = Param(
    "kinds",
    ParamType.CHOICES,
    "行为",
    "What they did",
    "one or more kinds of facts; a fact of any of them counts",
    required=True,
    choices=kind_choices,
)
WITHIN = Param(
    "within", ParamType.WINDOW, "时间", "When", "the span of time; ever where it is absent", default=EVER
)
WHERE = Param(
    "where",
    ParamType.WHERE,
    "并且满足",
    "Only those where",
    "comparisons of the fact's fields, all of which must hold; an unknown field never does",
    default=(),
)


def _bound(name: str, zh: str, en: str, doc: str) -> Param:
    return Param(name, ParamType.INTEGER, zh, en, doc, least=0, most=MAX_TIMES)


def checked_bounds(leaf: Leaf, least: str = "at_least", most: str = "at_most") -> Fault | None:
    """That the lower bound is not above the upper."""
    if leaf[least] is not None and leaf[most] is not None and leaf[least] > leaf[most]:
        return Fault(most, say("at least %(least)s", least=leaf[least]), leaf[most])
    return None


def _check_where(leaf: Leaf) -> Fault | None:
    return check_where(leaf["where"], leaf["kinds"], "where")


# ---------------------------------------------------------------- did


def _times(leaf: Leaf) -> tuple[int | None, int | None]:
    if leaf["exactly"] is not None:
        return leaf["exactly"], leaf["exactly"]
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return 1, None
    return leaf["at_least"], leaf["at_most"]


def _did(leaf: Leaf) -> Predicate:
    return between(count(leaf["kinds"], leaf["within"], leaf["where"]), *_times(leaf))


def _say_did(leaf: Leaf, tongue: Tongue) -> str:
    if _times(leaf)[1] == 0:
        return _say_never(leaf, tongue)
    return tongue.say(
        "%(did)s%(times)s%(within)s%(channel)s%(where)s",
        times=phrases.times(*_times(leaf), tongue),
        **phrases.details(leaf, tongue),
    )


def _deny_did(leaf: Leaf, tongue: Tongue) -> str:
    if _times(leaf) != (1, None):
        return tongue.say("does not match (%(what)s)", what=_say_did(leaf, tongue))
    return _say_never(leaf, tongue)


def _say_never(leaf: Leaf, tongue: Tongue) -> str:
    parts = phrases.details(leaf, tongue)
    parts["did"] = phrases.done(leaf["kinds"], tongue, participle=True)
    return tongue.say("has not %(did)s%(within)s%(channel)s%(where)s", **parts)


def _check_did(leaf: Leaf) -> Fault | None:
    if leaf["exactly"] is not None and (leaf["at_least"] is not None or leaf["at_most"] is not None):
        return Fault("exactly", say("nothing beside at_least or at_most"), leaf["exactly"])
    return checked_bounds(leaf) or _check_where(leaf)


DID = LeafType(
    "behaviour.did",
    "做过某行为",
    "Did something",
    "behaviour",
    "Facts of these kinds exist, as often as said (at least once where nothing is said). `at_most` counts "
    "customers with none as well.",
    (
        KINDS_PARAM,
        _bound("at_least", "至少（次）", "At least (times)", "the fewest facts"),
        _bound("at_most", "至多（次）", "At most (times)", "the most facts"),
        _bound("exactly", "恰好（次）", "Exactly (times)", "just so many facts"),
        WITHIN,
        WHERE,
    ),
    _say_did,
    _did,
    _deny_did,
    _check_did,
)

# ---------------------------------------------------------------- first and last


def _placed(leaf: Leaf, others: Window | None) -> Predicate:
    """Some fact in the window, none in the span on its other side."""
    inside = Compare(count(leaf["kinds"], leaf["within"], leaf["where"]), Op.GE, 1)
    if others is None:
        return inside
    return Every((inside, Compare(count(leaf["kinds"], others, leaf["where"]), Op.EQ, 0)))


def _last(leaf: Leaf) -> Predicate:
    return _placed(leaf, leaf["within"].after())


def _first(leaf: Leaf) -> Predicate:
    return _placed(leaf, leaf["within"].before())


def _say_last(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("last %(did)s%(within)s%(channel)s%(where)s", **phrases.details(leaf, tongue))


def _say_first(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("first %(did)s%(within)s%(channel)s%(where)s", **phrases.details(leaf, tongue))


_WHEN = Param("within", ParamType.WINDOW, "时间", "When", "the span of time it lies in", required=True)
LAST = LeafType(
    "behaviour.last",
    "最近一次行为的时间",
    "Last did something",
    "behaviour",
    "The newest fact of these kinds lies in the span: with `older_than_days`, they did it but not lately.",
    (KINDS_PARAM, _WHEN, WHERE),
    _say_last,
    _last,
    check=_check_where,
)
FIRST = LeafType(
    "behaviour.first",
    "首次行为的时间",
    "First did something",
    "behaviour",
    "The oldest fact of these kinds lies in the span.",
    (KINDS_PARAM, _WHEN, WHERE),
    _say_first,
    _first,
    check=_check_where,
)

# ---------------------------------------------------------------- sums and averages

_SUMMED = (
    Choice("amount_fen", "金额", "Amount"),
    Choice("net_fen", "扣除退款后的金额", "Amount after refunds"),
    Choice("quantity", "件数", "Pieces"),
)


def _of(choices: Sequence[Choice]) -> Param:
    doc = "what is added up: money in minor units, or pieces; `net_fen` subtracts refunds"
    return Param(
        "of", ParamType.CHOICE, "统计什么", "What is measured", doc, default="amount_fen", choices=choices
    )


_AT_LEAST = Param(
    "at_least", ParamType.FEN, "合计至少", "Adding up to at least", "minor units of money, or pieces"
)
_AT_MOST = Param(
    "at_most", ParamType.FEN, "合计至多", "Adding up to at most", "minor units of money, or pieces"
)


def _sum(leaf: Leaf) -> Predicate:
    added = total(Of(leaf["of"]), leaf["kinds"], leaf["within"], leaf["where"])
    return between(added, leaf["at_least"], leaf["at_most"])


def _say_sum(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say(
        "%(did)s%(within)s%(channel)s%(where)s, with %(of)s adding up to %(bounds)s",
        of=phrases.quantity_name(leaf["of"], tongue),
        bounds=phrases.bounds(leaf["at_least"], leaf["at_most"], leaf["of"], tongue),
        **phrases.details(leaf, tongue),
    )


def _check_sum(leaf: Leaf) -> Fault | None:
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    return checked_bounds(leaf) or _check_where(leaf)


SUM = LeafType(
    "behaviour.sum",
    "累计金额或件数",
    "Sum of amounts",
    "behaviour",
    "What the amounts or pieces of these facts add up to. The sum of nothing is 0, so `at_most` counts "
    "customers with none as well.",
    (KINDS_PARAM, _of(_SUMMED), _AT_LEAST, _AT_MOST, WITHIN, WHERE),
    _say_sum,
    _sum,
    check=_check_sum,
)


def _average(leaf: Leaf) -> Predicate:
    """sum ≥ least × count: no division, so no rounding."""
    given = (leaf["kinds"], leaf["within"], leaf["where"])
    of = Of(leaf["of"])
    added, counted = total(of, *given), count(*given, of=of)
    parts: list[Predicate] = [Compare(counted, Op.GE, 1)]
    for op, bound in ((Op.GE, leaf["at_least"]), (Op.LE, leaf["at_most"])):
        if bound is not None:
            parts.append(Compare(added, op, bound, times=counted))
    return every(parts)


def _say_average(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say(
        "%(did)s%(within)s%(channel)s%(where)s, with %(of)s %(bounds)s on average",
        of=phrases.quantity_name(leaf["of"], tongue),
        bounds=phrases.bounds(leaf["at_least"], leaf["at_most"], leaf["of"], tongue),
        **phrases.details(leaf, tongue),
    )


def _average_bound(name: str, zh: str, en: str) -> Param:
    doc = "minor units of money, or pieces, per fact"
    return Param(name, ParamType.FEN, zh, en, doc, least=-MAX_FEN, most=MAX_FEN)


AVERAGE = LeafType(
    "behaviour.average",
    "平均金额或件数",
    "Average of amounts",
    "behaviour",
    "The average amount, or number of pieces, of those facts that have one. Nothing has no average.",
    (
        KINDS_PARAM,
        _of((_SUMMED[0], _SUMMED[2])),
        _average_bound("at_least", "平均至少", "At least, on average"),
        _average_bound("at_most", "平均至多", "At most, on average"),
        WITHIN,
        WHERE,
    ),
    _say_average,
    _average,
    check=_check_sum,
)

# ---------------------------------------------------------------- sequences


def _sequence(leaf: Leaf) -> Predicate:
    return Compare(
        sequence(leaf["steps"], leaf["within_days"], tuple(sorted(leaf["without"])), leaf["within"]),
        Op.EQ,
        True,
    )


def _say_sequence(leaf: Leaf, tongue: Tongue) -> str:
    steps = [phrases.done(step.kinds, tongue) + phrases.wherein(step.where, tongue) for step in leaf["steps"]]
    without = leaf["without"]
    parts = {
        "steps": tongue.say(", then ").join(steps),
        "without": tongue.say(" without having %(did)s", did=phrases.done(without, tongue, participle=True))
        if without
        else "",
        "within": tongue.say(", beginning%(span)s", span=span(leaf["within"], tongue))
        if leaf["within"] != EVER
        else "",
    }
    days = leaf["within_days"]
    if days == 1:
        return tongue.say("%(steps)s within 24 hours%(without)s%(within)s", **parts)
    return tongue.say("%(steps)s within %(days)s days%(without)s%(within)s", days=days, **parts)


def _check_sequence(leaf: Leaf) -> Fault | None:
    for number, step in enumerate(leaf["steps"]):
        place = f"steps[{number}]"
        fault = check_kinds(step.kinds, f"{place}.kinds") or check_where(
            step.where, step.kinds, f"{place}.where"
        )
        if fault:
            return fault
    return None


SEQUENCE = LeafType(
    "behaviour.sequence",
    "先后做过几件事",
    "Did things in order",
    "behaviour",
    "One fact after the other matches the steps, the last at most `within_days` × 24 hours after the first. "
    "With `without`, none of those kinds occurred after the first step until these hours end.",
    (
        Param("steps", ParamType.STEPS, "步骤", "Steps", "two to six steps: kinds, and where", required=True),
        Param(
            "within_days",
            ParamType.INTEGER,
            "全部步骤在几天内完成",
            "Days for all steps",
            "days from the first step in which all must happen",
            required=True,
            least=1,
            most=MAX_DAYS,
        ),
        Param(
            "without",
            ParamType.CHOICES,
            "期间没有发生",
            "Meanwhile none of",
            "kinds that must not occur in these days",
            default=(),
            choices=kind_choices,
        ),
        Param(
            "within",
            ParamType.WINDOW,
            "第一步发生的时间",
            "When the first step happened",
            "when the first step happened",
            default=EVER,
        ),
    ),
    _say_sequence,
    _sequence,
    check=_check_sequence,
)


def register() -> None:
    from guanxi.touchpoints.conditions import value  # noqa: PLC0415 - it is built from what stands here

    SOURCES.register(Facts())
    SOURCES.register(Sequences())
    for leaf in (DID, LAST, FIRST, SUM, AVERAGE, SEQUENCE, *value.ALL):
        LEAVES.register(leaf)
