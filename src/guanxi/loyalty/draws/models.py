"""Draws, their versions, prizes, entries and wins."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from guanxi.kernel.clock import now_ms
from guanxi.loyalty.draws.contracts import Excluded, Mode, PrizeKind, State, WinState


class Draw(models.Model):
    """`terms` is what it says now; `version` is of every change. `sealed` holds the seed and the salt of the
    pseudonyms, both in hexadecimal, sealed by the master key; `paid_to` is the last entry whose prize or
    consolation is posted."""

    brand_id = models.BigIntegerField()
    code = models.CharField(max_length=30)
    mode = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=State.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64, blank=True)
    sealed = models.CharField(max_length=400, blank=True)
    seed_hash = models.CharField(max_length=64, blank=True)
    seed = models.CharField(max_length=64, blank=True)  # once it is revealed
    opens_ms = models.BigIntegerField()
    closes_ms = models.BigIntegerField()
    entered = models.BigIntegerField(default=0)
    entries_hash = models.CharField(max_length=64, blank=True)
    entropy = models.CharField(max_length=200, blank=True)
    entropy_evidence = models.CharField(max_length=500, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)
    consoled = models.BigIntegerField(default=0)
    paid_to = models.BigIntegerField(default=0)
    published_ms = models.BigIntegerField(default=0)
    closed_ms = models.BigIntegerField(default=0)
    drawn_ms = models.BigIntegerField(default=0)
    revealed_ms = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=160, blank=True)
    created_ms = models.BigIntegerField(default=now_ms)
    changed_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "code"], name="one_draw_per_code"),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="draw_state"),
            models.CheckConstraint(condition=Q(mode__in=list(Mode)), name="draw_mode"),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "closes_ms"], name="draw_due")]

    def __str__(self) -> str:
        return self.code


class DrawVersion(models.Model):
    """What was published, at each version."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    terms = models.JSONField()
    terms_hash = models.CharField(max_length=64)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "version"], name="one_row_per_draw_version")
        ]

    def __str__(self) -> str:
        return f"{self.draw_id} v{self.version}"


class DrawPrize(models.Model):
    """How many pieces there are of a prize, and how many were won."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="prizes")
    place = models.SmallIntegerField()
    code = models.CharField(max_length=30)
    kind = models.CharField(max_length=10)
    quantity = models.BigIntegerField()
    dealt = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "place"], name="one_prize_per_place"),
            models.CheckConstraint(
                condition=Q(dealt__gte=0, dealt__lte=F("quantity")), name="draw_prize_in_stock"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(PrizeKind)), name="draw_prize_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.dealt} of {self.quantity} {self.code}"


class DrawEntry(models.Model):
    """`subject_id` is 0 once that person is erased; `person` is a pseudonym of this draw. `key` makes the
    same press one entry; `place` is that of the prize that was won, None for none."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    person = models.CharField(max_length=32)
    version = models.PositiveIntegerField()
    nonce = models.CharField(max_length=32)
    excluded = models.CharField(max_length=10, blank=True)
    place = models.SmallIntegerField(null=True)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "number"], name="one_entry_per_number"),
            models.UniqueConstraint(fields=["draw", "key"], name="one_entry_per_key"),
            models.CheckConstraint(condition=Q(excluded__in=["", *Excluded]), name="draw_excluded"),
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id"], name="draw_entry_subject")]

    def __str__(self) -> str:
        return f"{self.number} of {self.draw_id}"


class DrawWin(models.Model):
    """A prize that was won. `move_id` sets the stock of a gift aside until it is handed out or comes back;
    `store` is where it is fetched, "" where it is sent."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="+", db_index=False)
    number = models.BigIntegerField()
    place = models.SmallIntegerField()
    subject_id = models.BigIntegerField()
    state = models.CharField(max_length=12, default=WinState.WON.value)
    posted = models.BooleanField(default=False)
    move_id = models.BigIntegerField(null=True)
    store = models.CharField(max_length=60, blank=True)
    claim_by_ms = models.BigIntegerField()
    at_ms = models.BigIntegerField(default=now_ms)
    changed_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["draw", "number"], name="one_win_per_entry"),
            models.CheckConstraint(condition=Q(state__in=list(WinState)), name="draw_win_state"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="draw_win_subject"),
            models.Index(fields=["claim_by_ms"], condition=Q(state="won"), name="draw_win_unclaimed"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.draw_id}: {self.state}"
