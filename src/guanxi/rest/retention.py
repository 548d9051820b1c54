"""Periods of retention: /api/v1/retention."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.platform.apikeys import Scope
from guanxi.platform.retention import periods, running
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json
from guanxi.rest.examples import TEXT, WHOLE, answer, problems
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

router = Router(tags=["rights"])
_MAYBE: Final[dict[str, Any]] = {"type": ["integer", "null"]}
_NUMBER: Final[dict[str, Any]] = {"type": ["number", "null"], "description": "null: kept without an end."}
_PERIOD: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": TEXT,
        "label": TEXT,
        "goes": {"type": "string", "description": "What goes, in a sentence."},
        "days": _NUMBER,
        "is_chosen": {"type": "boolean", "description": "false: the default."},
        "least_days": {**_MAYBE, "description": "The shortest that may be chosen; null: it never goes."},
        "why": {"type": "string", "description": "What asks for it."},
        "may_stay": {"type": "boolean", "description": "Whether it may be kept without an end."},
        "last_gone": WHOLE,
        "last_ms": _MAYBE,
        "would_go": WHOLE,
        "oldest_ms": _MAYBE,
    },
}
_EXAMPLE: Final[dict[str, Any]] = {
    "kind": "facts.messages",
    "label": "Messages sent",
    "goes": "That a message was sent, with its counts of the past.",
    "days": 365,
    "is_chosen": True,
    "least_days": 184,
    "why": "Records of advertisements and short messages are kept for six months.",
    "may_stay": True,
    "last_gone": 1200,
    "last_ms": 1795263300000,
    "would_go": 31,
    "oldest_ms": 1763727300000,
}
CHANGE: Final[dict[str, Any]] = {"days": 365, "dry_run": True}


@router.get(
    "/retention",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="List periods of retention",
    description="Every kind of data with how long it is kept, what goes then and the least that is allowed. "
    "With `count`, also how many rows would go now and the oldest's moment; that may read the whole log. "
    "Needs the scope `rights:manage`.",
    operation_id="list_retention",
    openapi_extra={
        "responses": {
            **answer(
                "The periods",
                {"type": "object", "properties": {"retention": {"type": "array", "items": _PERIOD}}},
                {"retention": [_EXAMPLE]},
            ),
            **problems(401, 403, 422, 429),
        }
    },
)
def list_retention(
    request: HttpRequest, count: Annotated[bool, Query(description="Count what would go.")] = False
) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    if count:
        told = [periods.plain(one, found) for one, found in running.dry_run(brand_id)]
    else:
        told = [periods.plain(one) for one in periods.periods(brand_id)]
    return as_json({"retention": told})


@router.put(
    "/retention/{kind}",
    auth=Key(Scope.RIGHTS_MANAGE),
    summary="Choose how long a kind of data is kept",
    description="`days` is a whole number, or null to keep it without an end. With `dry_run` nothing is "
    "saved; the answer says what that period would let go of. Otherwise it goes in the next night and cannot "
    "be brought back. Needs the scope `rights:manage`.",
    operation_id="set_retention",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["days"],
                        "properties": {
                            "days": {**_MAYBE, "minimum": 1},
                            "dry_run": {"type": "boolean", "default": False},
                        },
                        "additionalProperties": False,
                    },
                    "examples": {"example": {"value": CHANGE}},
                }
            },
        },
        "responses": {
            **answer("The period, with what would go", _PERIOD, _EXAMPLE),
            **problems(400, 401, 403, 404, 413, 415, 422, 429),
        },
    },
)
def set_retention(
    request: HttpRequest, kind: Annotated[str, Path(description="The kind, as the list names it.")]
) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("days", "dry_run")), needed=())
    if "days" not in body:
        raise Problem(422, "field_missing", "days is missing.", field="days")
    days, dry = body["days"], body.get("dry_run", False)
    if days is not None and type(days) is not int:
        raise Problem(422, "field_bad", "days must be a whole number or null.", field="days")
    if type(dry) is not bool:
        raise Problem(422, "field_bad", "dry_run must be true or false.", field="dry_run")
    if dry:
        one = periods.wished(key.brand_id, kind, days)
    else:
        one = periods.choose(key.brand_id, kind, days, actor=key.actor)
    return as_json(periods.plain(one, periods.forecast(key.brand_id, one)))
