"""Tags, preferences and stores: /api/v1/tags, /preferences, /stores."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.customers import preferences, services, stores, tag_dictionary
from guanxi.customers.preferences import Statement
from guanxi.customers.tag_dictionary import Origin
from guanxi.platform.apikeys import Scope
from guanxi.rest import attribute_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, object_of, read_json, text_of
from guanxi.rest.facts import Rejected, occurred_ms_of, source_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

MOST: Final = 5_000
MOST_TAGS: Final = 50
_OF_TAG: Final = ("name", "label", "description", "owner")
_OF_FIELD: Final = ("name", "type", "label", "purpose")
router = Router(tags=["customers"])


@router.get(
    "/tags",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="List tags",
    description=examples.TAGS_DOC,
    operation_id="list_tags",
    openapi_extra=examples.TAGS,
)
def list_tags(request: HttpRequest) -> HttpResponse:
    found = tag_dictionary.dictionary(as_key_request(request).auth.brand_id)
    shown = [{name: value for name, value in entry._asdict().items() if name != "id"} for entry in found]
    return as_json({"tags": shown})


@router.post(
    "/tags",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Define a tag",
    description=examples.DEFINE_TAG_DOC,
    operation_id="define_tag",
    openapi_extra=examples.DEFINE_TAG,
)
def define_tag(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset((*_OF_TAG, "origin", "archived")), needed=("name",))
    given = {name: _clean(body, name) for name in _OF_TAG}
    origin = text_of(body, "origin")
    if origin is not None and origin not in set(Origin):
        raise Problem(422, "field_bad", f"origin is one of: {', '.join(Origin)}.", field="origin")
    tag = services.define_tag(
        key.brand_id,
        given.pop("name") or "",
        **given,
        origin=None if origin is None else Origin(origin),
        archived=None if body.get("archived") is None else flag_of(body, "archived"),
        actor=key.actor,
    )
    return as_json({part: getattr(tag, part) for part in (*_OF_TAG, "origin", "archived")})


@router.post(
    "/tags/add",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Put tags on customers",
    description=examples.ADD_DOC,
    operation_id="add_tags",
    openapi_extra=examples.TAG_CUSTOMERS,
)
def add_tags(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    names, customers = _tagging(read_json(request))
    return as_json(services.add_tags(key.brand_id, names, customers, actor=key.actor)._asdict())


@router.post(
    "/tags/remove",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Take tags off customers",
    description=examples.REMOVE_DOC,
    operation_id="remove_tags",
    openapi_extra=examples.TAG_CUSTOMERS,
)
def remove_tags(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    names, customers = _tagging(read_json(request))
    return as_json(services.remove_tags(key.brand_id, names, customers, actor=key.actor)._asdict())


@router.get(
    "/preferences",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="List preference fields",
    description=examples.FIELDS_DOC,
    operation_id="list_preferences",
    openapi_extra=examples.FIELDS,
)
def list_preferences(request: HttpRequest) -> HttpResponse:
    found = preferences.definitions(as_key_request(request).auth.brand_id)
    return as_json({"fields": [_field(field) for field in found]})


@router.post(
    "/preferences/fields",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Define a preference field",
    description=examples.DEFINE_FIELD_DOC,
    operation_id="define_preference",
    openapi_extra=examples.DEFINE_FIELD,
)
def define_preference(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset((*_OF_FIELD, "choices", "archived")), needed=_OF_FIELD)
    label = object_of(body, "label") or {}
    if set(label) != {"zh", "en"}:
        raise Problem(422, "field_bad", "label is an object with the texts zh and en.", field="label")
    field = services.define_preference(
        key.brand_id,
        _clean(body, "name") or "",
        type=_clean(body, "type") or "",
        label_zh=_clean(label, "zh") or "",
        label_en=_clean(label, "en") or "",
        purpose=_clean(body, "purpose") or "",
        choices=body.get("choices"),
        archived=flag_of(body, "archived"),
        actor=key.actor,
    )
    return as_json({**_field(field), "archived": field.archived})


@router.post(
    "/preferences",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Note what customers prefer",
    description=examples.STATE_DOC,
    operation_id="state_preferences",
    openapi_extra=examples.STATE,
)
def state_preferences(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = _object(read_json(request), {"statements"}, {"source"})
    given = _list(body, "statements", MOST)
    try:
        source = source_of(body.get("source"))
        statements = [_statement(one, number) for number, one in enumerate(given)]
    except Rejected as rejected:
        raise Problem(422, rejected.code, rejected.message, field=rejected.field) from None
    done = services.state_preferences(key.brand_id, statements, source=source, actor=key.actor)
    return as_json(done._asdict())


@router.get(
    "/stores",
    auth=Key(Scope.CUSTOMERS_READ),
    summary="List stores",
    description=examples.STORES_DOC,
    operation_id="list_stores",
    openapi_extra=examples.STORES_LIST,
)
def list_stores(request: HttpRequest) -> HttpResponse:
    found = stores.stores(as_key_request(request).auth.brand_id)
    return as_json({"stores": [store._asdict() for store in found]})


@router.post(
    "/stores",
    auth=Key(Scope.CUSTOMERS_WRITE),
    summary="Make or change stores",
    description=examples.SET_STORES_DOC,
    operation_id="set_stores",
    openapi_extra=examples.SET_STORES,
)
def set_stores(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    given = _list(_object(read_json(request), {"stores"}, set()), "stores", MOST)
    if not all(isinstance(row, dict) for row in given):
        raise _bad("stores", "each store is an object")
    return as_json({"changed": services.set_stores(key.brand_id, given, actor=key.actor)})


def _field(field: preferences.Definition) -> dict[str, Any]:
    return {
        "name": field.name,
        "type": field.type,
        "label": {"zh": field.label_zh, "en": field.label_en},
        "purpose": field.purpose,
        "choices": [choice._asdict() for choice in field.choices],
    }


def _clean(body: dict[str, Any], name: str) -> str | None:
    text = text_of(body, name)
    return None if text is None else text.replace("\0", "")


def _tagging(body: Any) -> tuple[list[str], list[int]]:
    given = _object(body, {"tags", "customers"}, set())
    names, customers = _list(given, "tags", MOST_TAGS), _list(given, "customers", MOST)
    if not all(isinstance(name, str) for name in names):
        raise _bad("tags", "tags are named by text")
    if not all(_is_id(customer) for customer in customers):
        raise _bad("customers", "customers are whole numbers")
    return names, customers


def _statement(one: Any, number: int) -> Statement:
    given = _object(one, {"customer", "field", "value"}, {"stated_at"}, f"statements[{number}]")
    if not _is_id(given["customer"]):
        raise _bad(f"statements[{number}].customer", "a customer is a whole number")
    if not isinstance(given["field"], str):
        raise _bad(f"statements[{number}].field", "a field is named by text")
    stated = given.get("stated_at")
    at_ms = None if stated is None else occurred_ms_of({"occurred_at": stated})
    return Statement(given["customer"], given["field"], given["value"], at_ms)


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value < 1 << 63


def _object(body: Any, needed: set[str], allowed: set[str], where: str = "") -> dict[str, Any]:
    if type(body) is not dict:
        raise _bad(where, "a JSON object is expected")
    if missing := sorted(needed - set(body)):
        raise _bad(missing[0], f"{missing[0]} is missing")
    if unknown := sorted(set(body) - needed - allowed):
        raise _bad(unknown[0][:40], f"there is no field '{unknown[0][:40]}'")
    return body


def _list(body: dict[str, Any], name: str, most: int) -> list[Any]:
    given = body[name]
    if type(given) is not list or not 1 <= len(given) <= most:
        raise _bad(name, f"{name} is a list of 1 to {most} entries")
    return given


def _bad(field: str, message: str) -> Problem:
    return Problem(422, "body_bad", f"{message[0].upper()}{message[1:]}.", field=field)
