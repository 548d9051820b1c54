"""What a loop is: its stations and how each leads to the next, declared as data by the room that turns it
(docs/guide/loops.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording

Rows = Callable[[Mapping[str, Any]], Any]
MOST_DAYS: Final = 3_650
COLUMNS: Final = frozenset({"channel", "source", "amount_fen", "quantity"})


@dataclass(frozen=True, slots=True)
class Where:
    """A comparison that a fact must pass: of a column of the log, or of a text field of the payload (then
    `op` is EQ)."""

    field: str
    op: Op
    value: int | str

    def __post_init__(self) -> None:
        if self.field not in COLUMNS and (self.op is not Op.EQ or not isinstance(self.value, str)):
            raise ValueError(f"a field of the payload is compared with a text by EQ: {self.field}")


@dataclass(frozen=True, slots=True)
class Station:
    """What counts at one station: facts of some kinds, or `rows` of other tables of the lake.

    `given_back` is a kind of facts by which the same order is given back: what is given back in full never
    happened, the rest is net. `cause` is a field of the payload with the number of the subject who caused
    it: it counts for that customer. `rows` takes the lake's tables and answers subject_id, local_day,
    local_month, amount_fen (NULL: not known) and fact_id (the touchpoint it is for; NULL: none, then it
    is for the last input before it).
    """

    label: Wording
    meaning: Wording
    kinds: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    given_back: str = ""
    cause: str = ""
    rows: Rows | None = None

    def __post_init__(self) -> None:
        if bool(self.kinds) == (self.rows is not None):
            raise ValueError("a station is of kinds of facts or of rows")


@dataclass(frozen=True, slots=True)
class Loop:
    """A cycle begins with a customer's day of input, acts within `act_days`, and produces within
    `return_days` after the action; it ends where the customer's next begins. An output of the day of input
    counts with `same_day` alone. Amounts of the action are what it cost, those of the output revenue; each is
    told only where `has_cost` and `has_revenue` say so. `reinvested` says what goes into the next turn."""

    name: str
    title: Wording
    question: Wording
    input: Station
    action: Station
    output: Station
    reinvested: Wording
    act_days: int
    return_days: int
    same_day: bool = False
    has_cost: bool = True
    has_revenue: bool = True

    def __post_init__(self) -> None:
        if not (0 <= self.act_days <= MOST_DAYS and 1 <= self.return_days <= MOST_DAYS):
            raise ValueError(f"the windows of the loop {self.name} are days from 0 and 1 to {MOST_DAYS}")
        if self.input.rows or self.input.cause:
            raise ValueError(f"the loop {self.name} begins with facts of its customers")

    @property
    def window_days(self) -> int:
        """After so many days it is known what became of a cycle."""
        return self.act_days + self.return_days


class Turn(StrEnum):
    """What a cycle did. ALONE produced without an action; OPEN may still do something."""

    ENTERED = "entered"
    ACTED = "acted"
    PRODUCED = "produced"
    ALONE = "alone"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class MarginOf:
    """Who knows what is left of a brand's revenue, in thousandths; None where nobody has said."""

    name: str
    per_mille: Callable[[int], int | None]


LOOPS: Registry[Loop] = Registry("loop", lambda loop: loop.name)
MARGINS: Registry[MarginOf] = Registry("margin", lambda one: one.name)
