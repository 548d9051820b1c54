"""The effect of a rule that is a coupon."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from guanxi.kernel.conditions import Param, ParamType, Tongue
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import campaigns, facts, issuing
from guanxi.loyalty.rules.contracts import EFFECTS, Due, Effect, EffectType, Failed

ACTOR = "rules"


def register() -> None:
    EFFECTS.register(
        EffectType(
            "coupon",
            "发优惠券",
            "Coupon",
            "A coupon of a campaign, into the customer's wallet.",
            (Param("campaign", ParamType.TEXT, "活动", "Campaign", "code of the campaign", required=True),),
            _say,
            act=_act,
            demand=_demand,
        )
    )


def _say(effect: Effect, tongue: Tongue) -> str:
    return tongue.say("a coupon of %(campaign)s", campaign=tongue.quoted(effect["campaign"]))


def _demand(brand_id: int, effect: Effect) -> None:
    """Raises NotFound."""
    campaigns.called(brand_id, effect["campaign"])


def _act(brand_id: int, dues: Sequence[Due], live: bool) -> list[Failed]:
    """A coupon for having got a coupon would never end: that is refused."""
    failed = [
        Failed(due, "loop", say("A coupon is not given for a coupon that was issued."))
        for due in dues
        if due.fact.kind == facts.ISSUED
    ]
    by_campaign: dict[str, list[Due]] = defaultdict(list)
    for due in dues:
        if due.fact.kind != facts.ISSUED:
            by_campaign[due.effect["campaign"]].append(due)
    for campaign, some in by_campaign.items():
        for start in range(0, len(some), issuing.LARGEST_BATCH):
            part = some[start : start + issuing.LARGEST_BATCH]
            subjects, keys = [due.fact.subject_id for due in part], [due.key for due in part]
            done = issuing.issue(brand_id, campaign, subjects, keys, ACTOR, live=live)
            failed += [
                Failed(due, one.code, one.message) for due, one in zip(part, done, strict=True) if one.code
            ]
    return failed
