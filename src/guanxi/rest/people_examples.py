"""What the OpenAPI document says of people, invitations and the audit log."""

from __future__ import annotations

from typing import Any, Final

from guanxi.platform.apikeys import APPOINTED
from guanxi.platform.contracts import Role
from guanxi.rest.examples import TEXT, WHOLE, answer, problems

_ROLE: Final[dict[str, Any]] = {"type": "string", "enum": [role.value for role in Role]}
_GIVEN: Final[dict[str, Any]] = {"type": "string", "enum": [role.value for role in APPOINTED]}
_FLAG: Final[dict[str, Any]] = {"type": "boolean"}
_OR_NULL: Final[dict[str, Any]] = {"type": ["string", "null"]}
_PERSON: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "username": TEXT,
        "name": TEXT,
        "role": _ROLE,
        "suspended": _FLAG,
        "two_step": _FLAG,
        "last_sign_in_at": _OR_NULL,
    },
}
_MEI: Final[dict[str, Any]] = {
    "id": 3,
    "username": "mei",
    "name": "李梅",
    "role": "analyst",
    "suspended": False,
    "two_step": True,
    "last_sign_in_at": "2026-11-21T12:15:00.000Z",
}
_INVITATION: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "role": _ROLE,
        "invitee": {**_OR_NULL, "description": "The address given, masked."},
        "state": {"type": "string", "enum": ["open", "used", "revoked", "expired"]},
        "actor": TEXT,
        "created_at": TEXT,
        "expires_at": TEXT,
        "person": {"type": ["integer", "null"], "description": "Who joined by it."},
        "link": {**TEXT, "description": "Only in the answer that made it."},
    },
}
INVITED: Final[dict[str, Any]] = {"role": "associate", "address": "mei.li@example.com", "language": "zh-hans"}
_SHOWN: Final[dict[str, Any]] = {
    "id": 7,
    "role": "associate",
    "invitee": "m***@example.com",
    "state": "open",
    "actor": "key:1",
    "created_at": "2026-11-21T12:15:00.000Z",
    "expires_at": "2026-11-28T12:15:00.000Z",
    "person": None,
}
_LINK: Final = "https://crm.example.cn/invitation/k3v9q2m8xa-…"
_RIGHTS: Final = (
    "A key gives and takes the roles operator, analyst, agent and associate; owners and managers are made, "
    "changed and removed by people alone. Needs the scope `people:manage`."
)


def _body(properties: dict[str, Any], needed: list[str], example: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "required": needed, "properties": properties, "additionalProperties": False}
    content = {"schema": schema, "examples": {"example": {"value": example}}}
    return {"required": True, "content": {"application/json": content}}


def _list(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "array", "items": item}}}


LIST_DOC: Final = "Who works for the brand and as what, the suspended too. Needs the scope `people:manage`."
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer("People", _list("people", _PERSON), {"people": [_MEI]}),
        **problems(401, 403, 429),
    }
}
CHANGE_DOC: Final = (
    "Give another role, or suspend (`suspended: true` ends every session at once) and let work again. "
    + _RIGHTS
)
CHANGE: Final[dict[str, Any]] = {
    "requestBody": _body({"role": _GIVEN, "suspended": _FLAG}, [], {"role": "analyst"}),
    "responses": {
        **answer("The person", _PERSON, _MEI),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
REMOVE_DOC: Final = "Take a person out of the brand; the account and the audit log stay. " + _RIGHTS
REMOVE: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Done",
            {"type": "object", "properties": {"id": WHOLE, "removed": _FLAG}},
            {"id": 3, "removed": True},
        ),
        **problems(401, 403, 404, 409, 429),
    }
}
INVITATIONS_DOC: Final = "The newest 200 invitations, whatever became of them. Needs `people:manage`."
INVITATIONS: Final[dict[str, Any]] = {
    "responses": {
        **answer("Invitations", _list("invitations", _INVITATION), {"invitations": [_SHOWN]}),
        **problems(401, 403, 429),
    }
}
INVITE_DOC: Final = (
    "Make a link by which one person joins, within seven days. It is in this answer and nowhere else. The "
    "address is kept masked, to tell invitations apart; no mail is sent. " + _RIGHTS
)
INVITE: Final[dict[str, Any]] = {
    "requestBody": _body(
        {
            "role": _GIVEN,
            "address": {"type": "string", "maxLength": 254},
            "language": {"type": "string", "enum": ["zh-hans", "en"]},
        },
        ["role"],
        INVITED,
    ),
    "responses": {
        **answer("The invitation and its link", _INVITATION, {**_SHOWN, "link": _LINK}),
        **problems(400, 401, 403, 409, 413, 415, 422, 429),
    },
}
REVOKE_DOC: Final = "The link opens nothing any more; 409 where somebody has joined by it already. " + _RIGHTS
REVOKE: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "Done",
            {"type": "object", "properties": {"id": WHOLE, "revoked": _FLAG}},
            {"id": 7, "revoked": True},
        ),
        **problems(401, 403, 404, 409, 429),
    }
}
AUDIT_DOC: Final = (
    "Who did what, when, to what, newest first. Filters are exact; days are the brand's and both included. "
    "`next` is the cursor of the following page, null on the last. Needs the scope `audit:read`."
)
_ENTRY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "at": TEXT,
        "actor": {**TEXT, "description": "user:3, key:12, cli or system"},
        "action": TEXT,
        "object_kind": TEXT,
        "object_id": TEXT,
        "detail": {"type": "object"},
    },
}
AUDIT: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "A page",
            {
                "type": "object",
                "properties": {"entries": {"type": "array", "items": _ENTRY}, "next": _OR_NULL},
            },
            {
                "entries": [
                    {
                        "id": 812,
                        "at": "2026-11-21T12:15:00.000Z",
                        "actor": "user:1",
                        "action": "membership.set",
                        "object_kind": "user",
                        "object_id": "3",
                        "detail": {"role": "analyst", "before": "agent"},
                    }
                ],
                "next": None,
            },
        ),
        **problems(400, 401, 403, 422, 429),
    }
}

ROLES_DOC: Final = (
    "The roles with what each is for and what it may do, and every permission as a sentence, in the language "
    "that is asked for. Needs the scope `people:manage`."
)
_NAMED: Final[dict[str, Any]] = {"name": TEXT, "sentence": TEXT}
_ROLE_TOLD: Final[dict[str, Any]] = {**_NAMED, "label": TEXT, "permissions": {"type": "array", "items": TEXT}}
ROLES: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The matrix",
            {
                "type": "object",
                "properties": {
                    "roles": {"type": "array", "items": {"type": "object", "properties": _ROLE_TOLD}},
                    "permissions": {"type": "array", "items": {"type": "object", "properties": _NAMED}},
                },
            },
            {
                "roles": [
                    {
                        "name": "associate",
                        "label": "Store associate",
                        "sentence": "Knows customers in the store and notes what they like.",
                        "permissions": ["customers.view", "customers.tag", "consent.record"],
                    }
                ],
                "permissions": [
                    {"name": "consent.define", "sentence": "Publish the words that customers agree to."}
                ],
            },
        ),
        **problems(401, 403, 429),
    }
}
