"""The development sender: what would leave the house is written into a folder, in clear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from guanxi.messaging.channels import Channel, ChannelDown, Fate, Parcel, Result


class Development:
    """In place of `channel`, with its capabilities, so that messages are checked as they would be."""

    def __init__(self, channel: Channel, folder: Path) -> None:
        self.name, self.label = channel.name, channel.label
        # The same file is written again, so it may be asked twice.
        self.capabilities = channel.capabilities._replace(idempotent=True)
        self._folder = folder / channel.name
        self.ready = True

    @contextmanager
    def open(self) -> Iterator[Development]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ChannelDown("folder", type(error).__name__) from None
        yield self

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        for parcel in parcels:
            told = {
                "key": parcel.key,
                "to": parcel.address,
                "from": parcel.sender,
                **parcel.rendered._asdict(),
                "unsubscribe": parcel.unsubscribe_url,
            }
            path = self._folder / f"{parcel.message_id}.json"
            try:
                path.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
            except OSError as error:
                raise ChannelDown("folder", type(error).__name__) from None
        return [Result(Fate.SENT, provider_id=f"file:{parcel.message_id}") for parcel in parcels]
