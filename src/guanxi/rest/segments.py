"""Segments: /api/v1/segments."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from ninja import Path, Query, Router

from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import cursors
from guanxi.rest import segment_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of, whole_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment
from guanxi.segments import exporting, previews, queries, services
from guanxi.segments.contracts import Explained, SegmentDetail, SegmentRow

logger = logging.getLogger("guanxi.rest")
MOST_SAMPLE: Final = 100
BROKEN_OFF: Final = b"incomplete\r\n"
_CREATED: Final = frozenset(("name", "condition", "description", "mode", "hour", "weekday"))
_SAVED: Final = _CREATED | {"version"}
SegmentId = Annotated[int, Path(description="The segment's id.", ge=1, lt=1 << 63)]
router = Router(tags=["segments"])


@router.get(
    "",
    auth=Key(Scope.SEGMENTS_READ),
    summary="List segments",
    description=examples.LIST_DOC,
    operation_id="list_segments",
    openapi_extra=examples.LIST,
)
def list_segments(request: HttpRequest) -> HttpResponse:
    rows = queries.segments(_brand(as_key_request(request).auth))
    return as_json({"segments": [_row(row) for row in rows]})


@router.post(
    "",
    auth=Key(Scope.SEGMENTS_WRITE),
    summary="Create a segment",
    description=examples.CREATE_DOC,
    operation_id="create_segment",
    openapi_extra=examples.CREATE,
)
def create_segment(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CREATED, needed=("name", "condition"))
    brand = _brand(key)
    number = services.create(
        brand,
        text_of(body, "name") or "",
        object_of(body, "condition") or {},
        description=text_of(body, "description") or "",
        mode=text_of(body, "mode") or "live",
        hour=whole_of(body, "hour"),
        weekday=whole_of(body, "weekday"),
        actor=key.actor,
    )
    return as_json(_detail(queries.detail(brand, number)))


@router.post(
    "/count",
    auth=Key(Scope.SEGMENTS_READ),
    summary="Count a condition",
    description=examples.COUNT_DOC,
    operation_id="count_condition",
    openapi_extra=examples.COUNT,
)
def count_condition(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("condition", "sample")), needed=("condition",))
    size = whole_of(body, "sample") or 0
    if not 0 <= size <= MOST_SAMPLE:
        raise Problem(422, "parameter_bad", f"sample is 0 to {MOST_SAMPLE}.", field="sample")
    found = previews.preview(_brand(key), object_of(body, "condition") or {}, sample=size)
    return as_json(
        {
            "count": found.count,
            "customers": found.customers,
            "sample": list(found.sample),
            "synced_at": None if found.synced_ms is None else moment(found.synced_ms),
            "sentence_zh": found.sentence_zh,
            "sentence_en": found.sentence_en,
        }
    )


@router.get(
    "/{int:segment_id}",
    auth=Key(Scope.SEGMENTS_READ),
    summary="Show a segment",
    description=examples.SHOW_DOC,
    operation_id="show_segment",
    openapi_extra=examples.SHOW,
)
def show_segment(request: HttpRequest, segment_id: SegmentId) -> HttpResponse:
    return as_json(_detail(queries.detail(_brand(as_key_request(request).auth), segment_id)))


@router.put(
    "/{int:segment_id}",
    auth=Key(Scope.SEGMENTS_WRITE),
    summary="Change a segment",
    description=examples.SAVE_DOC,
    operation_id="save_segment",
    openapi_extra=examples.SAVE,
)
def save_segment(request: HttpRequest, segment_id: SegmentId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _SAVED, needed=("version",))
    brand, version = _brand(key), whole_of(body, "version") or 0
    if not {"name", "description", "condition", "mode"} & body.keys():
        raise Problem(422, "body_bad", "There is nothing to change.", field="name")
    if {"name", "description", "condition"} & body.keys():
        version = services.save(
            brand,
            segment_id,
            version,
            name=text_of(body, "name"),
            description=text_of(body, "description"),
            condition=object_of(body, "condition"),
            actor=key.actor,
        )
    if mode := text_of(body, "mode"):
        hour, weekday = whole_of(body, "hour"), whole_of(body, "weekday")
        services.set_mode(brand, segment_id, version, mode, hour=hour, weekday=weekday, actor=key.actor)
    return as_json(_detail(queries.detail(brand, segment_id)))


@router.delete(
    "/{int:segment_id}",
    auth=Key(Scope.SEGMENTS_WRITE),
    summary="Delete a segment",
    description=examples.DELETE_DOC,
    operation_id="delete_segment",
    openapi_extra=examples.DELETE,
)
def delete_segment(
    request: HttpRequest,
    segment_id: SegmentId,
    version: Annotated[int, Query(description="The version you have read.", ge=1, lt=1 << 31)],
) -> HttpResponse:
    key = as_key_request(request).auth
    services.delete(_brand(key), segment_id, version, actor=key.actor)
    return as_json({"id": segment_id, "deleted": True})


@router.get(
    "/{int:segment_id}/members",
    auth=Key(Scope.SEGMENTS_READ),
    summary="List members",
    description=examples.MEMBERS_DOC,
    operation_id="list_members",
    openapi_extra=examples.MEMBERS,
)
def list_members(
    request: HttpRequest,
    segment_id: SegmentId,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
) -> HttpResponse:
    key = as_key_request(request).auth
    question = f"members of {segment_id}"
    after = cursors.opened(key.brand_id, question, cursor) if cursor else 0
    page = queries.members(_brand(key), segment_id, after=after, limit=limit)
    following = None if page.after is None else cursors.sealed(key.brand_id, question, page.after)
    return as_json({"customers": page.customer_ids, "next": following})


@router.get(
    "/{int:segment_id}/explain",
    auth=Key(Scope.SEGMENTS_READ),
    summary="Explain a membership",
    description=examples.EXPLAIN_DOC,
    operation_id="explain_membership",
    openapi_extra=examples.EXPLAIN,
)
def explain_membership(
    request: HttpRequest,
    segment_id: SegmentId,
    customer: Annotated[int, Query(description="The customer's id.", ge=1, lt=1 << 63)],
) -> HttpResponse:
    found = queries.why(_brand(as_key_request(request).auth), segment_id, customer)
    return as_json(
        {
            "segment": segment_id,
            "customer": found.customer_id,
            "member": found.member,
            "since": None if found.since_ms is None else moment(found.since_ms),
            "explained": _branch(found.explained),
        }
    )


@router.get(
    "/{int:segment_id}/export",
    auth=Key(Scope.SEGMENTS_EXPORT),
    summary="Export a segment as CSV",
    description=examples.EXPORT_DOC,
    operation_id="export_segment",
    openapi_extra=examples.EXPORT,
)
def export_segment(
    request: HttpRequest,
    segment_id: SegmentId,
    hashes: Annotated[
        list[str],
        Query(alias="hash", max_length=8, description="sha256 or md5 of each phone; repeat it for both."),
    ] = [],  # noqa: B006 - never changed; ninja reads a list only from such a default
) -> HttpResponseBase:
    key = as_key_request(request).auth
    parts = exporting.pieces(_brand(key), segment_id, hashes=hashes, actor=key.actor)
    response = StreamingHttpResponse(_streamed(parts), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="segment-{segment_id}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _streamed(parts: Iterator[exporting.Piece]) -> Iterator[bytes]:
    """The file as it is made. What goes wrong on the way comes too late for a status: the last line says so,
    or half a file would pass for a whole one."""
    try:
        for part in parts:
            yield part.content
    except Exception as error:
        logger.error("an export broke off: %s", type(error).__name__)
        yield BROKEN_OFF


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)


def _row(row: SegmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "mode": row.mode,
        "state": row.state,
        "version": row.version,
        "size": row.size,
        "ready": row.ready,
        "problem": row.problem or None,
        "hour": row.hour,
        "weekday": row.weekday,
        "tag": row.tag or None,
        "changed_at": moment(row.changed_ms),
        "history": list(row.history),
    }


def _detail(found: SegmentDetail) -> dict[str, Any]:
    return {
        **_row(found.row),
        "condition": found.condition,
        "sentence_zh": found.sentence_zh,
        "sentence_en": found.sentence_en,
        "used_by": [one._asdict() for one in found.used_by],
    }


def _branch(found: Explained) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "path": found.path,
        "holds": found.holds,
        "sentence": found.sentence,
        "touchpoints": list(found.facts),
        "parts": [_branch(part) for part in found.parts],
    }
