"""The verbs of the community: keep a list of followers, forget people."""

from __future__ import annotations

from guanxi.community import audit_words, declared
from guanxi.community.followers import exports, keeping, rights
from guanxi.community.followers.batches import record
from guanxi.community.followers.keeping import forget

__all__ = ["forget", "record", "register"]


def register() -> None:
    """Called once, at start-up."""
    audit_words.register()
    keeping.register()
    keeping.periods()
    exports.register()
    rights.register()
    declared.register()
