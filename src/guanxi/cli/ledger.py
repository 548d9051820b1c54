"""`guanxi ledger …`: the ledger and its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from guanxi.cli import ledger_explorer
from guanxi.cli.headings import facts, table
from guanxi.cli.shared import BrandOption, JsonOption, command, command_app, current_brand, out, show, told
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say

if TYPE_CHECKING:
    from guanxi.loyalty.ledger.proving import Proof

app = command_app(help="The ledger: look at it, change a balance by hand, prove it.")
ledger_explorer.register(app)


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
