"""An import from beginning to end: it starts, goes on after whatever stopped it, and ends with a report.

Each chunk is one transaction: its facts, the counts and the cursor stand or fall together. So a killed import
has recorded exactly what its cursor says, and the next run of the same file goes on from there.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import orjson
from django.db import DatabaseError
from django.db.models import F

from guanxi.customers.rights.contracts import ERASED
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, Unavailable
from guanxi.kernel.wording import say
from guanxi.platform import audit, jobs
from guanxi.platform.bulk import take_stock
from guanxi.platform.home import PRIVATE_FILE, ensure_folder
from guanxi.platform.models import Brand
from guanxi.platform.storage import DiskFull
from guanxi.platform.vault import index_keys
from guanxi.platform.writing import writing
from guanxi.touchpoints import services, telling
from guanxi.touchpoints.contracts import ImportState, Mode
from guanxi.touchpoints.importing import neighbours, pipeline, rejects, reports
from guanxi.touchpoints.importing.contracts import Options, RowReject
from guanxi.touchpoints.importing.messages import kept_error, kept_reason
from guanxi.touchpoints.importing.preview import options_of
from guanxi.touchpoints.importing.sinks import sinks
from guanxi.touchpoints.models import Import

HASH_BYTES = 1 << 20
SYNC_JOB = "warehouse.sync"
COUNTS = ("rows", "recorded", "duplicates", "rejected", "customers_created", "customers_merged")
Progress = Callable[["Done"], None]


class Stopped(Conflict):
    """Somebody cancelled the import, or another process goes on with it."""

    code: ClassVar[str] = "import_stopped"


class Done(NamedTuple):
    """How far an import is. `bytes_read` of `bytes_total` is the share of the stored file."""

    rows: int
    bytes_read: int
    bytes_total: int


class Outcome(NamedTuple):
    """The end of an import; `report` is the path of its JSON."""

    import_id: int
    rows: int
    recorded: int
    duplicates: int
    rejected: int
    customers_created: int
    customers_merged: int
    seconds: float
    report: str


def start_import(
    brand_id: int,
    path: Path,
    *,
    importer: str = "",
    options: Options | None = None,
    mode: Mode = Mode.BACKFILL,
    actor: str = "cli",
    progress: Progress | None = None,
) -> Outcome:
    """Import a file of the machine to its end. One that was stopped before (the same bytes, importer and
    options) goes on; one that is finished is imported again and records nothing twice.

    Raises Invalid for a file that cannot be understood, DiskFull, Stopped, or what the vault raises.
    """
    started = time.monotonic()
    if not path.is_file():
        raise Invalid(say("There is no file %(path)s.", path=path), remedy=say("Check the name."))
    options = options or Options()
    wanted = {"importer": importer, "mode": mode.value, **plain(options)}
    digest = sha256_of(path)
    with _claimed_import(brand_id, path, digest, wanted, actor) as row:
        return run(row, path, progress=progress, started=started)


def plain(options: Options) -> dict[str, Any]:
    """The options as JSON keeps them; what the brand decides is not part of them."""
    given = asdict(options)
    for name in ("zone", "currency", "now_ms", "chunk_rows", "ref_key"):
        del given[name]
    return dict(orjson.loads(orjson.dumps(given)))


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


@contextmanager
def _claimed_import(
    brand_id: int, path: Path, digest: str, wanted: dict[str, Any], actor: str
) -> Iterator[Import]:
    """An unfinished import of the same bytes and options that nobody runs, else a new one; held."""
    unfinished = Import.objects.filter(brand_id=brand_id, sha256=digest, upload_id=None).exclude(
        state=ImportState.DONE
    )
    for row in unfinished.order_by("-id")[:20]:
        if row.options == wanted and (lock := _try_lock(row.pk)) is not None:
            break
    else:
        row = Import.objects.create(
            brand_id=brand_id,
            filename=audit.blanked(path.name)[:200],
            sha256=digest,
            size_bytes=path.stat().st_size,
            importer=wanted["importer"],
            options=wanted,
            actor=actor,
        )
        lock = _try_lock(row.pk)
    if lock is None:
        raise Stopped(say("Another process runs import %(id)s.", id=row.pk))
    try:
        yield row
    finally:
        os.close(lock)


@contextmanager
def held(import_id: int) -> Iterator[None]:
    """Be the one who runs this import. Raises Stopped where another process does."""
    lock = _try_lock(import_id)
    if lock is None:
        raise Stopped(
            say("Another process runs import %(id)s.", id=import_id), remedy=say("Wait for it, or cancel it.")
        )
    try:
        yield
    finally:
        os.close(lock)


def _try_lock(import_id: int) -> int | None:
    """A locked file: the lock ends with the process, so an import that was killed is free at once."""
    path = ensure_folder("reports", str(import_id)) / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def run(
    row: Import,
    source: Path | pipeline.Opener,
    *,
    progress: Progress | None = None,
    started: float | None = None,
) -> Outcome:
    """Bring the import to its end, from its cursor on. The caller holds it."""
    started = time.monotonic() if started is None else started
    row.refresh_from_db()
    row.state = ImportState.RUNNING
    row.started_ms = row.started_ms or now_ms()
    row.error = ""
    row.save(update_fields=["state", "started_ms", "error"])
    try:
        this = _Run(row)
        _read_all(this, source, progress)
        return _finish(this, started)
    except (GuanxiError, DatabaseError, OSError) as error:
        named = _named(error)
        if not isinstance(named, Stopped):
            _mark_failed(row, named)
        raise named from error


class _Run:
    """One run of an import: what its cursor is made of."""

    def __init__(self, row: Import) -> None:
        brand = Brand.objects.get(pk=row.brand_id)
        self.row = row
        self.mode = Mode(row.options["mode"])
        wished = {name: value for name, value in row.options.items() if name not in ("importer", "mode")}
        self.options = options_of(brand, Options(**wished), row.created_ms)
        self.cursor = _cursor_of(row, neighbours.arrangement(self.options.chunk_rows))
        self.reject_file = rejects.RejectFile(row.pk, self.cursor["rejects"])
        self.names: list[str] = []
        self.table_name = ""
        self.source_id = 0
        self.bytes_total = row.size_bytes

    def order(self, source: Path | pipeline.Opener) -> pipeline.ReadingOrder:
        return pipeline.ReadingOrder(
            source,
            self.row.filename,
            services.terms_of(self.row.brand_id),
            self.row.options["importer"],
            self.options,
            self.cursor["table"],
            self.cursor["chunk"],
            self.cursor["window"],
            pipeline.Gather(self.row.brand_id, index_keys()),
        )

    def begin(self, table: pipeline.TableRead) -> None:
        """Another table of the file, not read before unless in an earlier run."""
        self.names, self.table_name = table.names, table.name
        self.bytes_total = table.total_bytes
        self.source_id = services.source_id_of(self.row.brand_id, table.source)
        known = self.cursor["tables"]
        if len(known) <= table.number:
            known.append(
                {
                    "name": audit.blanked(table.name),
                    "importer": table.importer,
                    "format": table.format,
                    "encoding": table.encoding,
                }
            )
        if not self.row.importer:
            self.row.importer = table.importer
            self.row.save(update_fields=["importer"])

    def commit(self, chunk: pipeline.ChunkRead) -> None:
        """Facts, counts and cursor of one chunk, in one transaction. Raises Stopped."""
        row = self.row
        self._reject(chunk.rejects)
        self.cursor.update(
            table=chunk.table, chunk=chunk.number + 1, window=chunk.window, position=chunk.position
        )
        with writing(row.brand_id, by_keys=True):
            written = self._written(chunk)
            # Named by line and reason, without what stood there.
            self._reject([RowReject(line, ERASED, services.erased_reason(), "") for line in written.erased])
            self.cursor["smaller_refunds"] = self.cursor.get("smaller_refunds", 0) + written.smaller
            unstated = self.cursor.get("unstated_refunds", 0) + chunk.unstated_refunds
            self.cursor["unstated_refunds"] = unstated
            still_ours = Import.objects.filter(pk=row.pk, state=ImportState.RUNNING, step=row.step).update(
                step=row.step + 1,
                cursor=self.cursor,
                rows=F("rows") + chunk.rows,
                recorded=F("recorded") + written.recorded,
                duplicates=F("duplicates") + written.duplicates,
                rejected=F("rejected") + len(chunk.rejects) + len(written.erased),
                customers_created=F("customers_created") + written.customers_created,
                customers_merged=F("customers_merged") + written.customers_merged,
            )
            if not still_ours:
                raise Stopped(
                    say("Import %(id)s was cancelled, or another process goes on with it.", id=row.pk)
                )
        if row.step == 0:
            take_stock()
        row.step += 1
        row.rows += chunk.rows

    def _reject(self, refused: list[RowReject]) -> None:
        """Keep refused rows and count them by reason; they hold with the cursor that is committed next."""
        if refused:
            self.reject_file.append(rejects.Frame(self.table_name, self.names, refused))
        codes: dict[str, int] = self.cursor["codes"]
        for reject in refused:
            codes[reject.code] = codes.get(reject.code, 0) + 1
        self.cursor["rejects"] = self.reject_file.size

    def _written(self, chunk: pipeline.ChunkRead) -> services.Written:
        """What became of the chunk's facts, or of its rows that are none."""
        if chunk.own:
            importer = self.cursor["tables"][chunk.table]["importer"]
            taken = sinks[importer].take(self.row.brand_id, chunk.own, self.row.pk)
            return services.Written(taken.recorded, taken.duplicates, 0, 0)
        return services.write_parcel(
            self.row.brand_id, self.source_id, chunk.parcel, mode=self.mode, import_id=self.row.pk
        )


def _cursor_of(row: Import, arrangement: str) -> dict[str, Any]:
    """Where the import goes on. Where chunks were cut in another way when it stopped, its cursor says
    nothing: it begins again, and what it recorded is counted as duplicates."""
    cursor: dict[str, Any] = {
        "arrangement": arrangement,
        "table": 0,
        "chunk": 0,  # the next one
        "window": 0,  # the first chunk of the window that the last one lay in
        "rejects": 0,
        "codes": {},
        "tables": [],
    }
    if row.cursor and row.cursor.get("arrangement") != arrangement:
        Import.objects.filter(pk=row.pk).update(cursor={}, **dict.fromkeys(COUNTS, 0))
        row.refresh_from_db()
    cursor.update(row.cursor)
    return cursor


def _read_all(this: _Run, source: Path | pipeline.Opener, progress: Progress | None) -> None:
    with pipeline.reading(this.order(source)) as messages:
        for message in messages:
            match message:
                case pipeline.TableRead():
                    this.begin(message)
                case pipeline.TableSkipped():
                    skipped = this.cursor.setdefault("skipped", [])
                    if (
                        left_out := [audit.blanked(message.name), kept_reason(message.reason)]
                    ) not in skipped:
                        skipped.append(left_out)
                case pipeline.ChunkRead():
                    this.commit(message)
                    if progress:
                        progress(Done(this.row.rows, message.position, this.bytes_total))
                case pipeline.ReadingEnded():
                    return


def _finish(this: _Run, started: float) -> Outcome:
    """Keep the rejected rows, write the report, then say that the import is done."""
    row = this.row
    row.refresh_from_db()
    rejects_id = rejects.keep(row.brand_id, row.pk, this.cursor["rejects"])
    path = rejects.folder_of(row.pk) / "report.json"
    outcome = Outcome(
        row.pk,
        row.rows,
        row.recorded,
        row.duplicates,
        row.rejected,
        row.customers_created,
        row.customers_merged,
        round(time.monotonic() - started, 3),
        str(path),
    )
    reports.write(path, {**outcome._asdict(), **reports.about(row)})
    with writing():
        ended = Import.objects.filter(pk=row.pk, state=ImportState.RUNNING).update(
            state=ImportState.DONE,
            finished_ms=now_ms(),
            rejects_id=rejects_id,
        )
        if not ended:
            raise Stopped(say("Import %(id)s was cancelled.", id=row.pk))
        counts = {name: getattr(outcome, name) for name in ("rows", "recorded", "duplicates", "rejected")}
        audit.record(row.brand_id, row.actor, "import.done", "import", row.pk, detail=counts)
        telling.import_finished(row)
        if SYNC_JOB in jobs.kinds:
            jobs.enqueue(SYNC_JOB, brand_id=row.brand_id, unique_key=f"brand:{row.brand_id}")
    this.reject_file.discard()
    return outcome


def _named(error: Exception) -> GuanxiError:
    """What stopped the import, as an error that says what to do."""
    if isinstance(error, GuanxiError):
        return error
    full = isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    text = str(error).lower()
    if full or "disk is full" in text or "disk i/o error" in text or "no space left" in text:
        return DiskFull(
            say("The disk is full; the import stopped."),
            remedy=say("Free some space and import the same file again: it goes on where it stopped."),
        )
    return Unavailable(
        say("The import stopped: %(error)s.", error=type(error).__name__),
        remedy=say("Run `guanxi doctor`, then import the same file again: it goes on where it stopped."),
    )


def _mark_failed(row: Import, error: GuanxiError) -> None:
    try:
        Import.objects.filter(pk=row.pk, state=ImportState.RUNNING).update(
            state=ImportState.FAILED, error=kept_error(error), finished_ms=now_ms()
        )
    except DatabaseError:
        return  # as on a full disk: an import that nobody runs counts as stopped
