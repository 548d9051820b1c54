"""What the segments room answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from guanxi.kernel.conditions.features import Feature, Value


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Which of the conditions hold of a customer, by their keys. `changes_ms` is the earliest moment at which
    time alone may change any of it; None: never."""

    holds: frozenset[int]
    changes_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A branch of a condition and whether it holds of one customer. `kind` is all, any, not or leaf. A leaf
    has the values of its features and, where facts are behind it, the newest of them (ids, at most 20)."""

    kind: str
    holds: bool
    sentence: str
    path: str
    parts: Sequence[Explained] = ()
    values: Mapping[Feature, Value] = field(default_factory=dict)
    facts: Sequence[int] = ()
