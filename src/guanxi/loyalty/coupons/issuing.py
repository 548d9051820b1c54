"""Coupons into customers' wallets, each once under its key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.db.models import Count

from guanxi.customers.hooks import Happening
from guanxi.customers.lookup import families_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty.coupons import booking, campaigns, facts
from guanxi.loyalty.coupons.contracts import Has, State
from guanxi.loyalty.coupons.models import Coupon, CouponCampaign
from guanxi.loyalty.ledger.contracts import NEVER_MS, Account
from guanxi.loyalty.ledger.contracts import State as Posted
from guanxi.platform.writing import writing

LARGEST_BATCH: Final = 5_000
LONGEST_KEY: Final = 100


class Issued(NamedTuple):
    """What became of one: its coupon, whether it was there before; or why there is none."""

    coupon_id: int = 0
    exists: bool = False
    code: str = ""
    message: str | Wording = ""


def issue(
    brand_id: int,
    campaign: str,
    subject_ids: Sequence[int],
    keys: Sequence[str],
    actor: object,
    *,
    live: bool = True,
    out_of: Account | None = None,
) -> list[Issued]:
    """One coupon for each subject, in the order given; in the caller's transaction, if there is one. A key
    that was used answers the coupon of then. `out_of` is an account where coupons were set aside: these are
    promised, and come whatever became of the campaign.

    Refused alone: a stranger, who has as many as one may, what the stock has no more for. Raises NotFound
    for the campaign, Conflict where it is not active, Invalid where it is a code for everybody, Limit.
    """
    if len(subject_ids) > LARGEST_BATCH:
        raise Limit(say("At most %(most)s coupons at once.", most=LARGEST_BATCH), most=LARGEST_BATCH)
    if any(not 0 < len(key) <= LONGEST_KEY or not key.isprintable() for key in keys):
        raise Invalid(say("A key has 1 to %(most)s printable characters.", most=LONGEST_KEY), field="key")
    wanted = dict(zip(keys, subject_ids, strict=True))
    with writing(brand_id):
        row = campaigns.called(brand_id, campaign)
        known = dict(Coupon.objects.filter(brand_id=brand_id, key__in=wanted).values_list("key", "pk"))
        fresh = {key: subject for key, subject in wanted.items() if key not in known}
        told = {str(key): Issued(pk, exists=True) for key, pk in known.items()}
        if fresh:
            if out_of is None:
                demand(row)
            told |= _issue(brand_id, row, fresh, actor, live=live, out_of=out_of)
    return [told[key] for key in keys]


def demand(row: CouponCampaign) -> None:
    """Raises Conflict, Invalid where nothing can be issued of this campaign."""
    if row.generic_code:
        raise Invalid(say("This campaign has one code for everybody: there is nothing to issue."))
    if not is_issued(row):
        raise Conflict(
            say("Coupons of '%(code)s' are not issued now.", code=row.code),
            remedy=say("Switch the campaign on, and look until when it lasts."),
        )


def is_issued(row: CouponCampaign) -> bool:
    """Whether coupons of it are given out now, as long as there are any."""
    lasts = row.until_ms is None or row.until_ms > now_ms()
    return row.state == State.ACTIVE and row.generic_code is None and lasts


def expires_ms(row: CouponCampaign, at_ms: int) -> int:
    """Of a coupon that is issued at `at_ms`."""
    days = NEVER_MS if row.lasts_days is None else max(at_ms, row.since_ms or 0) + row.lasts_days * DAY_MS
    return min(days, NEVER_MS if row.until_ms is None else row.until_ms)


def _issue(
    brand_id: int,
    row: CouponCampaign,
    wanted: Mapping[str, int],
    actor: object,
    *,
    live: bool,
    out_of: Account | None,
) -> dict[str, Issued]:
    families = families_of(brand_id, set(wanted.values()))
    told: dict[str, Issued] = {}
    has = had(row, families) if row.per_customer else Counter()
    fits = {}
    for key, subject in wanted.items():
        whose = families.get(subject, ())[:1]
        if not whose:
            told[key] = Issued(code="unknown", message=say("There is no such customer."))
        elif row.per_customer and has[whose[0]] >= row.per_customer:
            told[key] = Issued(code="limit", message=say("This customer has as many as one may have."))
        else:
            has[whose[0]] += 1
            fits[key] = subject
    outcomes = booking.issue(brand_id, row, dict.fromkeys(fits, 1), actor, out_of)
    for key, outcome in outcomes.items():
        if outcome.state is Posted.REFUSED:
            told[key] = Issued(code="stock", message=say("All coupons of this campaign are given out."))
            del fits[key]
    at_ms = now_ms()
    Coupon.objects.bulk_create(
        Coupon(
            brand_id=brand_id,
            campaign_id=row.pk,
            subject_id=subject,
            key=key,
            issued_ms=at_ms,
            expires_ms=expires_ms(row, at_ms),
        )
        for key, subject in fits.items()
    )
    made = dict(Coupon.objects.filter(brand_id=brand_id, key__in=fits).values_list("key", "pk"))
    happenings = [
        Happening(facts.ISSUED, subject, at_ms, {"campaign": row.code, "coupon": made[key]})
        for key, subject in fits.items()
    ]
    facts.tell(brand_id, happenings, live=live)
    return told | {key: Issued(made[key]) for key in fits}


def had(row: CouponCampaign, families: Mapping[int, Sequence[int]]) -> Counter[int]:
    """First subject of a customer → coupons of the campaign that the customer got and did not give back."""
    first = {member: family[0] for family in families.values() for member in family}
    counted = (
        Coupon.objects.filter(campaign_id=row.pk, subject_id__in=first)
        .exclude(state=Has.WITHDRAWN)
        .values("subject_id")
        .annotate(many=Count("pk"))
    )
    found: Counter[int] = Counter()
    for one in counted:
        found[first[one["subject_id"]]] += one["many"]
    return found
