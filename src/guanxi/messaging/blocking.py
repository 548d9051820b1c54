"""Addresses that are not written to, by their blind index: refused by their server, or by their owner."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.models import Blocked
from guanxi.platform import audit, vault
from guanxi.platform.writing import writing

REFUSED: Final = "refused"
OPTED_OUT: Final = "opted_out"
COMPLAINED: Final = "complained"


def key_of(brand_id: int, channel: str, address: str) -> str:
    return vault.blind_index(brand_id, CHANNELS[channel].capabilities.address, address)


def refuse(brand_id: int, channel: str, address: str, code: str, reason: str = REFUSED) -> None:
    """Write to this address no more. In the caller's transaction."""
    if not address:
        return
    Blocked.objects.get_or_create(
        brand_id=brand_id,
        channel=channel,
        key=key_of(brand_id, channel, address),
        reason=reason,
        defaults={"code": code[:40], "at_ms": now_ms()},
    )


def blocks_of(brand_id: int, channel: str, keys: Collection[str]) -> dict[str, dict[str, int]]:
    """key → why it is not written to, and since when."""
    found: dict[str, dict[str, int]] = {}
    rows = Blocked.objects.filter(brand_id=brand_id, channel=channel, key__in=set(keys))
    for key, reason, at_ms in rows.values_list("key", "reason", "at_ms"):
        found.setdefault(key, {})[reason] = at_ms
    return found


def lift(brand_id: int, channel: str, address: str, *, actor: object) -> int:
    """Write to an address again that its server had refused, once its owner or its server says so; how many
    blocks that were. What the owner refused stays: only they lift that, by consenting again."""
    with writing(brand_id):
        rows = Blocked.objects.filter(
            brand_id=brand_id, channel=channel, key=key_of(brand_id, channel, address), reason=REFUSED
        )
        lifted = rows.delete()[0]
        if lifted:
            audit.record(brand_id, str(actor), "message.block_lifted", "channel", channel)
    return lifted
