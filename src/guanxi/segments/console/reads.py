"""Reads that only these pages need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from guanxi.platform.models import User
from guanxi.segments.contracts import State
from guanxi.segments.models import Segment


def actor_names(references: Iterable[str]) -> dict[str, str]:
    """ "user:3" as people know them, all at once; programs and commands by what they are."""
    wanted = set(references)
    ids = {int(one[5:]) for one in wanted if one.startswith("user:") and one[5:].isdecimal()}
    names = {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
    return {one: names.get(one) or _plain(one) for one in wanted}


def actor_name(reference: str) -> str:
    return actor_names([reference])[reference]


def _plain(reference: str) -> str:
    if reference.startswith("key:"):
        return _("API key %(id)s") % {"id": reference[4:]}
    return {"cli": _("Command line"), "system": "Guanxi"}.get(reference, reference)


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
