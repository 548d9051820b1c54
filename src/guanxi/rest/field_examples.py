"""What the OpenAPI document says of computed fields."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

SPEC: Final[dict[str, Any]] = {
    "aggregate": "sum",
    "of": "net_fen",
    "kinds": ["order.paid", "order.refunded"],
    "within": {"days": 90},
}
FIELD: Final[dict[str, Any]] = {
    "label_zh": "近 90 天净消费",
    "label_en": "Net spend in 90 days",
    "description": "For the spring offer",
    "spec": SPEC,
}
_SPEC: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What is measured. Kinds, windows and comparisons are as in docs/guide/conditions.md.",
    "required": ["aggregate", "kinds"],
    "properties": {
        "aggregate": {"type": "string", "enum": ["count", "sum", "average", "min", "max"]},
        "of": {
            "type": "string",
            "enum": ["amount_fen", "net_fen", "quantity"],
            "default": "amount_fen",
            "description": "Not heeded by count.",
        },
        "kinds": {"type": "array", "items": TEXT, "description": "See docs/guide/kinds.md."},
        "within": {"type": "object", "description": "Which facts by time; all of them without."},
        "where": {"type": "array", "items": {"type": "object"}, "description": "Comparisons of payload."},
    },
    "additionalProperties": False,
}
_WORDS: Final[dict[str, Any]] = {
    "label_zh": {"type": "string", "maxLength": 60},
    "label_en": {"type": "string", "maxLength": 60},
    "description": {"type": "string", "maxLength": 300},
    "spec": _SPEC,
}
_USER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["segment"]},
        "id": WHOLE,
        "name": TEXT,
        "tag": {"type": ["string", "null"], "description": "The tag that follows the segment."},
    },
}
_DETAIL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        **_WORDS,
        "version": WHOLE,
        "sentence_zh": TEXT,
        "sentence_en": TEXT,
        "used_by": {"type": "array", "items": _USER},
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "name": "net_90d",
    **FIELD,
    "version": 1,
    "sentence_zh": "近 90 天内付款下单或退款的扣除退款后的金额合计",
    "sentence_en": "the amount after refunds in total, of all times they ordered or had a refund in the last "
    "90 days",
    "used_by": [{"kind": "segment", "id": 3, "name": "高净值", "tag": None}],
}

LIST_DOC: Final = (
    "The brand's computed fields by name: figures of a customer that conditions compare, with what each "
    "measures as a sentence and who uses it. Needs the scope `segments:read`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "All fields",
            {"type": "object", "properties": {"fields": {"type": "array", "items": _DETAIL}}},
            {"fields": [_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
SHOW_DOC: Final = "One computed field. Needs the scope `segments:read`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The field", _DETAIL, _SHOWN), **problems(401, 403, 404, 422, 429)}
}
SET_DOC: Final = (
    "Define a field, or change it. Without `version` it is made: `label_zh`, `label_en` and `spec` are "
    "needed, and 409 says that the name is taken. With the `version` that was read it is changed, what is "
    "left out stays, and segments that use it are computed anew; 409 says that somebody changed it since, "
    'and nothing is changed. Conditions then compare it: `{"leaf": "computed.is", "field": "net_90d", '
    '"at_least": 50000}`. Needs the scope `segments:write`.'
)
SET: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {**_WORDS, "version": {**WHOLE, "description": "Left out: a new field."}},
                    "additionalProperties": False,
                },
                "examples": {"field": {"value": FIELD}},
            }
        },
    },
    "responses": {
        **answer("The field as it is now", _DETAIL, _SHOWN),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
REMOVE_DOC: Final = (
    "Remove a field. Refused with 409 where somebody changed it since `version`, and while segments use it: "
    "then `used_by` names them. Needs the scope `segments:write`."
)
REMOVE: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "It is removed",
            {"type": "object", "properties": {"name": TEXT, "removed": {"type": "boolean"}}},
            {"name": "net_90d", "removed": True},
        ),
        **problems(401, 403, 404, 409, 422, 429),
    }
}
