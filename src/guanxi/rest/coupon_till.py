"""Coupons at a shop's basket or a till: validate, lock, redeem, roll back."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.loyalty.coupons import looking, services
from guanxi.loyalty.coupons.contracts import LOCK_MINUTES
from guanxi.loyalty.coupons.models import CouponRedemption
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest import coupon_examples as examples
from guanxi.rest import coupon_shown as shown
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of, whole_of
from guanxi.rest.coupon_bodies import basket_of, buyer_of, codes_of, key_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

_ASKED: Final = frozenset(("basket", "coupons", "customer"))
router = Router(tags=["coupons"])


@router.post(
    "/validate",
    auth=Key(Scope.TILL_USE),
    summary="Validate coupons at a basket",
    description=examples.VALIDATE_DOC,
    operation_id="validate_coupons",
    openapi_extra=examples.VALIDATE,
)
def validate_coupons(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _ASKED, needed=("basket", "coupons"))
    buyer = buyer_of(key.brand_id, body)
    looked = looking.look(_brand(key.brand_id), basket_of(body["basket"]), codes_of(body), buyer)
    return as_json(shown.validated(looked))


@router.post(
    "/lock",
    auth=Key(Scope.TILL_USE),
    summary="Lock coupons for a basket",
    description=examples.LOCK_DOC,
    operation_id="lock_coupons",
    openapi_extra=examples.LOCK,
)
def lock_coupons(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    known = _ASKED | {"key", "order", "minutes"}
    body = fields_of(read_json(request), known, needed=("basket", "coupons"))
    minutes = whole_of(body, "minutes")
    done = services.lock(
        _brand(key.brand_id),
        basket_of(body["basket"]),
        codes_of(body),
        key=key_of(body, request.headers.get("Idempotency-Key")),
        actor=key.actor,
        buyer=buyer_of(key.brand_id, body),
        order=text_of(body, "order") or "",
        minutes=LOCK_MINUTES if minutes is None else minutes,
    )
    return as_json(shown.redemption(done.redemption, exists=done.exists))


@router.post(
    "/redeem",
    auth=Key(Scope.TILL_USE),
    summary="Redeem coupons for an order",
    description=examples.REDEEM_DOC,
    operation_id="redeem_coupons",
    openapi_extra=examples.REDEEM,
)
def redeem_coupons(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _ASKED | {"key", "order", "token"}, needed=("order",))
    token = text_of(body, "token") or ""
    if bool(token) == ("coupons" in body):
        message = "Redeem either the token of a lock, or coupons at a basket."
        raise Problem(422, "body_bad", message, field="token")
    done = services.redeem(
        _brand(key.brand_id),
        key=key_of(body, request.headers.get("Idempotency-Key")),
        order=text_of(body, "order") or "",
        actor=key.actor,
        token=token,
        **({} if token else _basket(key.brand_id, body)),
    )
    return as_json(shown.redemption(done.redemption, exists=done.exists))


@router.post(
    "/rollback",
    auth=Key(Scope.TILL_USE),
    summary="Roll coupons back",
    description=examples.ROLL_BACK_DOC,
    operation_id="roll_back_coupons",
    openapi_extra=examples.ROLL_BACK,
)
def roll_back_coupons(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("redemption", "token", "coupons")), needed=())
    codes = codes_of(body) if body.get("coupons") is not None else []
    row = services.roll_back(key.brand_id, _redemption(key.brand_id, body), actor=key.actor, codes=codes)
    return as_json(shown.redemption(row))


def _basket(brand_id: int, body: dict[str, Any]) -> dict[str, Any]:
    basket = basket_of(body.get("basket"))
    return {"basket": basket, "codes": codes_of(body), "buyer": buyer_of(brand_id, body)}


def _redemption(brand_id: int, body: dict[str, Any]) -> int:
    """Named by its id, or by the token of its lock."""
    number, token = body.get("redemption"), text_of(body, "token")
    if (number is None) == (not token):
        raise Problem(422, "body_bad", "Name either `redemption` or `token`.", field="redemption")
    if token:
        found = CouponRedemption.objects.filter(brand_id=brand_id, token=token).values_list("pk", flat=True)
        return found.first() or 0
    if type(number) is not int or not 0 < number < 1 << 63:
        raise Problem(422, "field_bad", "redemption must be a whole number.", field="redemption")
    return number


def _brand(brand_id: int) -> Brand:
    return Brand.objects.get(pk=brand_id)
