"""Personal fields of subjects: sealed, opened, merged and erased in batches.

Each subject has a random data key, wrapped by the master key (`VaultKey`), which seals its fields
(`VaultBox`). Both are AES-256-GCM with the subject's id as associated data, so a row moved to another
subject does not open. Destroying the key row erases the subject, wherever copies of the box may be.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, transaction
from django.utils.translation import gettext as _

from guanxi.platform.bulk import among, insert_rows
from guanxi.platform.keys import KEY_BYTES, NONCE_BYTES, KeyRing, Tampered, keyring
from guanxi.platform.vault.blind import grams, tail_gram
from guanxi.platform.vault.root import index_secret

Field = Literal["name", "phone", "email", "address", "was_phone", "was_email"]
MAX_FIELD_CHARS = 1_000
SUBJECT_USE = "subject"
KEY_COLUMNS = {"subject_id": "bigint", "wrapped": "bytea", "master_version": "smallint"}
BOX_COLUMNS = {"subject_id": "bigint", "sealed": "bytea"}
GRAM_COLUMNS = {"gram": "bigint", "subject_id": "bigint"}
KEEP = "ON CONFLICT DO NOTHING"
REPLACE_BOX = "ON CONFLICT (subject_id) DO UPDATE SET sealed = excluded.sealed"


class Seen(NamedTuple):
    """A value and when it was observed (UTC milliseconds)."""

    text: str
    at_ms: int


Fields = Mapping[Field, Seen]
Stored = Mapping[Field, tuple[str, int]]
NONE_KNOWN: Mapping[int, Sequence[int]] = MappingProxyType({})


class Box(NamedTuple):
    """A subject's opened data key and fields."""

    key: bytes
    fields: Stored


def seal_many(
    brand_id: int,
    fields: Mapping[int, Fields],
    *,
    new: Collection[int] = (),
    name_grams: Mapping[int, Sequence[int]] = NONE_KNOWN,
) -> None:
    """Seal personal fields of many subjects, merged with what is there: per field the newest wins, at
    the same moment the greater text, so the order of batches is no matter.

    `new` (a set) names subjects made in this very transaction: they are not looked up; `name_grams` are the
    grams of their names where the caller has them. Empty texts are no observation; texts beyond 1,000
    characters are cut. Runs within the caller's transaction.
    Raises KeyMissing, KeyWrong, Tampered; then nothing is written.
    """
    wanted = {subject: kept for subject in sorted(fields) if (kept := _observed(fields[subject]))}
    if not wanted:
        return
    ring = keyring()
    index_secret(ring)  # proves the master key before anything is written
    with transaction.atomic():
        boxes = _boxes_for(wanted, new, ring)
        changed = {s: merged for s in wanted if (merged := _merged(boxes[s].fields, wanted[s])) is not None}
        rows = _sealed(((s, boxes[s].key, merged) for s, merged in changed.items()), len(changed))
        _insert_apart("platform_vaultbox", BOX_COLUMNS, rows, new, on_conflict=REPLACE_BOX)
        _index(brand_id, changed, boxes, new, name_grams)


def open_many(subject_ids: Iterable[int]) -> dict[int, dict[Field, Seen]]:
    """Subjects' personal fields; a subject without any is absent. Raises KeyMissing, KeyWrong, Tampered."""
    ids = list(subject_ids)
    if not ids:
        return {}
    opened = read_boxes(ids, keyring())
    return {s: {f: Seen(*v) for f, v in box.fields.items()} for s, box in opened.items() if box.fields}


def rename(brand_id: int, subject_ids: Iterable[int], before: Field, after: Field) -> None:
    """What is sealed as one field of subjects is another from now on: a phone that was none is kept, shown to
    the person and nothing else. Runs within the caller's transaction. Raises as `open_many`."""
    with transaction.atomic():
        boxes = read_boxes(list(subject_ids), keyring(), lock=True)
        changed = {
            s: {
                after if field == before else field: seen
                for field, seen in box.fields.items()
                if field != after
            }
            for s, box in boxes.items()
            if before in box.fields
        }
        rows = _sealed(((s, boxes[s].key, fields) for s, fields in changed.items()), len(changed))
        _insert_apart("platform_vaultbox", BOX_COLUMNS, rows, (), on_conflict=REPLACE_BOX)
        _index(brand_id, changed, boxes, (), NONE_KNOWN)


def erase(brand_id: int, subject_ids: Iterable[int]) -> int:
    """Destroy subjects' keys, boxes and grams for ever; how many had a key."""
    ids = list(subject_ids)
    with transaction.atomic(), connection.cursor() as cursor:
        _erase_grams(brand_id, ids)
        condition, parameter = among("subject_id", ids)
        cursor.execute(f"DELETE FROM platform_vaultbox WHERE {condition}", [parameter])
        cursor.execute(f"DELETE FROM platform_vaultkey WHERE {condition}", [parameter])
        return int(cursor.rowcount)


def _observed(given: Fields) -> Stored:
    """What is worth keeping; the very mapping where, as almost always, that is all of it."""
    for text, _at_ms in given.values():
        if not text or len(text) > MAX_FIELD_CHARS:
            return {field: (text[:MAX_FIELD_CHARS], at_ms) for field, (text, at_ms) in given.items() if text}
    return given


def _merged(known: Stored, given: Stored) -> Stored | None:
    """The union by newest; None where it is what is known already."""
    if not known:
        return given
    merged = dict(known)
    for field, seen in given.items():
        present = known.get(field)
        if present is None or (seen[1], seen[0]) > (present[1], present[0]):
            merged[field] = seen
    return merged if merged != known else None


def _boxes_for(wanted: Collection[int], new: Collection[int], ring: KeyRing) -> dict[int, Box]:
    """What is known of each wanted subject, with keys made for those that have none."""
    asked = [s for s in wanted if s not in new]
    known = read_boxes(asked, ring, lock=True) if asked else {}
    missing = [s for s in wanted if s not in known]
    made, rows = _new_keys(missing, ring)
    if _insert_apart("platform_vaultkey", KEY_COLUMNS, rows, new, on_conflict=KEEP) < len(rows):
        made |= read_boxes(missing, ring, lock=True)  # somebody else made some first: theirs count
    return known | made


def _insert_apart(
    table: str,
    columns: Mapping[str, str],
    rows: Sequence[tuple[Any, ...]],
    new: Collection[int],
    *,
    on_conflict: str,
) -> int:
    """Insert rows whose first column is the subject: those of new subjects cannot conflict, and rows that
    cannot conflict are copied in a tenth of the time."""
    others = [row for row in rows if row[0] not in new]
    if len(others) == len(rows):
        return insert_rows(table, columns, rows, on_conflict=on_conflict)
    inserted = insert_rows(table, columns, [row for row in rows if row[0] in new] if others else rows)
    return inserted + insert_rows(table, columns, others, on_conflict=on_conflict)


def _new_keys(subjects: list[int], ring: KeyRing) -> tuple[dict[int, Box], list[tuple[int, bytes, int]]]:
    size = KEY_BYTES + NONCE_BYTES
    noise = os.urandom(size * len(subjects))
    wrap, version = ring.cipher(SUBJECT_USE).encrypt, ring.newest
    made, rows = {}, []
    for position, subject in enumerate(subjects):
        start = position * size
        key, nonce = noise[start : start + KEY_BYTES], noise[start + KEY_BYTES : start + size]
        made[subject] = Box(key, {})
        rows.append((subject, nonce + wrap(nonce, key, b"k%d" % subject), version))
    return made, rows


def _sealed(contents: Iterable[tuple[int, bytes, Stored]], count: int) -> list[tuple[int, bytes]]:
    noise = os.urandom(NONCE_BYTES * count)
    rows = []
    for position, (subject, key, fields) in enumerate(contents):
        nonce = noise[position * NONCE_BYTES : (position + 1) * NONCE_BYTES]
        rows.append((subject, nonce + AESGCM(key).encrypt(nonce, _packed(fields), b"b%d" % subject)))
    return rows


def _packed(fields: Stored) -> bytes:
    try:
        return orjson.dumps(fields, default=tuple)
    except orjson.JSONEncodeError:  # half a surrogate pair, from a broken JSON client
        clean = {f: (text.encode("utf-8", "replace").decode(), at_ms) for f, (text, at_ms) in fields.items()}
        return orjson.dumps(clean)


def read_boxes(subjects: list[int], ring: KeyRing, *, lock: bool = False) -> dict[int, Box]:
    """Open boxes; with `lock`, their keys' rows stay locked (PostgreSQL) in order of id."""
    condition, parameter = among("k.subject_id", subjects)
    locking = "ORDER BY k.subject_id FOR UPDATE OF k" if lock and connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.subject_id, k.wrapped, k.master_version, b.sealed FROM platform_vaultkey k "
            f"LEFT JOIN platform_vaultbox b ON b.subject_id = k.subject_id WHERE {condition} {locking}",
            [parameter],
        )
        return {row[0]: _opened(row, ring) for row in cursor.fetchall()}


def _opened(row: tuple[Any, ...], ring: KeyRing) -> Box:
    subject, wrapped, version, sealed = row[0], bytes(row[1]), row[2], row[3]
    unwrap = ring.cipher(SUBJECT_USE, version).decrypt
    try:
        key = unwrap(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], b"k%d" % subject)
        if sealed is None:
            return Box(key, {})
        content = bytes(sealed)
        packed = AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], b"b%d" % subject)
    except (InvalidTag, ValueError):
        index_secret(ring)  # a wrong master key says so itself
        raise Tampered(
            _("The personal data of subject %(subject)s does not pass authentication: its row was changed.")
            % {"subject": subject},
            remedy=_(
                "Restore this subject's rows in platform_vaultkey and platform_vaultbox from a backup, "
                "or erase the subject."
            ),
            subject_id=subject,
        ) from None
    return Box(key, {field: (text, at_ms) for field, (text, at_ms) in orjson.loads(packed).items()})


def grams_of(brand_id: int, fields: Stored) -> list[int]:
    """All that a subject is found by: the grams of its name and the tail of its phone."""
    return _with_tail(brand_id, grams(brand_id, fields["name"][0]) if "name" in fields else [], fields)


def _with_tail(brand_id: int, of_name: Sequence[int], fields: Stored) -> list[int]:
    tail = tail_gram(brand_id, fields["phone"][0]) if "phone" in fields else None
    return [*of_name] if tail is None else [*of_name, tail]


def _index(
    brand_id: int,
    changed: Mapping[int, Stored],
    boxes: Mapping[int, Box],
    of_new: Collection[int],
    name_grams: Mapping[int, Sequence[int]],
) -> None:
    first, added, removed = [], [], []
    for subject, fields in changed.items():
        if subject in of_new:
            known = name_grams.get(subject)
            found = grams_of(brand_id, fields) if known is None else _with_tail(brand_id, known, fields)
            first += [(gram, subject) for gram in dict.fromkeys(found)]
            continue
        before = boxes[subject].fields
        new, old = grams_of(brand_id, fields), grams_of(brand_id, before) if before else []
        added += [(gram, subject) for gram in new if gram not in old]
        removed += [(gram, subject) for gram in old if gram not in new]
    if removed:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM platform_vaultgram WHERE gram = %s AND subject_id = %s", removed)
    insert_rows("platform_vaultgram", GRAM_COLUMNS, first)
    insert_grams(added)


def insert_grams(rows: Sequence[tuple[int, int]]) -> int:
    """Add (gram, subject) pairs; how many were not there."""
    return insert_rows("platform_vaultgram", GRAM_COLUMNS, rows, on_conflict=KEEP)


def _erase_grams(brand_id: int, subjects: list[int]) -> None:
    """By the fields in the boxes; where a box does not open, by a scan over all grams."""
    with connection.cursor() as cursor:
        try:
            opened = read_boxes(subjects, keyring()) if subjects else {}
        except Tampered:
            condition, parameter = among("subject_id", subjects)
            cursor.execute(f"DELETE FROM platform_vaultgram WHERE {condition}", [parameter])
            return
        rows = [(gram, s) for s, box in opened.items() for gram in grams_of(brand_id, box.fields)]
        if rows:
            cursor.executemany("DELETE FROM platform_vaultgram WHERE gram = %s AND subject_id = %s", rows)
