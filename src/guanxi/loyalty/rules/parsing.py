"""JSON to definitions of rules and back. Every error says where, what was expected and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from guanxi.kernel.conditions import ConditionInvalid, Param, ParamType, dump, parse
from guanxi.kernel.conditions.invalid import refuse
from guanxi.kernel.conditions.parameters import parse_value, written
from guanxi.kernel.conditions.parsing import join
from guanxi.kernel.wording import say
from guanxi.loyalty.rules.contracts import EFFECTS, MOST_EFFECTS, Definition, Effect, Limit, Period
from guanxi.touchpoints.conditions.fields import check_kinds, check_where

VERSION: Final = 1
_PARTS: Final = {
    "on": Param("on", ParamType.TEXTS, "", "", required=True),
    "where": Param("where", ParamType.WHERE, "", ""),
    "since": Param("since", ParamType.DATE, "", ""),
    "until": Param("until", ParamType.DATE, "", ""),
    "weekdays": Param("weekdays", ParamType.INTEGERS, "", "", least=0, most=6),
}
_NAMES: Final = ("version", *_PARTS, "if", "hours", "limit", "effects")
_TIMES: Final = Param("times", ParamType.INTEGER, "", "", least=1, most=10**6)
_UNITS: Final = Param("units", ParamType.INTEGER, "", "", least=1, most=10**12)


def parse_definition(data: Any, *, stored: bool = False) -> Definition:
    """The definition that decoded JSON says. With `stored`, one that was accepted before: kinds, fields and
    choices that have gone since are let be. Raises ConditionInvalid."""
    if not isinstance(data, dict):
        raise refuse("", say("an object with %(names)s", names=", ".join(_NAMES)), data)
    if data.get("version", VERSION) != VERSION:
        raise refuse("version", say("the number %(version)s", version=VERSION), data["version"])
    for name in data:
        if name not in _NAMES:
            raise refuse(str(name), say("one of %(names)s", names=", ".join(_NAMES)), name)
    parts = {
        name: None if data.get(name) is None else parse_value(param, data[name], name, stored=stored)
        for name, param in _PARTS.items()
    }
    if parts["on"] is None:
        raise refuse("on", say("a list of kinds of facts"), data.get("on"))
    fault = check_kinds(parts["on"], "on") or check_where(parts["where"] or (), parts["on"], "where")
    if fault and not stored:
        raise refuse(fault.path, fault.expected, fault.found)
    since, until = parts["since"], parts["until"]
    if since and until and since > until:
        raise refuse("until", say("a day not before %(first)s", first=since.isoformat()), data["until"])
    return Definition(
        on=parts["on"],
        effects=_effects(data.get("effects"), stored),
        where=parts["where"] or (),
        condition=_condition(data.get("if"), stored),
        since=since,
        until=until,
        weekdays=tuple(sorted(parts["weekdays"] or ())),
        hours=_hours(data.get("hours")),
        limit=_limit(data.get("limit")),
    )


def _condition(data: Any, stored: bool) -> Any:
    if data is None:
        return None
    try:
        return parse(data, stored=stored)
    except ConditionInvalid as invalid:
        known = {**invalid.data, "path": join("if", str(invalid.data.get("path", "")))}
        message = (
            say("At %(path)s: expected %(expected)s, found %(found)s.", **known)
            if "expected" in known
            else invalid.message
        )
        raise ConditionInvalid(message, remedy=invalid.remedy, **known) from None


def _hours(data: Any) -> tuple[int, int] | None:
    if data is None:
        return None
    fits = isinstance(data, list) and len(data) == 2 and all(type(hour) is int for hour in data)
    if not fits or not 0 <= data[0] < data[1] <= 24:
        raise refuse("hours", say("a list of two hours from 0 to 24, the first before the second"), data)
    return data[0], data[1]


def _limit(data: Any) -> Limit | None:
    if data is None:
        return None
    names = ("per", "times", "units")
    if not isinstance(data, dict) or "per" not in data or not set(data) <= set(names):
        raise refuse("limit", say("an object with %(names)s", names=", ".join(names)), data)
    if data["per"] not in list(Period):
        raise refuse("limit.per", say("one of %(names)s", names=", ".join(Period)), data["per"])
    if data.get("times") is None and data.get("units") is None:
        raise refuse("limit", say("times, units or both"), data)
    given = {
        param.name: None
        if data.get(param.name) is None
        else parse_value(param, data[param.name], f"limit.{param.name}")
        for param in (_TIMES, _UNITS)
    }
    return Limit(Period(data["per"]), given["times"], given["units"])


def _effects(data: Any, stored: bool) -> tuple[Effect, ...]:
    if not isinstance(data, list) or not 1 <= len(data) <= MOST_EFFECTS:
        raise refuse("effects", say("a list of 1 to %(most)s effects", most=MOST_EFFECTS), data)
    return tuple(_effect(one, f"effects[{place}]", stored) for place, one in enumerate(data))


def _effect(data: Any, path: str, stored: bool) -> Effect:
    name = data.get("effect") if isinstance(data, dict) else None
    kind = EFFECTS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise refuse(join(path, "effect"), say("one of %(names)s", names=", ".join(EFFECTS.names())), name)
    for given in data:
        if given != "effect" and given not in kind.by_name:
            expected = say("one of %(names)s", names=", ".join(kind.by_name))
            raise refuse(join(path, str(given)), expected, given)
    effect = Effect(kind.name, {one.name: _value(one, data, path, stored) for one in kind.params})
    fault = kind.check(effect) if kind.check and not stored else None
    if fault:
        raise refuse(join(path, fault.path), fault.expected, fault.found)
    return effect


def _value(param: Param, data: Mapping[str, Any], path: str, stored: bool) -> Any:
    given = data.get(param.name)
    if given is None:
        if param.required and param.default is None:
            raise refuse(join(path, param.name), say("a value"), None)
        return param.default
    return parse_value(param, given, join(path, param.name), stored=stored)


def dump_definition(definition: Definition) -> dict[str, Any]:
    """The definition as JSON, in one form: `parse_definition(dump_definition(d)) == d`."""
    found: dict[str, Any] = {"version": VERSION, "on": list(definition.on)}
    if definition.where:
        found["where"] = written(_PARTS["where"], definition.where)
    if definition.condition is not None:
        found["if"] = dump(definition.condition)
    for name, day in (("since", definition.since), ("until", definition.until)):
        if day is not None:
            found[name] = date.isoformat(day)
    if definition.weekdays:
        found["weekdays"] = list(definition.weekdays)
    if definition.hours:
        found["hours"] = list(definition.hours)
    if definition.limit:
        limit = {"times": definition.limit.times, "units": definition.limit.units}
        found["limit"] = {"per": definition.limit.per.value}
        found["limit"] |= {name: value for name, value in limit.items() if value is not None}
    found["effects"] = [_written_effect(one) for one in definition.effects]
    return found


def _written_effect(effect: Effect) -> dict[str, Any]:
    params = EFFECTS[effect.name].by_name
    given = {
        name: written(params[name], value)
        for name, value in effect.values.items()
        if value is not None and (params[name].required or value != params[name].default)
    }
    return {"effect": effect.name, **given}
