"""Reads that only the pages need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, Sum

from guanxi.platform.models import WorkerBeat
from guanxi.touchpoints.models import SavedMapping, Touchpoint
from guanxi.touchpoints.queries import Totals

PAID, REFUNDED = Q(kind="order.paid"), Q(kind="order.refunded")


class Saved(NamedTuple):
    target: str
    columns: Mapping[str, str]


def subject_totals(brand_id: int, subject_ids: Sequence[int]) -> Totals:
    """What the facts of any set of subjects add up to: a customer's, or one side of a split."""
    found = Touchpoint.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids)).aggregate(
        orders=Count("pk", filter=PAID),
        revenue_fen=Sum("amount_fen", filter=PAID),
        refunds_fen=Sum("amount_fen", filter=REFUNDED),
        first_order_ms=Min("occurred_ms", filter=PAID),
        last_order_ms=Max("occurred_ms", filter=PAID),
        touchpoints=Count("pk"),
    )
    return Totals(
        found["orders"],
        int(found["revenue_fen"] or 0),
        int(found["refunds_fen"] or 0),
        found["first_order_ms"],
        found["last_order_ms"],
        found["touchpoints"],
    )


def saved_mappings(brand_id: int) -> dict[str, Saved]:
    """Saved mappings by name, each with the importer it is for."""
    rows = SavedMapping.objects.filter(brand_id=brand_id).order_by("name")
    return {row.name: Saved(row.target, row.columns) for row in rows}


def last_beat_ms() -> int:
    """When a worker last said that it is alive; 0 where none ever did."""
    return WorkerBeat.objects.aggregate(last=Max("at_ms"))["last"] or 0
