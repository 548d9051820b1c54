"""The tables of the loyalty programme."""

from guanxi.loyalty.booking.models import Booking, BookingPlan, BookingService, BookingSlot
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
from guanxi.loyalty.moments.models import Joining, Moment, MomentRun
from guanxi.loyalty.perks.models import (
    Article,
    ArticleOpening,
    ArticlePicture,
    Featured,
    LeverAnswer,
    LeverInvite,
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
    "Article",
    "ArticleOpening",
    "ArticlePicture",
    "Asset",
    "Booking",
    "BookingPlan",
    "BookingService",
    "BookingSlot",
    "Featured",
    "Joining",
    "LeverAnswer",
    "LeverInvite",
    "Lot",
    "MemberSession",
    "Missed",
    "Moment",
    "MomentRun",
    "Move",
    "OrderFact",
    "OrderSpend",
    "Posting",
    "ProofRun",
    "Rule",
    "RuleGroup",
    "RuleUse",
    "RuleVersion",
    "Use",
    "Waiting",
]
