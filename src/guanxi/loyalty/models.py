"""The tables of the loyalty programme."""

from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawVersion, DrawWin
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
    "Draw",
    "DrawEntry",
    "DrawPrize",
    "DrawVersion",
    "DrawWin",
    "Lot",
    "MemberSession",
    "Missed",
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
