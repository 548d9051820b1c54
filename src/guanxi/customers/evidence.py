"""The words of identity: what is known of subjects, and what a decision about them says. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple


class Atom(NamedTuple):
    """A subject as evidence. `first_ms`–`last_ms` is when it had facts of its own, if `anchored`."""

    id: int
    scheme: str
    key: str
    holder: int = 0
    anchored: bool = False
    first_ms: int = 0
    last_ms: int = 0
    birthday: str = ""
    crowded: bool = False

    @property
    def rank(self) -> tuple[str, str, int]:
        return self.scheme, self.key, self.holder

    @property
    def is_contact(self) -> bool:
        return self.scheme in {"phone", "email"}


class Tie(NamedTuple):
    """`n` records carried both subjects (a < b)."""

    a: int
    b: int
    n: int
    first_ms: int
    last_ms: int


class Ruling(NamedTuple):
    """A person's word on two subjects."""

    a: int
    b: int
    same: bool
    at: tuple[int, int]  # moment and number: the newest first


class Strength(IntEnum):
    """Stronger evidence is heard first, so that a conflict costs the weaker tie."""

    DECISION = 0
    RECORD = 1
    NAME = 2
    CONTACT = 3


class Reason(NamedTuple):
    """Why two subjects are one person."""

    strength: Strength
    a: int
    b: int
    code: str
    n: int = 0
    first_ms: int = 0
    last_ms: int = 0


class Doubt(NamedTuple):
    """Evidence that ties two subjects, and the rule that keeps them apart until a person decides."""

    a: int
    b: int
    code: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A raw component: `core` is what is decided; atoms beyond it are only seen from it."""

    atoms: Mapping[int, Atom]
    core: Collection[int]
    ties: Collection[Tie]
    rulings: Collection[Ruling] = ()


@dataclass(slots=True)
class Outcome:
    """`root_of` maps each core subject to the smallest subject of its person. `contested` subjects need
    another look whenever their counts or times change; `crowded` ones have been found to belong to many."""

    root_of: dict[int, int] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    contested: set[int] = field(default_factory=set)
    crowded: set[int] = field(default_factory=set)
