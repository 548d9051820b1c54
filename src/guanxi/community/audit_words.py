"""What this room's entries of the audit log are called."""

from __future__ import annotations

from guanxi.kernel.wording import say
from guanxi.platform.audit_words import register as add


def register() -> None:
    add({"followers.recorded": say("Followers recorded by a program")}, {}, {})
