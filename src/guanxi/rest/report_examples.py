"""What the OpenAPI document says of reports."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, answer, problems

_ROWS: Final[dict[str, Any]] = {"type": "array", "items": {"type": "object"}}
_REPORT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "report": TEXT,
        "columns": {"type": "object", "additionalProperties": TEXT},
        "rows": _ROWS,
        "notes": {"type": "array", "items": TEXT},
    },
    "additionalProperties": True,
}
LIST_DOC: Final = (
    "The reports there are, what each answers and its parameters. Needs the scope `reports:read`."
)
REPORT_DOC: Final = (
    "Compute a report, as of the warehouse's last sync. Parameters are those that the list of reports names "
    "(`?until=2026-11-21`); `format=csv` answers the rows as CSV. `columns` defines each column; money is "
    "whole minor units, shares are 0 to 1, what is unknown is null. Needs the scope `reports:read`."
)
LIST: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The reports",
            {"type": "object", "properties": {"reports": _ROWS}},
            {"reports": [{"name": "ltv", "title": "Lifetime value", "parameters": []}]},
        ),
        **problems(401, 403, 429),
    }
}
REPORT: Final[dict[str, Any]] = {
    "responses": {
        **answer(
            "The report",
            _REPORT,
            {
                "report": "ltv",
                "model": "bgnbd",
                "columns": {"customers": "Customers who have bought."},
                "rows": [{"group": "all", "customers": 2357}],
                "notes": [],
            },
        ),
        **problems(401, 403, 404, 422, 429),
    }
}
