"""What the OpenAPI document says beyond types: prose, bodies and examples, each true (a test sends them)."""

from __future__ import annotations

from typing import Any, Final

from guanxi.touchpoints.kinds import KINDS

_NAMES: Final = KINDS.names()

ORDER: Final[dict[str, Any]] = {
    "kind": "order.paid",
    "source": "erp",
    "source_ref": "E20261121-0001",
    "occurred_at": "2026-11-21T20:15:00+08:00",
    "identities": {"phone": "138 0013 8000", "shop:westlake": "C-7788"},
    "person": {"name": "李梅", "city": "杭州"},
    "channel": "store",
    "amount_fen": 19900,
    "quantity": 1,
    "payload": {
        "order": "E20261121-0001",
        "items": [{"sku": "LH-01", "title": "兰花香水", "quantity": 1, "price_fen": 19900}],
    },
}
SCAN: Final[dict[str, Any]] = {
    "kind": "code.scanned",
    "source_ref": "scan-55812",
    "occurred_at": 1795263300000,
    "identities": [{"scheme": "openid:wx12ab", "value": "oABC123"}],
    "channel": "wechat",
    "payload": {"code": "Q7x2"},
}
CUSTOMER: Final[dict[str, Any]] = {
    "identities": {"phone": "13800138000", "unionid": "oUN-42"},
    "person": {"name": "李梅", "gender": "f", "birthday": "1990-05-01", "language": "zh-CN"},
    "seen_at": "2026-11-21T20:15:00+08:00",
    "source": "crm",
}

TEXT: Final[dict[str, Any]] = {"type": "string"}
WHOLE: Final[dict[str, Any]] = {"type": "integer", "format": "int64"}
MOMENT: Final[dict[str, Any]] = {
    "description": "RFC 3339 with an offset, or milliseconds since 1970-01-01 UTC.",
    "oneOf": [{"type": "string", "format": "date-time"}, WHOLE],
}
_IDENTITIES: Final[dict[str, Any]] = {
    "description": "Who it was: the shop's or platform's own id first. Schemes: phone, email, unionid, "
    "openid:<appid>, wecom, tmall, jd, douyin, youzan, xiaohongshu, member, shop:<name>. Masked values are "
    "refused: leave them out.",
    "oneOf": [
        {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 20},
        {
            "type": "array",
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["scheme", "value"],
                "properties": {"scheme": TEXT, "value": TEXT},
                "additionalProperties": False,
            },
        },
    ],
}
_PERSON: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Details of the person; they go to the vault, never to the log.",
    "properties": {
        "name": {"type": "string", "maxLength": 100},
        "address": {"type": "string", "maxLength": 300},
        "gender": {"type": "string", "enum": ["f", "m"]},
        "birthday": {"type": "string", "description": "1990-05-01, or --05-01 without the year"},
        "birthday_calendar": {"type": "string", "enum": ["solar", "lunar"]},
        "language": {"type": "string", "maxLength": 10},
        "adcode": {"type": "integer", "minimum": 100000, "maximum": 999999},
        "city": {"type": "string", "maxLength": 60},
    },
    "additionalProperties": False,
}
_TOUCHPOINT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["kind", "source_ref", "occurred_at"],
    "properties": {
        "kind": {"type": "string", "enum": _NAMES},
        "source": {"type": "string", "maxLength": 80, "default": "api"},
        "source_ref": {"type": "string", "maxLength": 80, "description": "Unique within the source."},
        "occurred_at": MOMENT,
        "identities": _IDENTITIES,
        "person": _PERSON,
        "channel": {"type": "string", "maxLength": 20, "description": "tmall, jd, store, wechat, web …"},
        "amount_fen": {**WHOLE, "description": "Integer minor units: 199.00 yuan are 19900."},
        "currency": {
            "type": "string",
            "minLength": 3,
            "maxLength": 3,
            "description": "Default: the brand's.",
        },
        "quantity": WHOLE,
        "payload": {"type": "object", "description": "The fields of the kind (docs/guide/kinds.md)."},
    },
    "additionalProperties": False,
}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TEXT,
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: react to this."},
        "detail": {"type": "string", "description": "What happened."},
        "remedy": {"type": "string", "description": "What to do."},
        "field": TEXT,
        "used_by": {
            "type": "array",
            "items": {"type": "object"},
            "description": "409: what would be broken, each with `kind` and `name`.",
        },
    },
}


def problems(*statuses: int) -> dict[int, Any]:
    names = {
        400: "The body or the cursor cannot be read",
        401: "No key, or one that does not work",
        403: "The key lacks the scope",
        404: "Not there, or of another brand",
        409: "Something else stands in the way; `detail` says what",
        413: "Too large; nothing was recorded",
        415: "Not JSON",
        422: "Understood, but not acceptable",
        429: "Too many requests; see Retry-After",
    }
    content = {"application/problem+json": {"schema": _PROBLEM}}
    return {status: {"description": names[status], "content": content} for status in statuses}


def answer(description: str, schema: dict[str, Any], example: Any) -> dict[int, Any]:
    content = {"application/json": {"schema": schema, "example": example}}
    return {200: {"description": description, "content": content}}


_RESULT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["index", "status"],
    "properties": {
        "index": {"type": "integer"},
        "source_ref": TEXT,
        "status": {"type": "string", "enum": ["recorded", "duplicate", "rejected"]},
        "code": TEXT,
        "message": TEXT,
        "field": TEXT,
    },
}
_COUNTS: Final = ("rows", "recorded", "duplicates", "rejected", "customers_created", "customers_merged")

RECORD_DOC: Final = (
    "Record up to 5,000 touchpoints (10 MiB). Each counts once by `(source, source_ref)`: sending a batch "
    "again is safe. What can be recorded is; the rest is rejected one by one in `results`. Send a list, an "
    'object `{"source": …, "touchpoints": […]}`, or NDJSON with one touchpoint a line. `mode=backfill` is '
    "for history: it sets nothing going. Needs the scope `touchpoints:write`."
)
RECORD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        {"type": "array", "maxItems": 5000, "items": _TOUCHPOINT},
                        {
                            "type": "object",
                            "required": ["touchpoints"],
                            "properties": {
                                "source": TEXT,
                                "touchpoints": {"type": "array", "maxItems": 5000, "items": _TOUCHPOINT},
                            },
                        },
                    ]
                },
                "examples": {
                    "list": {"value": [ORDER, SCAN]},
                    "object": {"value": {"source": "erp", "touchpoints": [ORDER]}},
                },
            },
            "application/x-ndjson": {"schema": TEXT},
        },
    },
    "responses": {
        **answer(
            "Understood; look at `results`",
            {
                "type": "object",
                "properties": {
                    **{name: {"type": "integer"} for name in _COUNTS},
                    "results": {"type": "array", "items": _RESULT},
                },
            },
            {
                "rows": 2,
                "recorded": 1,
                "duplicates": 0,
                "rejected": 1,
                "customers_created": 1,
                "customers_merged": 0,
                "results": [
                    {"index": 0, "source_ref": "E20261121-0001", "status": "recorded"},
                    {
                        "index": 1,
                        "source_ref": "E20261121-0002",
                        "status": "rejected",
                        "code": "amount_missing",
                        "message": "order.paid needs an amount",
                        "field": "amount_fen",
                    },
                ],
            },
        ),
        **problems(400, 401, 403, 413, 415, 422, 429),
    },
}

LIST_DOC: Final = (
    "Touchpoints in the order they were recorded, oldest first. Follow `next` until it is null; a page may "
    "be empty and still have a next one. Later, `resume` as the cursor reads what came since. `kind` takes "
    "several, with commas. Needs the scope `touchpoints:read`."
)
_STORED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "kind": TEXT,
        "source": TEXT,
        "source_ref": TEXT,
        "occurred_at": {"type": "string", "format": "date-time"},
        "recorded_at": {"type": "string", "format": "date-time"},
        "customer": {**WHOLE, "type": ["integer", "null"]},
        "channel": TEXT,
        "amount_fen": {**WHOLE, "type": ["integer", "null"]},
        "quantity": {**WHOLE, "type": ["integer", "null"]},
        "payload": {"type": "object"},
    },
}
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "One page",
            {
                "type": "object",
                "properties": {
                    "touchpoints": {"type": "array", "items": _STORED},
                    "next": {"type": ["string", "null"]},
                    "resume": TEXT,
                },
            },
            {
                "touchpoints": [
                    {
                        "id": 1,
                        "kind": "order.paid",
                        "source": "erp",
                        "source_ref": "E20261121-0001",
                        "occurred_at": "2026-11-21T12:15:00.000Z",
                        "recorded_at": "2026-11-21T12:15:02.120Z",
                        "customer": 1,
                        "channel": "store",
                        "amount_fen": 19900,
                        "quantity": 1,
                        "payload": {"order": "E20261121-0001"},
                    }
                ],
                "next": None,
                "resume": "WzEsICJ4…",
            },
        ),
        **problems(400, 401, 403, 404, 422, 429),
    }
}

UPSERT_DOC: Final = (
    "Create a customer, or add identities and details to the one who has any of these identities; two "
    "customers who turn out to be one are merged. The same request with the same `Idempotency-Key` header, "
    "or with the same `seen_at`, counts once. Needs the scope `customers:write`."
)
UPSERT: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["identities"],
                    "properties": {
                        "identities": _IDENTITIES,
                        "person": _PERSON,
                        "seen_at": MOMENT,
                        "source": {"type": "string", "maxLength": 80, "default": "api"},
                        "channel": {"type": "string", "maxLength": 20},
                    },
                    "additionalProperties": False,
                },
                "examples": {"customer": {"value": CUSTOMER}},
            }
        },
    },
    "responses": {
        **answer(
            "Who it is",
            {
                "type": "object",
                "properties": {
                    "id": WHOLE,
                    "created": {"type": "boolean"},
                    "merged": {
                        "type": "integer",
                        "description": "How many customers were merged into another.",
                    },
                    "duplicate": {"type": "boolean", "description": "This request was seen before."},
                },
            },
            {"id": 1, "created": True, "merged": 0, "duplicate": False},
        ),
        **problems(400, 401, 403, 413, 415, 422, 429),
    },
}

_CUSTOMER_SHOWN: Final[dict[str, Any]] = {
    "id": 1,
    "name": "李*",
    "gender": "f",
    "birthday": "****-05-01",
    "birthday_calendar": "solar",
    "language": "zh-CN",
    "adcode": 330100,
    "identities": [{"scheme": "phone", "value": "138****8000", "first_seen": "2026-11-21T12:15:00.000Z"}],
    "first_seen": "2026-11-21T12:15:00.000Z",
    "last_seen": "2026-11-21T12:15:00.000Z",
    "tags": ["vip"],
    "preferences": {"skin": "oily"},
    "masked": True,
    "state": {"name": "loyal", "since": "2026-11-21T12:15:00.000Z"},
}
_NULLABLE_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
_CUSTOMER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        **dict.fromkeys(("name", "gender", "birthday", "birthday_calendar", "language"), _NULLABLE_TEXT),
        "adcode": {"type": ["integer", "null"]},
        "identities": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "scheme": TEXT,
                    "value": _NULLABLE_TEXT,
                    "first_seen": {"type": "string", "format": "date-time"},
                },
            },
        },
        "first_seen": {"type": "string", "format": "date-time"},
        "last_seen": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": TEXT},
        "preferences": {"type": "object", "description": "The newest answer to each field."},
        "masked": {"type": "boolean"},
        "state": {
            "type": ["object", "null"],
            "description": "As of the last refresh; null before it. See /states.",
            "properties": {"name": TEXT, "since": {"type": "string", "format": "date-time"}},
        },
    },
}

FIND_DOC: Final = (
    "Customers who carry an identity, written `scheme:value` (`phone:13800138000`, `openid:wx12ab:oABC123`). "
    "A phone may belong to several. Phones, emails and names are masked unless the key also has "
    "`customers:unmask`; then the answer is in the audit log. Needs the scope `customers:read`."
)
FIND: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Those who carry it; none is an empty list",
            {"type": "object", "properties": {"customers": {"type": "array", "items": _CUSTOMER}}},
            {"customers": [_CUSTOMER_SHOWN]},
        ),
        **problems(401, 403, 422, 429),
    }
}
SHOW_DOC: Final = (
    "A customer. For an id that was merged away the answer is the customer it became, under its own id. "
    "Needs the scope `customers:read`."
)
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The customer", _CUSTOMER, _CUSTOMER_SHOWN), **problems(401, 403, 404, 429)}
}
