"""What every command is made of: options, start-up, output, errors and progress.

A command module holds a Typer app and is named in `main.COMMANDS`; it imports Django only inside the
functions it runs, so that `--help` stays fast:

    app = command_app()

    @app.command("import")
    @command
    def import_file(file: Path, brand: BrandOption = None, json: JsonOption = False) -> None:
        from guanxi.touchpoints.importing import services
        result = services.run(current_brand(brand).id, file)
        show(result, json, lambda: print_table(result))
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from guanxi.kernel.errors import GuanxiError, Invalid, NotFound, Unavailable
from guanxi.kernel.wording import Wording, say

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")

JsonOption = Annotated[bool, typer.Option("--json", help="Print exactly one JSON object on one line.")]
BrandOption = Annotated[
    str | None,
    typer.Option("--brand", envvar="GUANXI_BRAND", metavar="SLUG", help="The brand, if not the default one."),
]
VersionOption = Annotated[
    int | None,
    typer.Option("--version", help="The version you have read; refused where it was changed since."),
]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def command_app(**settings: Any) -> typer.Typer:
    """The Typer app of a command module."""
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, **settings)


def set_up(*, json: bool = False) -> None:
    """Make Django ready, and speak the reader's language. Quick when it is already."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanxi.platform.settings")
    import django

    try:
        django.setup()
    except ValueError as error:  # a setting that cannot be used names itself
        raise Invalid(str(error), remedy=say("See docs/guide/settings.md.")) from None
    from django.utils import translation

    translation.activate("en" if json else language())


def language() -> str:
    """The terminal's language, since nobody has signed in: GUANXI_LANGUAGE, else the locale's. What is
    written for programs is always in English, whoever starts them."""
    wanted = os.environ.get("GUANXI_LANGUAGE") or os.environ.get("LC_ALL")
    wanted = wanted or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if wanted.lower().startswith("zh") else "en"


def told(text: str) -> str:
    """A sentence made with `say`, in the reader's language; any other text as it is. Before `set_up` there is
    no catalogue to look in, and the sentence stays English."""
    from django.apps import apps

    if not apps.ready or not isinstance(text, Wording):
        return text
    from guanxi.platform.language import spoken

    return spoken(text)


def either(chinese: str, english: str) -> str:
    """Of what is kept in both languages, the reader's."""
    from django.utils.translation import get_language

    return chinese if (get_language() or "").startswith("zh") else english


def line(text: str, **look: Any) -> None:
    """A sentence for people on stdout, which may have Rich's markup."""
    out.print(told(text), **look)


def command(function: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """A command that needs an initialised installation: Django is ready, migrations are applied."""

    @functools.wraps(function)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> Answer:
        set_up(json=options.get("json") is True)
        require_initialised()
        return function(*arguments, **options)

    return run


def require_initialised() -> None:
    """Raises Unavailable, saying to run `guanxi init`, where the database has no (current) tables."""
    from guanxi.platform.checks import pending_migrations

    pending = pending_migrations()
    if pending is None:
        raise Unavailable(
            say("Guanxi is not initialised here."),
            remedy=say("Run `guanxi init`, or set GUANXI_HOME or DATABASE_URL to where it is."),
        )
    if pending:
        raise Unavailable(
            say(
                "The database is older than this version of Guanxi (%(n)s migrations to apply).",
                n=len(pending),
            ),
            remedy=say("Make a backup, then run `guanxi init`; it changes nothing else."),
            pending=pending,
        )


def current_brand(slug: str | None) -> Brand:
    """The brand of that slug, else the default one. Raises NotFound, naming those that exist."""
    from guanxi.platform.models import Brand

    found = Brand.objects.filter(slug=slug) if slug else Brand.objects.filter(is_default=True)
    if brand := found.first():
        return brand
    slugs = list(Brand.objects.order_by("slug").values_list("slug", flat=True)[:20])
    here = say("Brands here: %(brands)s.", brands=", ".join(slugs))
    raise NotFound(
        say("There is no brand '%(slug)s'.", slug=slug) if slug else say("There is no default brand."),
        remedy=here if slugs else say("Run `guanxi init` or `guanxi brand add`."),
        brands=slugs,
    )


def show(result: Mapping[str, object], json: bool, print_it: Callable[[], object]) -> None:
    """Print `result` as one line of JSON where asked, else call `print_it`, which prints for people."""
    if json:
        print_json(result)
    else:
        print_it()


def print_json(result: Mapping[str, object]) -> None:
    sys.stdout.write(orjson.dumps(dict(result), default=str, option=orjson.OPT_NON_STR_KEYS).decode() + "\n")
    sys.stdout.flush()


def note(message: str) -> None:
    """A remark for people; it goes to stderr, so that stdout stays clean for programs."""
    err.print(told(message))


def report_error(error: GuanxiError, json: bool) -> None:
    """What happened and what to do: on stderr, and as one JSON object on stdout where asked."""
    message, remedy = told(error.message), told(error.remedy)
    if json:
        fault = {"code": error.code, "message": message, "remedy": remedy, **error.data}
        print_json({"error": fault})
    err.print(Text(told(say("Error: ")), style="bold red") + Text(message, style="bold"))
    if remedy:
        err.print(Text(remedy))


class Advance:
    """Tells a bar on stderr how far the work is; silent where stderr is not a terminal."""

    def __init__(self, progress: Progress | None, task: int) -> None:
        self._progress, self._task = progress, task

    def __call__(self, done: float, total: float | None = None) -> None:
        """Set what is done (not the increase) and, once known, the total."""
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)  # type: ignore[arg-type]


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="cyan")


@contextmanager
def progress(what: str, total: float | None = None) -> Iterator[Advance]:
    """A bar with count, rate and time left: `with progress("Importing", n) as advance: advance(done)`."""
    if not err.is_terminal:
        yield Advance(None, 0)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        _Rate(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=err, transient=False) as bar:
        yield Advance(bar, bar.add_task(told(what), total=total))
