"""What becomes of customers' kept states where other ones are found. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from guanxi.economics.states.contracts import Kept, State


class Step(NamedTuple):
    """A customer goes from one state to another. `before` None: nothing was known, so nothing changed.
    `inherited`: a customer that became part of this one was in the new state already, since `since_ms`."""

    customer_id: int
    before: Kept | None
    state: State
    since_ms: int
    inherited: bool = False

    @property
    def is_told(self) -> bool:
        return self.before is not None and not self.inherited


def steps(
    found: Mapping[int, State],
    kept: Mapping[int, Kept],
    absorbed: Mapping[int, Sequence[Kept]],
    at_ms: int,
) -> list[Step]:
    """The steps by which customers get from what is `kept` to what is `found`.

    `absorbed`: the kept states of customers that became part of another, by that other. Nobody changes by a
    merge into a state that one side was in; where only the absorbed had one, the change is from theirs.
    """
    made = []
    for customer, state in found.items():
        mine, theirs = kept.get(customer), absorbed.get(customer, ())
        if mine is not None and mine.state == state:
            continue
        same = [one.since_ms for one in theirs if one.state == state]
        before = mine or max(theirs, key=lambda one: one.since_ms, default=None)
        made.append(Step(customer, before, state, min(same) if same else at_ms, bool(same)))
    return made
