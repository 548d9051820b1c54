"""A catalogue of one cup, and what was redeemed of it."""

from __future__ import annotations

from guanxi.loyalty.rewards import catalogue, moving
from guanxi.loyalty.rewards.contracts import Price, Wanted
from guanxi.loyalty.rewards.models import Redemption
from guanxi.loyalty.rewards.redeeming import Asked, redeem
from guanxi.platform.models import Brand

HOSTILE = "杯 <b>子"


def redeemed(brand: Brand, subject: int) -> None:
    """For money alone: three to be collected, one to be sent, one that was handed over."""
    wanted = Wanted("cup", "gift", HOSTILE, prices=[Price("", 0, 100)], deliveries=["collect", "send"])
    row = catalogue.put(brand, wanted, version=0, actor="cli")
    catalogue.fill(brand.pk, "cup", 20, key="first", actor="cli")
    catalogue.set_state(brand.pk, "cup", row.version, "active", actor="cli")
    for number in range(4):
        redeem(brand, Asked(f"made:{number}", "cup", subject, None, "collect"), origin="api", actor="cli")
    address = "西湖区某路一号 <b>李梅"
    sent = redeem(
        brand, Asked("made:send", "cup", subject, 0, "send", address=address), origin="api", actor="cli"
    )
    moving.pay(brand, sent.pk, "<i>wx", 100, actor="cli")
    moving.hand_out(brand.pk, made(3), actor="cli")


def made(number: int | str) -> int:
    return Redemption.objects.get(key=f"made:{number}").pk
