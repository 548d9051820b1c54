"""Brands, the people who work there, and what keeps both safe."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from guanxi.kernel.clock import now_ms
from guanxi.platform.contracts import JobState, Role


class Brand(models.Model):
    """A tenant. Every row of every room belongs to exactly one."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3, default="CNY")
    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    is_default = models.BooleanField(default=False)
    sandbox = models.BooleanField(default=False)  # for trying things: nothing in it is real
    logo = models.CharField(max_length=60, blank=True)  # name of its `BrandLogo`; nothing: the initial
    colour = models.CharField(max_length=7, blank=True)  # of customers' pages, "#0e766c"; nothing: ours
    language = models.CharField(max_length=10, default="zh-hans")  # of customers who said none
    send_from_hour = models.PositiveSmallIntegerField(default=8)  # messages go out from, and until before
    send_until_hour = models.PositiveSmallIntegerField(default=21)
    privacy_contact = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)  # of the settings, for two who change them at once
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_brand"
            )
        ]

    def __str__(self) -> str:
        return self.name


class BrandLogo(models.Model):
    """The picture that stands for a brand. `name` says what is in it: another picture has another name."""

    brand = models.OneToOneField(Brand, models.CASCADE, primary_key=True, related_name="+")
    name = models.CharField(max_length=60, unique=True)
    content = models.BinaryField()
    content_type = models.CharField(max_length=20)
    changed_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return self.name


class User(AbstractBaseUser):
    """A person who signs in. What they may do is said per brand by `Membership`."""

    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    totp_secret = models.CharField(max_length=200, blank=True)  # sealed by the master key
    totp_last_step = models.BigIntegerField(default=0)  # a code counts once
    session_epoch = models.PositiveIntegerField(default=0)  # raised to sign out everywhere
    last_sign_in_ms = models.BigIntegerField(default=0)
    created_ms = models.BigIntegerField(default=now_ms)

    objects = BaseUserManager["User"]()
    USERNAME_FIELD = "username"

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    columns = models.JSONField(default=dict)  # list → names of the columns that the person chose
    suspended_ms = models.BigIntegerField(default=0)  # since when the person may not work here; 0: may

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "brand"], name="one_role_per_brand")]

    def __str__(self) -> str:
        return f"{self.user} · {self.brand} · {self.role}"


class Invitation(models.Model):
    """A link that makes whoever opens it a colleague, once. Only a keyed digest of it is kept."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    invitee = models.CharField(max_length=120, blank=True)  # the address, masked
    language = models.CharField(max_length=10, default="zh-hans")
    actor = models.CharField(max_length=160)
    created_ms = models.BigIntegerField(default=now_ms)
    expires_ms = models.BigIntegerField()
    used_ms = models.BigIntegerField(default=0)
    revoked_ms = models.BigIntegerField(default=0)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")  # who came

    def __str__(self) -> str:
        return f"invitation {self.prefix}…"


class SavedView(models.Model):
    """A list's filters, order and columns under a name: the query of its address."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    owner = models.ForeignKey(User, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField(default=False)
    changed_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "listing", "owner", "name"], name="one_view_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view with which a list opens for a person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    listing = models.CharField(max_length=40)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "brand", "listing"], name="one_default_view")
        ]

    def __str__(self) -> str:
        return f"{self.listing} of {self.user_id}"


class SignInAttempt(models.Model):
    """Attempts since the last success, per user name (known or not) and per address, for the lockout.
    `key` is a keyed digest: people type passwords into the wrong field, and addresses are personal."""

    key = models.CharField(max_length=80, unique=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until_ms = models.BigIntegerField(default=0)
    last_ms = models.BigIntegerField(default=now_ms, db_index=True)

    def __str__(self) -> str:
        return self.key


class RecoveryCode(models.Model):
    """Signs in once where the authenticator is lost. Only its hash is kept; using it deletes the row."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "digest"], name="one_row_per_code")]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class AuditEntry(models.Model):
    """Who did what, when. `detail` never holds personal data."""

    brand = models.ForeignKey(Brand, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=160)  # "user:3", "key:12", "cli", "system"
    action = models.CharField(max_length=60)
    object_kind = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        indexes: ClassVar = [  # each filter of the viewer, newest first
            models.Index(fields=["brand", "at_ms"], name="audit_by_time"),
            models.Index(fields=["brand", "actor", "at_ms"], name="audit_by_actor"),
            models.Index(fields=["brand", "action", "at_ms"], name="audit_by_action"),
            models.Index(fields=["brand", "object_kind", "object_id", "at_ms"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action}"


class Job(models.Model):
    """Work done by the worker process, by id, possibly twice."""

    brand = models.ForeignKey(Brand, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.QUEUED)
    unique_key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - NULLs must not collide
    attempts = models.PositiveIntegerField(default=0)  # claims so far; a claim is known by its number
    failures = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)  # host:process of the claim
    due_ms = models.BigIntegerField(default=0)  # 0: at once, whatever the clock says
    heartbeat_ms = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    created_ms = models.BigIntegerField(default=now_ms)
    started_ms = models.BigIntegerField(default=0)
    finished_ms = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due_ms"], name="job_due")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "unique_key"],
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="one_open_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class WorkerBeat(models.Model):
    """The worker says it is alive; `doctor` and the console read it."""

    name = models.CharField(max_length=80, unique=True)
    at_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return self.name


class VaultKey(models.Model):
    """A subject's data key, wrapped by the master key. Destroying the row erases the subject."""

    subject_id = models.BigIntegerField(primary_key=True)
    wrapped = models.BinaryField()
    master_version = models.PositiveSmallIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.subject_id)


class VaultBox(models.Model):
    """A subject's personal fields, sealed by its data key."""

    subject_id = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return str(self.subject_id)


class VaultGram(models.Model):
    """Keyed blind index of the pairs of characters in a name, so that names can be searched.

    The brand is part of the gram's digest. A search reads along (gram, subject), which is all there is.
    """

    pk = models.CompositePrimaryKey("gram", "subject_id")
    gram = models.BigIntegerField()
    subject_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.subject_id)


class VaultSecret(models.Model):
    """Secrets that outlive a rotation of the master key, sealed by it; opening one proves the key."""

    name = models.CharField(max_length=20, primary_key=True)
    wrapped = models.BinaryField()
    master_version = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name


class StoredFile(models.Model):
    """An upload, a reject file or an export, sealed on disk. Without this row (and its key) nobody can read
    it."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=20)  # upload, rejects, export
    name = models.CharField(max_length=200)  # as the user knows it
    location = models.CharField(max_length=40, unique=True)  # below the folder `files`
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    wrapped = models.BinaryField()
    master_version = models.PositiveSmallIntegerField()
    created_ms = models.BigIntegerField(default=now_ms)
    expires_ms = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.name


class RetentionPeriod(models.Model):
    """How long a brand keeps one kind of data, where it chose, and what was let go of it.

    `gone` is counted in the transaction of each batch, so that a run that is killed and resumed tells all.
    """

    objects: ClassVar[models.Manager[RetentionPeriod]] = models.Manager()
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)  # a key of retention.contracts.KEEPABLES
    is_chosen = models.BooleanField(default=False)  # False: the default counts
    days = models.IntegerField(null=True)  # None: kept
    gone = models.BigIntegerField(default=0)  # by the run that is under way
    last_gone = models.BigIntegerField(default=0)  # by the last run that let go of any
    last_ms = models.BigIntegerField(default=0)  # when that was

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "kind"], name="one_period_per_kind"),
            models.CheckConstraint(condition=models.Q(days__gte=1), name="period_of_days"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"


class ApiKey(models.Model):
    """A key for the REST API: only its hash is kept; it is shown once."""

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    rate_per_minute = models.PositiveIntegerField(default=600)
    created_by = models.CharField(max_length=160, blank=True)  # as in the audit log
    created_ms = models.BigIntegerField(default=now_ms)
    last_used_ms = models.BigIntegerField(default=0)
    expires_ms = models.BigIntegerField(default=0)  # 0: never
    revoked_ms = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
