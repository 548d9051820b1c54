"""The catalogues of both languages, without the gettext programs.

    python -m guanxi.ui.catalogues extract [FOLDER]   bring zh_Hans to what the code says (and FOLDER/*.po)
    python -m guanxi.ui.catalogues check              what is untranslated, fuzzy or out of use
    python -m guanxi.ui.catalogues compile            write the .mo files

Message ids are English sentences; Chinese stands in locale/zh_Hans, and locale/en holds only what English
says differently from its id. `compile` (also done at start-up where a catalogue is stale) writes the .mo
files, which are never committed.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as babel_extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOM: Final = Path(__file__).resolve().parent
PACKAGE: Final = ROOM.parent
LOCALES: Final = {"zh_Hans": "zh_Hans_CN", "en": "en"}
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "say": None,
}
# Fixed, without dates and names, so that the file changes only when a message does.
_HEADER: Final = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"MIME-Version: 1.0\\n"
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)[a-z]|\{(\w+)\}")


def po_path(locale: str) -> Path:
    return ROOM / "locale" / locale / "LC_MESSAGES" / "django.po"


def read(locale: str) -> Catalog:
    with po_path(locale).open("rb") as stream:
        return read_po(stream, locale=LOCALES[locale])


def _sources() -> Iterator[tuple[Path, bytes]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.read_bytes()
    for path in sorted(PACKAGE.rglob("templates/**/*.html")):
        code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        # What templatize leaves of the HTML is indented at will, which Python's tokens cannot be.
        yield path, "\n".join(line.strip() for line in code.splitlines()).encode()


def extract() -> Catalog:
    """Every message of the package's Python and templates, with the files it stands in."""
    found = Catalog(fuzzy=False, charset="utf-8")
    for path, code in _sources():
        place = (path.relative_to(PACKAGE).as_posix(), 0)
        for _line, message, _comments, message_context in babel_extract("python", io.BytesIO(code), KEYWORDS):
            found.add(message, locations=[place], context=message_context)
        for message in _helps(code) if path.is_relative_to(PACKAGE / "cli") else ():
            found.add(message, locations=[place])
    return found


def _helps(code: bytes) -> Iterator[str]:
    """What commands say of themselves: in `help=`, in docstrings, in the second part of a `CommandModule`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and any(_makes_command(one) for one in node.decorator_list):
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Call):
            told = [keyword.value for keyword in node.keywords if keyword.arg == "help"]
            told += node.args[1:2] if getattr(node.func, "id", "") == "CommandModule" else []
            for one in told:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield inspect.cleandoc(one.value)


def _makes_command(decorator: ast.expr) -> bool:
    """`@app.command(…)`, `@app.callback(…)`, or `@command` alone of one that is registered elsewhere."""
    if isinstance(decorator, ast.Name):
        return decorator.id == "command"
    return isinstance(decorator, ast.Call) and getattr(decorator.func, "attr", "") in {"command", "callback"}


def _english(message: Message) -> tuple[str, ...]:
    return _texts(message.id)


def _translated(message: Message) -> tuple[str, ...]:
    return _texts(message.string)


def _texts(value: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value or "",)


def _names(texts: tuple[str, ...]) -> set[str]:
    return {a or b for text in texts for a, b in _PLACEHOLDER.findall(text)}


def check() -> list[str]:
    """What is wrong with the Chinese catalogue, one sentence each; nothing where all is well."""
    wanted, chinese = extract(), read("zh_Hans")
    problems = []
    for message in wanted:
        if not message.id:
            continue
        entry = chinese.get(message.id, message.context)
        where = message.locations[0][0]
        text = _english(message)[0]
        if entry is None or not all(_translated(entry)):
            problems.append(f"{where}: no Chinese for “{text}”")
        elif entry.fuzzy:
            problems.append(f"{where}: the Chinese of “{text}” is marked fuzzy")
        elif not _names(_translated(entry)) <= _names(_english(message)):
            problems.append(f"{where}: the Chinese of “{text}” names a placeholder that is not given")
    for entry in chinese:
        if entry.id and wanted.get(entry.id, entry.context) is None:
            problems.append(f"zh_Hans: “{_english(entry)[0]}” is used nowhere")
    return problems


def update(extra: Path | None = None) -> list[str]:
    """Rewrite the Chinese catalogue to what the code asks for, keeping translations (and taking those of the
    .po files in `extra`). Answers the ids that are still without one."""
    known = read("zh_Hans")
    sources = [known]
    for path in sorted(extra.glob("*.po")) if extra else ():
        with path.open("rb") as stream:
            sources.append(read_po(stream, locale=LOCALES["zh_Hans"]))
    fresh = Catalog(locale=LOCALES["zh_Hans"], charset="utf-8", fuzzy=False)
    missing = []
    for message in sorted((m for m in extract() if m.id), key=lambda m: (_english(m), m.context or "")):
        texts = [entry.string for source in sources if (entry := source.get(message.id, message.context))]
        string = next((text for text in texts if all(_texts(text))), None)
        if string is None:
            missing.append(_english(message)[0])
        places = sorted({(place, 0) for place, _line in message.locations})
        fresh.add(message.id, string or "", locations=places, context=message.context)
    with po_path("zh_Hans").open("wb") as stream:
        stream.write(_HEADER.encode())
        write_po(stream, fresh, width=100, omit_header=True, include_lineno=False)
    return missing


def compile_catalogues(*, only_stale: bool = False) -> int:
    """Write the .mo files; how many were written."""
    written = 0
    for locale in LOCALES:
        source = po_path(locale)
        target = source.with_suffix(".mo")
        if only_stale and target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        buffer = io.BytesIO()
        write_mo(buffer, read(locale))
        partial = target.with_suffix(".mo.new")
        partial.write_bytes(buffer.getvalue())
        partial.replace(target)  # processes that start together never read half a file
        written += 1
    return written


def main(arguments: list[str]) -> int:
    command = arguments[0] if arguments else "compile"
    if command == "compile":
        sys.stdout.write(f"catalogues: {compile_catalogues()} compiled\n")
        return 0
    if command == "extract":
        lines = [f"untranslated: {text}" for text in update(Path(arguments[1]) if arguments[1:] else None)]
    elif command == "check":
        lines = check()
    else:
        lines = [f"unknown command '{command}': use extract, check or compile"]
    sys.stdout.write("".join(line + "\n" for line in lines))
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
