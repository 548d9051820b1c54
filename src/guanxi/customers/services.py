"""The verbs of customers: resolve sightings into subjects and customers, merge, unmerge."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.customers.contracts import Identity, Resolution, Sighting
from guanxi.customers.identifiers import is_personal
from guanxi.customers.models import Customer, Subject
from guanxi.kernel.ids import short_hash


def primary_identity(identities: Sequence[Identity]) -> Identity | None:
    """The identity a record's fact belongs to: the first account, else the phone, else the email."""
    return min(identities, key=_rank, default=None)


def _rank(identity: Identity) -> int:
    return ("phone", "email").index(identity.scheme) + 1 if is_personal(identity.scheme) else 0


def resolve(brand_id: int, sightings: Sequence[Sighting]) -> Resolution:
    """Subjects for a batch of sightings, inside the caller's transaction; new ones become customers.

    Accepts new facts only: evidence is counted. `subject_ids[i]` is None where a sighting has no identity.
    """
    subject_ids: list[int | None] = []
    created = 0
    for sighting in sightings:
        identity = primary_identity(sighting.identities)
        if identity is None:
            subject_ids.append(None)
            continue
        key = short_hash(identity.value.encode(), size_bytes=16)
        subject, is_new = Subject.objects.get_or_create(
            brand_id=brand_id,
            scheme=identity.scheme,
            key=key if is_personal(identity.scheme) else identity.value,
            holder=0,
            defaults={"customer_id": 0, "first_ms": sighting.at_ms},
        )
        if is_new:
            Subject.objects.filter(pk=subject.pk).update(customer_id=subject.pk)
            Customer.objects.create(
                id=subject.pk, brand_id=brand_id, first_ms=sighting.at_ms, last_ms=sighting.at_ms
            )
            created += 1
        subject_ids.append(subject.pk)
    return Resolution(subject_ids, created, 0)
