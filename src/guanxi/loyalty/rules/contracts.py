"""What a rule is and what is decided by it. Pure: knows no database and no framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from guanxi.kernel.conditions import Condition, Fault, Param, Tongue
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.loyalty.rules.facts import Fact

MOST_EFFECTS: Final = 10
MOST_PRIORITY: Final = 1_000
GIVE: Final = "give"
MULTIPLY: Final = "multiply"


class State(StrEnum):
    """draft → active ⇄ paused → archived."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.DRAFT: frozenset({State.ACTIVE}),
    State.ACTIVE: frozenset({State.PAUSED, State.ARCHIVED}),
    State.PAUSED: frozenset({State.ACTIVE, State.ARCHIVED}),
    State.ARCHIVED: frozenset({State.PAUSED}),
}


class Mode(StrEnum):
    """How the rules of a group stand to each other, for one fact."""

    JOINT = "joint"
    FIRST = "first"
    BEST = "best"
    CAP = "cap"


class Per(StrEnum):
    """What the units of a `give` are for."""

    FACT = "fact"
    AMOUNT = "amount"
    PIECES = "pieces"


class Period(StrEnum):
    """Of the brand's calendar; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


class OnRefund(StrEnum):
    SHARE = "share"
    FIRST = "first"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect of a rule. `values` has every parameter of its type, with defaults put in."""

    name: str
    values: Mapping[str, Any]

    def __getitem__(self, parameter: str) -> Any:
        return self.values[parameter]


@dataclass(frozen=True, slots=True)
class Limit:
    """For each customer, within each period. None: no limit of that sort."""

    per: Period
    times: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """What one version of a rule says. `since` and `until` are local days, both included; `hours` are local,
    the second not included."""

    on: tuple[str, ...]
    effects: tuple[Effect, ...]
    where: tuple[Comparison, ...] = ()
    condition: Condition | None = None
    since: date | None = None
    until: date | None = None
    weekdays: tuple[int, ...] = ()
    hours: tuple[int, int] | None = None
    limit: Limit | None = None


class Group(NamedTuple):
    """`cap` is in units, for one fact and each asset, where the mode is CAP."""

    name: str
    mode: Mode = Mode.JOINT
    cap: int = 0


class Rule(NamedTuple):
    """A version of a rule, as it stands among others. `group` is None where it stands alone."""

    id: int
    version: int
    name: str
    priority: int
    group: Group | None
    definition: Definition


class Given(NamedTuple):
    """An effect that a rule has for a fact. `place` is that of the effect in the rule; `units` of an asset,
    or 0 of what has none."""

    rule: Rule
    place: int
    effect: Effect
    units: int


class Why(StrEnum):
    """What was decided of a rule and a fact."""

    GAVE = "gave"
    CUT = "cut"  # less than it would, by a limit or a cap
    KIND = "kind"
    NOBODY = "nobody"
    TIME = "time"
    WHERE = "where"
    CONDITION = "condition"
    NOTHING = "nothing"  # no units, and nothing else
    LIMIT = "limit"
    GROUP = "group"


class Step(NamedTuple):
    """One line of a trace. `by` is the rule that came before it in the group; `given` what it gave."""

    rule: Rule
    why: Why
    given: tuple[Given, ...] = ()
    by: Rule | None = None


Phrase = Callable[[Effect, Tongue], str]


class Due(NamedTuple):
    """An effect to be carried out, once: `key` is unique. `units` are what the rule gave for the fact."""

    effect: Effect
    fact: Fact
    units: int
    key: str


class Failed(NamedTuple):
    """An effect that could not be carried out."""

    due: Due
    code: str
    message: str


Act = Callable[[int, Sequence[Due], bool], Sequence[Failed]]


@dataclass(frozen=True, slots=True)
class EffectType:
    """A kind of effect. Those that move units (`give`, `multiply`) are worked out by the rules themselves;
    others have `act(brand_id, dues, live)`, called in the transaction of the facts with all that are due,
    idempotent by their keys, which answers those that it could not carry out; `live` is False for history,
    for which nothing is sent. `demand(brand_id, effect)` raises where what the effect refers to is missing.
    """

    name: str
    label_zh: str
    label_en: str
    doc: str
    params: tuple[Param, ...]
    sentence: Phrase
    check: Callable[[Effect], Fault | None] | None = None
    act: Act | None = None
    demand: Callable[[int, Effect], None] | None = None
    by_name: Mapping[str, Param] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({one.name: one for one in self.params}))


EFFECTS: Registry[EffectType] = Registry("kind of effect", lambda effect: effect.name)


class Missed(NamedTuple):
    """An effect that the ledger refused."""

    given: Given
    fact_id: int
    subject_id: int
    code: str
    message: str | Wording
