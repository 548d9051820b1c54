"""Segments, who is in them, and how far their membership follows the log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms
from guanxi.segments.contracts import Mode, State


class Segment(models.Model):
    """A condition with a name. Its membership answers `filled_version`: below `condition_version` it is being
    computed anew."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    condition = models.JSONField()
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.LIVE)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    version = models.PositiveIntegerField(default=1)  # of every change: whoever saves must have read it
    condition_version = models.PositiveIntegerField(default=1)  # the version that last changed who is in it
    filled_version = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=160, blank=True)
    tag = models.CharField(max_length=60, blank=True)  # the tag that its members have by rule
    hour = models.SmallIntegerField(null=True)  # scheduled: at this local hour
    weekday = models.SmallIntegerField(null=True)  # 0 Monday … 6; None: every day
    due_ms = models.BigIntegerField(default=0)  # scheduled: when it is computed next
    problem = models.JSONField(null=True)  # why it cannot be followed, as a packed sentence
    created_ms = models.BigIntegerField(default=now_ms)
    changed_ms = models.BigIntegerField(default=now_ms)
    refreshed_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "name"], condition=~models.Q(state="deleted"), name="one_segment_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class SegmentVersion(models.Model):
    """What a segment was, at each of its versions."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    condition = models.JSONField()
    mode = models.CharField(max_length=10)
    what = models.CharField(max_length=20)  # created, saved, renamed, frozen …
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["segment", "version"], name="one_row_per_segment_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Membership(models.Model):
    """A customer is in a segment. Nothing more is kept: there may be hundreds of millions of these."""

    pk = models.CompositePrimaryKey("segment_id", "customer_id")
    segment_id = models.BigIntegerField()
    customer_id = models.BigIntegerField()
    since_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer_id", "segment_id"], name="membership_of_customer")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"


class SegmentSize(models.Model):
    """A segment's size at the end of a local day on which it changed, and what changed it."""

    segment = models.ForeignKey(Segment, models.CASCADE, related_name="+")
    day = models.IntegerField()  # days since 1970-01-01, of the brand's zone
    size = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    gone = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["segment", "day"], name="one_size_per_day")]

    def __str__(self) -> str:
        return f"{self.segment_id}: {self.size}"


class CustomerDue(models.Model):
    """When time alone may next change a customer's membership in any live segment; earlier than need be is
    allowed, later is not."""

    customer_id = models.BigIntegerField(primary_key=True)
    brand_id = models.BigIntegerField()
    due_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand_id", "due_ms"], name="customer_due")]

    def __str__(self) -> str:
        return f"{self.customer_id} at {self.due_ms}"


class Progress(models.Model):
    """How far a brand's live segments follow the log and the moves of subjects.

    `turn` rises with every transaction that writes memberships: what was computed before it does not count.
    Where more changed than can be followed one by one, `bulk_wanted` rises, and a full refresh answers it.
    """

    brand_id = models.BigIntegerField(primary_key=True)
    fact_at = models.BigIntegerField(default=0)
    fact_id = models.BigIntegerField(default=0)
    move_at = models.BigIntegerField(default=0)
    move_id = models.BigIntegerField(default=0)
    turn = models.BigIntegerField(default=0)
    bulk_wanted = models.BigIntegerField(default=0)
    bulk_done = models.BigIntegerField(default=0)
    bulk_live = models.BooleanField(default=False)  # whether what it finds may set messages going

    def __str__(self) -> str:
        return f"brand {self.brand_id} at {self.fact_id}"


class ComputedField(models.Model):
    """A figure of a customer with a name, usable wherever a condition compares a field."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    label_zh = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    spec = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    archived = models.BooleanField(default=False)
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="one_computed_field_per_name")
        ]

    def __str__(self) -> str:
        return self.name
