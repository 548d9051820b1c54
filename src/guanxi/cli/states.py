"""`guanxi states …`: the rules by which customers have a state, how many are in each, and one customer's."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.text import Text

from guanxi.cli.headings import table
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
    told,
)
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

app = command_app(help="Customers' states: show, set, refresh.")

CustomerOption = Annotated[
    int | None, typer.Option("--customer", metavar="ID", help="This customer's state, and why.")
]
_GUIDE: Final = say("See docs/guide/states.md.")


@app.command("show")
@command
def show_states(customer: CustomerOption = None, brand: BrandOption = None, json: JsonOption = False) -> None:
    """The rules and how many customers are in each state, or one customer's state.

    What --json prints can be changed and given to `guanxi states set`.
    """
    from guanxi.economics.states import shown

    where = current_brand(brand)
    if customer is not None:
        _show_customer(where, customer, json)
        return
    found = shown.everything(where)
    show(found, json, lambda: _print(found))


@app.command("set")
@command
def set_states(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="The rules as JSON, or all that `show --json` prints; - for standard input.",
        ),
    ],
    *,
    version: VersionOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count who would be where; change nothing.")
    ] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Have other rules hold from now on; the worker computes everybody's state anew."""
    from guanxi.economics.states import queries, rules, shown
    from guanxi.platform.actors import COMMAND_LINE

    where = current_brand(brand)
    given = read_object(file, _GUIDE)
    wanted = [_rule(one) for one in _listed(given)]
    if dry_run:
        counts = shown.previewed(queries.preview(where, wanted))
        show(counts, json, lambda: _print_preview(counts))
        return
    read = version if version is not None else given.get("version")
    rules.choose(where.pk, wanted, version=read if isinstance(read, int) else None, actor=COMMAND_LINE)
    found = shown.everything(where)
    show(found, json, lambda: _print(found))


@app.command()
@command
def refresh(
    no_sync: Annotated[
        bool, typer.Option("--no-sync", help="As of the last sync, even where newer facts wait.")
    ] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Compute every customer's state now, and write what differs."""
    from guanxi.economics.states import refreshing
    from guanxi.warehouse import services as lake

    where = current_brand(brand)
    if not no_sync:
        lake.sync_if_behind(where)
    with progress("States") as advance:
        done = refreshing.refresh(where, tell=advance)
    said = say(
        "%(customers)s customers: %(first)s have a state for the first time, %(changed)s changed.",
        customers=done.customers,
        first=done.first,
        changed=done.changed,
    )
    show(asdict(done), json, lambda: note(said))


def _show_customer(brand: Brand, customer: int, json: bool) -> None:
    from guanxi.economics.states import queries
    from guanxi.economics.states.contracts import LABELS

    found = queries.profile(brand, customer)
    kept = found.kept
    result = {
        "customer": found.customer_id,
        "state": kept.state.value if kept else None,
        "since_ms": kept.since_ms if kept else None,
        "version": found.rules_version,
        "sentence_zh": found.sentence_zh,
        "sentence_en": found.sentence_en,
    }

    def print_it() -> None:
        if kept is None:
            note(say("No state is known of this customer yet: run `guanxi states refresh`."))
            return
        out.print(told(LABELS[kept.state]), style="bold")
        line(either(found.sentence_zh, found.sentence_en), markup=False)

    show(result, json, print_it)


def _listed(given: dict[str, Any]) -> list[Any]:
    found = given.get("rules")
    if not isinstance(found, list):
        raise Invalid(say('There is no list of rules: {"rules": […]}.'), remedy=_GUIDE, field="rules")
    return found


def _rule(one: Any) -> Any:
    """A rule without what `show` adds to it."""
    said = ("sentence_zh", "sentence_en")
    return {name: part for name, part in one.items() if name not in said} if isinstance(one, dict) else one


def _print(found: dict[str, Any]) -> None:
    known = {one["state"]: one for one in found["states"]}
    shown = table("state", "customers", "measures")
    ruled = [one["state"] for one in found["rules"]]
    said = {one["state"]: either(one["sentence_zh"], one["sentence_en"]) for one in found["rules"]}
    for state in (*ruled, *(name for name in known if name not in ruled)):
        one = known[state]
        count = "–" if one["customers"] is None else f"{one['customers']:,}"
        words = said.get(state) or told(one["note"] or "")
        shown.add_row(either(one["label_zh"], one["label_en"]), count, Text(words))
    out.print(shown)
    if not found["version"]:
        note(say("These are the default rules: choose yours with `guanxi states set`."))
    if not found["refreshed_ms"]:
        note(say("Nobody's state is computed yet: run `guanxi states refresh`."))


def _print_preview(counts: dict[str, Any]) -> None:
    from guanxi.economics.states.contracts import LABELS, State

    shown = table("state", "now", "then")
    for one in counts["states"]:
        shown.add_row(told(LABELS[State(one["state"])]), f"{one['now']:,}", f"{one['then']:,}")
    out.print(shown)
    note(say("%(n)s customers would be in another state.", n=counts["changed"]))
