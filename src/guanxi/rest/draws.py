"""Lucky draws: /api/v1/draws."""

from __future__ import annotations

from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from guanxi.customers.lookup import roots_of
from guanxi.kernel.errors import Conflict
from guanxi.loyalty.draws import entering, queries, services, shown
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest import draw_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of
from guanxi.rest.problems import Problem, of_error
from guanxi.rest.shown import as_json

PREFIX: Final = "api:"  # so that no program takes a key of the phone's
LONGEST_KEY: Final = 50
_ENTRY: Final = frozenset(("customer", "key", "nonce"))
DrawId = Annotated[int, Path(description="The draw's id.", ge=1, lt=1 << 63)]
router = Router(tags=["draws"])


@router.get(
    "",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List draws",
    description=examples.LIST_DOC,
    operation_id="list_draws",
    openapi_extra=examples.LIST,
)
def list_draws(request: HttpRequest) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    return as_json({"draws": [shown.draw(row) for row in queries.draws(brand_id)]})


@router.get(
    "/{int:draw_id}",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show a draw",
    description=examples.SHOW_DOC,
    operation_id="show_draw",
    openapi_extra=examples.SHOW,
)
def show_draw(request: HttpRequest, draw_id: DrawId) -> HttpResponse:
    return as_json(shown.draw(services.find(as_key_request(request).auth.brand_id, draw_id)))


@router.get(
    "/{int:draw_id}/results",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show what was won",
    description=examples.RESULTS_DOC,
    operation_id="show_draw_results",
    openapi_extra=examples.RESULTS,
)
def show_draw_results(request: HttpRequest, draw_id: DrawId) -> HttpResponse:
    return as_json(shown.results(services.find(as_key_request(request).auth.brand_id, draw_id)))


@router.post(
    "/{int:draw_id}/entries",
    auth=Key(Scope.TILL_USE),
    summary="Enter a draw for a member",
    description=examples.ENTER_DOC,
    operation_id="enter_draw",
    openapi_extra=examples.ENTER,
)
def enter_draw(request: HttpRequest, draw_id: DrawId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _ENTRY, needed=("customer", "key"))
    customer, press = body["customer"], text_of(body, "key") or ""
    if type(customer) is not int or not 0 < customer < 1 << 63:
        raise Problem(422, "field_bad", "customer must be a customer's id.", field="customer")
    if not 1 <= len(press) <= LONGEST_KEY:
        raise Problem(422, "field_bad", f"key has 1 to {LONGEST_KEY} characters.", field="key")
    root = roots_of(key.brand_id, [customer]).get(customer)
    if root is None:
        raise Problem(404, "not_found", f"There is no customer {customer}.", field="customer")
    brand = Brand.objects.get(pk=key.brand_id)
    draw = queries.public(brand.pk, draw_id)
    nonce = text_of(body, "nonce") or ""
    try:
        made = entering.enter(brand, draw_id, root, key=f"{PREFIX}{press}", nonce=nonce, actor=key.actor)
    except Conflict as error:
        problem = of_error(error)
        problem.more["reason"] = error.data.get("reason")
        raise problem from error
    return as_json(shown.entered(draw, made))
