"""What the OpenAPI document says of tills."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

_NEEDS: Final = " Needs the scope `till:use`."
_VISIT: Final = "MTox…:Ab3"
READ_WANTED: Final[dict[str, Any]] = {"code": "4821 0395 7716 2058 31", "key": "till-3-000417"}
BUY_WANTED: Final[dict[str, Any]] = {"visit": _VISIT, "order": "HZ1-20261121-0042", "amount_fen": 12_800}
PAY_WANTED: Final[dict[str, Any]] = {
    "visit": _VISIT,
    "order": "HZ1-20261121-0042",
    "asset": "points",
    "units": 10,
    "key": "till-3-000418",
}
_KEY: Final[dict[str, Any]] = {
    "type": "string",
    "maxLength": 40,
    "description": "The same again is the same request; or the header Idempotency-Key.",
}
_BALANCES: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"asset": TEXT, "spendable": WHOLE, "coming": WHOLE, "owed": WHOLE},
    },
}
_HAS: Final[dict[str, Any]] = {"asset": "points", "spendable": 168, "coming": 0, "owed": 0}
_WORD: Final[dict[str, Any]] = {"type": ["string", "null"]}


def _body(example: dict[str, Any], needed: list[str], **properties: Any) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": False,
    }
    content = {"application/json": {"schema": schema, "examples": {"one": {"value": example}}}}
    return {"required": True, "content": content}


READ_DOC: Final = (
    "Who stands at the till: by the code that the card shows (18 digits, counts once within its half minute),"
    " by the card's number (12 digits), or by a phone. A phone may be of several. `visit` goes along for a"
    " quarter of an hour. It is in the audit log." + _NEEDS
)
READ: Final[dict[str, Any]] = {
    "requestBody": _body(READ_WANTED, ["code"], code={"type": "string", "maxLength": 60}, key=_KEY),
    "responses": {
        **answer(
            "The member, or those who share the phone; masked",
            {
                "type": "object",
                "properties": {
                    "members": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "visit": TEXT,
                                "ends_at": {"type": "string", "format": "date-time"},
                                "found_by": {"type": "string", "enum": ["code", "number", "phone"]},
                                "customer": WHOLE,
                                "number": TEXT,
                                "name": _WORD,
                                "phone": _WORD,
                                "balances": _BALANCES,
                            },
                        },
                    }
                },
            },
            {
                "members": [
                    {
                        "visit": _VISIT,
                        "ends_at": "2026-11-21T12:31:40.000Z",
                        "found_by": "code",
                        "customer": 7,
                        "number": "482103957716",
                        "name": "李*",
                        "phone": "138****8000",
                        "balances": [_HAS],
                    }
                ]
            },
        ),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
BUY_DOC: Final = (
    "The member paid for an order in a store: the fact `order.paid` of the source `till` and the channel"
    " `store`, once under the order's number. `gained` is what it brought at once, by asset." + _NEEDS
)
BUY: Final[dict[str, Any]] = {
    "requestBody": _body(
        BUY_WANTED,
        ["visit", "order", "amount_fen"],
        visit=TEXT,
        order={"type": "string", "maxLength": 60},
        amount_fen=WHOLE,
        store={"type": "string", "maxLength": 60},
        associate={"type": "string", "maxLength": 60},
    ),
    "responses": {
        **answer(
            "Recorded, or recorded before",
            {
                "type": "object",
                "properties": {
                    "state": {"type": "string", "enum": ["recorded", "exists"]},
                    "gained": {"type": "object", "additionalProperties": WHOLE},
                    "balances": _BALANCES,
                },
            },
            {"state": "recorded", "gained": {"points": 128}, "balances": [_HAS]},
        ),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
PAY_DOC: Final = (
    "Take units for an order, once under a key. The member must have been read by the card's code: a phone or"
    " a number alone spends nothing (403 `code_needed`). Refunds of the order give them back." + _NEEDS
)
PAY: Final[dict[str, Any]] = {
    "requestBody": _body(
        PAY_WANTED,
        ["visit", "order", "asset", "units"],
        visit=TEXT,
        order={"type": "string", "maxLength": 60},
        asset={"type": "string", "maxLength": 60},
        units=WHOLE,
        key=_KEY,
    ),
    "responses": {
        **answer(
            "Taken, or taken before",
            {
                "type": "object",
                "properties": {
                    "state": {"type": "string", "enum": ["posted", "exists"]},
                    "posting": WHOLE,
                    "balances": _BALANCES,
                },
            },
            {"state": "posted", "posting": 12, "balances": [{**_HAS, "spendable": 158}]},
        ),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
