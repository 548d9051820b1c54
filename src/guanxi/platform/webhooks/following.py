"""Logs are followed by a mark: what is new behind it becomes deliveries, which are written together with the
new mark, so that nothing is lost or doubled, whoever is killed and however many workers there are."""

from __future__ import annotations

from typing import Final

from guanxi.platform.marks import Mark
from guanxi.platform.webhooks.contracts import Event
from guanxi.platform.webhooks.events import LOGS, EventLog, Part, fits
from guanxi.platform.webhooks.models import LogMark, Webhook
from guanxi.platform.webhooks.writing import collecting, insert, rows_for
from guanxi.platform.writing import writing

ROWS: Final = 2_000  # looked at in a step


def follow_all() -> bool:
    """One step of every log; whether one of them has more. Nothing is read where nobody listens."""
    webhooks = list(collecting().order_by("pk"))
    return bool(sum(follow(log, webhooks) for log in LOGS)) if webhooks else False


def follow(log: EventLog, webhooks: list[Webhook]) -> bool:
    """One step; whether there is more."""
    mark = _mark(log)
    answers: dict[tuple[int, str, bool], bool] = {}

    def wants(brand_id: int, kind: str, live: bool) -> bool:
        asked = (brand_id, kind, live)
        if asked not in answers:
            answers[asked] = any(_wants(webhook, *asked) for webhook in webhooks)
        return answers[asked]

    part = log.read(mark, ROWS, wants)
    if part.mark == mark:
        return False
    rows = [row for webhook in webhooks if (told := _told(webhook, part)) for row in rows_for(webhook, told)]
    with writing():
        moved = LogMark.objects.filter(pk=log.name, at=mark.at, row=mark.id).update(
            at=part.mark.at, row=part.mark.id
        )
        if not moved:
            return True  # another worker was faster
        insert(rows)
    return part.full


def begin_where_nobody_listened() -> None:
    """For whoever starts to listen, in that transaction: what was written while nobody did is not gone
    through."""
    if collecting().exists():
        return
    for log in LOGS:
        head = log.head()
        LogMark.objects.update_or_create(pk=log.name, defaults={"at": head.at, "row": head.id})


def _mark(log: EventLog) -> Mark:
    found = LogMark.objects.filter(pk=log.name).first()
    if found is None:
        head = log.head()
        found = LogMark.objects.get_or_create(pk=log.name, defaults={"at": head.at, "row": head.id})[0]
    return Mark(found.at, found.row)


def _told(webhook: Webhook, part: Part) -> list[Event]:
    """The events of a part that a webhook is told: none from before it was there."""
    return [
        event
        for brand_id, event, live in part.told
        if event.recorded_ms >= webhook.created_ms and _wants(webhook, brand_id, event.kind, live)
    ]


def _wants(webhook: Webhook, brand_id: int, kind: str, live: bool) -> bool:
    return webhook.brand_id == brand_id and (live or webhook.with_history) and fits(webhook.patterns, kind)
