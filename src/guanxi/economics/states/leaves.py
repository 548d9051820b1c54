"""The leaf `state.is`, and the source that reads kept states for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from guanxi.economics.states import keeping
from guanxi.economics.states.contracts import CHINESE, LABELS, State
from guanxi.economics.states.rules import LEAF
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.features import column

SOURCE: Final = "state"


class StateSource(Source):
    """The state that is kept of a customer, as the last refresh found it."""

    name = SOURCE
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> Mapping[int, Values]:
        return {
            customer: Values(dict.fromkeys(features, one.state.value))
            for customer, one in keeping.kept(brand.pk, customer_ids).items()
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that start-up need not

        rows = tables["customer_states"]
        return rows.select(
            "customer_id",
            **{column(at): rows.state for at in range(len(features))},
            changes_ms=ibis.null("int64"),
        )

    def topics(self, feature: Feature) -> Collection[str]:
        return {SOURCE}


def _predicate(leaf: Leaf) -> Compare:
    return Compare(Feature(SOURCE, "state", ValueType.TEXT), Op.AMONG, leaf["among"])


def _words(leaf: Leaf, tongue: Tongue) -> str:
    states = [State(name) for name in leaf["among"]]
    return tongue.either([tongue.quoted(tongue.label(CHINESE[one], LABELS[one])) for one in states])


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("is in the state %(states)s", states=_words(leaf, tongue))


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("is not in the state %(states)s", states=_words(leaf, tongue))


IS: Final = LeafType(
    LEAF,
    "客户状态",
    "State",
    "value",
    "The state that the brand's rules put the customer in, as of the last refresh (`none`: no rule holds).",
    (
        Param(
            "among",
            ParamType.CHOICES,
            "状态",
            "State",
            "one or more states",
            required=True,
            choices=tuple(Choice(state.value, CHINESE[state], LABELS[state]) for state in State),
        ),
    ),
    _sentence,
    _predicate,
    denial=_denial,
)


def register() -> None:
    SOURCES.register(StateSource())
    LEAVES.register(IS)
