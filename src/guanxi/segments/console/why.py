"""Why a customer is in a segment or out: the condition as a tree, each branch with its answer and facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from guanxi.kernel.conditions import Feature
from guanxi.kernel.conditions.features import Value
from guanxi.platform.models import Brand
from guanxi.segments.contracts import Explained, Why
from guanxi.touchpoints import queries as touchpoints
from guanxi.touchpoints.conditions.keys import Aggregate, FactsKey, Of
from guanxi.touchpoints.console.timeline import TimelineRow, timeline_rows
from guanxi.ui.figures import UNKNOWN, exact, money, number

MOST_FACTS: Final = 200  # of a whole tree
SHOWN_FACTS: Final = 5  # of one leaf


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as the page draws it. `decides` marks what the answer hangs on: with it the other way round,
    the branch above could be too."""

    kind: str
    holds: bool
    sentence: str
    decides: bool
    parts: Sequence[Branch] = ()
    values: Sequence[str] = ()
    facts: Sequence[TimelineRow] = ()
    more_facts: int = 0

    @property
    def heading(self) -> str:
        return {
            "all": _("All of these hold"),
            "any": _("At least one of these holds"),
            "not": _("This does not hold"),
        }.get(self.kind, self.sentence)


def tree(brand: Brand, why: Why) -> Branch:
    ids = [fact for leaf in _leaves(why.explained) for fact in leaf.facts[:SHOWN_FACTS]]
    rows = touchpoints.facts(brand.pk, list(dict.fromkeys(ids))[:MOST_FACTS])
    known = {row.id: row for row in timeline_rows(brand, rows)}
    return _branch(brand, why.explained, known, decides=True)


def _leaves(explained: Explained) -> Iterator[Explained]:
    if explained.kind == "leaf":
        yield explained
    for part in explained.parts:
        yield from _leaves(part)


def _branch(brand: Brand, one: Explained, known: Mapping[int, TimelineRow], *, decides: bool) -> Branch:
    facts = [known[fact] for fact in one.facts[:SHOWN_FACTS] if fact in known]
    parts = [_branch(brand, part, known, decides=decides and _decides(one, part)) for part in one.parts]
    values = [said for feature, value in one.values.items() if (said := _value(brand, feature, value))]
    more = len(one.facts) - len(facts) if facts else 0
    return Branch(one.kind, one.holds, one.sentence, decides, parts, values, facts, more)


def _decides(above: Explained, part: Explained) -> bool:
    """Of "all" that fails the parts that fail, of "any" that holds the parts that hold; else every part."""
    if above.kind == "all" and not above.holds:
        return not part.holds
    return part.holds if above.kind == "any" and above.holds else True


def _value(brand: Brand, feature: Feature, value: Value) -> str:
    """What was compared, in words; nothing where the sentence says it all."""
    key: Any = feature.key
    if isinstance(key, FactsKey):
        return _fact_value(brand, key, value)
    if isinstance(value, bool):
        return ""
    return UNKNOWN if value is None else ""


def _fact_value(brand: Brand, key: FactsKey, value: Value) -> str:
    if value is None:
        return _("nothing known")
    if key.aggregate is Aggregate.COUNT:
        return _("%(n)s found") % {"n": number(int(value))}
    if key.of is Of.OCCURRED_MS:
        return exact(int(value), brand.timezone)
    if key.of is Of.QUANTITY:
        return _("%(n)s pieces") % {"n": number(int(value))}
    return money(int(value), brand.currency)
