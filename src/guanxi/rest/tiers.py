"""Tiers: /api/v1/tiers and /api/v1/customers/{id}/tier."""

from __future__ import annotations

from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from guanxi.customers.lookup import root_of
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.tiers import queries, services, shown
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import tier_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of, whole_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

MOST_CHANGES: Final = 200
CustomerId = Annotated[int, Path(description="The customer's id.", ge=1, lt=1 << 63)]
router = Router(tags=["programme"])


@router.get(
    "/tiers",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show the programme of tiers",
    description=examples.SHOW_DOC,
    operation_id="show_tiers",
    openapi_extra=examples.SHOW,
)
def show_tiers(request: HttpRequest) -> HttpResponse:
    return _programme(as_key_request(request).auth.brand_id)


@router.put(
    "/tiers",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Make or change the programme of tiers",
    description=examples.PUT_DOC,
    operation_id="put_tiers",
    openapi_extra=examples.PUT,
)
def put_tiers(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    wanted = ("version", "programme")
    body = fields_of(read_json(request), frozenset(wanted), needed=wanted)
    version, definition = whole_of(body, "version"), object_of(body, "programme")
    services.put(_brand(key), definition or {}, version or 0, actor=key.actor)
    return _programme(key.brand_id)


@router.get(
    "/customers/{int:customer_id}/tier",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show a customer's tier",
    description=examples.CUSTOMER_DOC,
    operation_id="show_customer_tier",
    openapi_extra=examples.CUSTOMER,
)
def show_customer_tier(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    return _customer(_brand(as_key_request(request).auth), customer_id)


@router.get(
    "/customers/{int:customer_id}/tier/history",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List how a customer's tier changed",
    description=examples.HISTORY_DOC,
    operation_id="list_tier_changes",
    openapi_extra=examples.HISTORY,
)
def list_tier_changes(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    rows = queries.history(brand_id, _root(brand_id, customer_id), MOST_CHANGES)
    return as_json({"changes": [shown.change(row) for row in rows]})


@router.post(
    "/customers/{int:customer_id}/membership/cancel",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Cancel a paid membership",
    description=examples.CANCEL_DOC,
    operation_id="cancel_membership",
    openapi_extra=examples.CANCEL,
)
def cancel_membership(request: HttpRequest, customer_id: CustomerId) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    body = fields_of(read_json(request), frozenset(("plan",)), needed=("plan",))
    services.cancel(brand, _root(brand.pk, customer_id), text_of(body, "plan") or "")
    return _customer(brand, customer_id)


def _programme(brand_id: int) -> HttpResponse:
    force = queries.in_force(brand_id)
    return as_json(shown.programme(force, queries.shares(brand_id, force.programme) if force else []))


def _customer(brand: Brand, customer_id: int) -> HttpResponse:
    found = queries.customer(brand, _root(brand.pk, customer_id))
    if found is None:
        raise NotFound(say("There are no tiers yet."), remedy=say("Put a programme first."))
    return as_json(shown.customer(found))


def _root(brand_id: int, customer_id: int) -> int:
    root = root_of(brand_id, customer_id)
    if root is None:
        raise Problem(404, "not_found", "There is no such customer.", remedy="Look it up by an identity.")
    return root


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)
