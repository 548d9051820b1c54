"""What the OpenAPI document says of rules."""

from __future__ import annotations

from typing import Any, Final

from guanxi.rest.examples import TEXT, WHOLE, answer, problems

DEFINITION: Final[dict[str, Any]] = {
    "version": 1,
    "on": ["order.paid"],
    "where": [{"field": "channel", "op": "eq", "value": "tmall"}],
    "limit": {"per": "day", "times": 1},
    "effects": [{"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100}],
}
RULE: Final[dict[str, Any]] = {"name": "天猫一元一分", "definition": DEFINITION, "priority": 200}
_DEFINITION: Final[dict[str, Any]] = {"type": "object", "description": "See docs/guide/rules.md."}
_STATES: Final = ["draft", "active", "paused", "archived"]
_UNITS: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": WHOLE,
    "description": "Units by asset.",
}
_ROW: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": WHOLE,
        "name": TEXT,
        "description": TEXT,
        "state": {"type": "string", "enum": _STATES},
        "version": WHOLE,
        "priority": WHOLE,
        "group": {"type": ["string", "null"]},
        "definition": _DEFINITION,
        "sentence_zh": TEXT,
        "sentence_en": TEXT,
        "changed_at": {"type": "string", "format": "date-time"},
        "given_30_days": {"type": "object", "properties": {"units": _UNITS, "customers": WHOLE}},
        "budget_left": _UNITS,
        "missed": {**WHOLE, "description": "Effects that were refused and not given since."},
    },
}
_SHOWN: Final[dict[str, Any]] = {
    "id": 3,
    "name": "天猫一元一分",
    "description": "",
    "state": "active",
    "version": 2,
    "priority": 200,
    "group": None,
    "definition": DEFINITION,
    "sentence_zh": "付款下单（渠道是天猫）可得每满 ¥1 得 1 个“points”。每位顾客每天最多 1 次。",
    "sentence_en": "Whoever ordered where channel is Tmall gets 1 units of “points” for each full ¥1. "
    "At most once a day for each customer.",
    "changed_at": "2026-11-21T12:15:00.000Z",
    "given_30_days": {"units": {"points": 128_400}, "customers": 1_204},
    "budget_left": {},
    "missed": 0,
}
_FIELDS: Final[dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 80},
    "definition": _DEFINITION,
    "description": {"type": "string", "maxLength": 500},
    "priority": {**WHOLE, "minimum": 0, "maximum": 1_000, "default": 100},
    "group": {"type": "string", "maxLength": 60},
}
_GROUP: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": TEXT,
        "mode": {"type": "string", "enum": ["joint", "first", "best", "cap"]},
        "cap": {"type": ["integer", "null"]},
        "version": WHOLE,
        "rules": WHOLE,
    },
}
_GROUP_SHOWN: Final = {"name": "活动", "mode": "cap", "cap": 500, "version": 1, "rules": 2}


def _read(description: str, schema: dict[str, Any], example: Any, *statuses: int) -> dict[str, Any]:
    return {
        "responses": {**answer(description, schema, example), **problems(401, 403, *statuses, 429)},
    }


def _sent(
    needed: list[str], properties: dict[str, Any], example: Any, answered: dict[int, Any]
) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": needed,
        "properties": properties,
        "additionalProperties": False,
    }
    examples = {} if example is None else {"examples": {"example": {"value": example}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema, **examples}}},
        "responses": {**answered, **problems(400, 401, 403, 404, 409, 413, 415, 422, 429)},
    }


def _list(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "array", "items": schema}}}


LIST_DOC: Final = "The brand's rules, in the order in which they are asked. Needs the scope `rules:read`."
LIST: Final = _read("All rules", _list("rules", _ROW), {"rules": [_SHOWN]}, 422)
CREATE_DOC: Final = (
    "Make a draft. It gives nothing until it is switched on. What cannot be used is refused with the "
    "place and what was expected there. Needs the scope `rules:write`."
)
CREATE: Final = _sent(["name", "definition"], _FIELDS, RULE, answer("The draft", _ROW, _SHOWN))
SHOW_DOC: Final = "A rule, also as a sentence, with its figures. Needs the scope `rules:read`."
SHOW: Final = _read("The rule", _ROW, _SHOWN, 404)
SAVE_DOC: Final = (
    "Change a rule; fields left out stay. The new version counts from the next touchpoint recorded. "
    "`version` is the one that was read: where somebody changed the rule since, the answer is 409. Needs "
    "the scope `rules:write`."
)
SAVE: Final = _sent(
    ["version"],
    {"version": WHOLE, **_FIELDS},
    {"version": 1, "priority": 300},
    answer("The rule as it is now", _ROW, _SHOWN),
)
STATE_DOC: Final = (
    "Switch a rule on (`active`), pause it, put it into the archive (`archived`), or take it out "
    "(`paused`). Needs the scope `rules:write`."
)
STATE: Final = _sent(
    ["state", "version"],
    {"state": {"type": "string", "enum": _STATES}, "version": WHOLE},
    {"state": "active", "version": 2},
    answer("The rule as it is now", _ROW, _SHOWN),
)
DELETE_DOC: Final = "Delete a draft for good; a rule that was switched on is archived. Needs `rules:write`."
DELETE: Final = _read(
    "It is deleted",
    {"type": "object", "properties": {"id": WHOLE, "deleted": {"type": "boolean"}}},
    {"id": 3, "deleted": True},
    404,
    409,
    422,
)
VERSIONS_DOC: Final = "What was done to a rule, by whom, and what differs. Needs the scope `rules:read`."
VERSIONS: Final = _read(
    "The newest 50, the newest first",
    _list("versions", {"type": "object"}),
    {
        "versions": [
            {
                "version": 2,
                "what": "saved",
                "actor": "user:1",
                "at": "2026-11-21T12:15:00.000Z",
                "changes": {"priority": {"before": 100, "after": 200}},
            }
        ]
    },
    404,
)
GROUPS_DOC: Final = "Groups of rules, by name. Needs the scope `rules:read`."
GROUPS: Final = _read("All groups", _list("groups", _GROUP), {"groups": [_GROUP_SHOWN]})
SET_GROUP_DOC: Final = (
    "Make a group or change it: `joint`, `first`, `best`, or `cap` with a cap in units for one "
    "touchpoint. With `version` (0: there is none yet) only where that is the one there is. Needs the "
    "scope `rules:write`."
)
SET_GROUP: Final = _sent(
    ["name", "mode"],
    {
        "name": {"type": "string", "maxLength": 60},
        "mode": {"type": "string", "enum": ["joint", "first", "best", "cap"]},
        "cap": WHOLE,
        "version": WHOLE,
    },
    {"name": "活动", "mode": "cap", "cap": 500},
    answer("The group", _GROUP, _GROUP_SHOWN),
)
TRY_DOC: Final = (
    "What a rule would have given in the last days, beside all rules that are switched on. Nothing is "
    "written. The newest 2,000 touchpoints are looked at in the request; where there are more (`complete`"
    " false), send `all`: a job looks at all of them, and the same request answers with how far it is "
    "and, when it is done, with the result. Needs the scope `rules:read`."
)
TRY: Final = _sent(
    ["definition"],
    {
        "definition": _DEFINITION,
        "rule": {**WHOLE, "description": "In place of this rule."},
        "priority": WHOLE,
        "group": TEXT,
        "days": {**WHOLE, "minimum": 1, "maximum": 3_660, "default": 30},
        "all": {"type": "boolean", "default": False},
    },
    {"definition": DEFINITION, "days": 90},
    answer(
        "What it would have given",
        {"type": "object", "properties": {"touchpoints": WHOLE, "met": WHOLE, "customers": WHOLE}},
        {
            "touchpoints": 1_840,
            "met": 612,
            "customers": 433,
            "assets": [
                {"asset": "points", "kind": "points", "units": 91_022, "effects": 612, "cost_fen": None}
            ],
            "by_day": [{"day": "2026-11-20", "units": 1_204}],
            "top": [{"customer": 88, "units": 3_100}],
            "complete": True,
            "from": "2026-10-22T12:15:00.000Z",
            "until": "2026-11-21T12:15:00.000Z",
            "job": None,
        },
    ),
)
TRACE_DOC: Final = (
    "What every rule decides of one touchpoint of a customer, recorded (`touchpoint`) or supposed, and "
    "why; with `draft` also a rule that is not saved. Nothing is written. Needs the scope `rules:read`."
)
TRACE: Final = _sent(
    ["customer"],
    {
        "customer": WHOLE,
        "touchpoint": WHOLE,
        "supposed": {
            "type": "object",
            "description": "kind, amount_fen, quantity, channel, payload, occurred_ms",
        },
        "draft": {"type": "object", "properties": {"rule": WHOLE, **_FIELDS}},
    },
    None,
    answer(
        "Each rule with what was decided",
        {"type": "object", "properties": {"steps": {"type": "array", "items": {"type": "object"}}}},
        {
            "touchpoint": None,
            "kind": "order.paid",
            "occurred_at": "2026-11-21T12:15:00.000Z",
            "amount_fen": 19_900,
            "steps": [
                {
                    "rule": 3,
                    "version": 2,
                    "name": "天猫一元一分",
                    "why": "where",
                    "gave": [],
                    "by": None,
                    "failed": {"field": "channel", "op": "eq", "value": "tmall"},
                    "explained": None,
                    "used": {"times": 0, "units": 0},
                }
            ],
        },
    ),
)
FUND_DOC: Final = (
    "Put units into a rule's own budget (below 0: take out what is left), once under `key`: sending it "
    "again changes nothing. `state` is posted, exists or refused. Needs the scope `rules:write`."
)
FUND: Final = _sent(
    ["asset", "units", "key"],
    {"asset": TEXT, "units": WHOLE, "key": {"type": "string", "maxLength": 60}},
    {"asset": "points", "units": 100_000, "key": "2026-11"},
    answer(
        "What became of it",
        {"type": "object", "properties": {"state": TEXT, "budget_left": _UNITS}},
        {"state": "posted", "code": None, "message": None, "budget_left": {"points": 100_000}},
    ),
)
MISSED_DOC: Final = (
    "Effects that were refused, such as for an empty budget, and not given since: the reasons, and the "
    "oldest 200. Needs the scope `rules:read`."
)
MISSED: Final = _read(
    "What was missed",
    {
        "type": "object",
        "properties": {
            "reasons": {"type": "array", "items": {"type": "object"}},
            "missed": {"type": "array", "items": {"type": "object"}},
        },
    },
    {
        "reasons": [{"code": "insufficient", "effects": 2, "units": 250}],
        "missed": [
            {
                "key": "rule:3:812:0",
                "version": 2,
                "touchpoint": 812,
                "occurred_at": "2026-11-21T12:15:00.000Z",
                "units": 199,
                "code": "insufficient",
            }
        ],
    },
    404,
)
GIVE_DOC: Final = (
    "Give what a rule missed, under the keys of then: nobody gets anything twice. More than 500 effects "
    "are given by a job, whose id is answered. Needs the scope `rules:write`."
)
GIVE: Final = _sent(
    [],
    {},
    {},
    answer(
        "What was given",
        {"type": "object", "properties": {"given": WHOLE, "units": WHOLE, "refused": WHOLE}},
        {"job": None, "given": 2, "units": 250, "refused": 0},
    ),
)
