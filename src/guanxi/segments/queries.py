"""Reads of segments: lists, detail, members, previews, overlap, composition, and why somebody is in or out.

Sizes and members come from the database as they stand; previews and compositions from the lake, as of its
last sync.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from guanxi.customers import lookup
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import (
    BrandRow,
    Condition,
    Moment,
    Tongue,
    parse,
    sentence,
)
from guanxi.kernel.errors import GuanxiError, Invalid, NotFound
from guanxi.kernel.wording import unpacked
from guanxi.platform.language import spoken, tongue
from guanxi.segments import membership
from guanxi.segments.contracts import (
    Day,
    In,
    Intersection,
    Mode,
    Overlap,
    Reference,
    SegmentDetail,
    SegmentRow,
    State,
    Version,
    Why,
)
from guanxi.segments.definitions import Resolver, readable, resolve, stored_references
from guanxi.segments.evaluating import explain
from guanxi.segments.models import Membership, Segment, SegmentSize, SegmentVersion
from guanxi.segments.referring import used_by
from guanxi.segments.services import find

HISTORY_DAYS: Final = 30
MOST_COMPARED: Final = 8
LARGEST_PAGE: Final = 1_000
VERSIONS_SHOWN: Final = 50


def segments(brand: BrandRow, *, state: State | str = State.ACTIVE, text: str = "") -> list[SegmentRow]:
    """The brand's segments by name, with the sizes of the last 30 days; a fixed number of queries."""
    rows = Segment.objects.filter(brand_id=brand.pk, state=state).exclude(state=State.DELETED)
    if text:
        rows = rows.filter(name__icontains=text)
    return _rows(brand, list(rows.order_by("name", "pk")))


def detail(brand: BrandRow, segment_id: int) -> SegmentDetail:
    """Everything about one segment. Raises NotFound."""
    row = find(brand.pk, segment_id)
    names = dict(
        Segment.objects.filter(brand_id=brand.pk, pk__in=stored_references(row.condition))
        .exclude(state=State.DELETED)
        .values_list("pk", "name")
    )
    said = said_both_ways(brand, row.condition)
    versions = SegmentVersion.objects.filter(segment_id=segment_id).order_by("-version")[:VERSIONS_SHOWN]
    return SegmentDetail(
        row=_rows(brand, [row])[0],
        condition=row.condition,
        sentence_zh=said[0],
        sentence_en=said[1],
        days=_days(brand, [row])[segment_id],
        versions=[
            Version(one.version, one.name, one.mode, one.what, one.actor, one.at_ms, one.condition)
            for one in versions
        ],
        uses=[Reference("segment", name) for name in sorted(names.values())],
        used_by=used_by(brand.pk, segment_id),
    )


def said_both_ways(
    brand: BrandRow, condition: Mapping[str, Any] | Condition, resolver: Resolver | None = None
) -> tuple[str, str]:
    """The condition as a sentence in Chinese and in English; where it cannot be read any more, why. Of many
    conditions of a brand, one `resolver` for all keeps the number of questions fixed."""
    known = resolver or Resolver(brand.pk, {})
    both = []
    for language in ("zh-hans", "en"):
        try:
            parsed = parse(condition, stored=True) if isinstance(condition, Mapping) else condition
            both.append(sentence(readable(brand.pk, parsed, known), tongue(language, brand.currency)))
        except GuanxiError as error:
            both.append(str(error.message))
    return both[0], both[1]


def _rows(brand: BrandRow, rows: Sequence[Segment]) -> list[SegmentRow]:
    days = _days(brand, rows)
    everybody = lookup.count_living(brand.pk)
    return [
        SegmentRow(
            id=row.pk,
            name=row.name,
            description=row.description,
            mode=Mode(row.mode),
            state=State(row.state),
            version=row.version,
            size=row.size,
            share=min(1.0, row.size / everybody) if everybody else 0.0,
            owner=row.owner,
            tag=row.tag,
            ready=row.filled_version >= row.condition_version,
            problem=spoken(unpacked(row.problem)) if row.problem else "",
            hour=row.hour,
            weekday=row.weekday,
            due_ms=row.due_ms,
            changed_ms=row.changed_ms,
            refreshed_ms=row.refreshed_ms,
            history=[day.size for day in days[row.pk]],
        )
        for row in rows
    ]


def _days(brand: BrandRow, rows: Sequence[Segment]) -> dict[int, list[Day]]:
    """The last 30 days of each segment, the oldest first; a day without a change has the size of the one
    before. It begins with the first day of which anything is known."""
    last = membership.day_of(now_ms(), brand.timezone)
    first = last - HISTORY_DAYS + 1
    known: dict[int, dict[int, Day]] = defaultdict(dict)
    found = SegmentSize.objects.filter(segment_id__in=[row.pk for row in rows])
    before = found.filter(day__lt=first).order_by("segment_id", "day")
    opening = dict(before.values_list("segment_id", "size"))  # the last of each segment wins
    fields = ("segment_id", "day", "size", "entered", "gone")
    for segment, day, size, entered, gone in found.filter(day__gte=first).values_list(*fields):
        known[segment][day] = Day(day, size, entered, gone)
    return {row.pk: _filled(known[row.pk], opening.get(row.pk), first, last) for row in rows}


def _filled(known: Mapping[int, Day], size: int | None, first: int, last: int) -> list[Day]:
    days = []
    for day in range(first, last + 1):
        if day in known:
            size = known[day].size
            days.append(known[day])
        elif size is not None:
            days.append(Day(day, size, 0, 0))
    return days


# ---------------------------------------------------------------- members


class Members(NamedTuple):
    """A page of members by id; the next begins behind `after`, None on the last."""

    customer_ids: list[int]
    after: int | None


def members(brand: BrandRow, segment_id: int, *, after: int = 0, limit: int = 100) -> Members:
    """Raises NotFound, Invalid for a page of another size than 1 to 1,000."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(_("A page holds 1 to %(most)s rows.") % {"most": LARGEST_PAGE}, field="limit")
    find(brand.pk, segment_id)
    rows = Membership.objects.filter(segment_id=segment_id, customer_id__gt=after).order_by("customer_id")
    found = list(rows.values_list("customer_id", flat=True)[: limit + 1])
    return Members(found[:limit], found[limit - 1] if len(found) > limit else None)


def segments_of(brand: BrandRow, customer_id: int) -> list[In]:
    """The active segments a customer is in, by name. Raises NotFound."""
    return segments_of_living(brand, _customer(brand, customer_id))


def segments_of_living(brand: BrandRow, root: int) -> list[In]:
    """The same of a customer who is known to be one today."""
    since = membership.held(brand.pk, [root]).get(root, {})
    rows = Segment.objects.filter(brand_id=brand.pk, pk__in=list(since), state=State.ACTIVE).order_by("name")
    return [In(row.pk, row.name, Mode(row.mode), since[row.pk]) for row in rows]


def why(brand: BrandRow, segment_id: int, customer_id: int, said_in: Tongue | None = None) -> Why:
    """Why a customer is in a segment or not: each branch of its condition, true or false, with what was
    compared and the facts behind it. A segment named in it is answered by its membership.

    Raises NotFound, ConditionInvalid where the condition cannot be read any more.
    """
    row = find(brand.pk, segment_id)
    return _why(brand, customer_id, parse(row.condition, stored=True), segment_id, said_in)


def why_condition(
    brand: BrandRow, condition: Mapping[str, Any], customer_id: int, said_in: Tongue | None = None
) -> Why:
    """The same of a condition that is no segment (yet). Raises ConditionInvalid, NotFound."""
    parsed = parse(condition)
    resolve(brand.pk, parsed)
    return _why(brand, customer_id, parsed, 0, said_in)


def _why(
    brand: BrandRow, customer_id: int, condition: Condition, segment_id: int, said_in: Tongue | None
) -> Why:
    root = _customer(brand, customer_id)
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    shown = readable(brand.pk, condition)
    explained = explain(brand, shown, root, moment, said_in or tongue(currency=brand.currency))
    since = membership.held(brand.pk, [root]).get(root, {}).get(segment_id)
    return Why(segment_id, root, since is not None, since, explained)


def _customer(brand: BrandRow, customer_id: int) -> int:
    root = lookup.root_of(brand.pk, customer_id)
    if root is None:
        raise NotFound(_("There is no customer %(id)s.") % {"id": customer_id})
    return root


# ---------------------------------------------------------------- against each other


def overlap(brand: BrandRow, segment_ids: Collection[int]) -> Overlap:
    """How several segments overlap: who is in exactly which of them, in one pass over their members.

    Raises NotFound; Invalid for fewer than two or more than eight.
    """
    wanted = list(dict.fromkeys(segment_ids))
    if not 2 <= len(wanted) <= MOST_COMPARED:
        raise Invalid(_("Compare two to %(most)s segments.") % {"most": MOST_COMPARED}, field="segments")
    rows = {number: find(brand.pk, number) for number in wanted}
    bits = " ".join(f"WHEN {int(number)} THEN {1 << place}" for place, number in enumerate(wanted))
    among = ", ".join(str(int(number)) for number in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT mask, count(*) FROM (SELECT sum(CASE segment_id {bits} END) AS mask"
            f" FROM segments_membership WHERE segment_id IN ({among}) GROUP BY customer_id) AS masks"
            " GROUP BY mask"
        )
        counted = {int(mask): int(size) for mask, size in cursor.fetchall()}
    sizes = {
        number: sum(size for mask, size in counted.items() if mask & (1 << place))
        for place, number in enumerate(wanted)
    }
    found = [
        Intersection(tuple(number for place, number in enumerate(wanted) if mask & (1 << place)), size)
        for mask, size in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]
    return Overlap({number: row.name for number, row in rows.items()}, sizes, found)
