"""Which moments were reached, since when members are, and how far the daily job has come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class Moment(models.Model):
    """A birthday or an anniversary that was told of. `day` is the local day as a proleptic ordinal."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    what = models.CharField(max_length=12)
    day = models.IntegerField()
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject_id", "what", "day"], name="one_moment_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.subject_id}"


class Joining(models.Model):
    """When a profile first became a member; `month_day` is month × 100 + day there and then."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(unique=True)
    since_ms = models.BigIntegerField()
    month_day = models.SmallIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand_id", "month_day", "id"], name="joining_by_day")]

    def __str__(self) -> str:
        return f"joining of {self.subject_id}"


class MomentRun(models.Model):
    """The last local day (ordinal) of which everything is done."""

    brand_id = models.BigIntegerField(unique=True)
    done_day = models.IntegerField()

    def __str__(self) -> str:
        return f"moments of brand {self.brand_id}"
