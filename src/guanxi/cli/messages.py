"""`guanxi messages …`: what is sent to customers, by which templates and channels, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    line,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guanxi.messaging.contracts import Rendered

app = command_app(help="Messages: list, show, send, cancel, run, templates, preview, channels.")

MessageArgument = Annotated[int, typer.Argument(metavar="ID", help="The message's id.")]
ChannelArgument = Annotated[str, typer.Argument(help="The channel's name.")]
TemplateArgument = Annotated[str, typer.Argument(help="The template's name.")]
VariableOption = Annotated[
    list[str] | None,
    typer.Option(
        "--var", metavar="NAME=VALUE", help="A variable; whole numbers for points, money and dates."
    ),
]
_GUIDE: Final = say("See docs/guide/messaging.md.")


@app.command("list")
@command
def list_messages(
    *,
    state: Annotated[str | None, typer.Option(help="In this state.")] = None,
    channel: Annotated[str, typer.Option(help="By this channel.")] = "",
    template: Annotated[str, typer.Option(help="Of this template.")] = "",
    campaign: Annotated[str, typer.Option(help="Of this campaign.")] = "",
    customer: Annotated[int | None, typer.Option(help="To this customer.")] = None,
    before: Annotated[int | None, typer.Option(help="Older than this message.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Messages, newest first, and how many are in each state."""
    from guanxi.messaging import queries
    from guanxi.messaging.contracts import State

    if state is not None and state not in list(State):
        raise Invalid(say("A state is one of: %(names)s.", names=", ".join(State)), field="state")
    where = current_brand(brand)
    asked: dict[str, Any] = {
        "channel": channel,
        "template": template,
        "campaign": campaign,
        "customer_id": customer,
    }
    rows = queries.messages(
        where.pk, state=State(state) if state else None, before=before, limit=limit, **asked
    )
    counts = {str(one): count for one, count in queries.by_state(where.pk, **asked).items()}

    def print_it() -> None:
        shown = table("id", "channel", "template", "who", "state", "code")
        for one in rows:
            who = str(one.customer_id or "–")
            shown.add_row(str(one.id), one.channel, one.template, who, str(one.state), one.code)
        out.print(shown)
        line(" · ".join(f"{name} {count:,}" for name, count in counts.items() if count), markup=False)

    show({"messages": [_plain(one) for one in rows], "states": counts}, json, print_it)


@app.command("show")
@command
def show_message(number: MessageArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """A message and what happened to it."""
    from guanxi.messaging import queries

    where = current_brand(brand)
    one, steps = queries.message(where.pk, number), queries.changes(where.pk, number)
    said = queries.read(where.pk, number)
    result = {
        **_plain(one),
        "said": said._asdict() if said else None,
        "history": [_plain(step) for step in steps],
    }

    def print_it() -> None:
        facts(
            (say("Channel"), one.channel),
            (say("Template"), f"{one.template} v{one.version}"),
            (say("Customer"), one.customer_id),
            (say("Campaign"), one.campaign),
            (say("State"), f"{one.state} {one.code}".strip()),
            (say("Attempts"), one.attempts),
        )
        if said:
            out.print(Text(said.subject, style="bold") + Text("\n" if said.subject else "") + Text(said.text))
        _history_printed(steps)

    show(result, json, print_it)


@app.command("send")
@command
def send_message(
    channel: ChannelArgument,
    template: TemplateArgument,
    customer: Annotated[int, typer.Argument(help="The customer's id.")],
    *,
    key: Annotated[str, typer.Option(help="Once under this key; again changes nothing.")],
    variables: VariableOption = None,
    language: Annotated[str, typer.Option(help="zh-hans or en; the customer's own without.")] = "",
    campaign: Annotated[str, typer.Option(help="The campaign's code.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Queue a message; the worker sends it, or `guanxi messages run`."""
    from guanxi.messaging import queries, services
    from guanxi.messaging.contracts import Became, Message
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    values = _values(variables, {one.name: one.kind for one in _declared(where.pk, channel, template)})
    wanted = Message(key, customer, channel, template, values, language, campaign=campaign)
    (outcome,) = services.queue(where.pk, [wanted], actor=COMMAND_LINE)
    if outcome.state is Became.REFUSED:
        fault = Conflict if outcome.code == "key_conflict" else Invalid
        raise fault(outcome.text, remedy=_GUIDE, reason=outcome.code)
    state = str(queries.message(where.pk, outcome.message_id).state)
    result = {"id": outcome.message_id, "outcome": str(outcome.state), "state": state}
    show(
        result,
        json,
        lambda: line(say("Message %(number)s is %(state)s.", number=outcome.message_id, state=state)),
    )


@app.command("cancel")
@command
def cancel_messages(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Which.")] = None,
    *,
    campaign: Annotated[str, typer.Option(help="All of this campaign that wait.")] = "",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Do not send messages that have not left."""
    from guanxi.messaging import services
    from guanxi.platform.actors import COMMAND_LINE

    if bool(numbers) == bool(campaign):
        raise Invalid(say("Say which messages, or which campaign."))
    where, cancelled = current_brand(brand), len(numbers or ())
    for number in numbers or ():
        services.cancel(where.pk, number, actor=COMMAND_LINE)
    if campaign:
        cancelled = services.cancel_campaign(where.pk, campaign, actor=COMMAND_LINE)
    show(
        {"cancelled": cancelled},
        json,
        lambda: note(say("%(n)s messages are cancelled.", n=f"{cancelled:,}")),
    )


@app.command("run")
@command
def run_messages(json: JsonOption = False) -> None:
    """Send what is due now, on every channel and of every brand, as the worker does by itself."""
    from guanxi.messaging import services

    taken = services.send_all()
    show({"taken": taken}, json, lambda: note(say("%(n)s messages were taken.", n=f"{taken:,}")))


@app.command("templates")
@command
def list_templates(
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Those in the archive.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The templates, each at its newest version."""
    from guanxi.messaging import queries

    rows = queries.templates(current_brand(brand).pk, archived=archived)

    def print_it() -> None:
        shown = table("channel", "name", "version", "purpose", "label")
        for one in rows:
            shown.add_row(one.channel, one.name, str(one.version), one.purpose, one.label)
        out.print(shown)

    show({"templates": [_plain(one) for one in rows]}, json, print_it)


@app.command("preview")
@command
def preview_template(
    channel: ChannelArgument,
    template: TemplateArgument,
    *,
    variables: VariableOption = None,
    version: Annotated[int, typer.Option(min=0, help="The newest without.")] = 0,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What a template says in each language, with its examples or other values."""
    from guanxi.messaging import queries

    where = current_brand(brand)
    draft = queries.template(where.pk, channel, template, version).draft
    values = _values(variables, {one.name: one.kind for one in draft.variables})
    shown = queries.preview(where.pk, draft, values)
    result = {"languages": {language: one._asdict() for language, one in shown.items()}}
    show(result, json, lambda: _said_printed(shown))


@app.command("channels")
@command
def list_channels(brand: BrandOption = None, json: JsonOption = False) -> None:
    """The channels there are, and how they do."""
    from guanxi.messaging import queries

    rows = queries.channels(current_brand(brand).pk)

    def print_it() -> None:
        shown = table("channel", "state", "waiting")
        for one in rows:
            state = say("rests") if one.resume_ms else say("ready") if one.ready else say("not set up")
            shown.add_row(one.name, f"{told(state)} {one.code}".strip(), f"{one.waiting:,}")
        out.print(shown)

    show({"channels": [{**one._asdict(), "label": str(one.label)} for one in rows]}, json, print_it)


def _declared(brand_id: int, channel: str, template: str) -> Sequence[Any]:
    from guanxi.messaging import queries

    return queries.template(brand_id, channel, template).draft.variables


def _values(given: list[str] | None, kinds: Mapping[str, str]) -> dict[str, object]:
    """NAME=VALUE as the template's types want it. Raises Invalid."""
    found: dict[str, object] = {}
    for one in given or ():
        name, mark, text = one.partition("=")
        if not mark:
            raise Invalid(say("Write a variable as NAME=VALUE: %(given)s", given=one[:80]), remedy=_GUIDE)
        whole = kinds.get(name) in {"integer", "points", "money", "date"}
        found[name] = int(text) if whole and text.removeprefix("-").isdecimal() else text
    return found


def _said_printed(shown: Mapping[str, Rendered]) -> None:
    for language, one in shown.items():
        out.print(Text(language, style="bold"))
        if one.subject:
            out.print(Text(one.subject))
        out.print(Text(one.text))


def _history_printed(steps: Sequence[Any]) -> None:
    from guanxi.kernel.clock import to_datetime

    shown = table("when", "state", "code", "message")
    for one in steps:
        at = to_datetime(one.at_ms).isoformat(timespec="seconds")
        shown.add_row(at, str(one.state), one.code, Text(one.detail))
    out.print(shown)


def _plain(one: Any) -> dict[str, Any]:
    """A row as JSON has it: enums as their names."""
    row: dict[str, Any] = one._asdict()
    if "priority" in row:
        row["priority"] = one.priority.name.lower()
    return row
