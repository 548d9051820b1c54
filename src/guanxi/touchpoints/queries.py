"""Reads of the log and of imports. Pages go by key, not by offset: the last is as fast as the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.utils.translation import gettext as _

from guanxi.kernel.errors import Invalid, NotFound
from guanxi.platform.bulk import among
from guanxi.touchpoints.contracts import ImportState
from guanxi.touchpoints.importing.messages import refund_remarks, spoken_error, spoken_skipped
from guanxi.touchpoints.models import ExchangeRate, Import, SavedMapping, Source, Touchpoint

LARGEST_PAGE = 1_000
WINDOW = 500_000


class TouchpointRow(NamedTuple):
    """A fact as it is read. `payload` is JSON, {} where there is none."""

    id: int
    source: str
    source_ref: str
    kind: str
    channel: str
    subject_id: int | None
    occurred_ms: int
    recorded_ms: int
    amount_fen: int | None
    quantity: int | None
    payload: Mapping[str, Any]
    import_id: int | None
    live: bool


class Page(NamedTuple):
    """Rows and where the next page begins; `after` is None on the last."""

    rows: list[TouchpointRow]
    after: str | None


_PAID, _REFUNDED = Q(kind="order.paid"), Q(kind="order.refunded")


class Totals(NamedTuple):
    """What the facts of one customer add up to. Revenue is gross, refunds positive."""

    orders: int = 0
    revenue_fen: int = 0
    refunds_fen: int = 0
    first_order_ms: int | None = None
    last_order_ms: int | None = None
    touchpoints: int = 0


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as lists and detail pages show it. `share` is 0..1 of the file, `reasons` rejects by code."""

    id: int
    filename: str
    importer: str
    state: ImportState
    rows: int
    recorded: int
    duplicates: int
    rejected: int
    customers_created: int
    customers_merged: int
    size_bytes: int
    error: str
    actor: str
    created_ms: int
    started_ms: int
    finished_ms: int
    mode: str
    options: Mapping[str, Any]
    tables: Sequence[Mapping[str, Any]]
    skipped: Sequence[Sequence[str]]
    reasons: Mapping[str, int]
    remarks: Sequence[str]
    bytes_read: int
    job_id: int | None
    upload_id: int | None
    rejects_id: int | None

    @property
    def share(self) -> float:
        if self.state is ImportState.DONE:
            return 1.0
        return min(1.0, self.bytes_read / self.size_bytes) if self.size_bytes else 0.0


_FIELDS = (
    "id",
    "source_id",
    "source_ref",
    "kind",
    "channel",
    "subject_id",
    "occurred_ms",
    "recorded_ms",
    "amount_fen",
    "quantity",
    "payload",
    "import_id",
    "live",
)


def timeline(
    brand_id: int, subject_ids: Sequence[int], *, after: str | None = None, limit: int = 50, kind: str = ""
) -> Page:
    """The facts of some subjects, newest first. `after` comes from the page before. Raises Invalid."""
    rows = Touchpoint.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids))
    if kind:
        rows = rows.filter(kind=kind)
    if after:
        occurred_ms, number = _position(after)
        rows = rows.filter(Q(occurred_ms__lt=occurred_ms) | Q(occurred_ms=occurred_ms, id__lt=number))
    found = rows.order_by("-occurred_ms", "-id").values_list(*_FIELDS)
    return _page(brand_id, list(found[: _size(limit) + 1]), _size(limit), newest_first=True)


def touchpoints(
    brand_id: int,
    *,
    after: str | None = None,
    limit: int = 100,
    kind: str = "",
    source: str = "",
    since_ms: int | None = None,
) -> Page:
    """The log in the order it was recorded, for readers that follow it. Raises Invalid for a bad `after`."""
    rows = Touchpoint.objects.filter(brand_id=brand_id)
    if after:
        rows = rows.filter(id__gt=_position(after)[1])
    if kind:
        rows = rows.filter(kind=kind)
    if source:
        known = Source.objects.filter(brand_id=brand_id, name=source).values_list("pk", flat=True).first()
        rows = rows.filter(source_id=known) if known else rows.none()
    if since_ms is not None:
        rows = rows.filter(occurred_ms__gte=since_ms)
    found = rows.order_by("id").values_list(*_FIELDS)
    return _page(brand_id, list(found[: _size(limit) + 1]), _size(limit), newest_first=False)


def latest(brand_id: int, *, after: str | None = None, limit: int = 50, kind: str = "") -> Page:
    """The log, last recorded first. Looks at no more than `WINDOW` facts for one page, so a rare kind may
    leave a page short though another follows. Raises Invalid for a bad `after`."""
    rows = Touchpoint.objects.filter(brand_id=brand_id)
    newest = _position(after)[1] if after else (rows.aggregate(last=Max("id"))["last"] or 0) + 1
    rows = rows.filter(id__lt=newest, id__gte=newest - WINDOW)
    if kind:
        rows = rows.filter(kind=kind)
    found = rows.order_by("-id").values_list(*_FIELDS)
    page = _page(brand_id, list(found[: _size(limit) + 1]), _size(limit), newest_first=False)
    floor = newest - WINDOW
    return page if page.after or floor <= 1 else Page(page.rows, f"0.{floor}")


def facts(brand_id: int, ids: Sequence[int]) -> list[TouchpointRow]:
    """These facts of the brand, newest first; at most a page of them."""
    rows = Touchpoint.objects.filter(brand_id=brand_id, pk__in=list(ids)[:LARGEST_PAGE])
    found = list(rows.order_by("-occurred_ms", "-id").values_list(*_FIELDS))
    return _page(brand_id, found, LARGEST_PAGE, newest_first=True).rows


def by_reference(brand_id: int, source: str, reference: str) -> TouchpointRow | None:
    """The fact that a source recorded under this reference; None where it did not."""
    found = Source.objects.filter(brand_id=brand_id, name=source).values_list("pk", flat=True).first()
    rows = Touchpoint.objects.filter(source_id=found or 0, source_ref=reference).values_list(*_FIELDS)
    return next(iter(_page(brand_id, list(rows[:1]), 1, newest_first=True).rows), None)


def is_told(brand_id: int, kind: str, field: str, value: str) -> bool:
    """Whether there is a fact of this kind that says `value` in this field of text. Reads all of the kind."""
    said = orjson.dumps({field: value}).decode()[1:-1]
    return Touchpoint.objects.filter(brand_id=brand_id, kind=kind, payload__contains=said).exists()


def source_name(source_id: int) -> str:
    """Of a source that exists."""
    return Source.objects.values_list("name", flat=True).get(pk=source_id)


def _size(limit: int) -> int:
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(_("A page holds 1 to %(most)s rows.") % {"most": LARGEST_PAGE}, field="limit")
    return limit


def _position(after: str) -> tuple[int, int]:
    occurred_ms, _dot, number = after.partition(".")
    try:
        return int(occurred_ms), int(number)
    except ValueError:
        raise Invalid(
            _("This is not a place in the list."), remedy=_("Begin at the first page."), field="after"
        ) from None


def _page(brand_id: int, found: list[tuple[Any, ...]], limit: int, *, newest_first: bool) -> Page:
    names = dict(Source.objects.filter(brand_id=brand_id).values_list("pk", "name"))
    rows = [
        TouchpointRow(
            number,
            names.get(source_id, ""),
            reference,
            kind,
            channel,
            subject_id,
            occurred_ms,
            recorded_ms,
            amount_fen,
            quantity,
            orjson.loads(payload) if payload else {},
            import_id,
            live,
        )
        for (
            number,
            source_id,
            reference,
            kind,
            channel,
            subject_id,
            occurred_ms,
            recorded_ms,
            amount_fen,
            quantity,
            payload,
            import_id,
            live,
        ) in found[:limit]
    ]
    if len(found) <= limit:
        return Page(rows, None)
    last = rows[-1]
    return Page(rows, f"{last.occurred_ms if newest_first else 0}.{last.id}")


_TOTALS = """
SELECT s.customer_id,
  sum(CASE WHEN t.kind = 'order.paid' THEN 1 ELSE 0 END),
  sum(CASE WHEN t.kind = 'order.paid' THEN t.amount_fen ELSE 0 END),
  sum(CASE WHEN t.kind = 'order.refunded' THEN t.amount_fen ELSE 0 END),
  min(CASE WHEN t.kind = 'order.paid' THEN t.occurred_ms END),
  max(CASE WHEN t.kind = 'order.paid' THEN t.occurred_ms END),
  count(*)
FROM customers_subject s JOIN touchpoints_touchpoint t ON t.subject_id = s.id
WHERE s.brand_id = %s AND {among}
GROUP BY s.customer_id
"""


def totals(brand_id: int, customer_ids: Sequence[int]) -> dict[int, Totals]:
    """Totals of each of a page of customers, as of now, in one query; zeros for who has no facts."""
    condition, parameter = among("s.customer_id", customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(among=condition), [brand_id, parameter])
        found = {row[0]: Totals(*(_whole(value) for value in row[1:])) for row in cursor.fetchall()}
    return {number: found.get(number, Totals()) for number in customer_ids}


def totals_of(brand_id: int, subject_ids: Sequence[int]) -> Totals:
    """What the facts of any set of subjects add up to: a customer's, or one side of a split."""
    found = Touchpoint.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids)).aggregate(
        orders=Count("pk", filter=_PAID),
        revenue_fen=Sum("amount_fen", filter=_PAID),
        refunds_fen=Sum("amount_fen", filter=_REFUNDED),
        first_order_ms=Min("occurred_ms", filter=_PAID),
        last_order_ms=Max("occurred_ms", filter=_PAID),
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


def _whole(value: Any) -> Any:
    return None if value is None else int(value)  # PostgreSQL sums bigints to numeric


def recent_imports(brand_id: int, *, before_id: int | None = None, limit: int = 50) -> list[ImportRow]:
    """Imports of a brand, newest first; the next page is before the last one's id."""
    rows = Import.objects.filter(brand_id=brand_id)
    if before_id is not None:
        rows = rows.filter(pk__lt=before_id)
    return [_import_row(row) for row in rows.order_by("-id")[: _size(limit)]]


def import_detail(brand_id: int, import_id: int) -> ImportRow:
    """Raises NotFound, also for an import of another brand."""
    row = Import.objects.filter(brand_id=brand_id, pk=import_id).first()
    if row is None:
        raise NotFound(_("There is no import %(id)s.") % {"id": import_id})
    return _import_row(row)


def _import_row(row: Import) -> ImportRow:
    cursor = row.cursor
    return ImportRow(
        row.pk,
        row.filename,
        row.importer,
        ImportState(row.state),
        row.rows,
        row.recorded,
        row.duplicates,
        row.rejected,
        row.customers_created,
        row.customers_merged,
        row.size_bytes,
        spoken_error(row.error),
        row.actor,
        row.created_ms,
        row.started_ms,
        row.finished_ms,
        row.options.get("mode", ""),
        row.options,
        cursor.get("tables", []),
        spoken_skipped(cursor),
        cursor.get("codes", {}),
        refund_remarks(cursor),
        cursor.get("position", 0),
        row.job_id,
        row.upload_id,
        row.rejects_id,
    )


def saved_mappings(brand_id: int) -> dict[str, dict[str, str]]:
    """Saved mappings by name: field → column."""
    return dict(
        SavedMapping.objects.filter(brand_id=brand_id).order_by("name").values_list("name", "columns")
    )


def rates(brand_id: int) -> list[tuple[str, str, str]]:
    """Exchange rates: currency, first day, rate."""
    rows = ExchangeRate.objects.filter(brand_id=brand_id).order_by("currency", "from_day")
    return [(row.currency, row.from_day.isoformat(), f"{row.rate.normalize():f}") for row in rows]
