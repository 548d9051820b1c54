"""What a rule would have given: the rule beside all that are active, over the facts of the last days. Nothing
is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.rules import decks
from guanxi.loyalty.rules.contracts import Definition, Given, Rule
from guanxi.loyalty.rules.engine import Deck
from guanxi.loyalty.rules.facts import Fact, Uses
from guanxi.loyalty.rules.periods import Local
from guanxi.loyalty.rules.seeing import conditions_of, facts_from
from guanxi.loyalty.rules.services import checked, group_of
from guanxi.touchpoints.history import facts_between

BATCH: Final = 2_000
MOST_DAYS: Final = 3_660
MOST_NAMED: Final = 20
NEW: Final = 1 << 62  # the number of a rule that has none yet: the youngest


class AssetCost(NamedTuple):
    """`effects` are how often, `cost_fen` what the units cost the brand; None where a unit has no price."""

    asset: str
    kind: str
    units: int
    effects: int
    cost_fen: int | None


class DryRun(NamedTuple):
    """Of `facts` looked at, `met` are those for which the rule would have done something. `by_day` are local
    days with units of all assets, `top` the customers who would have got most. Where not `complete`, the
    newest facts only were looked at, back to `from_ms`."""

    facts: int
    met: int
    customers: int
    assets: list[AssetCost]
    by_day: list[tuple[str, int]]
    top: list[tuple[int, int]]
    complete: bool
    from_ms: int
    until_ms: int


def dry_run(
    brand: BrandRow,
    definition: Mapping[str, Any],
    *,
    rule_id: int | None = None,
    priority: int = 100,
    group: str = "",
    days: int = 90,
    most_facts: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> DryRun:
    """The last `days` again with this rule (in place of `rule_id`, as it is now), as if it had been valid on
    all of these days, with limits that nobody had used and budgets that do not run out.

    `most_facts`: no more than the newest so many are looked at. `progress(done, total)` is called now and
    then. Raises as `services.create`, and Invalid for days that are not between 1 and 3,660.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(say("Between 1 and %(most)s days.", most=MOST_DAYS), field="days")
    parsed = replace(checked(brand.pk, definition), since=None, until=None)
    deck = deck_with(brand, parsed, rule_id=rule_id, priority=priority, group=group)
    until_ms = now_ms()
    history = facts_between(
        brand.pk, parsed.on, until_ms - days * DAY_MS, until_ms, newest=most_facts, batch=BATCH
    )
    tally = _Tally(rule_id or NEW, deck.local)
    for facts in history.batches():
        tally.looked_at += len(facts)
        for fact, given in decided(brand, deck, facts_from(brand.pk, facts), tally.uses):
            tally.add(fact, given)
        if progress is not None:
            progress(tally.looked_at, history.total)
    return tally.answer(brand.pk, complete=history.complete, from_ms=history.from_ms, until_ms=until_ms)


def deck_with(
    brand: BrandRow, definition: Definition, *, rule_id: int | None, priority: int, group: str
) -> Deck:
    """The active rules and this one, in place of the stored one of that number."""
    zone = ZoneInfo(brand.timezone)
    present = decks.active(brand.pk, zone)
    others = [rule for rule in present.rules if rule.id != rule_id] if present else []
    stack = decks.said_group(group_of(brand.pk, group))
    return Deck([*others, Rule(rule_id or NEW, 0, "", priority, stack, definition)], Local(zone))


def decided(
    brand: BrandRow, deck: Deck, facts: Sequence[Fact], uses: Uses
) -> Iterator[tuple[Fact, list[Given]]]:
    """Each fact with what all rules of the deck would give for it."""
    for fact, holds in zip(facts, conditions_of(brand, deck, facts), strict=True):
        yield fact, deck.decide(fact, holds, uses)


class _Tally:
    def __init__(self, rule_id: int, local: Local) -> None:
        self.looked_at = 0
        self.uses = Uses()
        self._rule_id = rule_id
        self._local = local
        self._met = 0
        self._units: dict[str, int] = defaultdict(int)
        self._effects: dict[str, int] = defaultdict(int)
        self._days: Counter[str] = Counter()
        self._customers: Counter[int] = Counter()

    def add(self, fact: Fact, given: Sequence[Given]) -> None:
        mine = [one for one in given if one.rule.id == self._rule_id]
        if not mine:
            return
        self._met += 1
        units = sum(one.units for one in mine)
        self._customers[fact.customer_id] += units
        self._days[self._local(fact.occurred_ms)[0].isoformat()] += units
        for one in mine:
            asset = one.effect.values.get("asset", "")
            self._units[asset] += one.units
            self._effects[asset] += 1

    def answer(self, brand_id: int, *, complete: bool, from_ms: int, until_ms: int) -> DryRun:
        known = Asset.objects.filter(brand_id=brand_id, code__in=list(self._units))
        assets = {asset.code: asset for asset in known}
        costs = [
            AssetCost(code, assets[code].kind, units, self._effects[code], cost_of(assets[code], units))
            for code, units in sorted(self._units.items())
            if code in assets
        ]
        return DryRun(
            self.looked_at,
            self._met,
            len(self._customers),
            costs,
            sorted(self._days.items()),
            [pair for pair in self._customers.most_common(MOST_NAMED) if pair[1]],
            complete,
            from_ms,
            until_ms,
        )


def cost_of(asset: Asset, units: int) -> int | None:
    """What so many units cost the brand, in fen."""
    price = 1 if asset.kind == "credit" else asset.unit_price_fen
    return None if price is None else price * units
