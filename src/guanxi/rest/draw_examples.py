"""What the OpenAPI document says of draws."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

_HASH: Final[dict[str, Any]] = {"type": ["string", "null"], "description": "SHA-256, hexadecimal."}
_PRIZE: Final[dict[str, Any]] = {
    "code": "bag",
    "name": "手袋",
    "kind": "gift",
    "quantity": 1,
    "value_fen": 120_000,
    "asset": "",
    "units": 0,
}
TERMS: Final[dict[str, Any]] = {
    "format": "guanxi-draw-1",
    "draw": "spring",
    "title": "春日抽奖",
    "organiser": "杭州兰花有限公司",
    "redemption": "凭本页到任一门店领取",
    "mode": "instant",
    "opens_ms": 1_795_000_000_000,
    "closes_ms": 1_795_600_000_000,
    "claim_days": 30,
    "entry": {"asset": "points", "units": 10, "most": 3, "condition": None},
    "one_prize": True,
    "positions": 1_000,
    "entropy": "",
    "insider_tag": "staff",
    "prizes": [_PRIZE],
    "consolation": None,
}
_DRAW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "code": TEXT,
        "title": TEXT,
        "mode": {"type": "string", "enum": ["drawn", "instant"]},
        "state": {"type": "string", "enum": ["draft", "open", "closed", "drawn", "revealed"]},
        "version": WHOLE,
        "opens_at": {"type": "string", "format": "date-time"},
        "closes_at": {"type": "string", "format": "date-time"},
        "entries": WHOLE,
        "terms": {"type": "object", "description": "See docs/guide/draws.md."},
        "terms_hash": _HASH,
        "seed_hash": _HASH,
        "seed": {"type": ["string", "null"], "description": "Once it is revealed."},
        "entropy": {"type": ["string", "null"]},
        "entries_hash": _HASH,
        "result_hash": _HASH,
    },
}
_HEX: Final = "5c6bd3b2b34ef4a9a9d1b2b2f3a6d7c1e0f4a5b6c7d8e9f00112233445566778"
_SHOWN: Final[dict[str, Any]] = {
    "id": 3,
    "code": "spring",
    "title": "春日抽奖",
    "mode": "instant",
    "state": "open",
    "version": 1,
    "opens_at": "2026-11-18T13:06:40+08:00",
    "closes_at": "2026-11-25T11:46:40+08:00",
    "entries": 204,
    "terms": TERMS,
    "terms_hash": _HEX,
    "seed_hash": _HEX,
    "seed": None,
    "entropy": None,
    "entries_hash": None,
    "result_hash": None,
}
_RESULTS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "draw": WHOLE,
        "state": TEXT,
        "result_hash": _HASH,
        "prizes": {
            "type": "array",
            "items": {"type": "object", "properties": {"code": TEXT, "quantity": WHOLE, "won": WHOLE}},
        },
        "winners": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"entry": WHOLE, "prize": TEXT, "who": TEXT, "state": TEXT},
            },
        },
    },
}
_RESULTS_SHOWN: Final[dict[str, Any]] = {
    "draw": 3,
    "state": "revealed",
    "result_hash": _HEX,
    "prizes": [{"code": "bag", "quantity": 1, "won": 1}],
    "winners": [{"entry": 77, "prize": "手袋", "who": "138****8000", "state": "won"}],
}
_ENTERED: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "draw": WHOLE,
        "entry": WHOLE,
        "nonce": TEXT,
        "answered": {"type": "boolean"},
        "prize": {"type": ["object", "null"]},
        "new": {"type": "boolean", "description": "False where this key had entered before."},
    },
}
_ENTERED_SHOWN: Final[dict[str, Any]] = {
    "draw": 3,
    "entry": 205,
    "nonce": "888",
    "answered": True,
    "prize": None,
    "new": True,
}
ENTRY: Final[dict[str, Any]] = {"customer": 1, "key": "till-7:20261121-31", "nonce": "888"}

LIST_DOC: Final = "The brand's draws, newest first. Needs the scope `programme:read`."
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "All draws",
            {"type": "object", "properties": {"draws": {"type": "array", "items": _DRAW}}},
            {"draws": [_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
SHOW_DOC: Final = "A draw: its terms, its hashes, how far it is. Needs the scope `programme:read`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The draw", _DRAW, _SHOWN), **problems(401, 403, 404, 429)}
}
RESULTS_DOC: Final = (
    "What was won, and the winners that are published, masked: of an instant draw those of prizes above "
    "¥500. Needs the scope `programme:read`."
)
RESULTS: Final[dict[str, Any]] = {
    "responses": {**answer("The results", _RESULTS, _RESULTS_SHOWN), **problems(401, 403, 404, 429)}
}
ENTER_DOC: Final = (
    "Enter a draw on behalf of a member, once under `key`: the same again answers what became of the first. "
    "`nonce` is a number of the member's own, mixed in. What is in the way (not open, an insider, the limit, "
    "not enough points) is a 409 with `reason`, and nothing is changed. Needs the scope `till:use`."
)
ENTER: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["customer", "key"],
                    "properties": {
                        "customer": WHOLE,
                        "key": {"type": "string", "minLength": 1, "maxLength": 50},
                        "nonce": {"type": "string", "maxLength": 32, "pattern": "^[0-9A-Za-z]*$"},
                    },
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": ENTRY}},
            }
        },
    },
    "responses": {
        **answer("The entry", _ENTERED, _ENTERED_SHOWN),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
