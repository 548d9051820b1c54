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
from guanxi.loyalty.member.models import MemberPhone, MemberSession, ReadCode, SignInCode
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
    "Lot",
    "MemberPhone",
    "MemberSession",
    "Missed",
    "Move",
    "OrderFact",
    "OrderSpend",
    "Posting",
    "ProofRun",
    "ReadCode",
    "Rule",
    "RuleGroup",
    "RuleUse",
    "RuleVersion",
    "SignInCode",
    "Use",
    "Waiting",
]
