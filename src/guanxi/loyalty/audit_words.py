"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import Kind
from guanxi.platform.audit_words import register as add


def register() -> None:
    add(
        {
            "rule.created": say("Rule made"),
            "rule.saved": say("Rule changed"),
            "rule.active": say("Rule switched on"),
            "rule.paused": say("Rule paused"),
            "rule.archived": say("Rule archived"),
            "rule.deleted": say("Draft of a rule deleted"),
            "rule.group": say("Group of rules changed"),
            "rule.budget": say("Budget of a rule changed"),
            "rule.missed": say("Missed effects given"),
            "reward.created": say("Reward made"),
            "reward.saved": say("Reward changed"),
            "reward.draft": say("Reward taken off the catalogue"),
            "reward.active": say("Reward shown to members"),
            "reward.archived": say("Reward put away"),
            "reward.stocked": say("Stock of a reward changed"),
            "reward.picture": say("Picture of a reward changed"),
            "redemption.address_shown": say("Address of a redemption seen"),
            "redemption.returned": say("Reward brought back"),
            "family.linked": say("Members linked as family"),
            "family.parted": say("Family link ended"),
            "family.gave": say("Points given to family"),
            "family.limit": say("Points for family allowed"),
            "member.link_made": say("Link to the member card made"),
            "tiers.saved": say("Tiers changed"),
            "coupon.created": say("Coupon campaign made"),
            "coupon.saved": say("Coupon campaign changed"),
            "coupon.active": say("Coupon campaign switched on"),
            "coupon.paused": say("Coupon campaign paused"),
            "coupon.ended": say("Coupon campaign ended"),
            "coupon.deleted": say("Draft of a coupon campaign deleted"),
            "coupon.stocked": say("Stock of coupons added"),
            "coupon.codes_made": say("Coupon codes made"),
            "coupon.codes_taken": say("Coupon codes downloaded"),
            "asset.created": say("Asset made"),
            "asset.changed": say("Asset changed"),
            "ledger.adjusted": say("Balance changed by hand"),
            "ledger.limited": say("Limits of an account set"),
        },
        {
            "rule": Kind(say("Rule"), "rule"),
            "coupon_campaign": Kind(say("Coupon campaign"), "coupon-campaign"),
            "rule_group": Kind(say("Group of rules")),
            "tiers": Kind(say("Tiers")),
            "reward": Kind(say("Reward"), "reward"),
            "redemption": Kind(say("Redemption"), "redemption"),
            "asset": Kind(say("Asset"), "ledger-asset"),
            "account": Kind(say("Account")),
        },
        {
            "asset": say("asset"),
            "units_count": say("units"),
            "floor": say("floor"),
            "ceiling": say("ceiling"),
            "posting_id": say("posting"),
            "given": say("given"),
            "cap_units": say("cap"),
            "outcome": say("outcome"),
            "tiers": say("tiers"),
        },
    )
