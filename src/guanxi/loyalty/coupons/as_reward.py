"""A reward that is a coupon: issued with the redemption, withdrawn when the reward is brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, issuing, said
from guanxi.loyalty.coupons.contracts import Has, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.coupons.withdrawing import withdraw
from guanxi.loyalty.rewards.contracts import FULFILMENTS, Choice, Delivery, Fulfilment, Handed

ACTOR: Final = "rewards"
SETTING: Final = "campaign"
REASONS: Final[Mapping[str, str]] = {"stock": "sold_out", "limit": "limit"}


def register() -> None:
    FULFILMENTS.register(
        Fulfilment(
            "coupon",
            say("Coupon"),
            "a coupon of a campaign, in the member's wallet at once",
            frozenset({Delivery.NONE}),
            _issue,
            at_once=True,
            take_back=_withdraw,
            check=_check,
            for_money=False,
            choice=Choice(SETTING, say("Coupon campaign"), said.offered),
            left=_left,
            phone=_phone,
            console=_console,
        )
    )


def _check(brand_id: int, settings: Mapping[str, Any]) -> None:
    """Raises Invalid."""
    code = settings.get(SETTING)
    row = None
    if set(settings) == {SETTING} and isinstance(code, str):
        row = CouponCampaign.objects.filter(brand_id=brand_id, code=code[:40]).first()
    if row is None:
        raise Invalid(
            say("Say which coupon campaign, by its code."),
            remedy=say("Choose one that is active."),
            field="settings",
        )
    if row.generic_code:
        raise Invalid(
            say("This campaign has one code for everybody: there is nothing to issue."),
            remedy=say("Choose one with single coupons."),
            field="settings",
        )
    if row.state == State.ENDED:
        message = say("The campaign '%(code)s' has ended.", code=row.code)
        raise Invalid(message, remedy=say("Choose one that is active."), field="settings")


def _issue(brand_id: int, handed: Handed) -> str:
    """Raises Conflict where there is none for this member: then nothing was redeemed."""
    code = str(handed.settings.get(SETTING, ""))
    (one,) = issuing.issue(brand_id, code, [handed.subject_id], [handed.key], ACTOR)
    if one.code:
        reason = REASONS.get(one.code, one.code)
        raise Conflict(one.message, remedy=say("Choose another reward."), reason=reason)
    return f"coupon {one.coupon_id}"


def _withdraw(brand_id: int, _redemption_id: int, given: str) -> None:
    if number := _number(given):
        withdraw(brand_id, number, actor=ACTOR)


def _left(brand_id: int, settings: Sequence[Mapping[str, Any]]) -> list[int | None]:
    """0 of a campaign that issues nothing now."""
    codes = [str(one.get(SETTING, "")) for one in settings]
    rows = {one.code: one for one in CouponCampaign.objects.filter(brand_id=brand_id, code__in=codes)}
    left = booking.left(brand_id, list(rows.values()))
    return [left.get(code) if code in rows and issuing.is_issued(rows[code]) else 0 for code in codes]


def _phone(brand_id: int, slug: str, given: str) -> str:
    """The coupon while it can be used, then the list of coupons, which says what became of it."""
    number = _number(given)
    ready = Coupon.objects.filter(
        brand_id=brand_id,
        pk=number,
        state__in=[Has.FREE, Has.LOCKED],
        campaign__state=State.ACTIVE,
        expires_ms__gt=now_ms(),
    )
    return (
        reverse("member-coupon", args=[slug, number])
        if ready.exists()
        else reverse("member-coupons", args=[slug])
    )


def _console(brand_id: int, given: str) -> str:
    row = Coupon.objects.filter(brand_id=brand_id, pk=_number(given)).first()
    return reverse("coupon-campaign", args=[row.campaign_id]) if row else ""


def _number(given: str) -> int:
    text = given.removeprefix("coupon ")
    return int(text) if text.isascii() and text.isdecimal() else 0
