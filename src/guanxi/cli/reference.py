"""The reference of all commands, from the commands themselves: `python -m guanxi.cli.reference`.

Prints docs/guide/commands.md; a test holds the file equal to it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib.util import find_spec

from typer._click import Command, Parameter
from typer.core import TyperArgument, TyperGroup, TyperOption

from guanxi.cli import main

HEAD = """# Commands

`guanxi COMMAND --help` says the same in the terminal. This page is made by `python -m guanxi.cli.reference`.

Common to all:

- `--json` prints exactly one JSON object on one line on standard output; remarks, progress and errors for
  people go to standard error. An error is then one object too: `{"error": {"code", "message", "remedy", …}}`.
- `--brand SLUG` chooses the brand; without it (and without `GUANXI_BRAND`) the default brand is meant.
- The data folder is `GUANXI_HOME`, `./guanxi-data` by default; see [settings](settings.md).
- Progress is shown where standard error is a terminal.

| exit code | meaning |
| --- | --- |
| 0 | done |
| 1 | failed (also: a check such as `doctor` found a fault) |
| 2 | the input or the command line is wrong |
| 3 | done, but some rows of a file were rejected |
| 4 | not found |
| 5 | not allowed |
| 6 | changed by somebody else meanwhile, or existing already |
| 7 | a limit was reached |
| 8 | something needed is missing, locked or full |
| 130 | interrupted |
"""


def commands() -> Iterator[tuple[str, Command]]:
    """Every visible command with the words that call it, such as "warehouse sync"."""
    for name, entry in main.COMMANDS.items():
        if find_spec(entry.module) and not entry.hidden and (command := main.load(name)):
            yield from _leaves(name, command)


def render() -> str:
    return HEAD + "".join(_section(words, command) for words, command in commands())


def _leaves(words: str, command: Command) -> Iterator[tuple[str, Command]]:
    if not isinstance(command, TyperGroup) or not command.commands:
        yield words, command
        return
    for name, part in command.commands.items():
        if not part.hidden:
            yield from _leaves(f"{words} {name}", part)


def _section(words: str, command: Command) -> str:
    arguments = [one for one in command.params if isinstance(one, TyperArgument)]
    options = [one for one in command.params if isinstance(one, TyperOption) and not one.hidden]
    usage = " ".join(["guanxi", words, *map(_argument, arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"\n## guanxi {words}\n", f"`{usage}`\n", inspect.cleandoc(command.help or "").strip() + "\n"]
    rows = [f"| {_names(one)} | {_described(one)} |" for one in [*arguments, *options] if one.name != "help"]
    if rows:
        lines += ["| option | meaning |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def _argument(argument: TyperArgument) -> str:
    name = (argument.metavar or argument.name or "").upper().rstrip("….")
    name += "…" if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _names(parameter: Parameter) -> str:
    if isinstance(parameter, TyperArgument):
        return f"`{_argument(parameter)}`"
    return ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])


def _described(parameter: Parameter) -> str:
    words = (getattr(parameter, "help", "") or "").replace("|", "\\|").replace("\n", " ").strip()
    default = parameter.default
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        words += f" Default: `{default}`."
    return words.strip()


if __name__ == "__main__":
    sys.stdout.write(render())
