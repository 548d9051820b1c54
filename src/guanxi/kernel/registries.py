"""Explicit registries: filled at start-up, type-checked, then frozen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """A named set of entries, in order of registration.

    Raises ValueError on a second entry of one name, RuntimeError on a change after `freeze`,
    KeyError (naming what exists) on an unknown name.
    """

    def __init__(self, what: str, name_of: Callable[[Entry], str]) -> None:
        self._what = what
        self._name_of = name_of
        self._entries: dict[str, Entry] = {}
        self._frozen = False

    def register(self, entry: Entry) -> Entry:
        name = self._name_of(entry)
        if self._frozen:
            raise RuntimeError(f"{self._what} '{name}' came after start-up; register it in AppConfig.ready")
        if name in self._entries:
            raise ValueError(f"{self._what} '{name}' is registered twice")
        self._entries[name] = entry
        return entry

    def freeze(self) -> None:
        self._frozen = True

    def get(self, name: str) -> Entry | None:
        return self._entries.get(name)

    def __getitem__(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            known = ", ".join(self._entries)
            raise KeyError(f"unknown {self._what} '{name}'; known: {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def names(self) -> list[str]:
        return list(self._entries)
