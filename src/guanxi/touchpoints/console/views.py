"""Imports: bring a file in, see how it is understood, watch it, get back what was rejected. And the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from django.conf import settings
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.lookup import customer_ids_of, subject_ids_of
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.touchpoints import queries
from guanxi.touchpoints.console import labels, mapping, parts, reads
from guanxi.touchpoints.console.progress import UNDER_WAY, progress_of
from guanxi.touchpoints.console.timeline import timeline_rows
from guanxi.touchpoints.console.uploads import SealingHandler, StoredUpload
from guanxi.touchpoints.contracts import ImportState
from guanxi.touchpoints.importing import services
from guanxi.touchpoints.kinds import KINDS
from guanxi.touchpoints.queries import ImportRow
from guanxi.ui.parts import Empty, Option, Pager
from guanxi.ui.saved_views import listed

PAGE_ROWS: Final = 50


@permission_required(Permission.IMPORTS_VIEW)
@require_GET
def imports(request: BrandRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    found = queries.recent_imports(
        request.brand.pk, before_id=int(before) if before.isdecimal() else None, limit=PAGE_ROWS + 1
    )
    rows, more = found[:PAGE_ROWS], found[PAGE_ROWS:]
    here = reverse("imports")
    context = {
        "rows": [(row, labels.state_badge(row.state), labels.importer_name(row.importer)) for row in rows],
        "pager": Pager(
            len(rows),
            first_url=here if before else "",
            next_url=f"{here}?before={rows[-1].id}" if more else "",
        ),
        "empty": None if rows else _no_imports(request),
        "may_import": request.actor.may(Permission.IMPORTS_RUN),
    }
    return render(request, "touchpoints/imports.html", context)


def _no_imports(request: BrandRequest) -> Empty:
    return Empty(
        _("No file has been brought in yet"),
        _("Files become facts here: each row is read, checked and recorded once, however often it comes."),
        "file-import",
        _("Import a file"),
        reverse("imports-new") if request.actor.may(Permission.IMPORTS_RUN) else "",
    )


@permission_required(Permission.IMPORTS_RUN)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return render(request, "touchpoints/new.html", {"limit_bytes": settings.MAX_FILE_BYTES, "problem": None})


@csrf_exempt
@permission_required(Permission.IMPORTS_RUN)
@require_POST
def upload(request: BrandRequest) -> HttpResponseBase:
    """The handler must be in place before anything reads the form, the CSRF check included: so that check
    happens inside, and what was stored is deleted where it fails."""
    handler = SealingHandler(request, request.brand.pk)
    request.upload_handlers = [handler]
    response = _uploaded(request)
    if response.status_code >= 400:
        handler.forget()
    return response


@csrf_protect
def _uploaded(request: HttpRequest) -> HttpResponse:
    handler = cast(SealingHandler, request.upload_handlers[0])
    stored = cast(StoredUpload | None, request.FILES.get("file")) or handler.failed
    if stored is not None and not stored.error:
        return redirect("imports-upload", stored.file_id)
    error = stored.error if stored is not None and stored.error else None
    context = {"limit_bytes": settings.MAX_FILE_BYTES, "problem": error or _("Choose a file first.")}
    return render(request, "touchpoints/new.html", context, status=error.http_status if error else 422)


@permission_required(Permission.IMPORTS_RUN)
@require_GET
def uploaded(request: BrandRequest, file_id: int) -> HttpResponse:
    """How the file would be understood; with htmx, the part that changes with the form."""
    asked = mapping.Asked.from_form(request.GET)
    found = mapping.understand(request.brand, file_id, asked)
    partial = request.headers.get("HX-Request-Type") == "partial"
    template = "touchpoints/understanding.html" if partial else "touchpoints/upload.html"
    return render(request, template, {"found": found, "file_id": file_id})


@permission_required(Permission.IMPORTS_RUN)
@require_POST
def start(request: BrandRequest, file_id: int) -> HttpResponse:
    asked = mapping.Asked.from_form(request.POST)
    name = request.POST.get("save_as", "").strip()
    if name and asked.options.mapping:
        services.save_mapping(
            request.brand.pk, name, asked.importer, asked.options.mapping, actor=str(request.actor)
        )
    import_id = services.queue_import(
        request.brand.pk, file_id, importer=asked.importer, options=asked.options, actor=str(request.actor)
    )
    return redirect("import", import_id)


@permission_required(Permission.IMPORTS_VIEW)
@require_GET
def detail(request: BrandRequest, import_id: int) -> HttpResponse:
    row = queries.import_detail(request.brand.pk, import_id)
    return render(request, "touchpoints/import.html", _import_context(request, row))


@permission_required(Permission.IMPORTS_VIEW)
@require_GET
def progress(request: BrandRequest, import_id: int) -> HttpResponse:
    """Asked every second while the import is under way; when it has ended the whole page is fetched again."""
    row = queries.import_detail(request.brand.pk, import_id)
    response = render(request, "touchpoints/progress.html", _import_context(request, row))
    if row.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


def _import_context(request: BrandRequest, row: ImportRow) -> dict[str, object]:
    may = request.actor.may(Permission.IMPORTS_RUN)
    stopped = row.state in {ImportState.FAILED, ImportState.CANCELLED}
    return {
        "row": row,
        "badge": labels.state_badge(row.state),
        "importer": labels.importer_name(row.importer),
        "progress": progress_of(row),
        "under_way": row.state in UNDER_WAY,
        "no_worker": row.state is ImportState.QUEUED and _nobody_works(),
        "reasons": [(labels.reason_name(code), n) for code, n in row.reasons.items()],
        "may_cancel": may and row.state in UNDER_WAY,
        "may_resume": may and stopped and row.upload_id is not None,
        "may_download": may and row.rejected > 0,
    }


def _nobody_works() -> bool:
    return now_ms() - reads.last_beat_ms() > MINUTE_MS


@permission_required(Permission.IMPORTS_RUN)
@require_POST
def cancel(request: BrandRequest, import_id: int) -> HttpResponse:
    services.cancel_import(request.brand.pk, import_id, actor=str(request.actor))
    messages.info(request, _("The import was cancelled. What it had recorded stays."))
    return redirect("import", import_id)


@permission_required(Permission.IMPORTS_RUN)
@require_POST
def resume(request: BrandRequest, import_id: int) -> HttpResponse:
    services.resume_import(request.brand.pk, import_id, actor=str(request.actor))
    return redirect("import", import_id)


@permission_required(Permission.IMPORTS_RUN)
@require_GET
def rejects(request: BrandRequest, import_id: int) -> HttpResponseBase:
    pieces = services.rejected_rows(request.brand.pk, import_id, actor=str(request.actor))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rejected-{import_id}.csv"'
    return response


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def timeline(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Earlier facts of a customer, for htmx."""
    subject_ids = subject_ids_of(request.brand.pk, customer_id)
    if not subject_ids:
        raise Http404
    page = parts.timeline_page(request, customer_id, subject_ids, request.GET.get("after") or None)
    return render(request, "touchpoints/timeline_rows.html", page)


def _log_address(words: Mapping[str, str]) -> str:
    kind = words.get("kind", "")
    return reverse("log") + (f"?kind={kind}" if kind in KINDS else "")


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
@listed("log", gettext_lazy("Log"), Permission.CUSTOMERS_VIEW, _log_address)
def log(request: BrandRequest) -> HttpResponse:
    """The rows behind the numbers: every fact, newest recorded first."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    page = queries.latest(
        request.brand.pk, after=request.GET.get("after") or None, limit=PAGE_ROWS, kind=kind
    )
    here = reverse("log") + (f"?kind={kind}" if kind else "")
    joint = "&" if kind else "?"
    rows = timeline_rows(request.brand, page.rows)
    people = customer_ids_of(request.brand.pk, [row.subject_id for row in rows if row.subject_id is not None])
    context = {
        "rows": [(row, people.get(row.subject_id or 0)) for row in rows],
        "chips": _kind_chips(kind),
        "query": {"kind": kind},
        "may_export": request.actor.may(Permission.EXPORTS_RUN),
        "pager": Pager(
            len(page.rows),
            first_url=here if request.GET.get("after") else "",
            next_url=f"{here}{joint}after={page.after}" if page.after else "",
        ),
    }
    return render(request, "touchpoints/log.html", context)


def _kind_chips(current: str) -> list[Option]:
    here = reverse("log")
    every = [Option(_("Everything"), here, not current)]
    return every + [
        Option(labels.kind_name(kind.name), f"{here}?kind={kind.name}", kind.name == current)
        for kind in KINDS
    ]
