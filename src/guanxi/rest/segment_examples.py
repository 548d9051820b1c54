"""What the OpenAPI document says of segments."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

CONDITION: Final[dict[str, Any]] = {
    "version": 1,
    "all": [
        {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 2, "within": {"days": 90}},
        {"not": {"leaf": "behaviour.did", "kinds": ["order.refunded"]}},
    ],
}
SEGMENT: Final[dict[str, Any]] = {"name": "复购客户", "condition": CONDITION}
_NULLABLE: Final[dict[str, Any]] = {"type": ["string", "null"]}
_MAYBE: Final[dict[str, Any]] = {"type": ["integer", "null"]}
_CONDITION: Final[dict[str, Any]] = {"type": "object", "description": "See docs/guide/conditions.md."}
_SHOWN: Final[dict[str, Any]] = {
    "id": 3,
    "name": "复购客户",
    "description": "",
    "mode": "live",
    "state": "active",
    "version": 1,
    "size": 1204,
    "ready": True,
    "problem": None,
    "hour": None,
    "weekday": None,
    "tag": None,
    "changed_at": "2026-11-21T12:15:00.000Z",
    "history": [1198, 1204],
}
_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "name": TEXT,
        "description": TEXT,
        "mode": {"type": "string", "enum": ["live", "scheduled", "frozen"]},
        "state": {"type": "string", "enum": ["active", "archived"]},
        "version": WHOLE,
        "size": WHOLE,
        "ready": {"type": "boolean", "description": "False while it is being computed."},
        "problem": {**_NULLABLE, "description": "Why it cannot be followed."},
        "hour": _MAYBE,
        "weekday": _MAYBE,
        "tag": _NULLABLE,
        "changed_at": {"type": "string", "format": "date-time"},
        "history": {"type": "array", "items": WHOLE, "description": "Sizes of the last 30 days."},
    },
}
_SAID: Final[dict[str, Any]] = {
    "sentence_zh": "近 90 天内付款下单至少 2 次，并且没有退款",
    "sentence_en": "ordered at least 2 times in the last 90 days and has not had a refund",
}
_DETAIL_SHOWN: Final = {**_SHOWN, "condition": CONDITION, **_SAID, "used_by": []}
_DETAIL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **_ROW["properties"],
        "condition": _CONDITION,
        "sentence_zh": TEXT,
        "sentence_en": TEXT,
        "used_by": {
            "type": "array",
            "items": {"type": "object", "properties": {"kind": TEXT, "name": TEXT}},
        },
    },
}
_FIELDS: Final[dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 80},
    "condition": _CONDITION,
    "description": {"type": "string", "maxLength": 500},
    "mode": {"type": "string", "enum": ["live", "scheduled", "frozen"], "default": "live"},
    "hour": {**WHOLE, "description": "Scheduled: the local hour, 0 to 23."},
    "weekday": {**WHOLE, "description": "Scheduled: 0 Monday to 6; every day without."},
}


def _sent(
    needed: list[str], properties: dict[str, Any], example: Any, answered: dict[int, Any]
) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": False,
    }
    body: dict[str, Any] = {"schema": schema, "examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


LIST_DOC: Final = "The brand's segments, by name. Needs the scope `segments:read`."
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "All active segments",
            {"type": "object", "properties": {"segments": {"type": "array", "items": _ROW}}},
            {"segments": [_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
CREATE_DOC: Final = (
    "Make a segment. It is filled within moments (`ready`); from then on it follows every touchpoint, and "
    "entries and exits are touchpoints of the kinds `segment.entered` and `segment.left`. A condition that "
    "cannot be used is refused with the place and what was expected there. Needs the scope `segments:write`."
)
CREATE: Final = _sent(["name", "condition"], _FIELDS, SEGMENT, answer("The segment", _DETAIL, _DETAIL_SHOWN))
SHOW_DOC: Final = "A segment with its condition, also as a sentence. Needs the scope `segments:read`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The segment", _DETAIL, _DETAIL_SHOWN), **problems(401, 403, 404, 429)}
}
SAVE_DOC: Final = (
    "Change a segment; fields left out stay. `version` is the one that was read: where somebody changed the "
    "segment since, the answer is 409 and nothing is changed. Needs the scope `segments:write`."
)
SAVE: Final = _sent(
    ["version"],
    {"version": WHOLE, **_FIELDS},
    {"version": 1, "name": "老客户"},
    answer("The segment as it is now", _DETAIL, _DETAIL_SHOWN),
)
DELETE_DOC: Final = (
    "Delete a segment for good. Refused with 409 while others refer to it, and where somebody changed it "
    "since `version`. Needs the scope `segments:write`."
)
DELETE: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "It is deleted",
            {"type": "object", "properties": {"id": WHOLE, "deleted": {"type": "boolean"}}},
            {"id": 3, "deleted": True},
        ),
        **problems(401, 403, 404, 409, 422, 429),
    }
}
COUNT_DOC: Final = (
    "How many customers a condition holds of, as of the warehouse's last sync (`synced_at`), and the "
    "condition as a sentence. Needs the scope `segments:read`."
)
COUNT: Final = _sent(
    ["condition"],
    {"condition": _CONDITION, "sample": {**WHOLE, "minimum": 0, "maximum": 100, "default": 0}},
    {"condition": CONDITION, "sample": 3},
    answer(
        "The count",
        {
            "type": "object",
            "properties": {
                "count": WHOLE,
                "customers": WHOLE,
                "sample": {"type": "array", "items": WHOLE},
                "synced_at": _NULLABLE,
                "sentence_zh": TEXT,
                "sentence_en": TEXT,
            },
        },
        {
            "count": 1204,
            "customers": 50_000,
            "sample": [1, 2, 3],
            "synced_at": "2026-11-21T12:15:00.000Z",
            **_SAID,
        },
    ),
)
MEMBERS_DOC: Final = (
    "The ids of the customers in a segment, in order, a page at a time: ask again with `next` as `cursor` "
    "until it is null. Needs the scope `segments:read`."
)
MEMBERS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "A page",
            {
                "type": "object",
                "properties": {"customers": {"type": "array", "items": WHOLE}, "next": _NULLABLE},
            },
            {"customers": [1, 2, 5], "next": None},
        ),
        **problems(400, 401, 403, 404, 422, 429),
    }
}
EXPLAIN_DOC: Final = (
    "Why a customer is in a segment, or not: each branch of the condition, whether it holds, and the ids of "
    "the newest touchpoints behind it. Needs the scope `segments:read`."
)
_PART: Final[dict[str, Any]] = {
    "kind": "leaf",
    "path": "all[0]",
    "holds": True,
    "sentence": "ordered at least 2 times in the last 90 days",
    "touchpoints": [812, 640],
    "parts": [],
}
EXPLAIN: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The explanation",
            {
                "type": "object",
                "properties": {
                    "segment": WHOLE,
                    "customer": WHOLE,
                    "member": {"type": "boolean"},
                    "since": _NULLABLE,
                    "explained": {"type": "object"},
                },
            },
            {
                "segment": 3,
                "customer": 1,
                "member": True,
                "since": "2026-11-21T12:15:00.000Z",
                "explained": {**_PART, "kind": "all", "path": "", "touchpoints": [], "parts": [_PART]},
            },
        ),
        **problems(401, 403, 404, 422, 429),
    }
}
EXPORT_DOC: Final = (
    "The members as a CSV file (UTF-8 with a byte order mark), streamed however many they are. With `hash` a "
    "row is one of a customer's phones, as the digest of the national number that advertising platforms "
    "match; who has no phone is left out. Without it a row is a customer. Digests are personal data still, "
    "and every export is in the audit log. Should it break off on the way, its last line is `incomplete`. "
    "Needs the scope `segments:export`."
)
EXPORT: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The file",
            "content": {
                "text/csv": {
                    "schema": TEXT,
                    "example": "customer,phone_md5\r\n1,7945bd83237335e5376ff44d62e4f0ae\r\n",
                }
            },
        },
        **problems(401, 403, 404, 422, 429),
    }
}
