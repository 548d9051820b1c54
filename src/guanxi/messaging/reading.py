"""Reads for the pages of messages, beside those that `queries` has for everybody."""

from __future__ import annotations

from typing import NamedTuple

from guanxi.customers.consent.purposes import PURPOSES
from guanxi.customers.lookup import families_of
from guanxi.messaging import checking, checks
from guanxi.messaging.channels import CHANNELS, sender
from guanxi.messaging.contracts import Priority
from guanxi.messaging.models import InboxItem, Template


class Foreseen(NamedTuple):
    """What would become of a message of a purpose on a channel now."""

    channel: str
    purpose: str
    priority: Priority
    decision: checks.Decision


def inbox_subject(brand_id: int, message_id: int) -> int:
    """The profile that an item of the inbox is for; 0 for none."""
    rows = InboxItem.objects.filter(brand_id=brand_id, message_id=message_id)
    return rows.values_list("subject_id", flat=True).first() or 0


def read_ms(message_id: int) -> int:
    """When the customer read a message in the inbox, 0 where they did not."""
    rows = InboxItem.objects.filter(message_id=message_id)
    return rows.values_list("read_ms", flat=True).first() or 0


def unread(brand_id: int, customer_id: int) -> int:
    """How many items a customer of today has not read; one query fewer than for any id."""
    subjects = families_of(brand_id, [customer_id]).get(customer_id, ())
    return InboxItem.objects.filter(brand_id=brand_id, subject_id__in=subjects, read_ms=0).count()


def template_names(brand_id: int) -> list[str]:
    """The names of all templates, those of the archive too."""
    rows = Template.objects.filter(brand_id=brand_id).order_by("name")
    return list(rows.values_list("name", flat=True).distinct())


def foreseen(brand_id: int, customer_id: int) -> list[Foreseen]:
    """For each channel and each purpose that messages are sent for, what would become of one now."""
    wanted = [
        (one.name, Priority.MARKETING if one.needs_consent else Priority.SERVICE)
        for one in PURPOSES
        if one.by_channel
    ]
    ways = [sender(channel.name) for channel in CHANNELS]
    decided = checking.foresee(brand_id, ways, customer_id, wanted)
    return [
        Foreseen(channel, purpose, priority, decision)
        for channel, decisions in decided.items()
        for (purpose, priority), decision in zip(wanted, decisions, strict=True)
    ]


def address_of(brand_id: int, customer_id: int, channel: str) -> str:
    """The address that messages to a customer go to on a channel; "" where there is none."""
    scheme = CHANNELS[channel].capabilities.address
    return checking.newest_address(brand_id, customer_id, scheme) if scheme else ""
