"""Rewards, their pictures, what was redeemed, paid and done about it, and families."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guanxi.loyalty.rewards.contracts import HOLDING, Shown, State


class Reward(models.Model):
    """A line of the catalogue. `prices` are [asset, units, fen]; `version` grows with each change."""

    brand_id = models.BigIntegerField()
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    text = models.CharField(max_length=2_000, blank=True)
    text_en = models.CharField(max_length=2_000, blank=True)
    picture = models.CharField(max_length=60, blank=True)
    prices = models.JSONField(default=list)
    condition = models.JSONField(null=True)
    opens_ms = models.BigIntegerField(null=True)
    closes_ms = models.BigIntegerField(null=True)
    early_ms = models.BigIntegerField(null=True)
    early_condition = models.JSONField(null=True)
    stocked = models.BooleanField(default=True)
    per_customer = models.IntegerField(null=True)
    per_household = models.IntegerField(null=True)
    deliveries = models.JSONField(default=list)
    pay_minutes = models.IntegerField(default=30)
    keep_days = models.IntegerField(null=True)
    review_days = models.IntegerField(null=True)
    review_channel = models.CharField(max_length=20, blank=True)
    review_template = models.CharField(max_length=60, blank=True)
    cost_fen = models.BigIntegerField(null=True)
    settings = models.JSONField(default=dict)
    place = models.IntegerField(default=100)
    state = models.CharField(max_length=10, default=Shown.DRAFT.value)
    version = models.IntegerField(default=1)
    changed_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "code"], name="one_reward_per_code"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in Shown]), name="reward_state"),
        ]

    def __str__(self) -> str:
        return self.code


class RewardPicture(models.Model):
    """Named by what is in it, so that it may be cached for ever."""

    brand_id = models.BigIntegerField()
    name = models.CharField(max_length=60, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)

    def __str__(self) -> str:
        return self.name


class Redemption(models.Model):
    """One piece for one customer. `holds` are the pending moves of the units, `piece_hold` that of the piece;
    `due_ms` is when it expires by itself. `address` is sealed, and emptied once the parcel has come."""

    brand_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=32)
    reward = models.ForeignKey(Reward, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    asset = models.CharField(max_length=60, blank=True)
    units = models.BigIntegerField(default=0)
    fen = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12)
    delivery = models.CharField(max_length=10)
    store = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=12)
    address = models.TextField(blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    given = models.CharField(max_length=120, blank=True)
    holds = models.JSONField(default=list)
    piece_hold = models.BigIntegerField(null=True)
    due_ms = models.BigIntegerField(null=True)
    made_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()
    origin = models.CharField(max_length=20)
    reviewed = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_reward_redemption_per_key"),
            models.UniqueConstraint(fields=["brand_id", "code"], name="one_redemption_per_code"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in State]), name="reward_redemption_state"
            ),
            models.CheckConstraint(condition=Q(units__gte=0, fen__gte=0), name="redemption_price"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "reward"], name="reward_redemption_subject"),
            models.Index(fields=["brand_id", "state", "id"], name="redemption_queue"),
            models.Index(
                fields=["due_ms"],
                condition=Q(state__in=sorted(HOLDING), due_ms__isnull=False),
                name="redemption_due",
            ),
        ]

    def __str__(self) -> str:
        return f"redemption {self.pk}"


class RedemptionStep(models.Model):
    """A move of a redemption from one state to another, by whom and why."""

    redemption = models.ForeignKey(Redemption, models.CASCADE, related_name="+")
    before = models.CharField(max_length=12, blank=True)
    after = models.CharField(max_length=12)
    at_ms = models.BigIntegerField()
    actor = models.CharField(max_length=160)
    why = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class RewardPayment(models.Model):
    """Money that the shop says has come. `due_back`: it bought nothing, or what it bought was undone."""

    brand_id = models.BigIntegerField()
    redemption = models.ForeignKey(Redemption, models.CASCADE, related_name="+")
    reference = models.CharField(max_length=100)
    fen = models.BigIntegerField()
    due_back = models.BooleanField(default=False)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "reference"], name="one_payment_per_reference")
        ]

    def __str__(self) -> str:
        return self.reference


class FamilyLink(models.Model):
    """Two members who may give each other points: `host` made the code, `guest` took it. Of the code its hash
    alone is kept, until `until_ms`."""

    brand_id = models.BigIntegerField()
    host_id = models.BigIntegerField()
    guest_id = models.BigIntegerField(null=True)
    code_hash = models.CharField(max_length=64, blank=True)
    until_ms = models.BigIntegerField()
    linked_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "code_hash"], condition=~Q(code_hash=""), name="one_family_code"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["host_id"], name="family_host"),
            models.Index(fields=["guest_id"], name="family_guest"),
        ]

    def __str__(self) -> str:
        return f"family {self.pk}"


class FamilyGift(models.Model):
    """Units that one member gave another, once under `key`."""

    brand_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    giver_id = models.BigIntegerField()
    taker_id = models.BigIntegerField()
    asset = models.CharField(max_length=60)
    units = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_family_gift_per_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["giver_id", "at_ms"], name="family_gift_giver"),
            models.Index(fields=["taker_id"], name="family_gift_taker"),
        ]

    def __str__(self) -> str:
        return f"gift {self.pk}"


class FamilyLimit(models.Model):
    """An asset that family may give each other, and how many units a customer may give in a month."""

    brand_id = models.BigIntegerField()
    asset = models.CharField(max_length=60)
    most_units = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "asset"], name="one_family_limit_per_asset")
        ]

    def __str__(self) -> str:
        return self.asset
