"""A batch of sightings as distinct identities, the ties between them, and the details they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from guanxi.customers import places, traits
from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.identifiers import display_name, name_key_text
from guanxi.platform.vault import blind_index, name_key

ADDRESS_HEAD = 12  # province and city stand within it; a longer head would seldom be met twice
Key = tuple[str, str, int]  # scheme, key, holder


Counted = tuple[int, int, int]  # records, first moment, last use (0: none)


class Detail(NamedTuple):
    """What is sealed for a subject, newest first: a name that is not a full one never beats one that is."""

    name_at_ms: int = 0
    name: str = ""
    address_at_ms: int = 0
    address: str = ""

    def newest(self, other: Detail) -> Detail:
        name = max((self.name_at_ms, self.name), (other.name_at_ms, other.name))
        return Detail(*name, *max((self.address_at_ms, self.address), (other.address_at_ms, other.address)))


class Batch:
    """Identities by position (0 …); `primary[i]` is the position that the i-th sighting belongs to, or -1."""

    def __init__(self, brand_id: int) -> None:
        self.brand_id = brand_id
        self.position: dict[Key, int] = {}
        self.keys: list[Key] = []
        self.plain: list[str] = []  # the full value of a phone or email, to be sealed
        self.first_ms: list[int] = []
        self.last_ms: list[int] = []
        self.own_last_ms: dict[int, int] = {}  # of those that are some sighting's primary identity
        self.own_first_ms: dict[int, int] = {}
        self.ties: dict[tuple[int, int], Counted] = {}  # by (lower, higher position)
        self.details: dict[int, Detail] = {}
        self.traits: dict[int, traits.Observed] = {}
        self.primary: list[int] = []
        self._blind: dict[tuple[str, str], str] = {}
        self._holders: dict[str, int] = {}

    def add(self, sighting: Sighting) -> None:
        identities, person, at_ms, use = sighting
        if not identities:
            self.primary.append(-1)
            return
        holder = self._holder(person.name) if person is not None and person.name else 0
        primary = contact = -1
        positions = []
        for scheme, value in identities:
            if scheme in {"phone", "email"}:
                position = self._seen((scheme, self._index(scheme, value), holder), value, at_ms)
                if contact < 0 or (scheme == "phone" and self.keys[contact][0] == "email"):
                    contact = position
            else:
                position = self._seen((scheme, value, 0), "", at_ms)
                if primary < 0:
                    primary = position
            positions.append(position)
        if primary < 0:
            primary = contact
        self.primary.append(primary)
        self.own_last_ms[primary] = max(at_ms, self.own_last_ms.get(primary, at_ms))
        self.own_first_ms[primary] = min(at_ms, self.own_first_ms.get(primary, at_ms))
        for position in positions:
            if position != primary:
                self._tie(primary, position, at_ms, at_ms if use else 0)
        if person is not None:
            on_phone = contact >= 0 and self.keys[contact][0] == "phone"
            self._describe(contact if on_phone else primary, primary, person, at_ms)

    def _seen(self, key: Key, plain: str, at_ms: int) -> int:
        position = self.position.get(key)
        if position is None:
            position = self.position[key] = len(self.keys)
            self.keys.append(key)
            self.plain.append(plain)
            self.first_ms.append(at_ms)
            self.last_ms.append(at_ms)
            return position
        if at_ms < self.first_ms[position]:
            self.first_ms[position] = at_ms
        elif at_ms > self.last_ms[position]:
            self.last_ms[position] = at_ms
        return position

    def _tie(self, a: int, b: int, at_ms: int, used_ms: int) -> None:
        pair = (a, b) if a < b else (b, a)
        tie = self.ties.get(pair)
        if tie is None:
            self.ties[pair] = (1, at_ms, used_ms)
        else:
            self.ties[pair] = (tie[0] + 1, min(tie[1], at_ms), max(tie[2], used_ms))

    def _describe(self, carrier: int, primary: int, person: Person, at_ms: int) -> None:
        """Personal details lie with the phone they came with, traits with the record's own identity."""
        name = display_name(person.name)
        if name or person.address:
            full = at_ms if name_key_text(person.name) else 0
            detail = Detail(full, name or "", at_ms if person.address else 0, person.address or "")
            present = self.details.get(carrier)
            self.details[carrier] = detail if present is None else present.newest(detail)
        adcode = person.adcode or places.adcode(person.city or (person.address or "")[:ADDRESS_HEAD])
        if adcode or person.gender or person.birthday or person.language:
            given = traits.observed(person, adcode, at_ms)
            known = self.traits.get(primary)
            self.traits[primary] = given if known is None else traits.merged(known, given)

    def _index(self, scheme: str, value: str) -> str:
        key = self._blind.get((scheme, value))
        if key is None:
            key = self._blind[scheme, value] = blind_index(self.brand_id, scheme, value)
        return key

    def _holder(self, name: str) -> int:
        holder = self._holders.get(name)
        if holder is None:
            text = name_key_text(name)
            holder = self._holders[name] = name_key(self.brand_id, text) if text else 0
        return holder


def gather(brand_id: int, sightings: Sequence[Sighting]) -> Batch:
    """The batch of a brand's sightings. Raises KeyMissing or KeyWrong from the vault."""
    batch = Batch(brand_id)
    for sighting in sightings:
        batch.add(sighting)
    return batch


def primary_identity(identities: Sequence[Identity]) -> Identity | None:
    """The identity a record's fact belongs to: the first account, else the phone, else the email."""
    ranks = {"phone": 1, "email": 2}
    return min(identities, key=lambda identity: ranks.get(identity.scheme, 0), default=None)
