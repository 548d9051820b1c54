"""What other parts of the programme register with the members' pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise

from guanxi.kernel.registries import Registry
from guanxi.platform.models import Brand


class Member(NamedTuple):
    """A customer on the phone. `subject_id` is the profile that signed in: what is given, taken or booked
    here goes to it; what is shown is of the whole customer. `tongue` is "zh" or "en"; `form_key` goes into
    every form as `key`."""

    brand: Brand
    customer_id: int
    subject_id: int
    tongue: str
    form_key: str


class Section(NamedTuple):
    """A part of the card's page: `load` answers the context of its template, or None where it has nothing to
    show. Smaller `order` comes first."""

    name: str
    order: int
    template: str
    load: Callable[[Member], Mapping[str, Any] | None]


class Tab(NamedTuple):
    """An entry of the members' menu: `page` is the name of an address that takes the brand's slug."""

    name: str
    order: int
    label: Promise
    page: str


class Link(NamedTuple):
    """An entry of the page "More": `path` follows the brand's slug in the address."""

    name: str
    order: int
    label: Promise
    path: str


SECTIONS: Registry[Section] = Registry("section of the member's card", lambda section: section.name)
TABS: Registry[Tab] = Registry("entry of the members' menu", lambda tab: tab.name)
LINKS: Registry[Link] = Registry("entry of the members' page of more", lambda link: link.name)


def links() -> list[Link]:
    return sorted(LINKS, key=lambda one: one.order)


def sections() -> list[Section]:
    return sorted(SECTIONS, key=lambda one: one.order)


def tabs() -> list[Tab]:
    return sorted(TABS, key=lambda one: one.order)
