"""The ledger's tables. Postings, moves and uses are never changed, and nothing is removed: triggers refuse
it.

What names a posting, a move or an account has no foreign key (docs/adr/0201): of what cannot go no one need
ask whether it is still there, and each posting would lock the account that all are given from.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.ledger.contracts import ENDINGS


class Asset(models.Model):
    """What is counted. `kind` says what it is (points, credit, coupon, prize, budget …)."""

    brand_id = models.BigIntegerField()
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120, blank=True)
    name_en = models.CharField(max_length=120, blank=True)
    unit_price_fen = models.BigIntegerField(null=True)  # what one unit costs the brand; None: not known
    lasts_days = models.IntegerField(null=True)  # of units given by hand; None: for ever
    most_by_hand = models.BigIntegerField(default=10_000)  # units of one adjustment
    version = models.IntegerField(default=1)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "code"], name="one_asset_per_code"),
        ]

    def __str__(self) -> str:
        return self.code


class Account(models.Model):
    """A place for units of one asset. Those with a floor or a ceiling keep their balance; the others' is the
    sum of their entries and stays 0 here."""

    brand_id = models.BigIntegerField()
    asset = models.ForeignKey(
        Asset, models.PROTECT, related_name="+", db_index=False
    )  # one_account_per_place
    place = models.CharField(max_length=10)
    subject_id = models.BigIntegerField(default=0)  # 0: the brand's own
    name = models.CharField(max_length=80, blank=True)
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    coming = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)
    ceiling = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["asset", "subject_id", "place", "name"], name="one_account_per_place"
            ),
            models.CheckConstraint(condition=Q(held__gte=0, coming__gte=0), name="account_announced"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True) | Q(posted__gte=F("floor") + F("held")), name="account_floor"
            ),
            models.CheckConstraint(
                condition=Q(ceiling__isnull=True) | Q(posted__lte=F("ceiling") - F("coming")),
                name="account_ceiling",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], condition=Q(subject_id__gt=0), name="account_subject")
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.subject_id or self.name}"


class Posting(models.Model):
    """Moves that happened together, once under `key`. `digest` is of all that was asked."""

    brand_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=32)
    reason = models.CharField(max_length=40)
    fact_id = models.BigIntegerField(null=True)
    rule = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=160)
    occurred_ms = models.BigIntegerField()
    recorded_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_posting_per_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["fact_id"], condition=Q(fact_id__isnull=False), name="posting_fact")
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.key}"


class Move(models.Model):
    """Units from one account to another: two entries of the same size. `origin_id` is the move whose units
    these are, where it is not this one."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="moves", db_constraint=False)
    kind = models.SmallIntegerField()
    asset_id = models.BigIntegerField()
    source = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    target = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    units = models.BigIntegerField()
    until_ms = models.BigIntegerField(null=True)
    expires_ms = models.BigIntegerField(null=True)  # of the lot that a pending move is to become
    pending_id = models.BigIntegerField(null=True)
    origin_id = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(units__gt=0), name="move_units"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="move_accounts"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(ENDINGS), pending_id__isnull=False)
                | (~Q(kind__in=sorted(ENDINGS)) & Q(pending_id__isnull=True)),
                name="move_resolves",
            ),
            models.UniqueConstraint(
                fields=["pending_id"], condition=Q(pending_id__isnull=False), name="resolved_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["origin_id"], condition=Q(origin_id__isnull=False), name="move_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.units} of {self.asset_id}"


class Waiting(models.Model):
    """A pending move that is open, and what is to come of it by itself: posted at `ripe_ms` (NEVER_MS waits
    to be told when), let go at `until_ms`. The row goes when the move is resolved."""

    move = models.OneToOneField(Move, models.PROTECT, primary_key=True, related_name="+")
    brand_id = models.BigIntegerField()
    ripe_ms = models.BigIntegerField(null=True)
    until_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["brand_id", "ripe_ms", "move"],
                condition=Q(ripe_ms__isnull=False),
                name="waiting_ripe",
            ),
            models.Index(fields=["brand_id", "until_ms", "move"], name="waiting_until"),
        ]

    def __str__(self) -> str:
        return f"{self.move_id} until {self.until_ms}"


class Lot(models.Model):
    """Units that came into a wallet together; its id is the move's. `remaining` is what uses have left."""

    id = models.BigIntegerField(primary_key=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False)
    origin_id = models.BigIntegerField()
    expires_ms = models.BigIntegerField()
    units = models.BigIntegerField()
    remaining = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("units")), name="lot_remaining"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "expires_ms"], condition=Q(remaining__gt=0), name="lot_to_spend"),
            models.Index(fields=["expires_ms", "id"], condition=Q(remaining__gt=0), name="lot_due"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.units}"


class Use(models.Model):
    """How many units a move took from a lot; below zero, gave back to it."""

    move = models.ForeignKey(Move, models.PROTECT, related_name="uses", db_constraint=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses", db_constraint=False)
    units = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(units=0), name="use_units")]

    def __str__(self) -> str:
        return f"{self.units}"


class Adjustment(models.Model):
    """Why somebody gave or took units by hand."""

    brand_id = models.BigIntegerField()
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    note = models.CharField(max_length=200)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_id"], name="adjustment_subject")]

    def __str__(self) -> str:
        return f"adjustment {self.posting_id}"


class ProofRun(models.Model):
    """What a proof of the whole ledger found. `problems` are [rule, where, packed message]."""

    brand_id = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    took_ms = models.BigIntegerField()
    entries = models.BigIntegerField()
    accounts = models.BigIntegerField()
    problems = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand_id", "id"], name="proof_of_brand")]

    def __str__(self) -> str:
        return f"proof {self.pk}"
