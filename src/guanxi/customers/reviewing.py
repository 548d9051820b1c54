"""Who may be one person, for machines: the reviews, and what each side of a merge or a separation holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import lookup
from guanxi.customers.contracts import ReviewState
from guanxi.customers.models import Review, Subject
from guanxi.kernel.errors import NotFound


class Case(NamedTuple):
    """Two subjects that evidence ties and a rule keeps apart. `code` says which rule; `customers` are theirs
    today, the same one twice where they are one by now."""

    id: int
    code: str
    state: ReviewState
    subjects: tuple[int, int]
    customers: tuple[int | None, int | None]
    created_ms: int
    decided_by: str
    decided_ms: int


class Held(NamedTuple):
    """A subject: its identity in full; whoever shows it masks phones and emails."""

    id: int
    scheme: str
    value: str | None
    first_ms: int


def cases(brand_id: int, state: ReviewState, *, after_id: int = 0, limit: int = 50) -> list[Case]:
    """A page of the reviews in this state, oldest first."""
    rows = Review.objects.filter(brand_id=brand_id, state=state, pk__gt=after_id).order_by("pk")
    return _cases(brand_id, list(rows[:limit]))


def case(brand_id: int, review_id: int) -> Case:
    """Raises NotFound."""
    found = _cases(brand_id, list(Review.objects.filter(brand_id=brand_id, pk=review_id)))
    if not found:
        raise NotFound(_("There is no such review."))
    return found[0]


def held(brand_id: int, subject_ids: Collection[int]) -> list[Held]:
    """The identities of these subjects of the brand, by id."""
    rows = list(Subject.of_brand(brand_id).filter(pk__in=sorted(set(subject_ids))).order_by("pk"))
    values = lookup.values_of(rows)
    return [Held(row.pk, row.scheme, values[row.pk], row.first_ms) for row in rows]


def _cases(brand_id: int, rows: list[Review]) -> list[Case]:
    owner = lookup.customer_ids_of(brand_id, [number for row in rows for number in (row.a_id, row.b_id)])
    return [
        Case(
            row.pk,
            row.code,
            ReviewState(row.state),
            (row.a_id, row.b_id),
            (owner.get(row.a_id), owner.get(row.b_id)),
            row.created_ms,
            row.decided_by,
            row.decided_ms,
        )
        for row in rows
    ]
