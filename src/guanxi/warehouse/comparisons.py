"""The operators of conditions on columns of the lake."""

from __future__ import annotations

from typing import Any

from guanxi.kernel.conditions.predicates import OPERATORS, Op


def compared(value: Any, op: Op, against: Any) -> Any:
    """A boolean column; NULL where the value, or what it is compared with, is."""
    if op is Op.AMONG:
        return value.isin(list(against))
    return value.contains(against) if op is Op.CONTAINS else OPERATORS[op](value, against)


def earliest(moments: list[Any]) -> Any:
    """The least of some int64 columns, NULL where all are. Engines differ in what NULL does to `least`, so
    it meets none."""
    import ibis  # noqa: PLC0415 - half a second that only metrics need

    never = ibis.literal((1 << 63) - 1, "int64")
    known = [ibis.coalesce(moment, never) for moment in moments]
    if not known:
        return ibis.null("int64")
    return (known[0] if len(known) == 1 else ibis.least(*known)).nullif(never)
