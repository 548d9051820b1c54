"""What the OpenAPI document says of rights."""

from __future__ import annotations

from typing import Any, Final

from guanxi.customers.rights import contacts
from guanxi.customers.rights.contracts import Kind, State
from guanxi.customers.rights.correcting import FIELDS
from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

ERASURE: Final[dict[str, Any]] = {"kind": "erasure", "reason": "asked by e-mail on 21 November"}
_KIND: Final[dict[str, Any]] = {"type": "string", "enum": [kind.value for kind in Kind]}
_REQUEST: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "customer": WHOLE,
        "kind": _KIND,
        "state": {"type": "string", "enum": [state.value for state in State]},
        "received": MOMENT,
        "due": MOMENT,
        "ended": {"type": ["string", "null"]},
        "result": {"type": "object", "description": "Numbers of what was done."},
    },
}
_EXAMPLE: Final[dict[str, Any]] = {
    "id": 7,
    "customer": 1,
    "kind": "erasure",
    "state": "done",
    "received": "2026-11-21T20:15:00+08:00",
    "due": "2026-12-11T23:59:59+08:00",
    "ended": "2026-11-21T20:15:00+08:00",
    "result": {"identities": 3, "keys": 2, "kept_facts": 4, "removed": {"customers_tagging": 2}},
}
LIST_DOC: Final = (
    "What customers have asked for: open requests, those due first, or the newest that ended; 200 at most. "
    "Needs the scope `rights:manage`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The requests",
            {"type": "object", "properties": {"requests": {"type": "array", "items": _REQUEST}}},
            {"requests": [_EXAMPLE]},
        ),
        **problems(401, 403, 422, 429),
    }
}
CORRECTION: Final[dict[str, Any]] = {"values": {"phone": "13600136000"}}
PREVIEW_DOC: Final = (
    "What a correction of a phone or e-mail would do; nothing is changed. `phone` is the right one, "
    "`wrong_phone` the one to take out, needed where the customer has several; `of` an identity of who asks, "
    "where the customer falls apart. `customers` are what there is afterwards, who asks first; `drawn_in` "
    "whom the right one brings along; `in_place`: the customer is known by the wrong one alone, and keeps "
    "everything. Needs the scope `rights:manage`."
)
PREVIEW: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["values"],
                    "properties": {"values": {"type": "object", "additionalProperties": TEXT}},
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": CORRECTION}},
            }
        },
    },
    "responses": {
        **answer(
            "What it would do, for the phone and for the e-mail",
            {"type": "object", "properties": {"outcomes": {"type": "array", "items": {"type": "object"}}}},
            {
                "outcomes": [
                    {
                        "in_place": False,
                        "drawn_in": [],
                        "customers": [
                            {"identities": 2, "orders": 3, "revenue_fen": 29700},
                            {"identities": 2, "orders": 1, "revenue_fen": 9900},
                        ],
                    }
                ]
            },
        ),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
UNDO_DOC: Final = (
    "Takes back what a correction did to phones and e-mails, where it was a mistake: who was one "
    "is one again. Needs the scope `rights:manage`."
)
UNDO: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["reason"],
                    "properties": {"reason": TEXT},
                    "additionalProperties": False,
                }
            }
        },
    },
    "responses": {
        **answer("The request", _REQUEST, _EXAMPLE),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
EXERCISE_DOC: Final = (
    "Does at once what a customer asks, whose identity you have checked: `erasure` (for ever), `freeze`, "
    "`unfreeze`, `correction` (with `values`), or `access`, whose copy is made in the background and taken "
    "as `GET /rights/{id}/copy`. All but `access` need a `reason`. Needs the scope `rights:manage`."
)
EXERCISE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["kind"],
                    "properties": {
                        "kind": _KIND,
                        "reason": TEXT,
                        "values": {
                            "type": "object",
                            "description": f"Of a correction: {', '.join((*FIELDS, *contacts.FIELDS))}.",
                            "additionalProperties": TEXT,
                        },
                        "language": {"type": "string", "enum": ["zh-hans", "en"]},
                    },
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": ERASURE}},
            }
        },
    },
    "responses": {
        **answer("The request, done", _REQUEST, _EXAMPLE),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
SHOW_DOC: Final = "One request, open or ended. Needs the scope `rights:manage`."
SHOW: Final[dict[str, Any]] = {
    "responses": {**answer("The request", _REQUEST, _EXAMPLE), **problems(401, 403, 404, 422, 429)}
}
REFUSE_DOC: Final = (
    "Ends an open request without doing what was asked. The person has a right to the reason: it is kept. "
    "Needs the scope `rights:manage`."
)
REFUSE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["reason"],
                    "properties": {"reason": {**TEXT, "minLength": 1}},
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": {"reason": "could not show who they are"}}},
            }
        },
    },
    "responses": {
        **answer("The request, refused", _REQUEST, {**_EXAMPLE, "state": "refused", "result": {}}),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
COPY_DOC: Final = (
    "The copy that an `access` had made, as a zip, once the request is done and as long as it is kept; 404 "
    "before and after. It is personal: that it was taken is in the audit log. Needs the scope "
    "`rights:manage`."
)
COPY: Final[dict[str, Any]] = {
    "responses": {
        200: {
            "description": "The zip",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems(401, 403, 404, 422, 429),
    }
}

_ENTRY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "label": TEXT,
        "tables": {"type": "array", "items": TEXT},
        **dict.fromkeys(("purpose", "basis", "recipients", "retention"), TEXT),
        "periods": {
            "type": "array",
            "items": {"type": "object", "properties": {"label": TEXT, "days": {"type": ["number", "null"]}}},
        },
        "note": {**TEXT, "description": "The brand's own words."},
    },
}
_ENTRY_SHOWN: Final[dict[str, Any]] = {
    "name": "followers",
    "label": "Followers on platforms",
    "tables": ["community.Follower", "community.FollowerIdentity"],
    "purpose": "To know how many followers are real and how many became customers.",
    "basis": "Legitimate processing of what is public, as digests.",
    "recipients": "Nobody outside the brand.",
    "retention": "As long as chosen.",
    "periods": [{"label": "Followers on platforms", "days": 730}],
    "note": "Lists come from the agency every Monday.",
}
PROCESSING_DOC: Final = (
    "The record of processing (PIPL 55, 56): every kind of data with why it is held, by what right, for "
    "whom, how long, and what the brand adds; in the language that is asked for. Needs the "
    "scope `rights:manage`."
)
PROCESSING: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The whole record",
            {"type": "object", "properties": {"processing": {"type": "array", "items": _ENTRY}}},
            {"processing": [_ENTRY_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
NOTED: Final[dict[str, Any]] = {"note": _ENTRY_SHOWN["note"]}
NOTE_DOC: Final = (
    "What the program cannot know of an entry, such as who delivers the parcels; an empty note takes it "
    "back. Needs the scope `rights:manage`."
)
NOTE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["note"],
                    "properties": {"note": {**TEXT, "maxLength": 1000}},
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": NOTED}},
            }
        },
    },
    "responses": {
        **answer("The entry as it is now", _ENTRY, _ENTRY_SHOWN),
        **problems(400, 401, 403, 404, 413, 415, 422, 429),
    },
}
