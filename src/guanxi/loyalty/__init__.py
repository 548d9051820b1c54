"""Loyalty: what customers are given, what they owe, and what it cost, in one ledger."""
