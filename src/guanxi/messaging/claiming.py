"""Who sends what: messages taken under a lease that ends by itself, and what dead senders left behind.

A message that is taken stays `queued` and is not due again until its lease is over. One that is `sending`
when its lease ends lost its sender: see docs/guide/messaging.md for what becomes of it.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from django.db import connection

from guanxi.kernel.clock import MINUTE_MS, SECOND_MS, now_ms
from guanxi.messaging import booking
from guanxi.messaging.channels import CHANNELS, ChannelDown, sender
from guanxi.messaging.contracts import Priority, State
from guanxi.messaging.models import Message, Pause
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

LEASE_MS: Final = 5 * MINUTE_MS
LEAST_ROUND: Final = 50
FIRST_PAUSE_MS: Final = 30 * SECOND_MS
LONGEST_PAUSE_MS: Final = 60 * MINUTE_MS
MOST_TAKEN_BACK: Final = 500


class Round(NamedTuple):
    """Messages of one sender under one lease; ids by brand."""

    channel: str
    lease: str
    ids: Mapping[int, list[int]]


def due_channels() -> list[str]:
    """The channels that something can be sent on now, or that lost a sender."""
    at_ms = now_ms()
    resting = set(Pause.objects.filter(resume_ms__gt=at_ms).values_list("channel", flat=True))
    return [
        channel.name
        for channel in CHANNELS
        if _is_due(channel.name, at_ms, sandboxes=channel.name in resting or not sender(channel.name).ready)
    ]


def _is_due(channel: str, at_ms: int, *, sandboxes: bool) -> bool:
    queued = Message.objects.filter(channel=channel, state=State.QUEUED, due_ms__lte=at_ms)
    if sandboxes:
        queued = queued.filter(brand_id__in=Brand.objects.filter(sandbox=True).values("pk"))
    return any(queued.filter(priority=priority).exists() for priority in Priority)


def claim(channel: str, *, sandboxes: bool = False) -> Round | None:
    """Some messages that are due, of the highest priority that any has, or those of sandboxes alone; None
    where there are none. Two senders never get the same."""
    at_once = sender(channel).capabilities.at_once
    most = max(LEAST_ROUND, at_once)
    lease, at_ms = secrets.token_urlsafe(16), now_ms()
    locking = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    whose = " AND brand_id IN (SELECT id FROM platform_brand WHERE sandbox)" if sandboxes else ""
    for priority in Priority:
        with writing(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE messaging_message SET lease = %s, lease_until_ms = %s, due_ms = %s"
                " WHERE state = 'queued' AND id IN (SELECT id FROM messaging_message"
                " WHERE state = 'queued' AND channel = %s"
                f" AND priority = %s AND due_ms <= %s{whose} ORDER BY due_ms, id LIMIT %s {locking})"
                " RETURNING brand_id, id",
                [lease, at_ms + LEASE_MS, at_ms + LEASE_MS, channel, int(priority), at_ms, most],
            )
            rows = sorted(cursor.fetchall())
        if rows:
            found: dict[int, list[int]] = defaultdict(list)
            for brand_id, number in rows:
                found[brand_id].append(number)
            return Round(channel, lease, found)
    return None


def release(this: Round) -> None:
    """What a round took and did not come to is due again."""
    numbers = [number for members in this.ids.values() for number in members]
    mine = Message.objects.filter(pk__in=numbers, lease=this.lease, state=State.QUEUED)
    if mine.exists():
        with writing():
            mine.update(due_ms=now_ms(), lease="", lease_until_ms=0)


def take_back() -> int:
    """Messages whose sender died while they were `sending`; how many. They go back where nothing can have
    left, or where twice is once on their channel; else they failed, with an unknown outcome."""
    at_ms = now_ms()
    lost = Message.objects.filter(state=State.SENDING, lease_until_ms__lte=at_ms)
    rows = list(
        lost.order_by("lease_until_ms").values_list("brand_id", "channel", "lease", "id", "begun_ms")[
            :MOST_TAKEN_BACK
        ]
    )
    by_round: dict[tuple[int, str, str], list[tuple[int, int]]] = defaultdict(list)
    for brand_id, channel, lease, number, begun_ms in rows:
        by_round[brand_id, channel, lease].append((number, begun_ms))
    for (brand_id, channel, lease), members in by_round.items():
        again = channel in CHANNELS and sender(channel).capabilities.idempotent
        safe = [number for number, begun_ms in members if again or not begun_ms]
        unsure = [number for number, begun_ms in members if not again and begun_ms]
        booking.give_back(brand_id, lease, safe, code="sender_died", due_ms=at_ms)
        booking.fail(brand_id, lease, unsure, code="unknown_outcome")
    return len(rows)


def is_paused(channel: str) -> bool:
    return Pause.objects.filter(channel=channel, resume_ms__gt=now_ms()).exists()


def pause(channel: str, down: ChannelDown) -> None:
    """Try nothing on a channel for a while, twice as long each time."""
    at_ms = now_ms()
    with writing():
        known, _made = Pause.objects.select_for_update().get_or_create(channel=channel)
        failures = known.failures + 1
        wait_ms = min(FIRST_PAUSE_MS * 2 ** min(failures - 1, 10), LONGEST_PAUSE_MS)
        known.failures, known.resume_ms, known.code = failures, at_ms + wait_ms, down.why[:40]
        known.since_ms = known.since_ms or at_ms
        known.save()


def resume(channel: str) -> None:
    """It works again, or somebody wants it tried."""
    if Pause.objects.filter(channel=channel).exists():
        with writing():
            Pause.objects.filter(channel=channel).delete()
