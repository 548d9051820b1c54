"""The outbox's tables. No address and no text of a message is in any of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from guanxi.kernel.clock import now_ms
from guanxi.messaging.contracts import CAP_DAYS, Priority, State

_STATES = [state.value for state in State]


class Template(models.Model):
    """What is said on one channel. `newest` is the number of its newest version."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=120, blank=True)
    newest = models.PositiveIntegerField(default=0)
    archived = models.BooleanField(default=False)
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "channel", "name"], name="one_template_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.channel}/{self.name}"


class Version(models.Model):
    """A template as it was saved. `texts` are by language {text, subject, html}; `variables` a list of
    [name, kind, example]. Never changed."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField()
    fallback = models.CharField(max_length=10)
    texts = models.JSONField()
    variables = models.JSONField(default=list)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_per_number"),
            models.CheckConstraint(condition=Q(priority__in=list(Priority)), name="version_priority"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} v{self.number}"


class Message(models.Model):
    """A message on its way. `digest` is of all that was asked. `due_ms` is when it may be looked at; `lease`
    is of the round that has it. `begun_ms` is when it was about to leave, `counted_ms` when it began to count
    towards the customer's caps; 0 for neither."""

    brand_id = models.BigIntegerField()
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    version_id = models.BigIntegerField()
    language = models.CharField(max_length=10, blank=True)  # nothing: the customer's own
    variables = models.TextField(blank=True)  # JSON
    purpose = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField()
    campaign = models.CharField(max_length=60, blank=True)
    not_before_ms = models.BigIntegerField(default=0)
    expires_ms = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, db_default=State.QUEUED.value)
    code = models.CharField(max_length=40, blank=True, db_default="")
    due_ms = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(db_default=0)
    lease = models.CharField(max_length=24, blank=True, db_default="")
    lease_until_ms = models.BigIntegerField(db_default=0)
    begun_ms = models.BigIntegerField(db_default=0)
    counted_ms = models.BigIntegerField(db_default=0)
    provider_id = models.CharField(max_length=160, blank=True, db_default="")
    queued_ms = models.BigIntegerField()
    changed_ms = models.BigIntegerField()  # of the state

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="one_message_per_key"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="message_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "priority", "due_ms"], condition=Q(state="queued"), name="message_due"
            ),
            models.Index(fields=["lease_until_ms"], condition=Q(state="sending"), name="message_leased"),
            models.Index(fields=["subject_id"], name="message_subject"),
            models.Index(fields=["brand_id", "state", "id"], name="message_state_of_brand"),
            models.Index(
                fields=["channel", "provider_id"], condition=~Q(provider_id=""), name="message_provider"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Change(models.Model):
    """A message went into a state. `detail` is what a server said, without addresses."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="changes")
    state = models.CharField(max_length=12)
    code = models.CharField(max_length=40, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    at_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.message_id} {self.state} {self.code}"


class Cap(models.Model):
    """How many advertising messages a customer gets in some days; channel "" is all together."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20, blank=True)
    days = models.PositiveSmallIntegerField()
    most = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "channel", "days"], name="one_cap_per_span"),
            models.CheckConstraint(condition=Q(days__in=CAP_DAYS), name="cap_days"),
        ]

    def __str__(self) -> str:
        return f"{self.channel or 'all'}: {self.most} in {self.days}"


class Blocked(models.Model):
    """An address that is not written to: `refused` by its server, for all messages; `opted_out` or
    `complained` by its owner, for advertising. `key` is a blind index."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    key = models.CharField(max_length=22)
    reason = models.CharField(max_length=12)
    code = models.CharField(max_length=40, blank=True)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "channel", "key", "reason"], name="one_block_per_reason")
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class Pause(models.Model):
    """A channel that is down: nothing of it is tried before `resume_ms`."""

    channel = models.CharField(max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    resume_ms = models.BigIntegerField(default=0)
    code = models.CharField(max_length=40, blank=True)
    since_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.channel} until {self.resume_ms}"


class InboxItem(models.Model):
    """A message in the app. What it says is rendered from the message whenever it is read."""

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="+")
    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    at_ms = models.BigIntegerField()
    read_ms = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject_id", "message"], name="inbox_subject")]

    def __str__(self) -> str:
        return f"{self.subject_id} #{self.message_id}"
