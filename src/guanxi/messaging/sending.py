"""One round: take, check, begin, hand over, book. Killed anywhere, nothing is sent twice and nothing lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.messaging import booking, checking, claiming
from guanxi.messaging.channels import Channel, ChannelDown, Fate, Parcel, Result, Session, groups, sender
from guanxi.messaging.channels.sandbox import Held, within
from guanxi.platform import jobs

ROUND_SECONDS: Final = 120.0  # after which a round hands over nothing more: well within its lease


def send_round(name: str) -> int:
    """Send what is due on a channel, a round of it; how many messages were taken. 0 where there are none, or
    where the channel is not set up or rests; those of sandboxes go all the same, which need no channel."""
    channel = sender(name)
    claimed = claiming.claim(name, sandboxes=not channel.ready or claiming.is_paused(name))
    if claimed is None:
        return 0
    ends = time.monotonic() + ROUND_SECONDS
    try:
        for brand_id, numbers in claimed.ids.items():
            through = within(brand_id, channel)
            parcels = checking.check(brand_id, through, claimed.lease, numbers)
            if parcels and not hand_over(brand_id, through, claimed.lease, parcels, ends):
                break
    finally:
        claiming.release(claimed)
    return sum(map(len, claimed.ids.values()))


def hand_over(brand_id: int, channel: Channel, lease: str, parcels: Sequence[Parcel], ends: float) -> bool:
    """Messages that are `sending`, to the channel, until `ends` of the monotonic clock; what it did not come
    to goes back into the queue. Whether there is more to be got out of the channel now."""
    left = {parcel.message_id for parcel in parcels}
    code = ""
    try:
        with channel.open() as session:
            for group in groups(parcels, channel.capabilities.at_once):
                if time.monotonic() > ends or not goes_on():
                    code = "out_of_time"
                    break
                _hand_over_group(brand_id, channel, lease, session, group)
                left -= {parcel.message_id for parcel in group}
        if not isinstance(channel, Held):  # that one works says nothing of the real one
            claiming.resume(channel.name)
    except ChannelDown as down:
        claiming.pause(channel.name, down)
        code = "channel_down"
    booking.give_back(brand_id, lease, sorted(left), code=code, due_ms=now_ms(), free=True)
    return not code


def _hand_over_group(
    brand_id: int, channel: Channel, lease: str, session: Session, group: Sequence[Parcel]
) -> None:
    """Raises ChannelDown where none of them has gone."""
    if not channel.capabilities.idempotent:
        mine = booking.begin(lease, [parcel.message_id for parcel in group])
        group = [parcel for parcel in group if parcel.message_id in mine]
        if not group:
            return
    try:
        results = session.send(group)
    except ChannelDown:
        raise
    except Exception as error:
        jobs.log_crash(f"channel {channel.name}", error)
        fate = Fate.LATER if channel.capabilities.idempotent else Fate.UNKNOWN
        results = [Result(fate, "crashed", type(error).__name__)] * len(group)
    booking.book(brand_id, channel.name, lease, list(zip(group, results, strict=True)))


def goes_on() -> bool:
    """Whether this process is not about to end."""
    return threading.main_thread().is_alive()


def send_all(most_rounds: int = 1_000) -> int:
    """Send whatever is due now, on every channel; how many messages were taken. For commands and tests."""
    taken = 0
    claiming.take_back()
    for name in claiming.due_channels():
        for _round in range(most_rounds):
            if not (went := send_round(name)):
                break
            taken += went
    return taken
