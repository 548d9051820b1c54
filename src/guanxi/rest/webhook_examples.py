"""What the OpenAPI document says of webhooks."""

from __future__ import annotations

from typing import Any, Final

from guanxi.platform.webhooks.contracts import DeliveryState, Failure, Stopped
from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

WEBHOOK: Final[dict[str, Any]] = {
    "name": "ERP",
    "url": "https://erp.example.com/guanxi",
    "events": ["order.*", "customer.merged"],
}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_MAYBE_TIME: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_STATES: Final = [state.value for state in DeliveryState]
_FIELDS: Final[dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 80},
    "url": {"type": "string", "maxLength": 500, "description": "https, public, without user name."},
    "events": {
        "type": "array",
        "items": TEXT,
        "maxItems": 50,
        "description": "Kinds of events, beginnings such as `order.*`, or `*`. See docs/guide/webhooks.md.",
    },
    "history": {**_FLAG, "default": False, "description": "Also facts recorded as history (`backfill`)."},
    "batch_most": {
        "type": "integer",
        "minimum": 1,
        "maximum": 500,
        "default": 100,
        "description": "Events in one request, at most.",
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        **_FIELDS,
        "active": _FLAG,
        "stopped": {
            "type": ["string", "null"],
            "enum": [*(reason.value for reason in Stopped), None],
            "description": "Why nothing is sent.",
        },
        "version": WHOLE,
        "failures": {**WHOLE, "description": "In a row, since the last success."},
        "waiting": {**WHOLE, "description": "Deliveries that are not yet taken."},
        "last_day": {"type": "object", "description": "Deliveries made in the last 24 hours, by state."},
        "delivered_at": _MAYBE_TIME,
        "created_at": {"type": "string", "format": "date-time"},
    },
    "additionalProperties": True,
}
_EXAMPLE: Final[dict[str, Any]] = {
    "id": 2,
    **WEBHOOK,
    "history": False,
    "batch_most": 100,
    "active": True,
    "stopped": None,
    "version": 1,
    "failures": 0,
    "waiting": 0,
    "last_day": {"delivered": 812},
    "delivered_at": "2026-11-21T12:15:00.000Z",
    "created_at": "2026-11-01T02:00:00.000Z",
}
_SECRET: Final = {"secret": "whsec_…"}
_DELIVERY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "message": {**TEXT, "description": "The header `webhook-id`, the same at every attempt."},
        "kinds": {"type": "array", "items": TEXT},
        "events": {**WHOLE, "description": "How many events it carries."},
        "state": {"type": "string", "enum": _STATES},
        "attempts": WHOLE,
        "replays": WHOLE,
        "status": {"type": ["integer", "null"], "description": "Of the last attempt's answer."},
        "error": {"type": ["string", "null"], "enum": [*(one.value for one in Failure), None]},
        "duration_ms": WHOLE,
        "created_at": {"type": "string", "format": "date-time"},
        "sent_at": _MAYBE_TIME,
        "next_at": _MAYBE_TIME,
    },
    "additionalProperties": True,
}
_DELIVERED: Final[dict[str, Any]] = {
    "id": 4711,
    "message": "msg_5TkqfJ1mWqkV0hXz2c7Tn3aB",
    "kinds": ["order.paid"],
    "events": 2,
    "state": "delivered",
    "attempts": 1,
    "replays": 0,
    "status": 200,
    "error": None,
    "duration_ms": 84,
    "created_at": "2026-11-21T12:15:00.000Z",
    "sent_at": "2026-11-21T12:15:00.300Z",
    "next_at": None,
}
_EVENT: Final[dict[str, Any]] = {
    "id": "touchpoint:99120",
    "kind": "order.paid",
    "occurred_at": "2026-11-21T12:14:58.000Z",
    "recorded_at": "2026-11-21T12:15:00.000Z",
    "customer": 812,
    "data": {
        "touchpoint": 99120,
        "source": "erp",
        "source_ref": "E20261121-0001",
        "channel": "store",
        "amount_fen": 19900,
        "quantity": 1,
        "payload": {"order": "E20261121-0001"},
    },
}
_NEEDS: Final = "Needs the scope `webhooks:manage`."


def _sent(properties: dict[str, Any], needed: list[str], example: Any, answered: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": needed, "properties": properties, "additionalProperties": False}
    content = {"application/json": {"schema": schema, "examples": {"example": {"value": example}}}}
    return {
        "requestBody": {"required": True, "content": content},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


def _answered(description: str, schema: dict[str, Any], example: Any, *more: int) -> dict[str, Any]:
    return {"responses": {**answer(description, schema, example), **problems(401, 403, *more, 422, 429)}}


def _holding(name: str, what: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: what}, "additionalProperties": True}


_ONE: Final = answer("The webhook", _SHOWN, _EXAMPLE)
_WITH_SECRET: Final = answer("The webhook, with its secret", _SHOWN, {**_EXAMPLE, **_SECRET})
LIST_DOC: Final = f"The brand's webhooks, by name, with how they do. {_NEEDS}"
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer("All webhooks", _holding("webhooks", {"type": "array"}), {"webhooks": [_EXAMPLE]}),
        **problems(401, 403, 429),
    }
}
CREATE_DOC: Final = (
    "Have an address told what happens from now on. `secret` is in this answer and never again; with it the "
    f"receiver checks the signature (docs/guide/webhooks.md). {_NEEDS}"
)
CREATE: Final = _sent(_FIELDS, ["name", "url", "events"], WEBHOOK, _WITH_SECRET)
SHOW_DOC: Final = f"A webhook and how it does. {_NEEDS}"
SHOW: Final = _answered("The webhook", _SHOWN, _EXAMPLE, 404)
CHANGE_DOC: Final = (
    "Change a webhook; fields left out stay. `version` is the one that was read: 409 says that somebody "
    "changed it since. `active: false` pauses it, what happens meanwhile waits; `active: true` resumes it, "
    f"with `skip` without what has waited. {_NEEDS}"
)
CHANGE: Final = _sent(
    {"version": WHOLE, **_FIELDS, "active": _FLAG, "skip": _FLAG},
    ["version"],
    {"version": 1, "events": ["order.*"], "active": True},
    _ONE,
)
REMOVE_DOC: Final = f"Forget a webhook with its deliveries, sent or not. {_NEEDS}"
REMOVE: Final = _answered("It is removed", _holding("removed", _FLAG), {"id": 2, "removed": True}, 404)
ROTATE_DOC: Final = (
    f"A new secret, in this answer and never again. For a day requests are signed with both. {_NEEDS}"
)
ROTATE: Final[dict[str, Any]] = {"responses": {**_WITH_SECRET, **problems(401, 403, 404, 422, 429)}}
TEST_DOC: Final = f"Send an event of the kind `webhook.test`; 409 where the webhook is stopped. {_NEEDS}"
TEST: Final = _answered("Its delivery's id", _holding("delivery", WHOLE), {"delivery": 4712}, 404, 409)
REPLAY_MANY_DOC: Final = (
    "Send deliveries again, with the same ids: those made at `since` or later, those that `failed`, or those "
    f"that are both. Deliveries that wait already are left. {_NEEDS}"
)
REPLAY_MANY: Final = _sent(
    {"since": MOMENT, "failed": _FLAG},
    [],
    {"since": "2026-11-21T00:00:00+08:00", "failed": True},
    answer("How many", _holding("deliveries", WHOLE), {"deliveries": 12}),
)
DELIVERIES_DOC: Final = (
    f"A webhook's deliveries, newest first: ask again with `next` as `cursor` until it is null. {_NEEDS}"
)
DELIVERIES: Final = _answered(
    "A page of deliveries",
    _holding("deliveries", {"type": "array", "items": _DELIVERY}),
    {"deliveries": [_DELIVERED], "next": None},
    404,
)
DELIVERY_DOC: Final = (
    "A delivery with the body that is sent and the beginning of the receiver's answer. Deliveries are "
    f"forgotten after some days. {_NEEDS}"
)
DELIVERY: Final = _answered(
    "The delivery",
    _DELIVERY,
    {
        **_DELIVERED,
        "response": "ok",
        "body": {"id": _DELIVERED["message"], "brand": "lanhua", "events": [_EVENT]},
    },
    404,
)
REPLAY_DOC: Final = f"Send a delivery again, with the same id; 409 while it is on its way. {_NEEDS}"
REPLAY: Final = _answered("The delivery", _DELIVERY, {**_DELIVERED, "state": "queued"}, 404, 409)
