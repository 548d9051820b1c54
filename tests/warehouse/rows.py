"""Operational rows for warehouse tests, written past the services: what is under test is the export."""

from __future__ import annotations

import random
from typing import Any

from guanxi.customers.models import Customer, Subject, SubjectMove
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Source, Touchpoint

DAY_MS = 86_400_000
BASE_MS = 1_700_000_000_000


def brand(slug: str = "lanhua", **fields: Any) -> Brand:
    return Brand.objects.create(slug=slug, name=slug, **fields)


def people(of: Brand, n: int, *, subjects_each: int = 1) -> list[int]:
    """Customers with their subjects; the ids of the subjects, those of a customer together."""
    subjects: list[int] = []
    for _ in range(n):
        root = 0
        for place in range(subjects_each):
            subject = Subject.objects.create(
                brand_id=of.pk,
                scheme="phone" if place == 0 else "tmall",
                key=f"key-{Subject.objects.count()}",
                customer_id=root,
                first_ms=BASE_MS,
            )
            root = root or subject.pk
            Subject.objects.filter(pk=subject.pk).update(customer_id=root)
            subjects.append(subject.pk)
        Customer.objects.create(
            id=root, brand=of, first_ms=BASE_MS, last_ms=BASE_MS, gender="f", adcode=310000
        )
    return subjects


def facts(of: Brand, rows: list[dict[str, Any]], source: str = "tmall-shop") -> None:
    found, _ = Source.objects.get_or_create(brand=of, name=source)
    start = Touchpoint.objects.count()
    Touchpoint.objects.bulk_create(
        Touchpoint(
            brand_id=of.pk,
            source_id=found.pk,
            source_ref=f"{source}-{start + number}",
            recorded_ms=BASE_MS,
            **{"kind": "order.paid", "channel": "tmall", "payload": "", **row},
        )
        for number, row in enumerate(rows)
    )


def random_facts(subjects: list[int], n: int, *, seed: int = 1, months: int = 14) -> list[dict[str, Any]]:
    """Paid orders, refunds and scans; some anonymous, some without an amount, some around midnight."""
    chance = random.Random(seed)
    rows = []
    for _ in range(n):
        kind = chance.choices(["order.paid", "order.refunded", "code.scanned"], [8, 1, 2])[0]
        at = BASE_MS + chance.randrange(months * 30) * DAY_MS
        at += chance.choice([0, DAY_MS // 3 * 2 - 1, DAY_MS // 3 * 2, chance.randrange(DAY_MS)])
        rows.append(
            {
                "kind": kind,
                "channel": chance.choice(["tmall", "jd", "store", ""]),
                "subject_id": chance.choice(subjects) if subjects and chance.random() > 0.1 else None,
                "occurred_ms": at,
                "amount_fen": None if kind == "code.scanned" else chance.randrange(0, 50_000),
                "quantity": chance.choice([None, 1, 2]),
                "payload": chance.choice(["", '{"order": "1"}']),
            }
        )
    return rows


def merge(of: Brand, subject: int, into: int) -> None:
    """As a merge leaves the rows: the subject's customer is absorbed by the other."""
    old = Subject.objects.get(pk=subject).customer_id
    for moved in Subject.objects.filter(customer_id=old):
        SubjectMove.objects.create(
            brand_id=of.pk, subject_id=moved.pk, from_customer_id=old, customer_id=into, reason="test"
        )
    Subject.objects.filter(customer_id=old).update(customer_id=into)
    Customer.objects.filter(pk=old).update(merged_into_id=into)


def unmerge(of: Brand, subject: int) -> None:
    """As an unmerge leaves the rows: the subject is a customer of its own again."""
    before = Subject.objects.get(pk=subject).customer_id
    SubjectMove.objects.create(
        brand_id=of.pk, subject_id=subject, from_customer_id=before, customer_id=subject, reason="test"
    )
    Subject.objects.filter(pk=subject).update(customer_id=subject)
    Customer.objects.filter(pk=subject).update(merged_into_id=None)
