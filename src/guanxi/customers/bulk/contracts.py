"""What a bulk action is, what it would do, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from guanxi.kernel.clock import DAY_MS, HOUR_MS

MOST: Final = 100_000  # customers of one action; a tag of more follows a segment
AT_ONCE: Final = 1_000  # of so many it is done while one waits; of more by the worker
PART: Final = 5_000  # customers a transaction, so that others wait no longer than a moment
PREVIEW_MS: Final = HOUR_MS  # as long a preview can be confirmed
UNDO_MS: Final = DAY_MS  # as long what was done can be taken back


class Verb(TextChoices):
    ADD_TAG = "add_tag", _("Put a tag on")
    REMOVE_TAG = "remove_tag", _("Take a tag off")


class State(TextChoices):
    PREVIEWED = "previewed", _("Not confirmed")
    RUNNING = "running", _("Under way")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    UNDOING = "undoing", _("Being taken back")
    UNDONE = "undone", _("Taken back")


UNDER_WAY: Final = frozenset({State.RUNNING, State.UNDOING})
UNDOABLE: Final = frozenset({State.RUNNING, State.DONE, State.STOPPED})


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom: the customers `ids`, or with None all that a list finds for a query. The list and the query are
    kept either way, for people to see where it was done."""

    listing: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    ids: Sequence[int] | None = None


class Counts(NamedTuple):
    """Customers: `fresh` would change. The others would not: `same` are so already, `refused` took the tag
    off themselves for good, of `frozen` data is stored only. `unknown` are ids of nobody in the brand."""

    fresh: int = 0
    same: int = 0
    refused: int = 0
    frozen: int = 0
    unknown: int = 0

    @property
    def chosen(self) -> int:
        return self.fresh + self.same + self.refused + self.frozen


@dataclass(frozen=True, slots=True)
class Bulk:
    """An action. `counts` are as of the preview; `changed` and `restored` count customers whom it changed and
    whom its undo gave back what they had. Times are UTC milliseconds, 0 for not yet."""

    id: int
    verb: Verb
    tag: str
    label: str
    listing: str
    query: Mapping[str, str]
    everybody: bool
    counts: Counts
    state: State
    position: int
    changed: int
    restored: int
    error: str
    actor: str
    created_ms: int
    begun_ms: int
    ended_ms: int
    may_undo: bool

    @property
    def under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def percent(self) -> int:
        """How far a run is, or an undo."""
        if self.state is State.UNDOING:
            return min(99, self.restored * 100 // self.changed) if self.changed else 0
        return min(99, self.position * 100 // self.counts.chosen) if self.counts.chosen else 0
