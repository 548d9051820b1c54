"""What is read of messages. Texts are rendered for whoever may see them, and never kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson
from django.db.models import Count, QuerySet

from guanxi.customers.lookup import customer_ids_of, subject_ids_of
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.messaging import checking, models, templating
from guanxi.messaging.capping import caps
from guanxi.messaging.channels import CHANNELS, sender
from guanxi.messaging.contracts import Draft, Priority, Rendered, State
from guanxi.messaging.inboxes import Item, inbox, unread
from guanxi.messaging.templating import preview
from guanxi.messaging.unsubscribing import open_token
from guanxi.messaging.variables import Refused

PAGE: Final = 50
__all__ = [
    "Item",
    "by_state",
    "caps",
    "changes",
    "channels",
    "inbox",
    "message",
    "messages",
    "open_token",
    "preview",
    "read",
    "template",
    "templates",
    "unread",
    "versions",
]


class Shown(NamedTuple):
    """A message as lists and its page show it. `customer_id` is the customer of today, None where the person
    is gone; `due_ms` is when it is looked at next, while it is queued."""

    id: int
    key: str
    customer_id: int | None
    subject_id: int
    channel: str
    template: str
    version: int
    language: str
    purpose: str
    priority: Priority
    campaign: str
    state: State
    code: str
    attempts: int
    not_before_ms: int
    expires_ms: int | None
    due_ms: int
    queued_ms: int
    changed_ms: int
    provider_id: str
    variables: dict[str, Any]


class Changed(NamedTuple):
    state: State
    code: str
    detail: str
    at_ms: int


class TemplateShown(NamedTuple):
    channel: str
    name: str
    label: str
    version: int
    purpose: str
    priority: Priority
    languages: Sequence[str]
    archived: bool
    changed_ms: int


class VersionShown(NamedTuple):
    version: int
    draft: Draft
    actor: str
    at_ms: int


class ChannelShown(NamedTuple):
    """`resume_ms` is when a channel that is down is tried again, 0 where it is not; `waiting` how many of the
    brand's messages are due."""

    name: str
    label: str
    ready: bool
    resume_ms: int
    code: str
    waiting: int


def messages(
    brand_id: int,
    *,
    state: State | None = None,
    channel: str = "",
    template: str = "",
    campaign: str = "",
    customer_id: int | None = None,
    since_ms: int = 0,
    before: int | None = None,
    limit: int = PAGE,
) -> list[Shown]:
    """A page of messages, newest first; `since_ms` is when they were queued, `before` the id of the last one
    that was shown."""
    rows = chosen(
        brand_id,
        channel=channel,
        template=template,
        campaign=campaign,
        customer_id=customer_id,
        since_ms=since_ms,
    )
    if state is not None:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return _shown(brand_id, list(rows.order_by("-pk")[:limit]))


def chosen(
    brand_id: int,
    *,
    channel: str = "",
    template: str = "",
    campaign: str = "",
    customer_id: int | None = None,
    since_ms: int = 0,
) -> QuerySet[models.Message]:
    """The brand's messages of a channel, a template, a campaign, a customer, a time."""
    rows = models.Message.objects.filter(brand_id=brand_id)
    if channel:
        rows = rows.filter(channel=channel)
    if campaign:
        rows = rows.filter(campaign=campaign)
    if template:
        versions = models.Version.objects.filter(template__brand_id=brand_id, template__name=template)
        rows = rows.filter(version_id__in=versions.values("pk"))
    if customer_id is not None:
        rows = rows.filter(subject_id__in=subject_ids_of(brand_id, customer_id))
    return rows.filter(queued_ms__gte=since_ms) if since_ms else rows


def message(brand_id: int, message_id: int) -> Shown:
    """Raises NotFound."""
    return _shown(brand_id, [_row(brand_id, message_id)])[0]


def changes(brand_id: int, message_id: int) -> list[Changed]:
    """What happened to a message, oldest first, from when it was queued. Raises NotFound."""
    row = _row(brand_id, message_id)
    rows = row.changes.order_by("pk").values_list("state", "code", "detail", "at_ms")
    first = Changed(State.QUEUED, "", "", row.queued_ms)
    return [first, *(Changed(State(state), code, detail, at_ms) for state, code, detail, at_ms in rows)]


def read(brand_id: int, message_id: int) -> Rendered | None:
    """What a message says, with stand-ins for what is personal; None where it cannot be said any more.
    Raises NotFound."""
    row = _row(brand_id, message_id)
    place, brand_name = templating.place_of(brand_id)
    version = models.Version.objects.select_related("template").filter(pk=row.version_id).first()
    try:
        return checking.render(
            row, version, name="", language="", place=place, brand=brand_name, url="https://…"
        )
    except (Refused, KeyError, ValueError):
        return None


def by_state(
    brand_id: int,
    *,
    channel: str = "",
    template: str = "",
    campaign: str = "",
    customer_id: int | None = None,
    since_ms: int = 0,
) -> dict[State, int]:
    """How many messages are in each state, of those that `messages` finds."""
    rows = chosen(
        brand_id,
        channel=channel,
        template=template,
        campaign=campaign,
        customer_id=customer_id,
        since_ms=since_ms,
    )
    counts = dict(rows.values_list("state").annotate(count=Count("pk")))
    return {state: counts.get(state.value, 0) for state in State}


def templates(brand_id: int, *, archived: bool = False) -> list[TemplateShown]:
    """Each template with its newest version, by channel and name."""
    rows = models.Version.objects.filter(
        template__brand_id=brand_id, template__archived=archived
    ).select_related("template")
    newest = [row for row in rows if row.number == row.template.newest]
    return [
        TemplateShown(
            row.template.channel,
            row.template.name,
            row.template.label,
            row.number,
            row.purpose,
            Priority(row.priority),
            list(row.texts),
            row.template.archived,
            row.at_ms,
        )
        for row in sorted(newest, key=lambda row: (row.template.channel, row.template.name))
    ]


def template(brand_id: int, channel: str, name: str, version: int = 0) -> VersionShown:
    """A version of a template, 0 for the newest. Raises NotFound."""
    found = versions(brand_id, channel, name)
    for one in found:
        if version in {0, one.version}:
            return one
    raise templating.unknown(channel, name)


def versions(brand_id: int, channel: str, name: str) -> list[VersionShown]:
    """All versions of a template, newest first."""
    rows = models.Version.objects.filter(
        template__brand_id=brand_id, template__channel=channel, template__name=name
    )
    return [
        VersionShown(row.number, templating.draft_of(row), row.actor, row.at_ms)
        for row in rows.select_related("template").order_by("-number")
    ]


def channels(brand_id: int) -> list[ChannelShown]:
    """The channels there are, and how they do."""
    pauses = {pause.channel: pause for pause in models.Pause.objects.all()}
    queued = models.Message.objects.filter(brand_id=brand_id, state=State.QUEUED)
    waiting = dict(queued.values_list("channel").annotate(count=Count("pk")))
    return [
        ChannelShown(
            channel.name,
            channel.label,
            sender(channel.name).ready,
            pauses[channel.name].resume_ms if channel.name in pauses else 0,
            pauses[channel.name].code if channel.name in pauses else "",
            waiting.get(channel.name, 0),
        )
        for channel in CHANNELS
    ]


def _row(brand_id: int, message_id: int) -> models.Message:
    known = abs(message_id) < 1 << 63
    row = models.Message.objects.filter(brand_id=brand_id, pk=message_id).first() if known else None
    if row is None:
        raise NotFound(say("There is no message %(id)s.", id=message_id))
    return row


def _shown(brand_id: int, rows: Sequence[models.Message]) -> list[Shown]:
    owners = customer_ids_of(brand_id, {row.subject_id for row in rows})
    found = models.Version.objects.select_related("template").in_bulk({row.version_id for row in rows})
    return [
        Shown(
            row.pk,
            row.key,
            owners.get(row.subject_id),
            row.subject_id,
            row.channel,
            found[row.version_id].template.name if row.version_id in found else "",
            found[row.version_id].number if row.version_id in found else 0,
            row.language,
            row.purpose,
            Priority(row.priority),
            row.campaign,
            State(row.state),
            row.code,
            row.attempts,
            row.not_before_ms,
            row.expires_ms,
            row.due_ms,
            row.queued_ms,
            row.changed_ms,
            row.provider_id,
            orjson.loads(row.variables) if row.variables else {},
        )
        for row in rows
    ]
