"""What every console page shows around its content: `shell` in templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.platform.actors import Actor
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand, Membership, User
from guanxi.ui import guidebook
from guanxi.ui.navigation import Chapter, ChapterEntries, Entry, chapters, helps, menu

# The laptop's menu does not fit a thumb: these chapters stand at the bottom of a phone.
BOTTOM_BAR: Sequence[Chapter] = (Chapter.OVERVIEW, Chapter.CUSTOMERS, Chapter.TOUCHPOINTS)


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the menu as shown."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChapterLink:
    """`current` is "page" where the chapter's first page is shown, "true" on its other pages."""

    label: str
    url: str
    icon: str
    current: str
    open: bool
    entries: Sequence[Link]


class Shell:
    """Computed on first use, so that a page without the menu asks nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def brand(self) -> Brand | None:
        return cast(Brand | None, getattr(self._request, "brand", None))

    @cached_property
    def _memberships(self) -> Sequence[Membership]:
        return cast(Sequence[Membership], getattr(self._request, "memberships", ()))

    @property
    def brands(self) -> list[Brand]:
        return [membership.brand for membership in self._memberships]

    @property
    def role_label(self) -> str:
        for membership in self._memberships:
            if self.brand is not None and membership.brand_id == self.brand.pk:
                return str(Role(membership.role).label)
        return ""

    @property
    def user_label(self) -> str:
        person: User | None = getattr(self._request, "person", None)
        return str(person) if person is not None else ""

    @cached_property
    def chapters(self) -> list[ChapterLink]:
        actor: Actor | None = getattr(self._request, "actor", None)
        may_see = actor.may if actor is not None and self.brand is not None else _nothing
        return [self._chapter(found) for found in chapters(may_see)]

    @property
    def bottom_bar(self) -> list[ChapterLink]:
        icons = {chapter.value for chapter in BOTTOM_BAR}
        return [link for link in self.chapters if link.icon in icons]

    @property
    def own_entries(self) -> list[Link]:
        return [Link(_("Sign-in and security"), reverse("security"), "shield-lock")]

    @property
    def languages(self) -> list[tuple[str, str]]:
        return settings.LANGUAGES

    @property
    def help_url(self) -> str:
        """Where the guide speaks of this page; empty on pages of which it does not."""
        part = help_of(self._request)
        return guidebook.address(part) if part else ""

    def _chapter(self, found: ChapterEntries) -> ChapterLink:
        best = _longest_match(self._request.path, found.entries)
        first = found.entries[0]
        url = reverse(first.url_name)
        current = "" if best is None else ("page" if self._request.path == url else "true")
        entries = [self._entry(entry, entry is best) for entry in found.entries]
        return ChapterLink(str(found.label), url, found.chapter.value, current, best is not None, entries)

    def _entry(self, entry: Entry, current: bool) -> Link:
        count = entry.count(self.brand.pk) if entry.count is not None and self.brand is not None else 0
        return Link(str(entry.label), reverse(entry.url_name), entry.chapter.value, current, count)

    brand_url = property(lambda self: reverse("choose-brand"))
    language_url = property(lambda self: reverse("choose-language"))
    sign_out_url = property(lambda self: reverse("signout"))
    palette_url = property(lambda self: reverse("palette"))
    charts_url = property(lambda self: static("vendor/echarts.min.js"))


def _nothing(permission: str) -> bool:
    return False


def _longest_match(path: str, entries: Iterable[Entry]) -> Entry | None:
    """The entry whose address is `path` or lies above it."""
    matches = [e for e in entries if f"{path}/".startswith(f"{reverse(e.url_name)}/")]
    return max(matches, key=lambda entry: len(reverse(entry.url_name)), default=None)


def help_of(request: HttpRequest) -> str:
    """The part of the guide on the page of a request."""
    match = request.resolver_match
    if match is None:
        return ""
    for value in match.kwargs.values():
        if one := helps.get(f"{match.url_name}:{value}"):
            return one.part
    if one := helps.get(match.url_name or ""):
        return one.part
    entry = _longest_match(request.path, menu)
    return entry.help if entry is not None else ""


def context(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {"shell": Shell(request)}
