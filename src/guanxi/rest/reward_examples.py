"""What the OpenAPI document says of rewards and redemptions."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

REWARD: Final[dict[str, Any]] = {
    "kind": "gift",
    "name": "手冲咖啡杯",
    "name_en": "Coffee cup",
    "prices": [{"asset": "points", "units": 1_000}, {"asset": "points", "units": 200, "fen": 3_900}],
    "deliveries": ["collect", "send"],
    "per_customer": 1,
}
REDEEM_WANTED: Final[dict[str, Any]] = {
    "key": "till-3:118",
    "reward": "cup",
    "customer": 1,
    "price": 1,
    "delivery": "collect",
    "store": "SH1",
}
_STATES: Final = ["draft", "active", "archived"]
_STAGES: Final = [
    *("reserved", "paid", "ready", "handed_out", "sent", "done", "cancelled", "expired", "returned"),
]
_MAYBE_WHOLE: Final[dict[str, Any]] = {"type": ["integer", "null"]}
_MAYBE_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
_CONDITION: Final[dict[str, Any]] = {
    "type": ["object", "null"],
    "description": "docs/guide/conditions.md; null is everybody.",
}
_PRICE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"asset": _MAYBE_TEXT, "units": WHOLE, "fen": {**WHOLE, "description": "Money besides."}},
}
_SETTABLE: Final[dict[str, Any]] = {
    "kind": {"type": "string", "description": "gift, sample, donation, or what else is registered."},
    "name": {"type": "string", "maxLength": 80},
    "name_en": {"type": "string", "maxLength": 80},
    "text": {"type": "string", "maxLength": 2_000},
    "text_en": {"type": "string", "maxLength": 2_000},
    "prices": {"type": "array", "maxItems": 5, "items": _PRICE},
    "condition": _CONDITION,
    "opens_at": MOMENT,
    "closes_at": MOMENT,
    "early_at": MOMENT,
    "early_condition": _CONDITION,
    "stocked": {"type": "boolean", "default": True, "description": "Whether pieces are counted."},
    "per_customer": _MAYBE_WHOLE,
    "per_household": _MAYBE_WHOLE,
    "deliveries": {"type": "array", "items": {"type": "string", "enum": ["collect", "send", "none"]}},
    "pay_minutes": {**WHOLE, "default": 30},
    "keep_days": {**_MAYBE_WHOLE, "default": 30},
    "review_days": _MAYBE_WHOLE,
    "review_channel": _MAYBE_TEXT,
    "review_template": _MAYBE_TEXT,
    "cost_fen": {**_MAYBE_WHOLE, "description": "What a piece costs the brand."},
    "settings": {"type": "object", "description": "Of the kind."},
    "place": {**WHOLE, "default": 100, "description": "Smaller comes first."},
}
_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "state": {"type": "string", "enum": _STATES},
        "version": WHOLE,
        **_SETTABLE,
        "opens_at": _MAYBE_TEXT,
        "closes_at": _MAYBE_TEXT,
        "early_at": _MAYBE_TEXT,
        "audience_zh": TEXT,
        "audience_en": TEXT,
        "left": {**_MAYBE_WHOLE, "description": "Pieces that can be had; null where they are not counted."},
        "waiting": WHOLE,
        "redeemed": WHOLE,
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "code": "cup",
    "state": "active",
    "version": 2,
    **REWARD,
    "text": "",
    "text_en": "",
    "condition": None,
    "opens_at": None,
    "closes_at": None,
    "early_at": None,
    "early_condition": None,
    "stocked": True,
    "per_household": None,
    "pay_minutes": 30,
    "keep_days": 30,
    "review_days": None,
    "review_channel": None,
    "review_template": None,
    "cost_fen": None,
    "settings": {},
    "place": 100,
    "audience_zh": "",
    "audience_en": "",
    "left": 3,
    "waiting": 1,
    "redeemed": 0,
}
_REDEMPTION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "key": TEXT,
        "reward": TEXT,
        "customer": _MAYBE_WHOLE,
        "asset": _MAYBE_TEXT,
        "units": WHOLE,
        "fen": WHOLE,
        "state": {"type": "string", "enum": _STAGES},
        "delivery": TEXT,
        "store": _MAYBE_TEXT,
        "code": {"type": "string", "description": "What the member shows at the counter."},
        "carrier": _MAYBE_TEXT,
        "tracking": _MAYBE_TEXT,
        "given": {**_MAYBE_TEXT, "description": "What the kind made of it, such as a coupon's code."},
        "expires_at": _MAYBE_TEXT,
        "made_at": TEXT,
        "changed_at": TEXT,
        "steps": {"type": "array", "items": {"type": "object"}},
        "payments": {"type": "array", "items": {"type": "object"}},
    },
}
_REDEEMED: Final[dict[str, Any]] = {
    "id": 7,
    "key": "api:till-3:118",
    "reward": "cup",
    "customer": 1,
    "asset": "points",
    "units": 200,
    "fen": 3_900,
    "state": "reserved",
    "delivery": "collect",
    "store": "SH1",
    "code": "K7QM2XWD",
    "carrier": None,
    "tracking": None,
    "given": None,
    "expires_at": "2026-11-21T12:45:00.000Z",
    "made_at": "2026-11-21T12:15:00.000Z",
    "changed_at": "2026-11-21T12:15:00.000Z",
}
_WHOLE_STORY: Final[dict[str, Any]] = {
    **_REDEEMED,
    "steps": [{"state": "reserved", "at": "2026-11-21T12:15:00.000Z", "by": "apikey:1", "why": ""}],
    "payments": [],
}


def _read(description: str, schema: dict[str, Any], example: Any, *statuses: int) -> dict[str, Any]:
    return {"responses": {**answer(description, schema, example), **problems(401, 403, *statuses, 429)}}


def _sent(needed: list[str], properties: dict[str, Any], example: Any, answered: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": False,
    }
    content = {"schema": schema, "examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


def _list(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "array", "items": schema}, "next": _MAYBE_TEXT},
    }


_NOW: Final = answer("The reward as it is now", _ROW, _SHOWN)
_STORY: Final = answer("The redemption as it is now", _REDEMPTION, _WHOLE_STORY)
LIST_DOC: Final = "The catalogue, in its order. Needs the scope `programme:read`."
LIST: Final = _read("All rewards", _list("rewards", _ROW), {"rewards": [_SHOWN]}, 422)
SHOW_DOC: Final = "A reward with what is left of it. Needs the scope `programme:read`."
SHOW: Final = _read("The reward", _ROW, _SHOWN, 404)
PUT_DOC: Final = (
    "Make a reward, or change the one of this code: then `version` is the one that was read. All fields are "
    "replaced; those left out have their defaults. A new reward is a draft. Needs the scope "
)
PUT: Final = _sent(["name", "kind"], {"version": WHOLE, **_SETTABLE}, REWARD, _NOW)
STATE_DOC: Final = (
    "Show a reward to members (`active`), take it off (`draft`), or put it away (`archived`). Redemptions "
    "that are open go on. Needs the scope `programme:write`."
)
STATE: Final = _sent(
    ["state", "version"],
    {"state": {"type": "string", "enum": _STATES}, "version": WHOLE},
    {"state": "active", "version": 1},
    _NOW,
)
STOCK_DOC: Final = (
    "Put pieces into the stock, or below zero take some out, once under `key`. Needs the scope "
    "`programme:write`."
)
STOCK: Final = _sent(
    ["pieces", "key"],
    {"pieces": WHOLE, "key": {"type": "string", "maxLength": 60}, "note": {"type": "string"}},
    {"pieces": 20, "key": "delivery-4711"},
    answer("What can be had now", {"type": "object", "properties": {"left": WHOLE}}, {"left": 23}),
)
REDEMPTIONS_DOC: Final = (
    "Redemptions, the newest first. Follow `next` until it is null. Addresses are never shown here. Needs "
    "the scope `programme:read`."
)
REDEMPTIONS: Final = _read(
    "One page", _list("redemptions", _REDEMPTION), {"redemptions": [_REDEEMED], "next": None}, 400, 422
)
REDEEM_DOC: Final = (
    "A piece of a reward for a customer, once under `key`: points and piece are set aside together or not at "
    "all. `price` is the place of the price in the reward's list, from 0. Where money is due it is "
    "`reserved` until `pay`, else `ready`. 409 says why not: sold_out, insufficient, limit … Needs the scope "
)
REDEEM: Final = _sent(
    ["key", "reward", "customer"],
    {
        "key": {"type": "string", "maxLength": 90},
        "reward": TEXT,
        "customer": WHOLE,
        "price": {**WHOLE, "default": 0},
        "delivery": {"type": "string", "enum": ["collect", "send", "none"]},
        "store": {"type": "string", "maxLength": 60},
        "address": {"type": "string", "maxLength": 300, "description": "Where it is sent; kept sealed."},
    },
    REDEEM_WANTED,
    _STORY,
)
REDEMPTION_DOC: Final = (
    "A redemption with what happened to it and its payments. Needs the scope `programme:read`."
)
REDEMPTION: Final = _read("The redemption", _REDEMPTION, _WHOLE_STORY, 404)
PAY_DOC: Final = (
    "The money came, once under the shop's `reference`: telling it twice is safe. What comes for a "
    "redemption that was called off or has expired is kept in `payments` with `due_back`: give it back. "
    "Needs the scope `till:use`."
)
PAY: Final = _sent(
    ["reference", "fen"],
    {"reference": {"type": "string", "maxLength": 100}, "fen": WHOLE},
    {"reference": "wx-4200001", "fen": 3_900},
    _STORY,
)
HAND_OUT_DOC: Final = (
    "It was handed to the member, or, with `sent`, is on its way. 409 with `state` where that was done "
    "before. Needs the scope `till:use`."
)
HAND_OUT: Final = _sent(
    [],
    {
        "sent": {"type": "boolean", "default": False},
        "carrier": {"type": "string", "maxLength": 40},
        "tracking": {"type": "string", "maxLength": 60},
    },
    {"sent": True, "carrier": "SF", "tracking": "SF1234567890"},
    _STORY,
)
CANCEL_DOC: Final = (
    "Before the hand-out: points and piece come back. Afterwards, with `returned`: points come back, and "
    "with `piece` the piece is in the stock again. Money is due back. Needs the scope `till:use`."
)
CANCEL: Final = _sent(
    [],
    {
        "why": {"type": "string", "maxLength": 200},
        "returned": {"type": "boolean", "default": False},
        "piece": {"type": "boolean", "default": False},
    },
    {"why": "broken", "returned": True, "piece": False},
    _STORY,
)
