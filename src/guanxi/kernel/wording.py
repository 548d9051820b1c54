"""Sentences that can still be said in another language.

Code that knows no framework, or runs in a process that has no reader, writes what went wrong as
`say("%(n)s cells", n=3)`: an English text that remembers its template and data. Whoever shows it to somebody
turns it into their language (`platform.language.spoken`); whoever keeps it for later keeps `packed(text)`.
The templates are found by the extraction of messages, as those of gettext are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LONGEST_PART = 4_000


class Wording(str):
    """English for everybody who does not ask: the template with its data put in."""

    __slots__ = ("data", "template")
    template: str
    data: Mapping[str, object]

    def __new__(cls, template: str, data: Mapping[str, object]) -> Wording:
        clean = {name: _clean(value) for name, value in data.items()}
        text = super().__new__(cls, template % clean if clean else template)
        text.template = template
        text.data = clean
        return text

    def __reduce__(self) -> tuple[type[Wording], tuple[str, Mapping[str, object]]]:
        return Wording, (self.template, self.data)


def say(template: str, /, **data: object) -> Wording:
    """`template` has named placeholders, `%(line)s`; without data it is the sentence itself. A part may be a
    wording again."""
    return Wording(template, data)


def _clean(value: object) -> object:
    """Texts of files may hold halves of characters, which no output takes."""
    if isinstance(value, Wording | int | float):
        return value
    text = str(value)[:LONGEST_PART]
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def render(text: str, translate: Callable[[str], str]) -> str:
    """The text in the language of `translate`; a text that is no wording stays as it is."""
    if not isinstance(text, Wording):
        return text
    template = translate(text.template)
    if not text.data:
        return template
    parts = {
        name: render(part, translate) if isinstance(part, str) else part for name, part in text.data.items()
    }
    return template % parts


def packed(text: str) -> Any:
    """What JSON and marshal can keep: [template, {name: part}], or the text where it is no wording."""
    if not isinstance(text, Wording):
        return str(text)
    return [
        text.template,
        {name: packed(part) if isinstance(part, str) else part for name, part in text.data.items()},
    ]


def unpacked(kept: Any) -> str:
    """The inverse of `packed`."""
    if isinstance(kept, str):
        return kept
    template, data = kept
    return Wording(
        template, {name: unpacked(part) if isinstance(part, list) else part for name, part in data.items()}
    )
