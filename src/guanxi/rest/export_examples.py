"""What the OpenAPI document says of exports."""

from __future__ import annotations

from typing import Any, Final

from guanxi.platform.contracts import JobState
from guanxi.platform.exports import FORMATS
from guanxi.platform.exports.declared import Type
from guanxi.rest.examples import TEXT, WHOLE, answer, problems

LANGUAGES: Final = ("zh-hans", "en")
WANTED: Final[dict[str, Any]] = {"list": "customers", "format": "csv", "filters": {"show": "repeat"}}
_NEEDS: Final = " Needs the scope `exports:run`."
_FORMAT: Final[dict[str, Any]] = {"type": "string", "enum": list(FORMATS)}
_FILTERS: Final[dict[str, Any]] = {"type": "object", "additionalProperties": TEXT}
_WHEN: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_EXPORT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "list": TEXT,
        "format": _FORMAT,
        "filters": _FILTERS,
        "state": {"type": "string", "enum": [state.value for state in JobState]},
        "rows": {**WHOLE, "description": "Written so far."},
        "total": {**WHOLE, "description": "How many there will be; 0 where that is not known."},
        "size_bytes": {**WHOLE, "description": "0 until it is done, and once its file has gone."},
        "error": {"type": ["string", "null"]},
        "created_at": {"type": "string", "format": "date-time"},
        "finished_at": _WHEN,
        "expires_at": {**_WHEN, "description": "When its file goes."},
    },
}
_EXAMPLE: Final[dict[str, Any]] = {
    "id": 12,
    **WANTED,
    "state": "done",
    "rows": 1834,
    "total": 1834,
    "size_bytes": 92133,
    "error": None,
    "created_at": "2026-11-21T12:15:00.000Z",
    "finished_at": "2026-11-21T12:15:02.000Z",
    "expires_at": "2026-11-24T12:15:02.000Z",
}
_LIST: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "label": TEXT,
        "filters": {"type": "array", "items": TEXT},
        "columns": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": TEXT,
                    "type": {"type": "string", "enum": [kind.value for kind in Type]},
                },
            },
        },
    },
}
LISTS_DOC: Final = (
    "The lists that can be exported, with the filters that each takes, and the formats." + _NEEDS
)
LISTS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The lists",
            {
                "type": "object",
                "properties": {
                    "lists": {"type": "array", "items": _LIST},
                    "formats": {"type": "array", "items": _FORMAT},
                },
            },
            {
                "lists": [
                    {
                        "name": "log",
                        "label": "The log",
                        "filters": ["kind"],
                        "columns": [{"name": "amount", "type": "money"}],
                    }
                ],
                "formats": list(FORMATS),
            },
        ),
        **problems(401, 403, 429),
    }
}
LIST_DOC: Final = (
    "The key's own exports, the newest first, 100 at most; with the scope `audit:read` everybody's of the "
    "brand." + _NEEDS
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The exports",
            {"type": "object", "properties": {"exports": {"type": "array", "items": _EXPORT}}},
            {"exports": [_EXAMPLE]},
        ),
        **problems(401, 403, 429),
    }
}
START_DOC: Final = (
    "Has a list written as a file in the background, personal data masked as on the pages; ask for the "
    "export until its `state` is `done`. While the same is under way for the key already, that one answers; "
    "with an `Idempotency-Key` header the same request always does. It is in the audit log." + _NEEDS
)
START: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["list", "format"],
                    "properties": {
                        "list": {**TEXT, "description": "As `GET /exports/lists` names it."},
                        "format": _FORMAT,
                        "filters": _FILTERS,
                        "language": {
                            "type": "string",
                            "enum": list(LANGUAGES),
                            "description": "Of headings and places.",
                        },
                    },
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": WANTED}},
            }
        },
    },
    "responses": {
        **answer("The export", _EXPORT, {**_EXAMPLE, "state": "queued", "rows": 0, "size_bytes": 0}),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
SHOW_DOC: Final = "How far an export is. Needs the scope `exports:run`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The export", _EXPORT, _EXAMPLE), **problems(401, 403, 404, 422, 429)}
}
FILE_DOC: Final = (
    "The file of an export that is done, as long as it is kept; that it was taken is in the audit log. 409 "
    "while it is not done, 404 once the file has gone." + _NEEDS
)
FILE: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                one.content_type.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for one in FORMATS.values()
            },
        },
        **problems(401, 403, 404, 409, 422, 429),
    }
}
REMOVE_DOC: Final = "Cancels an export that is under way, or deletes its file before its time." + _NEEDS
REMOVE: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Removed",
            {"type": "object", "properties": {"id": WHOLE, "removed": {"type": "boolean"}}},
            {"id": 12, "removed": True},
        ),
        **problems(401, 403, 404, 409, 422, 429),
    }
}
