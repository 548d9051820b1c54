"""The tables of coupons."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guanxi.loyalty.coupons.contracts import Became, Has, Kind, Stacking, State


class CouponCampaign(models.Model):
    """What coupons of one sort are worth, for what and whom. Money is in fen, times UTC milliseconds; lists
    that are empty mean everything. `limited` says that the ledger's stock is the most that can be issued
    (or, of a generic code, used)."""

    brand_id = models.BigIntegerField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, default=State.DRAFT.value)
    kind = models.CharField(max_length=10)
    off_fen = models.BigIntegerField(default=0)
    percent = models.SmallIntegerField(default=0)
    cap_fen = models.BigIntegerField(null=True)
    gift_sku = models.CharField(max_length=60, blank=True)
    minimum_fen = models.BigIntegerField(default=0)
    skus = models.JSONField(default=list)
    categories = models.JSONField(default=list)
    stores = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    first_order_only = models.BooleanField(default=False)
    condition = models.JSONField(null=True)
    since_ms = models.BigIntegerField(null=True)
    until_ms = models.BigIntegerField(null=True)
    lasts_days = models.IntegerField(null=True)
    per_customer = models.IntegerField(null=True)
    limited = models.BooleanField(default=False)
    stacking = models.CharField(max_length=10, default=Stacking.EXCLUSIVE.value)
    generic_code = models.CharField(max_length=30, null=True)  # noqa: DJ001 - None: unique codes
    terms = models.TextField(blank=True)
    terms_en = models.TextField(blank=True)
    remind_days = models.IntegerField(null=True)
    remind_channel = models.CharField(max_length=30, blank=True)
    remind_template = models.CharField(max_length=60, blank=True)
    version = models.IntegerField(default=1)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "code"], name="one_coupon_campaign_per_code"),
            models.UniqueConstraint(
                fields=["brand_id", "generic_code"],
                condition=Q(generic_code__isnull=False),
                name="one_campaign_per_generic_code",
            ),
            models.CheckConstraint(condition=Q(kind__in=list(Kind)), name="coupon_kind"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="coupon_campaign_state"),
            models.CheckConstraint(
                condition=Q(off_fen__gte=0, percent__gte=0, percent__lte=100, minimum_fen__gte=0),
                name="coupon_worth",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CouponBatch(models.Model):
    """Unique codes that were wanted together."""

    brand_id = models.BigIntegerField()
    campaign = models.ForeignKey(CouponCampaign, models.PROTECT, related_name="+")
    wanted = models.IntegerField()
    made = models.IntegerField(default=0)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(made__gte=0, made__lte=models.F("wanted")), name="batch_made")
        ]

    def __str__(self) -> str:
        return f"{self.made} of {self.wanted}"


class CouponGiving(models.Model):
    """Coupons for everybody of a segment, once under `key`: to `wanted` customers at the most, which may cost
    `most_fen` at the most (None: no bound). `after` is the last customer that was looked at; `skipped` had as
    many as one may, or are gone. `stopped` says why it rests before its end."""

    brand_id = models.BigIntegerField()
    campaign = models.ForeignKey(CouponCampaign, models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    segment_id = models.BigIntegerField()
    segment_name = models.CharField(max_length=200)
    wanted = models.IntegerField()
    most_fen = models.BigIntegerField(null=True)
    after = models.BigIntegerField(default=0)
    issued = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    stopped = models.CharField(max_length=10, blank=True)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_coupon_giving_per_key"),
            models.CheckConstraint(
                condition=Q(issued__gte=0, issued__lte=models.F("wanted")), name="coupon_giving_within"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issued} of {self.wanted}"


class Coupon(models.Model):
    """One coupon: of a customer (`subject_id`), or of whoever holds its code (0). Its code is not kept (see
    codes.py). While it is locked or redeemed, `holder_id` is the redemption that has it."""

    brand_id = models.BigIntegerField()
    campaign = models.ForeignKey(
        CouponCampaign, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    batch_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(default=0)
    key = models.CharField(max_length=100, null=True)  # noqa: DJ001 - None: of a batch
    state = models.CharField(max_length=10, default=Has.FREE.value)
    issued_ms = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    holder_id = models.BigIntegerField(null=True)
    locked_until_ms = models.BigIntegerField(null=True)
    reminded_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "key"], condition=Q(key__isnull=False), name="one_coupon_per_key"
            ),
            models.CheckConstraint(condition=Q(state__in=list(Has)), name="coupon_state"),
            models.CheckConstraint(
                condition=Q(state__in=[Has.LOCKED, Has.REDEEMED], holder_id__isnull=False)
                | Q(state__in=[Has.FREE, Has.EXPIRED, Has.WITHDRAWN], holder_id__isnull=True),
                name="coupon_holder",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "state"], name="coupon_of_campaign"),
            models.Index(fields=["subject_id"], condition=Q(subject_id__gt=0), name="coupon_subject"),
            models.Index(fields=["batch_id", "id"], condition=Q(batch_id__isnull=False), name="coupon_batch"),
            models.Index(fields=["expires_ms", "id"], condition=Q(state="free"), name="coupon_due"),
        ]

    def __str__(self) -> str:
        return f"coupon {self.pk}"


class CouponRedemption(models.Model):
    """Coupons used together at one basket: locked for a while, redeemed, or rolled back. `basket` is what was
    asked, `discount_fen` what it came to."""

    brand_id = models.BigIntegerField()
    state = models.CharField(max_length=12)
    token = models.CharField(max_length=40, unique=True)
    lock_key = models.CharField(max_length=100, null=True)  # noqa: DJ001
    redeem_key = models.CharField(max_length=100, null=True)  # noqa: DJ001
    lock_digest = models.CharField(max_length=32, blank=True)
    redeem_digest = models.CharField(max_length=32, blank=True)
    subject_id = models.BigIntegerField(default=0)
    order = models.CharField(max_length=100, blank=True)
    basket = models.JSONField(default=dict)
    total_fen = models.BigIntegerField()
    discount_fen = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "lock_key"], condition=Q(lock_key__isnull=False), name="one_lock_per_key"
            ),
            models.UniqueConstraint(
                fields=["brand_id", "redeem_key"],
                condition=Q(redeem_key__isnull=False),
                name="one_redemption_per_key",
            ),
            models.CheckConstraint(condition=Q(state__in=list(Became)), name="redemption_state"),
            models.CheckConstraint(
                condition=Q(discount_fen__gte=0, discount_fen__lte=models.F("total_fen")),
                name="redemption_never_below_zero",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["brand_id", "order"], condition=~Q(order=""), name="redemption_order"),
            models.Index(fields=["subject_id"], condition=Q(subject_id__gt=0), name="redemption_subject"),
            models.Index(fields=["until_ms"], condition=Q(state="locked"), name="redemption_lapses"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class CouponUse(models.Model):
    """One coupon of a redemption. `lines` are fen off each line; `move_id` is the ledger's pending move while
    stock of a generic code is set aside. `subject_id` is the redemption's."""

    redemption = models.ForeignKey(CouponRedemption, models.PROTECT, related_name="uses")
    campaign = models.ForeignKey(CouponCampaign, models.PROTECT, related_name="+", db_index=False)
    coupon_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12)
    until_ms = models.BigIntegerField(null=True)
    move_id = models.BigIntegerField(null=True)
    discount_fen = models.BigIntegerField()
    delivery_fen = models.BigIntegerField(default=0)
    gift_sku = models.CharField(max_length=60, blank=True)
    lines = models.JSONField(default=list)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=list(Became)), name="coupon_use_state"),
            models.CheckConstraint(condition=Q(discount_fen__gte=0), name="coupon_use_off"),
            models.UniqueConstraint(
                fields=["coupon_id"],
                condition=Q(coupon_id__isnull=False, state__in=["locked", "redeemed"]),
                name="one_use_of_a_coupon",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "state"], name="use_of_campaign"),
            models.Index(
                fields=["subject_id", "campaign"], condition=Q(subject_id__gt=0), name="use_of_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} use of {self.campaign_id}"
