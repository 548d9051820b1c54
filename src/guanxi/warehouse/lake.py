"""The lake on disk: Parquet files that never change, and one manifest that says which of them count.

    $GUANXI_HOME/lake/<brand>/
        manifest.json                                   swapped by rename; whoever reads it has a whole lake
        lock                                            held by the one who writes
        touchpoints/local_month=24322/<token>.parquet   sorted by kind, subject_id
        subject_map/<token>.parquet  customers/<token>.parquet

A file counts from the moment a manifest names it. A process that dies leaves files that no manifest names;
the next sync removes them, like those it replaced, after a grace in which readers may still have them open.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from django.utils.translation import gettext as _

from guanxi.kernel.errors import Conflict, Unavailable
from guanxi.platform.home import PRIVATE_FOLDER, home

FORMAT = 1
GRACE_SECONDS = 15 * 60


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of the lake, by its path below the lake's folder."""

    path: str
    rows: int
    bytes: int
    month: int | None = None  # of a table that is partitioned by month
    digest: int = 0  # of a log: Σ id³ modulo 2⁶⁴, the same for the same rows in other files
    anonymous: int | None = None  # of a log: rows without a subject; None in files of an older version


@dataclass(frozen=True)
class Manifest:
    """Which files make up the lake. `version` names this state and no other, ever."""

    version: str = ""
    lineage: str = ""  # changes when the lake was made anew, so that nothing of the old one may be kept
    brand: list[int] = field(
        default_factory=list
    )  # its id and when it was made: another database, another brand
    timezone: str = ""
    synced_ms: int | None = None
    marks: dict[str, list[int]] = field(default_factory=dict)  # log table → last (mark, id) exported
    markers: dict[str, list[int | None]] = field(default_factory=dict)  # snapshot table → its marker
    gone: dict[str, list[list[int | str]]] = field(default_factory=dict)  # log table → what it has lost
    files: dict[str, list[DataFile]] = field(default_factory=dict)
    format: int = FORMAT

    def rows(self, table: str) -> int:
        return sum(file.rows for file in self.files.get(table, []))

    def all_files(self) -> Iterator[DataFile]:
        for files in self.files.values():
            yield from files

    def with_files(self, table: str, files: list[DataFile]) -> Manifest:
        return replace(self, files={**self.files, table: files})


class Lake:
    """One brand's lake."""

    def __init__(self, slug: str) -> None:
        self.slug = slug
        self.folder = home() / "lake" / slug
        self._manifest_path = self.folder / "manifest.json"

    def manifest(self) -> Manifest:
        """The present state; an empty one where nothing was ever synced. Raises Unavailable where the
        manifest was written by a newer Guanxi or is damaged."""
        try:
            content = json.loads(self._manifest_path.read_bytes())
        except FileNotFoundError:
            return Manifest()
        except ValueError as broken:
            raise self._unreadable() from broken
        if content.get("format") != FORMAT:
            raise self._unreadable()
        files = {table: [DataFile(**file) for file in files] for table, files in content.pop("files").items()}
        return Manifest(**content, files=files)

    def stamp(self) -> tuple[int, int]:
        """Differs whenever the manifest was swapped; cheap enough to ask before every query."""
        try:
            found = self._manifest_path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def path(self, file: DataFile) -> Path:
        return self.folder / file.path

    def new_path(self, table: str, month: int | None = None) -> Path:
        """A path no file ever had."""
        folder = self.folder / table if month is None else self.folder / table / f"local_month={month}"
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return folder / f"{secrets.token_hex(8)}.parquet"

    def commit(self, manifest: Manifest, *, is_new: bool = True) -> Manifest:
        """Make `manifest` the present state at one stroke; its files must be complete. It gets a version of
        its own, unless it is not new, that is, it holds the same rows as the present one."""
        if is_new:
            manifest = replace(manifest, version=secrets.token_hex(8))
        with translated_errors():
            for folder in {self.path(file).parent for file in manifest.all_files()}:
                _sync_to_disk(folder)
            temporary = self._manifest_path.with_suffix(".new")
            temporary.write_text(json.dumps(asdict(manifest)))
            _sync_to_disk(temporary)
            temporary.replace(self._manifest_path)
            _sync_to_disk(self.folder)
        return manifest

    def retire(self, before: Manifest, now: Manifest, *, grace_seconds: float = GRACE_SECONDS) -> None:
        """Remove files that no manifest names any more; those that `before` named get a grace from now on.
        Hold the lock."""
        used = {file.path for file in now.all_files()}
        for file in before.all_files():
            if file.path not in used:
                self.path(file).touch()
        oldest_kept = time.time() - grace_seconds
        for path in self.folder.rglob("*.parquet"):
            if str(path.relative_to(self.folder)) not in used and path.stat().st_mtime <= oldest_kept:
                path.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who writes this lake. Raises Conflict where somebody is; the system lets go of
        the lock of a process that died."""
        self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                stream.seek(0)
                raise Conflict(
                    _("Another sync of this brand is running (process {process}).").format(
                        process=stream.read().strip() or "?"
                    ),
                    remedy=_("Wait until it ends; there is nothing else to do."),
                ) from held
            stream.truncate(0)
            stream.write(str(os.getpid()))
            stream.flush()
            yield

    def _unreadable(self) -> Unavailable:
        return Unavailable(
            _("The lake's manifest cannot be read: {path}").format(path=self._manifest_path),
            remedy=_("Run `guanxi warehouse rebuild`; it makes the lake anew from the database."),
        )


@contextmanager
def translated_errors() -> Iterator[None]:
    """A full disk, said as such."""
    try:
        yield
    except OSError as failure:
        if "No space left" not in str(failure) and "Disk quota exceeded" not in str(failure):
            raise
        raise DiskFull(
            _("The disk that holds the lake is full; the lake is as it was before."),
            remedy=_("Make room in {folder}, then repeat.").format(folder=home()),
        ) from failure


class DiskFull(Unavailable):
    code = "disk_full"


def _sync_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
