"""What the OpenAPI document says of messages."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

MESSAGE: Final[dict[str, Any]] = {
    "key": "receipt:E20261121-0001",
    "customer": 42,
    "channel": "inbox",
    "template": "points",
    "variables": {"points": 120},
}
_AT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_MAYBE: Final[dict[str, Any]] = {"type": ["string", "null"]}
_WANTED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["customer", "channel", "template"],
    "properties": {
        "key": {**TEXT, "maxLength": 120, "description": "Once in the brand; or the header Idempotency-Key."},
        "customer": WHOLE,
        "channel": TEXT,
        "template": TEXT,
        "variables": {"type": "object", "description": "See docs/guide/messaging.md. Nothing personal."},
        "language": {"type": "string", "enum": ["zh-hans", "en"]},
        "version": {**WHOLE, "description": "The newest without."},
        "campaign": {**TEXT, "maxLength": 60},
        "not_before": MOMENT,
        "expires_at": MOMENT,
    },
    "additionalProperties": False,
}
_BECAME: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "key": TEXT,
        "outcome": {"type": "string", "enum": ["queued", "exists", "refused"]},
        "id": {"type": ["integer", "null"]},
        "code": TEXT,
        "detail": TEXT,
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "id": 7,
    "key": "receipt:E20261121-0001",
    "customer": 42,
    "channel": "inbox",
    "template": "points",
    "version": 1,
    "variables": {"points": 120},
    "language": None,
    "purpose": "service",
    "priority": "service",
    "campaign": None,
    "state": "delivered",
    "code": None,
    "attempts": 1,
    "provider_id": None,
    "not_before": None,
    "expires_at": None,
    "due_at": None,
    "queued_at": "2026-11-21T12:15:00.000Z",
    "changed_at": "2026-11-21T12:15:01.000Z",
}
_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("key", "channel", "template", "purpose", "priority", "state"), TEXT),
        **dict.fromkeys(("id", "version", "attempts"), WHOLE),
        "customer": {"type": ["integer", "null"], "description": "Null where the person is gone."},
        "variables": {"type": "object"},
        **dict.fromkeys(("language", "campaign", "code", "provider_id"), _MAYBE),
        **dict.fromkeys(("not_before", "expires_at", "due_at"), _MAYBE),
        **dict.fromkeys(("queued_at", "changed_at"), _AT),
    },
}
_DETAIL: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        **_ROW["properties"],
        "history": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"state": TEXT, "code": TEXT, "detail": TEXT, "at": _AT},
            },
        },
    },
}
_DETAIL_SHOWN: Final = {
    **_SHOWN,
    "history": [{"state": "queued", "code": "", "detail": "", "at": "2026-11-21T12:15:00.000Z"}],
}


def sent(
    schema: dict[str, Any], examples: dict[str, Any], answered: dict[int, Any], *more: int
) -> dict[str, Any]:
    """What is sent, with examples by name, and what is answered."""
    body = {"schema": schema, "examples": {name: {"value": one} for name, one in examples.items()}}
    refused = problems(400, 401, 403, *more, 413, 415, 422, 429)
    return {
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {**answered, **refused},
    }


QUEUE_DOC: Final = (
    "Write messages into the outbox: one, under the header `Idempotency-Key` or its own `key`, or up to "
    "1,000 as `messages`, each with its key. They are sent once this has answered; whether each may be "
    "sent is asked then (consent, hours, caps). The same message again answers `exists`. One that cannot "
    "be said is refused with a code: alone it is a problem, among others they are queued. Needs the scope"
    " `messages:send`."
)
QUEUE: Final = sent(
    {
        "oneOf": [
            _WANTED,
            {
                "type": "object",
                "required": ["messages"],
                "properties": {"messages": {"type": "array", "items": _WANTED, "maxItems": 1000}},
                "additionalProperties": False,
            },
        ]
    },
    {"one": MESSAGE},
    answer("What became of it; of several, `messages`", _BECAME, {"key": "k", "outcome": "queued", "id": 7}),
    409,
)
LIST_DOC: Final = (
    "Messages, newest first. Addresses and texts are kept nowhere, so there are none. Needs the scope "
    "`messages:read`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "A page",
            {"type": "object", "properties": {"messages": {"type": "array", "items": _ROW}, "next": _MAYBE}},
            {"messages": [_SHOWN], "next": None},
        ),
        **problems(400, 401, 403, 422, 429),
    }
}
SHOW_DOC: Final = (
    "A message and each change of its state, with a code where there is a reason. Needs the scope "
    "`messages:read`."
)
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The message", _DETAIL, _DETAIL_SHOWN), **problems(401, 403, 404, 429)}
}
CANCEL_DOC: Final = (
    "Do not send a message that has not left; 409 where it has, or has ended. Needs the scope "
    "`messages:send`."
)
CANCEL: Final[dict[str, Any]] = {
    "responses": {**answer("The message", _DETAIL, _DETAIL_SHOWN), **problems(401, 403, 404, 409, 429)}
}
RECEIPTS_DOC: Final = (
    "For providers: what became of messages, by the provider's own ids. The same again, and what comes "
    "too late, changes nothing and is counted. Needs the scope `messages:receipts`, which allows nothing "
    "else."
)
RECEIPTS: Final = sent(
    {
        "type": "object",
        "required": ["channel", "receipts"],
        "properties": {
            "channel": TEXT,
            "receipts": {
                "type": "array",
                "maxItems": 1000,
                "items": {
                    "type": "object",
                    "required": ["provider_id", "state"],
                    "properties": {
                        "provider_id": TEXT,
                        "state": {"type": "string", "enum": ["sent", "delivered", "failed"]},
                        "at": MOMENT,
                        "code": TEXT,
                    },
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    },
    {"delivered": {"channel": "email", "receipts": [{"provider_id": "p7", "state": "delivered"}]}},
    answer(
        "How many changed something, came late, or are of no message",
        {"type": "object", "properties": dict.fromkeys(("changed", "late", "unknown"), WHOLE)},
        {"changed": 1, "late": 0, "unknown": 0},
    ),
)
LINK_DOC: Final = (
    "A signed link to the customer's inbox, for 1 to 365 days; it is in the audit log. Links to their "
    "preference centre end with it. Needs the scope `messages:send`."
)
LINK: Final = sent(
    {"type": "object", "properties": {"days": WHOLE}, "additionalProperties": False},
    {"month": {"days": 30}},
    answer(
        "The link's path on this host",
        {"type": "object", "properties": {"path": TEXT, "expires_at": _AT}},
        {"path": "/i/AgAAAAAAAAAJ", "expires_at": "2026-12-21T12:15:00.000Z"},
    ),
    404,
)
