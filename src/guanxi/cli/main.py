"""The `guanxi` command: finds command modules by name and loads only the one that is asked for.

Exit codes: 0 done · 1 failed · 2 the input or the command line is wrong · 4 not found · 5 not allowed ·
6 changed by somebody else · 7 a limit was reached · 8 something needed is missing, locked or full ·
130 interrupted. With `--json` an error is also one JSON object on stdout: {"error": {code, message, …}}.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

import typer
from typer._click import Command, Context  # Typer's own copy of Click; it offers no public name for these
from typer._click.exceptions import ClickException
from typer._click.formatting import HelpFormatter
from typer.core import TyperCommand, TyperGroup

from guanxi import __version__
from guanxi.cli.shared import report_error
from guanxi.cli.speaking import translate
from guanxi.kernel.errors import GuanxiError, Invalid, Unavailable
from guanxi.kernel.wording import say


class CommandModule(NamedTuple):
    """Where a command lives, and its line in `guanxi --help` (so that help loads nothing)."""

    module: str
    help: str
    hidden: bool = False


COMMANDS = {
    "init": CommandModule("guanxi.cli.initialising", "Make the data folder, its keys and the database."),
    "up": CommandModule("guanxi.cli.serving", "Serve the console and the API, and run the worker."),
    "demo": CommandModule("guanxi.cli.demo", "Build the demo brand Lanhua and serve it."),
    "simulate": CommandModule("guanxi.cli.simulate", "Write a simulated brand's files and its truth."),
    "import": CommandModule("guanxi.cli.importing", "Bring a file of orders or members in."),
    "imports": CommandModule("guanxi.cli.importing", "What became of imported files; rejected rows."),
    "rates": CommandModule("guanxi.cli.importing", "Exchange rates of amounts in another currency."),
    "customers": CommandModule("guanxi.cli.customers", "Find, show, merge, part and erase customers."),
    "rights": CommandModule("guanxi.cli.rights", "What people ask for under their rights."),
    "retention": CommandModule("guanxi.cli.retention", "How long each kind of data is kept."),
    "tags": CommandModule("guanxi.cli.tags", "Tags: the dictionary, and who has them."),
    "bulk": CommandModule("guanxi.cli.bulk", "Many customers at once: look, do, take back."),
    "preferences": CommandModule("guanxi.cli.preferences", "What customers may say they prefer."),
    "consent": CommandModule("guanxi.cli.consent", "Consent: who allows what, links, texts, files."),
    "stores": CommandModule("guanxi.cli.stores", "Stores, and the brand's own word on cities."),
    "segments": CommandModule("guanxi.cli.segments", "Segments: list, count, explain, refresh, export."),
    "export": CommandModule("guanxi.cli.exports", "Write a list as CSV, Excel or Parquet."),
    "fields": CommandModule("guanxi.cli.fields", "Computed fields: list, show, set, remove."),
    "states": CommandModule("guanxi.cli.states", "Customers' states: rules, counts, refresh."),
    "ledger": CommandModule("guanxi.cli.ledger", "The ledger of points, credit, stocks."),
    "loops": CommandModule("guanxi.cli.loops", "Loops: whether they turn, and what a turn brings."),
    "rules": CommandModule("guanxi.cli.rules", "Rules: list, apply, try, trace, fund."),
    "tiers": CommandModule("guanxi.cli.tiers", "Tiers: show, put, recompute."),
    "draws": CommandModule("guanxi.cli.draws", "Lucky draws: list, publish, settle, verify."),
    "moments": CommandModule("guanxi.cli.moments", "Birthdays and anniversaries: who is next."),
    "coupons": CommandModule("guanxi.cli.coupons", "Coupons: campaigns, unique codes."),
    "messages": CommandModule("guanxi.cli.messages", "Messages to customers, templates, channels."),
    "report": CommandModule("guanxi.cli.report", "Print a report: overview, monthly, cohorts."),
    "rate-card": CommandModule("guanxi.cli.rate_card", "Prices of media, KOLs and livestreams."),
    "assumptions": CommandModule("guanxi.cli.assumptions", "Margins and the discount that worth assumes."),
    "warehouse": CommandModule("guanxi.cli.warehouse", "Sync, check and rebuild the warehouse."),
    "user": CommandModule("guanxi.cli.people", "People who sign in."),
    "brand": CommandModule("guanxi.cli.people", "Brands."),
    "sandbox": CommandModule("guanxi.cli.sandbox", "Sandboxes: make, fill, look, empty."),
    "apikey": CommandModule("guanxi.cli.apikeys", "Keys for the REST API."),
    "webhooks": CommandModule("guanxi.cli.webhooks", "Webhooks: who is told what happens."),
    "vault": CommandModule("guanxi.cli.vault", "The keys of personal data."),
    "doctor": CommandModule("guanxi.cli.doctor", "Check everything, and say how to mend it."),
    "worker": CommandModule("guanxi.cli.serving", "Run only the worker.", hidden=True),
    "web": CommandModule("guanxi.cli.serving", "Serve only the web.", hidden=True),
}


class LazyGroup(TyperGroup):
    """Commands by name, each from its own module: the module's app is the command, or has it by name."""

    def list_commands(self, ctx: Context) -> list[str]:
        return [name for name, entry in COMMANDS.items() if find_spec(entry.module)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """A stand-in with the line of help."""
        entry = COMMANDS.get(cmd_name)
        if entry is None or not find_spec(entry.module):
            return None
        stand_in = TyperCommand(cmd_name, help=entry.help, hidden=entry.hidden)
        translate(stand_in, ctx)
        return stand_in

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        name, stand_in, rest = super().resolve_command(ctx, args)
        command = load(name) if name and stand_in else None
        if command is None:
            ctx.fail(f"No such command {name!r}.")
        translate(command, ctx)
        return name, command, rest

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        translate(self, ctx)
        super().format_help(ctx, formatter)


def load(name: str) -> Command | None:
    """The command of that name: the part of its module's app that has it, or the whole app where no other
    name leads there; None where the module does not have it."""
    entry = COMMANDS[name]
    loaded = typer.main.get_command(import_module(entry.module).app)
    if isinstance(loaded, TyperGroup) and name in loaded.commands:
        loaded = loaded.commands[name]
    elif loaded.name != name and sum(other.module == entry.module for other in COMMANDS.values()) > 1:
        return None
    loaded.name = name
    return loaded


app = typer.Typer(
    cls=LazyGroup, name="guanxi", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"guanxi {__version__}")
        raise typer.Exit


@app.callback()
def guanxi(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_version, help="Print the version."
    ),
) -> None:
    """Guanxi (关系): who a brand's customers are, and whether they come back."""


def main() -> None:
    """Run one command and end the process with its exit code."""
    try:
        sys.exit(run(sys.argv[1:]))
    except BrokenPipeError:  # the reader of a pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def run(words: list[str]) -> int:
    """Run one command; its exit code."""
    json = "--json" in words
    try:
        code = typer.main.get_command(app).main(words, prog_name="guanxi", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except ClickException as error:
        return _misuse(error, json)
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:
        known = error if isinstance(error, GuanxiError) else _known(error)
        if known is None:
            raise
        report_error(known, json)
        return known.exit_code


def _misuse(error: ClickException, json: bool) -> int:
    if json:
        report_error(Invalid(error.format_message(), remedy=say("See `guanxi COMMAND --help`.")), json)
    else:
        error.show()
    return error.exit_code


def _known(error: Exception) -> GuanxiError | None:
    """Errors of the machine below, named."""
    kind = type(error)
    if kind.__module__ == "django.db.utils":
        reason = str(error).splitlines()[0] if str(error) else kind.__name__
        return Unavailable(
            say("The database cannot be used: %(reason)s.", reason=reason), remedy=say("Run `guanxi doctor`.")
        )
    if isinstance(error, OSError) and error.errno in {28, 122}:  # ENOSPC, EDQUOT
        return Unavailable(
            say("The disk is full."), remedy=say("Free some space, then run the command again.")
        )
    return None


if __name__ == "__main__":
    main()
