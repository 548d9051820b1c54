"""What a basket gets for some coupons, and why not: reads alone, nothing is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from guanxi.customers.lookup import subject_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import Moment, parse
from guanxi.kernel.errors import Limit
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking
from guanxi.loyalty.coupons.codes import number_of, plain
from guanxi.loyalty.coupons.contracts import (
    MOST_COUPONS,
    Asked,
    Basket,
    Became,
    Has,
    Kind,
    Priced,
    Refused,
    Stacking,
    State,
    Terms,
    Why,
)
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponUse
from guanxi.loyalty.coupons.pricing import price
from guanxi.platform.models import Brand
from guanxi.segments.definitions import resolve
from guanxi.segments.evaluating import evaluate_each

FIRST: Final = {"not": {"leaf": "behaviour.did", "kinds": ["order.paid"]}}


class Found(NamedTuple):
    """A code that was found: its campaign, and the coupon where it is no code for everybody."""

    code: str
    campaign: CouponCampaign
    coupon: Coupon | None


class Who(NamedTuple):
    """The customer at the basket, with all subjects; nobody where it is not known."""

    customer_id: int = 0
    subject_id: int = 0
    subjects: tuple[int, ...] = ()


NOBODY: Final = Who()


class Looked(NamedTuple):
    priced: Priced
    found: dict[str, Found]  # by code as asked


def who(brand_id: int, customer_id: int, subject_id: int = 0) -> Who:
    """`subject_id` is the profile that is meant, where it is known; else the customer's first."""
    if not customer_id:
        return NOBODY
    subjects = tuple(subject_ids_of(brand_id, customer_id))
    return Who(customer_id, subject_id or (subjects[0] if subjects else 0), subjects)


def look(
    brand: Brand, basket: Basket, codes: Sequence[str], buyer: Who = NOBODY, *, holder_id: int = 0
) -> Looked:
    """What the coupons take off. What `holder_id`, a redemption, holds already does not stand in its own
    way. Raises Limit."""
    if len(codes) > MOST_COUPONS:
        raise Limit(say("At most %(most)s coupons at one basket.", most=MOST_COUPONS), most=MOST_COUPONS)
    again = _again(codes)
    once = [code for code in dict.fromkeys(codes) if code not in again]
    found = find(brand.pk, once)
    refused = [Refused(code, Why.UNKNOWN) for code in once if code not in found]
    refused += [Refused(code, Why.TWICE) for code in again]
    usable = []
    standing = _Standing(brand, list(found.values()), buyer, holder_id)
    for code, one in found.items():
        if (why := standing.why_not(one)) is not None:
            refused.append(Refused(code, why))
        else:
            usable.append(Asked(code, one.coupon.pk if one.coupon else 0, terms_of(one.campaign)))
    priced = price(basket, usable)
    return Looked(priced._replace(refused=(*refused, *priced.refused)), found)


def find(brand_id: int, codes: Sequence[str]) -> dict[str, Found]:
    """code → what it stands for, of those that stand for something."""
    numbers = {code: number for code in codes if (number := number_of(brand_id, code)) is not None}
    coupons = {
        one.pk: one
        for one in Coupon.objects.filter(brand_id=brand_id, pk__in=set(numbers.values())).select_related(
            "campaign"
        )
    }
    words = {code: plain(code) for code in codes if code not in numbers}
    generic = (
        {
            one.generic_code: one
            for one in CouponCampaign.objects.filter(brand_id=brand_id, generic_code__in=set(words.values()))
        }
        if words
        else {}
    )
    found: dict[str, Found] = {}
    taken: set[tuple[int, int]] = set()
    for code in codes:
        coupon = coupons.get(numbers.get(code, 0))
        campaign = coupon.campaign if coupon else generic.get(words.get(code, ""))
        if campaign is None or (key := (campaign.pk, coupon.pk if coupon else 0)) in taken:
            continue
        taken.add(key)
        found[code] = Found(code, campaign, coupon)
    return found


def _again(codes: Sequence[str]) -> list[str]:
    """Codes that say the same as one before them in other letters."""
    told = [plain(code) for code in codes]
    return [code for at, code in enumerate(codes) if told[at] in told[:at] and code not in codes[:at]]


def terms_of(campaign: CouponCampaign) -> Terms:
    return Terms(
        campaign.code,
        Kind(campaign.kind),
        campaign.off_fen,
        campaign.percent,
        campaign.cap_fen,
        campaign.gift_sku,
        campaign.minimum_fen,
        frozenset(campaign.skus),
        frozenset(campaign.categories),
        frozenset(campaign.stores),
        frozenset(campaign.channels),
        Stacking(campaign.stacking),
    )


class _Standing:
    """What stands in the way of coupons, whatever the basket. Asks the same few questions for any number."""

    def __init__(self, brand: Brand, found: Sequence[Found], buyer: Who, holder_id: int) -> None:
        self._now, self._buyer, self._holder = now_ms(), buyer, holder_id
        campaigns = {one.campaign.pk: one.campaign for one in found}
        self._uses = self._count(campaigns)
        self._left = booking.left(brand.pk, [one for one in campaigns.values() if one.generic_code])
        self._holds = self._fits(brand, campaigns)

    def why_not(self, one: Found) -> Why | None:
        campaign, coupon = one.campaign, one.coupon
        if campaign.state != State.ACTIVE:
            return Why.PAUSED
        if campaign.since_ms is not None and self._now < campaign.since_ms:
            return Why.EARLY
        if coupon is not None and (why := self._of_coupon(coupon)) is not None:
            return why
        ends_ms = coupon.expires_ms if coupon else campaign.until_ms
        if ends_ms is not None and ends_ms <= self._now:
            return Why.EXPIRED
        return self._of_customer(campaign) or self._of_stock(campaign)

    def _of_coupon(self, coupon: Coupon) -> Why | None:
        mine = bool(self._holder) and coupon.holder_id == self._holder
        if coupon.state == Has.EXPIRED:
            return Why.EXPIRED
        if coupon.state == Has.WITHDRAWN:
            return Why.WITHDRAWN
        if coupon.state == Has.REDEEMED and not mine:
            return Why.REDEEMED
        if coupon.state == Has.LOCKED and not mine and (coupon.locked_until_ms or 0) > self._now:
            return Why.LOCKED
        if coupon.subject_id and self._buyer.subjects and coupon.subject_id not in self._buyer.subjects:
            return Why.OTHERS
        return None

    def _of_customer(self, campaign: CouponCampaign) -> Why | None:
        asks = campaign.first_order_only or campaign.condition is not None or campaign.per_customer
        if not asks:
            return None
        if not self._buyer.customer_id:
            return Why.NOBODY
        holds = self._holds.get(campaign.pk, frozenset())
        if campaign.first_order_only and ("first" not in holds or self._uses.get(campaign.pk, 0)):
            return Why.NOT_FIRST
        if campaign.condition is not None and "who" not in holds:
            return Why.WHO
        if campaign.per_customer and self._uses.get(campaign.pk, 0) >= campaign.per_customer:
            return Why.LIMIT
        return None

    def _of_stock(self, campaign: CouponCampaign) -> Why | None:
        if campaign.generic_code and campaign.limited and not self._holder and self._left[campaign.code] < 1:
            return Why.STOCK
        return None

    def _count(self, campaigns: dict[int, CouponCampaign]) -> dict[int, int]:
        """campaign → uses by this customer that count, all subjects together."""
        limited = [pk for pk, one in campaigns.items() if one.per_customer or one.first_order_only]
        if not limited or not self._buyer.subjects:
            return {}
        rows = CouponUse.objects.filter(campaign_id__in=limited, subject_id__in=self._buyer.subjects)
        rows = rows.filter(Q(state=Became.REDEEMED) | Q(state=Became.LOCKED, until_ms__gt=self._now))
        told = rows.exclude(redemption_id=self._holder).values("campaign_id").annotate(many=Count("pk"))
        return {row["campaign_id"]: row["many"] for row in told}

    def _fits(self, brand: Brand, campaigns: dict[int, CouponCampaign]) -> dict[int, frozenset[str]]:
        """campaign → which of its questions about the customer hold now."""
        asked = {}
        for pk, one in campaigns.items():
            if one.first_order_only:
                asked[pk, "first"] = parse(FIRST)
            if one.condition is not None:
                asked[pk, "who"] = resolve(brand.pk, parse(one.condition, stored=True))
        if not asked or not self._buyer.customer_id:
            return {}
        keys = list(asked)
        moment = Moment(self._now, ZoneInfo(brand.timezone))
        conditions = dict(enumerate(asked.values()))
        (holding,) = evaluate_each(brand, conditions, [(self._buyer.customer_id, moment)])
        found: dict[int, set[str]] = {}
        for number in holding:
            found.setdefault(keys[number][0], set()).add(keys[number][1])
        return {pk: frozenset(names) for pk, names in found.items()}
