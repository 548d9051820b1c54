"""What segments hold of a person, and how they let go of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, FREEZERS, SOURCES, Eraser, Freezer, Person, Source
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.platform.models import Brand
from guanxi.segments import membership
from guanxi.segments.models import Progress, Segment


def register() -> None:
    SOURCES.register(
        Source(
            "segments",
            _("Segments the person is in"),
            ("segments_membership", "segments_customerdue"),
            memberships,
            _("To address the right people and leave the others alone."),
            _("Consent, with the right to switch personalisation off (PIPL 24)."),
            _("As long as the condition holds of the person."),
        )
    )
    ERASERS.register(Eraser("segments", leave))
    FREEZERS.register(Freezer("segments", freeze))


def memberships(person: Person) -> Iterator[Mapping[str, Any]]:
    """Every segment, with the condition that puts the person in it."""
    held = membership.held(person.brand_id, [person.customer_id]).get(person.customer_id, {})
    known = {row.pk: row for row in Segment.objects.filter(pk__in=held)}
    for segment, since_ms in sorted(held.items()):
        row = known[segment]
        yield {
            "segment": row.name,
            "condition": row.condition,
            "since": to_datetime(since_ms).isoformat(),
        }


def leave(person: Person) -> Mapping[str, int]:
    """Out of every segment without a word. Who computes memberships meanwhile must compute them again."""
    brand = Brand.objects.get(pk=person.brand_id)
    ids = sorted({person.customer_id, *person.subject_ids})
    held = membership.held(brand.pk, ids)
    gone = sum(
        membership.take_out(brand, segment, ids)
        for segment in {one for some in held.values() for one in some}
    )
    membership.forget_due(ids)
    Progress.objects.filter(pk=brand.pk).update(turn=F("turn") + 1)
    return {"segments_membership": gone}


def freeze(person: Person, frozen: bool) -> None:
    """A frozen person leaves; one who is free again is asked about every live segment at the next step."""
    leave(person)
    if not frozen:
        membership.set_due(person.brand_id, {person.customer_id: now_ms()}, complete=True)
