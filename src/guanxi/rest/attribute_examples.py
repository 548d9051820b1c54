"""What the OpenAPI document says of tags, preferences and stores."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

TAGGING: Final[dict[str, Any]] = {"tags": ["vip"], "customers": [1, 2]}
STATEMENTS: Final[dict[str, Any]] = {
    "statements": [
        {"customer": 1, "field": "skin", "value": "oily", "stated_at": "2026-11-21T20:15:00+08:00"}
    ]
}
STORES: Final[dict[str, Any]] = {
    "stores": [{"code": "HZ01", "name": "西湖店", "city": "杭州", "longitude": 120.15, "latitude": 30.25}]
}
_LABELS: Final = {"type": "object", "properties": {"zh": TEXT, "en": TEXT}}
_CHANGED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "changed": WHOLE,
        "unchanged": WHOLE,
        "unknown": {"type": "array", "items": WHOLE, "description": "Ids of no customer."},
    },
}
_TALLY: Final = {"changed": 2, "unchanged": 0, "unknown": []}


def _listed(
    description: str, name: str, properties: dict[str, Any], example: dict[str, Any]
) -> dict[str, Any]:
    items = {"type": "array", "items": {"type": "object", "properties": properties}}
    schema = {"type": "object", "properties": {name: items}}
    return {"responses": {**answer(description, schema, {name: [example]}), **problems(401, 403, 429)}}


def _sent(
    required: str, properties: dict[str, Any], example: Any, schema: dict[str, Any], shown: Any
) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": body, "examples": {"example": {"value": example}}}}
    return {
        "requestBody": {"required": True, "content": content},
        "responses": {
            **answer("What changed", schema, shown),
            **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
        },
    }


TAGS_DOC: Final = "The dictionary of tags. Needs the scope `customers:read`."
TAGS: Final = _listed(
    "All tags by name",
    "tags",
    {
        **dict.fromkeys(("name", "label", "description", "owner", "origin"), TEXT),
        "archived": {"type": "boolean"},
        "profiles": {**WHOLE, "description": "How many identities carry it."},
    },
    {
        "name": "vip",
        "label": "贵宾",
        "description": "Spent 10,000 in a year",
        "owner": "CRM",
        "origin": "hand",
        "archived": False,
        "profiles": 812,
    },
)
_TAGGING_PROPERTIES: Final = {
    "tags": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 50},
    "customers": {"type": "array", "items": WHOLE, "minItems": 1, "maxItems": 5000},
}
ADD_DOC: Final = (
    "Put tags of the dictionary on customers. What they have already is counted as unchanged; for a customer "
    "that was merged away the one it became is meant. Tags that a rule keeps are refused. Needs the scope "
    "`customers:write`."
)
REMOVE_DOC: Final = "Take tags off customers. Needs the scope `customers:write`."
TAG_CUSTOMERS: Final = _sent("tags customers", _TAGGING_PROPERTIES, TAGGING, _CHANGED, _TALLY)

FIELDS_DOC: Final = "What customers may be asked. Needs the scope `customers:read`."
FIELDS: Final = _listed(
    "The preference fields in use",
    "fields",
    {
        "name": TEXT,
        "type": {"type": "string", "enum": ["choice", "choices", "text", "number", "date", "boolean"]},
        "label": _LABELS,
        "purpose": TEXT,
        "choices": {"type": "array", "items": {"type": "object"}},
    },
    {
        "name": "skin",
        "type": "choice",
        "label": {"zh": "肤质", "en": "Skin"},
        "purpose": "Advice that fits",
        "choices": [{"name": "oily", "zh": "油性", "en": "Oily"}],
    },
)
STATE_DOC: Final = (
    "Note what customers said; all or nothing. The newest word on a field counts; `stated_at` is now where "
    "it is missing, and null takes an answer back. Needs the scope `customers:write`."
)
STATE: Final = _sent(
    "statements",
    {
        "source": {"type": "string", "maxLength": 80, "default": "api"},
        "statements": {
            "type": "array",
            "maxItems": 5000,
            "items": {
                "type": "object",
                "required": ["customer", "field", "value"],
                "properties": {
                    "customer": WHOLE,
                    "field": TEXT,
                    "value": {"description": "As the type of the field wants it; null takes it back."},
                    "stated_at": MOMENT,
                },
                "additionalProperties": False,
            },
        },
    },
    STATEMENTS,
    _CHANGED,
    _TALLY,
)

_STORE: Final = {
    **dict.fromkeys(("code", "name"), TEXT),
    "adcode": {"type": ["integer", "null"]},
    "longitude": {"type": ["number", "null"]},
    "latitude": {"type": ["number", "null"]},
    "open": {"type": "boolean"},
}
STORES_DOC: Final = "The brand's stores, the open ones first. Needs the scope `customers:read`."
STORES_LIST: Final = _listed(
    "All stores",
    "stores",
    _STORE,
    {
        "code": "HZ01",
        "name": "西湖店",
        "adcode": 330100,
        "longitude": 120.15,
        "latitude": 30.25,
        "open": True,
    },
)
SET_STORES_DOC: Final = (
    "Make or change stores by their code; all or nothing. A city may be given by name or by division code. "
    "Needs the scope `customers:write`."
)
SET_STORES: Final = _sent(
    "stores",
    {
        "stores": {
            "type": "array",
            "maxItems": 5000,
            "items": {"type": "object", "properties": {**_STORE, "city": TEXT}, "required": ["code", "name"]},
        }
    },
    STORES,
    {"type": "object", "properties": {"changed": WHOLE}},
    {"changed": 1},
)

TAG: Final[dict[str, Any]] = {
    "name": "oudlover",
    "label": "爱沉香",
    "description": "Asked for oud twice or more",
    "owner": "CRM",
}
_TAG: Final[dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 60},
    "label": {"type": "string", "maxLength": 60},
    "description": {"type": "string", "maxLength": 300},
    "owner": {"type": "string", "maxLength": 80},
    "origin": {"type": "string", "enum": ["hand", "rule", "import"], "description": "Who keeps it."},
    "archived": {"type": "boolean", "description": "Out of use."},
}
DEFINE_TAG_DOC: Final = (
    "Define a tag, or change the one of that name: what is left out stays. The same again changes nothing. "
    "Needs the scope `customers:write`."
)
DEFINE_TAG: Final = _sent(
    "name", _TAG, TAG, {"type": "object", "properties": _TAG}, {**TAG, "origin": "hand", "archived": False}
)
FIELD: Final[dict[str, Any]] = {
    "name": "scent",
    "type": "choice",
    "label": {"zh": "喜欢的香调", "en": "Favourite scent"},
    "purpose": "Samples that fit",
    "choices": [{"name": "oud", "zh": "沉香", "en": "Oud"}, {"name": "rose", "zh": "玫瑰", "en": "Rose"}],
}
_FIELD: Final[dict[str, Any]] = {
    "name": {"type": "string", "description": "Small letters, digits and _, a letter first."},
    "type": {"type": "string", "enum": ["choice", "choices", "text", "number", "date", "boolean"]},
    "label": {**_LABELS, "required": ["zh", "en"]},
    "purpose": {"type": "string", "maxLength": 300},
    "choices": {
        "type": "array",
        "maxItems": 50,
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": dict.fromkeys(("name", "zh", "en"), TEXT),
        },
    },
    "archived": {"type": "boolean", "description": "Out of use."},
}
DEFINE_FIELD_DOC: Final = (
    "Define what customers are asked, or change the field of that name; nothing personal. Its type stays, "
    "and choices are added or relabelled, never taken away (409). Needs the scope `customers:write`."
)
DEFINE_FIELD: Final = _sent(
    "name type label purpose",
    _FIELD,
    FIELD,
    {"type": "object", "properties": _FIELD},
    {**FIELD, "archived": False},
)
