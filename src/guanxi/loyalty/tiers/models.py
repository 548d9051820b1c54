"""The programme of tiers, its versions, where customers stand, and what changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class TierProgramme(models.Model):
    """A brand's programme as it is now. `posting_id` is how far the ledger was
    followed."""

    brand_id = models.BigIntegerField(primary_key=True)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_ms = models.BigIntegerField(default=now_ms)
    posting_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"tiers of {self.brand_id} v{self.version}"


class TierProgrammeVersion(models.Model):
    """What the programme was, at each of its versions."""

    brand_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "version"], name="one_row_per_tier_version")
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class TierStanding(models.Model):
    """A customer above the first tier, or about whom time will say something. Worked out anew from what they
    did whenever that changes: a cache that can be thrown away, but for what it says was told before."""

    customer_id = models.BigIntegerField(primary_key=True)
    brand_id = models.BigIntegerField()
    tier = models.CharField(max_length=30)  # its code
    place = models.SmallIntegerField()  # on the ladder; 0 is everybody's
    earned = models.SmallIntegerField()  # without what was bought
    since_ms = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True)
    changes_ms = models.BigIntegerField(null=True)
    renews_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["brand_id", "place"], name="tier_standing_place"),
            models.Index(
                fields=["brand_id", "changes_ms"],
                condition=models.Q(changes_ms__isnull=False),
                name="tier_standing_changes",
            ),
            models.Index(
                fields=["brand_id", "renews_ms"],
                condition=models.Q(renews_ms__isnull=False),
                name="tier_standing_renews",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.tier}"


class TierChange(models.Model):
    """A customer's tier became another. `at_ms` is when it took effect, `recorded_ms` when it was known."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()  # the customer, by the smallest of its subjects
    before = models.CharField(max_length=30)
    after = models.CharField(max_length=30)
    up = models.BooleanField()
    why = models.CharField(max_length=12)
    version = models.PositiveIntegerField()  # of the programme
    at_ms = models.BigIntegerField()
    recorded_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "id"], name="tier_change_subject"),
            models.Index(fields=["brand_id", "recorded_ms"], name="tier_change_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class MembershipNotice(models.Model):
    """That a membership about to renew was announced, once for each end of it."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    plan = models.CharField(max_length=30)
    ends_ms = models.BigIntegerField()
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "plan", "ends_ms"], name="one_notice_per_end")
        ]

    def __str__(self) -> str:
        return f"{self.plan} of {self.subject_id}"
