"""Argon2id with the memory-constrained parameters of RFC 9106 (section 4, second recommended option)."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

# Each hash takes 64 MiB: a burst of sign-ins queues here instead of exhausting the machine.
_AT_ONCE = BoundedSemaphore(4)


class PasswordHasher(Argon2PasswordHasher):
    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 4

    def encode(self, password: str, salt: str) -> str:
        with _AT_ONCE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _AT_ONCE:
            return super().verify(password, encoded)
