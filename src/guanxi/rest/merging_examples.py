"""What the OpenAPI document says of merges, separations and reviews."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

MERGE_WANTED: Final[dict[str, Any]] = {"other": 2, "reason": "the same person in the shop", "dry_run": True}
UNMERGE_WANTED: Final[dict[str, Any]] = {"dry_run": True}
DECIDED: Final[dict[str, Any]] = {"verdict": "different", "reason": "father and son"}
_IDS: Final[dict[str, Any]] = {"type": "array", "items": WHOLE}
_MAYBE: Final[dict[str, Any]] = {"type": ["string", "null"]}
_REASON: Final[dict[str, Any]] = {"type": "string", "maxLength": 200}
_DRY: Final[dict[str, Any]] = {"type": "boolean", "default": False}
_SIDE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "subjects": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": WHOLE, "scheme": TEXT, "value": _MAYBE, "first_seen": TEXT},
            },
        },
        "orders": WHOLE,
        "revenue_fen": WHOLE,
    },
}
_PHONE: Final[dict[str, Any]] = {
    "subjects": [
        {"id": 1, "scheme": "phone", "value": "138****8000", "first_seen": "2026-11-21T12:15:00.000Z"}
    ],
    "orders": 3,
    "revenue_fen": 59700,
}
_MEMBER: Final[dict[str, Any]] = {
    "subjects": [{"id": 2, "scheme": "member", "value": "M-77", "first_seen": "2026-11-21T12:15:00.000Z"}],
    "orders": 1,
    "revenue_fen": 19900,
}


def _sent(
    required: list[str], properties: dict[str, Any], example: Any, schema: dict[str, Any], shown: Any
) -> dict[str, Any]:
    body = {"type": "object", "required": required, "properties": properties, "additionalProperties": False}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "examples": {"example": {"value": example}}}},
        },
        "responses": {
            **answer("What became of it, or would", schema, shown),
            **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
        },
    }


MERGE_DOC: Final = (
    "Make two customers one, also for facts to come: the one of the smaller id stays. With `dry_run` nothing "
    "is done, and the answer says what would be: what each side holds, and in `drawn_in` further customers "
    "whom nothing would keep apart any more. A separation later restores both. 409 where one of them was "
    "merged meanwhile. Needs the scope `customers:merge`."
)
MERGE: Final[dict[str, Any]] = _sent(
    ["other"],
    {"other": WHOLE, "reason": _REASON, "dry_run": _DRY},
    MERGE_WANTED,
    {
        "type": "object",
        "properties": {
            "done": {"type": "boolean"},
            "customer": {**WHOLE, "description": "The one that stays."},
            "merged": {**WHOLE, "description": "The one that becomes part of it."},
            "drawn_in": _IDS,
            "sides": {"type": "array", "items": _SIDE, "description": "Both as they were, by id."},
        },
    },
    {"done": False, "customer": 1, "merged": 2, "drawn_in": [], "sides": [_PHONE, _MEMBER]},
)
UNMERGE_DOC: Final = (
    "Take identities out of a customer: they become a customer of their own, also for facts to come. "
    "`subjects` are the ids that the answer to a `dry_run` names, with what each side holds. 409 where one "
    "of them is no longer the customer's. Needs the scope `customers:merge`."
)
UNMERGE: Final[dict[str, Any]] = _sent(
    [],
    {"subjects": {**_IDS, "maxItems": 1000}, "reason": _REASON, "dry_run": _DRY},
    UNMERGE_WANTED,
    {
        "type": "object",
        "properties": {
            "done": {"type": "boolean"},
            "customer": WHOLE,
            "others": {**_IDS, "description": "The customers that came out of it."},
            "stays": _SIDE,
            "leaves": _SIDE,
        },
    },
    {"done": True, "customer": 1, "others": [2], "stays": _PHONE, "leaves": _MEMBER},
)
_REVIEW: Final[dict[str, Any]] = {
    "id": WHOLE,
    "code": {**TEXT, "description": "The rule that keeps them apart, such as family_phone."},
    "state": {"type": "string", "enum": ["open", "merged", "kept_apart", "outdated"]},
    "customers": {**_IDS, "description": "Both; the same twice where they are one."},
    "subjects": _IDS,
    "created_at": TEXT,
    "decided_by": _MAYBE,
    "decided_at": _MAYBE,
}
_REVIEW_SHOWN: Final[dict[str, Any]] = {
    "id": 5,
    "code": "family_phone",
    "state": "open",
    "customers": [1, 2],
    "subjects": [1, 2],
    "created_at": "2026-11-21T12:15:00.000Z",
    "decided_by": None,
    "decided_at": None,
}
LIST_DOC: Final = (
    "Pairs that evidence ties and a rule keeps apart, oldest first, open ones unless another `state` is "
    "asked for. `next` is the cursor of the following page, null on the last. Needs the "
    "scope `customers:merge`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "A page",
            {
                "type": "object",
                "properties": {
                    "reviews": {"type": "array", "items": {"type": "object", "properties": _REVIEW}},
                    "next": _MAYBE,
                },
            },
            {"reviews": [_REVIEW_SHOWN], "next": None},
        ),
        **problems(400, 401, 403, 422, 429),
    }
}
SHOW_DOC: Final = "One pair, with what each customer holds. Needs the scope `customers:merge`."
SHOW: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The pair",
            {"type": "object", "properties": {**_REVIEW, "sides": {"type": "array", "items": _SIDE}}},
            {**_REVIEW_SHOWN, "sides": [_PHONE, _MEMBER]},
        ),
        **problems(401, 403, 404, 422, 429),
    }
}
DECIDE_DOC: Final = (
    "`same` merges the two, `different` keeps them apart for good. 409 where somebody answered first or "
    "newer evidence settled it. Needs the scope `customers:merge`."
)
DECIDE: Final[dict[str, Any]] = _sent(
    ["verdict"],
    {"verdict": {"type": "string", "enum": ["same", "different"]}, "reason": _REASON},
    DECIDED,
    {"type": "object", "properties": _REVIEW},
    {
        **_REVIEW_SHOWN,
        "state": "kept_apart",
        "decided_by": "key:3",
        "decided_at": "2026-11-21T12:16:00.000Z",
    },
)
