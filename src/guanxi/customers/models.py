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
    last_subject_id = models.BigIntegerField(default=0)  # the newest subject then: later ones were not meant
    at_ms = models.BigIntegerField(default=now_ms)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["a_id", "b_id"], name="decision_pair")]

    def __str__(self) -> str:
        return f"{self.a_id}–{self.b_id}: {self.verdict}"


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
