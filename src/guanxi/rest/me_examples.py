"""What the OpenAPI document says of the key that asks."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

SHOW_DOC: Final = (
    "The brand and the scopes of the key that asks. `sandbox` is true where nothing is real: such a key"
    " begins `gx_test_`. Any key that works may ask."
)
_BRAND: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"slug": TEXT, "name": TEXT, "currency": TEXT, "timezone": TEXT},
}
_KEY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "prefix": TEXT,
        "scopes": {"type": "array", "items": TEXT},
        "rate_per_minute": WHOLE,
        "expires_at": {"type": ["string", "null"]},
    },
}
SHOW: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The key",
            {
                "type": "object",
                "properties": {"sandbox": {"type": "boolean"}, "brand": _BRAND, "key": _KEY},
            },
            {
                "sandbox": True,
                "brand": {
                    "slug": "lanhua-sandbox",
                    "name": "兰花 Sandbox",
                    "currency": "CNY",
                    "timezone": "Asia/Shanghai",
                },
                "key": {
                    "name": "till",
                    "prefix": "k3v9x2ma",
                    "scopes": ["till:use"],
                    "rate_per_minute": 600,
                    "expires_at": None,
                },
            },
        ),
        **problems(401, 429),
    }
}
