"""Addresses that are told, and what they are told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms
from guanxi.platform.webhooks.contracts import DeliveryState


class Webhook(models.Model):
    """An address of a brand, and which events it is told. Its secrets are sealed by the master key."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    patterns = models.JSONField(default=list)  # "order.paid", "order.*", "*"
    with_history = models.BooleanField(default=False)
    batch_most = models.PositiveIntegerField(default=100)  # events in one request
    secret = models.CharField(max_length=200)
    previous_secret = models.CharField(max_length=200, blank=True)
    previous_until_ms = models.BigIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    stopped = models.CharField(max_length=20, blank=True)  # contracts.Stopped
    stopped_ms = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # since the last success
    failing_since_ms = models.BigIntegerField(default=0)
    resume_ms = models.BigIntegerField(default=0)  # nothing is sent before
    lease = models.CharField(max_length=32, blank=True)  # of the sender that is at it
    lease_until_ms = models.BigIntegerField(default=0)
    delivered_ms = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_by = models.CharField(max_length=160)
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(batch_most__range=(1, 500)), name="webhook_batch")
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One request, tried until it is taken: some events for one webhook."""

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event_key = models.CharField(max_length=80)
    message = models.CharField(max_length=40)  # the same at every attempt, never the same twice
    kinds = models.CharField(max_length=200)
    count = models.PositiveIntegerField()
    events = models.BinaryField()  # zlib of a JSON list
    state = models.CharField(max_length=20, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    replays = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=32, blank=True)  # the lease under which it is being sent
    next_ms = models.BigIntegerField(default=0)
    status = models.PositiveIntegerField(null=True)
    error = models.CharField(max_length=20, blank=True)  # contracts.Failure
    response = models.TextField(blank=True)
    duration_ms = models.BigIntegerField(default=0)
    created_ms = models.BigIntegerField(default=now_ms)
    sent_ms = models.BigIntegerField(default=0)  # the last attempt

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event_key"], name="every_event_once_per_webhook")
        ]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "state", "id"], name="webhook_due"),
            models.Index(fields=["created_ms"], name="delivery_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kinds} #{self.pk}"


class LogMark(models.Model):
    """How far a log has been turned into deliveries."""

    log = models.CharField(max_length=40, primary_key=True)
    at = models.BigIntegerField(default=0)
    row = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.log
