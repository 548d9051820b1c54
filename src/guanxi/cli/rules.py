"""`guanxi rules …`: what is given for what."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.json_files import read_object
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    VersionOption,
    command,
    command_app,
    current_brand,
    either,
    line,
    note,
    out,
    progress,
    show,
)
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

app = command_app(help="Rules: list, apply, try, trace, fund.")

RuleArgument = Annotated[int, typer.Argument(metavar="ID", help="The rule's id.")]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="A file with the rule as JSON; - for standard input.")
]
PriorityOption = Annotated[int, typer.Option(min=0, max=1000, help="The higher is asked first.")]


@app.command("list")
@command
def list_rules(
    state: Annotated[str | None, typer.Option(help="Only draft, active, paused or archived.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """The rules in the order in which they are asked, with what they gave in the last 30 days."""
    from guanxi.loyalty.rules import queries, shown
    from guanxi.loyalty.rules.contracts import State

    where = current_brand(brand)
    rows = shown.rules(where, queries.rules(where.pk, [_state(state)] if state else list(State)))

    def print_it() -> None:
        told = table("id", "name", "state", "priority", "given", "customers", "missed")
        for row in rows:
            given = row["given_30_days"]
            cells = (row["id"], row["name"], row["state"], row["priority"], _units(given["units"]))
            told.add_row(*(Text(str(cell)) for cell in (*cells, given["customers"], row["missed"])))
        out.print(told)

    show({"rules": rows}, json, print_it)


@app.command("show")
@command
def show_rule(number: RuleArgument, brand: BrandOption = None, json: JsonOption = False) -> None:
    """One rule: what it says, what it gave, its versions."""
    from guanxi.loyalty.rules import queries, shown

    where = current_brand(brand)
    row = shown.rule(where, number)
    row["versions"] = [shown.version(one) for one in queries.versions(where.pk, number)]

    def print_it() -> None:
        out.print(either(row["sentence_zh"], row["sentence_en"]), markup=False)
        facts(
            (say("name"), row["name"]),
            (say("state"), row["state"]),
            (say("version"), row["version"]),
            (say("priority"), row["priority"]),
            (say("group"), row["group"]),
            (say("given in 30 days"), _units(row["given_30_days"]["units"])),
            (say("budget left"), _units(row["budget_left"])),
            (say("missed"), row["missed"]),
        )
        told = table("version", "when", "what", "who", "changed")
        for one in row["versions"]:
            cells = (one["version"], one["at"], one["what"], one["actor"], ", ".join(one["changes"]))
            told.add_row(*(Text(str(cell)) for cell in cells))
        out.print(told)

    show(row, json, print_it)


@app.command("apply")
@command
def apply_rule(
    source: FileArgument,
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Make the rule of a file, or change the one of that name to what the file says.

    The file is {"name": …, "definition": {…}, "priority": 100, "group": "", "description": ""}. A rule that
    says so already is left as it is.
    """
    from guanxi.loyalty.rules import queries, services
    from guanxi.platform.actors import COMMAND_LINE

    where, wanted = current_brand(brand), _file(source)
    name = str(wanted.pop("name"))
    known = next((row for row in queries.rules(where.pk) if row.name == name.strip()), None)
    if known is None:
        number, now = services.create(where, name, actor=COMMAND_LINE, **wanted), 1
        done = "created"
    else:
        number = known.id
        stored = {"priority": known.priority, "group": known.group, "description": known.description}
        changed = _differs(where, known.definition, wanted, stored)
        now = known.version
        if changed:
            read = known.version if version is None else version
            now = services.save(where, number, read, actor=COMMAND_LINE, **wanted)
        done = "saved" if changed else "unchanged"
    said = queries.said_both_ways(where, queries.rule(where.pk, number).definition)
    result = {"id": number, "version": now, "done": done, "sentence_zh": said[0], "sentence_en": said[1]}
    told = say("Rule %(number)s (%(done)s): %(what)s", number=number, done=done, what=either(*said))
    show(result, json, lambda: line(told, markup=False))


@app.command("state")
@command
def set_rule_state(
    number: RuleArgument,
    state: Annotated[str, typer.Argument(help="active, paused, archived, or deleted for a draft.")],
    version: VersionOption = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Switch a rule on, pause it, archive it, take it out of the archive (paused), or delete a draft."""
    from guanxi.loyalty.rules import queries, services
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    now = queries.rule(where.pk, number).version if version is None else version
    if state == "deleted":
        services.delete(where, number, now, actor=COMMAND_LINE)
    else:
        now = services.set_state(where, number, now, _state(state), actor=COMMAND_LINE)
    result = {"id": number, "state": state, "version": now}
    show(result, json, lambda: note(say("Rule %(number)s is %(state)s.", number=number, state=state)))


@app.command("dry-run")
@command
def dry_run_rule(
    source: FileArgument,
    *,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back.")] = 90,
    rule: Annotated[int | None, typer.Option(help="In place of this rule.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What a rule would have given in the last days, beside all that are switched on. Nothing is written.

    The file is a rule as `apply` takes it, or its definition alone.
    """
    from guanxi.loyalty.rules import shown
    from guanxi.loyalty.rules.dryrun import dry_run

    where, wanted = current_brand(brand), _file(source, named=False)
    with progress(say("Trying")) as advance:
        found = dry_run(
            where,
            wanted["definition"],
            rule_id=rule,
            priority=wanted.get("priority", 100),
            group=wanted.get("group", ""),
            days=days,
            progress=advance,
        )

    def print_it() -> None:
        told = say(
            "%(met)s of %(facts)s touchpoints of %(customers)s customers",
            met=f"{found.met:,}",
            facts=f"{found.facts:,}",
            customers=f"{found.customers:,}",
        )
        line(told)
        listed = table("asset", "units", "cost")
        for one in found.assets:
            cost = "—" if one.cost_fen is None else f"{one.cost_fen / 100:,.2f}"
            listed.add_row(Text(one.asset), f"{one.units:,}", cost)
        out.print(listed)

    show(shown.dry_run(found), json, print_it)


@app.command("trace")
@command
def trace_rules(
    customer: Annotated[int, typer.Argument(help="The customer's id.")],
    *,
    touchpoint: Annotated[int | None, typer.Option(help="A recorded touchpoint of theirs.")] = None,
    amount_fen: Annotated[int | None, typer.Option(help="Suppose an order of this amount.")] = None,
    channel: Annotated[str, typer.Option(help="Suppose it on this channel.")] = "",
    kind: Annotated[str, typer.Option(help="Suppose a touchpoint of this kind.")] = "order.paid",
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What every rule decides of one touchpoint, recorded or supposed, and why. Nothing is written."""
    from guanxi.loyalty.rules import shown, tracing

    supposed = {"kind": kind, "amount_fen": amount_fen, "channel": channel}
    asked: dict[str, Any] = {"supposed": supposed} if touchpoint is None else {"fact_id": touchpoint}
    found = tracing.trace(current_brand(brand), customer, **asked)
    result = shown.traced(found)

    def print_it() -> None:
        told = table("rule", "name", "why", "units", "more")
        for one in result["steps"]:
            gave = _units({gave["asset"] or gave["effect"]: gave["units"] for gave in one["gave"]})
            failed = one["failed"]
            more = f"{failed['field']} {failed['op']} {failed['value']}" if failed else one["by"] or ""
            told.add_row(*(Text(str(cell)) for cell in (one["rule"], one["name"], one["why"], gave, more)))
        out.print(told)

    show(result, json, print_it)


@app.command("fund")
@command
def fund_rule(
    number: RuleArgument,
    asset: Annotated[str, typer.Argument(help="The asset's code.")],
    units: Annotated[int, typer.Argument(help="How many; below 0 takes out (after --).")],
    *,
    key: Annotated[str | None, typer.Option(help="Once under this key, however often it is run.")] = None,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Put units into a rule's own budget, or take out what is left."""
    from guanxi.loyalty.ledger.contracts import State
    from guanxi.loyalty.rules import queries, services
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    once = f"{number}:{(key or secrets.token_urlsafe(9))[:60]}"
    done = services.fund(where, number, asset, units, key=once, actor=COMMAND_LINE)
    if done.state is State.REFUSED:
        raise Conflict(done.message, remedy=say("Take out no more than is left."))
    left = queries.budgets(where.pk, [number]).get(number, {})
    result = {"id": number, "state": done.state.value, "budget_left": left}
    show(result, json, lambda: note(say("Left in the budget: %(left)s.", left=_units(left))))


@app.command("missed")
@command
def missed_of_rule(
    number: RuleArgument,
    *,
    give: Annotated[bool, typer.Option("--give", help="Give it now.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """What a rule missed, such as for an empty budget; with --give it is given."""
    from guanxi.loyalty.rules import giving, queries, services, shown
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    services.find(where.pk, number)
    if give:
        with progress(say("Giving")) as advance:
            done = giving.give(where, number, actor=COMMAND_LINE, tell=advance)
        told = say("%(given)s given, %(refused)s refused again.", given=done.given, refused=done.refused)
        show({"id": number, **done._asdict()}, json, lambda: note(told))
        return
    rows = queries.missed(where.pk, number)
    reasons = [
        {"code": code, "effects": many, "units": units}
        for code, many, units in queries.missed_reasons(where.pk, number)
    ]

    def print_it() -> None:
        listed = table("reason", "number", "units")
        for one in reasons:
            listed.add_row(Text(str(one["code"])), f"{one['effects']:,}", f"{one['units']:,}")
        out.print(listed)

    show({"id": number, "reasons": reasons, "missed": [shown.missed(row) for row in rows]}, json, print_it)


def _state(text: str) -> Any:
    from guanxi.loyalty.rules.contracts import State

    if text not in list(State):
        raise Invalid(say("A state is one of %(names)s.", names=", ".join(State)), field="state")
    return State(text)


def _file(source: str, *, named: bool = True) -> dict[str, Any]:
    """A rule as `apply` takes it. Raises Invalid."""
    remedy = say("See docs/guide/rules.md.")
    told = read_object(source, remedy)
    if not named and "definition" not in told:
        return {"definition": told}
    known, needed = {"name", "definition", "priority", "group", "description"}, {"definition"}
    needed |= {"name"} if named else set()
    if not needed <= set(told) <= known:
        raise Invalid(
            say("An object with %(names)s is expected.", names=", ".join(sorted(known))), remedy=remedy
        )
    types = {"definition": dict, "priority": int}
    for name, value in told.items():
        if not isinstance(value, types.get(name, str)):
            raise Invalid(say("%(name)s has the wrong type.", name=name), remedy=remedy, field=name)
    return told


def _differs(
    brand: Brand, definition: Mapping[str, Any], wanted: Mapping[str, Any], stored: Mapping[str, Any]
) -> bool:
    from guanxi.loyalty.rules.parsing import dump_definition
    from guanxi.loyalty.rules.services import checked

    if dump_definition(checked(brand.pk, wanted["definition"])) != definition:
        return True
    return any(wanted[name] != value for name, value in stored.items() if name in wanted)


def _units(units: Mapping[str, int]) -> str:
    return ", ".join(f"{many:,} {asset}" for asset, many in units.items())
