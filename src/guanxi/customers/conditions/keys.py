"""Which features this room computes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from guanxi.kernel.conditions.features import Feature, ValueType
from guanxi.kernel.conditions.shares import seed_of
from guanxi.kernel.conditions.windows import Window

CUSTOMER = "customer"
IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the customer; what is empty is unknown."""

    name: Literal["adcode", "gender", "language"]


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the customer was first, or last, seen in a window."""

    name: Literal["first_ms", "last_ms"]
    window: Window


@dataclass(frozen=True, slots=True)
class BirthdaySoon:
    """Whether the next birthday is today or at most so many days away."""

    days: int


@dataclass(frozen=True, slots=True)
class BirthdayMonth:
    """Whether the birthday is celebrated in one of these solar months of this year; without any, in this
    month."""

    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Age:
    """Whether the age in full years is known and within the bounds."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Month:
    """The month it is, the same for everybody."""


@dataclass(frozen=True, slots=True)
class Share:
    """0 … 9,999, evenly and for ever the same for a customer and a seed."""

    seed: int


Key = Column | Seen | BirthdaySoon | BirthdayMonth | Age | Month | Share


def adcode() -> Feature:
    return Feature(CUSTOMER, Column("adcode"))


def text(name: Literal["gender", "language"]) -> Feature:
    return Feature(CUSTOMER, Column(name), ValueType.TEXT)


def seen(name: Literal["first_ms", "last_ms"], window: Window) -> Feature:
    return Feature(CUSTOMER, Seen(name, window), ValueType.BOOLEAN, False)


def yes_or_no(key: BirthdaySoon | BirthdayMonth | Age) -> Feature:
    return Feature(CUSTOMER, key, ValueType.BOOLEAN, False)


def month() -> Feature:
    return Feature(CUSTOMER, Month())


def share(word: str) -> Feature:
    return Feature(CUSTOMER, Share(seed_of(word)))


def scheme(name: str) -> Feature:
    """Whether the customer has an identity of the scheme; of a qualified one, of any qualifier."""
    return Feature(IDENTITY, name, ValueType.BOOLEAN, False)
