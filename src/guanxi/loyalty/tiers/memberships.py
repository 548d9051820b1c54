"""Memberships that were paid for: from what was bought, cancelled and refunded to spans of time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from guanxi.kernel.clock import DAY_MS
from guanxi.loyalty.tiers.contracts import Grant, Plan, Programme

BOUGHT: Final = "membership.bought"
CANCELLED: Final = "membership.cancelled"
REFUNDED: Final = "membership.refunded"
ORDER_REFUNDED: Final = "order.refunded"
KINDS: Final = frozenset({BOUGHT, CANCELLED, REFUNDED, ORDER_REFUNDED})


class Told(NamedTuple):
    """What was recorded of a membership. `order` is of the source that told it; "" names none."""

    at_ms: int
    kind: str
    plan: str
    order: str = ""


@dataclass(slots=True)
class Membership:
    """A plan that somebody has or had, bought once or more in a row. `renews`: the next term is charged by
    whoever sold it, unless the customer cancels."""

    plan: Plan
    from_ms: int
    until_ms: int
    renews: bool
    orders: set[str]
    refunded: bool = False


def memberships(programme: Programme, told: Sequence[Told]) -> list[Membership]:
    """The memberships of one customer, the oldest first. What is bought while one of the plan lasts begins at
    its end; a refund ends it at once, with the terms that were to come."""
    found: list[Membership] = []
    for one in sorted(told, key=lambda row: row.at_ms):
        if one.kind == ORDER_REFUNDED:
            for membership in found:
                if one.order and one.order in membership.orders:
                    _end(membership, one.at_ms)
            continue
        plan = programme.plan(one.plan)
        if plan is None:
            continue
        last = next((row for row in reversed(found) if row.plan.code == plan.code), None)
        lasts = last is not None and last.until_ms > one.at_ms
        if one.kind == BOUGHT and last and lasts:
            last.until_ms += plan.days * DAY_MS
            last.renews = plan.renews
            last.orders |= {one.order} - {""}
        elif one.kind == BOUGHT:
            orders = {one.order} - {""}
            found.append(Membership(plan, one.at_ms, one.at_ms + plan.days * DAY_MS, plan.renews, orders))
        elif last and lasts and one.kind == CANCELLED:
            last.renews = False
        elif last and lasts and one.kind == REFUNDED:
            _end(last, one.at_ms)
    return found


def _end(membership: Membership, at_ms: int) -> None:
    if membership.until_ms > at_ms:
        membership.until_ms, membership.renews, membership.refunded = at_ms, False, True


def grants_of(programme: Programme, held: Sequence[Membership]) -> list[Grant]:
    return [Grant(programme.place_of(one.plan.tier), one.from_ms, one.until_ms) for one in held]
