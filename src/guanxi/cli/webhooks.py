"""`guanxi webhooks …`: who is told what happens, and how that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from guanxi.cli.headings import facts, table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    VersionOption,
    command,
    command_app,
    current_brand,
    line,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.webhooks.models import Delivery
    from guanxi.platform.webhooks.queries import Shown

app = command_app(help="Webhooks: who is told what happens.")

WebhookArgument = Annotated[int, typer.Argument(metavar="ID", help="The webhook's id.")]
DeliveryArgument = Annotated[int, typer.Argument(metavar="DELIVERY", help="The delivery's id.")]
EventOption = Annotated[
    list[str], typer.Option("--event", help="What it is told; repeat it: order.paid, order.*, or * for all.")
]


@app.command("list")
@command
def list_webhooks(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The webhooks of a brand, and how they do."""
    from guanxi.platform.webhooks import queries

    found = queries.webhooks(current_brand(brand).pk)
    show({"webhooks": [_shown(one) for one in found]}, json, lambda: _print_list(found))


@app.command("events")
@command
def list_events(json: JsonOption = False) -> None:
    """The kinds of events that a webhook can be told."""
    from guanxi.platform.webhooks.events import known_kinds

    known = {name: told(meaning) for name, meaning in known_kinds().items()}
    show({"events": known}, json, lambda: facts(*known.items()))


@app.command("add")
@command
def add_webhook(
    name: Annotated[str, typer.Argument(help="Who listens, such as erp.")],
    url: Annotated[str, typer.Argument(help="The address, by https.")],
    event: EventOption,
    *,
    history: Annotated[bool, typer.Option("--history", help="Also imported history.")] = False,
    batch: Annotated[int, typer.Option(help="Events in one request, at most.")] = 100,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Have an address told what happens from now on. The secret is shown this once."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import queries, services

    where = current_brand(brand).pk
    made = services.create(
        where, name, url, event, with_history=history, batch_most=batch, actor=COMMAND_LINE
    )
    result = _shown(queries.webhook(where, made.webhook.pk)) | {"secret": made.secret}
    show(result, json, lambda: _print_secret(made.webhook.pk, made.secret))


@app.command("set")
@command
def set_webhook(
    webhook: WebhookArgument,
    *,
    name: Annotated[str | None, typer.Option(help="The new name.")] = None,
    url: Annotated[str | None, typer.Option(help="The new address.")] = None,
    event: Annotated[list[str] | None, typer.Option("--event", help="What it is told from now on.")] = None,
    history: Annotated[bool | None, typer.Option("--history/--no-history", help="Imported history.")] = None,
    batch: Annotated[int | None, typer.Option(help="Events in one request, at most.")] = None,
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Change a webhook; what is not named stays."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import queries, services

    where = current_brand(brand).pk
    services.change(
        where,
        webhook,
        services.webhook_of(where, webhook).version if version is None else version,
        name=name,
        url=url,
        patterns=event,
        with_history=history,
        batch_most=batch,
        actor=COMMAND_LINE,
    )
    show(_shown(queries.webhook(where, webhook)), json, lambda: note(say("Changed.")))


@app.command("pause")
@command
def pause_webhook(webhook: WebhookArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Send nothing until it is resumed; what happens meanwhile is kept for it."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    services.pause(current_brand(brand).pk, webhook, actor=COMMAND_LINE)
    show({"paused": webhook}, json, lambda: note(say("Paused.")))


@app.command("resume")
@command
def resume_webhook(
    webhook: WebhookArgument,
    *,
    skip: Annotated[bool, typer.Option("--skip", help="Without what has waited.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Send again, first what has waited."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    skipped = services.resume(current_brand(brand).pk, webhook, skip=skip, actor=COMMAND_LINE)
    done = say("Resumed; %(n)s deliveries were skipped.", n=f"{skipped:,}")
    show({"resumed": webhook, "skipped": skipped}, json, lambda: note(done))


@app.command("remove")
@command
def remove_webhook(webhook: WebhookArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Forget a webhook with its deliveries, sent or not."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    services.remove(current_brand(brand).pk, webhook, actor=COMMAND_LINE)
    show({"removed": webhook}, json, lambda: note(say("Removed.")))


@app.command("rotate")
@command
def rotate_webhook(webhook: WebhookArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """A new secret, shown this once; for a day requests are signed with both."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    made = services.rotate(current_brand(brand).pk, webhook, actor=COMMAND_LINE)
    show({"id": webhook, "secret": made.secret}, json, lambda: _print_secret(webhook, made.secret))


@app.command("test")
@command
def test_webhook(webhook: WebhookArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """Have the worker send a test event."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    number = services.test(current_brand(brand).pk, webhook, actor=COMMAND_LINE)
    done = say("Delivery %(number)s is queued; see `guanxi webhooks delivery %(number)s`.", number=number)
    show({"delivery": number}, json, lambda: note(done))


@app.command("deliveries")
@command
def list_deliveries(
    webhook: WebhookArgument,
    *,
    state: Annotated[str, typer.Option(help="queued, sending, delivered, failed or dead.")] = "",
    after: Annotated[int | None, typer.Option(help="`after` of the page before.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What was sent and what came of it, newest first."""
    from guanxi.platform.webhooks import queries

    page = queries.deliveries(current_brand(brand).pk, webhook, state=state, after=after, limit=limit)
    result = {"deliveries": [_delivery(row) for row in page.rows], "after": page.after}
    show(result, json, lambda: _print_deliveries(page.rows))


@app.command("delivery")
@command
def show_delivery(delivery: DeliveryArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """One delivery: what is sent, and the beginning of the answer."""
    from guanxi.platform.webhooks import queries, services

    row = services.delivery_of(current_brand(brand).pk, delivery)
    result = _delivery(row) | {"response": row.response, "body": queries.sent_body(row)}

    def print_it() -> None:
        shown = {**_delivery(row), "kinds": row.kinds, "answer": ascii(row.response)[1:-1]}
        facts(*shown.items())
        out.print_json(data=queries.sent_body(row))

    show(result, json, print_it)


@app.command("replay")
@command
def replay(
    webhook: WebhookArgument,
    *,
    delivery: Annotated[int | None, typer.Option(help="This delivery alone.")] = None,
    since: Annotated[
        str | None, typer.Option(help="What was made then or later, such as 2026-11-21T08:00+08:00.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="What was not taken.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Send deliveries again, with the same ids."""
    from guanxi.platform.actors import COMMAND_LINE
    from guanxi.platform.webhooks import services

    where = current_brand(brand).pk
    if delivery is not None:
        services.replay(where, delivery, actor=COMMAND_LINE)
        count = 1
    else:
        since_ms = None if since is None else _moment(since)
        count = services.replay_many(where, webhook, since_ms=since_ms, failed=failed, actor=COMMAND_LINE)
    done = say("%(n)s deliveries are queued again.", n=f"{count:,}")
    show({"deliveries": count}, json, lambda: note(done))


def _moment(text: str) -> int:
    from datetime import datetime

    from guanxi.kernel.errors import Invalid

    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(
            say("“%(text)s” is not a time with an offset.", text=text),
            remedy=say("Write it as 2026-11-21T08:00+08:00."),
        )
    return round(at.timestamp() * 1_000)


def _shown(one: Shown) -> dict[str, Any]:
    webhook, health = one
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.patterns,
        "history": webhook.with_history,
        "batch_most": webhook.batch_most,
        "active": webhook.is_active,
        "stopped": webhook.stopped or None,
        "version": webhook.version,
        "failures": webhook.failures,
        "waiting": health.waiting,
        "last_day": health.day,
        "delivered": _time(webhook.delivered_ms),
    }


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "message": row.message,
        "kinds": row.kinds.split(","),
        "events": row.count,
        "state": row.state,
        "attempts": row.attempts,
        "replays": row.replays,
        "status": row.status,
        "error": row.error or None,
        "duration_ms": row.duration_ms,
        "created": _time(row.created_ms),
        "sent": _time(row.sent_ms),
    }


def _time(at_ms: int) -> str | None:
    from guanxi.kernel.clock import to_datetime

    return to_datetime(at_ms).isoformat(timespec="seconds") if at_ms else None


def _print_secret(webhook: int, secret: str) -> None:
    line(say("Webhook %(number)s. Its secret:", number=webhook))
    out.print(secret, style="bold", soft_wrap=True)
    note(say("Keep it now: it is shown this once."))


def _print_list(found: list[Shown]) -> None:
    from rich.text import Text

    from guanxi.platform.webhooks.contracts import Stopped

    shown = table("id", "name", "url", "events", "waiting", "state")
    for webhook, health in found:
        state = say("active") if webhook.is_active else str(Stopped(webhook.stopped).label)
        cells = (webhook.pk, webhook.name, webhook.url, " ".join(webhook.patterns), health.waiting)
        shown.add_row(*(Text(str(cell)) for cell in cells), Text(told(state)))
    out.print(shown)


def _print_deliveries(rows: list[Delivery]) -> None:
    from rich.text import Text

    from guanxi.platform.webhooks.contracts import DeliveryState

    shown = table("id", "kind", "events", "state", "attempts", "status", "time")
    for row in rows:
        cells = (
            row.pk,
            row.kinds,
            row.count,
            DeliveryState(row.state).label,
            row.attempts,
            row.status or "–",
        )
        shown.add_row(*(Text(str(cell)) for cell in cells), Text(_time(row.sent_ms or row.created_ms) or ""))
    out.print(shown)
