"""Ways to customers: one protocol, a registry, and the development sender that stands in for them.

A channel knows nothing of the outbox: it gets parcels that may be sent and says what came of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple, Protocol

from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.messaging.contracts import Rendered
from guanxi.messaging.wordings import Form

# What a customer answers to be left in peace (short messages, 广告法 43).
OPT_OUT_WORDS: Final = frozenset({"R", "T", "TD", "N", "退订"})


class Capabilities(NamedTuple):
    """What a channel needs and can do.

    `address` is the kind of identity it writes to (a scheme of customers; "" needs none), `consent` its
    channel of consent. `idempotent`: given the same key twice, the customer gets it once. `by_person`: it is
    tasked, and sent when somebody says so. `reports`: receipts come. `rings`: quiet hours hold. `at_once`
    messages are handed over together; those of a channel that is not idempotent are begun together too, so
    there 1 is best. `cost_fen` is of one message, or of one part.
    """

    address: str
    consent: str
    form: Form
    idempotent: bool = False
    by_person: bool = False
    reports: bool = False
    rings: bool = True
    at_once: int = 1
    cost_fen: int = 0
    opt_out_words: frozenset[str] = frozenset()


class Parcel(NamedTuple):
    """To hand over: `key` is the same at each attempt; `unsubscribe_url` is of advertising alone."""

    message_id: int
    brand_id: int
    subject_id: int
    key: str
    address: str
    rendered: Rendered
    sender: str  # the brand's name
    unsubscribe_url: str = ""


class Fate(StrEnum):
    """What came of handing over."""

    TASKED = "tasked"
    SENT = "sent"
    DELIVERED = "delivered"
    LATER = "later"  # refused for now
    REFUSED = "refused"  # for good
    ADDRESS = "address"  # for good, since the address is none
    UNKNOWN = "unknown"  # it may have gone


class Result(NamedTuple):
    """`code` is short and for programs, `detail` what the other side said, cut and rid of addresses."""

    fate: Fate
    code: str = ""
    detail: str = ""
    provider_id: str = ""


class ChannelDown(GuanxiError):
    """Nobody can be reached on it now. `begun` says whether the parcels at hand may have gone."""

    code: ClassVar[str] = "channel_down"
    http_status: ClassVar[int] = 503

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail=detail)
        self.why, self.detail = code, detail


class Session(Protocol):
    """An open connection."""

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Result]:
        """What came of each, in order. Raises ChannelDown where none of them has gone."""


class Channel(Protocol):
    name: str
    label: Wording
    capabilities: Capabilities

    @property
    def ready(self) -> bool:
        """Whether it has been set up."""

    def open(self) -> AbstractContextManager[Session]:
        """Raises ChannelDown."""


CHANNELS: Registry[Channel] = Registry("channel of messages", lambda channel: channel.name)


def sender(name: str) -> Channel:
    """The channel that sends, or the development sender in its place. Raises KeyError.

    For one brand, `sandbox.within` says what takes its place.
    """
    from guanxi.messaging.channels.development import Development  # noqa: PLC0415 - it knows this module
    from guanxi.messaging.settings import messages_folder  # noqa: PLC0415 - likewise

    channel = CHANNELS[name]
    folder = messages_folder()
    return Development(channel, folder) if folder and channel.capabilities.rings else channel


def is_opt_out(channel: Channel, text: str) -> bool:
    """Whether a customer's answer means to be left in peace."""
    words = channel.capabilities.opt_out_words
    return text.strip().upper().rstrip("。.!！") in words


def groups(parcels: Sequence[Parcel], at_once: int) -> Iterator[Sequence[Parcel]]:
    for start in range(0, len(parcels), at_once):
        yield parcels[start : start + at_once]
