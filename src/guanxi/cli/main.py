"""The `guanxi` command."""

from __future__ import annotations

import typer

app = typer.Typer(name="guanxi", no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def guanxi() -> None:
    """Customer retention for brands that sell in China."""


def main() -> None:
    app()
