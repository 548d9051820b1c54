"""`guanxi simulate`: a simulated brand's files and their truth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from guanxi.cli.shared import JsonOption, command_app, line, note, out, set_up, show
from guanxi.kernel.wording import say

app = command_app()

Customers = Annotated[int, typer.Option("--customers", min=10, help="How many people.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed writes the same files.")]


@app.command("simulate")
def simulate_files(
    *,
    target: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write; made if missing.")],
    customers: Customers = 50_000,
    seed: Seed = 1,
    years: Annotated[float, typer.Option("--years", help="How much history.")] = 3,
    until: Annotated[
        datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day of it.")
    ] = datetime(2026, 10, 31),
    json: JsonOption = False,
) -> None:
    """Write the files that the brand Lanhua would have, and the truth about who is who."""
    from guanxi.simulator.brand import simulate

    set_up(json=json)
    totals = simulate(
        target, customers=customers, seed=seed, years=years, until=until.date(),
        progress=lambda step: note(say("Writing %(step)s …", step=step)),
    )  # fmt: skip

    def print_totals() -> None:
        files = sorted(path for path in target.rglob("*") if path.is_file())
        for path in files:
            out.print(f"{path.stat().st_size:>12,}  {path}")
        line(
            say(
                "%(orders)s paid orders of %(buyers)s people; the truth is in %(folder)s, explained in "
                "docs/guide/simulator.md.",
                orders=f"{totals['orders']:,}",
                buyers=f"{totals['buyers']:,}",
                folder=target / "truth",
            )
        )

    show({**totals, "out": str(target)}, json, print_totals)
