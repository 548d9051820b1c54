"""What the OpenAPI document says of states."""

from __future__ import annotations

from typing import Any, Final

from guanxi.economics.states.contracts import RULED, State
from guanxi.rest.examples import TEXT, WHOLE, answer, problems

RULES: Final[list[dict[str, Any]]] = [
    {
        "state": "churned",
        "condition": {"version": 1, "all": [{"leaf": "value.recency", "at_least_days": 365}]},
    },
    {"state": "loyal", "condition": {"version": 1, "all": [{"leaf": "value.frequency", "at_least": 3}]}},
    {"state": "active", "condition": {"version": 1, "all": [{"leaf": "value.frequency", "at_least": 1}]}},
]
CHOSEN: Final[dict[str, Any]] = {"version": 0, "rules": RULES}
_STATE: Final[dict[str, Any]] = {"type": "string", "enum": [state.value for state in State]}
_RULE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["state", "condition"],
    "properties": {
        "state": {"type": "string", "enum": [state.value for state in RULED]},
        "condition": {"type": "object", "description": "See docs/guide/conditions.md."},
    },
    "additionalProperties": False,
}
_RULES: Final[dict[str, Any]] = {
    "type": "array",
    "items": _RULE,
    "description": "In order: the first whose condition holds is the customer's state.",
}
_SHOWN: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "version": {**WHOLE, "description": "Of the rules; 0: nobody chose, the default."},
        "rules": {"type": "array", "items": {"type": "object"}},
        "states": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "state": _STATE,
                    "label_zh": TEXT,
                    "label_en": TEXT,
                    "customers": {"type": ["integer", "null"], "description": "null: not enough data."},
                    "note": {"type": ["string", "null"]},
                },
            },
        },
        "refreshed_ms": {"type": ["integer", "null"]},
        "history": {"type": "array", "items": {"type": "object"}},
    },
    "additionalProperties": True,
}
_EXAMPLE: Final[dict[str, Any]] = {
    "version": 1,
    "actor": "user:1",
    "chosen_ms": 1795263400000,
    "rules": [
        {
            **RULES[1],
            "sentence_zh": "有至少 3 笔已付款订单",
            "sentence_en": "has at least 3 paid orders",
        }
    ],
    "refreshed_ms": 1795263400000,
    "refreshed_version": 1,
    "states": [
        {
            "state": "loyal",
            "label_zh": "忠诚客户",
            "label_en": "Loyal customer",
            "customers": 812,
            "note": None,
        }
    ],
    "history": [{"version": 1, "actor": "user:1", "at_ms": 1795263400000}],
}
SHOW_DOC: Final = (
    "The rules by which each customer has a state, how many customers are in each as of the last refresh, "
    "and who chose rules before. A customer's own state is part of the customer; each change of it is a "
    "touchpoint of the kind `state.changed`. Needs the scope `reports:read`."
)
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("Rules and counts", _SHOWN, _EXAMPLE), **problems(401, 403, 429)}
}
SET_DOC: Final = (
    "Have other rules hold from now on; `version` is the one you have read, and 409 says that somebody chose "
    "others since. Every customer's state is then computed anew by the worker, and whoever changes by it is "
    "told as history (`relabelled`). The same rules again change nothing. Needs the scope `economics:write`."
)
_BODY: Final[dict[str, Any]] = {"type": "object", "additionalProperties": False}
SET: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    **_BODY,
                    "required": ["rules", "version"],
                    "properties": {"rules": _RULES, "version": WHOLE},
                },
                "examples": {"rules": {"value": CHOSEN}},
            }
        },
    },
    "responses": {
        **answer("Rules and counts", _SHOWN, _EXAMPLE),
        **problems(400, 401, 403, 409, 413, 415, 422, 429),
    },
}
PREVIEW_DOC: Final = (
    "How many customers other rules would put into each state, as of the warehouse's last sync, and how many "
    "would move from which state to which; nothing is changed. Needs the scope `reports:read`."
)
PREVIEW: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {**_BODY, "required": ["rules"], "properties": {"rules": _RULES}},
                "examples": {"rules": {"value": {"rules": RULES}}},
            }
        },
    },
    "responses": {
        **answer(
            "The counts",
            {
                "type": "object",
                "properties": {
                    "states": {"type": "array", "items": {"type": "object"}},
                    "changed": WHOLE,
                    "moves": {"type": "array", "items": {"type": "object"}},
                },
            },
            {
                "states": [{"state": "loyal", "now": 812, "then": 640}],
                "changed": 172,
                "moves": [{"from": "loyal", "to": "active", "customers": 172}],
            },
        ),
        **problems(400, 401, 403, 413, 415, 422, 429),
    },
}
