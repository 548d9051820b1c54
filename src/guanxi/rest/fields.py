"""Computed fields: /api/v1/segments/fields."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest import field_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, object_of, read_json, text_of, whole_of
from guanxi.rest.shown import as_json
from guanxi.segments import computed

_PARTS: Final = ("label_zh", "label_en", "description", "spec")
_NEEDED: Final = ("label_zh", "label_en", "spec")
FieldName = Annotated[str, Path(description="The field's name, such as net_90d.", max_length=60)]
router = Router(tags=["segments"])


@router.get(
    "",
    auth=Key(Scope.SEGMENTS_READ),
    summary="List computed fields",
    description=examples.LIST_DOC,
    operation_id="list_fields",
    openapi_extra=examples.LIST,
)
def list_fields(request: HttpRequest) -> HttpResponse:
    found = computed.described(as_key_request(request).auth.brand_id)
    return as_json({"fields": [one.shown() for one in found]})


@router.get(
    "/{name}",
    auth=Key(Scope.SEGMENTS_READ),
    summary="Show a computed field",
    description=examples.SHOW_DOC,
    operation_id="show_field",
    openapi_extra=examples.SHOW,
)
def show_field(request: HttpRequest, name: FieldName) -> HttpResponse:
    return _shown(as_key_request(request).auth.brand_id, name)


@router.put(
    "/{name}",
    auth=Key(Scope.SEGMENTS_WRITE),
    summary="Define or change a computed field",
    description=examples.SET_DOC,
    operation_id="set_field",
    openapi_extra=examples.SET,
)
def set_field(request: HttpRequest, name: FieldName) -> HttpResponse:
    key = as_key_request(request).auth
    body = read_json(request)
    fields_of(body, frozenset((*_PARTS, "version")), needed=())
    version = whole_of(body, "version")
    given = _words(body) if version is None else {**_kept(key.brand_id, name), **_words(body)}
    fields_of(given, frozenset(_PARTS), needed=_NEEDED)
    brand = Brand.objects.get(pk=key.brand_id)
    computed.define(brand, name, given.pop("spec"), **given, version=version, actor=key.actor)
    return _shown(key.brand_id, name)


@router.delete(
    "/{name}",
    auth=Key(Scope.SEGMENTS_WRITE),
    summary="Remove a computed field",
    description=examples.REMOVE_DOC,
    operation_id="remove_field",
    openapi_extra=examples.REMOVE,
)
def remove_field(
    request: HttpRequest,
    name: FieldName,
    version: Annotated[int, Query(description="The version you have read.", ge=1, lt=1 << 31)],
) -> HttpResponse:
    key = as_key_request(request).auth
    computed.remove(Brand.objects.get(pk=key.brand_id), name, version=version, actor=key.actor)
    return as_json({"name": name, "removed": True})


def _words(body: dict[str, Any]) -> dict[str, Any]:
    """What the body says of a field, each part of its type. Raises Problem."""
    given: dict[str, Any] = {name: text_of(body, name) for name in _PARTS if name != "spec"}
    given["spec"] = object_of(body, "spec")
    return {name: value for name, value in given.items() if value is not None}


def _kept(brand_id: int, name: str) -> dict[str, Any]:
    """The parts of a field as they are: what is left out stays. Raises NotFound."""
    known = computed.field(brand_id, name)
    return {part: getattr(known, part) for part in _PARTS}


def _shown(brand_id: int, name: str) -> HttpResponse:
    (found,) = computed.described(brand_id, name)
    return as_json(found.shown())
