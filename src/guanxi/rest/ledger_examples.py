"""What the OpenAPI document says of the ledger."""

from __future__ import annotations

from typing import Any, Final

from guanxi.loyalty.ledger.contracts import Kind, Place
from guanxi.loyalty.ledger.words import ASSET_KINDS
from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

_READS: Final = " Needs the scope `ledger:read`."
_WRITES: Final = " Needs the scope `ledger:write`."
_MAYBE: Final[dict[str, Any]] = {"type": ["integer", "null"]}
_WORD: Final[dict[str, Any]] = {"type": ["string", "null"]}
_AT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_AT_OR_NOT: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_PLACE: Final[dict[str, Any]] = {"type": "string", "enum": [str(one) for one in Place]}
_KIND: Final[dict[str, Any]] = {"type": "string", "enum": [one.name.lower() for one in Kind]}
_NUMBERS: Final = (
    *("issued", "held", "owed", "spent", "expired", "given", "coming", "set_aside", "stock", "budget"),
    "wallets",
)


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


ASSET_WANTED: Final[dict[str, Any]] = {
    "code": "points",
    "kind": "points",
    "name": "积分",
    "name_en": "Points",
    "unit_price_fen": 1,
    "lasts_days": 365,
}
_ASSET_SHOWN: Final = {
    **ASSET_WANTED,
    "most_by_hand": 10_000,
    "totals": {**dict.fromkeys(_NUMBERS, 0), "issued": 300, "held": 50, "spent": 250, "wallets": 1},
}
_ASSET: Final = _object(
    code=TEXT,
    kind={"type": "string", "enum": list(ASSET_KINDS)},
    name=TEXT,
    name_en=TEXT,
    unit_price_fen={**_MAYBE, "description": "What one unit costs the brand; null: not known."},
    lasts_days={**_MAYBE, "description": "Of units given by hand; null: for ever."},
    most_by_hand={**WHOLE, "description": "Units of one adjustment by hand."},
    totals={**_object(**dict.fromkeys(_NUMBERS, WHOLE)), "description": "Units; docs/guide/ledger.md."},
)
ASSETS_DOC: Final = "What the brand counts, each with where its units are." + _READS
ASSETS: Final[dict[str, Any]] = {
    "responses": {
        **answer("Assets", _object(assets=_list(_ASSET)), {"assets": [_ASSET_SHOWN]}),
        **problems(401, 403, 429),
    }
}
CREATE_DOC: Final = "Make an asset. Its code and kind stay; a code that is taken answers 409." + _WRITES
CREATE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    **_object(
                        code={"type": "string", "maxLength": 60},
                        kind={"type": "string", "enum": list(ASSET_KINDS)},
                        name={"type": "string", "maxLength": 120},
                        name_en={"type": "string", "maxLength": 120},
                        unit_price_fen=WHOLE,
                        lasts_days=WHOLE,
                        most_by_hand=WHOLE,
                    ),
                    "required": ["code", "kind"],
                    "additionalProperties": False,
                },
                "examples": {"points": {"value": {**ASSET_WANTED, "code": "petals"}}},
            }
        },
    },
    "responses": {
        **answer("The asset", _ASSET, _ASSET_SHOWN),
        **problems(400, 401, 403, 409, 413, 415, 422, 429),
    },
}
_ACCOUNT_SHOWN: Final[dict[str, Any]] = {
    "id": 12,
    "asset": "points",
    "place": "wallet",
    "name": None,
    "customer": 7,
    "balance": 50,
    "held": 10,
    "coming": 0,
}
_ACCOUNT_ROW: Final[dict[str, Any]] = {
    "id": WHOLE,
    "asset": TEXT,
    "place": _PLACE,
    "name": _WORD,
    "customer": {**_MAYBE, "description": "Null: the brand's own, or nobody any more."},
    "balance": {**WHOLE, "description": "Below zero where units were issued or are owed."},
    "held": {**_MAYBE, "description": "Announced to leave; null where none is kept."},
    "coming": {**_MAYBE, "description": "Announced to arrive."},
}
_NEXT: Final[dict[str, Any]] = {**_WORD, "description": "The cursor of the next page; null on the last."}
ACCOUNTS_DOC: Final = "The accounts of an asset by id, a page at a time." + _READS
ACCOUNTS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Accounts",
            _object(accounts=_list(_object(**_ACCOUNT_ROW)), next=_NEXT),
            {"accounts": [_ACCOUNT_SHOWN], "next": None},
        ),
        **problems(400, 401, 403, 404, 422, 429),
    }
}
ACCOUNT_DOC: Final = (
    "One account; of a wallet with the lots that have units left, in the order in which they are spent."
    + _READS
)
_LOT: Final = _object(move=WHOLE, posting=WHOLE, units=WHOLE, left=WHOLE, expires_at=_AT_OR_NOT)
ACCOUNT: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The account",
            _object(**_ACCOUNT_ROW, lots=_list(_LOT)),
            {
                **_ACCOUNT_SHOWN,
                "lots": [
                    {
                        "move": 40,
                        "posting": 31,
                        "units": 300,
                        "left": 50,
                        "expires_at": "2027-12-31T16:00:00.000Z",
                    }
                ],
            },
        ),
        **problems(401, 403, 404, 429),
    }
}
_SIDE: Final[dict[str, Any]] = {"account": WHOLE, "place": _PLACE, "name": _WORD}
STATEMENT_DOC: Final = (
    "The entries of an account, the newest first, with the balance after each. `from` and `until` choose by "
    "when they were entered: `opening` is the balance before the first of the period, `closing` after its "
    "last, `total` how many there are." + _READS
)
_ENTRY_SHOWN: Final[dict[str, Any]] = {
    "move": 40,
    "posting": 31,
    "kind": "direct",
    "units": 300,
    "balance": 300,
    "other": {"account": 1, "place": "issued", "name": None},
    "reason": "order.earned",
    "rule": "12:3",
    "touchpoint": 5120,
    "key": "rule:12:5120:1",
    "actor": "system",
    "occurred_at": "2026-11-21T12:15:00.000Z",
    "recorded_at": "2026-11-21T12:15:01.000Z",
}
_ENTRY: Final = _object(
    move=WHOLE,
    posting=WHOLE,
    kind=_KIND,
    units={**WHOLE, "description": "Above zero: came; below: went."},
    balance=WHOLE,
    other=_object(**_SIDE),
    reason=TEXT,
    rule={**_WORD, "description": "The rule and its version."},
    touchpoint={**_MAYBE, "description": "The fact behind it."},
    key=TEXT,
    actor=TEXT,
    occurred_at=_AT,
    recorded_at=_AT,
)
STATEMENT: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The statement",
            _object(
                account=_object(**_ACCOUNT_ROW),
                opening=WHOLE,
                closing=WHOLE,
                total=WHOLE,
                entries=_list(_ENTRY),
                next=_NEXT,
            ),
            {
                "account": {**_ACCOUNT_SHOWN, "balance": 300, "held": 0},
                "opening": 0,
                "closing": 300,
                "total": 1,
                "entries": [_ENTRY_SHOWN],
                "next": None,
            },
        ),
        **problems(400, 401, 403, 404, 422, 429),
    }
}
_RELATED: Final = _object(move=WHOLE, posting=WHOLE, kind=_KIND, units=WHOLE, recorded_at=_AT)
_MOVE: Final = _object(
    id=WHOLE,
    kind=_KIND,
    asset=TEXT,
    **{"from": _object(**_SIDE, customer=_MAYBE), "to": _object(**_SIDE, customer=_MAYBE)},
    units=WHOLE,
    open={"type": "boolean", "description": "Announced, and neither posted nor let go."},
    until=_AT_OR_NOT,
    resolves={**_MAYBE, "description": "The pending move that it ends."},
    origin={**_MAYBE, "description": "The move whose units these are."},
    lots=_list(_object(move=WHOLE, posting=WHOLE, units=WHOLE)),
    history={**_list(_RELATED), "description": "Moves of the same units: how it ended, what came back."},
)
_POSTING: Final[dict[str, Any]] = {
    "id": 31,
    "key": "api:till-7:4711",
    "digest": "0f343b0931126a20f133d67c2b018a3b",
    "reason": "order.earned",
    "note": None,
    "rule": None,
    "touchpoint": None,
    "actor": "key:2",
    "occurred_at": "2026-11-21T12:15:00.000Z",
    "recorded_at": "2026-11-21T12:15:01.000Z",
    "total": 1,
    "moves": [
        {
            "id": 40,
            "kind": "direct",
            "asset": "points",
            "from": {"account": 1, "place": "issued", "name": None, "customer": None},
            "to": {"account": 12, "place": "wallet", "name": None, "customer": 7},
            "units": 300,
            "open": False,
            "until": None,
            "resolves": None,
            "origin": None,
            "lots": [],
            "history": [],
        }
    ],
}
POSTING_DOC: Final = (
    "All that happened together: its moves (the first 200 of `total`), the lots that each used, and the "
    "moves that each goes with." + _READS
)
POSTING: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The posting",
            _object(
                id=WHOLE,
                key=TEXT,
                digest={**TEXT, "description": "Of all that was asked."},
                reason=TEXT,
                note={**_WORD, "description": "What somebody wrote who posted by hand."},
                rule=_WORD,
                touchpoint=_MAYBE,
                actor=TEXT,
                occurred_at=_AT,
                recorded_at=_AT,
                total=WHOLE,
                moves=_list(_MOVE),
            ),
            _POSTING,
        ),
        **problems(401, 403, 404, 429),
    }
}
BALANCES_DOC: Final = (
    "What a customer has of each asset, over all identities that are this customer today. `spendable` is "
    "`posted` less what is `held` and `owed`; `coming` is announced." + _READS
)
_BALANCE_NUMBERS: Final = ("spendable", "posted", "held", "coming", "owed")
BALANCES: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Balances",
            _object(
                customer=WHOLE,
                balances=_list(
                    _object(
                        asset=TEXT,
                        **dict.fromkeys(_BALANCE_NUMBERS, WHOLE),
                        next_expiry={**_object(at=_AT, units=WHOLE), "type": ["object", "null"]},
                        accounts=_list(WHOLE),
                    )
                ),
            ),
            {
                "customer": 7,
                "balances": [
                    {
                        "asset": "points",
                        "spendable": 40,
                        "posted": 50,
                        "held": 10,
                        "coming": 0,
                        "owed": 0,
                        "next_expiry": {"at": "2027-12-31T16:00:00.000Z", "units": 50},
                        "accounts": [12],
                    }
                ],
            },
        ),
        **problems(401, 403, 404, 429),
    }
}
POST_WANTED: Final[dict[str, Any]] = {
    "key": "till-7:4711",
    "reason": "order.earned",
    "occurred_at": "2026-11-21T20:15:00+08:00",
    "steps": [
        {
            "do": "give",
            "asset": "points",
            "customer": 7,
            "units": 300,
            "expires_at": "2027-12-31T23:59:59+08:00",
        },
        {"do": "take", "asset": "points", "customer": 7, "units": 100},
    ],
}
_STEP: Final[dict[str, Any]] = {
    **_object(
        do={
            "type": "string",
            "enum": ["give", "take", "hold", "post", "void", "take_back", "give_back"],
            "description": "give, take: to and from a customer. hold: set aside until `until`. post, void: a "
            "pending `move`. take_back: of what a `move` gave. give_back: of what was paid with by a `move`.",
        },
        asset=TEXT,
        customer=WHOLE,
        units=WHOLE,
        place={**TEXT, "description": "give: issued, budget or stock. take, hold: spent, issued or expired."},
        name={**TEXT, "description": "Which budget or stock."},
        expires_at=MOMENT,
        until={**MOMENT, "description": "Announced until then; it is posted by `post`."},
        move=WHOLE,
        grace_days={**WHOLE, "description": "give_back: how long the units live at the least."},
    ),
    "required": ["do"],
    "additionalProperties": False,
}
POST_DOC: Final = (
    "Up to 200 steps that happen together or not at all, once under the header `Idempotency-Key` (or `key`): "
    "the same again answers `exists` with the moves of the first time. What the state of the ledger does not "
    "allow answers 409 with a code (insufficient, full, already_resolved, too_late, beyond_origin, "
    "key_conflict), and nothing is posted. A customer's debts are paid by what is given." + _WRITES
)
POST: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "maxLength": 116},
            "description": "In place of `key` in the body.",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    **_object(
                        key={"type": "string", "maxLength": 116},
                        reason={"type": "string", "maxLength": 40, "description": "A short code."},
                        occurred_at=MOMENT,
                        rule={"type": "string", "maxLength": 40},
                        touchpoint={**WHOLE, "description": "The fact behind it."},
                        steps={"type": "array", "minItems": 1, "maxItems": 200, "items": _STEP},
                    ),
                    "required": ["reason", "steps"],
                    "additionalProperties": False,
                },
                "examples": {"order": {"value": POST_WANTED}},
            }
        },
    },
    "responses": {
        **answer(
            "Posted, or there already",
            _object(
                state={"type": "string", "enum": ["posted", "exists"]}, posting=WHOLE, moves=_list(WHOLE)
            ),
            {"state": "posted", "posting": 31, "moves": [40, 41]},
        ),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
