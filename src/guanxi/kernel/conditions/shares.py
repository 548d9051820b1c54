"""A stable random share of customers, by arithmetic that every engine does alike."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

PRIME = 2_147_483_647  # 2³¹ − 1: products of two remainders fit 64 bits
PARTS = 10_000
_MULTIPLIERS = (48_271, 69_621)


def seed_of(word: str) -> int:
    """A number for the name of a draw: another name, another share."""
    digest = blake2b(word.encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest, "big") % (PRIME - 1) + 1


def part(customer_id: Any, seed: int) -> Any:
    """0 … 9,999, evenly, for a customer's number: an int, or an Ibis column of them. Needs numbers ≥ 0."""
    mixed = customer_id % PRIME
    for multiplier in _MULTIPLIERS:
        mixed = (mixed * multiplier + seed) % PRIME
        # By itself, for without squares two draws would be each other's shift.
        mixed = mixed * ((mixed + seed) % PRIME) % PRIME
    return mixed % PARTS
