"""Rights of the people in the database: /api/v1/rights and /api/v1/customers/{id}/rights."""

from __future__ import annotations

from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers.rights import shown
from guanxi.platform.apikeys import Scope
from guanxi.rest import right_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

_ASKED: Final = frozenset(("kind", "reason", "values", "language"))
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
    values = object_of(body, "values") or {}
    if any(type(value) is not str for value in values.values()):
        raise Problem(422, "field_bad", "values must be text.", field="values")
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
