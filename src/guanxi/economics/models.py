"""What economics keeps: what it was told to assume, and the reports it computed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class AssumptionSet(models.Model):
    """What a brand assumes about its money. Rows are only ever added: the newest holds."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    margin_mille = models.IntegerField()  # of an order's revenue, in thousandths
    margin_by_category = models.JSONField(default=dict)  # {category: thousandths}
    discount_mille = models.IntegerField()  # a year, in thousandths
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return f"{self.margin_mille}‰"


class StoredReport(models.Model):
    """A report as it was computed. `key` is that of its parameters; of each key versions count up from 1."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    basis = models.CharField(
        max_length=80
    )  # the state of the lake and the settings that it was computed from
    parameters = models.JSONField()
    body = models.BinaryField()  # the report as compressed JSON
    seconds = models.FloatField()
    computed_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name", "key", "version"], name="one_report_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Scenario(models.Model):
    """The levers of a simulated scenario under a name. Rows never change: an address keeps its levers."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    levers = models.JSONField()  # parameters of the report `simulate` by name
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="one_scenario_per_name")
        ]

    def __str__(self) -> str:
        return self.name
