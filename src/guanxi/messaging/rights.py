"""What the outbox and the inbox hold of a person, and what is left when the person is erased or frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source
from guanxi.kernel.clock import to_datetime
from guanxi.messaging import booking
from guanxi.messaging.booking import Step
from guanxi.messaging.contracts import State
from guanxi.messaging.models import InboxItem, Message, Version


def register() -> None:
    basis = _("Consent for advertising; for all else the contract with the person (PIPL 13).")
    SOURCES.register(
        Source(
            "messages",
            _("Messages to the person"),
            ("messaging_message",),
            messages,
            _("To tell the person what they asked for or agreed to."),
            basis,
            _("The brand's period, six months at the least; without a word of the person once erased."),
            _("Whoever carries messages for the brand, such as its e-mail server."),
        )
    )
    SOURCES.register(
        Source(
            "inbox",
            _("The person's inbox"),
            ("messaging_inboxitem",),
            items,
            _("To show messages in the app."),
            basis,
            _("As long as the message it shows."),
        )
    )
    ERASERS.register(Eraser("messages", forget))


def messages(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = Message.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk")
    versions = Version.objects.select_related("template").in_bulk(
        set(rows.values_list("version_id", flat=True))
    )
    for row in rows.iterator():
        version = versions.get(row.version_id)
        yield {
            "channel": row.channel,
            "template": version.template.name if version else "",
            "version": version.number if version else 0,
            "variables": orjson.loads(row.variables) if row.variables else {},
            "purpose": row.purpose,
            "state": row.state,
            "code": row.code,
            "queued": to_datetime(row.queued_ms).isoformat(),
            "changed": to_datetime(row.changed_ms).isoformat(),
        }


def items(person: Person) -> Iterator[Mapping[str, Any]]:
    rows = InboxItem.objects.filter(subject_id__in=list(person.subject_ids)).order_by("pk")
    for row in rows.iterator():
        yield {
            "message": row.pk,
            "at": to_datetime(row.at_ms).isoformat(),
            "read": to_datetime(row.read_ms).isoformat() if row.read_ms else None,
        }


def forget(person: Person) -> Mapping[str, int]:
    """The inbox goes and nothing more is sent; that messages were sent is kept, under nobody's name and
    without what they said."""
    subjects = list(person.subject_ids)
    mine = Message.objects.filter(subject_id__in=subjects)
    for state in (State.QUEUED, State.TASKED):
        gone = Step(State.CANCELLED, "person_gone", columns=(("lease", ""),))
        booking.change(state, dict.fromkeys(mine.filter(state=state).values_list("pk", flat=True), gone))
    went = InboxItem.objects.filter(subject_id__in=subjects).delete()[0]
    emptied = mine.exclude(variables="").update(variables="")
    return {"messaging_message": emptied, "messaging_inboxitem": went}
