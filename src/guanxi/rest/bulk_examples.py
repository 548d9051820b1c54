"""What the OpenAPI document says of bulk actions."""

from __future__ import annotations

from typing import Any, Final

from guanxi.customers.bulk.contracts import State, Verb
from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

WANTED: Final[dict[str, Any]] = {
    "action": "add_tag",
    "tag": "vip",
    "list": "customers",
    "query": {"show": "repeat"},
    "dry_run": True,
}
_SHOWN: Final[dict[str, Any]] = {
    "id": 12,
    "action": "add_tag",
    "tag": "vip",
    "state": "previewed",
    "list": "customers",
    "query": {"show": "repeat"},
    "counts": {"chosen": 860, "fresh": 812, "same": 40, "refused": 7, "frozen": 1, "unknown": 0},
    "changed": 0,
    "restored": 0,
    "error": None,
    "by": "key:3",
    "created_at": "2026-11-21T12:15:00.000Z",
    "begun_at": None,
    "ended_at": None,
    "may_undo": False,
}
_MAYBE: Final[dict[str, Any]] = {"type": ["string", "null"]}
_ACTION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "action": {"type": "string", "enum": list(Verb.values)},
        "tag": TEXT,
        "state": {"type": "string", "enum": list(State.values)},
        "list": TEXT,
        "query": {"type": "object"},
        "counts": {
            "type": "object",
            "description": "Of the preview: fresh would change; same are so already; refused took the tag "
            "off themselves for good; of frozen data is stored only; unknown are ids of no customer.",
            "properties": dict.fromkeys(("chosen", "fresh", "same", "refused", "frozen", "unknown"), WHOLE),
        },
        "changed": WHOLE,
        "restored": WHOLE,
        "error": _MAYBE,
        "by": TEXT,
        "created_at": MOMENT,
        "begun_at": _MAYBE,
        "ended_at": _MAYBE,
        "may_undo": {"type": "boolean"},
    },
}
LIST_DOC: Final = (
    "What was done to many customers at once in the last day, the newest first. Needs the scope "
    "`customers:read`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Bulk actions",
            {"type": "object", "properties": {"actions": {"type": "array", "items": _ACTION}}},
            {"actions": [_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
SHOW_DOC: Final = "One bulk action, with how far it is. Needs the scope `customers:read`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The action", _ACTION, _SHOWN), **problems(401, 403, 404, 429)}
}
DO_DOC: Final = (
    "Put a tag on many customers or take one off: `customers` by their ids, or those that a `list` of the "
    "console finds for a `query` as in its address (which needs the scope to read that list as well). With "
    "`dry_run` nothing happens: the answer counts what would, and can be confirmed for an hour. More than "
    "1,000 customers are changed in the background. Needs the scope `customers:write`."
)
DO: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["action", "tag"],
                    "properties": {
                        "action": {"type": "string", "enum": list(Verb.values)},
                        "tag": TEXT,
                        "customers": {"type": "array", "items": WHOLE, "maxItems": 100_000},
                        "list": TEXT,
                        "query": {"type": "object", "additionalProperties": TEXT},
                        "dry_run": {"type": "boolean", "default": False},
                    },
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": WANTED}},
            }
        },
    },
    "responses": {
        **answer("The action", _ACTION, _SHOWN),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
CONFIRM_DOC: Final = (
    "Do what a dry run of this key counted; once, however often it is confirmed. Needs the scope "
    "`customers:write`."
)
UNDO_DOC: Final = (
    "Take back what an action of the last day changed, where nobody changed it since; what is under way "
    "stops first. Once, however often it is asked. Needs the scope `customers:write`."
)
CHANGE: Final[dict[str, Any]] = {
    "responses": {**answer("The action", _ACTION, _SHOWN), **problems(401, 403, 404, 409, 429)}
}
