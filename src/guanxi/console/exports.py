"""Exports: wanting one from a list, following it, taking its file."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.platform import exports
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.contracts import JobState
from guanxi.platform.exports import FORMATS, Export
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand, WorkerBeat
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge, Empty, Tone

TONES: Final[dict[JobState, Tone]] = {
    JobState.QUEUED: "info",
    JobState.RUNNING: "info",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.CANCELLED: "",
}


@permission_required(Permission.EXPORTS_RUN)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    """With htmx the table alone: asked every second while an export is under way."""
    found = exports.of(request.brand.pk, request.actor)
    under_way = any(one.under_way for one in found)
    context: dict[str, Any] = {
        "rows": [_shown(request.brand, one) for one in found],
        "under_way": under_way,
        "no_worker": under_way and _nobody_works(),
        "empty": None if found else _empty(),
    }
    partial = request.headers.get("HX-Request-Type") == "partial"
    return render(request, "console/exports_rows.html" if partial else "console/exports.html", context)


@permission_required(Permission.EXPORTS_RUN)
@require_POST
def new(request: BrandRequest) -> HttpResponse:
    """A list's own parameters come with the form; others are left out."""
    given = {name: str(value) for name, value in request.POST.items()}
    exports.want(
        request.brand,
        given.pop("list", ""),
        given.pop("format", ""),
        given,
        request.actor,
        language=get_language() or "en",
    )
    return redirect("exports")


@permission_required(Permission.EXPORTS_RUN)
@require_POST
def again(request: BrandRequest, export_id: int) -> HttpResponse:
    exports.again(request.brand, export_id, request.actor, language=get_language() or "en")
    return redirect("exports")


@permission_required(Permission.EXPORTS_RUN)
@require_POST
def cancel(request: BrandRequest, export_id: int) -> HttpResponse:
    exports.cancel(request.brand.pk, export_id, request.actor)
    messages.info(request, _("The export was cancelled. Nothing of it was kept."))
    return redirect("exports")


@permission_required(Permission.EXPORTS_RUN)
@require_GET
def download(request: BrandRequest, export_id: int) -> HttpResponseBase:
    found, stream = exports.open_file(request.brand.pk, export_id, request.actor)
    made = FORMATS[found.format]
    response = FileResponse(
        stream,
        as_attachment=True,
        filename=f"{found.list}-{export_id}.{made.suffix}",
        content_type=made.content_type,
    )
    response["Cache-Control"] = "no-store"
    return response


def _shown(brand: Brand, one: Export) -> dict[str, Any]:
    kind = exports.exportables.get(one.list)
    return {
        "export": one,
        "label": spoken(kind.label) if kind else one.list,
        "filter": kind.said(brand, one.query) if kind else "",
        "format": FORMATS[one.format].name,
        "badge": Badge(str(one.state.label), TONES[one.state]),
    }


def _nobody_works() -> bool:
    beat = WorkerBeat.objects.order_by("-at_ms").values_list("at_ms", flat=True).first()
    return now_ms() - (beat or 0) > MINUTE_MS


def _empty() -> Empty:
    return Empty(
        _("Nothing has been exported yet"),
        _(
            "Lists become files here: choose “Export” above a list, go on with your work, and take the file "
            "when it is ready. It is kept for some days, and who took it is in the audit log."
        ),
        "download",
        _("Go to the customers"),
        "/customers",
    )
