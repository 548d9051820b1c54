"""Lists of customers that a bulk action can be wanted from: what each finds, and how it says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission


class BulkList(NamedTuple):
    """`ids(brand, query, limit)` gives the customers that the list finds, `limit` at most; `said` says the
    query in the reader's language; `url` is where the list is. A query is what stands in its address."""

    name: str
    label: Wording
    permission: Permission
    parameters: Sequence[str]
    ids: Callable[[Brand, Mapping[str, str], int], Sequence[int]]
    said: Callable[[Brand, Mapping[str, str]], str]
    url: Callable[[Mapping[str, str]], str]


LISTS: Registry[BulkList] = Registry("list for bulk actions", lambda one: one.name)
