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
    of things that wait there, for a brand's id; `keywords` are further words the palette finds it by.
    """

    name: str
    label: Promise | str
    chapter: Chapter
    url_name: str
    permission: str = ""
    count: Callable[[int], int] | None = None
    keywords: str = ""


menu: Registry[Entry] = Registry("menu entry", lambda entry: entry.name)


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
            found.append(ChapterEntries(chapter, CHAPTER_LABELS[chapter], entries))
    return found
