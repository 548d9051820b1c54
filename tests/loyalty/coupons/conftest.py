from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.db import transaction

from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.services import resolve
from guanxi.loyalty.coupons import looking, services
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.contracts import Basket, Has, Line, Priced, State
from guanxi.loyalty.coupons.looking import NOBODY, Who
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign, CouponRedemption
from guanxi.loyalty.coupons.redeeming import Done
from guanxi.loyalty.ledger.proving import prove
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.services import record

NOON_MS = 1_764_129_600_000  # 2025-11-26 12:00 in Shanghai
FAR_MS = 4_000_000_000_000


def basket(*amounts: int, **more: Any) -> Basket:
    return Basket([Line(f"s{at}", fen) for at, fen in enumerate(amounts or (10_000,))], **more)


class Counter:
    """A brand with coupons, and what a till asks of them."""

    def __init__(self) -> None:
        self.brand, _made = Brand.objects.get_or_create(slug="lanhua", defaults={"name": "Lanhua"})
        self.numbers = count(1)

    def customer(self, name: str = "") -> Who:
        name = name or f"c{Coupon.objects.count()}-{next(self.numbers)}"
        with transaction.atomic():
            seen = Sighting((Identity("tmall", name),), Person(), NOON_MS)
            (subject,) = resolve(self.brand.pk, [seen]).subject_ids
        return self.who(subject)

    def who(self, subject: int) -> Who:
        customer = customer_ids_of(self.brand.pk, [subject])[subject]
        return looking.who(self.brand.pk, customer, subject)

    def campaign(self, *, stock: int | None = None, **fields: Any) -> CouponCampaign:
        code = fields.pop("code", f"c{next(self.numbers)}")
        told = {"code": code, "name": code, "kind": "amount", "off_fen": 1_000, "until_ms": FAR_MS}
        row = services.create(self.brand.pk, {**told, "limited": stock is not None, **fields}, actor="test")
        if stock:
            services.add_stock(self.brand.pk, row.pk, stock, key="first", actor="test")
        return services.set_state(self.brand.pk, row.pk, row.version, State.ACTIVE, actor="test")

    def issue(self, campaign: CouponCampaign, who: Who, key: str = "") -> str:
        """The code of a coupon in the customer's wallet."""
        key = key or f"k{next(self.numbers)}"
        (one,) = services.issue(self.brand.pk, campaign.code, [who.subject_id], [key], "test")
        assert not one.code, one
        return code_of(self.brand.pk, one.coupon_id)

    def codes(self, campaign: CouponCampaign, many: int) -> list[str]:
        batch = services.want(self.brand.pk, campaign.pk, many, actor="test")
        services.make(self.brand.pk, batch.pk)
        numbers = Coupon.objects.filter(batch_id=batch.pk).order_by("pk").values_list("pk", flat=True)
        return [code_of(self.brand.pk, number) for number in numbers]

    def validate(self, *codes: str, who: Who = NOBODY, of: Basket | None = None) -> Priced:
        return looking.look(self.brand, of or basket(), codes, who).priced

    def why(self, *codes: str, who: Who = NOBODY, of: Basket | None = None) -> list[str]:
        return [one.why.value for one in self.validate(*codes, who=who, of=of).refused]

    def lock(self, *codes: str, who: Who = NOBODY, key: str = "", **more: Any) -> Done:
        told: dict[str, Any] = {"key": key or f"l{next(self.numbers)}", "actor": "test", "buyer": who}
        return services.lock(self.brand, more.pop("of", basket()), codes, **told, **more)

    def redeem(self, *codes: str, who: Who = NOBODY, key: str = "", order: str = "", **more: Any) -> Done:
        number = next(self.numbers)
        told: dict[str, Any] = {"key": key or f"r{number}", "order": order or f"o{number}"}
        told |= {"actor": "test", "buyer": who}
        return services.redeem(self.brand, basket=more.pop("of", basket()), codes=codes, **told, **more)

    def pay(self, done: Done | CouponRedemption, key: str = "", order: str = "") -> Done:
        """Redeem a lock."""
        number = next(self.numbers)
        row = done.redemption if isinstance(done, Done) else done
        told: dict[str, Any] = {"key": key or f"r{number}", "order": order or f"o{number}", "actor": "test"}
        return services.redeem(self.brand, token=row.token, **told)

    def back(self, done: Done, *codes: str) -> CouponRedemption:
        return services.roll_back(self.brand.pk, done.redemption.pk, actor="test", codes=codes)

    def has(self, campaign: CouponCampaign, state: Has) -> int:
        return Coupon.objects.filter(campaign=campaign, state=state).count()

    def told(self, kind: str, who: str, fen: int, order: str, reference: str) -> None:
        fact = Fact(
            kind=kind,
            source_ref=reference,
            occurred_ms=NOON_MS,
            identities=(Identity("tmall", who),),
            amount_fen=fen,
            payload={"order": order},
        )
        done = record(self.brand.pk, "shop", [fact])
        assert not done.rejected, done.rejected

    def proven(self) -> None:
        found = prove(self.brand.pk)
        assert not found.problems, found.problems


@pytest.fixture
def counter(transactional_db: None) -> Counter:
    return Counter()
