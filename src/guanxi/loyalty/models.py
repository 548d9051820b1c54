"""The tables of the loyalty programme."""

from guanxi.loyalty.ledger.models import Account, Adjustment, Asset, Lot, Move, Posting, ProofRun, Use

__all__ = ["Account", "Adjustment", "Asset", "Lot", "Move", "Posting", "ProofRun", "Use"]
