"""Customers' states and their rules: /api/v1/states."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.economics.states import queries, rules, shown
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import state_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, whole_of
from guanxi.rest.shown import as_json

_SET: Final = frozenset(("rules", "version"))
router = Router(tags=["states"])


@router.get(
    "",
    auth=Key(Scope.REPORTS_READ),
    summary="Show states and their rules",
    description=examples.SHOW_DOC,
    operation_id="show_states",
    openapi_extra=examples.SHOW,
)
def show_states(request: HttpRequest) -> HttpResponse:
    return as_json(shown.everything(_brand(as_key_request(request).auth)))


@router.put(
    "",
    auth=Key(Scope.ECONOMICS_WRITE),
    summary="Choose the rules of states",
    description=examples.SET_DOC,
    operation_id="set_states",
    openapi_extra=examples.SET,
)
def set_states(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _SET, needed=("rules", "version"))
    rules.choose(key.brand_id, body["rules"], version=whole_of(body, "version"), actor=key.actor)
    return as_json(shown.everything(_brand(key)))


@router.post(
    "/preview",
    auth=Key(Scope.REPORTS_READ),
    summary="Preview other rules",
    description=examples.PREVIEW_DOC,
    operation_id="preview_states",
    openapi_extra=examples.PREVIEW,
)
def preview_states(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("rules",)), needed=("rules",))
    return as_json(shown.previewed(queries.preview(_brand(key), body["rules"])))


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)
