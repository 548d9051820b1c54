"""Several segments against each other: who is in exactly which of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.platform.models import Brand
from guanxi.segments import queries
from guanxi.segments.contracts import Overlap
from guanxi.ui.figures import number, share
from guanxi.ui.parts import Cell, Table

MOST: Final = 5
SHOWN: Final = 31  # of five segments there are no more


@dataclass(frozen=True, slots=True)
class Line:
    """One intersection: which of the segments, in their order, and how many customers are in just these.
    `width` is its part of the greatest, 0 to 1."""

    marks: Sequence[bool]
    names: str
    size: str
    share: str
    width: float


@dataclass(frozen=True, slots=True)
class Head:
    id: int
    name: str
    size: str
    width: float


@dataclass(frozen=True, slots=True)
class View:
    heads: Sequence[Head]
    lines: Sequence[Line]
    answer: str
    csv_url: str


def view(brand: Brand, segment_ids: Sequence[int]) -> View:
    """Raises NotFound, Invalid."""
    found = queries.overlap(brand, segment_ids)
    total = sum(one.size for one in found.intersections)
    greatest = max((one.size for one in found.intersections), default=0) or 1
    widest = max(found.sizes.values(), default=0) or 1
    return View(
        [
            Head(pk, name, number(found.sizes[pk]), found.sizes[pk] / widest)
            for pk, name in found.names.items()
        ],
        [
            Line(
                [pk in one.segments for pk in found.names],
                names_of(found, one.segments),
                number(one.size),
                share(one.size / total if total else None),
                one.size / greatest,
            )
            for one in found.intersections[:SHOWN]
        ],
        _answer(found, total),
        reverse("segments-overlap-csv") + "?" + urlencode([("s", pk) for pk in found.names]),
    )


def _answer(found: Overlap, total: int) -> str:
    if not total:
        return _("None of these segments has a member.")
    every = next((one.size for one in found.intersections if len(one.segments) == len(found.names)), 0)
    single = sum(one.size for one in found.intersections if len(one.segments) == 1)
    return _(
        "%(total)s customers are in at least one of them, %(every)s in all of them and %(single)s in just "
        "one."
    ) % {"total": number(total), "every": number(every), "single": number(single)}


def names_of(found: Overlap, segment_ids: Sequence[int]) -> str:
    return _(" and ").join(found.names[pk] for pk in segment_ids)


def table(found: Overlap) -> Table:
    rows = [
        [
            *(Cell("1" if pk in one.segments else "0") for pk in found.names),
            Cell(number(one.size), one.size),
        ]
        for one in found.intersections
    ]
    return Table([*found.names.values(), _("In exactly these")], rows)
