"""The made people of a sandbox: five members whose phones are nobody's, with points, a coupon, an order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from guanxi.customers import holders
from guanxi.customers.contracts import Person
from guanxi.customers.lookup import customer_ids_of, subject_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.loyalty.coupons import campaigns, codes, issuing
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import balances
from guanxi.loyalty.member import joining, numbers, telling
from guanxi.loyalty.member.codes import key_of
from guanxi.loyalty.till import serving
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.sandbox import services as sandboxes
from guanxi.platform.writing import writing
from guanxi.touchpoints.contracts import Fact

POINTS: Final = "points"
UNITS: Final = 500
CAMPAIGN: Final = "sandbox-20"
_WORTH: Final[dict[str, Any]] = {
    "code": CAMPAIGN,
    "name": "沙盒券 满 100 减 20",
    "name_en": "Sandbox: 20 off 100",
    "kind": "amount",
    "off_fen": 2_000,
    "minimum_fen": 10_000,
    "lasts_days": 365,
}
_KEY: Final = "sandbox"


class Made(NamedTuple):
    """Who is made: a phone (E.164) of the numbers that the North American plan keeps for fiction, a name, the
    language, and what the first order comes to."""

    phone: str
    name: str
    tongue: str
    paid_fen: int


MADE: Final[Sequence[Made]] = (
    Made("+12025550101", "沙盒一", "zh", 12_800),
    Made("+12025550102", "沙盒二", "zh", 25_600),
    Made("+12025550103", "沙盒三", "zh", 68_000),
    Made("+12025550104", "Sandbox Four", "en", 9_900),
    Made("+12025550105", "Sandbox Five", "en", 150_000),
)


class Known(NamedTuple):
    """A made member as they are now. `coupon` is the code of one that can be used, "" for none."""

    customer_id: int
    number: str
    phone: str
    name: str
    order: str
    points: int
    coupon: str


def fill(brand: Brand, *, actor: Actor) -> list[Known]:
    """Make the five members where they are not yet; doing it again adds nothing. Raises Conflict in a real
    brand."""
    sandboxes.demand(brand)
    points = _points(brand, actor)
    _campaign(brand, actor)
    before = len(known(brand))
    for one in MADE:
        with writing(brand.pk, by_keys=True):
            _member(brand, one, points, actor)
    if before < len(MADE):
        with writing(brand.pk):
            detail = {"customer_count": len(MADE) - before}
            audit.record(brand.pk, actor, "sandbox.filled", "brand", brand.pk, detail=detail)
    return known(brand)


def known(brand: Brand) -> list[Known]:
    """The made members that there are, in order."""
    found = []
    for one in MADE:
        subject = holders.subject_of(brand.pk, "phone", key_of(brand.pk, one.phone))
        customer = customer_ids_of(brand.pk, [subject]).get(subject) if subject else None
        if customer:
            found.append(_known(brand.pk, customer, one))
    return found


def _known(brand_id: int, customer_id: int, one: Made) -> Known:
    subjects = subject_ids_of(brand_id, customer_id)
    held = [row.standing.spendable for row in balances(brand_id, subjects) if row.asset.code == POINTS]
    rows = Coupon.objects.filter(brand_id=brand_id, subject_id__in=subjects, state="free")
    coupon = rows.filter(campaign__code=CAMPAIGN, expires_ms__gt=now_ms()).order_by("pk").first()
    return Known(
        customer_id,
        numbers.number(brand_id, customer_id),
        one.phone,
        one.name,
        _order(customer_id),
        sum(held),
        codes.code_of(brand_id, coupon.pk) if coupon else "",
    )


def _order(customer_id: int) -> str:
    """A number of their own, so that whoever is made anew buys anew."""
    return f"SANDBOX-{customer_id}"


def _points(brand: Brand, actor: Actor) -> str:
    if POINTS not in {row.code for row in assets.assets(brand.pk)}:
        assets.create(brand.pk, AssetRow(0, POINTS, "points", "积分", "Points"), actor=actor)
    return POINTS


def _campaign(brand: Brand, actor: Actor) -> None:
    if CouponCampaign.objects.filter(brand_id=brand.pk, code=CAMPAIGN).exists():
        return
    with writing(brand.pk):
        made = campaigns.create(brand.pk, _WORTH, actor=actor)
        campaigns.set_state(brand.pk, made.pk, made.version, "active", actor=actor)


def _member(brand: Brand, one: Made, points: str, actor: Actor) -> None:
    """In the caller's turn: all of it or nothing, once."""
    subject = joining.join(brand.pk, one.phone, tongue=one.tongue, channel="h5", terms=_KEY)
    customer = customer_ids_of(brand.pk, [subject])[subject]
    at_ms = now_ms()
    named = Fact("profile.updated", f"{_KEY}:{customer}", at_ms, (), Person(name=one.name))
    telling.tell(brand.pk, customer, joining.SOURCE, named, first=subject)
    serving.purchase(brand.pk, customer, _order(customer), one.paid_fen, actor=actor)
    gift = Move(
        Account(points, Place.ISSUED),
        Account(points, Place.WALLET, subject),
        UNITS,
        expires_ms=at_ms + 365 * DAY_MS,
    )
    post(brand.pk, [Posting(f"{_KEY}:points:{customer}", "hand.given", [gift], at_ms)], actor=actor)
    issuing.issue(brand.pk, CAMPAIGN, [subject], [f"{_KEY}:{customer}"], actor)
