"""The rows behind what a rule gave: each posting, with who got it and for which fact."""

from __future__ import annotations

from typing import Final, NamedTuple

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.loyalty.ledger.contracts import OF_SUBJECTS, Kind
from guanxi.loyalty.ledger.models import Move
from guanxi.loyalty.rules.queries import GIVEN_DAYS, first_since

PAGE: Final = 50


class GivenRow(NamedTuple):
    """`customer_id` is None where the person is gone; `is_announced` units are to come."""

    move_id: int
    posting_id: int
    asset: str
    units: int
    is_announced: bool
    customer_id: int | None
    fact_id: int | None
    version: int
    occurred_ms: int


def given_rows(
    brand_id: int, rule_id: int, before: int | None = None, *, days: int = GIVEN_DAYS, limit: int = PAGE
) -> tuple[list[GivenRow], int | None]:
    """What `queries.given` counts, newest first; and what begins the next page, None on the last."""
    first = first_since(now_ms() - days * DAY_MS)
    if first is None:
        return [], None
    moves = Move.objects.filter(
        posting_id__gte=first,
        posting__brand_id=brand_id,
        posting__reason="rule",
        posting__rule__startswith=f"{rule_id}:",
        kind__in=[Kind.DIRECT, Kind.PENDING],
        target__place__in=OF_SUBJECTS,
    )
    if before is not None:
        moves = moves.filter(pk__lt=before)
    found = list(moves.select_related("posting", "target__asset").order_by("-pk")[: limit + 1])
    customers = customer_ids_of(brand_id, {one.target.subject_id for one in found})
    rows = [
        GivenRow(
            one.pk,
            one.posting_id,
            one.target.asset.code,
            one.units,
            one.kind == Kind.PENDING,
            customers.get(one.target.subject_id),
            one.posting.fact_id,
            int(one.posting.rule.partition(":")[2]),
            one.posting.occurred_ms,
        )
        for one in found[:limit]
    ]
    return rows, rows[-1].move_id if len(found) > limit else None
