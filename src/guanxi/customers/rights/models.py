"""Requests of people, the tombstones of who was erased, and who is frozen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.customers.rights.contracts import Kind, State
from guanxi.kernel.clock import now_ms


class RightsRequest(models.Model):
    """What somebody asked for, and what became of it. Nothing in it names the person."""

    objects: ClassVar[models.Manager[RightsRequest]] = models.Manager()
    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    customer_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    state = models.CharField(
        max_length=10, default=State.RECEIVED, choices=[(state.value, state.value) for state in State]
    )
    reason = models.CharField(max_length=300, blank=True)
    received_ms = models.BigIntegerField(default=now_ms)
    due_ms = models.BigIntegerField()
    ended_ms = models.BigIntegerField(default=0)
    opened_by = models.CharField(max_length=160)
    handled_by = models.CharField(max_length=160, blank=True)
    result = models.JSONField(default=dict)  # numbers alone
    job_id = models.BigIntegerField(null=True)
    file_id = models.BigIntegerField(null=True)  # the copy that was asked for, until it expires

    class Meta:
        app_label = "customers"
        indexes: ClassVar = [
            models.Index(fields=["brand", "state", "due_ms"], name="rights_inbox"),
            models.Index(fields=["customer_id"], name="rights_of_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer_id"],
                condition=models.Q(kind="erasure", state="done"),
                name="erased_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.customer_id}: {self.state}"


class Tombstone(models.Model):
    """An identifier of somebody who was erased, as a keyed digest alone: its facts of before are refused."""

    objects: ClassVar[models.Manager[Tombstone]] = models.Manager()
    brand_id = models.BigIntegerField()
    digest = models.CharField(max_length=22)
    erased_ms = models.BigIntegerField()

    class Meta:
        app_label = "customers"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "digest"], name="one_tombstone_per_identifier")
        ]

    def __str__(self) -> str:
        return self.digest


class FrozenSubject(models.Model):
    """Of whoever has this subject, data is stored and nothing else is done with it."""

    objects: ClassVar[models.Manager[FrozenSubject]] = models.Manager()
    subject_id = models.BigIntegerField(primary_key=True)
    brand_id = models.BigIntegerField(db_index=True)
    since_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        app_label = "customers"

    def __str__(self) -> str:
        return str(self.subject_id)


class ProcessingNote(models.Model):
    """What a brand adds to an entry of its record of processing."""

    objects: ClassVar[models.Manager[ProcessingNote]] = models.Manager()
    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        app_label = "customers"
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "name"], name="one_note_per_entry")]

    def __str__(self) -> str:
        return self.name
