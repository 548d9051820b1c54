"""Facts as rules see them, and what customers used up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True, eq=False)
class Fact:
    """A fact as rules see it: what conditions compare, and whose it is. `customer_id` is 0 of nobody's; what
    is empty is None."""

    id: int
    subject_id: int
    customer_id: int
    kind: str
    occurred_ms: int
    amount_fen: int | None = None
    quantity: int | None = None
    channel: str | None = None
    source: str | None = None
    payload: str = ""
    _fields: Mapping[str, Any] | None = field(default=None, init=False, repr=False)

    def fields(self) -> Mapping[str, Any]:
        if self._fields is None:
            self._fields = orjson.loads(self.payload) if self.payload else {}
        return self._fields

    def order(self) -> str:
        """The number of its order; "" where it names none."""
        found = self.fields().get("order")
        return found if isinstance(found, str) else ""


class Uses:
    """How often, and for how many units, customers used limited rules, by (rule, customer, period). What is
    taken is seen by the facts that come after."""

    def __init__(self, known: Mapping[tuple[int, int, int], tuple[int, int]] | None = None) -> None:
        self._known = dict(known or {})

    def of(self, key: tuple[int, int, int]) -> tuple[int, int]:
        return self._known.get(key, (0, 0))

    def take(self, key: tuple[int, int, int], units: int) -> None:
        times, before = self.of(key)
        self._known[key] = (times + 1, before + units)
