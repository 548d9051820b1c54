"""What the OpenAPI document says of templates, channels and limits."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems
from guanxi.rest.message_examples import sent

TEMPLATE: Final[dict[str, Any]] = {
    "purpose": "service",
    "priority": "service",
    "fallback": "zh-hans",
    "texts": {
        "zh-hans": {"subject": "积分到账", "text": "{{customer_name}}，您有 {{points}}。"},
        "en": {"subject": "Your points", "text": "{{customer_name}}, you have {{points}}."},
    },
    "variables": [{"name": "points", "type": "points", "example": 120}],
}
_AT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_PARTS: Final[dict[str, Any]] = {
    "label": {**TEXT, "maxLength": 120},
    "purpose": TEXT,
    "priority": {"type": "string", "enum": ["urgent", "service", "marketing"]},
    "fallback": {"type": "string", "enum": ["zh-hans", "en"]},
    "texts": {
        "type": "object",
        "description": "By language.",
        "additionalProperties": {
            "type": "object",
            "required": ["text"],
            "properties": dict.fromkeys(("text", "subject", "html"), TEXT),
        },
    },
    "variables": {
        "type": "array",
        "maxItems": 30,
        "items": {
            "type": "object",
            "required": ["name", "type", "example"],
            "properties": {"name": TEXT, "type": TEXT, "example": {}},
        },
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "version": 1,
    "channel": "inbox",
    "name": "points",
    "label": "",
    **TEMPLATE,
    "by": "key:3",
    "at": "2026-11-21T12:15:00.000Z",
}
_DETAIL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"version": WHOLE, "channel": TEXT, "name": TEXT, **_PARTS, "by": TEXT, "at": _AT},
}
LIST_DOC: Final = "Templates by channel and name. Needs the scope `messages:read`."
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The newest version of each",
            {"type": "object", "properties": {"templates": {"type": "array", "items": {"type": "object"}}}},
            {
                "templates": [
                    {
                        "channel": "inbox",
                        "name": "points",
                        "label": "",
                        "version": 1,
                        "purpose": "service",
                        "priority": "service",
                        "languages": ["zh-hans", "en"],
                        "changed_at": "2026-11-21T12:15:00.000Z",
                    }
                ]
            },
        ),
        **problems(401, 403, 422, 429),
    }
}
SHOW_DOC: Final = "A version of a template, by default the newest. Needs the scope `messages:read`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The template", _DETAIL, _SHOWN), **problems(401, 403, 404, 422, 429)}
}
SAVE_DOC: Final = (
    "Save the next version of a template. `version` is the one that you have read, 0 for a new template: "
    "where somebody saved since, the answer is 409. Versions never change. Needs the scope "
    "`messages:define`."
)
SAVE: Final = sent(
    {
        "type": "object",
        "required": ["version", "purpose", "priority", "texts"],
        "properties": {"version": WHOLE, **_PARTS},
        "additionalProperties": False,
    },
    {"points": {"version": 0, **TEMPLATE}},
    answer("The template", _DETAIL, _SHOWN),
    409,
)
PREVIEW_DOC: Final = (
    "What a draft says in each of its languages, with its examples or other `values`; without `texts`, "
    "what a saved template says. Nothing is kept. Needs the scope `messages:read`."
)
PREVIEW: Final = sent(
    {
        "type": "object",
        "required": ["channel", "name"],
        "properties": {
            "channel": TEXT,
            "name": TEXT,
            "version": WHOLE,
            **_PARTS,
            "values": {"type": "object"},
        },
        "additionalProperties": False,
    },
    {"draft": {"channel": "inbox", "name": "points", **TEMPLATE, "values": {"points": 5}}},
    answer(
        "By language",
        {"type": "object", "properties": {"languages": {"type": "object"}}},
        {
            "languages": {
                "en": {
                    "language": "en",
                    "text": "customer, you have 5 points.",
                    "subject": "Your points",
                    "html": "",
                }
            }
        },
    ),
    404,
)
CHANNELS_DOC: Final = (
    "The channels there are, whether each is set up, and when one that is down is tried again. Needs the "
    "scope `messages:read`."
)
CHANNELS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "All channels",
            {"type": "object", "properties": {"channels": {"type": "array", "items": {"type": "object"}}}},
            {
                "channels": [
                    {
                        "name": "email",
                        "label": "Email",
                        "ready": True,
                        "paused_until": None,
                        "code": None,
                        "waiting": 0,
                        "address": "email",
                        "consent": "email",
                        "cost_fen": 0,
                    }
                ]
            },
        ),
        **problems(401, 403, 429),
    }
}
_CAPS: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["days", "most"],
        "properties": {
            "channel": {**TEXT, "description": "All channels together without."},
            "days": {"type": "integer", "enum": [1, 7, 30]},
            "most": {**WHOLE, "minimum": 0, "maximum": 1000},
        },
        "additionalProperties": False,
    },
}
_LIMITS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "caps": _CAPS,
        "hours": {"type": "object", "description": "Local, until before the last."},
    },
}
_LIMITS_SHOWN: Final[dict[str, Any]] = {
    "caps": [{"channel": "email", "days": 7, "most": 2}],
    "hours": {"from_hour": 8, "until_hour": 21, "timezone": "Asia/Shanghai"},
}
LIMITS_DOC: Final = (
    "How many advertising messages a customer gets, and the hours of messages. Needs the scope "
    "`messages:read`."
)
LIMITS: Final[dict[str, Any]] = {
    "responses": {**answer("The limits", _LIMITS, _LIMITS_SHOWN), **problems(401, 403, 429)}
}
SET_LIMITS_DOC: Final = (
    "These are the caps from now on. With `before`, the caps that you have read, the answer is 409 where "
    "somebody changed them since. Hours are a setting of the brand. Needs the scope `messages:define`."
)
SET_LIMITS: Final = sent(
    {
        "type": "object",
        "required": ["caps"],
        "properties": {"caps": _CAPS, "before": _CAPS},
        "additionalProperties": False,
    },
    {"weekly": {"caps": [{"channel": "email", "days": 7, "most": 2}]}},
    answer("The limits", _LIMITS, _LIMITS_SHOWN),
    409,
)
