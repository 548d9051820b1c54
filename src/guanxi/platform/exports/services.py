"""Wanting an export, following it, and taking its file: an export is a job, and its result names the file."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import override

from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from guanxi.platform import audit, jobs, storage
from guanxi.platform.actors import Actor
from guanxi.platform.contracts import JobState
from guanxi.platform.databases import sparing
from guanxi.platform.exports.declared import Exportable, Rows, exportables
from guanxi.platform.exports.formats import FORMATS, Sink
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand, Job, StoredFile
from guanxi.platform.roles import Permission
from guanxi.platform.storage import Purpose
from guanxi.platform.writing import writing

KIND: Final = "export"
MOST_SHOWN: Final = 100
LONGEST_VALUE: Final = 200


@dataclass(frozen=True, slots=True)
class Export:
    """An export as its owner follows it. `file_id` is None until it is done, and once its file has gone."""

    id: int
    list: str
    format: str
    query: Mapping[str, str]
    actor: str
    state: JobState
    rows: int
    total: int
    created_ms: int
    finished_ms: int
    error: str
    file_id: int | None
    size_bytes: int
    expires_ms: int

    @property
    def under_way(self) -> bool:
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def percent(self) -> int:
        return min(99, self.rows * 100 // self.total) if self.total else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """A list in a format, that may be written."""

    brand: Brand
    kind: Exportable
    format: str
    query: Mapping[str, str]
    actor: str

    @property
    def total(self) -> int:
        """How many rows there will be; 0 where that is not known."""
        return self.kind.count(self.brand, self.query)

    def write(self, sink: Sink, tell: Callable[[int], object], *, export_id: int | str = "") -> int:
        """Write the rows, in the language that is spoken; how many. `tell` hears how many are done."""
        detail = {"list": self.kind.name, "format": self.format, "query": self.query}
        audit.record(self.brand.pk, self.actor, "export.written", "export", export_id, detail=detail)
        labels = [spoken(column.label) for column in self.kind.columns]
        pages = _watched(self.kind.pages(self.brand, self.query), tell)
        zone = ZoneInfo(self.brand.timezone)
        return FORMATS[self.format].write(sink, self.kind.columns, labels, pages, zone)


def asked_for(
    brand: Brand, list_name: str, format_name: str, query: Mapping[str, str], actor: Actor
) -> Asked:
    """What may be written, without parameters that the list does not know. Raises NotFound for an unknown
    list, Invalid, Forbidden."""
    kind = _allowed(list_name, actor)
    if format_name not in FORMATS:
        raise Invalid(
            _("There is no format “%(name)s”.") % {"name": format_name[:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(FORMATS)},
            field="format",
        )
    kept = {name: query[name][:LONGEST_VALUE] for name in kind.parameters if query.get(name)}
    kind.check(brand, kept)
    return Asked(brand, kind, format_name, kept, str(actor))


def want(
    brand: Brand,
    list_name: str,
    format_name: str,
    query: Mapping[str, str],
    actor: Actor,
    *,
    language: str = "en",
    request: str = "",
) -> int:
    """Have the worker write a list as a file; the export's id. While the same is wanted by the same actor
    already, that one's; and of one `request` by a name of the actor's own, for ever. Raises as `asked_for`;
    Conflict where another export was wanted by that name."""
    asked = asked_for(brand, list_name, format_name, query, actor)
    arguments = {
        "list": list_name,
        "format": format_name,
        "query": asked.query,
        "actor": str(actor),
        "language": language,
    }
    if request:
        arguments["request"] = request
        if (known := _known(brand.pk, arguments)) is not None:
            return known
    key = hashlib.sha256(orjson.dumps([brand.pk, arguments], option=orjson.OPT_SORT_KEYS)).hexdigest()
    return jobs.enqueue(KIND, brand_id=brand.pk, arguments=arguments, unique_key=key)


def of(brand_id: int, actor: Actor) -> list[Export]:
    """The actor's exports, the newest first; everybody's for those who may see the audit log."""
    rows = Job.objects.filter(brand_id=brand_id, kind=KIND)
    if not actor.may(Permission.AUDIT_VIEW):
        rows = rows.filter(arguments__actor=str(actor))
    return _told(list(rows.order_by("-pk")[:MOST_SHOWN]))


def find(brand_id: int, export_id: int, actor: Actor) -> Export:
    """Raises NotFound where the brand has no such export, or it is not the actor's to see."""
    job = Job.objects.filter(brand_id=brand_id, kind=KIND, pk=export_id).first()
    if job is None or (job.arguments["actor"] != str(actor) and not actor.may(Permission.AUDIT_VIEW)):
        raise NotFound(_("There is no export %(id)s.") % {"id": export_id})
    return _told([job])[0]


def open_file(brand_id: int, export_id: int, actor: Actor) -> tuple[Export, io.BufferedReader]:
    """The export and its file's content; written to the audit log. Raises NotFound, Forbidden where the actor
    may not export that list any more, Conflict where it is not done."""
    found = find(brand_id, export_id, actor)
    _allowed(found.list, actor)
    if found.state is not JobState.DONE:
        raise Conflict(_("This export is not done."), remedy=_("Wait for it, or export the list again."))
    if found.file_id is None:
        raise NotFound(
            _("The file of this export is gone: it is kept for some days only."),
            remedy=_("Export the list again."),
        )
    stream = storage.open_file(found.file_id, brand_id)
    detail = {"list": found.list, "format": found.format, "rows": found.rows}
    audit.record(brand_id, actor, "export.downloaded", "export", export_id, detail=detail)
    return found, stream


def cancel(brand_id: int, export_id: int, actor: Actor) -> None:
    """Raises NotFound; Conflict where it has ended."""
    jobs.cancel(find(brand_id, export_id, actor).id)


def remove(brand_id: int, export_id: int, actor: Actor) -> None:
    """Cancel it, or delete its file before its time; what is gone already stays gone. Raises NotFound."""
    with writing(brand_id):
        found = find(brand_id, export_id, actor)
        if found.under_way:
            jobs.cancel(found.id)
        elif found.file_id is not None:
            storage.forget([found.file_id])
        else:
            return
        detail = {"list": found.list, "format": found.format, "rows": found.rows}
        audit.record(brand_id, actor, "export.removed", "export", export_id, detail=detail)


def again(brand: Brand, export_id: int, actor: Actor, *, language: str) -> int:
    """The same once more, as of now; the new export's id. Raises as `want` does."""
    found = find(brand.pk, export_id, actor)
    return want(brand, found.list, found.format, found.query, actor, language=language)


def run(context: jobs.JobContext) -> Mapping[str, Any]:
    """The job. A run that was broken off leaves nothing, and the next one begins anew."""
    given = context.arguments
    brand = Brand.objects.get(pk=context.brand_id or 0)
    asked = Asked(brand, exportables[given["list"]], given["format"], given["query"], given["actor"])
    name = f"{asked.kind.name}.{FORMATS[asked.format].suffix}"
    with override(given["language"]), sparing():
        total = asked.total

        def tell(done: int) -> None:
            context.progress(done, max(total, done))

        with storage.create(brand.pk, Purpose.EXPORT, name) as writer:
            rows = asked.write(writer, tell, export_id=context.job_id)
    return {"file": writer.file_id, "rows": rows}


def _watched(pages: Iterator[Rows], tell: Callable[[int], object]) -> Iterator[Rows]:
    done = 0
    for rows in pages:
        yield rows
        done += len(rows)
        tell(done)


def register() -> None:
    jobs.kinds.register(jobs.JobKind(KIND, run))


def _allowed(list_name: str, actor: Actor) -> Exportable:
    kind = exportables.get(list_name)
    if kind is None:
        raise NotFound(
            _("There is no list “%(name)s” to export.") % {"name": list_name[:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join(one.name for one in exportables)},
        )
    if not actor.may(kind.permission):
        raise Forbidden(
            _("You may not export this."),
            remedy=_("Ask the owner for the permission %(name)s.") % {"name": kind.permission},
        )
    return kind


def _known(brand_id: int, arguments: Mapping[str, Any]) -> int | None:
    """The export that was wanted in the same request."""
    rows = Job.objects.filter(
        brand_id=brand_id,
        kind=KIND,
        arguments__actor=arguments["actor"],
        arguments__request=arguments["request"],
    )
    found = rows.order_by("pk").first()
    if found is not None and found.arguments != arguments:
        raise Conflict(_("This key was used for another export."), remedy=_("Use a new key for each export."))
    return found.pk if found else None


def _told(rows: list[Job]) -> list[Export]:
    wanted = [row.result["file"] for row in rows if row.result.get("file")]
    files = {file.pk: file for file in StoredFile.objects.filter(pk__in=wanted, expires_ms__gte=now_ms())}
    return [_export(row, files.get(row.result.get("file", 0))) for row in rows]


def _export(row: Job, file: StoredFile | None) -> Export:
    given = row.arguments
    return Export(
        id=row.pk,
        list=given["list"],
        format=given["format"],
        query=given["query"],
        actor=given["actor"],
        state=JobState(row.state),
        rows=row.result.get("rows", row.done),
        total=row.total,
        created_ms=row.created_ms,
        finished_ms=row.finished_ms,
        error=row.error,
        file_id=file.pk if file else None,
        size_bytes=file.size_bytes if file else 0,
        expires_ms=file.expires_ms if file else 0,
    )
