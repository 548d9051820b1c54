"""What tiers hold of a person, and what is left when the person is erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.tiers.models import MembershipNotice, TierChange, TierStanding


def register() -> None:
    """Called once, at start-up."""
    SOURCES.register(
        Source(
            "tiers",
            _("The person's tier, how it changed, and notices before memberships renewed"),
            ("loyalty_tierstanding", "loyalty_tierchange", "loyalty_membershipnotice"),
            held,
            _("To give the person what their tier promises."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("tiers", forgotten))


def held(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for row in TierStanding.objects.filter(customer_id__in=ours).order_by("pk"):
        yield {"tier": row.tier, "since": to_datetime(row.since_ms).isoformat()}
    for change in TierChange.objects.filter(subject_id__in=ours).order_by("pk"):
        at = to_datetime(change.at_ms).isoformat()
        yield {"at": at, "from": change.before, "to": change.after, "why": change.why}
    for notice in MembershipNotice.objects.filter(subject_id__in=ours).order_by("pk"):
        yield {"plan": notice.plan, "told": to_datetime(notice.at_ms).isoformat()}


def forgotten(person: Person) -> Mapping[str, int]:
    ours = list(person.subject_ids)
    return {
        "loyalty_tierstanding": TierStanding.objects.filter(customer_id__in=ours).delete()[0],
        "loyalty_tierchange": TierChange.objects.filter(subject_id__in=ours).delete()[0],
        "loyalty_membershipnotice": MembershipNotice.objects.filter(subject_id__in=ours).delete()[0],
    }
