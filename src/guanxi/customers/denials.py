"""Contacts that corrections found not to be somebody's, as the rules and imports heed them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from guanxi.customers.evidence import Atom, Ruling
from guanxi.customers.models import ContactDenial

Contact = tuple[str, str]  # scheme, key as in `Subject`
Key = tuple[str, str, int]  # and holder
CONTACTS = frozenset(("phone", "email"))


class Denials:
    """Those around a component: read as it grows, a question for each round; none for a brand without any.

    `lifted` are pairs of subject and contact that are not heeded.
    """

    def __init__(self, lifted: Collection[tuple[int, Contact]] = (), *, any_made: bool) -> None:
        self._lifted = frozenset(lifted)
        self._any = any_made
        self._of: dict[int, set[Contact]] = defaultdict(set)
        self._asked: set[int] = set()

    def load(self, subject_ids: Iterable[int]) -> None:
        fresh = set(subject_ids) - self._asked if self._any else set()
        self._asked |= fresh
        if fresh:
            rows = ContactDenial.objects.filter(subject_id__in=fresh, instead=False)
            for subject, scheme, key in rows.values_list("subject_id", "scheme", "key"):
                if (subject, (scheme, key)) not in self._lifted:
                    self._of[subject].add((scheme, key))

    def between(self, one: Atom, other: Atom) -> bool:
        """Whether either is a contact that is not the other's."""
        return self._denies(one, other) or self._denies(other, one)

    def rulings(
        self, parts_of: Mapping[Contact, Collection[int]], members: Collection[int]
    ) -> Iterator[Ruling]:
        """Members that stay apart, whatever else ties them."""
        for number in self._of.keys() & set(members):
            for contact in self._of[number]:
                for part in parts_of.get(contact, ()):
                    if part in members:
                        yield Ruling(min(number, part), max(number, part), False, (0, 0))

    def _denies(self, subject: Atom, contact: Atom) -> bool:
        return (contact.scheme, contact.key) in self._of.get(subject.id, ())


def instead_of(brand_id: int, keys: Collection[Key]) -> dict[Key, int]:
    """The subjects that stand for contacts under a name since those were corrected."""
    wanted = {(scheme, key, holder) for scheme, key, holder in keys if holder and scheme in CONTACTS}
    rows = ContactDenial.objects.filter(brand_id=brand_id, instead=True)
    if not wanted or not rows.exists():
        return {}
    found = rows.filter(key__in={key for _scheme, key, _holder in wanted})
    known = {
        (scheme, key, holder): subject
        for scheme, key, holder, subject in found.values_list("scheme", "key", "holder", "subject_id")
    }
    return {key: known[key] for key in wanted & known.keys()}


def between_sides(
    brand_id: int, subject_ids: Collection[int], contacts: Collection[Contact]
) -> list[ContactDenial]:
    """Denials that speak against these subjects having these contacts."""
    rows = ContactDenial.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids), instead=False)
    return [row for row in rows if (row.scheme, row.key) in contacts]
