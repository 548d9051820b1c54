"""Coupons."""

from __future__ import annotations

from django.http import HttpResponse

from guanxi.loyalty.coupons import services
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.models import Coupon, CouponBatch, CouponCampaign, CouponRedemption
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest.coupon_bodies import basket_of
from guanxi.rest.coupon_examples import BASKET, WANTED
from tests.rest.conftest import Caller
from tests.rest.matrix.row import Ask

LASTS = {"until_ms": 4_000_000_000_000}
BARE = {name: value for name, value in WANTED.items() if name != "until"}
READ, WRITE, TILL = Scope.PROGRAMME_READ, Scope.PROGRAMME_WRITE, Scope.TILL_USE


def define_coupons(brand: Brand) -> None:
    """A campaign with unique codes and stock, one with a code for everybody, a draft, and one redemption."""
    for code, more in (("known", {"limited": True}), ("word", {"generic_code": "WORD"})):
        row = services.create(brand.pk, {**BARE, "code": code, **LASTS, **more}, actor="cli")
        services.set_state(brand.pk, row.pk, 1, "active", actor="cli")
    known = CouponCampaign.objects.get(code="known")
    services.add_stock(brand.pk, known.pk, 100, key="first", actor="cli")
    batch = services.want(brand.pk, known.pk, 2, actor="cli")
    services.make(brand.pk, batch.pk)
    services.create(brand.pk, {**BARE, "code": "draft", **LASTS}, actor="cli")
    services.redeem(brand, key="known", order="K1", actor="cli", basket=basket_of(BASKET), codes=["WORD"])


def campaign(code: str = "known") -> int:
    return CouponCampaign.objects.get(code=code).pk


def code() -> str:
    coupon = Coupon.objects.filter(campaign__code="known").order_by("pk")[0]
    return code_of(coupon.brand_id, coupon.pk)


def at_basket(caller: Caller, verb: str, **more: object) -> HttpResponse:
    return caller.post(f"coupons/{verb}", {"basket": BASKET, "coupons": [code()], **more})


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_coupon_campaigns": (READ, lambda caller, _: caller.get("coupons")),
    "create_coupon_campaign": (WRITE, lambda caller, _: caller.post("coupons", WANTED)),
    "show_coupon_campaign": (READ, lambda caller, _: caller.get(f"coupons/{campaign()}")),
    "save_coupon_campaign": (
        WRITE,
        lambda caller, _: caller.put(f"coupons/{campaign()}", {"version": 2, "name": "changed?"}),
    ),
    "delete_coupon_campaign": (
        WRITE,
        lambda caller, _: caller.delete(f"coupons/{campaign('draft')}", version=1),
    ),
    "set_coupon_campaign_state": (
        WRITE,
        lambda caller, _: caller.post(f"coupons/{campaign()}/state", {"version": 2, "state": "paused"}),
    ),
    "add_coupon_stock": (
        WRITE,
        lambda caller, _: caller.post(f"coupons/{campaign()}/stock", {"units": 5, "key": "k"}),
    ),
    "issue_coupons": (
        WRITE,
        lambda caller, customer: caller.post(
            f"coupons/{campaign()}/issue", {"customers": [customer], "key": "k"}
        ),
    ),
    "make_coupon_codes": (
        WRITE,
        lambda caller, _: caller.post("coupons/codes", {"campaign": "known", "count": 3}),
    ),
    "list_coupon_codes": (
        WRITE,
        lambda caller, _: caller.get(f"coupons/codes/{CouponBatch.objects.order_by('pk')[0].pk}"),
    ),
    "find_coupon": (TILL, lambda caller, _: caller.get("coupons/codes", code=code())),
    "validate_coupons": (
        TILL,
        lambda caller, customer: at_basket(caller, "validate", customer=customer),
    ),
    "lock_coupons": (TILL, lambda caller, customer: at_basket(caller, "lock", key="k", customer=customer)),
    "redeem_coupons": (
        TILL,
        lambda caller, customer: at_basket(caller, "redeem", key="k", order="A1", customer=customer),
    ),
    "roll_back_coupons": (
        TILL,
        lambda caller, _: caller.post(
            "coupons/rollback", {"redemption": CouponRedemption.objects.get(order="K1").pk}
        ),
    ),
}
NOT_THEIRS = ENDPOINTS.keys() - {"list_coupon_campaigns", "create_coupon_campaign"}
