"""The members of a segment as a list that bulk actions are wanted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from guanxi.customers.bulk.lists import LISTS, BulkList
from guanxi.kernel.wording import say
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments.console.exporting import said, segment_of
from guanxi.segments.models import Membership
from guanxi.segments.services import find


def _ids(brand: Brand, query: Mapping[str, str], limit: int) -> Sequence[int]:
    found = find(brand.pk, segment_of(query))
    rows = Membership.objects.filter(segment_id=found.pk).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True)[:limit])


def _url(query: Mapping[str, str]) -> str:
    number = segment_of(query)
    return reverse("segment", args=[number]) + "#members" if number else reverse("segments")


def register() -> None:
    LISTS.register(
        BulkList(
            "segment",
            say("Members of a segment"),
            Permission.SEGMENTS_VIEW,
            ("segment",),
            _ids,
            said,
            _url,
        )
    )
