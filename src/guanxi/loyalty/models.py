"""The tables of the loyalty programme."""

from guanxi.loyalty.coupons.models import Coupon, CouponBatch, CouponCampaign, CouponRedemption, CouponUse
from guanxi.loyalty.ledger.models import (
    Account,
    Adjustment,
    Asset,
    Lot,
    Move,
    Posting,
    ProofRun,
    Use,
    Waiting,
)
from guanxi.loyalty.member.models import MemberSession
from guanxi.loyalty.rewards.models import (
    FamilyGift,
    FamilyLimit,
    FamilyLink,
    Redemption,
    RedemptionStep,
    Reward,
    RewardPayment,
    RewardPicture,
)
from guanxi.loyalty.rules.models import (
    Missed,
    OrderFact,
    OrderSpend,
    Rule,
    RuleGroup,
    RuleUse,
    RuleVersion,
)
from guanxi.loyalty.tiers.models import (
    MembershipNotice,
    TierChange,
    TierProgramme,
    TierProgrammeVersion,
    TierStanding,
)

__all__ = [
    "Account",
    "Adjustment",
    "Asset",
    "Coupon",
    "CouponBatch",
    "CouponCampaign",
    "CouponRedemption",
    "CouponUse",
    "FamilyGift",
    "FamilyLimit",
    "FamilyLink",
    "Lot",
    "MemberSession",
    "MembershipNotice",
    "Missed",
    "Move",
    "OrderFact",
    "OrderSpend",
    "Posting",
    "ProofRun",
    "Redemption",
    "RedemptionStep",
    "Reward",
    "RewardPayment",
    "RewardPicture",
    "Rule",
    "RuleGroup",
    "RuleUse",
    "RuleVersion",
    "TierChange",
    "TierProgramme",
    "TierProgrammeVersion",
    "TierStanding",
    "Use",
    "Waiting",
]
