"""What Lanhua's customers did in the loyalty programme: coupons used, birthdays had, rewards redeemed.

Who does what follows from their numbers and orders, and every verb has a key: a second time changes nothing.
What is over happened in the last weeks of the simulated history, by a clock that is set back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from guanxi.cli.lanhua_points import POINTS
from guanxi.cli.lanhua_programme import ACTOR, STORES, end_of
from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, now_ms

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

DAYS: Final = 120  # of orders that are looked at
MOST_BUYERS: Final = 400  # who come to anything
MOST_COUPONS: Final = 100  # of a campaign
MOST_REDEMPTIONS: Final = 20  # of a reward
CHOOSE: Final = 12  # by the rest of their number those with enough points have one reward or another
WELCOME, AGAIN = "welcome20", "again10"
ADDRESS: Final = "兰小姐 13800000000 上海市静安区南京西路 1 号"

CAMPAIGNS: Final[Sequence[Mapping[str, Any]]] = (
    {"code": WELCOME, "name": "见面礼 ¥20", "name_en": "Welcome ¥20", "kind": "amount", "off_fen": 2_000,
     "minimum_fen": 5_000, "lasts_days": 60, "per_customer": 1,
     "terms": "满 50 元可用，60 天内有效，不与其他券同用。",
     "terms_en": "From ¥50, for 60 days, not with other coupons."},
    {"code": AGAIN, "name": "回购券 9 折", "name_en": "10% off the next one", "kind": "percent",
     "percent": 10, "cap_fen": 5_000, "lasts_days": 90, "per_customer": 2,
     "terms": "下一单 9 折，最多减 50 元，90 天内有效。",
     "terms_en": "10% off the next order, at most ¥50, for 90 days."},
)  # fmt: skip

# The rest of the number of those who have it (by CHOOSE), the reward, the place of its price, how it comes.
REDEEMED: Final[Sequence[tuple[int, str, int, str]]] = (
    (1, "sample-cedar", 0, "collect"),
    (2, "hand-cream", 0, "collect"),
    (4, "hand-cream", 1, "send"),
    (5, "tote", 0, "collect"),
    (7, "saxaul", 0, ""),
    (10, "candle-tea", 0, "send"),
)


class Order(NamedTuple):
    """An order that was not sent back."""

    at_ms: int
    fen: int
    number: str
    channel: str


class Buyer(NamedTuple):
    """A customer with the orders of the last months, by time."""

    customer_id: int
    orders: Sequence[Order]


def live(brand: Brand, until: date) -> None:
    """All of it; `until` is the last day of the simulated history."""
    found = buyers(brand.pk, until)
    _coupons(brand, found, until)
    _moments(brand, until)
    _redemptions(brand, until)
    _showpiece(brand, showpiece(found), until)


def showpiece(found: Sequence[Buyer]) -> int:
    """The customer whose card the demo shows: who bought most often lately; 0 where nobody did."""

    def most(one: Buyer) -> tuple[int, int]:
        return len(one.orders), sum(order.fen for order in one.orders)

    return max(found, key=most).customer_id if found else 0


@cache
def buyers(brand_id: int, until: date) -> list[Buyer]:
    """Who bought lately and sent nothing back, by number."""
    from guanxi.customers import lookup
    from guanxi.touchpoints.history import facts_between

    end_ms = end_of(until) + DAY_MS
    found: dict[int, list[Order]] = defaultdict(list)
    back: set[int] = set()
    log = facts_between(brand_id, ["order.paid", "order.refunded"], end_ms - DAYS * DAY_MS, end_ms)
    for rows in log.batches():
        owners = lookup.customer_ids_of(brand_id, {row.subject_id for row in rows if row.subject_id})
        for row in rows:
            customer = owners.get(row.subject_id or 0)
            if customer is None:
                continue
            if row.kind == "order.refunded":
                back.add(customer)
            elif row.amount_fen:
                number = str(orjson.loads(row.payload or "{}").get("order", row.id))
                order = Order(row.occurred_ms, row.amount_fen, number, row.channel)
                found[customer].append(order)
    alive = lookup.living(brand_id, sorted(set(found) - back)[:MOST_BUYERS])
    return [Buyer(one, sorted(found[one], key=lambda order: order.at_ms)) for one in sorted(alive)]


# ---------------------------------------------------------------- coupons


def _coupons(brand: Brand, found: Sequence[Buyer], until: date) -> None:
    """A welcome before an order, another coupon after it; who bought again used it."""
    from guanxi.loyalty.coupons import campaigns
    from guanxi.loyalty.coupons.contracts import State
    from guanxi.loyalty.coupons.models import CouponCampaign

    with frozen(end_of(until) - (DAYS + 5) * DAY_MS):
        for given in CAMPAIGNS:
            row = CouponCampaign.objects.filter(brand_id=brand.pk, code=given["code"]).first()
            row = row or campaigns.create(brand.pk, given, actor=ACTOR)
            if row.state == State.DRAFT:
                campaigns.set_state(brand.pk, row.pk, row.version, State.ACTIVE, actor=ACTOR)
    last_ms = end_of(until)
    welcomed = [
        (one, one.orders[0].at_ms - (2 + one.customer_id % 5) * DAY_MS, one.orders[0] if used else None)
        for one in found
        for used in (one.customer_id % 3 == 0,)
        if used or one.customer_id % 9 == 1
    ]
    _issue_and_use(brand, WELCOME, welcomed[:MOST_COUPONS], last_ms)
    again = [
        (one, one.orders[0].at_ms + DAY_MS, next(iter(_later(one)), None))
        for one in found
        if one.orders[0].at_ms + DAY_MS < last_ms
    ]
    again.sort(key=lambda row: row[2] is None)  # those who came back first
    _issue_and_use(brand, AGAIN, again[:MOST_COUPONS], last_ms)


def _later(buyer: Buyer) -> Iterator[Order]:
    """The orders that a coupon of the day after the first one can be for."""
    first_ms = buyer.orders[0].at_ms
    return (one for one in buyer.orders if 2 * DAY_MS < one.at_ms - first_ms < 88 * DAY_MS)


def _issue_and_use(
    brand: Brand, code: str, wanted: Sequence[tuple[Buyer, int, Order | None]], last_ms: int
) -> None:
    """A coupon for each buyer at its moment, a day's at once, and used for the order, where there is one."""
    from guanxi.loyalty.coupons import services

    by_day: dict[int, list[tuple[Buyer, Order | None]]] = defaultdict(list)
    for buyer, at_ms, order in wanted:
        by_day[min(at_ms, last_ms) // DAY_MS].append((buyer, order))
    for day, rows in sorted(by_day.items()):
        customers = [buyer.customer_id for buyer, _order in rows]
        with frozen(day * DAY_MS):
            keys = [f"demo:{code}:{one}" for one in customers]
            told = services.issue(brand.pk, code, customers, keys, ACTOR)
        for issued, (buyer, order) in zip(told, rows, strict=True):
            if order is not None and issued.coupon_id:
                _use(brand, code, issued.coupon_id, buyer, order)


def _use(brand: Brand, code: str, coupon_id: int, buyer: Buyer, order: Order) -> None:
    """At the basket that the order was before the coupon: what was paid is what is left."""
    from guanxi.loyalty.coupons import looking, services
    from guanxi.loyalty.coupons.codes import code_of
    from guanxi.loyalty.coupons.contracts import Basket, Line

    before = order.fen + 2_000 if code == WELCOME else max(order.fen * 10 // 9, order.fen)
    if code == WELCOME and before < 5_000:
        return
    basket = Basket([Line("", before)], channel=order.channel)
    with frozen(order.at_ms):
        services.redeem(
            brand,
            key=f"demo:{code}:{buyer.customer_id}",
            order=order.number,
            actor=ACTOR,
            basket=basket,
            codes=[code_of(brand.pk, coupon_id)],
            buyer=looking.who(brand.pk, buyer.customer_id, buyer.customer_id),
        )


# ---------------------------------------------------------------- birthdays, rewards


def _moments(brand: Brand, until: date) -> None:
    """Birthdays and anniversaries of the last days."""
    from guanxi.loyalty.moments import services
    from guanxi.loyalty.moments.models import MomentRun

    if not MomentRun.objects.filter(brand_id=brand.pk).exists():
        with frozen(end_of(until) - 7 * DAY_MS):
            services.run(brand)
    services.run(brand)


def _redemptions(brand: Brand, until: date) -> None:
    """Four in five are handed over or sent; the others wait to be fetched."""
    from guanxi.loyalty.rewards.catalogue import find
    from guanxi.loyalty.rewards.rules import prices_of

    for rest, code, price, delivery in REDEEMED:
        least = prices_of(find(brand.pk, code).prices)[price].units
        key = f"demo:{code}:{price}:"
        chosen = [one for one in who_can(brand.pk, least, _redeemed(brand.pk, key)) if one % CHOOSE == rest]
        for place, subject in enumerate(chosen[:MOST_REDEMPTIONS]):
            waits = place % 5 == 4
            at_ms = now_ms() if waits else end_of(until) - (1 + subject % 20) * DAY_MS
            with frozen(at_ms):
                _redeem(brand, code, subject, (f"{key}{subject}", price, delivery), waits=waits)


def _redeem(brand: Brand, code: str, subject: int, how: tuple[str, int, str], *, waits: bool) -> None:
    from guanxi.kernel.errors import Conflict
    from guanxi.loyalty.rewards import moving
    from guanxi.loyalty.rewards.contracts import State
    from guanxi.loyalty.rewards.redeeming import Asked, redeem

    key, price, delivery = how
    address = ADDRESS if delivery == "send" else ""
    store = STORES[subject % 2] if delivery == "collect" else ""
    try:
        row = redeem(
            brand, Asked(key, code, subject, price, delivery, store, address), origin="phone", actor=ACTOR
        )
    except Conflict:  # for others than these, or gone: such customers are left out
        return
    if row.state == State.RESERVED:
        row = moving.pay(brand, row.pk, f"PAY{row.pk:08d}", row.fen, actor=ACTOR)
    if row.state != State.READY or waits:
        return
    with frozen(now_ms() + 5 * HOUR_MS):
        if delivery == "send":
            moving.send(brand.pk, row.pk, carrier="顺丰", tracking=f"SF{row.pk:010d}", actor=ACTOR)
        else:
            moving.hand_out(brand.pk, row.pk, actor=ACTOR)


def _showpiece(brand: Brand, customer: int, until: date) -> None:
    """Who is shown has a coupon to use and a reward to fetch."""
    from guanxi.loyalty.coupons import services

    if customer:
        with frozen(end_of(until)):
            services.issue(brand.pk, AGAIN, [customer], [f"demo:{AGAIN}:card"], ACTOR)
        for code in ("sample-cedar", "saxaul"):
            how = f"demo:{code}:card", 0, "collect" if code == "sample-cedar" else ""
            _redeem(brand, code, customer, how, waits=True)


def _redeemed(brand_id: int, prefix: str) -> set[int]:
    from guanxi.loyalty.rewards.models import Redemption

    rows = Redemption.objects.filter(brand_id=brand_id, key__startswith=prefix)
    return set(rows.values_list("subject_id", flat=True))


def who_can(brand_id: int, least: int, done: Collection[int]) -> list[int]:
    """The customers with a wallet of so many points to spend, or who did what they are for; by number."""
    from django.db.models import F

    from guanxi.customers import lookup
    from guanxi.loyalty.ledger.contracts import Place
    from guanxi.loyalty.ledger.models import Account

    rows = Account.objects.filter(brand_id=brand_id, asset__code=POINTS, place=Place.WALLET.value)
    rich = rows.annotate(free=F("posted") - F("held")).filter(free__gte=least)
    owners = lookup.roots_of_many(brand_id, list(rich.values_list("subject_id", flat=True)))
    return sorted({*owners.values(), *done})
