"""The log of everything customers do, and the files it came from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class Source(models.Model):
    """Where facts come from: a shop's export, an API key, the simulator."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="one_source_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Touchpoint(models.Model):
    """One fact. Append-only: nothing in Guanxi updates or deletes a row of this table, but for an erasure,
    which cuts reference and content of facts that are not of money, and for a period of retention that is
    over (`keeping`)."""

    brand_id = models.BigIntegerField()
    source_id = models.IntegerField()
    source_ref = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    occurred_ms = models.BigIntegerField()
    recorded_ms = models.BigIntegerField()
    amount_fen = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField(null=True)
    payload = models.TextField(blank=True)  # JSON, never personal
    import_id = models.BigIntegerField(null=True)
    live = models.BooleanField(default=True)  # False: history, which books but sends nothing

    class Meta:
        constraints: ClassVar = [
            # A source belongs to one brand, so this is (brand, source, source_ref).
            models.UniqueConstraint(fields=["source_id", "source_ref"], name="every_fact_once")
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id", "occurred_ms"], name="touchpoint_timeline")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class LetGo(models.Model):
    """Facts that are gone: of this kind, from before `before_ms`, with a number up to `up_to_id`. Those of
    money are still there and nobody's. The lake follows by this; later facts have higher numbers."""

    objects: ClassVar[models.Manager[LetGo]] = models.Manager()
    brand_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    before_ms = models.BigIntegerField()
    up_to_id = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "kind", "before_ms"], name="one_cut_per_kind_and_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} before {self.before_ms}"


class ExchangeRate(models.Model):
    """From a local day on, what one unit of another currency is worth in the brand's own."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    currency = models.CharField(max_length=3)
    from_day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "currency", "from_day"], name="one_rate_per_day"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="rate_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.from_day}: {self.rate}"


class Import(models.Model):
    """One file on its way in, and what became of its rows."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField(default=0)
    importer = models.CharField(max_length=40, blank=True)
    options = models.JSONField(default=dict)  # mapping, shop, mode …
    state = models.CharField(max_length=20, default="queued")
    cursor = models.JSONField(default=dict)  # how far committed chunks reach
    step = models.BigIntegerField(default=0)  # chunks committed: who runs the import knows the last one
    job_id = models.BigIntegerField(null=True)
    upload_id = models.BigIntegerField(null=True)  # the sealed upload, until it expires
    rejects_id = models.BigIntegerField(null=True)  # the sealed reject file, until it expires
    rows = models.BigIntegerField(default=0)
    recorded = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    customers_created = models.BigIntegerField(default=0)
    customers_merged = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    actor = models.CharField(max_length=160)
    created_ms = models.BigIntegerField(default=now_ms)
    started_ms = models.BigIntegerField(default=0)
    finished_ms = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "id"], name="import_list")]

    def __str__(self) -> str:
        return self.filename


class SavedMapping(models.Model):
    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    target = models.CharField(max_length=40)  # orders, members
    columns = models.JSONField(default=dict)  # field → header or column number
    updated_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="one_mapping_per_name")
        ]

    def __str__(self) -> str:
        return self.name
