"""Checked facts as columns, to be handed from the process that reads a file to the one that writes. Pure.

A parcel may carry its sightings gathered already, for the usual case that all of its facts are new. Where
some are known, the writer needs the sightings of the others: those travel as bytes that are opened only then.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, NamedTuple, TypeVar

from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.gathering import Batch, Detail, gather
from guanxi.kernel.blind import BlindIndexer
from guanxi.touchpoints.rules import Entry

DETAILS = Batch._fields.index("details")
Named = TypeVar("Named", bound=tuple[object, ...])


class Columns(NamedTuple):
    """Facts by column, as they will be written; all of one length."""

    positions: Sequence[int]
    refs: Sequence[str]
    kinds: Sequence[str]
    channels: Sequence[str]
    amounts: Sequence[int | None]
    quantities: Sequence[int | None]
    payloads: Sequence[str]
    cumulatives: Sequence[int | None]
    at_ms: Sequence[int]


class Parcel(NamedTuple):
    """`batch` is None where nobody gathered; `sightings` are marshalled columns."""

    columns: Columns
    batch: Batch | None
    sightings: bytes

    def entries(self) -> list[Entry]:
        identities, persons, uses = marshal.loads(self.sightings)  # noqa: S302 - from our own process
        who = [tuple(_all(Identity, pairs)) for pairs in identities]
        details = [person and _new(Person, person) for person in persons]
        sightings = _all(Sighting, zip(who, details, self.columns.at_ms, uses, strict=True))
        return list(_all(Entry, zip(*self.columns[:-1], sightings, strict=True)))


def columns_of(entries: Sequence[Entry]) -> Columns:
    if not entries:
        return Columns._make([()] * len(Columns._fields))
    *columns, sightings = zip(*entries, strict=True)
    return Columns._make([*columns, [sighting.at_ms for sighting in sightings]])


def packed(entries: Sequence[Entry], brand_id: int, indexer: BlindIndexer | None) -> tuple[Any, ...]:
    """What `unpacked` makes a parcel of, in types that marshal knows; gathered where there is an indexer."""
    sightings = [entry.sighting for entry in entries]
    identities = [tuple(map(tuple, sighting.identities)) for sighting in sightings]
    persons = [sighting.person and tuple(sighting.person) for sighting in sightings]
    uses = [sighting.use for sighting in sightings]
    batch = None
    if indexer is not None:
        gathered = gather(brand_id, sightings, indexer)
        details = {position: tuple(detail) for position, detail in gathered.details.items()}
        batch = (*gathered[:DETAILS], details, *gathered[DETAILS + 1 :])
    return tuple(columns_of(entries)), batch, marshal.dumps((identities, persons, uses))


def unpacked(data: tuple[Any, ...]) -> Parcel:
    columns, plain, sightings = data
    batch = None
    if plain is not None:
        batch = Batch._make(plain)
        details = zip(batch.details, _all(Detail, batch.details.values()), strict=True)
        batch = batch._replace(details=dict(details))
    return Parcel(Columns._make(columns), batch, sightings)


_new = tuple.__new__  # what the named tuples' own constructors come to


def _all(kind: type[Named], tuples: Iterable[tuple[object, ...]]) -> Iterator[Named]:
    return map(_new, repeat(kind), tuples)
