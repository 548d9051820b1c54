"""Coupons in the ledger: one asset, its accounts named by campaign (docs/guide/coupons.md).

Of coupons that are issued the stock is what may still be; `given` is with customers. Of a generic code the
stock is how often it may still be used. What has no limit comes from `issued`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.coupons.contracts import ASSET
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.ledger.contracts import Account, Kind, Move, Outcome, Place, Posting, Resolve, State
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import asset


def prepare(brand_id: int) -> None:
    """The asset, made where there is none yet."""
    asset(brand_id, ASSET, "coupon", "优惠券")


def account(campaign: CouponCampaign, place: Place) -> Account:
    return Account(ASSET, place, name=campaign.code)


def source(campaign: CouponCampaign) -> Account:
    """Where coupons come from."""
    return account(campaign, Place.STOCK if campaign.limited else Place.ISSUED)


def before_use(campaign: CouponCampaign) -> Account:
    """Where a use comes from, and goes back to."""
    return source(campaign) if campaign.generic_code else account(campaign, Place.GIVEN)


def stock(brand_id: int, campaign: CouponCampaign, units: int, key: str, actor: object) -> Outcome:
    move = Move(account(campaign, Place.ISSUED), account(campaign, Place.STOCK), units)
    posting = Posting(f"coupon:stock:{campaign.pk}:{key}", "coupon.stock", [move], now_ms())
    return post(brand_id, [posting], actor=actor)[0]


def left(brand_id: int, campaigns: Sequence[CouponCampaign]) -> dict[str, int]:
    """campaign → what is left of its stock, of those that have one."""
    codes = [one.code for one in campaigns if one.limited]
    if not codes:
        return {}
    rows = AccountRow.objects.filter(
        brand_id=brand_id, asset__code=ASSET, place=Place.STOCK, subject_id=0, name__in=codes
    )
    found = {name: posted - held for name, posted, held in rows.values_list("name", "posted", "held")}
    return {code: found.get(code, 0) for code in codes}


def issue(
    brand_id: int,
    campaign: CouponCampaign,
    units: Mapping[str, int],
    actor: object,
    out_of: Account | None = None,
) -> dict[str, Outcome]:
    """key → what became of issuing so many, out of the campaign's stock or what was set aside of it."""
    to = account(campaign, Place.GIVEN)
    at_ms = now_ms()
    postings = [
        Posting(f"coupon:issue:{key}", "coupon.issued", [Move(out_of or source(campaign), to, many)], at_ms)
        for key, many in units.items()
    ]
    return dict(zip(units, post(brand_id, postings, actor=actor), strict=True))


def expire(brand_id: int, campaign: CouponCampaign, units: int, first_id: int) -> None:
    """A coupon expires once, so the first of those that do names the posting."""
    move = Move(account(campaign, Place.GIVEN), account(campaign, Place.EXPIRED), units)
    posting = Posting(f"coupon:expire:{campaign.pk}:{first_id}", "coupon.expired", [move], now_ms())
    _demand(post(brand_id, [posting], actor="system"))


def withdraw(brand_id: int, coupon_id: int, campaign: CouponCampaign, actor: object) -> None:
    """One that was issued goes back to where coupons come from."""
    move = Move(account(campaign, Place.GIVEN), source(campaign), 1)
    posting = Posting(f"coupon:withdraw:{coupon_id}", "coupon.withdrawn", [move], now_ms())
    _demand(post(brand_id, [posting], actor=actor))


def hold(brand_id: int, use_id: int, campaign: CouponCampaign, until_ms: int, actor: object) -> Outcome:
    """Set one of a generic code's stock aside."""
    move = Move(before_use(campaign), account(campaign, Place.SPENT), 1, until_ms=until_ms)
    return post(brand_id, [Posting(f"coupon:hold:{use_id}", "coupon.locked", [move], now_ms())], actor=actor)[
        0
    ]


def use(brand_id: int, use_id: int, campaign: CouponCampaign, move_id: int | None, actor: object) -> Outcome:
    """One is used; the one set aside by `move_id`, where it was."""
    step = Resolve(move_id) if move_id else Move(before_use(campaign), account(campaign, Place.SPENT), 1)
    return post(
        brand_id, [Posting(f"coupon:use:{use_id}", "coupon.redeemed", [step], now_ms())], actor=actor
    )[0]


def release(brand_id: int, use_id: int, move_id: int, actor: object) -> None:
    """What was set aside is free again, unless the ledger let it go by itself before."""
    step = Resolve(move_id, Kind.VOID)
    post(brand_id, [Posting(f"coupon:release:{use_id}", "coupon.released", [step], now_ms())], actor=actor)


def give_back(brand_id: int, use_id: int, campaign: CouponCampaign, actor: object) -> None:
    move = Move(account(campaign, Place.SPENT), before_use(campaign), 1)
    posting = Posting(f"coupon:back:{use_id}", "coupon.rolled_back", [move], now_ms())
    _demand(post(brand_id, [posting], actor=actor))


def _demand(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        assert one.state is not State.REFUSED, one.code
