"""What `guanxi segments` prints: rows, one segment, refreshes and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from guanxi.cli.headings import table
from guanxi.cli.shared import either, line, out, told
from guanxi.kernel.wording import Wording, say

if TYPE_CHECKING:
    from guanxi.segments.contracts import Explained, Refreshed, SegmentDetail, SegmentRow

DAYS_SHOWN: Final = 7


def rows_printed(rows: Sequence[SegmentRow]) -> None:
    shown = table("id", "name", "mode", "members", "share", "state")
    for row in rows:
        state = row.problem or ("" if row.ready else told(say("being filled")))
        mode = str(row.mode.label)
        shown.add_row(str(row.id), Text(row.name), mode, f"{row.size:,}", f"{row.share:.1%}", Text(state))
    out.print(shown)


def shown(found: SegmentDetail) -> None:
    """One segment: its row, its sentence, its last days, who refers to it."""
    rows_printed([found.row])
    out.print(either(found.sentence_zh, found.sentence_en), markup=False)
    for day in found.days[-DAYS_SHOWN:]:
        out.print(f"{_date(day.day)}: {day.size:,} (+{day.entered:,} −{day.left:,})")
    for reference in found.used_by:
        kind = say(reference.kind)
        line(say("used by %(kind)s “%(name)s”", kind=kind, name=reference.name), markup=False)


def refreshed(found: Refreshed) -> None:
    shown = table("id", "name", "members", "entered", "left", "drift")
    for one in found.segments:
        figures = [f"{figure:,}" for figure in (one.size, one.entered, one.left, one.drift)]
        shown.add_row(str(one.id), Text(one.name), *figures)
    out.print(shown)
    line(
        say(
            "%(segments)s segments × %(customers)s customers in %(seconds)s s",
            segments=len(found.segments),
            customers=f"{found.customers:,}",
            seconds=f"{found.seconds:.1f}",
        )
    )


def placed(customer_id: int, segment: int, *, member: bool) -> Wording:
    parts = {"customer": customer_id, "segment": segment}
    if member:
        return say("Customer %(customer)s is in segment %(segment)s.", **parts)
    return say("Customer %(customer)s is not in segment %(segment)s.", **parts)


def branch(found: Explained) -> dict[str, Any]:
    """A branch of the explanation as JSON."""
    return {
        "kind": found.kind,
        "path": found.path,
        "holds": found.holds,
        "sentence": found.sentence,
        "values": list(found.values.values()),
        "facts": list(found.facts),
        "parts": [branch(part) for part in found.parts],
    }


def branch_printed(found: Explained, depth: int = 0) -> None:
    mark = Text("✓ ", style="green") if found.holds else Text("✗ ", style="red")
    facts = ""
    if found.facts:
        facts = told(say("  [touchpoints %(ids)s]", ids=", ".join(map(str, found.facts))))
    out.print(Text("  " * depth) + mark + Text(found.sentence + facts))
    for part in found.parts:
        branch_printed(part, depth + 1)


def _date(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()
