"""What the segments room answers: for pages, the API and commands. All of it is frozen; times are UTC
milliseconds, days are those since 1970-01-01 in the brand's zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.kernel.conditions.features import Feature, Value


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Which of the conditions hold of a customer, by their keys. `changes_ms` is the earliest moment at which
    time alone may change any of it; None: never."""

    holds: frozenset[int]
    changes_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A branch of a condition and whether it holds of one customer. `kind` is all, any, not or leaf. A leaf
    has the values of its features and, where facts are behind it, the newest of them (ids, at most 20)."""

    kind: str
    holds: bool
    sentence: str
    path: str
    parts: Sequence[Explained] = ()
    values: Mapping[Feature, Value] = field(default_factory=dict)
    facts: Sequence[int] = ()


class Mode(TextChoices):
    """How membership comes about: at every touchpoint, at set hours, or once."""

    LIVE = "live", _("Live")
    SCHEDULED = "scheduled", _("Scheduled")
    FROZEN = "frozen", _("Frozen")


class State(TextChoices):
    ACTIVE = "active", _("Active")
    ARCHIVED = "archived", _("Archived")
    DELETED = "deleted", _("Deleted")


class Reference(NamedTuple):
    """Somebody who uses a segment: `kind` is "segment", "tag", "journey" …, `name` as people know it."""

    kind: str
    name: str


class Day(NamedTuple):
    """A day of a segment's history."""

    day: int
    size: int
    entered: int
    left: int


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment as lists show it. `history` has the sizes of the last 30 days, the oldest first; `ready` is
    false while it is being computed; `problem` says why it cannot be followed, or is empty."""

    id: int
    name: str
    description: str
    mode: Mode
    state: State
    version: int
    size: int
    share: float  # of all living customers, 0 … 1
    owner: str
    tag: str
    ready: bool
    problem: str
    hour: int | None
    weekday: int | None
    due_ms: int
    changed_ms: int
    refreshed_ms: int
    history: Sequence[int]


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    name: str
    mode: str
    what: str
    actor: str
    at_ms: int
    condition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SegmentDetail:
    """Everything about a segment. `uses` are the segments in its condition, `used_by` what refers to it."""

    row: SegmentRow
    condition: Mapping[str, Any]
    sentence_zh: str
    sentence_en: str
    days: Sequence[Day]
    versions: Sequence[Version]
    uses: Sequence[Reference]
    used_by: Sequence[Reference]


@dataclass(frozen=True, slots=True)
class Preview:
    """How many customers a condition holds of, of how many, and some of them, as of the lake's last sync."""

    count: int
    customers: int
    sample: Sequence[int]
    as_of_ms: int
    synced_ms: int | None
    sentence_zh: str
    sentence_en: str

    @property
    def share(self) -> float:
        return self.count / self.customers if self.customers else 0.0


@dataclass(frozen=True, slots=True)
class Intersection:
    """Customers who are in exactly these of the compared segments, and in no other of them."""

    segments: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Several segments against each other, for an UpSet: the largest intersections first."""

    names: Mapping[int, str]
    sizes: Mapping[int, int]
    intersections: Sequence[Intersection]


@dataclass(frozen=True, slots=True)
class Trait:
    """How often a value occurs inside a segment against everybody. `lift` is the ratio of both shares; with
    `small` set fewer than 30 members or fewer than 5 expected stand behind it, so it may be chance."""

    trait: str
    value: str
    inside: int
    base: int
    inside_share: float
    base_share: float
    lift: float | None
    small: bool


@dataclass(frozen=True, slots=True)
class Composition:
    """What a segment is made of: traits that are over-represented first."""

    members: int
    customers: int
    traits: Sequence[Trait]


@dataclass(frozen=True, slots=True)
class In:
    """A customer is in a segment."""

    segment_id: int
    name: str
    mode: Mode
    since_ms: int


@dataclass(frozen=True, slots=True)
class Why:
    """Why a customer is in a segment or not. `member` is what membership says, `explained.holds` what the
    condition says now: they differ for frozen and scheduled segments, and for a moment after a touchpoint."""

    segment_id: int
    customer_id: int
    member: bool
    since_ms: int | None
    explained: Explained


@dataclass(frozen=True, slots=True)
class SegmentRefreshed:
    """`entered` and `left` are the differences found and written. `drift` are those that following should
    have found before (0 where all is well); `unconfirmed` those that the lake stated and the database did
    not."""

    id: int
    name: str
    size: int
    entered: int
    left: int
    drift: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class Refreshed:
    segments: Sequence[SegmentRefreshed]
    customers: int
    seconds: float

    @property
    def drift(self) -> int:
        return sum(one.drift for one in self.segments)
