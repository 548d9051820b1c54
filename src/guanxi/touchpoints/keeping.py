"""Periods of retention for the log: old facts go, those of money stay and become nobody's (ADR 0170).

The line is the erasure's (`rights`): orders, and whatever has an amount, are of money. How far a run has come
is a row of `LetGo`, written with each batch, so that a killed run goes on where it was, and the lake can tell
exactly what is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Max

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording, say
from guanxi.platform import jobs
from guanxi.platform.bulk import among
from guanxi.platform.retention.contracts import (
    HALF_A_YEAR,
    KEEPABLES,
    ONE_DAY,
    THREE_YEARS,
    Found,
    Keepable,
    Least,
)
from guanxi.platform.retention.running import batch
from guanxi.touchpoints.hooks import AFTER_LET_GO
from guanxi.touchpoints.models import LetGo

TABLE: Final = "touchpoints_touchpoint"
SYNC_JOB: Final = "warehouse.sync"
# Of money, as in `rights`; without a subject, such a fact is as it is to be.
_GOES: Final = (
    "brand_id = %s AND kind IN ({kinds}) AND occurred_ms < %s"
    " AND (subject_id IS NOT NULL OR (amount_fen IS NULL AND kind NOT LIKE 'order.%%'))"
)
_COUNT: Final = f"SELECT count(*), min(occurred_ms) FROM {TABLE} WHERE {_GOES}"
_NEXT: Final = f"SELECT id FROM {TABLE} WHERE id > %s AND {_GOES} ORDER BY id LIMIT %s"
_UNLINK: Final = (
    f"UPDATE {TABLE} SET subject_id = NULL WHERE (amount_fen IS NOT NULL OR kind LIKE 'order.%%') AND"
)
_DELETE: Final = f"DELETE FROM {TABLE} WHERE amount_fen IS NULL AND kind NOT LIKE 'order.%%' AND"
_LAST: Final = f"SELECT id FROM {TABLE} WHERE brand_id = %s ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True)
class Group:
    """Kinds of facts that have one period. Each kind of the log belongs to one group; a test holds it."""

    key: str
    label: Wording
    goes: Wording
    kinds: tuple[str, ...]
    least: Least = ONE_DAY
    ever_goes: bool = True


GROUPS: Registry[Group] = Registry("group of facts", lambda group: group.key)


def add(group: Group) -> None:
    """Register a group and with it a kind of data that has a period."""
    GROUPS.register(group)
    KEEPABLES.register(
        Keepable(
            key=group.key,
            label=group.label,
            goes=group.goes,
            least=group.least,
            count=(lambda brand_id, before_ms: count(brand_id, group, before_ms))
            if group.ever_goes
            else None,
            let_go=(lambda brand_id, before_ms, limit: let_go(brand_id, group, before_ms, limit))
            if group.ever_goes
            else None,
            after=lambda brand_id: after(brand_id, group),
            sources=("touchpoints",),
        )
    )


def count(brand_id: int, group: Group, before_ms: int) -> Found:
    """How many facts of the group are from before the day of a moment, and the oldest. Reads the log."""
    with connection.cursor() as cursor:
        cursor.execute(_of(_COUNT, group.kinds), [brand_id, *group.kinds, _day(before_ms)])
        rows, oldest_ms = cursor.fetchone()
        return Found(rows, oldest_ms)


def let_go(brand_id: int, group: Group, before_ms: int, limit: int) -> int:
    """The next `limit` facts; how many. Looking for them holds nobody up: rows that come meanwhile have
    higher numbers, since those of a brand are given in its turn."""
    before_ms = _day(before_ms)
    cuts = LetGo.objects.filter(brand_id=brand_id, kind__in=group.kinds, before_ms=before_ms)
    reached = cuts.aggregate(reached=Max("up_to_id"))["reached"] or 0
    numbers = _next(brand_id, group, before_ms, reached, limit)
    with batch(brand_id, group.key) as going:
        if numbers:
            going.rows = _cut(numbers)
            _reach(brand_id, group.kinds, before_ms, numbers[-1])
        else:
            _forget_covered(brand_id, group.kinds, before_ms)
    return len(numbers)


def after(brand_id: int, group: Group) -> None:
    """The lake and the rooms above follow."""
    for hook in AFTER_LET_GO:
        hook.apply(brand_id, group.kinds)
    if SYNC_JOB in jobs.kinds:
        jobs.enqueue(SYNC_JOB, brand_id=brand_id, unique_key=f"brand:{brand_id}")


def _day(at_ms: int) -> int:
    """The beginning of a moment's day (UTC): a run that is resumed, and the next of a day, mean the same."""
    return at_ms - at_ms % DAY_MS


def _of(statement: str, kinds: Sequence[str]) -> str:
    return statement.format(kinds=", ".join(["%s"] * len(kinds)))


def _next(brand_id: int, group: Group, before_ms: int, after_id: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        given: list[Any] = [after_id, brand_id, *group.kinds, before_ms, limit]
        cursor.execute(_of(_NEXT, group.kinds), given)
        return [number for (number,) in cursor.fetchall()]


def _cut(numbers: Sequence[int]) -> int:
    condition, parameter = among("id", numbers)
    with connection.cursor() as cursor:
        cursor.execute(f"{_UNLINK} subject_id IS NOT NULL AND {condition}", [parameter])
        unlinked = int(cursor.rowcount)
        cursor.execute(f"{_DELETE} {condition}", [parameter])
        return unlinked + int(cursor.rowcount)


def _reach(brand_id: int, kinds: Iterable[str], before_ms: int, up_to_id: int) -> None:
    LetGo.objects.bulk_create(
        [LetGo(brand_id=brand_id, kind=kind, before_ms=before_ms, up_to_id=up_to_id) for kind in kinds],
        update_conflicts=True,
        unique_fields=["brand_id", "kind", "before_ms"],
        update_fields=["up_to_id"],
    )


def _forget_covered(brand_id: int, kinds: Iterable[str], before_ms: int) -> None:
    """Nothing older is left, so cuts at earlier moments say nothing more; this one reaches as far as they."""
    for kind in kinds:
        cuts = LetGo.objects.filter(brand_id=brand_id, kind=kind, before_ms__lte=before_ms)
        reached = list(cuts.order_by("before_ms").values_list("before_ms", "up_to_id"))
        if len(reached) > 1:
            cuts.exclude(before_ms=reached[-1][0]).delete()
            cuts.update(before_ms=before_ms, up_to_id=max(up_to for _before, up_to in reached))


_OF_THE_LOG: Final = (
    Group(
        "facts.orders",
        say("Orders and refunds"),
        say(
            "Whose they are: orders and refunds stay in revenue, by day and product, as nobody's. "
            "Customers lose them from history and totals, and so cohorts and worth do."
        ),
        ("order.paid", "order.refunded", "order.placed", "order.received", "order.detailed"),
        Least(THREE_YEARS, say("Transactions are kept for three years (电商法 31).")),
    ),
    Group(
        "facts.visits",
        say("Visits and scans"),
        say("Codes that were scanned, with their counts of the past."),
        ("code.scanned",),
    ),
    Group(
        "facts.messages",
        say("Messages sent"),
        say("That a message was sent, with its counts of the past."),
        ("message.sent", "message.delivered", "message.failed"),
        Least(HALF_A_YEAR, say("Records of advertisements and short messages are kept for six months.")),
    ),
    Group(
        "facts.members",
        say("Joinings"),
        say("That somebody became a member, with counts of the past; the customer stays."),
        ("member.joined",),
    ),
    Group(
        "facts.engagement",
        say("Training, events and reviews"),
        say("Courses finished, events attended and reviews written, with counts of the past."),
        ("training.completed", "event.attended", "review.written"),
    ),
    Group(
        "facts.tiers",
        say("Tiers and memberships"),
        say(
            "When customers changed tier, bought and ended a membership; what was paid stays, as "
            "nobody's. The tier that holds now stays."
        ),
        (
            "tier.changed",
            "membership.bought",
            "membership.cancelled",
            "membership.refunded",
            "membership.renewal_due",
        ),
        Least(THREE_YEARS, say("Transactions are kept for three years (电商法 31).")),
    ),
    Group(
        "facts.notes",
        say("What was noted of customers"),
        say(
            "Updates of profiles, tags put on and taken off, preferences as they were stated, merges and "
            "separations. What holds now stays: profile, tags, preferences, identities."
        ),
        (
            "profile.updated",
            "tag.added",
            "tag.removed",
            "preference.stated",
            "customer.merged",
            "customer.unmerged",
        ),
    ),
    Group(
        "facts.consents",
        say("Consents and refusals"),
        say("Nothing: what was said, when and to which words stays until the person is erased."),
        ("consent.given", "consent.refused", "consent.withdrawn"),
        Least(
            1,
            say("Consent and refusal must be proved for as long as anything rests on them (PIPL 13, 14)."),
        ),
        ever_goes=False,
    ),
)


def register() -> None:
    """Called once, at start-up."""
    for group in _OF_THE_LOG:
        add(group)
