"""The tables of the loyalty programme."""

from guanxi.loyalty.ledger.models import Account, Asset, Lot, Move, Posting, Use, Waiting

__all__ = ["Account", "Asset", "Lot", "Move", "Posting", "Use", "Waiting"]
