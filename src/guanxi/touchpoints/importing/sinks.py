"""Who keeps rows of a file that are no facts of the log. Upper rooms register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from guanxi.kernel.registries import Registry

OwnRow = tuple[Any, ...]


class Taken(NamedTuple):
    """`recorded` rows were new or said something new; `duplicates` were known as they are."""

    recorded: int
    duplicates: int


class Sink(NamedTuple):
    """The keeper of an importer's own rows (`Made.own`).

    `take` writes rows of a brand on behalf of an import, in the transaction that moves the import's cursor;
    `fresh` counts how many of them would be recorded; `shown` makes of a row what a preview shows
    (preview.shown_fact)."""

    importer: str
    take: Callable[[int, Sequence[OwnRow], int], Taken]
    fresh: Callable[[int, Sequence[OwnRow]], int]
    shown: Callable[[OwnRow], Mapping[str, Any]]


sinks: Registry[Sink] = Registry("sink of imported rows", lambda sink: sink.importer)
