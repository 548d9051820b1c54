"""The guide inside the console: docs/guide, which `guide` here points at, as HTML.

A part of it is named "chapter" or "chapter#section"; sections are spelt as the docs' own links spell them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER: Final = Path(__file__).with_name("guide")
MARK: Final = "help-"  # begins each section's id, so that none is an id of the page around it
_LOCAL: Final = re.compile(r"(?:(?P<chapter>[\w-]+)\.md)?(?:#(?P<section>[\w-]+))?")


@dataclass(frozen=True, slots=True)
class Chapter:
    """`html` is the text without its title; `sections` has the headings by name."""

    name: str
    title: str
    html: SafeString
    sections: Mapping[str, str]


@cache
def names() -> Sequence[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def chapter(name: str) -> Chapter:
    """Raises KeyError for a chapter that does not exist."""
    if name not in names():
        raise KeyError(name)
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    title = ""
    sections: dict[str, str] = {}
    for opening, inline in pairwise(tokens):
        if opening.attrs.pop("style", ""):  # a column of figures; the policy forbids inline style
            opening.attrSet("class", "num")
        if opening.type == "heading_open":
            plain = inline.content.replace("`", "")
            if opening.tag == "h1":
                title = plain
            else:
                section = _free(_spelt(plain), sections)
                sections[section] = plain
                opening.attrSet("id", MARK + section)
        for token in inline.children or ():
            _lead(token)
    html = reader.renderer.render(_without_title(tokens), reader.options, {})
    return Chapter(name, title, _framed(html), sections)


def address(part: str) -> str:
    """Where "chapter" or "chapter#section" is read."""
    name, _, section = part.partition("#")
    return reverse("help-chapter", args=[name]) + (f"#{MARK}{section}" if section else "")


def exists(part: str) -> bool:
    name, _, section = part.partition("#")
    return name in names() and (not section or section in chapter(name).sections)


def _spelt(heading: str) -> str:
    """A heading as links name it: "The brand's settings" is "the-brands-settings"."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _free(section: str, taken: Mapping[str, str]) -> str:
    names = (section, *(f"{section}-{n}" for n in range(1, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _without_title(tokens: Sequence[Token]) -> list[Token]:
    """A page says the title itself."""
    start = next((i for i, token in enumerate(tokens) if token.type == "heading_open"), None)
    if start is None or tokens[start].tag != "h1":
        return list(tokens)
    return [*tokens[:start], *tokens[start + 3 :]]


def _lead(token: Token) -> None:
    """Links between chapters lead to their pages, links out say so, links to other files of the checkout are
    but words."""
    if token.type != "link_open":
        return
    href = str(token.attrGet("href") or "")
    local = _LOCAL.fullmatch(href)
    if local and (not local["chapter"] or local["chapter"] in names()):
        section = f"#{MARK}{local['section']}" if local["section"] else ""
        token.attrSet("href", (address(local["chapter"]) if local["chapter"] else "") + section)
    elif href.startswith(("https://", "http://")):
        token.attrSet("rel", "noopener noreferrer")
    else:
        token.attrs = {}


def _framed(html: str) -> SafeString:
    """What may be wider than the screen scrolls by itself, by keyboard too. All text was escaped before."""
    html = html.replace("<pre>", '<pre tabindex="0">').replace("</table>", "</table></div>")
    html = html.replace("<table>", '<div class="table-wrap" tabindex="0"><table class="rows">')
    return mark_safe(html)  # noqa: S308 - rendered with raw HTML off, from files of the package
