"""Bulk actions: /api/v1/bulk."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from guanxi.customers.bulk import queries, services
from guanxi.customers.bulk.contracts import MOST, Bulk, Chosen
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest import bulk_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

_FIELDS: Final = frozenset(("action", "tag", "customers", "list", "query", "dry_run"))
ActionId = Annotated[int, Path(description="The action's id.", ge=1, lt=1 << 63)]
router = Router(tags=["customers"])


@router.get(
    "",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="List bulk actions",
    description=examples.LIST_DOC,
    operation_id="list_bulk_actions",
    openapi_extra=examples.LIST,
)
def list_bulk_actions(request: HttpRequest) -> HttpResponse:
    found = queries.recent(as_key_request(request).auth.brand_id)
    return as_json({"actions": [_shown(one) for one in found]})


@router.post(
    "",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Change many customers",
    description=examples.DO_DOC,
    operation_id="do_bulk_action",
    openapi_extra=examples.DO,
)
def do_bulk_action(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    brand = Brand.objects.get(pk=key.brand_id)
    body = fields_of(read_json(request), _FIELDS, needed=("action", "tag"))
    dry_run = body.get("dry_run", False)
    if type(dry_run) is not bool:
        raise Problem(422, "field_bad", "dry_run is true or false.", field="dry_run")
    verb, tag = text_of(body, "action") or "", text_of(body, "tag") or ""
    looked = services.preview(brand, verb, tag, _chosen(body), key.actor)
    return as_json(_shown(looked if dry_run else services.confirm(brand, looked.id, key.actor)))


@router.get(
    "/{int:action_id}",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="Show a bulk action",
    description=examples.SHOW_DOC,
    operation_id="show_bulk_action",
    openapi_extra=examples.SHOW,
)
def show_bulk_action(request: HttpRequest, action_id: ActionId) -> HttpResponse:
    return as_json(_shown(queries.find(as_key_request(request).auth.brand_id, action_id)))


@router.post(
    "/{int:action_id}/confirm",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Confirm a dry run",
    description=examples.CONFIRM_DOC,
    operation_id="confirm_bulk_action",
    openapi_extra=examples.CHANGE,
)
def confirm_bulk_action(request: HttpRequest, action_id: ActionId) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json(_shown(services.confirm(Brand.objects.get(pk=key.brand_id), action_id, key.actor)))


@router.post(
    "/{int:action_id}/undo",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Take a bulk action back",
    description=examples.UNDO_DOC,
    operation_id="undo_bulk_action",
    openapi_extra=examples.CHANGE,
)
def undo_bulk_action(request: HttpRequest, action_id: ActionId) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json(_shown(services.undo(Brand.objects.get(pk=key.brand_id), action_id, key.actor)))


def _chosen(body: dict[str, Any]) -> Chosen:
    listing, ids = text_of(body, "list") or "", body.get("customers")
    if bool(listing) == (ids is not None):
        raise Problem(422, "body_bad", "Give customers, or the list that finds them.", field="customers")
    if ids is not None and not (type(ids) is list and len(ids) <= MOST and all(map(_is_id, ids))):
        raise Problem(422, "body_bad", f"customers is a list of at most {MOST} ids.", field="customers")
    query = object_of(body, "query") or {}
    if not all(type(word) is str for word in query.values()):
        raise Problem(422, "body_bad", "query holds text, as in the list's address.", field="query")
    return Chosen(listing, query, ids)


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value < 1 << 63


def _shown(one: Bulk) -> dict[str, Any]:
    return {
        "id": one.id,
        "action": one.verb.value,
        "tag": one.tag,
        "state": one.state.value,
        "list": one.listing,
        "query": dict(one.query),
        "counts": {"chosen": one.counts.chosen, **one.counts._asdict()},
        "changed": one.changed,
        "restored": one.restored,
        "error": one.error or None,
        "by": one.actor,
        "created_at": moment(one.created_ms),
        "begun_at": moment(one.begun_ms) if one.begun_ms else None,
        "ended_at": moment(one.ended_ms) if one.ended_ms else None,
        "may_undo": one.may_undo,
    }
