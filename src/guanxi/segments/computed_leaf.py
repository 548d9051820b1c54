"""The leaf that compares a computed field; before a condition is asked, what it stands for is put in."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.conditions import (
    LEAVES,
    BrandRow,
    Choice,
    Compare,
    Condition,
    ConditionInvalid,
    Fault,
    Leaf,
    LeafType,
    Op,
    Param,
    ParamType,
    Predicate,
    Tongue,
)
from guanxi.kernel.conditions.predicates import between, every
from guanxi.kernel.wording import say
from guanxi.segments.computed import COMPUTED, Aggregate, Spec, fields, stored_spec
from guanxi.segments.definitions import EXPANSIONS, Resolver
from guanxi.touchpoints.conditions import phrases


def _expand(leaf: Leaf, resolver: Resolver) -> Condition:
    row = resolver.fields.get(leaf["field"])
    if row is None:
        raise ConditionInvalid(
            say("There is no computed field '%(name)s'.", name=leaf["field"]),
            remedy=say("Take it out of the condition, or define it."),
            path="",
        )
    return Leaf(leaf.name, (*leaf.values, ("spec", stored_spec(row))))


def _predicate(leaf: Leaf) -> Predicate:
    spec: Spec = leaf["spec"]
    features = spec.features()
    if spec.aggregate is not Aggregate.AVERAGE:
        return between(features[0], leaf["at_least"], leaf["at_most"])
    added, counted = features
    parts: list[Predicate] = [Compare(counted, Op.GE, 1)]
    for op, bound in ((Op.GE, leaf["at_least"]), (Op.LE, leaf["at_most"])):
        if bound is not None:
            parts.append(Compare(added, op, bound, times=counted))
    return every(parts)


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    spec = dict(leaf.values).get("spec")
    label = tongue.label(spec.label_zh, spec.label_en) if spec else leaf["field"]
    of = spec.of.value if spec and spec.aggregate is not Aggregate.COUNT else ""
    return tongue.say(
        "has %(field)s of %(bounds)s",
        field=tongue.quoted(label),
        bounds=phrases.bounds(leaf["at_least"], leaf["at_most"], of, tongue),
    )


def _check(leaf: Leaf) -> Fault | None:
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    return None


def _suggest(brand: BrandRow) -> Sequence[Choice]:
    return [Choice(one.name, one.label_zh, one.label_en) for one in fields(brand.pk)]


IS = LeafType(
    COMPUTED,
    "计算字段",
    "Computed field",
    "computed",
    "A computed field of the brand lies within bounds.",
    (
        Param("field", ParamType.TEXT, "字段", "Field", "its name", required=True, suggest=_suggest),
        Param("at_least", ParamType.FEN, "至少", "At least", "minor units of money, pieces, or a number"),
        Param("at_most", ParamType.FEN, "至多", "At most", "minor units of money, pieces, or a number"),
    ),
    _sentence,
    _predicate,
    check=_check,
)


def register() -> None:
    LEAVES.register(IS)
    EXPANSIONS[COMPUTED] = _expand
