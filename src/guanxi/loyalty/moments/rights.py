"""What this room holds of a person: which moments were told of, and since when they are a member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.moments.models import Joining, Moment


def register() -> None:
    SOURCES.register(
        Source(
            "moments",
            _("Birthdays and anniversaries that were greeted, and since when the person is a member"),
            ("loyalty_moment", "loyalty_joining"),
            read,
            _("To greet once a year."),
            _("The contract with the person (PIPL 13 (2))."),
            _("Until the person is erased."),
        )
    )
    ERASERS.register(Eraser("moments", forget))


def read(person: Person) -> Iterator[Mapping[str, Any]]:
    ours = list(person.subject_ids)
    for one in Moment.objects.filter(subject_id__in=ours).order_by("pk"):
        yield {"what": one.what, "day": date.fromordinal(one.day).isoformat()}
    for joined in Joining.objects.filter(subject_id__in=ours).order_by("pk"):
        yield {"what": "joined", "day": to_datetime(joined.since_ms).date().isoformat()}


def forget(person: Person) -> Mapping[str, int]:
    ours = list(person.subject_ids)
    return {
        "loyalty_moment": Moment.objects.filter(subject_id__in=ours).delete()[0],
        "loyalty_joining": Joining.objects.filter(subject_id__in=ours).delete()[0],
    }
