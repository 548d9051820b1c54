"""What the OpenAPI document says of coupons."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

_FEN: Final[dict[str, Any]] = {**WHOLE, "minimum": 0}
_WORDS: Final[dict[str, Any]] = {"type": "array", "items": TEXT, "description": "Empty: all."}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
FIELDS: Final[dict[str, Any]] = {
    "code": {"type": "string", "maxLength": 40},
    "name": {"type": "string", "maxLength": 80},
    "name_en": {"type": "string", "maxLength": 80},
    "kind": {"type": "string", "enum": ["amount", "percent", "gift", "delivery"]},
    "off_fen": {**_FEN, "description": "What it takes off; of a gift, what that costs the brand."},
    "percent": {**WHOLE, "minimum": 0, "maximum": 100},
    "cap_fen": {"type": ["integer", "null"], "description": "The most it takes off."},
    "gift_sku": TEXT,
    "minimum_fen": _FEN,
    "skus": _WORDS,
    "categories": _WORDS,
    "stores": _WORDS,
    "channels": _WORDS,
    "first_order_only": _FLAG,
    "condition": {"type": ["object", "null"], "description": "Who may use it: docs/guide/conditions.md."},
    "since": MOMENT,
    "until": MOMENT,
    "lasts_days": {"type": ["integer", "null"], "description": "Days after issue."},
    "per_customer": {"type": ["integer", "null"]},
    "limited": {"type": "boolean", "description": "No more than the stock that is added."},
    "stacking": {"type": "string", "enum": ["exclusive", "joint"]},
    "generic_code": {"type": ["string", "null"], "description": "One code for everybody."},
    "terms": TEXT,
    "terms_en": TEXT,
    "remind_days": {"type": ["integer", "null"]},
    "remind_channel": TEXT,
    "remind_template": TEXT,
}
WANTED: Final[dict[str, Any]] = {
    "code": "spring",
    "name": "春日满减",
    "name_en": "Spring",
    "kind": "amount",
    "off_fen": 2_000,
    "minimum_fen": 10_000,
    "until": "2036-05-31T23:59:59+08:00",
}
_CAMPAIGN: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        **FIELDS,
        "state": {"type": "string", "enum": ["draft", "active", "paused", "ended"]},
        "version": WHOLE,
        "issued": WHOLE,
        "redeemed": WHOLE,
        "expired": WHOLE,
        "redemption_rate": {"type": ["number", "null"]},
        "discount_fen": WHOLE,
        "stock_left": {"type": ["integer", "null"]},
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "id": 3,
    **WANTED,
    "state": "active",
    "version": 2,
    "issued": 12_000,
    "redeemed": 3_120,
    "expired": 800,
    "redemption_rate": 0.26,
    "discount_fen": 6_240_000,
    "stock_left": None,
}
BASKET: Final[dict[str, Any]] = {
    "lines": [
        {"sku": "LH-01", "amount_fen": 19_900, "quantity": 1, "category": "香水"},
        {"sku": "LH-07", "amount_fen": 5_900, "quantity": 2},
    ],
    "delivery_fen": 1_000,
    "store": "SH-01",
    "channel": "store",
}
_BASKET: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["lines"],
    "properties": {
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {
                "type": "object",
                "required": ["amount_fen"],
                "properties": {"sku": TEXT, "amount_fen": _FEN, "quantity": _FEN, "category": TEXT},
                "additionalProperties": False,
            },
        },
        "delivery_fen": _FEN,
        "store": TEXT,
        "channel": TEXT,
    },
    "additionalProperties": False,
}
_CODES: Final[dict[str, Any]] = {
    "type": "array",
    "maxItems": 10,
    "items": {"type": "string", "maxLength": 80},
}
_KEY: Final[dict[str, Any]] = {
    "type": "string",
    "maxLength": 80,
    "description": "Unless the header Idempotency-Key is sent.",
}
_AT_BASKET: Final[dict[str, Any]] = {"basket": _BASKET, "coupons": _CODES, "customer": WHOLE}
_ASKED: Final[dict[str, Any]] = {"basket": BASKET, "coupons": ["SPRING50"]}
_LINES: Final[dict[str, Any]] = {"type": "array", "items": WHOLE, "description": "Fen off each line."}
_REDEMPTION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "state": {"type": "string", "enum": ["locked", "redeemed", "rolled_back", "released"]},
        "exists": {"type": "boolean", "description": "It was there before: the same key or order."},
        "token": TEXT,
        "until": {"type": ["string", "null"]},
        "order": {"type": ["string", "null"]},
        "discount_fen": WHOLE,
        "lines": _LINES,
        "coupons": {"type": "array", "items": {"type": "object"}},
    },
}
_REDEEMED: Final[dict[str, Any]] = {
    "id": 71,
    "state": "redeemed",
    "exists": False,
    "token": "2Vq0uWbqk6fJc1rY3x9l7m0A",
    "until": None,
    "order": "E20261121-0001",
    "discount_fen": 2_000,
    "lines": [1_543, 457],
    "coupons": [
        {
            "id": None,
            "campaign": "spring",
            "state": "redeemed",
            "discount_fen": 2_000,
            "lines": [1_543, 457],
            "gift_sku": None,
        }
    ],
}


def _read(description: str, schema: dict[str, Any], example: Any, *statuses: int) -> dict[str, Any]:
    return {"responses": {**answer(description, schema, example), **problems(401, 403, *statuses, 429)}}


def _sent(
    needed: list[str], properties: dict[str, Any], example: Any, answered: dict[int, Any]
) -> dict[str, Any]:
    schema = {"type": "object", "required": needed, "properties": properties, "additionalProperties": False}
    examples = {} if example is None else {"examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, **examples}}},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


LIST_DOC: Final = "Campaigns with their figures, the newest first. Needs the scope `programme:read`."
LIST: Final = _read(
    "At most 500",
    {"type": "object", "properties": {"campaigns": {"type": "array", "items": _CAMPAIGN}}},
    {"campaigns": [_SHOWN]},
    422,
)
CREATE_DOC: Final = (
    "A draft: nothing is issued or redeemed before it is switched on. Money is in fen. "
    "docs/guide/coupons.md says what each field does. Needs the scope `programme:write`."
)
CREATE: Final = _sent(["code", "name", "kind"], FIELDS, WANTED, answer("The campaign", _CAMPAIGN, _SHOWN))
SHOW_DOC: Final = "One campaign with its figures. Needs the scope `programme:read`."
SHOW: Final = _read("The campaign", _CAMPAIGN, _SHOWN, 404)
SAVE_DOC: Final = (
    "Change the fields that are sent. `version` is the one that you have read: 409 where somebody saved "
    "since, and where a campaign that has run would give less than it promised. Needs the scope "
    "`programme:write`."
)
SAVE: Final = _sent(
    ["version"], {**FIELDS, "version": WHOLE}, None, answer("The campaign", _CAMPAIGN, _SHOWN)
)
DELETE_DOC: Final = "Remove a draft without stock for good. Needs the scope `programme:write`."
DELETE: Final = _read(
    "It is gone",
    {"type": "object", "properties": {"id": WHOLE, "deleted": _FLAG}},
    {"id": 3, "deleted": True},
    404,
    409,
    422,
)
STATE_DOC: Final = "draft → active ⇄ paused; either → ended, for good. Needs the scope `programme:write`."
STATE: Final = _sent(
    ["state", "version"],
    {"state": {"type": "string", "enum": ["active", "paused", "ended"]}, "version": WHOLE},
    None,
    answer("The campaign", _CAMPAIGN, _SHOWN),
)
STOCK_DOC: Final = "So many coupons more, once under the key. Needs the scope `programme:write`."
STOCK: Final = _sent(
    ["units"], {"units": WHOLE, "key": _KEY}, None, answer("The campaign", _CAMPAIGN, _SHOWN)
)
ISSUE_DOC: Final = (
    "One coupon for each customer, once under the key: sent again it answers the same coupons. Who is "
    "refused has a `code`: limit, stock. Needs the scope `programme:write`."
)
ISSUE: Final = _sent(
    ["customers"],
    {"customers": {"type": "array", "minItems": 1, "maxItems": 5_000, "items": WHOLE}, "key": _KEY},
    None,
    answer(
        "What became of each",
        {"type": "object", "properties": {"issued": {"type": "array"}, "unknown": {"type": "array"}}},
        {
            "issued": [
                {"customer": 42, "coupon": "CDFGH-JKMPQ-RTVW", "exists": False, "code": None, "message": None}
            ],
            "unknown": [],
        },
    ),
)
_BATCH: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"id": WHOLE, "campaign": TEXT, "wanted": WHOLE, "made": WHOLE, "at": TEXT},
}
_BATCH_SHOWN: Final[dict[str, Any]] = {
    "id": 5,
    "campaign": "spring",
    "wanted": 10_000,
    "made": 0,
    "at": "2026-11-21T12:15:00.000Z",
}
MAKE_DOC: Final = (
    "Up to a million codes that nobody can guess, made by a job: ask for the batch until `made` is "
    "`wanted`. Needs the scope `programme:write`."
)
MAKE: Final = _sent(
    ["campaign", "count"],
    {"campaign": TEXT, "count": {**WHOLE, "minimum": 1, "maximum": 1_000_000}},
    None,
    answer("The batch", _BATCH, _BATCH_SHOWN),
)
CODES_DOC: Final = (
    "Codes of a batch that are not used yet, 10,000 at a time. That they were taken out is written into "
    "the audit log. Needs the scope `programme:write`."
)
CODES: Final = _read(
    "A page of codes; `next` is null on the last",
    {"type": "object", "properties": {**_BATCH["properties"], "codes": {"type": "array"}}},
    {**_BATCH_SHOWN, "made": 1, "wanted": 1, "codes": ["CDFGH-JKMPQ-RTVW"], "next": None},
    404,
    422,
)
FIND_DOC: Final = "A coupon by its unique code, however it is spaced. Needs the scope `till:use`."
FIND: Final = _read(
    "The coupon",
    {"type": "object"},
    {
        "id": 9,
        "code": "CDFGH-JKMPQ-RTVW",
        "campaign": "spring",
        "state": "free",
        "customer_subject": None,
        "issued_at": "2026-11-21T12:15:00.000Z",
        "expires_at": "2027-05-31T15:59:59.000Z",
    },
    404,
    422,
)
VALIDATE_DOC: Final = (
    "What coupons take off a basket, in all and for each line, or why they do not count, in words. "
    "Nothing is taken. The order of coupons changes nothing; of those that do not go together, the ones "
    "count that take most off. Needs the scope `till:use`."
)
VALIDATE: Final = _sent(
    ["basket", "coupons"],
    _AT_BASKET,
    _ASKED,
    answer(
        "What they take off",
        {"type": "object", "properties": {"valid": _FLAG, "discount_fen": WHOLE, "lines": _LINES}},
        {
            "valid": True,
            "discount_fen": 2_000,
            "delivery_discount_fen": 0,
            "lines": [1_543, 457],
            "applied": [
                {
                    "coupon": "SPRING50",
                    "campaign": "spring",
                    "kind": "amount",
                    "discount_fen": 2_000,
                    "lines": [1_543, 457],
                    "gift_sku": None,
                }
            ],
            "refused": [],
        },
    ),
)
LOCK_DOC: Final = (
    "Set coupons aside while the customer pays, 15 minutes unless `minutes` says otherwise; then the lock "
    "ends by itself. All of them count, or none is locked. The same key answers the same lock. Needs the "
    "scope `till:use`."
)
LOCK: Final = _sent(
    ["basket", "coupons"],
    {**_AT_BASKET, "key": _KEY, "order": TEXT, "minutes": {**WHOLE, "minimum": 1, "maximum": 1_440}},
    None,
    answer(
        "The lock: redeem its token",
        _REDEMPTION,
        {**_REDEEMED, "state": "locked", "until": "2026-11-21T12:30:00.000Z"},
    ),
)
REDEEM_DOC: Final = (
    "Use coupons for an order: those of a lock (`token`), or those of a basket. The same key, or the same "
    "coupons for the same order, answer what was done before (`exists`), so trying a payment again burns "
    "nothing. 409 where somebody else was faster. Needs the scope `till:use`."
)
REDEEM: Final = _sent(
    ["order"],
    {**_AT_BASKET, "key": _KEY, "order": {"type": "string", "maxLength": 100}, "token": TEXT},
    None,
    answer("The redemption", _REDEMPTION, _REDEEMED),
)
ROLL_BACK_DOC: Final = (
    "Give the coupons of a redemption back, all or those named, when the order is cancelled; limits and "
    "stock come back with them. A lock is released. An order that is refunded in full does this by "
    "itself. Needs the scope `till:use`."
)
ROLL_BACK: Final = _sent(
    [],
    {"redemption": WHOLE, "token": TEXT, "coupons": _CODES},
    None,
    answer("The redemption", _REDEMPTION, {**_REDEEMED, "state": "rolled_back"}),
)
