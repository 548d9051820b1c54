"""Campaigns of coupons and their codes: /api/v1/coupons."""

from __future__ import annotations

from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.customers.lookup import roots_of
from guanxi.loyalty.coupons import campaigns, issuing, making, queries, services
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.contracts import State
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.platform.apikeys import Scope
from guanxi.rest import coupon_examples as examples
from guanxi.rest import coupon_shown as shown
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of, whole_of
from guanxi.rest.coupon_bodies import campaign_of, key_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

CampaignId = Annotated[int, Path(description="The campaign's id.", ge=1, lt=1 << 63)]
_FIELDS: Final = frozenset(examples.FIELDS)
router = Router(tags=["coupons"])


def _shown(brand_id: int, row: CouponCampaign) -> HttpResponse:
    return as_json(shown.campaigns(brand_id, [row])[0])


@router.get(
    "",
    auth=Key(Scope.PROGRAMME_READ),
    summary="List coupon campaigns",
    description=examples.LIST_DOC,
    operation_id="list_coupon_campaigns",
    openapi_extra=examples.LIST,
)
def list_coupon_campaigns(
    request: HttpRequest,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    rows = queries.campaigns(brand_id, [state] if state else [])
    return as_json({"campaigns": shown.campaigns(brand_id, rows)})


@router.post(
    "",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Create a coupon campaign",
    description=examples.CREATE_DOC,
    operation_id="create_coupon_campaign",
    openapi_extra=examples.CREATE,
)
def create_coupon_campaign(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _FIELDS, needed=("code", "name", "kind"))
    return _shown(key.brand_id, services.create(key.brand_id, campaign_of(body), actor=key.actor))


@router.get(
    "/{int:campaign_id}",
    auth=Key(Scope.PROGRAMME_READ),
    summary="Show a coupon campaign",
    description=examples.SHOW_DOC,
    operation_id="show_coupon_campaign",
    openapi_extra=examples.SHOW,
)
def show_coupon_campaign(request: HttpRequest, campaign_id: CampaignId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    return _shown(brand_id, campaigns.find(brand_id, campaign_id))


@router.put(
    "/{int:campaign_id}",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Change a coupon campaign",
    description=examples.SAVE_DOC,
    operation_id="save_coupon_campaign",
    openapi_extra=examples.SAVE,
)
def save_coupon_campaign(request: HttpRequest, campaign_id: CampaignId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _FIELDS | {"version"}, needed=("version",))
    version = whole_of(body, "version") or 0
    wanted = campaign_of({name: value for name, value in body.items() if name != "version"})
    return _shown(key.brand_id, services.save(key.brand_id, campaign_id, version, wanted, actor=key.actor))


@router.delete(
    "/{int:campaign_id}",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Delete a draft of a coupon campaign",
    description=examples.DELETE_DOC,
    operation_id="delete_coupon_campaign",
    openapi_extra=examples.DELETE,
)
def delete_coupon_campaign(
    request: HttpRequest,
    campaign_id: CampaignId,
    version: Annotated[int, Query(description="The version you have read.", ge=1, lt=1 << 31)],
) -> HttpResponse:
    key = as_key_request(request).auth
    services.delete(key.brand_id, campaign_id, version, actor=key.actor)
    return as_json({"id": campaign_id, "deleted": True})


@router.post(
    "/{int:campaign_id}/state",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Switch a coupon campaign on or off",
    description=examples.STATE_DOC,
    operation_id="set_coupon_campaign_state",
    openapi_extra=examples.STATE,
)
def set_coupon_campaign_state(request: HttpRequest, campaign_id: CampaignId) -> HttpResponse:
    key, names = as_key_request(request).auth, ("state", "version")
    body = fields_of(read_json(request), frozenset(names), needed=names)
    state, version = text_of(body, "state") or "", whole_of(body, "version") or 0
    return _shown(
        key.brand_id, services.set_state(key.brand_id, campaign_id, version, state, actor=key.actor)
    )


@router.post(
    "/{int:campaign_id}/stock",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Add stock to a coupon campaign",
    description=examples.STOCK_DOC,
    operation_id="add_coupon_stock",
    openapi_extra=examples.STOCK,
)
def add_coupon_stock(request: HttpRequest, campaign_id: CampaignId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("units", "key")), needed=("units",))
    once = key_of(body, request.headers.get("Idempotency-Key"))
    units = whole_of(body, "units") or 0
    services.add_stock(key.brand_id, campaign_id, units, key=once, actor=key.actor)
    return _shown(key.brand_id, campaigns.find(key.brand_id, campaign_id))


@router.post(
    "/{int:campaign_id}/issue",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Give coupons to customers",
    description=examples.ISSUE_DOC,
    operation_id="issue_coupons",
    openapi_extra=examples.ISSUE,
)
def issue_coupons(request: HttpRequest, campaign_id: CampaignId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("customers", "key")), needed=("customers",))
    once, people = key_of(body, request.headers.get("Idempotency-Key")), body["customers"]
    fits = type(people) is list and 1 <= len(people) <= issuing.LARGEST_BATCH
    if not fits or any(type(one) is not int or not 0 < one < 1 << 63 for one in people):
        raise Problem(422, "field_bad", "customers is a list of 1 to 5,000 ids.", field="customers")
    if len(once) > 60:
        raise Problem(422, "field_bad", "The key has at most 60 characters.", field="key")
    row, known = campaigns.find(key.brand_id, campaign_id), roots_of(key.brand_id, people)
    some = [one for one in dict.fromkeys(people) if one in known]
    keys = [f"api:{once}:{one}" for one in some]
    told = services.issue(key.brand_id, row.code, some, keys, key.actor)
    outcomes = [
        {
            "customer": one,
            "coupon": code_of(key.brand_id, done.coupon_id) if done.coupon_id else None,
            "exists": done.exists,
            "code": done.code or None,
            "message": str(done.message) or None,
        }
        for one, done in zip(some, told, strict=True)
    ]
    return as_json({"issued": outcomes, "unknown": [one for one in people if one not in known]})


@router.post(
    "/codes",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Make unique codes",
    description=examples.MAKE_DOC,
    operation_id="make_coupon_codes",
    openapi_extra=examples.MAKE,
)
def make_coupon_codes(request: HttpRequest) -> HttpResponse:
    key, names = as_key_request(request).auth, ("campaign", "count")
    body = fields_of(read_json(request), frozenset(names), needed=names)
    row = campaigns.called(key.brand_id, text_of(body, "campaign") or "")
    batch = services.want(key.brand_id, row.pk, whole_of(body, "count") or 0, actor=key.actor)
    return as_json(shown.batch(batch))


@router.get(
    "/codes/{int:batch_id}",
    auth=Key(Scope.PROGRAMME_WRITE),
    summary="Read the codes of a batch",
    description=examples.CODES_DOC,
    operation_id="list_coupon_codes",
    openapi_extra=examples.CODES,
)
def list_coupon_codes(
    request: HttpRequest,
    batch_id: Annotated[int, Path(description="The batch's id.", ge=1, lt=1 << 63)],
    after: Annotated[int, Query(description="`next` of the page before.", ge=0, lt=1 << 58)] = 0,
) -> HttpResponse:
    key = as_key_request(request).auth
    batch = making.find(key.brand_id, batch_id)
    codes, last = making.page(key.brand_id, batch.pk, after)
    if not after:
        making.note_download(batch, key.actor)
    return as_json({**shown.batch(batch), "codes": codes, "next": last})


@router.get(
    "/codes",
    auth=Key(Scope.TILL_USE),
    summary="Find a coupon by its code",
    description=examples.FIND_DOC,
    operation_id="find_coupon",
    openapi_extra=examples.FIND,
)
def find_coupon(
    request: HttpRequest,
    code: Annotated[str, Query(description="As it was handed out.", min_length=1, max_length=80)],
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    row = queries.by_code(brand_id, code)
    if row is None:
        raise Problem(404, "coupon_unknown", "There is no such coupon.", remedy="Check how it is written.")
    return as_json(shown.coupon(row, code_of(brand_id, row.pk)))
