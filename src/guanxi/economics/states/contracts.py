"""The states of a customer, the rules that define them, and what is answered about them. No Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guanxi.kernel.conditions import Condition
from guanxi.kernel.wording import Wording, say


class State(StrEnum):
    """Where a customer stands with the brand. NONE is left to those whom no rule describes."""

    NEW = "new"
    ACTIVE = "active"
    LOYAL = "loyal"
    ADVOCATE = "advocate"
    AT_RISK = "at_risk"
    CHURNED = "churned"
    DETRACTOR = "detractor"
    NONE = "none"


RULED: Final = tuple(state for state in State if state is not State.NONE)
LABELS: Final[Mapping[State, Wording]] = {
    State.NEW: say("New customer"),
    State.ACTIVE: say("Active customer"),
    State.LOYAL: say("Loyal customer"),
    State.ADVOCATE: say("Advocate"),
    State.AT_RISK: say("At risk"),
    State.CHURNED: say("Churned"),
    State.DETRACTOR: say("Detractor"),
    State.NONE: say("No state"),
}
# Chinese beside the English, for the condition language, whose words are in both languages at once.
CHINESE: Final[Mapping[State, str]] = {
    State.NEW: "新客",
    State.ACTIVE: "活跃客户",
    State.LOYAL: "忠诚客户",
    State.ADVOCATE: "推荐者",
    State.AT_RISK: "有流失风险",
    State.CHURNED: "已流失",
    State.DETRACTOR: "贬损者",
    State.NONE: "无状态",
}
# What can be known of nobody yet, by the state that asks for it.
NOT_KNOWN: Final[Mapping[State, Wording]] = {
    State.ADVOCATE: say(
        "Not enough data: no referrals are recorded yet, so nobody is known to have brought others."
    )
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Who is in a state: those of whom the condition holds, and none of the rules before."""

    state: State
    condition: Condition


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A brand's rules, in order: the first that holds counts. `version` 0: nobody chose, the default."""

    rules: tuple[Rule, ...]
    version: int = 0
    actor: str = ""
    at_ms: int = 0

    @property
    def chosen(self) -> bool:
        return self.version > 0


@dataclass(frozen=True, slots=True)
class Kept:
    """The state that a customer is known to be in, and since when (UTC milliseconds)."""

    state: State
    since_ms: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many customers are in each state, as of the last refresh; `refreshed_ms` 0: there was none yet."""

    counts: Mapping[State, int]
    refreshed_ms: int = 0
    rules_version: int = 0

    @property
    def customers(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Previewed:
    """Customers by state as they are kept, as they would be, and how many would change from one to another:
    (from, to, customers), the most first. Customers who have no kept state yet are in no change."""

    now: Mapping[State, int]
    then: Mapping[State, int]
    moves: Sequence[tuple[State, State, int]]

    @property
    def changed(self) -> int:
        return sum(customers for _before, _after, customers in self.moves)


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did. `first`: customers who had no state before; `changed`: told as touchpoints;
    `inherited`: changed by a merge alone, and not told. `overtaken`: a later refresh does the rest."""

    customers: int
    first: int = 0
    changed: int = 0
    inherited: int = 0
    overtaken: bool = False
    seconds: float = 0.0
