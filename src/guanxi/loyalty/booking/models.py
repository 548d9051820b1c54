"""Services, their plans, slots with seats, and bookings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from guanxi.kernel.clock import now_ms


class BookingService(models.Model):
    """What can be booked (`contracts.Wanted`)."""

    brand_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    text_zh = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    minutes = models.IntegerField()
    audience = models.JSONField(null=True)
    asset = models.CharField(max_length=60, blank=True)
    units = models.BigIntegerField(default=0)
    limit_times = models.IntegerField(default=0)
    limit_days = models.IntegerField(default=30)
    cancel_hours = models.IntegerField(default=2)
    ahead_days = models.IntegerField(default=30)
    remind_channel = models.CharField(max_length=40, blank=True)
    remind_template = models.CharField(max_length=80, blank=True)
    open = models.BooleanField(default=True)
    version = models.IntegerField(default=1)
    changed_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return self.name_zh


class BookingPlan(models.Model):
    """When a store offers a service; `store` "" is at home or online."""

    service = models.ForeignKey(BookingService, models.CASCADE, related_name="+")
    store = models.CharField(max_length=60, blank=True)
    lines = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "store"], name="one_plan_per_store"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.store}"


class BookingSlot(models.Model):
    """A time that somebody has booked at least once. `seats` is what the plan gave when the last seat was
    taken."""

    service = models.ForeignKey(BookingService, models.CASCADE, related_name="+")
    store = models.CharField(max_length=60, blank=True)
    starts_ms = models.BigIntegerField()
    seats = models.IntegerField()
    taken = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "store", "starts_ms"], name="one_slot_per_time"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("seats")), name="slot_not_overfull"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} at {self.starts_ms}"


class Booking(models.Model):
    """A customer's seat. `pay_id` is the first move of the payment in the ledger."""

    brand_id = models.BigIntegerField()
    service = models.ForeignKey(BookingService, models.PROTECT, related_name="+")
    slot = models.ForeignKey(BookingSlot, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField(db_index=True)
    state = models.CharField(max_length=10)
    starts_ms = models.BigIntegerField()
    ends_ms = models.BigIntegerField()
    asset = models.CharField(max_length=60, blank=True)
    units = models.BigIntegerField(default=0)
    pay_id = models.BigIntegerField(null=True)
    made_ms = models.BigIntegerField(default=now_ms)
    changed_ms = models.BigIntegerField(default=now_ms)
    actor = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["slot", "subject_id"], condition=~Q(state="cancelled"), name="one_seat_each"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "starts_ms"], name="booking_by_time")]

    def __str__(self) -> str:
        return f"booking {self.pk}"
