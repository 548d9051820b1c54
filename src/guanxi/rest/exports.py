"""Lists as files: /api/v1/exports."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Path, Router

from guanxi.kernel.ids import short_hash
from guanxi.platform import exports
from guanxi.platform.apikeys import Scope
from guanxi.platform.exports import FORMATS, Export
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.rest import export_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

_ASKED: Final = frozenset(("list", "format", "filters", "language"))
ExportId = Annotated[int, Path(description="The export's id.", ge=1, lt=1 << 63)]
router = Router(tags=["exports"])


@router.get(
    "/lists",
    auth=Key(Scope.EXPORTS_RUN),
    summary="List what can be exported",
    description=examples.LISTS_DOC,
    operation_id="list_exportables",
    openapi_extra=examples.LISTS,
)
def list_exportables(request: HttpRequest) -> HttpResponse:
    actor = as_key_request(request).auth.actor
    kinds = [kind for kind in exports.exportables if actor.may(kind.permission)]
    return as_json(
        {
            "lists": [
                {
                    "name": kind.name,
                    "label": spoken(kind.label),
                    "filters": list(kind.parameters),
                    "columns": [{"name": one.name, "type": one.type.value} for one in kind.columns],
                }
                for kind in kinds
            ],
            "formats": list(FORMATS),
        }
    )


@router.get(
    "",
    auth=Key(Scope.EXPORTS_RUN),
    summary="List exports",
    description=examples.LIST_DOC,
    operation_id="list_exports",
    openapi_extra=examples.LIST,
)
def list_exports(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json({"exports": [_shown(one) for one in exports.of(key.brand_id, key.actor)]})


@router.post(
    "",
    auth=Key(Scope.EXPORTS_RUN),
    summary="Export a list",
    description=examples.START_DOC,
    operation_id="start_export",
    openapi_extra=examples.START,
)
def start_export(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _ASKED, needed=("list", "format"))
    filters = object_of(body, "filters") or {}
    if any(type(value) is not str for value in filters.values()):
        raise Problem(422, "field_bad", "filters must be text.", field="filters")
    language = text_of(body, "language") or "zh-hans"
    if language not in examples.LANGUAGES:
        raise Problem(422, "field_bad", "language is zh-hans or en.", field="language")
    given = request.headers.get("Idempotency-Key")
    wanted = exports.want(
        Brand.objects.get(pk=key.brand_id),
        text_of(body, "list") or "",
        text_of(body, "format") or "",
        {name: value.replace("\0", "") for name, value in filters.items()},
        key.actor,
        language=language,
        request=short_hash(given.encode()) if given else "",
    )
    return as_json(_shown(exports.find(key.brand_id, wanted, key.actor)))


@router.get(
    "/{int:export_id}",
    auth=Key(Scope.EXPORTS_RUN),
    summary="Show an export",
    description=examples.SHOW_DOC,
    operation_id="show_export",
    openapi_extra=examples.SHOW,
)
def show_export(request: HttpRequest, export_id: ExportId) -> HttpResponse:
    key = as_key_request(request).auth
    return as_json(_shown(exports.find(key.brand_id, export_id, key.actor)))


@router.get(
    "/{int:export_id}/file",
    auth=Key(Scope.EXPORTS_RUN),
    summary="Take an export's file",
    description=examples.FILE_DOC,
    operation_id="download_export",
    openapi_extra=examples.FILE,
)
def download_export(request: HttpRequest, export_id: ExportId) -> HttpResponseBase:
    key = as_key_request(request).auth
    found, stream = exports.open_file(key.brand_id, export_id, key.actor)
    made = FORMATS[found.format]
    response = FileResponse(
        stream,
        as_attachment=True,
        filename=f"{found.list}-{export_id}.{made.suffix}",
        content_type=made.content_type,
    )
    response["Cache-Control"] = "no-store"
    return response


@router.delete(
    "/{int:export_id}",
    auth=Key(Scope.EXPORTS_RUN),
    summary="Cancel an export or delete its file",
    description=examples.REMOVE_DOC,
    operation_id="remove_export",
    openapi_extra=examples.REMOVE,
)
def remove_export(request: HttpRequest, export_id: ExportId) -> HttpResponse:
    key = as_key_request(request).auth
    exports.remove(key.brand_id, export_id, key.actor)
    return as_json({"id": export_id, "removed": True})


def _shown(one: Export) -> dict[str, Any]:
    return {
        "id": one.id,
        "list": one.list,
        "format": one.format,
        "filters": dict(one.query),
        "state": str(one.state.value),
        "rows": one.rows,
        "total": one.total,
        "size_bytes": one.size_bytes,
        "error": one.error or None,
        "created_at": moment(one.created_ms),
        "finished_at": moment(one.finished_ms) if one.finished_ms else None,
        "expires_at": moment(one.expires_ms) if one.expires_ms else None,
    }
