"""Reads that only the pages need: one customer, what happened to it, and search."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from guanxi.customers import identifiers
from guanxi.customers.models import Customer, Subject, SubjectMove
from guanxi.platform import vault

LONGEST_ID = 18


def find(brand_id: int, customer_id: int) -> Customer:
    """Raises Http404, also for a customer of another brand."""
    found = Customer.objects.filter(brand_id=brand_id, pk=customer_id).first()
    if found is None:
        raise Http404
    return found


def members(brand_id: int, customer_id: int) -> list[int]:
    """The subjects that belong together as `customer_id`, also of a mere contact."""
    rows = Subject.objects.filter(brand_id=brand_id, customer_id=customer_id)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def exists(brand_id: int, customer_id: int) -> bool:
    """Whether the subjects of `customer_id` make a customer: a mere contact has no page."""
    return Customer.objects.filter(brand_id=brand_id, pk=customer_id).exists()


def person(brand_id: int, customer_id: int) -> Customer:
    """The customer, or, where nobody has bought yet under these identities, one of whom nothing is known."""
    found = Customer.objects.filter(brand_id=brand_id, pk=customer_id).first()
    return found or Customer(pk=customer_id, brand_id=brand_id, first_ms=0, last_ms=0)


def in_order(brand_id: int, customer_ids: Sequence[int]) -> list[Customer]:
    """The living customers among these, in this order."""
    rows = Customer.objects.filter(brand_id=brand_id, pk__in=customer_ids, merged_into_id__isnull=True)
    by_id = {row.pk: row for row in rows}
    return [by_id[number] for number in customer_ids if number in by_id]


@dataclass(frozen=True, slots=True)
class Move:
    """Identities that came or went at one moment."""

    text: str
    icon: str
    actor: str
    at_ms: int


def history(brand_id: int, subject_ids: Collection[int], limit: int = 20) -> list[Move]:
    """Merges and separations that moved these identities, newest first; their first settling is none."""
    rows = SubjectMove.objects.filter(
        brand_id=brand_id, subject_id__in=list(subject_ids), from_customer_id__isnull=False
    ).order_by("-at_ms", "-pk")[: limit * 5]
    moves: dict[tuple[int, int, int | None], SubjectMove] = {}
    for row in rows:
        moves.setdefault((row.at_ms, row.customer_id, row.from_customer_id), row)
    return [_move(row) for row in list(moves.values())[:limit]]


def _move(row: SubjectMove) -> Move:
    text = _("From customer %(before)s to %(after)s") % {
        "before": row.from_customer_id,
        "after": row.customer_id,
    }
    by_rules = row.actor == "system"
    joined = row.from_customer_id is not None and row.customer_id < row.from_customer_id
    return Move(
        text,
        "git-merge" if joined else "git-branch",
        _("by the rules") if by_rules else f"{row.actor} · {row.reason}",
        row.at_ms,
    )


def search(brand_id: int, text: str, limit: int) -> list[int]:
    """Customers by number, phone (in full, masked, or its last digits), email, account or name, the surest
    first."""
    found: dict[int, None] = {}
    for subject_ids in (_by_contact(brand_id, text), _by_account(brand_id, text)):
        found |= dict.fromkeys(_customers(brand_id, subject_ids))
    number = text.lstrip("#")
    if number.isdecimal() and len(number) <= LONGEST_ID:
        found |= dict.fromkeys(c.pk for c in in_order(brand_id, [int(number)]))
    for subject_ids in _by_phone_mask(brand_id, text):
        found |= dict.fromkeys(c.pk for c in in_order(brand_id, _customers(brand_id, subject_ids)))
        if len(found) >= limit:
            break
    if not found:
        found |= dict.fromkeys(_customers(brand_id, vault.search_name(brand_id, text, limit)))
    return list(found)[:limit]


def _customers(brand_id: int, subject_ids: Sequence[int]) -> list[int]:
    rows = Subject.of_brand(brand_id).filter(pk__in=subject_ids)
    owner = dict(rows.values_list("pk", "customer_id"))
    return [owner[subject] for subject in subject_ids if subject in owner]


def _by_contact(brand_id: int, text: str) -> list[int]:
    for scheme, value in (("phone", identifiers.phone(text)), ("email", identifiers.email(text))):
        if value is not None:
            key = vault.blind_index(brand_id, scheme, value)
            rows = Subject.objects.filter(brand_id=brand_id, scheme=scheme, key=key)
            return list(rows.values_list("pk", flat=True))
    return []


def _by_phone_mask(brand_id: int, text: str) -> Iterator[list[int]]:
    mask = vault.phone_mask(text)
    return vault.search_phone(brand_id, mask) if mask else iter(())


def _by_account(brand_id: int, text: str) -> list[int]:
    key = identifiers.account(text)
    if key is None:
        return []
    rows = Subject.objects.filter(brand_id=brand_id, scheme__in=_schemes(brand_id), key=key)
    return list(rows.values_list("pk", flat=True)[:20])


def _schemes(brand_id: int) -> list[str]:
    """The schemes of accounts that the brand has, each found by one step in the index: with a million
    subjects a DISTINCT would read them all."""
    schemes: list[str] = []
    rows = Subject.objects.filter(brand_id=brand_id).order_by("scheme")
    while (
        scheme := rows.filter(scheme__gt=schemes[-1] if schemes else "")
        .values_list("scheme", flat=True)
        .first()
    ):
        schemes.append(scheme)
    return [scheme for scheme in schemes if not identifiers.is_personal(scheme)]
