"""The rules that hold until a brand chooses its own, in terms of what every shop's files know."""

from __future__ import annotations

from typing import Any, Final

ORDER: Final = "order.paid"
REFUND: Final = "order.refunded"
NEW_DAYS: Final = 60
RISK_DAYS: Final = 120
CHURNED_DAYS: Final = 365
LOYAL_ORDERS: Final = 3


def _all(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "all": list(parts)}


# The first that holds counts. Nobody is an advocate until referrals are recorded (contracts.NOT_KNOWN).
RULES: Final[tuple[dict[str, Any], ...]] = (
    {
        "state": "detractor",
        "condition": _all(
            {"leaf": "behaviour.did", "kinds": [REFUND], "within": {"days": 365}},
            {
                "any": [
                    {"leaf": "value.monetary", "at_most": 0},
                    {
                        "all": [
                            {
                                "leaf": "behaviour.did",
                                "kinds": [REFUND],
                                "at_least": 2,
                                "within": {"days": 365},
                            },
                            {"leaf": "value.frequency", "at_most": LOYAL_ORDERS},
                        ]
                    },
                ]
            },
        ),
    },
    {"state": "churned", "condition": _all({"leaf": "value.recency", "at_least_days": CHURNED_DAYS})},
    {"state": "at_risk", "condition": _all({"leaf": "value.recency", "at_least_days": RISK_DAYS})},
    {"state": "loyal", "condition": _all({"leaf": "value.frequency", "at_least": LOYAL_ORDERS})},
    {
        "state": "new",
        "condition": _all(
            {"leaf": "value.frequency", "at_least": 1, "at_most": 1},
            {"leaf": "behaviour.first", "kinds": [ORDER], "within": {"days": NEW_DAYS}},
        ),
    },
    {"state": "active", "condition": _all({"leaf": "value.frequency", "at_least": 1})},
)
