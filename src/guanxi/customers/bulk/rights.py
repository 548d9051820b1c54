"""What is kept of a person so that a bulk action can be taken back, and how it goes when they are erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from guanxi.customers.bulk.models import BulkAction, BulkChange
from guanxi.customers.models import Tag
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime


def register() -> None:
    SOURCES.register(
        Source(
            "bulk_changes",
            _("Tags put on or taken off many customers at once, until that can no longer be undone"),
            ("customers_bulkchange", "customers_bulkaction"),
            changes,
            _("To take a mistake back."),
            _("A contract with the person (PIPL 13 (2)); consent where there is none."),
            _("One day."),
        )
    )
    ERASERS.register(Eraser("bulk_changes", cut))


def changes(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = list(BulkChange.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk"))
    names = dict(Tag.objects.filter(pk__in={row.tag_id for row in rows}).values_list("pk", "name"))
    for row in rows:
        yield {
            "tag": names.get(row.tag_id, ""),
            "what": "put on" if row.put else "taken off",
            "by": row.actor,
            "at": to_datetime(row.at_ms).isoformat(),
        }


def cut(person: Person) -> Mapping[str, int]:
    """An undo gives nothing back to who is erased, and what waits passes them over."""
    ours = set(person.subject_ids)
    for action in BulkAction.objects.filter(brand_id=person.brand_id).exclude(ids=""):
        chosen = orjson.loads(action.ids)
        # Who is still to come is left out; places of those before stay, for the position counts them.
        kept = [0 if number in ours else number for number in chosen]
        if kept != chosen:
            BulkAction.objects.filter(pk=action.pk).update(ids=orjson.dumps(kept).decode())
    return {"customers_bulkchange": BulkChange.objects.filter(subject_id__in=ours).delete()[0]}
