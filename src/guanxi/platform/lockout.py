"""The brake on guessing passwords: per user name, and per address.

An attempt is counted before the password is looked at and taken back when it was right. So parallel guesses
all count, and a user name that does not exist is braked exactly like one that does.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import ClassVar, Final

from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, now_ms
from guanxi.kernel.errors import Limit
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import SignInAttempt, User
from guanxi.platform.writing import writing


@dataclass(frozen=True, slots=True)
class Brake:
    """After `free` attempts every further one doubles the wait, from `first_ms` up to `longest_ms`;
    all is forgotten after `memory_ms` of quiet."""

    kind: str
    free: int
    first_ms: int
    longest_ms: int
    memory_ms: int

    def wait_ms(self, failures: int) -> int:
        if failures < self.free:
            return 0
        doublings = min(failures - self.free, 20)
        return min(self.first_ms << doublings, self.longest_ms)


USERNAME: Final = Brake("user", 5, MINUTE_MS, HOUR_MS, DAY_MS)
# An office behind one address has many people; a guesser has many names.
ADDRESS: Final = Brake("address", 30, MINUTE_MS, 15 * MINUTE_MS, HOUR_MS)


class SignInLocked(Limit):
    code: ClassVar[str] = "signin_locked"

    def __init__(self, wait_ms: int) -> None:
        minutes = max(1, -(-wait_ms // MINUTE_MS))
        message = ngettext(
            "Too many attempts. Try again in %(minutes)d minute.",
            "Too many attempts. Try again in %(minutes)d minutes.",
            minutes,
        )
        super().__init__(message % {"minutes": minutes}, wait_ms=wait_ms)


def begin(username: str, address: str) -> int:
    """Count an attempt. Returns how many this user name has had; raises SignInLocked while either brake
    holds, without counting."""
    with writing():
        rows = {brake: _row(_key(brake, username, address)) for brake in (USERNAME, ADDRESS)}
        now = now_ms()  # only now, when both rows are ours: whoever waited is not in the past
        for brake, row in rows.items():
            wait_ms = row.locked_until_ms - now
            # A longer wait than the longest means that the clock was set back: it holds nobody.
            if 0 < wait_ms <= brake.longest_ms:
                raise SignInLocked(wait_ms)
        for brake, row in rows.items():
            recent = abs(now - row.last_ms) < brake.memory_ms
            row.failures = (row.failures if recent else 0) + 1
            wait_ms = brake.wait_ms(row.failures)
            row.locked_until_ms = now + wait_ms if wait_ms else 0
            row.last_ms = now
            row.save()
    return rows[USERNAME].failures


def succeeded(username: str, address: str) -> None:
    """The attempt was right: forget the user name's failures, and take this attempt off the address."""
    with writing():
        # The same order of locks as in `begin`.
        SignInAttempt.objects.filter(key=_key(USERNAME, username, address)).delete()
        row = _row(_key(ADDRESS, username, address))
        row.failures = max(0, row.failures - 1)
        row.locked_until_ms = 0
        row.save()
        SignInAttempt.objects.filter(last_ms__lt=now_ms() - 2 * DAY_MS).delete()


def clear(user: User, *, actor: Actor | str) -> None:
    """Lift the lock of a person (`guanxi user unlock`)."""
    with writing():
        SignInAttempt.objects.filter(key=_key(USERNAME, user.username, "")).delete()
        audit.record(None, actor, "user.unlocked", "user", user.pk)


def _row(key: str) -> SignInAttempt:
    row, _ = SignInAttempt.objects.select_for_update().get_or_create(key=key, defaults={"last_ms": now_ms()})
    return row


def _key(brake: Brake, username: str, address: str) -> str:
    value = username if brake is USERNAME else _network(address)
    digest = salted_hmac("guanxi.lockout", f"{brake.kind}:{value}", algorithm="sha256").hexdigest()
    return f"{brake.kind}:{digest[:40]}"


def _network(address: str) -> str:
    """An IPv6 customer owns a /64, so that is the unit."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(parsed.packed[:8].hex()) if isinstance(parsed, IPv6Address) else str(parsed)
