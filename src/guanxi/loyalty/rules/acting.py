"""Effects of rules that move no units, carried out in the transaction of the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from guanxi.customers import services as customers
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.conditions import Param, ParamType, Tongue
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed

ACTOR = "rules"


def register() -> None:
    EFFECTS.register(
        EffectType(
            "tag",
            "打标签",
            "Tag",
            "The customer gets a tag of the dictionary that a rule may set.",
            (Param("tag", ParamType.TEXT, "标签", "Tag", "name of the tag", required=True),),
            _say_tag,
            act=_tag,
        )
    )


def _say_tag(effect: Effect, tongue: Tongue) -> str:
    return tongue.say("the tag %(tag)s", tag=tongue.quoted(effect["tag"]))


def _tag(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """Raises NotFound, Conflict as `customers.add_tags`."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for due in dues:
        wanted[due.effect["tag"]].append(due.fact.subject_id)
    for tag, subjects in wanted.items():
        owners = set(customer_ids_of(brand_id, subjects).values())
        customers.add_tags(brand_id, [tag], owners, actor=ACTOR, source=Origin.RULE, live=live)
    return []


def carry_out(brand_id: int, dues: Sequence[Due], *, live: bool) -> list[Failed]:
    """All that are due, rule by rule; those that could not be, with what was in the way. What is recorded
    stands all the same."""
    by_rule: dict[tuple[str, str], list[Due]] = defaultdict(list)
    for due in dues:
        by_rule[due.effect.name, due.key.split(":")[1]].append(due)
    failed: list[Failed] = []
    for (name, _rule), some in by_rule.items():
        act = EFFECTS[name].act
        assert act is not None, name
        try:
            failed += act(brand_id, some, live)
        except GuanxiError as error:
            failed += [Failed(due, error.code[:40], error.message) for due in some]
    return failed
