"""Subjects and evidence in the database, set by set: the same few statements for one sighting or ten
thousand. Callers hold the brand's turn to write (`platform.writing`), so what is read here stays true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from django.db import connection

from guanxi.customers.evidence import Atom, Ruling, Tie
from guanxi.customers.traits import Profile, unpacked, value
from guanxi.platform.bulk import among, insert_rows, numbers, selectable

SUBJECT_COLUMNS = {
    "id": "bigint",
    "brand_id": "bigint",
    "scheme": "text",
    "key": "text",
    "holder": "bigint",
    "customer_id": "bigint",
    "first_ms": "bigint",
    "last_ms": "bigint",
    "anchored": "boolean",
    "contested": "boolean",
    "crowded": "boolean",
    "sealed_hash": "bigint",
    "traits": "text",
}
_SUBJECT_READ = (
    "s.id, s.scheme, s.key, s.holder, s.customer_id, s.first_ms, s.last_ms, s.anchored, s.contested, "
    "s.crowded, s.sealed_hash, s.traits"
)
_TIE_READ = (  # a tie that was only stated, never used, is of the moment it was first stated
    "SELECT a_id, b_id, n, first_ms, CASE WHEN last_ms < first_ms THEN first_ms ELSE last_ms END "
    "FROM customers_link WHERE"
)


class Row(NamedTuple):
    """A subject as it is stored."""

    id: int
    scheme: str
    key: str
    holder: int
    customer_id: int
    first_ms: int
    last_ms: int
    anchored: bool
    contested: bool
    crowded: bool
    sealed_hash: int
    traits: str

    def atom(self) -> Atom:
        # Most traits are a phone's city alone, which is not worth reading here.
        told = unpacked(self.traits) if '"birthday"' in self.traits else {}
        birthday = str(value(told, "birthday") or "")
        return Atom(
            self.id,
            self.scheme,
            self.key,
            self.holder,
            bool(self.anchored),
            self.first_ms,
            self.last_ms,
            birthday,
            bool(self.crowded),
        )


def find_subjects(brand_id: int, contacts: Collection[tuple[str, str]]) -> Iterator[Row]:
    """All subjects of the given (scheme, key) pairs; of a phone or email every holder's."""
    keys: dict[str, list[str]] = defaultdict(list)
    for scheme, key in contacts:
        keys[scheme].append(key)
    with connection.cursor() as cursor:
        for scheme, wanted in keys.items():
            parameter: Any = wanted
            source = "unnest(%s::text[]) w(value)"
            if connection.vendor == "sqlite":
                source, parameter = "json_each(%s) w", orjson.dumps(wanted).decode()
            # CROSS JOIN keeps SQLite's planner from scanning the subjects for each wanted key.
            cursor.execute(
                f"SELECT {_SUBJECT_READ} FROM {source} CROSS JOIN customers_subject s "
                "WHERE s.brand_id = %s AND s.scheme = %s AND s.key = w.value",
                [parameter, brand_id, scheme],
            )
            yield from map(tuple.__new__, repeat(Row), cursor.fetchall())


def load_subjects(brand_id: int, ids: Collection[int]) -> Iterator[Row]:
    """Subjects by id; those of other brands are not seen."""
    yield from map(
        Row._make, _select(f"SELECT {_SUBJECT_READ} FROM customers_subject s WHERE", "s.id", ids, brand_id)
    )


def load_customers_subjects(brand_id: int, customer_ids: Collection[int]) -> Iterator[Row]:
    """The subjects that belong to the given customers today."""
    statement = f"SELECT {_SUBJECT_READ} FROM customers_subject s WHERE"
    yield from map(Row._make, _select(statement, "s.customer_id", customer_ids, brand_id))


def load_profiles(brand_id: int, customer_ids: Collection[int]) -> dict[int, Profile]:
    """The profiles of customers as they are written down; of those that are not merged away."""
    statement = (
        f"SELECT id, {', '.join(Profile._fields)} FROM customers_customer WHERE merged_into_id IS NULL AND"
    )
    return {row[0]: Profile(*row[1:]) for row in _select(statement, "id", customer_ids, brand_id)}


def load_ties(ids: Collection[int]) -> Iterator[Tie]:
    """All ties of the given subjects; one between two of them comes twice."""
    yield from map(Tie._make, _select_either(_TIE_READ, ids))


def load_rulings(brand_id: int, ids: Collection[int]) -> list[Ruling]:
    """People's newest word on each pair that touches the given subjects."""
    newest: dict[tuple[int, int], Ruling] = {}
    statement = "SELECT a_id, b_id, verdict, at_ms, id FROM customers_decision WHERE"
    for a, b, verdict, at_ms, number in _select_either(statement, ids, brand_id):
        ruling = Ruling(a, b, verdict == "same", (at_ms, number))
        if (a, b) not in newest or newest[a, b].at < ruling.at:
            newest[a, b] = ruling
    return list(newest.values())


class Spoken(NamedTuple):
    """Whether people of a brand ever ruled on who is whom, and whether contacts were ever denied."""

    rulings: bool
    denials: bool


def spoken(brand_id: int) -> Spoken:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM customers_decision WHERE brand_id = %s),"
            " EXISTS (SELECT 1 FROM customers_contactdenial WHERE brand_id = %s AND NOT instead)",
            [brand_id, brand_id],
        )
        return Spoken(*map(bool, cursor.fetchone()))


def new_subject_ids(count: int) -> Sequence[int]:
    """Numbers for `count` new subjects."""
    return numbers("customers_subject", count)


def insert_subjects(rows: Sequence[tuple[Any, ...]]) -> None:
    insert_rows("customers_subject", SUBJECT_COLUMNS, rows)


def add_ties(brand_id: int, ties: Sequence[tuple[int, int, int, int, int]]) -> set[tuple[int, int]]:
    """Add to the evidence; which pairs had none before. `ties` are (a, b, n, first, last), a < b."""
    if not ties:
        return set()
    clause = (
        "ON CONFLICT (a_id, b_id) DO UPDATE SET n = customers_link.n + excluded.n, "
        "first_ms = {least}(customers_link.first_ms, excluded.first_ms), "
        "last_ms = {greatest}(customers_link.last_ms, excluded.last_ms)"
    )
    columns = {"brand_id": "bigint", "a_id": "bigint", "b_id": "bigint", "n": "bigint"}
    columns |= {"first_ms": "bigint", "last_ms": "bigint"}
    rows = [(brand_id, *tie) for tie in sorted(ties)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            source, arrays = selectable(columns, rows)
            cursor.execute(
                f"INSERT INTO customers_link ({', '.join(columns)}) SELECT * FROM {source} "
                f"{clause.format(least='LEAST', greatest='GREATEST')} RETURNING a_id, b_id, xmax = 0",
                arrays,
            )
            return {(a, b) for a, b, fresh in cursor.fetchall() if fresh}
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_link")
        last = cursor.fetchone()[0]
        insert_rows("customers_link", columns, rows, on_conflict=clause.format(least="min", greatest="max"))
        cursor.execute("SELECT a_id, b_id FROM customers_link WHERE id > %s", [last])
        return set(cursor.fetchall())


def update_many(statement: str, casts: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run an UPDATE for many rows. `statement` names its parameters v.c1, v.c2 … in the PostgreSQL way and
    `casts` their types; on SQLite it runs once a row with the same meaning."""
    if not rows:
        return
    kinds = casts.split()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = {f"c{number}": kind for number, kind in enumerate(kinds, 1)}
            body = statement.replace("max(", "GREATEST(").replace("min(", "LEAST(")
            source, arrays = selectable(columns, rows)
            cursor.execute(body.replace(" WHERE ", f" FROM {source} WHERE "), arrays)
            return
        body = statement
        order = []
        while (at := body.find("v.c")) >= 0:
            order.append(int(body[at + 3]) - 1)
            body = f"{body[:at]}%s{body[at + 4 :]}"
        if order == list(range(len(kinds))):
            cursor.executemany(body, rows)
        else:
            cursor.executemany(body, list(map(itemgetter(*order), rows)))


def _select_either(
    statement: str, ids: Collection[int], brand_id: int | None = None
) -> list[tuple[Any, ...]]:
    """Rows of pairs of which either is among the ids, those of whom both are twice."""
    if not ids:
        return []
    brand, values = ("", []) if brand_id is None else (" AND brand_id = %s", [brand_id])
    conditions = [among(column, ids) for column in ("a_id", "b_id")]
    parts = [f"{statement} {condition}{brand}" for condition, _parameter in conditions]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(parts),
            [one for _text, parameter in conditions for one in (parameter, *values)],
        )
        return list(cursor.fetchall())


def _select(
    statement: str, column: str, ids: Collection[int], brand_id: int | None = None
) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    condition, parameter = among(column, ids)
    brand = "" if brand_id is None else " AND brand_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{statement} {condition}{brand}", [parameter] if brand_id is None else [parameter, brand_id]
        )
        return list(cursor.fetchall())
