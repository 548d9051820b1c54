"""POST and GET /api/v1/touchpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from guanxi.customers import lookup
from guanxi.platform import audit
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.language import spoken
from guanxi.platform.writing import writing
from guanxi.rest import cursors, examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import Broken, read_batch
from guanxi.rest.facts import Rejected, fact_of, occurred_ms_of, source_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import moment
from guanxi.touchpoints import feed, services
from guanxi.touchpoints.contracts import Fact, Mode, Recorded
from guanxi.touchpoints.kinds import KINDS

MOST_ITEMS: Final = 5_000
MOST_SOURCES: Final = 20
LARGEST_PAGE: Final = 500
router = Router(tags=["touchpoints"])


class Item(NamedTuple):
    """A readable item: its place in the request and what it says."""

    place: int
    fact: Fact


class How(Schema):
    """How a batch is recorded."""

    mode: Mode = Field(Mode.LIVE, description="`backfill` is for history: it sets nothing going.")
    source: str | None = Field(None, description="The source of items that name none; else `api`.")


class Asked(Schema):
    """Filters of a list; every one must hold."""

    kind: str | None = Field(None, description="Kinds of touchpoints, with commas.")
    customer: int | None = Field(None, description="A customer's id; also one that was merged away.")
    source: str | None = Field(None, description="The name of the source.")
    since: str | None = Field(None, description="Occurred then or later: RFC 3339, or milliseconds.")
    until: str | None = Field(None, description="Occurred before then: RFC 3339, or milliseconds.")
    limit: int = Field(100, ge=1, le=LARGEST_PAGE, description="How many at most.")
    cursor: str | None = Field(None, description="`next` or `resume` of an earlier answer.")


class Batch(NamedTuple):
    """A request, sorted: by source what can be read, and `results` with the rest already rejected."""

    by_source: dict[str, list[Item]]
    results: list[dict[str, Any]]


@router.post(
    "",
    auth=Key(Scope.TOUCHPOINTS_WRITE),
    summary="Record touchpoints",
    description=examples.RECORD_DOC,
    operation_id="record_touchpoints",
    openapi_extra=examples.RECORD,
)
def record_touchpoints(request: HttpRequest, how: Query[How]) -> HttpResponse:
    key = as_key_request(request).auth
    body = read_batch(request)
    batch = sort_out(*_items(body, how.source))
    totals = _record(key, batch, how.mode)
    return _json({**totals, "results": batch.results})


@router.get(
    "",
    auth=Key(Scope.TOUCHPOINTS_READ),
    summary="List touchpoints",
    description=examples.LIST_DOC,
    operation_id="list_touchpoints",
    openapi_extra=examples.LIST,
)
def list_touchpoints(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    kinds = [name for name in (asked.kind or "").split(",") if name]
    wanted = feed.Filter(
        kinds=_known_kinds(kinds),
        source=asked.source,
        subject_ids=_subjects(brand_id, asked.customer),
        since_ms=_moment("since", asked.since),
        until_ms=_moment("until", asked.until),
    )
    question = repr((sorted(kinds), asked.customer, asked.source, wanted.since_ms, wanted.until_ms))
    after_id = cursors.opened(brand_id, question, asked.cursor) if asked.cursor else 0
    page = feed.page(brand_id, wanted, after_id=after_id, limit=asked.limit)
    owners = lookup.customer_ids_of(brand_id, [row.subject_id for row in page.rows if row.subject_id])
    here = cursors.sealed(brand_id, question, page.last_id)
    rows = [_shown(row, owners) for row in page.rows]
    return _json({"touchpoints": rows, "next": here if page.more else None, "resume": here})


def sort_out(items: Sequence[Any], default_source: str) -> Batch:
    """Read every item; what cannot be read is rejected, by its place in the request."""
    batch = Batch({}, [])
    for index, item in enumerate(items):
        batch.results.append({"index": index})
        try:
            if isinstance(item, Broken):
                raise Rejected("json_broken", item.message)
            source, fact = fact_of(item, default_source)
        except Rejected as rejected:
            reference = item.get("source_ref") if type(item) is dict else None
            batch.results[index] = _rejection(
                index, reference, rejected.code, rejected.message, rejected.field
            )
        else:
            batch.by_source.setdefault(source, []).append(Item(index, fact))
    if len(batch.by_source) > MOST_SOURCES:
        raise Problem(
            422,
            "too_many_sources",
            f"A batch has at most {MOST_SOURCES} sources.",
            remedy="Name few sources: one per system that sends.",
        )
    return batch


def _items(body: Any, source: str | None) -> tuple[Sequence[Any], str]:
    named = source
    if type(body) is dict and "touchpoints" in body:
        unknown = sorted(set(body) - {"touchpoints", "source"})
        if unknown:
            raise Problem(
                422, "field_unknown", f"There is no field '{unknown[0][:40]}' here.", field=unknown[0][:40]
            )
        named = body.get("source", source)
        body = body["touchpoints"]
    if type(body) is not list:
        raise Problem(
            422,
            "batch_bad",
            "The body is neither a list of touchpoints nor an object with the list `touchpoints`.",
            remedy='Send [{"kind": …}, …] or {"touchpoints": [{"kind": …}, …]}.',
        )
    if len(body) > MOST_ITEMS:
        raise Problem(
            413,
            "too_many_items",
            f"A batch has at most {MOST_ITEMS} touchpoints; this one has {len(body)}.",
            remedy="Send several batches. Nothing of this one was recorded.",
        )
    try:
        return body, source_of(named)
    except Rejected as rejected:
        raise Problem(422, rejected.code, rejected.message, field="source") from None


def _record(key: Caller, batch: Batch, mode: Mode) -> dict[str, int]:
    """All sources in one transaction, with one entry in the audit log where anything is new."""
    totals = dict.fromkeys(("recorded", "duplicates", "rejected", "customers_created", "customers_merged"), 0)
    if batch.by_source:
        with writing(key.brand_id, by_keys=True):
            for source, items in batch.by_source.items():
                done = services.record(key.brand_id, source, [item.fact for item in items], mode=mode)
                _note(batch.results, items, done)
                totals["recorded"] += done.recorded
                totals["duplicates"] += done.duplicates
                totals["customers_created"] += done.customers_created
                totals["customers_merged"] += done.customers_merged
            if totals["recorded"]:
                audit.record(key.brand_id, key.actor, "touchpoints.recorded", detail=dict(totals))
    totals["rejected"] = len(batch.results) - totals["recorded"] - totals["duplicates"]
    return {"rows": len(batch.results), **totals}


def _note(results: list[dict[str, Any]], items: Sequence[Item], done: Recorded) -> None:
    for index, fact in items:
        results[index] = {"index": index, "source_ref": fact.source_ref, "status": "duplicate"}
    for position in done.positions:
        results[items[position].place]["status"] = "recorded"
    for position, code, message in done.rejected:
        index, fact = items[position]
        results[index] = _rejection(index, fact.source_ref, code, spoken(message), _FIELD_OF.get(code, ""))


_FIELD_OF: Final = {
    "kind_unknown": "kind",
    "reference_missing": "source_ref",
    "reference_too_long": "source_ref",
    "reference_bad": "source_ref",
    "time_out_of_range": "occurred_at",
    "channel_bad": "channel",
    "quantity_bad": "quantity",
    "amount_missing": "amount_fen",
    "amount_bad": "amount_fen",
    "amount_negative": "amount_fen",
    "scheme_unknown": "identities",
    "identity_bad": "identities",
    "currency_unknown": "currency",
    "field_unknown": "payload",
    "field_missing": "payload",
    "field_bad": "payload",
    "payload_bad": "payload",
    "payload_too_large": "payload",
}


def _rejection(index: int, reference: object, code: str, message: str, field: str) -> dict[str, Any]:
    result: dict[str, Any] = {"index": index}
    if isinstance(reference, str):
        result["source_ref"] = reference[:80]
    result.update(status="rejected", code=code, message=message)
    if field:
        result["field"] = field
    return result


def _known_kinds(kinds: Sequence[str]) -> Sequence[str]:
    for name in kinds:
        if name not in KINDS:
            raise Problem(
                422,
                "kind_unknown",
                f"No kind of touchpoint is called '{name[:40]}'.",
                remedy=f"Known kinds: {', '.join(KINDS.names())}.",
                field="kind",
            )
    return kinds


def _subjects(brand_id: int, customer: int | None) -> list[int] | None:
    if customer is None:
        return None
    found = lookup.subject_ids_of(brand_id, customer)
    if not found:
        raise Problem(404, "not_found", "There is no such customer.", field="customer")
    return found


def _moment(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        # In an address a plus sign is a space: 12:00:00 08:00 was an offset.
        return int(text) if text.lstrip("-").isdecimal() else occurred_ms_of({"occurred_at": _mended(text)})
    except Rejected as rejected:
        message = rejected.message.replace("occurred_at", name)
        raise Problem(422, "time_bad", message, field=name) from None


def _mended(text: str) -> str:
    head, space, offset = text.rpartition(" ")
    return f"{head}+{offset}" if space and "T" in head.upper() else text


def _shown(row: feed.FeedRow, owners: dict[int, int]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "source": row.source,
        "source_ref": row.source_ref,
        "occurred_at": moment(row.occurred_ms),
        "recorded_at": moment(row.recorded_ms),
        "customer": owners.get(row.subject_id) if row.subject_id else None,
        "channel": row.channel,
        "amount_fen": row.amount_fen,
        "quantity": row.quantity,
        "payload": orjson.Fragment(row.payload) if row.payload else {},
    }


def _json(body: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(body), content_type="application/json")
