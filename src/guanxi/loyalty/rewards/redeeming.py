"""A reward is redeemed: who may, what it costs, and the redemption with everything set aside, or nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson

from guanxi.customers.lookup import customer_ids_of, roots_of, subject_ids_of
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty import audience
from guanxi.loyalty.rewards import booking, catalogue, moving
from guanxi.loyalty.rewards.contracts import (
    ENDED_EMPTY,
    FREE,
    LONGEST_KEY,
    Delivery,
    Price,
    State,
)
from guanxi.loyalty.rewards.families import household_of
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.loyalty.rewards.rules import Sale, Window, delivery_of, most_of, prices_of, sale
from guanxi.platform import vault
from guanxi.platform.writing import writing

CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
CODE_CHARS: Final = 8
LONGEST_ADDRESS: Final = 300
UNCOUNTED: Final = (*(one.value for one in ENDED_EMPTY), State.RETURNED.value)
_WHY: Final[dict[Sale, tuple[Wording, Wording]]] = {
    Sale.CLOSED: (say("This reward is not offered."), say("Choose another one.")),
    Sale.OVER: (say("This offer is over."), say("Choose another reward.")),
    Sale.SOON: (say("This reward cannot be had yet."), say("Come back once it opens.")),
    Sale.NOT_YOURS: (say("This reward is for others."), say("Choose another one.")),
}


class Asked(NamedTuple):
    """A piece of a reward for a profile, once under `key`. `price` is the place of the price in the reward's
    list; None is without price, as rules give it. `address` is where it is sent to."""

    key: str
    reward: str
    subject_id: int
    price: int | None = 0
    delivery: str = ""
    store: str = ""
    address: str = ""


def redeem(brand: BrandRow, asked: Asked, *, origin: str, actor: object) -> Redemption:
    """The redemption: reserved where money is due, ready to be handed over where none is. The same key again
    answers the redemption that there is.

    Raises NotFound for a reward or a customer that there is not, Invalid with `field`, and Conflict with
    `reason`: not on sale (closed, over, soon, not_yours), limit, household_limit, sold_out, insufficient,
    key_conflict.
    """
    if not 0 < len(asked.key) <= LONGEST_KEY or not asked.key.isprintable():
        raise Invalid(say("A key has 1 to %(most)s characters.", most=LONGEST_KEY), field="key")
    digest = _digest(asked)
    with writing(brand.pk):
        known = Redemption.objects.filter(brand_id=brand.pk, key=asked.key).first()
        if known is not None:
            if known.digest != digest:
                message = say("The key '%(key)s' was used for another redemption.", key=asked.key)
                raise Conflict(message, remedy=say("Take a new key."), reason="key_conflict")
            return known
        customer_id = _customer(brand.pk, asked.subject_id)
        reward = catalogue.find(brand.pk, asked.reward)
        price, at_ms = _price(reward, asked.price), now_ms()
        if asked.price is not None:
            demand_sale(brand, reward, customer_id, at_ms)
        elif reward.state == "archived":
            raise _refusal(Sale.CLOSED)
        demand_limits(brand.pk, reward, customer_id)
        row = _made(brand, reward, asked, price, digest=digest, origin=origin, at_ms=at_ms)
        booking.hold(row, reward, at_ms)
        row.save(update_fields=["holds", "piece_hold"])
        moving.note(row, "", State(row.state), actor, at_ms)
        if row.state == State.READY:
            moving.became_ready(row, reward, actor, at_ms)
    return row


def _customer(brand_id: int, subject_id: int) -> int:
    """Raises NotFound."""
    root = customer_ids_of(brand_id, [subject_id]).get(subject_id)
    if root is None or root not in roots_of(brand_id, [root]):
        raise NotFound(say("There is no such customer."), customer=subject_id)
    return root


def _price(reward: Reward, place: int | None) -> Price:
    if place is None:
        return FREE
    prices = prices_of(reward.prices)
    if not 0 <= place < len(prices):
        raise Invalid(
            say("This reward has no such price."), remedy=say("Look at its prices again."), field="price"
        )
    return prices[place]


def sale_of(brand: BrandRow, reward: Reward, held: frozenset[int], at_ms: int) -> Sale:
    """`held` are keys of `conditions_of` that hold of the customer."""
    window = Window(reward.opens_ms, reward.closes_ms, reward.early_ms)
    active, meets = reward.state == "active", reward.pk in held
    return sale(window, at_ms, active=active, meets=meets, meets_early=-reward.pk in held)


def conditions_of(reward: Reward) -> dict[int, Mapping[str, Any] | None]:
    """The two conditions, under the reward's id and the same below zero."""
    early = {-reward.pk: reward.early_condition} if reward.early_condition is not None else {}
    return {reward.pk: reward.condition, **early}


def demand_sale(brand: BrandRow, reward: Reward, customer_id: int, at_ms: int) -> None:
    held = audience.holding(brand, conditions_of(reward), customer_id)
    now = sale_of(brand, reward, held, at_ms)
    if now not in (Sale.OPEN, Sale.EARLY):
        raise _refusal(now)


def _refusal(now: Sale) -> GuanxiError:
    message, remedy = _WHY[now]
    return Conflict(message, remedy=remedy, reason=now.value)


def demand_limits(brand_id: int, reward: Reward, customer_id: int) -> None:
    most = most_of(reward.per_customer, reward.kind)
    if most is not None and had(reward, subject_ids_of(brand_id, customer_id)) >= most:
        raise Conflict(
            say("This member had %(most)s of it, which is the most.", most=most),
            remedy=say("Choose another reward."),
            reason="limit",
        )
    most = most_of(reward.per_household, reward.kind)
    if most is not None and had(reward, household_of(brand_id, customer_id)) >= most:
        raise Conflict(
            say("This household had %(most)s of it, which is the most.", most=most),
            remedy=say("Choose another reward."),
            reason="household_limit",
        )


def had(reward: Reward, subject_ids: list[int]) -> int:
    """How many of it these profiles redeemed, but for those that were undone."""
    rows = Redemption.objects.filter(reward=reward, subject_id__in=subject_ids)
    return rows.exclude(state__in=UNCOUNTED).count()


def _made(
    brand: BrandRow, reward: Reward, asked: Asked, price: Price, *, digest: str, origin: str, at_ms: int
) -> Redemption:
    delivery = delivery_of(asked.delivery, reward.deliveries)
    if delivery is None and asked.price is None:
        delivery = Delivery(reward.deliveries[0])  # a gift: as the brand gives it first
    if delivery is None:
        known = ", ".join(reward.deliveries)
        message = say("This reward comes by: %(known)s.", known=known)
        raise Invalid(message, remedy=say("Choose one of these."), field="delivery")
    address = _address(asked) if delivery is Delivery.SEND and asked.price is not None else ""
    row = Redemption(
        brand_id=brand.pk,
        key=asked.key,
        digest=digest,
        reward=reward,
        subject_id=asked.subject_id,
        asset=price.asset,
        units=price.units,
        fen=price.fen,
        state=State.RESERVED if price.fen else State.READY,
        delivery=delivery.value,
        store=asked.store[:60] if delivery is Delivery.COLLECT else "",
        code=_code(brand.pk),
        due_ms=at_ms + reward.pay_minutes * MINUTE_MS if price.fen else kept_until(reward, delivery, at_ms),
        made_ms=at_ms,
        changed_ms=at_ms,
        origin=origin,
    )
    row.save(force_insert=True)
    if address:
        row.address = vault.seal_text(address, address_purpose(row.pk))
        row.save(update_fields=["address"])
    return row


def kept_until(reward: Reward, delivery: Delivery | str, at_ms: int) -> int | None:
    if delivery != Delivery.COLLECT or reward.keep_days is None:
        return None
    return at_ms + reward.keep_days * DAY_MS


def address_purpose(redemption_id: int) -> str:
    return f"redemption:{redemption_id}"


def _address(asked: Asked) -> str:
    text = " ".join(asked.address.split())
    if not 8 <= len(text) <= LONGEST_ADDRESS or not text.isprintable():
        raise Invalid(
            say("Write who it goes to, a phone and the full address, in 8 to %(most)s characters.", most=300),
            field="address",
        )
    return text


def _code(brand_id: int) -> str:
    """What the member shows at the counter, as no other redemption of the brand has it."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _place in range(CODE_CHARS))
        if not Redemption.objects.filter(brand_id=brand_id, code=code).exists():
            return code


def _digest(asked: Asked) -> str:
    """Of what is asked for, not of where it goes: whoever presses twice may have mended the address."""
    told = [asked.reward, asked.subject_id, asked.price, asked.delivery]
    return hashlib.blake2b(orjson.dumps(told), digest_size=16).hexdigest()
