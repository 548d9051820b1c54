"""What other rooms may know about customers."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Identity(NamedTuple):
    """One identity of a person: `value` is normalised and full, never masked (phones are E.164)."""

    scheme: str
    value: str


class Proven(Identity):
    """One that `identifiers` made normal in this process, which need not be proven again."""

    __slots__ = ()


class Person(NamedTuple):
    """Personal and profile details seen with a record; all optional, all as normalised text."""

    name: str | None = None
    address: str | None = None
    gender: str | None = None  # "f", "m"
    birthday: str | None = None  # "1990-05-01", or "--05-01" where the year is unknown
    birthday_calendar: str | None = None  # "solar", "lunar"
    language: str | None = None  # "zh-CN", "zh-HK" (Cantonese), "en" …
    adcode: int | None = None  # six-digit division code
    city: str | None = None


class Sighting(NamedTuple):
    """One record's identities and details, at a time (UTC milliseconds). Where it is no `use` (a member file
    repeats what was once typed in), it ties identities but does not say that they were in use then."""

    identities: tuple[Identity, ...]
    person: Person | None
    at_ms: int
    use: bool = True


class Resolution(NamedTuple):
    """`subject_ids[i]` belongs to the i-th sighting; None where it carried no identity."""

    subject_ids: list[int | None]
    customers_created: int
    customers_merged: int


class Verdict(StrEnum):
    """What a person decided about two subjects."""

    SAME = "same"
    DIFFERENT = "different"


class ReviewState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    KEPT_APART = "kept_apart"
    OUTDATED = "outdated"  # newer evidence settled it


class Change(NamedTuple):
    """People changed who is whom: `kind` is customer.merged or customer.unmerged, `customer_id` the customer
    that was there before and stays, `others` those that went into it or came out of it."""

    brand_id: int
    kind: str
    customer_id: int
    others: tuple[int, ...]
    actor: str
    at_ms: int
