"""Who is signed in on which phone, the codes that let in, and the codes of cards that tills have read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MemberSession(models.Model):
    """A customer who is signed in in a browser. Of the cookie its hash alone is kept; `link_round` is that of
    the link that opened it, if one did."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    key_hash = models.CharField(max_length=64, unique=True)
    opened_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    link_round = models.IntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="member_session_subject"),
            models.Index(fields=["ends_ms"], name="member_session_ends"),
        ]

    def __str__(self) -> str:
        return f"session of {self.subject_id}"


class SignInCode(models.Model):
    """The newest code that was sent to a phone: of phone and code keyed hashes alone. `answers` counts the
    birthdays that were tried where the number may have changed hands."""

    brand_id = models.BigIntegerField()
    phone_key = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64, blank=True)
    sent_ms = models.BigIntegerField(default=0)
    ends_ms = models.BigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    used_ms = models.BigIntegerField(default=0)
    press_hash = models.CharField(max_length=64, blank=True)
    hour_ms = models.BigIntegerField(default=0)
    hour_sent = models.PositiveSmallIntegerField(default=0)
    day_ms = models.BigIntegerField(default=0)
    day_sent = models.PositiveSmallIntegerField(default=0)
    answers_ms = models.BigIntegerField(default=0)
    answers = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "phone_key"], name="one_code_per_phone")
        ]
        indexes: ClassVar = [models.Index(fields=["sent_ms"], name="signin_code_sent")]

    def __str__(self) -> str:
        return f"code for {self.phone_key[:6]}…"


class MemberPhone(models.Model):
    """The profile that a phone signs in to, since a code proved it."""

    brand_id = models.BigIntegerField()
    phone_key = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    since_ms = models.BigIntegerField()
    seen_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "phone_key"], name="one_member_per_phone")
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id"], name="member_phone_subject")]

    def __str__(self) -> str:
        return f"phone of {self.subject_id}"


class ReadCode(models.Model):
    """A card's code that a till has read: it is not read again, but by the same press."""

    code_hash = models.CharField(max_length=64, unique=True)
    press_hash = models.CharField(max_length=64)
    read_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"code {self.code_hash[:6]}…"
