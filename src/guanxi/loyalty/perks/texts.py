"""Texts of articles as HTML: Markdown without HTML, pictures, or links to anything but the web. Pure."""

from __future__ import annotations

from typing import Final

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_LONGEST_LINK: Final = 2_000


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return url.lower().startswith("https://") and len(url) <= _LONGEST_LINK


_READER: Final = _Reader("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def html(text: str) -> SafeString:
    """Headings begin at the second level, beneath the page's own."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h2" if token.tag == "h1" else "h3"
    said: str = _READER.renderer.render(tokens, _READER.options, {})
    return SafeString(said)
