"""`guanxi ledger …`: the ledger and its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from guanxi.cli.headings import facts, table
from guanxi.cli.shared import (
    BrandOption,
    JsonOption,
    command,
    command_app,
    current_brand,
    note,
    out,
    show,
    told,
)
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.loyalty.ledger.due import Counts
    from guanxi.loyalty.ledger.proving import Proof

app = command_app(help="The ledger: prove it, and do what is due.")


@app.callback()
def ledger() -> None:
    """The ledger of points, credit, stocks and budgets."""


@app.command("prove")
@command
def prove(brand: BrandOption = None, json: JsonOption = False) -> None:
    """Recompute every balance, lot and refund from the entries alone, and the sum of each asset. Exit code 6
    where anything does not agree."""
    from guanxi.loyalty.ledger import proving

    proof = proving.prove(current_brand(brand).pk)
    show(shown(proof), json, lambda: _print(proof))
    if not proof.ok:
        raise Conflict(
            say("The ledger does not agree with itself."),
            remedy=say(
                "See docs/guide/ledger.md, “What always holds”: change nothing by hand, restore a backup."
            ),
        )


@app.command("due")
@command
def what_is_due(
    *,
    now: Annotated[bool, typer.Option("--now/--dry-run", help="Do it, or say what would be done.")] = False,
    brand: BrandOption = None,
    json: JsonOption = False,
) -> None:
    """Post what is ripe, let lapse what was announced for too long, and let expire what is left of lots whose
    time is up, as the worker does by itself."""
    from guanxi.loyalty.ledger import due

    where = current_brand(brand).pk
    rows = [one._asdict() for one in due.dry_run(where)]
    if not now:
        show({"dry_run": True, "due": rows}, json, lambda: _print_due(rows))
        return
    counts = due.run(where)
    show({"dry_run": False, "due": rows, **counts._asdict()}, json, lambda: _print_done(counts))


def _print_due(rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        _table(rows)
    note(say("Nothing was changed. Say --now to do it.") if rows else say("Nothing is due."))


def _print_done(counts: Counts) -> None:
    facts(
        (say("posted"), f"{counts.ripened:,}"),
        (say("lapsed"), f"{counts.lapsed:,}"),
        (say("expired"), f"{counts.expired:,}"),
    )


def shown(proof: Proof) -> dict[str, object]:
    return {
        "ok": proof.ok,
        "entries": proof.entries,
        "accounts": proof.accounts,
        "units": [one._asdict() for one in proof.units],
        "problems": [one._asdict() for one in proof.problems],
    }


def _print(proof: Proof) -> None:
    counted = (say("entries"), say("accounts"), say("problems"))
    facts(*((name, str(n)) for name, n in zip(counted, _counts(proof), strict=True)))
    if proof.units:
        _table([one._asdict() for one in proof.units])
    if proof.problems:
        _table([one._asdict() for one in proof.problems])


def _counts(proof: Proof) -> tuple[int, int, int]:
    return proof.entries, proof.accounts, len(proof.problems)


def _table(rows: Sequence[Mapping[str, object]]) -> None:
    shown = table(*rows[0])
    for row in rows:
        shown.add_row(
            *(Text(told(str(cell)) if isinstance(cell, str) else f"{cell:,}") for cell in row.values())
        )
    out.print(shown)
