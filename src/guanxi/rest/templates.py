"""Templates of messages, channels and limits: /api/v1/templates, /api/v1/channels, /api/v1/limits."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.messaging import drafts, queries, services
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.contracts import Cap, Draft
from guanxi.messaging.queries import VersionShown
from guanxi.platform.apikeys import Scope
from guanxi.platform.brand_settings import sending_hours
from guanxi.platform.language import spoken
from guanxi.rest import template_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of, whole_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json, moment

Channel = Annotated[str, Path(description="The channel's name.", max_length=20)]
Name = Annotated[str, Path(description="The template's name.", max_length=60)]
_PREVIEW: Final = drafts.FIELDS | {"channel", "name", "version", "values"}
router = Router(tags=["messages"])


@router.get(
    "/templates",
    auth=Key(Scope.MESSAGES_READ),
    summary="List templates",
    description=examples.LIST_DOC,
    operation_id="list_templates",
    openapi_extra=examples.LIST,
)
def list_templates(
    request: HttpRequest,
    archived: Annotated[bool, Query(description="Those in the archive.")] = False,
) -> HttpResponse:
    rows = queries.templates(as_key_request(request).auth.brand_id, archived=archived)
    found = [
        {
            "channel": one.channel,
            "name": one.name,
            "label": one.label,
            "version": one.version,
            "purpose": one.purpose,
            "priority": one.priority.name.lower(),
            "languages": list(one.languages),
            "changed_at": moment(one.changed_ms),
        }
        for one in rows
    ]
    return as_json({"templates": found})


@router.post(
    "/templates/preview",
    auth=Key(Scope.MESSAGES_READ),
    summary="Preview a template",
    description=examples.PREVIEW_DOC,
    operation_id="preview_template",
    openapi_extra=examples.PREVIEW,
)
def preview_template(request: HttpRequest) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    body = fields_of(read_json(request), _PREVIEW, needed=("channel", "name"))
    shown = queries.preview(brand_id, _draft(brand_id, body), object_of(body, "values"))
    return as_json({"languages": {language: one._asdict() for language, one in shown.items()}})


@router.get(
    "/templates/{channel}/{name}",
    auth=Key(Scope.MESSAGES_READ),
    summary="Show a template",
    description=examples.SHOW_DOC,
    operation_id="show_template",
    openapi_extra=examples.SHOW,
)
def show_template(
    request: HttpRequest,
    channel: Channel,
    name: Name,
    version: Annotated[int, Query(description="0 for the newest.", ge=0, lt=1 << 31)] = 0,
) -> HttpResponse:
    return as_json(_shown(queries.template(as_key_request(request).auth.brand_id, channel, name, version)))


@router.put(
    "/templates/{channel}/{name}",
    auth=Key(Scope.MESSAGES_DEFINE),
    summary="Save a template",
    description=examples.SAVE_DOC,
    operation_id="save_template",
    openapi_extra=examples.SAVE,
)
def save_template(request: HttpRequest, channel: Channel, name: Name) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(
        read_json(request), drafts.FIELDS | {"version"}, needed=("version", "purpose", "priority", "texts")
    )
    version = whole_of(body, "version") or 0
    draft = drafts.of_json(channel, name, {part: body[part] for part in drafts.FIELDS & body.keys()})
    services.save_template(key.brand_id, draft, version=version, actor=key.actor)
    return as_json(_shown(queries.template(key.brand_id, channel, name)))


@router.get(
    "/channels",
    auth=Key(Scope.MESSAGES_READ),
    summary="List channels",
    description=examples.CHANNELS_DOC,
    operation_id="list_channels",
    openapi_extra=examples.CHANNELS,
)
def list_channels(request: HttpRequest) -> HttpResponse:
    found = [
        {
            "name": one.name,
            "label": spoken(one.label),
            "ready": one.ready,
            "paused_until": moment(one.resume_ms) if one.resume_ms else None,
            "code": one.code or None,
            "waiting": one.waiting,
            "address": CHANNELS[one.name].capabilities.address or None,
            "consent": CHANNELS[one.name].capabilities.consent,
            "cost_fen": CHANNELS[one.name].capabilities.cost_fen,
        }
        for one in queries.channels(as_key_request(request).auth.brand_id)
    ]
    return as_json({"channels": found})


@router.get(
    "/limits",
    auth=Key(Scope.MESSAGES_READ),
    summary="Show limits",
    description=examples.LIMITS_DOC,
    operation_id="show_limits",
    openapi_extra=examples.LIMITS,
)
def show_limits(request: HttpRequest) -> HttpResponse:
    return as_json(_limits(as_key_request(request).auth.brand_id))


@router.put(
    "/limits",
    auth=Key(Scope.MESSAGES_DEFINE),
    summary="Set caps",
    description=examples.SET_LIMITS_DOC,
    operation_id="set_limits",
    openapi_extra=examples.SET_LIMITS,
)
def set_limits(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("caps", "before")), needed=("caps",))
    known = queries.caps(key.brand_id)
    before = _caps(body, "before") if body.get("before") is not None else known
    services.set_caps(key.brand_id, _caps(body, "caps"), before=before, actor=key.actor)
    return as_json(_limits(key.brand_id))


def _draft(brand_id: int, body: dict[str, Any]) -> Draft:
    """The draft of the body, or where it has no texts the saved one."""
    channel, name = text_of(body, "channel") or "", text_of(body, "name") or ""
    if "texts" not in body:
        return queries.template(brand_id, channel, name, whole_of(body, "version") or 0).draft
    return drafts.of_json(channel, name, {part: body[part] for part in drafts.FIELDS & body.keys()})


def _caps(body: dict[str, Any], field: str) -> list[Cap]:
    given = body[field]
    if type(given) is not list or len(given) > 100:
        raise Problem(422, "field_bad", f"{field} is a list.", field=field)
    caps = []
    for one in given:
        cap = fields_of(one, frozenset(Cap._fields), needed=("days", "most"))
        days, most = whole_of(cap, "days"), whole_of(cap, "most")
        caps.append(Cap(text_of(cap, "channel") or "", days or 0, -1 if most is None else most))
    return caps


def _limits(brand_id: int) -> dict[str, Any]:
    return {
        "caps": [one._asdict() for one in queries.caps(brand_id)],
        "hours": sending_hours(brand_id)._asdict(),
    }


def _shown(one: VersionShown) -> dict[str, Any]:
    return {"version": one.version, **drafts.as_json(one.draft), "by": one.actor, "at": moment(one.at_ms)}
