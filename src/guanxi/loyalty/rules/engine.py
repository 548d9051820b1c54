"""Decides which rules have which effects for facts, in the order that docs/guide/rules.md gives. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from guanxi.loyalty.rules.contracts import Given, Limit, Rule, Step, Why
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.loyalty.rules.offers import Compiled, compiled, offer_of
from guanxi.loyalty.rules.periods import Local, number
from guanxi.loyalty.rules.stacking import cut_to, stacked

MOST_CHANNELS: Final = 1_000  # of facts, whose rules are remembered


class Deck:
    """Rules put together once, for many facts. `conditional` are those that ask something of the customer."""

    def __init__(self, rules: Iterable[Rule], local: Local) -> None:
        self.local = local
        self.rules = sorted(rules, key=lambda rule: (-rule.priority, rule.id))
        self.by_id = {rule.id: rule for rule in self.rules}
        self._compiled = [compiled(rule) for rule in self.rules]
        self._by_kind: dict[str, list[Compiled]] = defaultdict(list)
        for one in self._compiled:
            for kind in one.rule.definition.on:
                self._by_kind[kind].append(one)
        self.conditional = {rule.id: rule for rule in self.rules if rule.definition.condition is not None}
        self.limited = frozenset(rule.id for rule in self.rules if rule.definition.limit)
        self.kinds = frozenset(self._by_kind)
        self._likely: dict[tuple[str, str | None], list[Compiled]] = {}

    def _may_fit(self, fact: Fact) -> Sequence[Compiled]:
        """The rules for facts of its kind, without those that ask for another channel: most of a deck."""
        key = fact.kind, fact.channel
        if (found := self._likely.get(key)) is None:
            likely = [one for one in self._by_kind.get(fact.kind, ()) if one.channel in (None, fact.channel)]
            found = [one if one.channel is None else one._replace(test=one.rest) for one in likely]
            if len(self._likely) < MOST_CHANNELS:
                self._likely[key] = found
        return found

    def asking(self, fact: Fact) -> list[int]:
        """The rules that would ask something of the customer for this fact."""
        if not self.conditional or not fact.customer_id:
            return []
        return [
            one.rule.id
            for one in self._may_fit(fact)
            if one.rule.id in self.conditional
            and (not one.is_timed or self._in_time(one.rule, fact))
            and (one.test is None or one.test(fact))
        ]

    def use_key(self, rule: Rule, fact: Fact) -> tuple[int, int, int]:
        """Under which a limited rule's uses are counted."""
        assert rule.definition.limit is not None
        return rule.id, fact.customer_id, number(self.local(fact.occurred_ms)[0], rule.definition.limit.per)

    def decide(
        self, fact: Fact, holding: Collection[int], uses: Uses, trace: list[Step] | None = None
    ) -> list[Given]:
        """The effects for one fact. `holding` are the rules whose condition holds of the customer; what is
        given is taken from `uses`. With `trace`, one step for each rule is added to it."""
        mine = self._may_fit(fact) if trace is None else self._by_kind.get(fact.kind, ())
        if trace is not None:
            _tell(trace, (one for one in self._compiled if fact.kind not in one.rule.definition.on), Why.KIND)
        if not fact.customer_id:
            if trace is not None:
                _tell(trace, mine, Why.NOBODY)
            return []
        giving: list[Compiled] = []
        multiplying: list[Compiled] = []
        for one in mine:
            if one.test is not None and not one.test(fact):
                if trace is not None:  # most end here
                    timely = not one.is_timed or self._in_time(one.rule, fact)
                    trace.append(Step(one.rule, Why.WHERE if timely else Why.TIME))
                continue
            why = self._met(one, fact, holding)
            if why is None:
                (multiplying if one.multiplies else giving).append(one)
            elif trace is not None:
                trace.append(Step(one.rule, why))
        found: list[Given] = self._given(giving, fact, [], uses, trace) if giving else []
        if multiplying:
            found += self._given(multiplying, fact, found, uses, trace)
        return found

    def _met(self, one: Compiled, fact: Fact, holding: Collection[int]) -> Why | None:
        if one.is_timed and not self._in_time(one.rule, fact):
            return Why.TIME
        if one.is_conditional and one.rule.id not in holding:
            return Why.CONDITION
        return None

    def _in_time(self, rule: Rule, fact: Fact) -> bool:
        definition = rule.definition
        day, hour = self.local(fact.occurred_ms)
        return (
            (definition.since is None or day >= definition.since)
            and (definition.until is None or day <= definition.until)
            and (not definition.weekdays or day.weekday() in definition.weekdays)
            and (definition.hours is None or definition.hours[0] <= hour < definition.hours[1])
        )

    def _given(
        self,
        part: Sequence[Compiled],
        fact: Fact,
        before: Sequence[Given],
        uses: Uses,
        trace: list[Step] | None,
    ) -> list[Given]:
        """What rules that are met give: limits, then groups."""
        offers: list[tuple[Compiled, list[Given], bool]] = []
        for one in part:
            wanted = offer_of(one, fact, before)
            allowed = self._allowed(one, fact, wanted, uses)
            if allowed:
                offers.append((one, allowed, allowed is not wanted and allowed != wanted))
            elif trace is not None:
                trace.append(Step(one.rule, Why.LIMIT if wanted else Why.NOTHING))
        found: list[Given] = []
        for one, given, cut, by in stacked(offers, before):
            if given:
                found += given
                if one.rule.definition.limit:
                    uses.take(self.use_key(one.rule, fact), sum(each.units for each in given))
            if trace is not None:
                why = Why.GROUP if not given else Why.CUT if cut else Why.GAVE
                trace.append(Step(one.rule, why, tuple(given), by))
        return found

    def _allowed(self, one: Compiled, fact: Fact, offer: list[Given], uses: Uses) -> list[Given]:
        limit: Limit | None = one.rule.definition.limit
        if limit is None or not offer:
            return offer
        times, units = uses.of(self.use_key(one.rule, fact))
        if limit.times is not None and times >= limit.times:
            return []
        return offer if limit.units is None else cut_to(offer, limit.units - units)


def _tell(trace: list[Step], rules: Iterable[Compiled], why: Why) -> None:
    trace.extend(Step(one.rule, why) for one in rules)
