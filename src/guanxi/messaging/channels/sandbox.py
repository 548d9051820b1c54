"""What takes the place of a channel in a sandbox: nothing leaves it, and the message says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from guanxi.messaging.channels import Channel, Fate, Parcel, Result
from guanxi.platform.models import Brand

HELD: Final = "sandbox"


class Held:
    """In place of `channel`, with its capabilities, so that messages are checked as they would be. What is
    handed over counts as sent, with the code that it went no further."""

    ready = True

    def __init__(self, channel: Channel) -> None:
        self.name, self.label = channel.name, channel.label
        self.capabilities = channel.capabilities._replace(idempotent=True)

    @contextmanager
    def open(self) -> Iterator[Held]:
        yield self

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        return [
            Result(Fate.SENT, HELD, provider_id=f"sandbox:{parcel.message_id or parcel.key}")
            for parcel in parcels
        ]


def within(brand_id: int, channel: Channel) -> Channel:
    """The channel of a brand: that one, or in a sandbox, where it would leave the house, what holds it."""
    if not channel.capabilities.rings or not Brand.objects.filter(pk=brand_id, sandbox=True).exists():
        return channel
    return Held(channel)
