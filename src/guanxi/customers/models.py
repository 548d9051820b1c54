"""Subjects, the evidence that ties them, and the customers they make up."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from guanxi.kernel.clock import now_ms


class Subject(models.Model):
    """The atomic profile: one identity as it was seen. Facts point to it for ever.

    `customer_id` caches the root: the smallest subject id of the component; each later change of it is a
    row of `SubjectMove`. A component has a `Customer` row when one of its subjects is anchored: somebody
    whose phone only appears on another person's parcels is a contact, not yet a customer.
    """

    brand_id = models.BigIntegerField()
    scheme = models.CharField(max_length=60)
    key = models.CharField(max_length=120)  # blind index for phone and email, else the id itself
    holder = models.BigIntegerField(default=0)  # blind index of the full name seen with a phone or email
    customer_id = models.BigIntegerField(db_index=True)
    first_ms = models.BigIntegerField()  # first seen in any record
    last_ms = models.BigIntegerField(default=0)  # a phone's or email's last fact of its own
    anchored = models.BooleanField(
        default=False
    )  # has facts of its own: whose subjects have none is a contact
    contested = models.BooleanField(default=False)  # more evidence may change the decision about it
    crowded = models.BooleanField(default=False)  # belongs to so many that it joins nobody
    sealed_hash = models.BigIntegerField(default=0)  # blind index of the details last sealed for it
    traits = models.TextField(blank=True)  # JSON, per trait the newest value and when it was observed

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["brand_id", "scheme", "key", "holder"], name="one_subject_per_identity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scheme} #{self.pk}"

    @classmethod
    def of_brand(cls, brand_id: int) -> models.QuerySet[Subject]:
        """A brand's subjects, for reads that name ids: SQLite would rather go through all of the brand's
        than look for each id, so the brand is compared in a form that no index answers."""
        return cls.objects.alias(owned_by=models.F("brand_id") + 0).filter(owned_by=brand_id)


class Link(models.Model):
    """Evidence: records carried both subjects (a < b). Sums, minima and maxima, so order is no matter."""

    brand_id = models.BigIntegerField()
    a_id = models.BigIntegerField()
    b_id = models.BigIntegerField(db_index=True)
    n = models.BigIntegerField(default=1)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()  # last used; 0 where records only stated it

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["a_id", "b_id"], name="one_link_per_pair")]

    def __str__(self) -> str:
        return f"{self.a_id}–{self.b_id}"


class Decision(models.Model):
    """A person's word on two subjects; the newest per pair counts."""

    brand_id = models.BigIntegerField()
    a_id = models.BigIntegerField()
    b_id = models.BigIntegerField(db_index=True)
    verdict = models.CharField(max_length=10)
    actor = models.CharField(max_length=160)
    reason = models.CharField(max_length=200, blank=True)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["a_id", "b_id"], name="decision_pair")]

    def __str__(self) -> str:
        return f"{self.a_id}–{self.b_id}: {self.verdict}"


class ContactDenial(models.Model):
    """A phone or e-mail that a correction found not to be this subject's: records of both say nothing.

    `instead`: the subject itself was known by that contact and is no longer; records of the contact under its
    name stay its own, and bring the contact back to nobody.
    """

    brand_id = models.BigIntegerField()
    request_id = models.BigIntegerField(db_index=True)
    subject_id = models.BigIntegerField()
    scheme = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    holder = models.BigIntegerField(default=0)
    instead = models.BooleanField(default=False)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_id", "scheme", "key", "instead"], name="one_denial_per_contact"
            ),
            models.UniqueConstraint(
                fields=["brand_id", "scheme", "key", "holder"],
                condition=models.Q(instead=True) & ~models.Q(holder=0),
                name="one_subject_instead",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "scheme", "key"], name="denied_contact")]

    def __str__(self) -> str:
        return f"{self.scheme} is not #{self.subject_id}'s"


class Customer(models.Model):
    """A person as the brand sees them: a component of subjects. `id` is the smallest subject id."""

    id = models.BigIntegerField(primary_key=True)
    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    merged_into_id = models.BigIntegerField(null=True)
    created_ms = models.BigIntegerField(default=now_ms)
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    adcode = models.IntegerField(null=True)
    gender = models.CharField(max_length=1, blank=True)
    birthday = models.CharField(max_length=10, blank=True)
    birthday_calendar = models.CharField(max_length=5, blank=True)
    language = models.CharField(max_length=10, blank=True)
    schemes = models.IntegerField(default=0)  # kinds of identities held, a bit each (`held.BITS`)
    # Totals as of the last warehouse sync, so that the list can sort and filter by them.
    orders = models.IntegerField(default=0)
    revenue_fen = models.BigIntegerField(default=0)
    first_order_ms = models.BigIntegerField(null=True)
    last_order_ms = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["brand", "id"], condition=models.Q(merged_into_id__isnull=True), name="customer_live"
            ),
            models.Index(
                fields=["brand", "adcode", "id"],
                condition=models.Q(merged_into_id__isnull=True),
                name="customer_by_city",
            ),
            models.Index(
                fields=["brand", "schemes", "id"],
                condition=models.Q(merged_into_id__isnull=True),
                name="customer_by_schemes",
            ),
            # What the list sorts and filters by: without these a million customers are sorted for each page.
            *(
                models.Index(
                    fields=["brand", column, "id"],
                    condition=models.Q(merged_into_id__isnull=True),
                    name=f"customer_by_{column.partition('_')[0]}",
                )
                for column in ("orders", "revenue_fen", "last_order_ms")
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SubjectMove(models.Model):
    """The subject map's history: from now on `subject` belongs to `customer`. Append-only."""

    brand_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    from_customer_id = models.BigIntegerField(null=True)
    customer_id = models.BigIntegerField()
    reason = models.CharField(max_length=200)
    actor = models.CharField(max_length=160, default="system")
    at_ms = models.BigIntegerField(default=now_ms)

    def __str__(self) -> str:
        return f"{self.subject_id} → {self.customer_id}"


class Review(models.Model):
    """Two customers that evidence ties but a rule keeps apart, for a person to decide."""

    brand_id = models.BigIntegerField()
    a_id = models.BigIntegerField()  # subjects, a < b
    b_id = models.BigIntegerField()
    code = models.CharField(max_length=40)  # two_phones, two_birthdays, shared_phone, recycled_phone …
    detail = models.JSONField(default=dict)
    state = models.CharField(max_length=20, default="open")
    created_ms = models.BigIntegerField(default=now_ms)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["a_id", "b_id", "code"], name="one_review_per_pair")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "state", "id"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.code}: {self.a_id}–{self.b_id}"


class Tag(models.Model):
    """An entry of a brand's dictionary of tags. `origin` says who keeps it: people, a rule or imports."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)  # what files and conditions call it; never personal
    label = models.CharField(max_length=60, blank=True)
    description = models.CharField(max_length=300, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    origin = models.CharField(max_length=10, default="hand")
    archived = models.BooleanField(default=False)
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "name"], name="one_tag_per_name")]

    def __str__(self) -> str:
        return self.label or self.name


class Tagging(models.Model):
    """A tag on a subject. A customer has the tags of all its subjects. Rows come and go, never change, so
    that their number and the newest id tell whether anything did."""

    brand_id = models.BigIntegerField()
    tag_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=10)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tag_id", "subject_id"], name="one_tagging_per_subject")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "id"], name="tagging_of_brand")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.subject_id}"


class PreferenceField(models.Model):
    """A question that customers may answer: how it is asked, what may be said, and what it is for."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    type = models.CharField(max_length=10)
    label_zh = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60)
    purpose = models.CharField(max_length=300)
    choices = models.JSONField(default=list)  # [{"name", "zh", "en"}] of the types choice and choices
    archived = models.BooleanField(default=False)
    created_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "name"], name="one_preference_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """What was last stated with a subject; of a customer's subjects the newest statement counts.

    `text` is canonical ("|a|b|" for choices, an ISO date, "" where it was taken back), `number` the same as
    a number where it is one (thousandths; 0 or 1; days since 1970). Rows are replaced, never changed.
    """

    brand_id = models.BigIntegerField()
    field_id = models.BigIntegerField()
    subject_id = models.BigIntegerField(db_index=True)
    text = models.CharField(max_length=1000, blank=True)
    number = models.BigIntegerField(null=True)
    source = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    at_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["field_id", "subject_id"], name="one_preference_per_subject")
        ]
        indexes: ClassVar = [models.Index(fields=["brand_id", "id"], name="preference_of_brand")]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.subject_id}"


class Store(models.Model):
    """A shop in the street. Where no coordinates are given, those of its city count."""

    brand = models.ForeignKey("platform.Brand", models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    adcode = models.IntegerField(null=True)
    longitude_e6 = models.IntegerField(null=True)  # millionths of a degree, WGS-84 or GCJ-02 alike
    latitude_e6 = models.IntegerField(null=True)
    open = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["brand", "code"], name="one_store_per_code")]

    def __str__(self) -> str:
        return self.name


class CityRule(models.Model):
    """A brand's own word on a city, instead of the shipped tier and climate; "" leaves the shipped one."""

    brand = models.ForeignKey("platform.Brand", models.CASCADE, related_name="+")
    adcode = models.IntegerField()
    tier = models.CharField(max_length=10, blank=True)
    climate = models.CharField(max_length=30, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["brand", "adcode"], name="one_rule_per_city")
        ]

    def __str__(self) -> str:
        return f"{self.adcode}: {self.tier} {self.climate}"


# The models of the subpackages, so that Django finds them.
from guanxi.customers.bulk.models import BulkAction, BulkChange  # noqa: E402, F401
from guanxi.customers.consent.models import Consent, ConsentLink, ConsentText, TagRefusal  # noqa: E402, F401
from guanxi.customers.rights.models import FrozenSubject, ProcessingNote, RightsRequest, Tombstone  # noqa: E402, F401
