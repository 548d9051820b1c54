"""What each room holds about a customer, and how it lets go of it. Rooms register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise

from guanxi.kernel.registries import Registry


class Person(NamedTuple):
    """Whose rights they are. `subject_ids` are all of the customer's, in order; the ids that it and those
    merged into it ever had are among them."""

    brand_id: int
    customer_id: int
    subject_ids: Sequence[int]


class Source(NamedTuple):
    """A kind of data about a customer, for the copy that a person may ask for and for the record of
    processing. `tables` are the database's tables it stands for; `read` gives plain rows, each with the same
    names. `basis` names the legal basis (PIPL 13); `retention` is how long it is kept."""

    name: str
    label: str | Promise
    tables: tuple[str, ...]
    read: Callable[[Person], Iterable[Mapping[str, Any]]]
    purpose: str | Promise
    basis: str | Promise
    retention: str | Promise
    recipients: str | Promise = ""


class Eraser(NamedTuple):
    """`erase` removes or cuts what a room holds of a person, in the transaction of the erasure and the
    brand's turn; it answers how many rows by table. What it raises undoes the erasure."""

    name: str
    erase: Callable[[Person], Mapping[str, int]]


class Freezer(NamedTuple):
    """`apply(person, frozen)` takes a person who is frozen out of what the room goes on doing with people;
    one who is no longer is to be looked at again. In the transaction of the change."""

    name: str
    apply: Callable[[Person, bool], None]


SOURCES: Registry[Source] = Registry("source of personal data", lambda source: source.name)
ERASERS: Registry[Eraser] = Registry("eraser", lambda eraser: eraser.name)
FREEZERS: Registry[Freezer] = Registry("freezer", lambda freezer: freezer.name)
