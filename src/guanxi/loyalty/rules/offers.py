"""What a rule that is met would give: units of its effects, before limits and groups. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from guanxi.kernel.conditions.predicates import Op
from guanxi.loyalty.rules.contracts import GIVE, MULTIPLY, Effect, Given, Group, Rule
from guanxi.loyalty.rules.facts import Fact
from guanxi.touchpoints.conditions.matching import Test, test_of

LARGEST_UNITS: Final = 10**15
LONE: Final = Group("")


class Compiled(NamedTuple):
    rule: Rule
    test: Test | None
    group: Group
    multiplies: bool
    is_timed: bool
    is_conditional: bool
    gives: tuple[tuple[int, Effect, Test | None], ...]  # place, effect, which lines count
    others: tuple[tuple[int, Effect], ...]
    channel: str | None  # the one it asks for, and
    rest: Test | None  # what it asks for besides


def compiled(rule: Rule) -> Compiled:
    definition = rule.definition
    gives = [
        (place, effect, _lines_test(effect))
        for place, effect in enumerate(definition.effects)
        if effect.name in (GIVE, MULTIPLY)
    ]
    others = [
        (place, effect)
        for place, effect in enumerate(definition.effects)
        if effect.name not in (GIVE, MULTIPLY)
    ]
    is_timed = bool(definition.since or definition.until or definition.weekdays or definition.hours)
    multiplies = any(effect.name == MULTIPLY for effect in definition.effects)
    group = rule.group or LONE
    where = definition.where
    channels = [one for one in where if one.field == "channel" and one.op is Op.EQ]
    return Compiled(
        rule,
        test_of(where),
        group,
        multiplies,
        is_timed,
        definition.condition is not None,
        tuple(gives),
        tuple(others),
        channels[0].value if channels else None,
        test_of([one for one in where if one not in channels[:1]]),
    )


def _lines_test(effect: Effect) -> Test | None:
    return test_of(effect.values.get("lines") or ())


def offer_of(one: Compiled, fact: Fact, before: Sequence[Given]) -> list[Given]:
    """What the rule would give, before limits and groups; nothing where there are no units and nothing
    else."""
    found = []
    for place, effect, lines in one.gives:
        units = _multiplied(effect, before) if effect.name == MULTIPLY else units_of(effect, fact, lines)
        most = effect.values["most"]
        units = min(units, LARGEST_UNITS if most is None else most)
        if units > 0:
            found.append(Given(one.rule, place, effect, units))
    if one.others:
        found += [Given(one.rule, place, effect, 0) for place, effect in one.others]
    return found


def units_of(effect: Effect, fact: Fact, lines: Test | None = None) -> int:
    """The units that a `give` comes to for a fact, `most` aside: whole ones, rounded down."""
    values = effect.values
    units, per = int(values["units"]), values["per"]
    if per == "fact":
        return units
    if lines is None:
        amount, pieces = fact.amount_fen, fact.quantity
    else:
        amount, pieces = _of_lines(fact, lines)
    if per == "pieces":
        return units * max(0, pieces or 0)
    return max(0, amount or 0) // int(values["each_fen"]) * units


def _of_lines(fact: Fact, test: Test) -> tuple[int, int]:
    """Amount and pieces of the lines that count."""
    amount = pieces = 0
    for item in fact.fields().get("items", ()):
        if test(_Line(item)):
            many = item.get("quantity")
            many = many if isinstance(many, int) else 1
            worth = item.get("amount_fen")
            if not isinstance(worth, int):
                price = item.get("price_fen")
                worth = price * many if isinstance(price, int) else 0
            amount, pieces = amount + worth, pieces + many
    return amount, pieces


class _Line:
    """An order line, compared as facts are."""

    __slots__ = ("_item",)

    def __init__(self, item: Mapping[str, Any]) -> None:
        self._item = item

    def fields(self) -> Mapping[str, Any]:
        return self._item


def _multiplied(effect: Effect, before: Sequence[Given]) -> int:
    base = sum(
        each.units
        for each in before
        if each.effect.name == GIVE
        and each.effect["asset"] == effect["asset"]
        and (not effect["group"] or (each.rule.group or LONE).name == effect["group"])
    )
    return base * (int(effect["percent"]) - 100) // 100
