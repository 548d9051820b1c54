"""Rules, their versions and groups, and what is remembered of what they gave."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.rules.contracts import State


class RuleGroup(models.Model):
    """How some rules stand to each other. `cap` is in units."""

    brand_id = models.BigIntegerField()
    name = models.CharField(max_length=60)
    mode = models.CharField(max_length=10)
    cap = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "name"], name="one_rule_group_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Rule(models.Model):
    """What it says now; `version` is of every change that matters for what it gives."""

    brand_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    priority = models.PositiveIntegerField(default=100)
    group = models.ForeignKey(RuleGroup, models.PROTECT, related_name="+", null=True)
    definition = models.JSONField()
    state = models.CharField(max_length=10, default=State.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    owner = models.CharField(max_length=160, blank=True)
    created_ms = models.BigIntegerField(default=now_ms)
    changed_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "name"], name="one_rule_per_name")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "state"], name="rule_state")]

    def __str__(self) -> str:
        return self.name


class RuleVersion(models.Model):
    """What a rule was, at each of its versions."""

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    priority = models.PositiveIntegerField()
    group = models.CharField(max_length=60, blank=True)
    definition = models.JSONField()
    state = models.CharField(max_length=10)
    what = models.CharField(max_length=20)  # created, saved, active, paused …
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rule", "version"], name="one_row_per_rule_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class RuleUse(models.Model):
    """How often a subject used a rule that is limited, in a period of the rule's."""

    rule_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    period = models.BigIntegerField()
    times = models.BigIntegerField()
    units = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "rule_id", "period"], name="one_use_per_period")
        ]

    def __str__(self) -> str:
        return f"{self.times} of {self.rule_id}"


class OrderFact(models.Model):
    """A payment, a refund or a receipt of an order, found by the order: `key` is of its source and number.
    `received_ms` is of a receipt alone."""

    fact_id = models.BigIntegerField(primary_key=True)
    key = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    received_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key"], name="order_fact_key")]

    def __str__(self) -> str:
        return f"{self.paid_fen - self.refunded_fen} of {self.key}"


class OrderSpend(models.Model):
    """A move by which an order was paid for with units; a refund of the order gives them back."""

    move_id = models.BigIntegerField(primary_key=True)
    key = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key"], name="order_spend_key")]

    def __str__(self) -> str:
        return f"{self.move_id} for {self.key}"


class Missed(models.Model):
    """An effect that the ledger refused: `code` says why. It can be given later, under the same key."""

    brand_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    rule_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    place = models.SmallIntegerField()
    fact_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    occurred_ms = models.BigIntegerField()
    units = models.BigIntegerField()
    code = models.CharField(max_length=40)
    at_ms = models.BigIntegerField(default=now_ms)
    given_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_missed_per_key")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "rule_id"], name="missed_rule")]

    def __str__(self) -> str:
        return self.key
