"""The first page and the command palette."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from guanxi.console.shell import Link
from guanxi.platform.access import BrandRequest, PersonRequest, signed_in
from guanxi.ui.navigation import Entry, chapters
from guanxi.ui.palette import finders

LONGEST_QUERY = 80


@signed_in
@require_GET
def home(request: PersonRequest) -> HttpResponse:
    """To the first page the person's role may see; somebody without a brand is told so."""
    if getattr(request, "brand", None) is None:
        return render(request, "console/no_brand.html", status=403)
    for chapter in chapters(request.actor.may):
        return HttpResponseRedirect(reverse(chapter.entries[0].url_name))
    return HttpResponseRedirect(reverse("security"))


@signed_in
@require_GET
def palette(request: PersonRequest) -> HttpResponse:
    """The palette's list for `q`: pages by their words, then whatever rooms find."""
    query = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    links = list(_pages(request, query))
    if query and getattr(request, "brand", None) is not None:
        for finder in finders:
            if not finder.permission or request.actor.may(finder.permission):
                found = finder.find(cast(BrandRequest, request), query)
                links += [Link(hit.label, hit.url, finder.icon, note=hit.note) for hit in found]
    return render(request, "console/palette_results.html", {"links": links, "query": query})


def _pages(request: PersonRequest, query: str) -> Iterator[Link]:
    may_see: Callable[[str], bool] = request.actor.may if getattr(request, "brand", None) else lambda _: False
    for chapter in chapters(may_see):
        for entry in chapter.entries:
            if all(word in _words(entry, chapter.label) for word in query.casefold().split()):
                yield Link(
                    str(entry.label), reverse(entry.url_name), entry.chapter.value, note=str(chapter.label)
                )


def _words(entry: Entry, chapter_label: object) -> str:
    return f"{entry.label} {chapter_label} {entry.name} {entry.keywords}".casefold()
