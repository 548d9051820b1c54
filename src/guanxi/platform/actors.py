"""Whoever acts: a person, an API key, the command line, the system itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guanxi.platform.contracts import Role
from guanxi.platform.roles import ROLE_PERMISSIONS, Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """`reference` is what the audit log keeps ("user:3", "key:12", "cli", "system"); `str(actor)` gives it.
    `permissions` hold for one brand: the one the actor is working in."""

    reference: str
    permissions: frozenset[Permission] = frozenset()
    label: str = ""

    def __str__(self) -> str:
        return self.reference

    def may(self, permission: Permission | str) -> bool:
        """Raises ValueError for a permission that does not exist."""
        return Permission(permission) in self.permissions


# Whoever can run commands on the machine already holds the data folder, hence everything.
COMMAND_LINE = Actor("cli", frozenset(Permission), "CLI")
SYSTEM = Actor("system", frozenset(Permission), "Guanxi")


def person(user_id: int, role: Role | str | None, label: str = "") -> Actor:
    """The actor for a signed-in person with `role` in the current brand (None: no brand)."""
    permissions: Iterable[Permission] = ROLE_PERMISSIONS[Role(role)] if role else ()
    return Actor(f"user:{user_id}", frozenset(permissions), label)
