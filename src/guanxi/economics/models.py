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


class Spend(models.Model):
    """What one line of spend was said to come to: a line is a day, platform, channel, campaign, KOL and type.
    Rows are only ever added; of each line one `holds`, the newest."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    day = models.IntegerField()  # since 1970-01-01, on the brand's calendar
    platform = models.CharField(max_length=40)
    channel = models.CharField(max_length=40)
    campaign = models.CharField(max_length=120)
    kol = models.CharField(max_length=80)
    type = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()
    impressions = models.BigIntegerField(null=True)
    clicks = models.BigIntegerField(null=True)
    orders = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    holds = models.BooleanField(default=True)
    import_id = models.BigIntegerField()
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand", "day", "platform", "channel", "campaign", "kol", "type"],
                condition=models.Q(holds=True),
                name="one_spend_per_line",
            ),
            models.CheckConstraint(condition=models.Q(amount_fen__gte=0), name="spend_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.platform} {self.amount_fen}"


class RateCardEntry(models.Model):
    """What media, KOLs and livestreams cost on a platform from a day on. Rows are only ever added: of one
    platform, item and day the newest holds, and one without `low` withdraws what was said before."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    platform = models.CharField(max_length=40)
    item = models.CharField(max_length=40)
    from_day = models.IntegerField()  # since 1970-01-01, on the brand's calendar
    low = models.BigIntegerField(null=True)  # minor units, thousandths of a share, or people
    high = models.BigIntegerField(null=True)
    source = models.CharField(max_length=300)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand", "platform", "item"], name="rate_card")]

    def __str__(self) -> str:
        return f"{self.platform} {self.item} {self.low}–{self.high}"


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


class StateRules(models.Model):
    """The rules of a brand's states. Rows are only ever added: the newest version holds."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    rules = models.JSONField()  # [{"state": …, "condition": {…}}], the first that holds counts
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "version"], name="one_rule_set_per_version")
        ]

    def __str__(self) -> str:
        return f"rules {self.version}"


class CustomerState(models.Model):
    """The state a customer is in. Nothing more is kept: there are as many of these as customers."""

    customer_id = models.BigIntegerField(primary_key=True)
    brand_id = models.BigIntegerField()
    state = models.CharField(max_length=10)
    since_ms = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["brand_id"], name="states_of_brand")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"


class StateProgress(models.Model):
    """How far a brand's states are. A refresh takes the next `run` and writes only while it is the newest;
    `revision` rises whenever states are written; `basis` is what the last complete refresh saw."""

    brand_id = models.BigIntegerField(primary_key=True)
    run = models.BigIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    basis = models.CharField(max_length=160, blank=True)
    rules_version = models.PositiveIntegerField(default=0)
    first_ms = models.BigIntegerField(default=0)  # when the first refresh was complete
    refreshed_ms = models.BigIntegerField(default=0)
    lake_ms = models.BigIntegerField(default=0)  # how new the lake was that it saw
    counts = models.JSONField(default=dict)  # {state: customers}

    def __str__(self) -> str:
        return f"brand {self.brand_id} run {self.run}"
