"""What a room offers to be exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission


class Type(StrEnum):
    """What the values of a column are, and in what unit a page gives them: money in minor units, a day and a
    moment in UTC milliseconds. None is unknown in each."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: Wording
    type: Type = Type.TEXT


Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Exportable:
    """A list. `pages` gives its rows, a value for each column, in pages small enough for memory; `count` how
    many there will be, as far as that is known cheaply (0: it is not); `check` raises what is wrong with a
    query before anybody waits for it; `said` says it in the reader's language. A query is what stands in the
    list's address."""

    name: str
    label: Wording
    permission: Permission
    columns: Sequence[Column]
    pages: Callable[[Brand, Mapping[str, str]], Iterator[Rows]]
    count: Callable[[Brand, Mapping[str, str]], int] = lambda brand, query: 0
    check: Callable[[Brand, Mapping[str, str]], object] = lambda brand, query: None
    parameters: Sequence[str] = ()
    said: Callable[[Brand, Mapping[str, str]], str] = lambda brand, query: ""


exportables: Final[Registry[Exportable]] = Registry("exportable list", lambda one: one.name)
