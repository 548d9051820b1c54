"""What can be told, as upper rooms have registered it, and who wants which of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from guanxi.kernel.errors import Invalid
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import say
from guanxi.platform.marks import Mark
from guanxi.platform.webhooks.contracts import Event

TEST: Final = "webhook.test"
MOST_PATTERNS: Final = 50


class Told(NamedTuple):
    """An event of a brand; `live` is False for history."""

    brand_id: int
    event: Event
    live: bool


class Part(NamedTuple):
    """Events of all brands behind a mark, the mark behind all that was looked at; `full`: there is more."""

    told: Sequence[Told]
    mark: Mark
    full: bool


Wants = Callable[[int, str, bool], bool]
"""Whether anybody wants events of a brand and kind, live or not: the others need not be made."""


@dataclass(frozen=True)
class EventLog:
    """A table that only grows. `kinds` gives its kinds of events with what they mean, in the reader's
    language; `read` the events among the next rows behind a mark."""

    name: str
    kinds: Callable[[], Mapping[str, str]]
    head: Callable[[], Mark]
    read: Callable[[Mark, int, Wants], Part]


@dataclass(frozen=True)
class EventKind:
    """A kind of event that is told one by one (`writing.tell`)."""

    name: str
    meaning: str


LOGS: Registry[EventLog] = Registry("log of events", lambda log: log.name)
KINDS: Registry[EventKind] = Registry("kind of event", lambda kind: kind.name)
KINDS.register(EventKind(TEST, say("A test, sent by hand.")))


def known_kinds() -> dict[str, str]:
    """Every kind that a webhook can be told, with what it means, by name."""
    found = {kind.name: kind.meaning for kind in KINDS}
    for log in LOGS:
        found |= log.kinds()
    return dict(sorted(found.items()))


def fits(patterns: Iterable[str], kind: str) -> bool:
    """Whether a kind is one of the patterns: itself, `*`, or a beginning such as `order.*`."""
    return any(
        pattern in {"*", kind} or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))
        for pattern in patterns
    )


def checked_patterns(patterns: Iterable[str]) -> list[str]:
    """Sorted and without doubles. Raises Invalid for none, too many, or one that no kind fits."""
    wanted = sorted({str(pattern).strip() for pattern in patterns} - {""})
    if not wanted or len(wanted) > MOST_PATTERNS:
        raise Invalid(
            say("A webhook names 1 to %(most)s kinds of events.", most=MOST_PATTERNS),
            remedy=say("Name kinds such as order.paid, beginnings such as order.*, or * for all."),
            field="events",
        )
    known = known_kinds()
    for pattern in wanted:
        if not any(fits([pattern], kind) for kind in known):
            raise Invalid(
                say("No kind of event fits “%(pattern)s”.", pattern=pattern[:60]),
                remedy=say("The kinds are: %(known)s.", known=", ".join(known)),
                field="events",
            )
    return wanted
