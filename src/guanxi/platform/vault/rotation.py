"""Rotation of the master key: a new version wraps everything anew, in batches, and can be resumed.

Only wrapped keys and small secrets are rewritten, never the sealed data itself, and blind indexes stay as
they are (their secret is one of the small ones). A crash at any point leaves every row readable: the key
file holds both versions before the first row changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.db import connection
from django.db.models import Min

from guanxi.kernel.errors import Invalid
from guanxi.platform import keys
from guanxi.platform.bulk import update_rows
from guanxi.platform.keys import KeyRing, keyring
from guanxi.platform.models import StoredFile, VaultKey, VaultSecret
from guanxi.platform.vault.boxes import SUBJECT_USE
from guanxi.platform.vault.root import SECRET_USE, forget_keys, prove_keys
from guanxi.platform.vault.texts import SEALED_COLUMNS, seal_text, sealed_version, unseal_text
from guanxi.platform.writing import writing

BATCH = 5_000
KEY_COLUMNS = {"wrapped": "bytea", "master_version": "smallint", "subject_id": "bigint"}
FILE_USE = "file"


class Rotated(NamedTuple):
    """What a rotation did: the newest version, rows rewrapped, and versions that nothing uses any more."""

    version: int
    rewrapped: int
    unused: list[int]


def rotate(progress: Callable[[int, int], object] | None = None) -> Rotated:
    """Wrap everything with the newest master key; make a new version first, unless an earlier rotation
    waits to be finished.

    Raises KeyWrong, KeyMissing; Invalid where the key comes from the environment and has no new version.
    """
    prove_keys()
    if keyring().newest == _oldest_in_use():
        _add_version()
    ring = keyring()
    total = VaultKey.objects.filter(master_version__lt=ring.newest).count()
    rewrapped = _rewrap_subjects(ring, lambda done: progress(done, total) if progress else None)
    rewrapped += _rewrap_files(ring) + _rewrap_texts(ring) + _rewrap_secret(ring)
    forget_keys()
    prove_keys()
    return Rotated(ring.newest, rewrapped, unused_versions())


def unused_versions() -> list[int]:
    """Versions of the ring that nothing in this database needs any more."""
    oldest = _oldest_in_use()
    return [version for version in keyring().versions if version < oldest]


def drop_unused() -> list[int]:
    """Take those versions out of the key file; which they were. Raises Invalid where the key comes from the
    environment."""
    prove_keys()
    unused = unused_versions()
    if keys.from_environment():
        raise Invalid(
            f"The master key comes from {keys.VARIABLE}, which Guanxi cannot change.",
            remedy=f"Take these versions out of it: {unused}." if unused else "There is none to take out.",
        )
    if unused:
        keys.replace_key_file([line for line in _lines() if _version_of(line) not in unused])
    return unused


def _add_version() -> None:
    version = keyring().newest + 1
    if keys.from_environment():
        raise Invalid(
            f"The master key comes from {keys.VARIABLE}, which Guanxi cannot change.",
            remedy=f"Make a key with `openssl rand -base64 32`, set {keys.VARIABLE} to "
            f"{version}:NEW,{version - 1}:OLD everywhere, restart, then run this command again.",
            version=version,
        )
    keys.replace_key_file([keys.new_line(version), *_lines()])


def _lines() -> list[str]:
    return keys.key_path().read_text(encoding="ascii").split()


def _version_of(line: str) -> int:
    return int(line.rpartition(":")[0] or 1)


def _oldest_in_use() -> int:
    tables = (VaultSecret, VaultKey, StoredFile)
    oldest = [table.objects.aggregate(oldest=Min("master_version"))["oldest"] for table in tables]
    texts = [sealed_version(token) for sealed in SEALED_COLUMNS for _row, token in sealed.rows]
    return int(min(version for version in [*oldest, *texts] if version))


def _rewrap_subjects(ring: KeyRing, told: Callable[[int], object]) -> int:
    """Batches along the primary key, each its own transaction. Nobody else rewrites a key; a subject
    erased meanwhile is not found and stays erased."""
    done, after = 0, -(1 << 62)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_id, wrapped, master_version FROM platform_vaultkey "
                "WHERE subject_id > %s AND master_version < %s ORDER BY subject_id LIMIT %s",
                [after, ring.newest, BATCH],
            )
            rows = cursor.fetchall()
        if not rows:
            return done
        fresh = [
            (*_rewrapped(ring, SUBJECT_USE, version, bytes(wrapped), b"k%d" % subject), subject)
            for subject, wrapped, version in rows
        ]
        with writing():
            done += update_rows("platform_vaultkey", KEY_COLUMNS, fresh)
        after = rows[-1][0]
        told(done)


def _rewrap_files(ring: KeyRing) -> int:
    files = StoredFile.objects.filter(master_version__lt=ring.newest)
    count = 0
    for file in files.iterator():
        version, wrapped = _versioned(
            ring, FILE_USE, file.master_version, bytes(file.wrapped), file.location.encode()
        )
        count += StoredFile.objects.filter(pk=file.pk).update(wrapped=wrapped, master_version=version)
    return count


def _rewrap_texts(ring: KeyRing) -> int:
    count = 0
    for sealed in SEALED_COLUMNS:
        for row, token in sealed.rows:
            if sealed_version(token) < ring.newest:
                purpose, column = sealed.purpose(row), sealed.column
                fresh = {column: seal_text(unseal_text(token, purpose), purpose)}
                unchanged = sealed.model._default_manager.filter(pk=row, **{column: token})
                count += unchanged.update(**fresh)
    return count


def _rewrap_secret(ring: KeyRing) -> int:
    count = 0
    for row in VaultSecret.objects.filter(master_version__lt=ring.newest):
        version, wrapped = _versioned(
            ring, SECRET_USE, row.master_version, bytes(row.wrapped), row.name.encode()
        )
        count += VaultSecret.objects.filter(pk=row.pk).update(wrapped=wrapped, master_version=version)
    return count


def _versioned(ring: KeyRing, use: str, version: int, wrapped: bytes, bound_to: bytes) -> tuple[int, bytes]:
    return ring.seal(use, ring.open(use, version, wrapped, bound_to), bound_to)


def _rewrapped(ring: KeyRing, use: str, version: int, wrapped: bytes, bound_to: bytes) -> tuple[bytes, int]:
    newest, sealed = _versioned(ring, use, version, wrapped, bound_to)
    return sealed, newest
