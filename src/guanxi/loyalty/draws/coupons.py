"""Coupons as prizes: set aside when a draw is published, issued when they are won."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import booking, campaigns, issuing, looking, services
from guanxi.loyalty.coupons.contracts import PROMISES, Promise, greatest_fen
from guanxi.loyalty.coupons.models import Coupon
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import Prize, PrizeKind, State, Terms
from guanxi.loyalty.draws.models import Draw
from guanxi.loyalty.ledger.contracts import Account


def demand(brand_id: int, terms: Terms) -> None:
    """Raises NotFound for a campaign that there is not, Conflict for one that is not active, and Invalid for
    one that might refuse a winner, end before them, or be worth more than is stated or allowed."""
    for place, one in enumerate(terms.prizes):
        if one.kind is PrizeKind.COUPON:
            _demand(brand_id, terms, one, f"prizes.{place}")


def _demand(brand_id: int, terms: Terms, prize: Prize, where: str) -> None:
    row = campaigns.called(brand_id, prize.campaign)
    issuing.demand(row)
    field = f"{where}.campaign"
    if row.per_customer is not None:
        raise Invalid(
            say("This campaign has a limit for each customer: it could refuse a winner."),
            remedy=say("Take a campaign without one."),
            field=field,
        )
    if row.until_ms is not None and row.until_ms < terms.closes_ms + terms.claim_days * DAY_MS:
        raise Invalid(
            say("These coupons end before the days to claim are over."),
            remedy=say("Take a campaign that lasts longer, or let this one."),
            field=field,
        )
    greatest = greatest_fen(looking.terms_of(row))
    if greatest is None:
        raise Invalid(
            say("A coupon of this campaign could be worth any amount: the law allows ¥50,000."),
            remedy=say("Take a campaign with a cap."),
            field=field,
        )
    written.demand_below_cap(greatest, field)
    if greatest > prize.value_fen:
        raise Invalid(
            say("A coupon of this campaign is worth up to %(fen)s fen: state no less.", fen=greatest),
            remedy=say("State its greatest worth."),
            field=f"{where}.value_fen",
            least_fen=greatest,
        )


def origin(brand_id: int, prize: Prize) -> Account:
    """Where its coupons are set aside from, and go back to."""
    return booking.source(campaigns.called(brand_id, prize.campaign))


def issue(
    draw: Draw, prize: Prize, source: Account, wins: Sequence[tuple[int, int]], actor: object
) -> set[int]:
    """A coupon for each (entry, subject), out of what was set aside; the entries that have theirs."""
    done: set[int] = set()
    for start in range(0, len(wins), issuing.LARGEST_BATCH):
        part = wins[start : start + issuing.LARGEST_BATCH]
        keys = [key_of(draw, number) for number, _subject in part]
        subjects = [subject for _number, subject in part]
        told = issuing.issue(draw.brand_id, prize.campaign, subjects, keys, actor, out_of=source)
        done |= {number for (number, _subject), one in zip(part, told, strict=True) if not one.code}
    return done


def withdraw(draw: Draw, number: int, actor: object) -> bool:
    """Take the coupon of an entry back; whether it could be: not one that was used or has run out."""
    row = Coupon.objects.filter(brand_id=draw.brand_id, key=key_of(draw, number)).first()
    if row is None:
        return True
    try:
        services.withdraw(draw.brand_id, row.pk, actor=actor)
    except Conflict:
        return False
    return True


def key_of(draw: Draw, number: int) -> str:
    return f"draw:{draw.pk}:w:{number}"


def promised(brand_id: int, campaign: str) -> bool:
    """Whether a draw that is not over has coupons of it to give."""
    going = Draw.objects.filter(brand_id=brand_id).exclude(state__in=[State.DRAFT, State.REVEALED])
    return any(
        one.get("campaign") == campaign
        for terms in going.values_list("terms", flat=True)
        for one in terms["prizes"]
    )


def register() -> None:
    PROMISES.register(Promise("draws", promised, say("A lucky draw that is not over gives its coupons.")))
