"""Reads that only these pages need."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from guanxi.segments.contracts import State
from guanxi.segments.models import Segment


def conditions_of(brand_id: int, segment_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """The conditions of a page of segments."""
    rows = Segment.objects.filter(brand_id=brand_id, pk__in=list(segment_ids))
    return dict(rows.values_list("pk", "condition"))


def names(brand_id: int) -> list[tuple[int, str]]:
    """The active segments to choose from, by name."""
    rows = Segment.objects.filter(brand_id=brand_id, state=State.ACTIVE)
    return list(rows.order_by("name").values_list("pk", "name"))


def archived(brand_id: int) -> int:
    return Segment.objects.filter(brand_id=brand_id, state=State.ARCHIVED).count()


def named_like(brand_id: int, text: str, limit: int) -> list[tuple[int, str, int]]:
    """Active segments whose name contains the text, for the command palette: id, name, size."""
    rows = Segment.objects.filter(brand_id=brand_id, state=State.ACTIVE, name__icontains=text)
    return list(rows.order_by("name").values_list("pk", "name", "size")[:limit])
