"""The simulator's truth against what resolution made of it. Used by the benchmark and by a test."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.identifiers import name_key_text
from guanxi.customers.models import Subject
from guanxi.customers.scoring import Score, Scored, score
from guanxi.kernel.clock import to_ms
from guanxi.platform.vault import blind_index, name_key

Record = Mapping[str, str]
Shown = tuple[str, str, str]  # scheme, value, holder


def read(folder: Path, name: str) -> Iterator[Record]:
    with gzip.open(folder / "truth" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def shown(record: Record) -> list[Shown]:
    """The identities of a record as a perfect reader sees them."""
    found = []
    for item in filter(None, record["identities"].split("|")):
        value, _, holder = item.partition("/") if item.startswith("phone:") else (item, "", "")
        scheme, _, plain = value.rpartition(":")
        found.append((scheme, plain, holder))
    return found


def sighting(record: Record) -> Sighting:
    """What an importer makes of a record: where a buyer's phone stands beside a receiver's, the buyer's."""
    accounts = [(s, v, h) for s, v, h in shown(record) if s != "phone"]
    phones = sorted((s, v, h) for s, v, h in shown(record) if s == "phone")
    phones.sort(key=lambda phone: bool(phone[2]))
    identities = [*accounts, *phones[:1]]
    name = next((holder for _, _, holder in identities if holder), None)
    return Sighting(
        tuple(Identity(scheme, value) for scheme, value, _ in identities),
        Person(name=name) if name else None,
        to_ms(datetime.fromisoformat(record["at"])),
    )


def identities_score(brand_id: int, identities: Iterable[Record]) -> Score:
    """Scores every identity value that is exactly one person's. Nicknames and values that only stand beside
    a buyer's own are no subjects here, so they are not scored."""
    rows = Subject.objects.filter(brand_id=brand_id).values_list("scheme", "key", "holder", "customer_id")
    customer_of = {(scheme, key, holder): customer for scheme, key, holder, customer in rows.iterator()}
    scored = []
    for row in identities:
        scheme, key, holder = row["scheme"], row["value"], 0
        if scheme == "phone":
            key = blind_index(brand_id, "phone", key)
            text = name_key_text(row["holder"])
            holder = name_key(brand_id, text) if text else 0
        customer = customer_of.get((scheme, key, holder))
        if customer and is_one_persons(row["persons"]) and bool(holder) == bool(row["holder"]):
            scored.append(Scored(row["persons"], row["cluster"], customer))
    return score(scored)


def records_score(
    brand_id: int, records: Iterable[Record], subjects: Iterable[int | None], identities: Iterable[Record]
) -> Score:
    """Scores every record that shows whose it is. One that shows nothing but a phone that several people
    use without a name does not: no file says which of them it was."""
    rows = Subject.objects.filter(brand_id=brand_id).values_list("id", "customer_id")
    customer_of = dict(rows.iterator())
    shared = {(r["scheme"], r["value"], r["holder"]) for r in identities if "|" in r["persons"]}
    return score(
        Scored(record["person"], record["cluster"], customer_of[subject])
        for record, subject in zip(records, subjects, strict=True)
        if subject and is_one_persons(record["person"]) and not shared.issuperset(shown(record))
    )


def is_one_persons(persons: str) -> bool:
    return bool(persons) and "|" not in persons
