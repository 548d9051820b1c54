"""Who is signed in on which phone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MemberSession(models.Model):
    """A customer who is signed in in a browser. Of the cookie its hash alone is kept."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    key_hash = models.CharField(max_length=64, unique=True)
    opened_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="member_session_subject"),
            models.Index(fields=["ends_ms"], name="member_session_ends"),
        ]

    def __str__(self) -> str:
        return f"session of {self.subject_id}"
