"""The way from follower to advocate: who stands on which stage, and who reaches the next. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

STAGES: Final = ("follower", "known", "reachable", "member", "buyer", "repeat", "advocate")
MFEN: Final = 1_000  # thousandths of a minor unit

Flags = NDArray[np.bool_]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Tied:
    """Followers tied to customers, all arrays of shape (followers,). `margin_fen` is that of the customer."""

    platform: NDArray[Any]
    customer: Integers
    real: Flags
    writable: Flags
    member: Flags
    advocate: Flags
    days: Integers
    margin_fen: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.customer)

    def of(self, platform: str) -> Tied:
        return self.at(self.platform == platform)

    def at(self, places: Any) -> Tied:
        return Tied(*(getattr(self, name)[places] for name in self.__dataclass_fields__))

    def people(self) -> Tied:
        """Each customer once; real where one of its accounts is."""
        order = np.lexsort((~self.real, self.customer))
        _ids, first = np.unique(self.customer[order], return_index=True)
        return self.at(order[first])


class Step(NamedTuple):
    """A stage: how many are in it, how many of them are real, and of these the ones who are in the stage
    before as well (None where the stage cannot be told)."""

    stage: str
    people: int | None
    real: int | None
    from_before: int | None
    margin_fen: float | None


def steps(counted: Mapping[str, int], tied: Tied, unknown: Collection[str] = ()) -> list[Step]:
    """The stages of some followers; behind those whose identity is known they are None where that is nobody,
    as nobody could be tied then, and `unknown` are those of which nothing is known. `counted` has followers,
    suspicious, and (identity known) reachable and reachable_suspicious; `tied` those of them who are tied to
    customers, each as one."""
    real = counted["followers"] - counted["suspicious"]
    known = counted["reachable"] - counted["reachable_suspicious"]
    is_told = counted["reachable"] > 0
    margin = float(tied.margin_fen[tied.real].sum()) if is_told else None
    found = [
        Step("follower", counted["followers"], real, None, margin),
        Step("known", counted["reachable"], known, known, margin),
    ]
    stages = (
        ("reachable", tied.writable),
        ("member", tied.member),
        ("buyer", tied.days >= 1),
        ("repeat", tied.days >= 2),
        ("advocate", tied.advocate),
    )
    before = np.ones(len(tied), np.bool_)
    for name, inside in stages:
        if not is_told or name in unknown:
            found.append(Step(name, None, None, None, None))
            continue
        alike = inside & tied.real
        left = float(tied.margin_fen[alike].sum())
        found.append(Step(name, int(inside.sum()), int(alike.sum()), int((alike & before).sum()), left))
        before = inside
    return found


def once(counted: Mapping[str, int], tied: Tied) -> tuple[dict[str, int], Tied]:
    """The same with each customer counted once, of however many platforms: whoever cannot be told to follow
    on several counts as often as there are accounts."""
    people = tied.people()
    more, more_suspicious = len(tied) - len(people), int((~tied.real).sum()) - int((~people.real).sum())
    counts = dict(counted)
    for name, taken in (
        ("followers", more),
        ("reachable", more),
        ("suspicious", more_suspicious),
        ("reachable_suspicious", more_suspicious),
    ):
        counts[name] -= taken
    return counts, people


def overlap(tied: Tied, platforms: Sequence[str]) -> list[list[int]]:
    """How many customers follow on both platforms, by pairs; on the diagonal, on the one."""
    sets = [set(tied.customer[tied.platform == name].tolist()) for name in platforms]
    return [[len(one & other) for other in sets] for one in sets]
