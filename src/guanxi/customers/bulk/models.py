"""Bulk actions, and row by row what they did, for as long as it can be taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.customers.bulk.contracts import State, Verb
from guanxi.kernel.clock import now_ms


class BulkAction(models.Model):
    """One tag on or off many customers. `ids` are whom it is to change, until it is done; `position` how many
    of them it has seen. The five counts are those of the preview."""

    objects: ClassVar[models.Manager[BulkAction]] = models.Manager()
    brand_id = models.BigIntegerField()
    actor = models.CharField(max_length=160)
    verb = models.CharField(max_length=20, choices=Verb.choices)
    tag_id = models.BigIntegerField()
    listing = models.CharField(max_length=40, blank=True)
    query = models.JSONField(default=dict)
    everybody = models.BooleanField(default=False)  # that the list found, not some of them ticked
    ids = models.TextField(blank=True)  # JSON, in order
    fresh = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    frozen = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEWED)
    position = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    restored = models.IntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    created_ms = models.BigIntegerField(default=now_ms)
    begun_ms = models.BigIntegerField(default=0)
    ended_ms = models.BigIntegerField(default=0)

    class Meta:
        app_label = "customers"
        indexes: ClassVar = [models.Index(fields=["brand_id", "state", "begun_ms"], name="bulk_recent")]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}: {self.state}"


class BulkChange(models.Model):
    """A tagging that an action made (`put`) or deleted, as that was. `over_id` is the tagging that somebody
    put on the customer since the action took it off, 0 for none: then the undo leaves it."""

    objects: ClassVar[models.Manager[BulkChange]] = models.Manager()
    brand_id = models.BigIntegerField()
    action_id = models.BigIntegerField()
    put = models.BooleanField()
    tagging_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=10)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField()
    over_id = models.BigIntegerField(default=0)

    class Meta:
        app_label = "customers"
        indexes: ClassVar = [
            models.Index(fields=["action_id", "id"], name="bulk_change_of_action"),
            models.Index(fields=["tag_id", "subject_id"], name="bulk_change_of_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.subject_id}"
