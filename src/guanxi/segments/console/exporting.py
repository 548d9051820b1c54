"""The members of a segment as a file, with what the list of customers says of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from guanxi.customers.console.exporting import COLUMNS, rows_of_ids
from guanxi.kernel.wording import say
from guanxi.platform.exports import Exportable, exportables
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments.models import Segment
from guanxi.segments.queries import members
from guanxi.segments.services import find

PAGE: Final = 1_000


def pages(brand: Brand, query: Mapping[str, str]) -> Iterator[list[Sequence[Any]]]:
    after: int | None = 0
    while after is not None:
        page, after = members(brand, segment_of(query), after=after, limit=PAGE)
        yield rows_of_ids(brand.pk, page)


def count(brand: Brand, query: Mapping[str, str]) -> int:
    return find(brand.pk, segment_of(query)).size


def said(brand: Brand, query: Mapping[str, str]) -> str:
    """The segment's name, also of one that was put away."""
    found = Segment.objects.filter(brand_id=brand.pk, pk=segment_of(query)).first()
    return found.name if found else ""


def segment_of(query: Mapping[str, str]) -> int:
    given = query.get("segment", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else 0


def register() -> None:
    exportables.register(
        Exportable(
            "segment",
            say("Members of a segment"),
            Permission.EXPORTS_RUN,
            COLUMNS,
            pages,
            count,
            check=count,  # raises NotFound where there is no such segment
            parameters=("segment",),
            said=said,
        )
    )
