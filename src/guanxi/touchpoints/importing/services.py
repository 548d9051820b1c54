"""The verbs of imports: start or queue one, cancel it, go on with it, hand out what was rejected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.platform import audit, jobs, storage
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Job
from guanxi.touchpoints.contracts import ImportState, Mode
from guanxi.touchpoints.importing import rejects, running
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.models import Import, SavedMapping

JOB = "import"
start_import = running.start_import


def queue_import(
    brand_id: int,
    upload_id: int,
    *,
    importer: str = "",
    options: Options | None = None,
    mode: Mode = Mode.BACKFILL,
    actor: str,
) -> int:
    """Have the worker import a stored upload; the import's id. Raises NotFound for a file that is gone."""
    upload = storage.find(upload_id, brand_id)
    with transaction.atomic():
        row = Import.objects.create(
            brand_id=brand_id,
            filename=audit.blanked(upload.name)[:200],
            sha256=upload.sha256,
            size_bytes=upload.size_bytes,
            importer=importer,
            options={"importer": importer, "mode": mode.value, **running.plain(options or Options())},
            upload_id=upload_id,
            actor=actor,
        )
        _enqueue(row)
        audit.record(brand_id, actor, "import.queued", "import", row.pk, detail={"file": row.filename})
    return row.pk


def _enqueue(row: Import) -> None:
    row.job_id = jobs.enqueue(
        JOB, brand_id=row.brand_id, arguments={"import_id": row.pk}, unique_key=f"import:{row.pk}"
    )
    row.save(update_fields=["job_id"])


def cancel_import(brand_id: int, import_id: int, *, actor: str) -> None:
    """Stop an import after the chunk it is at. What is recorded stays recorded. Raises NotFound, Conflict."""
    row = _find(brand_id, import_id)
    with transaction.atomic():
        stopped = Import.objects.filter(
            pk=row.pk, state__in=[ImportState.QUEUED, ImportState.RUNNING]
        ).update(state=ImportState.CANCELLED, finished_ms=now_ms())
        if not stopped:
            raise Conflict(_("Import %(id)s has ended already.") % {"id": import_id})
        audit.record(brand_id, actor, "import.cancelled", "import", row.pk)


def resume_import(brand_id: int, import_id: int, *, actor: str) -> None:
    """Have the worker go on with an upload that failed or was cancelled. Raises NotFound, Conflict."""
    row = _find(brand_id, import_id)
    if row.upload_id is None:
        raise Conflict(
            _("This file was imported on the command line."), remedy=_("Import the same file there again.")
        )
    storage.find(row.upload_id, brand_id)
    with transaction.atomic():
        stopped = [ImportState.FAILED, ImportState.CANCELLED]
        if not Import.objects.filter(pk=row.pk, state__in=stopped).update(
            state=ImportState.QUEUED, error="", finished_ms=0
        ):
            raise Conflict(_("Import %(id)s has not stopped.") % {"id": import_id})
        _enqueue(row)
        audit.record(brand_id, actor, "import.resumed", "import", row.pk)


def rejected_rows(brand_id: int, import_id: int, *, actor: str) -> Iterator[bytes]:
    """The rejected rows as CSV, in pieces, in the clear: an export of personal data, so it is audited.

    Raises NotFound where nothing was rejected, or the file has expired.
    """
    row = _find(brand_id, import_id)
    if not row.rejected:
        raise NotFound(_("Nothing was rejected in import %(id)s.") % {"id": import_id})
    found = (
        rejects.kept(storage.open_file(row.rejects_id, brand_id))
        if row.rejects_id
        else rejects.frames(row.pk, row.cursor.get("rejects", 0))
    )
    audit.record(brand_id, actor, "import.rejects_exported", "import", row.pk, detail={"rows": row.rejected})
    return rejects.as_bytes(found)


def write_rejects(brand_id: int, import_id: int, path: Path, *, actor: str) -> int:
    """The same as a private file; how many rows. Raises Invalid where the file exists."""
    rejects.copy_plain(rejected_rows(brand_id, import_id, actor=actor), path)
    return _find(brand_id, import_id).rejected


def _find(brand_id: int, import_id: int) -> Import:
    row = Import.objects.filter(brand_id=brand_id, pk=import_id).first()
    if row is None:
        raise NotFound(_("There is no import %(id)s.") % {"id": import_id})
    return row


def save_mapping(brand_id: int, name: str, target: str, columns: Mapping[str, str], *, actor: str) -> None:
    """Keep a mapping (field → column) under a name, in place of an older one. Raises Invalid."""
    name = name.strip()
    if not 1 <= len(name) <= 80:
        raise Invalid(_("A mapping has a name of 1 to 80 characters."), field="name")
    if not columns:
        raise Invalid(_("There is nothing to save."), remedy=_("Say at least one --map FIELD=COLUMN."))
    with transaction.atomic():
        SavedMapping.objects.update_or_create(
            brand_id=brand_id,
            name=name,
            defaults={"target": target, "columns": dict(columns), "updated_ms": now_ms()},
        )
        detail = {"fields": sorted(columns)}
        audit.record(brand_id, actor, "mapping.saved", "mapping", name, detail=detail)


def run_job(context: jobs.JobContext) -> dict[str, Any]:
    """The worker's part: an upload from its cursor to its end."""
    row = Import.objects.filter(pk=context.arguments["import_id"]).first()
    if row is None or row.upload_id is None or row.state in (ImportState.DONE, ImportState.CANCELLED):
        return {}
    source = storage.opener(row.upload_id, row.brand_id)
    try:
        with running.held(row.pk):
            outcome = running.run(
                row, source, progress=lambda done: context.progress(done.bytes_read, done.bytes_total)
            )
    except jobs.JobStopped:
        cancelled = Job.objects.filter(pk=context.job_id, state=JobState.CANCELLED).exists()
        state = ImportState.CANCELLED if cancelled else ImportState.QUEUED
        Import.objects.filter(pk=row.pk, state=ImportState.RUNNING).update(state=state)
        raise
    except running.Stopped:
        row.refresh_from_db()
        if row.state != ImportState.CANCELLED:
            raise
        return {"import_id": row.pk, "state": row.state}
    return outcome._asdict()


def keep_house(_context: jobs.JobContext) -> dict[str, Any]:
    """Delete the sealed rows of imports that stopped half-way and were left lying."""
    return {"removed": rejects.remove_left_over()}


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(JOB, run_job))
    jobs.kinds.register(jobs.JobKind("import.housekeeping", keep_house))
    jobs.periodics.register(
        jobs.Periodic(
            "import.housekeeping",
            86_400,
            lambda: jobs.enqueue("import.housekeeping", unique_key="import.housekeeping"),
        )
    )
