"""What the OpenAPI document says of tiers."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

PROGRAMME: Final[dict[str, Any]] = {
    "tiers": [
        {"code": "member", "name_zh": "会员", "name_en": "Member"},
        {
            "code": "gold",
            "name_zh": "金卡",
            "name_en": "Gold",
            "ways": [
                {"way": "spend", "at_least": 500_000, "window": {"days": 365}},
                {"way": "facts", "kinds": ["training.completed"], "at_least": 3, "window": "ever"},
            ],
        },
    ],
    "kept": {"years": 1},
    "downgrade": "reached",
}
_DEFINITION: Final[dict[str, Any]] = {"type": "object", "description": "See docs/guide/tiers.md."}
_MOMENT: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_SHARE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "code": TEXT,
        "customers": WHOLE,
        "customers_thousandths": {"type": ["integer", "null"], "description": "Of all customers."},
        "revenue_fen": WHOLE,
        "revenue_thousandths": {"type": ["integer", "null"], "description": "Of all revenue."},
    },
}
_FOUND: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "version": {**WHOLE, "description": "0: there is no programme yet."},
        "programme": {"type": ["object", "null"], "description": "See docs/guide/tiers.md."},
        "changed_at": _MOMENT,
        "tiers": {"type": "array", "items": _SHARE},
    },
}
_FOUND_SHOWN: Final = {
    "version": 1,
    "programme": PROGRAMME,
    "changed_at": "2026-11-21T12:15:00.000Z",
    "tiers": [
        {
            "code": "member",
            "customers": 9_700,
            "customers_thousandths": 970,
            "revenue_fen": 41_200_000,
            "revenue_thousandths": 618,
        },
        {
            "code": "gold",
            "customers": 300,
            "customers_thousandths": 30,
            "revenue_fen": 25_400_000,
            "revenue_thousandths": 381,
        },
    ],
}
_CUSTOMER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "customer": WHOLE,
        "tier": TEXT,
        "earned": {**TEXT, "description": "The tier without what was bought."},
        "since": _MOMENT,
        "held_until": {**_MOMENT, "description": "At the least; null: as long as it is reached."},
        "next": {"type": ["string", "null"]},
        "progress": {"type": "array", "items": {"type": "object"}, "description": "By each way to the next."},
        "memberships": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "plan": TEXT,
                    "from": _MOMENT,
                    "until": _MOMENT,
                    "renews": {"type": "boolean"},
                },
            },
        },
    },
}
_CUSTOMER_SHOWN: Final = {
    "customer": 7,
    "tier": "member",
    "earned": "member",
    "since": None,
    "held_until": None,
    "next": "gold",
    "progress": [
        {"way": "spend", "at_least": 500_000, "window": {"days": 365}, "has": 380_000, "left": 120_000}
    ],
    "memberships": [],
}
_CHANGE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "from": TEXT,
        "to": TEXT,
        "up": {"type": "boolean"},
        "why": TEXT,
        "version": WHOLE,
        "at": _MOMENT,
        "recorded_at": _MOMENT,
    },
}
_CHANGE_SHOWN: Final = {
    "from": "member",
    "to": "gold",
    "up": True,
    "why": "reached",
    "version": 1,
    "at": "2026-11-21T12:15:00.000Z",
    "recorded_at": "2026-11-21T12:15:00.123Z",
}


def _read(description: str, schema: dict[str, Any], example: Any, *statuses: int) -> dict[str, Any]:
    return {"responses": {**answer(description, schema, example), **problems(401, 403, *statuses, 429)}}


def _sent(properties: dict[str, Any], example: Any, answered: dict[int, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }
    examples = {"examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, **examples}}},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


SHOW_DOC: Final = (
    "The programme of tiers, with how many customers are in each and what revenue they ever brought. Needs "
    "the scope `programme:read`."
)
SHOW: Final = _read("The programme", _FOUND, _FOUND_SHOWN)
PUT_DOC: Final = (
    "Make the programme what is sent. `version` is the one that was read (0: there is none yet); where "
    "somebody changed it since, the answer is 409. It holds from the next touchpoint on; everybody stands "
    "anew once a job has run. Needs the scope `programme:write`."
)
PUT: Final = _sent(
    {"version": WHOLE, "programme": _DEFINITION},
    {"version": 0, "programme": PROGRAMME},
    answer("The programme as it is now", _FOUND, _FOUND_SHOWN),
)
CUSTOMER_DOC: Final = (
    "A customer's tier now, what the next takes, and paid memberships. Whoever charges renewals asks here "
    "whether one still `renews`. Needs the scope `programme:read`."
)
CUSTOMER: Final = _read("The customer's tier", _CUSTOMER, _CUSTOMER_SHOWN, 404)
HISTORY_DOC: Final = (
    "How a customer's tier changed and why, the newest first, at most 200. Needs the scope `programme:read`."
)
HISTORY: Final = _read(
    "The changes",
    {"type": "object", "properties": {"changes": {"type": "array", "items": _CHANGE}}},
    {"changes": [_CHANGE_SHOWN]},
    404,
)
CANCEL_DOC: Final = (
    "A paid membership does not renew any more; it lasts until its term ends. Cancelling again changes "
    "nothing. Needs the scope `programme:write`."
)
CANCEL: Final = _sent(
    {"plan": {**TEXT, "description": "The plan's code."}},
    {"plan": "plus"},
    answer("The customer's tier", _CUSTOMER, _CUSTOMER_SHOWN),
)
