"""What is in a customer's inbox. What an item says is rendered whenever it is read; it is kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from guanxi.customers.lookup import subject_ids_of, summaries
from guanxi.kernel.clock import now_ms
from guanxi.messaging import checking, templating, unsubscribing
from guanxi.messaging.models import InboxItem, Version
from guanxi.messaging.variables import Refused
from guanxi.platform.writing import writing

PAGE: Final = 50


class Item(NamedTuple):
    """`read_ms` is None where it was not read."""

    message_id: int
    at_ms: int
    read_ms: int | None
    subject: str
    text: str
    purpose: str


def inbox(
    brand_id: int,
    customer_id: int,
    *,
    before: int | None = None,
    limit: int = PAGE,
    read: bool | None = None,
    only: int | None = None,
    language: str = "",
) -> list[Item]:
    """A page of a customer's items, newest first, those of all their profiles; `before` is the id of the last
    one that was shown, `read` those that were, or were not, `only` the item of that message. Read in
    `language`, by default the customer's."""
    rows = InboxItem.objects.filter(brand_id=brand_id, subject_id__in=subject_ids_of(brand_id, customer_id))
    if before is not None:
        rows = rows.filter(message_id__lt=before)
    if read is not None:
        rows = rows.filter(read_ms__gt=0) if read else rows.filter(read_ms=0)
    if only is not None:
        rows = rows.filter(message_id=only)
    found = list(rows.select_related("message").order_by("-message_id")[:limit])
    if not found:
        return []
    place, brand_name = templating.place_of(brand_id)
    person = next(iter(summaries(brand_id, [customer_id])), None)
    name, spoken = (person.name or "", language or person.language) if person else ("", language)
    versions = Version.objects.select_related("template").in_bulk({one.message.version_id for one in found})
    items = []
    for one in found:
        message = one.message
        url = unsubscribing.url(brand_id, message.subject_id, message.purpose, "app")
        try:
            version = versions.get(message.version_id)
            said = checking.render(
                message, version, name=name, language=spoken, place=place, brand=brand_name, url=url
            )
        except (Refused, KeyError, ValueError):
            continue
        items.append(
            Item(message.pk, one.at_ms, one.read_ms or None, said.subject, said.text, message.purpose)
        )
    return items


def unread(brand_id: int, customer_id: int) -> int:
    """How many items a customer has not read."""
    subjects = subject_ids_of(brand_id, customer_id)
    return InboxItem.objects.filter(brand_id=brand_id, subject_id__in=subjects, read_ms=0).count()


def mark_read(brand_id: int, customer_id: int, message_ids: Sequence[int]) -> int:
    """The customer has read these of their items; how many were not read before."""
    with writing(brand_id):
        subjects = subject_ids_of(brand_id, customer_id)
        rows = InboxItem.objects.filter(brand_id=brand_id, subject_id__in=subjects, read_ms=0)
        return rows.filter(message_id__in=list(message_ids)).update(read_ms=now_ms())
