"""The tables of the loyalty programme."""

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

__all__ = [
    "Account",
    "Adjustment",
    "Asset",
    "FamilyGift",
    "FamilyLimit",
    "FamilyLink",
    "Lot",
    "MemberSession",
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
    "Use",
    "Waiting",
]
