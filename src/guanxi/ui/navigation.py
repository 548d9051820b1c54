"""The console's chapters and what each offers in the menu and the command palette.

A room registers its entries in `AppConfig.ready`; a chapter without one is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guanxi.kernel.registries import Registry


class Chapter(StrEnum):
    """In the order of the guide; the value is the name of its icon."""

    OVERVIEW = "layout-dashboard"
    CUSTOMERS = "users"
    TOUCHPOINTS = "timeline"
    ECONOMICS = "coin"
    COMMUNITY = "users-group"
    LOYALTY = "heart-handshake"
    ADVOCACY = "speakerphone"
    KRM = "chart-dots"
    EXPERIENCE = "world"
    MONETISATION = "building-store"
    MESSAGING = "send"
    LOOPS = "repeat"
    AGILE = "bolt"
    SETTINGS = "settings"


CHAPTER_LABELS: dict[Chapter, Promise] = {
    Chapter.OVERVIEW: _("Overview"),
    Chapter.CUSTOMERS: _("Customers"),
    Chapter.TOUCHPOINTS: _("Touchpoints"),
    Chapter.ECONOMICS: _("Economics"),
    Chapter.COMMUNITY: _("Community"),
    Chapter.LOYALTY: _("Loyalty"),
    Chapter.ADVOCACY: _("Advocacy"),
    Chapter.KRM: _("KRM"),
    Chapter.EXPERIENCE: _("Experience"),
    Chapter.MONETISATION: _("Monetisation"),
    Chapter.MESSAGING: _("Messaging"),
    Chapter.LOOPS: _("Loops"),
    Chapter.AGILE: _("Agile"),
    Chapter.SETTINGS: _("Settings"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu. The first entry of a chapter is where the chapter opens.

    `permission` hides it from those who may not see it (the page itself checks again); `count` is the number
    of things that wait there, for a brand's id; `keywords` are further words the palette finds it by; `help`
    is the part of the guide on it and on the pages below it. It stands after the entry `after`, which may be
    another room's, or else as registered.
    """

    name: str
    label: Promise | str
    chapter: Chapter
    url_name: str
    permission: str = ""
    count: Callable[[int], int] | None = None
    keywords: str = ""
    help: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """The part of the guide (see `guidebook`) on a page that its menu entry's does not fit. `page` is the
    name of its address; "report:ltv" is that of one page of a name, by a value in the address."""

    page: str
    part: str


menu: Registry[Entry] = Registry("menu entry", lambda entry: entry.name)
helps: Registry[Help] = Registry("help", lambda one: one.page)


@dataclass(frozen=True, slots=True)
class ChapterEntries:
    chapter: Chapter
    label: Promise
    entries: Sequence[Entry]


def chapters(may_see: Callable[[str], bool]) -> list[ChapterEntries]:
    """The chapters with at least one entry that `may_see(permission)` allows, in the guide's order."""
    found = []
    for chapter in Chapter:
        entries = [e for e in menu if e.chapter == chapter and (not e.permission or may_see(e.permission))]
        if entries:
            found.append(ChapterEntries(chapter, CHAPTER_LABELS[chapter], _in_order(entries)))
    return found


def _in_order(entries: Sequence[Entry]) -> list[Entry]:
    ordered = [entry for entry in entries if not entry.after]
    for entry in entries:
        if entry.after:
            names = [one.name for one in ordered]
            place = names.index(entry.after) + 1 if entry.after in names else len(ordered)
            ordered.insert(place, entry)
    return ordered
