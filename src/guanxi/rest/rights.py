"""Rights of the people in the database: /api/v1/rights and /api/v1/customers/{id}/rights."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Path, Query, Router

from guanxi.customers.rights import copying, correcting, processing, requests, shown
from guanxi.customers.rights.contacts import Outcome
from guanxi.platform.apikeys import Scope
from guanxi.rest import right_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json
from guanxi.touchpoints import queries

_ASKED: Final = frozenset(("kind", "reason", "values", "language"))
RequestId = Annotated[int, Path(description="The request's id.", ge=1, lt=1 << 63)]
router = Router(tags=["rights"])


@router.get(
    "/rights",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="List requests",
    description=examples.LIST_DOC,
    operation_id="list_rights",
    openapi_extra=examples.LIST,
)
def list_rights(
    request: HttpRequest,
    ended: Annotated[bool, Query(description="Those that have ended instead of the open ones.")] = False,
) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json({"requests": shown.listed(key.brand_id, ended=ended)})


@router.post(
    "/customers/{int:customer_id}/rights/preview",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="What a correction would do",
    description=examples.PREVIEW_DOC,
    operation_id="preview_correction",
    openapi_extra=examples.PREVIEW,
)
def preview_correction(
    request: HttpRequest, customer_id: Annotated[int, Path(description="The customer's id.")]
) -> HttpResponse:
    key = as_key_request(request).auth
    values = _values(fields_of(read_json(request), frozenset(("values",)), needed=("values",)))
    outcomes = correcting.foreseen(key.brand_id, customer_id, values)
    return as_json({"outcomes": [_outcome(key.brand_id, one) for one in outcomes]})


@router.post(
    "/customers/{int:customer_id}/rights",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Do what a customer asks",
    description=examples.EXERCISE_DOC,
    operation_id="exercise_right",
    openapi_extra=examples.EXERCISE,
)
def exercise_right(
    request: HttpRequest, customer_id: Annotated[int, Path(description="The customer's id.")]
) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _ASKED, needed=("kind",))
    values = _values(body)
    done = shown.done(
        key.brand_id,
        customer_id,
        text_of(body, "kind") or "",
        actor=key.actor,
        reason=text_of(body, "reason") or "",
        values=values,
        language=text_of(body, "language") or "zh-hans",
    )
    return as_json(done)


@router.get(
    "/rights/{int:request_id}",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Show a request",
    description=examples.SHOW_DOC,
    operation_id="show_right",
    openapi_extra=examples.SHOW,
)
def show_right(request: HttpRequest, request_id: RequestId) -> HttpResponse:
    return as_json(shown.plain(requests.find(as_key_request(request).auth.brand_id, request_id)))


@router.post(
    "/rights/{int:request_id}/refuse",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Refuse a request",
    description=examples.REFUSE_DOC,
    operation_id="refuse_right",
    openapi_extra=examples.REFUSE,
)
def refuse_right(request: HttpRequest, request_id: RequestId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("reason",)), needed=("reason",))
    requests.refuse(key.brand_id, request_id, actor=key.actor, reason=text_of(body, "reason") or "")
    return as_json(shown.plain(requests.find(key.brand_id, request_id)))


@router.get(
    "/rights/{int:request_id}/copy",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Take the copy of a customer's data",
    description=examples.COPY_DOC,
    operation_id="download_copy",
    openapi_extra=examples.COPY,
)
def download_copy(request: HttpRequest, request_id: RequestId) -> HttpResponseBase:
    key = as_key_request(request).auth
    name, stream = copying.opened(key.brand_id, request_id, actor=key.actor)
    response = FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "no-store"
    return response


@router.post(
    "/rights/{int:request_id}/undo",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Take a correction back",
    description=examples.UNDO_DOC,
    operation_id="undo_correction",
    openapi_extra=examples.UNDO,
)
def undo_correction(request: HttpRequest, request_id: RequestId) -> HttpResponse:
    key = as_key_request(request).auth
    reason = text_of(fields_of(read_json(request), frozenset(("reason",)), needed=("reason",)), "reason")
    correcting.undo(key.brand_id, request_id, actor=key.actor, reason=reason or "")
    return as_json(shown.plain(requests.find(key.brand_id, request_id)))


@router.get(
    "/rights/processing",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Read the record of processing",
    description=examples.PROCESSING_DOC,
    operation_id="show_processing",
    openapi_extra=examples.PROCESSING,
)
def show_processing(request: HttpRequest) -> HttpResponse:
    found = processing.entries(as_key_request(request).auth.brand_id)
    return as_json({"processing": [_entry(one) for one in found]})


@router.post(
    "/rights/processing/{entry}/note",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Add the brand's own words to the record",
    description=examples.NOTE_DOC,
    operation_id="note_processing",
    openapi_extra=examples.NOTE,
)
def note_processing(
    request: HttpRequest,
    entry: Annotated[str, Path(description="The entry's name, such as touchpoints.", max_length=60)],
) -> HttpResponse:
    key = as_key_request(request).auth
    text = text_of(fields_of(read_json(request), frozenset(("note",)), needed=("note",)), "note") or ""
    processing.note(key.brand_id, entry, text.replace("\0", ""), actor=key.actor)
    return as_json(next(_entry(one) for one in processing.entries(key.brand_id) if one.name == entry))


def _entry(one: processing.Entry) -> dict[str, Any]:
    periods = [{"label": label, "days": days} for label, days in one.periods]
    return {**one._asdict(), "periods": periods}


def _values(body: dict[str, Any]) -> dict[str, str]:
    values = object_of(body, "values") or {}
    if any(type(value) is not str for value in values.values()):
        raise Problem(422, "field_bad", "values must be text.", field="values")
    return values


def _outcome(brand_id: int, outcome: Outcome) -> dict[str, Any]:
    totals = [queries.totals_of(brand_id, side) for side in outcome.sides]
    return {
        "in_place": outcome.in_place,
        "drawn_in": list(outcome.drawn),
        "customers": [
            {"identities": len(side), "orders": total.orders, "revenue_fen": total.revenue_fen}
            for side, total in zip(outcome.sides, totals, strict=True)
        ],
    }
