"""A small world for identity tests: write records as one line each, look at who became whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.db import transaction

from guanxi.customers.contracts import Identity, Person, Resolution, Sighting
from guanxi.customers.models import Customer, Decision, Link, Review, Subject, SubjectMove
from guanxi.customers.services import resolve
from guanxi.kernel.clock import DAY_MS
from guanxi.platform.models import Brand
from guanxi.platform.vault import blind_index, name_key

START_MS = 1_700_000_000_000


def brand(slug: str = "lanhua") -> int:
    return Brand.objects.get_or_create(slug=slug, defaults={"name": slug})[0].pk


def seen(what: str, name: str | None = None, day: int = 0, **details: object) -> Sighting:
    """`what`: identities by blanks, "tmall:lei phone:1 unionid:u1"; a short phone is made a real one."""
    identities = []
    for item in what.split():
        scheme, _, value = item.rpartition(":")
        identities.append(Identity(scheme, phone(value) if scheme == "phone" else value))
    person = Person(name=name, **details) if name or details else None  # type: ignore[arg-type]
    return Sighting(tuple(identities), person, START_MS + day * DAY_MS)


def phone(short: str) -> str:
    return f"+86138{int(short):08d}"


def resolved(brand_id: int, *sightings: Sighting) -> Resolution:
    with transaction.atomic():
        return resolve(brand_id, sightings)


Named = tuple[str, str, int]


def names_of(brand_id: int) -> dict[int, Named]:
    """Subjects by what they stand for, whatever their numbers."""
    rows = Subject.objects.filter(brand_id=brand_id).values_list("id", "scheme", "key", "holder")
    return {number: (scheme, key, holder) for number, scheme, key, holder in rows}


def persons(brand_id: int) -> set[frozenset[Named]]:
    """Who is one person: sets of subjects, contacts without facts of their own included."""
    return set(named_customers(brand_id).values())


def named_customers(brand_id: int) -> dict[int, frozenset[Named]]:
    """Who is which customer, contacts included."""
    names = names_of(brand_id)
    groups: dict[int, set[Named]] = {}
    for number, customer in Subject.objects.filter(brand_id=brand_id).values_list("id", "customer_id"):
        groups.setdefault(customer, set()).add(names[number])
    return {number: frozenset(group) for number, group in groups.items()}


def reviews(brand_id: int, state: str = "open") -> set[tuple[str, frozenset[Named]]]:
    names = names_of(brand_id)
    rows = Review.objects.filter(brand_id=brand_id, state=state).values_list("code", "a_id", "b_id")
    return {(code, frozenset({names[a], names[b]})) for code, a, b in rows}


def codes(brand_id: int) -> list[str]:
    return sorted(Review.objects.filter(brand_id=brand_id, state="open").values_list("code", flat=True))


def customers(brand_id: int) -> set[int]:
    rows = Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True)
    return set(rows.values_list("id", flat=True))


def customer_of(brand_id: int, what: str, name: str | None = None) -> int:
    """The customer id of one subject, written as in `seen`."""
    scheme, _, value = what.rpartition(":")
    holder = name_key(brand_id, name) if name else 0
    key = blind_index(brand_id, scheme, phone(value) if scheme == "phone" else value)
    key = key if scheme in {"phone", "email"} else value
    return Subject.objects.get(brand_id=brand_id, scheme=scheme, key=key, holder=holder).customer_id


def are_one(brand_id: int, *subjects: str) -> bool:
    """Whether subjects, written "tmall:lei" or "phone:1/李雷", are one person."""
    split = [subject.partition("/") for subject in subjects]
    return len({customer_of(brand_id, what, name or None) for what, _, name in split}) == 1


def forget() -> None:
    """Everybody, of every brand."""
    for model in (Subject, Link, Customer, Review, SubjectMove, Decision):
        model.objects.all().delete()


def check(brand_id: int) -> None:
    """What must hold at any time."""
    rows = list(Subject.objects.filter(brand_id=brand_id).values_list("id", "customer_id", "anchored"))
    smallest: dict[int, int] = {}
    for number, customer, _ in rows:
        smallest[customer] = min(number, smallest.get(customer, number))
    assert all(customer == first for customer, first in smallest.items())
    assert customers(brand_id) == {customer for _, customer, anchored in rows if anchored}


def split(sightings: Sequence[Sighting], cuts: Iterable[int]) -> list[list[Sighting]]:
    edges = [0, *sorted(cuts), len(sightings)]
    return [list(sightings[a:b]) for a, b in pairwise(edges) if a < b]
