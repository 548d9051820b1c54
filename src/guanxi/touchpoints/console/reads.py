"""Reads that only the pages need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Max

from guanxi.platform.models import WorkerBeat
from guanxi.touchpoints.models import SavedMapping


class Saved(NamedTuple):
    target: str
    columns: Mapping[str, str]


def saved_mappings(brand_id: int) -> dict[str, Saved]:
    """Saved mappings by name, each with the importer it is for."""
    rows = SavedMapping.objects.filter(brand_id=brand_id).order_by("name")
    return {row.name: Saved(row.target, row.columns) for row in rows}


def last_beat_ms() -> int:
    """When a worker last said that it is alive; 0 where none ever did."""
    return WorkerBeat.objects.aggregate(last=Max("at_ms"))["last"] or 0
