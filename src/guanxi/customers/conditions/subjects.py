"""What the sources of this room share: what belongs to subjects, mapped to customers in the lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from guanxi.kernel.conditions.features import column
from guanxi.warehouse.queries import per_customer


def flags(rows: Any, tests: Sequence[Any], tables: Mapping[str, Any]) -> Any:
    """For each customer whether any row of its subjects passes each test: columns f0, f1 … and `changes_ms`.

    `rows` has `subject_id`; a test is a boolean over it. By subject first, then by customer.
    """
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    names = [column(number) for number in range(len(tests))]
    marks = {name: ibis.ifelse(test, 1, 0).max() for name, test in zip(names, tests, strict=True)}
    by_subject = rows.group_by("subject_id").aggregate(**marks)
    mapped = per_customer(by_subject, tables["subject_map"])
    together = mapped.group_by("customer_id").aggregate(**{name: mapped[name].max() for name in names})
    return finished(together, {name: together[name] == 1 for name in names})


def finished(rows: Any, columns: Mapping[str, Any]) -> Any:
    """The table of a source whose features do not change with time."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    return rows.select("customer_id", **columns, changes_ms=ibis.null("int64"))
