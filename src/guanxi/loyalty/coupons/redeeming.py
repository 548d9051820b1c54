"""Lock, redeem, roll back: each once, under the caller's key, in the brand's turn.

States move by guarded updates; the loser of a race gets Conflict. A lock whose time is up counts for nothing
at once, whether or not the job has cleared it away.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, facts, looking, undoing
from guanxi.loyalty.coupons.contracts import (
    LOCK_MINUTES,
    MOST_LOCK_MINUTES,
    Basket,
    Became,
    Has,
    Line,
)
from guanxi.loyalty.coupons.looking import NOBODY, Looked, Who
from guanxi.loyalty.coupons.models import Coupon, CouponRedemption, CouponUse
from guanxi.loyalty.coupons.words import refusal
from guanxi.loyalty.ledger.contracts import State as Posted
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

LONGEST_KEY: Final = 80
LONGEST_ORDER: Final = 100


class _Call(NamedTuple):
    """Who asks for what: the order, under the caller's key, with a digest of all that was asked."""

    key: str
    order: str
    digest: str
    actor: object


class Done(NamedTuple):
    """A redemption, and whether it was there before."""

    redemption: CouponRedemption
    exists: bool = False


def lock(
    brand: Brand,
    basket: Basket,
    codes: Sequence[str],
    *,
    key: str,
    actor: object,
    buyer: Who = NOBODY,
    order: str = "",
    minutes: int = LOCK_MINUTES,
) -> Done:
    """Set coupons aside for this basket. The same key again answers the same lock while it lasts.

    All of them count, or none is locked: raises Invalid with the reason; Conflict where somebody else holds
    one, or the key was used for something else.
    """
    _key(key)
    if len(order) > LONGEST_ORDER or not order.isprintable():
        raise Invalid(
            say("An order has a number of 1 to %(most)s characters.", most=LONGEST_ORDER), field="order"
        )
    if type(minutes) is not int or not 1 <= minutes <= MOST_LOCK_MINUTES:
        raise Invalid(say("1 to %(most)s minutes.", most=MOST_LOCK_MINUTES), field="minutes")
    digest = _digest(basket, codes, buyer, order)
    with writing(brand.pk):
        before = CouponRedemption.objects.filter(brand_id=brand.pk, lock_key=key).first()
        if before is not None:
            _same(before.lock_digest, digest)
            if before.state != Became.LOCKED or (before.until_ms or 0) > now_ms():
                return Done(before, exists=True)
            undoing.release(before, actor)
            CouponRedemption.objects.filter(pk=before.pk).update(lock_key=None)
        looked = _demand(brand, basket, codes, buyer)
        row = _new(brand, basket, looked, buyer)
        row.state, row.order, row.actor = Became.LOCKED.value, order, str(actor)[:160]
        row.lock_key, row.lock_digest = key, digest
        row.until_ms = now_ms() + minutes * MINUTE_MS
        row.save(force_insert=True)
        _take(row, looked, actor)
    return Done(row)


def redeem(
    brand: Brand,
    *,
    key: str,
    order: str,
    actor: object,
    token: str = "",
    basket: Basket | None = None,
    codes: Sequence[str] = (),
    buyer: Who = NOBODY,
) -> Done:
    """Use coupons for an order: those of a lock (`token`), or those of a basket. The same key, or the same
    coupons for the same order, answer what was done before: paying again burns nothing twice. Raises as
    `lock`, and NotFound for a token that there is not."""
    _key(key)
    if not 0 < len(order) <= LONGEST_ORDER or not order.isprintable():
        raise Invalid(
            say("An order has a number of 1 to %(most)s characters.", most=LONGEST_ORDER), field="order"
        )
    digest = _digest(basket, codes, buyer, order, token)
    with writing(brand.pk):
        before = CouponRedemption.objects.filter(brand_id=brand.pk, redeem_key=key).first()
        if before is not None:
            _same(before.redeem_digest, digest)
            return Done(before, exists=True)
        if token:
            return _redeem_lock(brand, token, _Call(key, order, digest, actor))
        if basket is None or not codes:
            raise Invalid(say("Redeem a token, or coupons at a basket."), field="codes")
        if (twin := _of_order(brand.pk, order, looking.find(brand.pk, codes))) is not None:
            return Done(twin, exists=True)
        looked = _demand(brand, basket, codes, buyer)
        row = _new(brand, basket, looked, buyer)
        row.state, row.order, row.actor = Became.REDEEMED.value, order, str(actor)[:160]
        row.redeem_key, row.redeem_digest = key, digest
        row.save(force_insert=True)
        _take(row, looked, actor)
        undoing.tell(row, facts.REDEEMED)
    return Done(row)


def _redeem_lock(brand: Brand, token: str, call: _Call) -> Done:
    order, actor = call.order, call.actor
    row = CouponRedemption.objects.filter(brand_id=brand.pk, token=token).first()
    if row is None:
        raise NotFound(say("There is no such lock."), remedy=say("Validate and lock again."), field="token")
    if row.state == Became.REDEEMED and row.order == order:
        return Done(row, exists=True)
    if row.state != Became.LOCKED or (row.until_ms or 0) <= now_ms():
        raise Conflict(
            say("This lock is over."), remedy=say("Validate again, then redeem or lock anew."), field="token"
        )
    if row.order not in ("", order):
        raise Conflict(say("This lock is for another order."), field="order")
    for use in row.uses.select_related("campaign").filter(state=Became.LOCKED):
        undoing.move(use, Became.REDEEMED)
        _booked(booking.use(brand.pk, use.pk, use.campaign, use.move_id, actor))
        if use.coupon_id and not Coupon.objects.filter(
            pk=use.coupon_id, state=Has.LOCKED, holder_id=row.pk
        ).update(state=Has.REDEEMED, locked_until_ms=None):
            raise undoing.lost()
    change = {"state": Became.REDEEMED, "order": order, "redeem_key": call.key, "redeem_digest": call.digest}
    mine = CouponRedemption.objects.filter(pk=row.pk, state=Became.LOCKED)
    if not mine.update(**change, until_ms=None):
        raise undoing.lost()
    row.refresh_from_db()
    undoing.tell(row, facts.REDEEMED)
    return Done(row)


def _demand(brand: Brand, basket: Basket, codes: Sequence[str], buyer: Who) -> Looked:
    """All coupons count, else Invalid says of the first why not."""
    if not codes:
        raise Invalid(say("There is no coupon."), field="codes")
    found = looking.find(brand.pk, codes)
    holders = {one.coupon.holder_id for one in found.values() if one.coupon and one.coupon.holder_id}
    for row in undoing.lapsed(brand.pk).filter(pk__in=holders):
        undoing.release(row, "system")
    stocked = [
        one.campaign.pk for one in found.values() if one.campaign.generic_code and one.campaign.limited
    ]
    if stocked:
        undoing.sweep(brand.pk, campaigns=stocked)
    looked = looking.look(brand, basket, codes, buyer)
    if looked.priced.refused:
        first = looked.priced.refused[0]
        raise refusal(first)
    return looked


def _new(brand: Brand, basket: Basket, looked: Looked, buyer: Who) -> CouponRedemption:
    return CouponRedemption(
        brand_id=brand.pk,
        token=secrets.token_urlsafe(18),
        subject_id=buyer.subject_id,
        basket=_written(basket),
        total_fen=basket.total_fen + basket.delivery_fen,
        discount_fen=looked.priced.discount_fen,
        at_ms=now_ms(),
    )


def _take(row: CouponRedemption, looked: Looked, actor: object) -> None:
    """The uses of a new redemption: coupons are taken by guarded updates, stock by the ledger."""
    state = Became(row.state)
    for one in looked.priced.applied:
        found = looked.found[one.asked.code]
        coupon_id = found.coupon.pk if found.coupon else None
        if coupon_id and not Coupon.objects.filter(pk=coupon_id, state=Has.FREE).update(
            state=Has.LOCKED if state is Became.LOCKED else Has.REDEEMED,
            holder_id=row.pk,
            locked_until_ms=row.until_ms,
        ):
            raise undoing.lost()
        use = CouponUse.objects.create(
            redemption=row,
            campaign=found.campaign,
            coupon_id=coupon_id,
            subject_id=row.subject_id,
            state=state.value,
            until_ms=row.until_ms,
            discount_fen=one.discount_fen,
            delivery_fen=one.delivery_fen,
            gift_sku=one.gift_sku,
            lines=list(one.lines),
            at_ms=row.at_ms,
        )
        if state is Became.REDEEMED:
            _booked(booking.use(row.brand_id, use.pk, found.campaign, None, actor))
        elif found.campaign.generic_code and found.campaign.limited:
            done = booking.hold(row.brand_id, use.pk, found.campaign, row.until_ms or 0, actor)
            _booked(done)
            CouponUse.objects.filter(pk=use.pk).update(move_id=done.moves[0])


def _booked(outcome: Any) -> None:
    if outcome.state is Posted.REFUSED:
        raise Conflict(
            say("All coupons of this campaign are used."), remedy=say("Pay without it."), why="stock"
        )


def _of_order(brand_id: int, order: str, found: Mapping[str, looking.Found]) -> CouponRedemption | None:
    """The redemption of exactly these coupons for this order, if they were redeemed already."""
    wanted = {(one.campaign.pk, one.coupon.pk if one.coupon else None) for one in found.values()}
    for row in CouponRedemption.objects.filter(brand_id=brand_id, order=order, state=Became.REDEEMED):
        if wanted and wanted == set(row.uses.values_list("campaign_id", "coupon_id")):
            return row
    return None


def _written(basket: Basket) -> dict[str, Any]:
    return {
        "lines": [list(line) for line in basket.lines],
        "delivery_fen": basket.delivery_fen,
        "store": basket.store,
        "channel": basket.channel,
    }


def basket_of(row: CouponRedemption) -> Basket:
    told = row.basket
    lines = [Line(*line) for line in told["lines"]]
    return Basket(lines, told["delivery_fen"], told["store"], told["channel"])


def _digest(basket: Basket | None, codes: Sequence[str], buyer: Who, order: str, token: str = "") -> str:
    told = [None if basket is None else _written(basket), sorted(codes), buyer.subject_id, order, token]
    return hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()


def _key(key: str) -> None:
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise Invalid(say("A key has 1 to %(most)s printable characters.", most=LONGEST_KEY), field="key")


def _same(before: str, digest: str) -> None:
    if before != digest:
        raise Conflict(
            say("This key was used for another basket."),
            remedy=say("A new purchase has a new key."),
            field="key",
        )
