"""What the OpenAPI document says of loops."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

_ROWS: Final[dict[str, Any]] = {"type": "array", "items": {"type": "object"}}
_COHORT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": dict.fromkeys(("entered", "acted", "produced", "alone", "open"), WHOLE),
    "additionalProperties": True,
}
_RATE: Final = {"hits": 30, "of": 100, "share": 0.3, "low": 0.23, "high": 0.38}
LIST_DOC: Final = (
    "The loops there are: their stations, windows and what counts. Needs the scope `reports:read`."
)
LOOP_DOC: Final = (
    "A loop's figures, as of the warehouse's last sync: what happened in each month and its change, what "
    "became of the cycles of each month (counts, rates with 90% intervals, days, money), and of all. Money "
    "is minor units, shares are 0 to 1, what is not known is null. `until` is the last day that is known; "
    "`margin_mille` takes another margin than the brand assumes. Definitions: docs/guide/loops.md. Needs "
    "the scope `reports:read`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The loops",
            {"type": "object", "properties": {"loops": _ROWS}},
            {
                "loops": [
                    {
                        "name": "loyalty",
                        "title": "The loyalty loop",
                        "stations": [{"station": "input", "label": "Purchase", "kinds": ["order.paid"]}],
                        "act_days": 1,
                        "return_days": 90,
                    }
                ]
            },
        ),
        **problems(401, 403, 429),
    }
}
LOOP: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The loop's figures",
            {
                "type": "object",
                "properties": {
                    "loop": TEXT,
                    "turns": _ROWS,
                    "months": {"type": "array", "items": _COHORT},
                    "whole": _COHORT,
                },
                "additionalProperties": True,
            },
            {
                "loop": "loyalty",
                "until": "2026-11-21",
                "month": "2026-10",
                "turns": [
                    {"turn": "entered", "month": "2026-10", "cycles": 310, "customers": 280, "change": 0.04}
                ],
                "months": [],
                "whole": {"entered": 120, "acted": 110, "produced": 33, "act_rate": _RATE},
            },
        ),
        **problems(401, 403, 404, 422, 429),
    }
}
