"""The hasher of passwords in tests."""

from __future__ import annotations

from guanxi.platform.hashing import PasswordHasher


class QuickHasher(PasswordHasher):
    """The same Argon2id, as cheap as it comes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
