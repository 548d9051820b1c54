"""Help in Chinese, where the terminal speaks it.

Help loads no Django, so the catalogue is read without it. Commands keep their help in English, in the
docstring and `help=`; extraction finds it there (`ui.catalogues`), and it is translated as it is shown.
"""

from __future__ import annotations

import gettext
import inspect
from functools import cache
from pathlib import Path
from typing import Final

from typer import rich_utils
from typer._click import Command, Context  # Typer's own copy of Click; it offers no public name for these
from typer.core import TyperGroup

import guanxi
from guanxi.cli.shared import language
from guanxi.kernel.wording import Wording, render, say

LOCALE: Final = Path(guanxi.__file__).parent / "ui" / "locale"
CHINESE: Final = "zh_Hans"
# Typer's own words; those it knows at the moment of showing are among the helps.
WORDS: Final[dict[str, Wording]] = {
    "ARGUMENTS_PANEL_TITLE": say("Arguments"),
    "OPTIONS_PANEL_TITLE": say("Options"),
    "COMMANDS_PANEL_TITLE": say("Commands"),
    "DEFAULT_STRING": say("[default: {}]"),
    "ENVVAR_STRING": say("[env var: {}]"),
    "REQUIRED_LONG_STRING": say("[required]"),
}
HELP_OPTION: Final = say("Show this message and exit.")


def translate(command: Command, context: Context) -> None:
    """Put the help of a command, of its options and of the commands below it into the reader's language."""
    if language() != "zh-hans":
        return
    for name, wording in WORDS.items():
        setattr(rich_utils, name, _said(wording))
    _translate(command, context)


def _translate(command: Command, context: Context) -> None:
    command.help = _said(command.help)
    for parameter in command.get_params(context):
        if text := getattr(parameter, "help", None):
            setattr(parameter, "help", _said(text))  # noqa: B010 - not every parameter has one
    if isinstance(command, TyperGroup):
        for part in command.commands.values():
            _translate(part, context)


def _said(text: str | None) -> str | None:
    if not text:
        return text
    plain = text if isinstance(text, Wording) else inspect.cleandoc(text)
    return render(plain, _catalogue().gettext) if isinstance(plain, Wording) else _catalogue().gettext(plain)


@cache
def _catalogue() -> gettext.NullTranslations:
    """The Chinese catalogue; English where it cannot be had."""
    try:
        if gettext.find("django", LOCALE, [CHINESE]) is None:
            from guanxi.ui.catalogues import compile_catalogues  # the first time only

            compile_catalogues(only_stale=True)
        return gettext.translation("django", LOCALE, [CHINESE])
    except OSError:
        return gettext.NullTranslations()
