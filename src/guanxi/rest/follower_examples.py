"""What the OpenAPI document says of lists of followers."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

FOLLOWERS: Final[dict[str, Any]] = {
    "platform": "weibo",
    "as_of": "2026-11-21",
    "followers": [
        {
            "account": "5312345678",
            "name": "小兰",
            "followed": "2026-03-01T10:00:00+08:00",
            "followers": 120,
            "following": 85,
            "posts": 42,
            "last_active": "2026-11-20",
            "avatar": True,
            "bio": "",
            "phone": "13800138000",
        }
    ],
}
_COUNT: Final[dict[str, Any]] = {"oneOf": [{**WHOLE, "minimum": 0}, TEXT]}
_WHEN: Final[dict[str, Any]] = {
    "description": "RFC 3339, or a day or time of the brand's zone, or milliseconds since 1970-01-01 UTC.",
    "oneOf": [TEXT, WHOLE],
}
_FLAG: Final[dict[str, Any]] = {"oneOf": [{"type": "boolean"}, TEXT]}
_FOLLOWER: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What is left out or null is unknown. One of account, url, unionid, openid and name says "
    "who follows: the first that is there.",
    "properties": {
        "account": {"oneOf": [TEXT, WHOLE], "description": "The platform's id."},
        **dict.fromkeys(("name", "url", "region", "phone", "unionid", "openid"), TEXT),
        "platform": {**TEXT, "description": "Else that of the list, or of the url."},
        **dict.fromkeys(("followed", "registered", "last_active", "as_of"), _WHEN),
        **dict.fromkeys(
            ("followers", "following", "posts", "likes", "interactions_30", "interactions_90"), _COUNT
        ),
        "avatar": {**_FLAG, "description": "Whether there is one, or its address."},
        "bio": {**TEXT, "description": "An empty one is known to be none."},
        "verified": _FLAG,
    },
    "additionalProperties": False,
}
RECORD_DOC: Final = (
    "Record a list of up to 5,000 followers, read as a file of followers is. An account counts once: a newer "
    "list takes the place of what it tells, one that is older or says the same changes nothing, so that a "
    "list may be sent again. `platform` and `as_of` are those of followers that name none; without a day the "
    "list is of now. What can be kept is; the rest comes back in `rejected`. Names, texts and phones are "
    "kept as keyed digests. Who is real: the report `followers`. Needs the scope `touchpoints:write`."
)
RECORD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["followers"],
                    "properties": {
                        "platform": {"type": "string", "maxLength": 40},
                        "as_of": _WHEN,
                        "shop": {
                            "type": "string",
                            "maxLength": 40,
                            "default": "shop",
                            "description": "Whose OpenIDs they are, as in imports.",
                        },
                        "followers": {"type": "array", "maxItems": 5000, "items": _FOLLOWER},
                    },
                    "additionalProperties": False,
                },
                "examples": {"list": {"value": FOLLOWERS}},
            }
        },
    },
    "responses": {
        **answer(
            "Understood; look at `rejected`",
            {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("rows", "recorded", "duplicates"), WHOLE),
                    "rejected": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "index": WHOLE,
                                **dict.fromkeys(("code", "message", "field"), TEXT),
                            },
                        },
                    },
                },
            },
            {
                "rows": 2,
                "recorded": 1,
                "duplicates": 0,
                "rejected": [
                    {
                        "index": 1,
                        "code": "no_account",
                        "message": "Nothing in the row says who follows.",
                        "field": "account",
                    }
                ],
            },
        ),
        **problems(400, 401, 403, 413, 415, 422, 429),
    },
}
