"""What leaves ask for and sources compute: one value per customer, at a moment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import SHANGHAI
from guanxi.kernel.registries import Registry

Value = int | str | bool | None


class ValueType(StrEnum):
    INTEGER = "integer"
    TEXT = "text"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Feature:
    """One value per customer. `key` says which to its source; `absent` is the value of customers whom the
    source does not know (0 for counts, False for what one has or has not, None for unknown)."""

    source: str
    key: Hashable
    type: ValueType = ValueType.INTEGER
    absent: Value = None
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:  # looked up for every customer, and keys are deep
        object.__setattr__(self, "_hash", hash((self.source, self.key)))

    def __hash__(self) -> int:
        return self._hash


@dataclass(frozen=True, slots=True)
class Moment:
    """When a condition is asked: facts that occurred after `as_of_ms` do not count, nor those with an id
    above `up_to` where it is given. Days are those of `zone`."""

    as_of_ms: int
    zone: ZoneInfo = SHANGHAI
    up_to: int | None = None


@dataclass(frozen=True, slots=True)
class Values:
    """A customer's features. `changes_ms` is the earliest moment after `as_of_ms` at which time alone may
    change one of them (earlier than need be, never later); None: it cannot."""

    values: Mapping[Feature, Value] = field(default_factory=dict)
    changes_ms: int | None = None


class BrandRow(Protocol):
    """What sources need to know of a brand; `platform.Brand` has it."""

    @property
    def pk(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def timezone(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def created_ms(self) -> int: ...


class Source(ABC):
    """Computes many features for many customers at once, from the database and from the lake.

    Both ways must answer the same for the same facts. A source gets only features that name it, each once.
    """

    name: str
    has_everybody = False  # whether its table has a row for each living customer, and only for those
    is_timeless = False  # whether `now` answers the same at every moment: of the customer as they are now

    @abstractmethod
    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> Mapping[int, Values]:
        """From the database, for at most 1,000 living customers, in a number of queries that does not depend
        on how many they are. Customers of whom nothing is known, and features that are `absent`, may be left
        out."""

    def each(
        self, brand: BrandRow, features: Sequence[Feature], asked: Sequence[tuple[int, Moment]]
    ) -> list[Mapping[Feature, Value]]:
        """The same for customers each at a moment of their own, in the order asked, without what changes
        them: a batch of facts, each with its own past. Where `now` asks the database for each moment, a
        source that can do better does."""
        groups: dict[Moment | None, set[int]] = {}
        for customer_id, moment in asked:
            groups.setdefault(None if self.is_timeless else moment, set()).add(customer_id)
        found = {at: self.now(brand, features, sorted(ids), at or asked[0][1]) for at, ids in groups.items()}
        answers = (found[None if self.is_timeless else at].get(number) for number, at in asked)
        return [{} if one is None else one.values for one in answers]

    @abstractmethod
    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        """From the lake, for everybody: an Ibis expression over `tables` with `customer_id` (each at most
        once), a column for each feature (`f0`, `f1` … in the given order; NULL means `absent`), and
        `changes_ms` (int64, NULL where never)."""

    def values_table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        """`table` for a count or a list, where `changes_ms` is not looked at and need not be there."""
        return self.table(brand, features, tables, moment)

    def parts(self, features: Sequence[Feature]) -> list[Sequence[Feature]]:
        """The features in groups that one `table` each computes best; by default all at once."""
        return [features]

    def topics(self, feature: Feature) -> Collection[str]:
        """What a change of which makes this feature change: "kind:order.paid" for facts of a kind, else the
        name of a part of the customer ("profile", "identity", "tag" …), by default the source's name."""
        return {self.name}

    def facts(
        self, brand: BrandRow, feature: Feature, customer_id: int, moment: Moment, limit: int
    ) -> Sequence[int]:
        """The ids of the facts behind a customer's feature, the newest first, at most `limit`; of features
        that no facts are behind, none."""
        return ()


SOURCES: Registry[Source] = Registry("source of features", lambda source: source.name)


def column(number: int) -> str:
    """The name of the column in a source's table for the feature at this place."""
    return f"f{number}"


def earliest(*moments: int | None) -> int | None:
    """The first of some moments, None where there is none."""
    return min((moment for moment in moments if moment is not None), default=None)


def by_source(features: Collection[Feature]) -> dict[str, list[Feature]]:
    """Each feature once, under its source, in order of appearance."""
    groups: dict[str, list[Feature]] = {}
    for feature in dict.fromkeys(features):
        groups.setdefault(feature.source, []).append(feature)
    return groups
