"""What the OpenAPI document says of consent."""

from __future__ import annotations

from typing import Any, Final

from guanxi.customers.consent.contracts import Basis, By, Proof, Said, Why
from guanxi.customers.consent.purposes import CHANNELS, PURPOSES
from guanxi.rest.examples import MOMENT, TEXT, WHOLE, answer, problems

STATEMENTS: Final[dict[str, Any]] = {
    "source": "shop",
    "statements": [
        {
            "customer": 1,
            "purpose": "marketing",
            "channel": "sms",
            "said": "given",
            "key": "signup-4711-sms",
            "proof": "form",
            "proof_ref": "signup form 4711",
            "said_at": "2026-11-21T20:15:00+08:00",
        }
    ],
}


def _among(words: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(word) for word in words]}


_PURPOSE: Final = _among(PURPOSES.names())
_CHANNEL: Final = {**_among(["", *CHANNELS.names()]), "description": "Empty: all, or there is none."}
_STANDING: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "purpose": _PURPOSE,
        "channel": _CHANNEL,
        "basis": _among(Basis),
        "allowed": {"type": "boolean"},
        "reason": _among(Why),
        "may_ask": {"type": "boolean", "description": "False after a refusal: do not ask again."},
        "statement": {"type": ["integer", "null"], "description": "The statement that decides."},
    },
}
_SAID: Final[dict[str, Any]] = {
    "purpose": _PURPOSE,
    "channel": _CHANNEL,
    "said": _among(Said),
    "by": {**_among(By), "default": "self"},
    "proof": {**_among(Proof), "description": "What shows it; a file or an associate lifts no refusal."},
    "proof_ref": {"type": "string", "maxLength": 200},
    "text_version": {**WHOLE, "description": "The version of the words that were agreed to."},
    "text_language": TEXT,
    "separate": {"type": "boolean", "description": "It was asked on its own (PIPL 23, 29, 39)."},
    "key": {"type": "string", "maxLength": 150, "description": "Unique: sent twice, it counts once."},
    "said_at": MOMENT,
}

SHOW_DOC: Final = (
    "What a customer allows, for every purpose and channel, why, and all statements, the newest first. "
    "Needs the scope `consents:read`."
)
SHOW: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "What holds, and what was said",
            {
                "type": "object",
                "properties": {
                    "customer": WHOLE,
                    "standings": {"type": "array", "items": _STANDING},
                    "statements": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"id": WHOLE, **_SAID, "source": TEXT, "recorded_at": MOMENT},
                        },
                    },
                },
            },
            {
                "customer": 1,
                "standings": [
                    {
                        "purpose": "marketing",
                        "channel": "sms",
                        "basis": "consent",
                        "allowed": True,
                        "reason": "given",
                        "may_ask": False,
                        "statement": 12,
                    }
                ],
                "statements": [],
            },
        ),
        **problems(401, 403, 404, 429),
    }
}

RECORD_DOC: Final = (
    "Record up to 5,000 statements of consent, refusal or withdrawal. Each counts once by its `key`: sending "
    "a batch again is safe, and a key used for other words is rejected (`key_conflict`). What can be "
    "recorded is; the rest is in `rejected` with its reason. Needs the scope `consents:write`."
)
RECORD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["statements"],
                    "additionalProperties": False,
                    "properties": {
                        "source": {"type": "string", "maxLength": 80, "default": "api"},
                        "statements": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 5000,
                            "items": {
                                "type": "object",
                                "required": ["customer", "purpose", "said", "key", "proof"],
                                "properties": {"customer": WHOLE, **_SAID},
                                "additionalProperties": False,
                            },
                        },
                    },
                },
                "examples": {"example": {"value": STATEMENTS}},
            }
        },
    },
    "responses": {
        **answer(
            "Understood; look at `rejected`",
            {
                "type": "object",
                "properties": {
                    "recorded": WHOLE,
                    "repeated": WHOLE,
                    "rejected": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"index": WHOLE, "code": TEXT, "message": TEXT},
                        },
                    },
                },
            },
            {"recorded": 1, "repeated": 0, "rejected": []},
        ),
        **problems(400, 401, 403, 413, 415, 422, 429),
    },
}

LINK_DOC: Final = (
    "A link to the page where the customer sees and changes what they allow, for 30 days. It is in the audit "
    "log; send it to the customer alone. Needs the scope `consents:write`."
)
LINK: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The link",
            {"type": "object", "properties": {"url": TEXT, "expires_at": MOMENT}},
            {"url": "https://crm.example.com/p/AQ…", "expires_at": "2026-12-21T12:15:00.000Z"},
        ),
        **problems(401, 403, 404, 429),
    }
}

WORDS: Final[dict[str, Any]] = {
    "purpose": "marketing",
    "words": {"zh": "我们给您发优惠消息。", "en": "We send you offers."},
    "changes_purpose": False,
}
_WORDS: Final[dict[str, Any]] = {"type": "object", "properties": {"zh": TEXT, "en": TEXT}}
_TEXT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "purpose": TEXT,
        "version": {"type": ["integer", "null"]},
        "words": _WORDS,
        "changes_purpose": {"type": "boolean"},
        "published_at": {"type": ["string", "null"]},
    },
}
_TEXT_SHOWN: Final[dict[str, Any]] = {**WORDS, "version": 2, "published_at": "2026-11-21T12:15:00.000Z"}
TEXTS_DOC: Final = (
    "For each purpose that needs consent its words in Chinese and English and their version, to show on a "
    "form and to name in `text_version`. The version is null while the words that come with Guanxi have "
    "been shown to nobody. Needs the scope `consents:read`."
)
TEXTS: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The words",
            {"type": "object", "properties": {"texts": {"type": "array", "items": _TEXT}}},
            {"texts": [_TEXT_SHOWN]},
        ),
        **problems(401, 403, 429),
    }
}
PUBLISH_DOC: Final = (
    "Publish what customers agree to, in Chinese and English: a new version, in force at once. Where it "
    "`changes_purpose`, consent to earlier versions no longer counts and is asked for again. `version` is "
    "the one that was read, left out where there was none; 409 says that others are in force by now. Words "
    "that are in force already make no new version. Needs the scope `consents:define`."
)
PUBLISH: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["purpose", "words"],
                    "properties": {
                        "purpose": TEXT,
                        "words": {**_WORDS, "required": ["zh", "en"], "additionalProperties": False},
                        "changes_purpose": {"type": "boolean", "default": False},
                        "version": {"type": ["integer", "null"], "description": "The one you have read."},
                    },
                    "additionalProperties": False,
                },
                "examples": {"example": {"value": WORDS}},
            }
        },
    },
    "responses": {
        **answer("The words that are in force now", _TEXT, _TEXT_SHOWN),
        **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
    },
}
