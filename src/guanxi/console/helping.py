"""The guide's pages. Asked for by the panel of a page ("?"), a chapter comes without the menu around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from guanxi.platform.access import BrandRequest, PersonRequest, signed_in
from guanxi.ui import guidebook
from guanxi.ui.palette import Hit

MOST_FOUND: Final = 4


@signed_in
@require_GET
def contents(request: PersonRequest) -> HttpResponse:
    """Every chapter of the guide."""
    chapters = sorted((guidebook.chapter(name) for name in guidebook.names()), key=lambda one: one.title)
    return render(request, "console/guide.html", {"chapters": chapters})


@signed_in
@require_GET
def chapter(request: PersonRequest, name: str) -> HttpResponse:
    try:
        found = guidebook.chapter(name)
    except KeyError:
        raise Http404 from None
    part = "HX-Request" in request.headers
    template = "console/guide_chapter_body.html" if part else "console/guide_chapter.html"
    response = render(request, template, {"chapter": found, "in_panel": part})
    patch_vary_headers(response, ["HX-Request"])
    return response


def find(request: BrandRequest, query: str) -> Sequence[Hit]:
    """For the palette: chapters and sections whose headings hold every word."""
    words = query.casefold().split()
    return [hit for hit, text in _headings() if all(word in text for word in words)][:MOST_FOUND]


def _headings() -> Iterator[tuple[Hit, str]]:
    for found in map(guidebook.chapter, guidebook.names()):
        yield Hit(found.title, guidebook.address(found.name)), found.title.casefold()
        for section, title in found.sections.items():
            yield Hit(title, guidebook.address(f"{found.name}#{section}"), found.title), title.casefold()
