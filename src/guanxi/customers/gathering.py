"""A batch of sightings as distinct identities, the ties between them, and the details they carry.

Pure but for the keys of the blind indexes, so it can be done in the process that reads a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from guanxi.customers import places, traits
from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.identifiers import display_name, name_key_text
from guanxi.kernel.blind import BlindIndexer

ADDRESS_HEAD = 12  # province and city stand within it; a longer head would seldom be met twice
CONTACTS = frozenset(("phone", "email"))
Key = tuple[str, str, int]  # scheme, key, holder
_new = tuple.__new__  # half the time of calling a NamedTuple, and there are millions


Counted = tuple[int, int, int]  # records, first moment, last use (0: none)


class Detail(NamedTuple):
    """What is sealed for a subject, newest first: a name that is not a full one never beats one that is.
    `mark` stands for name and address together, `grams` are what the name is found by; both are made once
    the batch is complete."""

    name_at_ms: int = 0
    name: str = ""
    address_at_ms: int = 0
    address: str = ""
    mark: int = 0
    grams: Sequence[int] = ()

    def newest(self, other: Detail) -> Detail:
        name = max((self.name_at_ms, self.name), (other.name_at_ms, other.name))
        return Detail(*name, *max((self.address_at_ms, self.address), (other.address_at_ms, other.address)))


class Batch(NamedTuple):
    """Distinct identities by position (0 …), and what the sightings say of them. Plain data: lists, dicts and
    tuples of numbers and texts, so that it can be handed from process to process."""

    brand_id: int
    keys: list[Key]
    plain: list[str]  # the full value of a phone or email, to be sealed
    first_ms: list[int]
    own_last_ms: dict[int, int]  # of those that are some sighting's primary identity
    ties: dict[tuple[int, int], Counted]  # by (lower, higher position)
    details: dict[int, Detail]
    traits: dict[int, traits.Observed]
    primary: list[int]  # the position that the i-th sighting belongs to, or -1


class Gathering:
    """A batch as it grows."""

    def __init__(self, brand_id: int, indexer: BlindIndexer) -> None:
        self.brand_id, self.indexer = brand_id, indexer
        self.position: dict[Key, int] = {}
        self.keys: list[Key] = []
        self.plain: list[str] = []
        self.first_ms: list[int] = []
        self.own_last_ms: dict[int, int] = {}
        self.ties: dict[tuple[int, int], Counted] = {}
        self.details: dict[int, Detail] = {}
        self.traits: dict[int, traits.Observed] = {}
        self.primary: list[int] = []
        self._names: dict[str, tuple[int, str]] = {}  # as written → holder (0: not a full name), as shown

    def batch(self) -> Batch:
        """All that was added, with what the details are known and found by."""
        indexer, brand_id = self.indexer, self.brand_id
        details = {
            position: _new(
                Detail,
                (
                    name_at_ms,
                    name,
                    address_at_ms,
                    address,
                    indexer.text_key(brand_id, f"{name}\x1f{address}"),
                    indexer.grams(brand_id, name) if name else (),
                ),
            )
            for position, (name_at_ms, name, address_at_ms, address, *_) in self.details.items()
        }
        return Batch(
            brand_id,
            self.keys,
            self.plain,
            self.first_ms,
            self.own_last_ms,
            self.ties,
            details,
            self.traits,
            self.primary,
        )

    def add(self, sighting: Sighting) -> None:
        identities, person, at_ms, use = sighting
        if not identities:
            self.primary.append(-1)
            return
        holder, shown = self._named(person.name) if person is not None and person.name else (0, "")
        primary = contact = -1
        on_phone = False
        positions = []
        for scheme, value in identities:
            if scheme in CONTACTS:
                key = self.indexer.index(self.brand_id, scheme, value)
                position = self._seen((scheme, key, holder), value, at_ms)
                if contact < 0 or (scheme == "phone" and not on_phone):
                    contact, on_phone = position, scheme == "phone"
            else:
                position = self._seen((scheme, value, 0), "", at_ms)
                if primary < 0:
                    primary = position
            positions.append(position)
        if primary < 0:
            primary = contact
        self._belongs(primary, positions, at_ms, at_ms if use else 0)
        if person is not None:
            if shown or person.address:
                address = person.address
                found = (at_ms if holder else 0, shown, at_ms if address else 0, address or "", 0, ())
                detail = _new(Detail, found)
                self._detail(contact if on_phone else primary, detail)
            self._describe(primary, person, at_ms)

    def _belongs(self, primary: int, positions: list[int], at_ms: int, used_ms: int) -> None:
        """The record is its primary identity's own, and evidence that the others are the same person's."""
        self.primary.append(primary)
        last_ms = self.own_last_ms.get(primary)
        if last_ms is None or at_ms > last_ms:
            self.own_last_ms[primary] = at_ms
        if len(positions) > 1:
            for position in positions:
                if position != primary:
                    self._tie(primary, position, at_ms, used_ms)

    def _seen(self, key: Key, plain: str, at_ms: int) -> int:
        keys = self.keys
        position = self.position.setdefault(key, len(keys))
        if position == len(keys):
            keys.append(key)
            self.plain.append(plain)
            self.first_ms.append(at_ms)
        elif at_ms < self.first_ms[position]:
            self.first_ms[position] = at_ms
        return position

    def _tie(self, a: int, b: int, at_ms: int, used_ms: int) -> None:
        pair = (a, b) if a < b else (b, a)
        tie = self.ties.get(pair)
        if tie is None:
            self.ties[pair] = (1, at_ms, used_ms)
        else:
            self.ties[pair] = (tie[0] + 1, min(tie[1], at_ms), max(tie[2], used_ms))

    def _detail(self, carrier: int, detail: Detail) -> None:
        """Personal details lie with the phone they came with, else with the record's own identity."""
        present = self.details.get(carrier)
        self.details[carrier] = detail if present is None else present.newest(detail)

    def _describe(self, primary: int, person: Person, at_ms: int) -> None:
        """Traits lie with the record's own identity."""
        adcode = person.adcode or places.adcode(person.city or (person.address or "")[:ADDRESS_HEAD])
        if adcode or person.gender or person.birthday or person.language:
            given = traits.observed(person, adcode, at_ms)
            known = self.traits.get(primary)
            self.traits[primary] = given if known is None else traits.merged(known, given)

    def _named(self, name: str) -> tuple[int, str]:
        found = self._names.get(name)
        if found is None:
            text, shown = _read_name(name)
            holder = self.indexer.name_key(self.brand_id, text) if text else 0
            found = self._names[name] = holder, shown
        return found


@lru_cache(maxsize=1 << 16)  # names repeat among customers and from batch to batch
def _read_name(name: str) -> tuple[str, str]:
    """What a name is compared by, empty where it is none in full; and how it is shown."""
    return name_key_text(name) or "", display_name(name) or ""


def gather(brand_id: int, sightings: Iterable[Sighting], indexer: BlindIndexer) -> Batch:
    """The batch of a brand's sightings."""
    gathering = Gathering(brand_id, indexer)
    for sighting in sightings:
        gathering.add(sighting)
    return gathering.batch()


def primary_identity(identities: Sequence[Identity]) -> Identity | None:
    """The identity a record's fact belongs to: the first account, else the phone, else the email."""
    ranks = {"phone": 1, "email": 2}
    return min(identities, key=lambda identity: ranks.get(identity.scheme, 0), default=None)
