"""`cohorts`: of those who first bought in a period, how many buy again, and what they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.economics import assumptions, metrics
from guanxi.economics.reporting import Report
from guanxi.economics.retention import bitmaps
from guanxi.economics.retention.cohort_graphs import answers_of, figures_of, graphs_of
from guanxi.economics.retention.columns import COHORTS
from guanxi.economics.retention.periods import day_number, label, period_at
from guanxi.economics.retention.reading import ALL, NOTHING, Groups, Span, groups, iso, span
from guanxi.economics.retention.triangles import Cohort, newest, triangle
from guanxi.economics.running import ask
from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse

SMALL: Final = 30


def cohorts(brand: BrandRow, values: Mapping[str, Any]) -> Report:
    """The report; see `declared` for its parameters."""
    per, by, until = values["per"], values["by"], values["until"]
    kept = bitmaps.read(brand) if by == ALL and per != "week" and until is None else None
    known = kept.span if kept else span(brand, until)
    head = {"per": per, "by": by, "value": values["value"], "until": iso(known.last) if known else until}
    if known is None:
        return Report(COHORTS, [], head, [NOTHING])
    split, lake, assumed = groups(brand, by, known.last), warehouse.tables(), assumptions.of(brand.pk)
    expression = metrics.cohort_cells(
        lake["touchpoints"],
        lake["subject_map"],
        per,
        known.last,
        margins=assumed.margins,
        groups=split.table,
    )
    cells = bitmaps.cells(kept, per) if kept else ask(brand, expression).to_pylist()
    every = triangle(cells, per, known.last)
    since = None if values["since"] is None else period_at(per, day_number(values["since"]))
    shown = newest(every, split.count, since)
    return Report(
        columns=COHORTS,
        rows=[row for cohort in shown for row in _rows(cohort, per, split)],
        head=head | {"customers": sum(one.size for one in shown)},
        notes=[*known.notes, *_notes(shown, every, since, known, per), *assumed.notes],
        answers=answers_of(brand, shown, values),
        figures=figures_of(shown, values),
        graphs=graphs_of(shown, values, split),
        sql=[warehouse.sql(expression)] if kept else [],
    )


def _rows(cohort: Cohort, per: str, split: Groups) -> list[dict[str, Any]]:
    return [
        {
            "cohort": label(per, cohort.period),
            "group": split.names[cohort.grp],
            "size": cohort.size,
            "age": cell.age,
            "observed": cell.observed,
            "customers": cell.customers,
            "share": cell.customers / cohort.size,
            "orders": cell.orders,
            "revenue_fen": cell.revenue,
            "refunds_fen": cell.refunds,
            "margin_fen": round(cell.margin),
            "revenue_per_head_fen": round(cell.revenue_so_far / cohort.size),
            "margin_per_head_fen": round(cell.margin_so_far / cohort.size),
        }
        for cell in cohort.cells
    ]


def _notes(
    shown: Sequence[Cohort], every: Sequence[Cohort], since: int | None, known: Span, per: str
) -> list[Wording]:
    if not shown:
        return [NOTHING]
    said = []
    part = shown[-1].cells[-1].observed
    if part < 1:
        said.append(
            say(
                "The period %(period)s is not over (the last day known is %(day)s): its rows are marked by "
                "`observed`, and it counts in no average.",
                period=label(per, period_at(per, known.last)),
                day=iso(known.last),
            )
        )
    if shown[0].period > every[0].period and (since is None or shown[0].period > since):
        first = label(per, shown[0].period)
        said.append(say("Only cohorts from %(period)s on are shown, the newest.", period=first))
    if small := sum(1 for one in shown if one.size < SMALL):
        said.append(
            say(
                "%(small)s of %(all)s cohorts have fewer than %(n)s customers: their shares swing widely.",
                small=small,
                all=len(shown),
                n=SMALL,
            )
        )
    return said
