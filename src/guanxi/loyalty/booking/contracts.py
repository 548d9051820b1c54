"""What is booked and what becomes of it. Pure: times are UTC milliseconds, days local."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from guanxi.kernel.wording import Wording, say


class Kind(StrEnum):
    """Where members find it."""

    SERVICE = "service"
    EVENT = "event"
    EARLY = "early"
    PREORDER = "preorder"


KIND_NAMES: Final[Mapping[Kind, Wording]] = {
    Kind.SERVICE: say("Service"),
    Kind.EVENT: say("Event"),
    Kind.EARLY: say("Early access"),
    Kind.PREORDER: say("Pre-order"),
}


class State(StrEnum):
    BOOKED = "booked"
    ATTENDED = "attended"
    MISSED = "missed"
    CANCELLED = "cancelled"


MOVES: Final[Mapping[State, frozenset[State]]] = {
    State.BOOKED: frozenset({State.ATTENDED, State.MISSED, State.CANCELLED}),
    State.ATTENDED: frozenset(),
    State.MISSED: frozenset(),
    State.CANCELLED: frozenset(),
}
SEATED: Final = (State.BOOKED, State.ATTENDED, State.MISSED)  # these have a seat
STATE_NAMES: Final[Mapping[State, tuple[Wording, str]]] = {
    State.BOOKED: (say("Booked"), "info"),
    State.ATTENDED: (say("Has come"), "good"),
    State.MISSED: (say("Did not come"), "warn"),
    State.CANCELLED: (say("Called off"), ""),
}


class Wanted(NamedTuple):
    """A service as it is to be. `asset` "" is free of charge; `limit_times` 0 is any number; `audience` is a
    condition as JSON, None everybody."""

    name_zh: str
    name_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    kind: str = Kind.SERVICE
    minutes: int = 30
    audience: Mapping[str, Any] | None = None
    asset: str = ""
    units: int = 0
    limit_times: int = 0
    limit_days: int = 30
    cancel_hours: int = 2
    ahead_days: int = 30
    remind_channel: str = ""
    remind_template: str = ""
    open: bool = True


class Slot(NamedTuple):
    """A time that can be booked. `local` is the wall time at the brand, "2026-12-05 10:00"; `left` are the
    seats that nobody has."""

    store: str
    starts_ms: int
    ends_ms: int
    local: str
    seats: int
    left: int

    @property
    def day(self) -> str:
        return self.local[:10]

    @property
    def time(self) -> str:
        return self.local[11:]
