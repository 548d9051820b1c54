"""The ledger of consent, its texts and links, and the tags that customers took off for good."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class Consent(models.Model):
    """One statement. Append-only: a change of mind is another row. It stays with its subject for ever;
    `speaks_for` are the subjects that were the same customer when it was recorded, ",1,2," ."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=10)
    basis = models.CharField(max_length=20)
    text_version = models.IntegerField(default=0)  # 0: not known
    text_language = models.CharField(max_length=10, blank=True)
    proof = models.CharField(max_length=20)
    proof_ref = models.CharField(max_length=200, blank=True)
    spoken_by = models.CharField(max_length=10)
    separate = models.BooleanField(default=False)
    speaks_for = models.TextField()
    source = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    occurred_ms = models.BigIntegerField()
    recorded_ms = models.BigIntegerField()
    key = models.CharField(max_length=160)
    digest = models.CharField(
        max_length=64
    )  # of all that was said: the same key in other words is a conflict

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_consent_per_key")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "id"], name="consent_of_brand")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.said}"


class ConsentText(models.Model):
    """What exactly was agreed to, in one language. Immutable; a version has a row for each language."""

    brand_id = models.BigIntegerField()
    purpose = models.CharField(max_length=40)
    version = models.IntegerField()
    language = models.CharField(max_length=10)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    changes_purpose = models.BooleanField(default=False)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "purpose", "version", "language"], name="one_text_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version} {self.language}"


class ConsentLink(models.Model):
    """Which links to a subject's preference centre still work: those of this round."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(unique=True)
    round = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.subject_id}: {self.round}"


class TagRefusal(models.Model):
    """A customer took a tag off for good: no rule, file or person puts it on again. Append-only."""

    brand_id = models.BigIntegerField(db_index=True)
    tag_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag_id", "subject_id"], name="one_refusal_per_tag")
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} never on {self.subject_id}"
