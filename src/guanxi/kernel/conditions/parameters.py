"""The values of leaves' parameters, from JSON and back to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from guanxi.kernel.conditions.invalid import refuse
from guanxi.kernel.conditions.leaves import Comparison, Param, ParamType, Step
from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.conditions.windows import Calendar, Side, Window
from guanxi.kernel.wording import Wording, say

MAX_TEXT = 200
MAX_VALUES = 1_000
MAX_WHERE = 20
MAX_STEPS = 6
MAX_NUMBER = 10**15  # so that a bound times a count fits 64 bits
MAX_DAYS = 36_600
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def parse_value(param: Param, data: Any, path: str, *, stored: bool = False) -> Any:
    """The value that a `Leaf` keeps. Raises ConditionInvalid."""
    value = _PARSERS[param.type](param, data, path)
    if param.type in {ParamType.CHOICE, ParamType.CHOICES} and param.choices is not None and not stored:
        known = [choice.value for choice in param.all_choices()]
        for number, given in enumerate(value if isinstance(value, tuple) else (value,)):
            if given not in known:
                place = f"{path}[{number}]" if isinstance(value, tuple) else path
                raise refuse(place, say("one of %(names)s", names=", ".join(known)), given)
    return value


def written(param: Param, value: Any) -> Any:
    """The JSON of a value."""
    writer = _WRITERS.get(param.type)
    return writer(value) if writer else value


def _integer(param: Param, data: Any, path: str) -> int:
    least = -MAX_NUMBER if param.least is None else param.least
    most = MAX_NUMBER if param.most is None else param.most
    if type(data) is not int or not least <= data <= most:
        raise refuse(path, say("a whole number from %(least)s to %(most)s", least=least, most=most), data)
    return data


def _thousandths(param: Param, data: Any, path: str) -> int:
    least, most = param.least or 0, MAX_NUMBER // 1000 if param.most is None else param.most
    try:
        if isinstance(data, bool) or not isinstance(data, int | float | str) or len(str(data)) > 24:
            raise InvalidOperation
        number = Decimal(str(data)) * 1000
        if number != number.to_integral_value() or not least * 1000 <= number <= most * 1000:
            raise InvalidOperation
    except (InvalidOperation, ValueError, OverflowError):
        expected = say(
            "a number from %(least)s to %(most)s with at most three decimal places", least=least, most=most
        )
        raise refuse(path, expected, data) from None
    return int(number)


def _boolean(param: Param, data: Any, path: str) -> bool:
    if not isinstance(data, bool):
        raise refuse(path, say("true or false"), data)
    return data


def _text(param: Param, data: Any, path: str) -> str:
    if not isinstance(data, str) or not 1 <= len(data) <= MAX_TEXT or not _is_storable(data):
        raise refuse(path, say("text of 1 to %(most)s characters", most=MAX_TEXT), data)
    return data


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _many(one: Callable[[Param, Any, str], Any]) -> Callable[[Param, Any, str], tuple[Any, ...]]:
    """A list of different values."""

    def parse(param: Param, data: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(data, list) or not 1 <= len(data) <= MAX_VALUES:
            raise refuse(path, say("a list of 1 to %(most)s values", most=MAX_VALUES), data)
        return tuple(
            dict.fromkeys(one(param, value, f"{path}[{number}]") for number, value in enumerate(data))
        )

    return parse


def _date(param: Param, data: Any, path: str) -> date:
    try:
        day = date.fromisoformat(data) if isinstance(data, str) and len(data) == 10 else None
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise refuse(path, say("a day such as 2026-11-25"), data)
    return day


_WINDOW_FORMS = ("days", "older_than_days", "since", "before", "between", "calendar")


def _window(param: Param, data: Any, path: str) -> Window:
    if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in _WINDOW_FORMS:
        raise refuse(path, say("an object with one of %(names)s", names=", ".join(_WINDOW_FORMS)), data)
    form, value = next(iter(data.items()))
    path = f"{path}.{form}"
    if form in {"days", "older_than_days"}:
        if type(value) is not int or not 1 <= value <= MAX_DAYS:
            raise refuse(path, say("a whole number of days from 1 to %(most)s", most=MAX_DAYS), value)
        return Window(days=value, side=Side.INSIDE if form == "days" else Side.BEFORE)
    if form == "calendar":
        names = list(Calendar)
        if value not in names:
            raise refuse(path, say("one of %(names)s", names=", ".join(names)), value)
        return Window(calendar=Calendar(value))
    if form == "since":
        return Window(since=_date(param, value, path))
    if form == "before":
        return Window(until=_date(param, value, path) - timedelta(days=1))
    return _between(param, value, path)


def _between(param: Param, value: Any, path: str) -> Window:
    if not isinstance(value, list) or len(value) != 2:
        raise refuse(path, say("a list of two days, the first and the last"), value)
    first, last = (_date(param, day, f"{path}[{number}]") for number, day in enumerate(value))
    if first > last:
        raise refuse(f"{path}[1]", say("a day not before %(first)s", first=first.isoformat()), value[1])
    return Window(since=first, until=last)


def _written_window(window: Window) -> dict[str, Any]:
    if window.days is not None:
        return {"days" if window.side is Side.INSIDE else "older_than_days": window.days}
    if window.calendar is not None:
        return {"calendar": window.calendar.value}
    if window.since is not None and window.until is not None:
        return {"between": [window.since.isoformat(), window.until.isoformat()]}
    if window.since is not None:
        return {"since": window.since.isoformat()}
    assert window.until is not None
    return {"before": (window.until + timedelta(days=1)).isoformat()}


def _object(data: Any, path: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(data, dict) or not set(needed) <= data.keys() <= {*needed, *optional}:
        raise refuse(path, say("an object with %(names)s", names=", ".join((*needed, *optional))), data)
    return data


def _where(param: Param, data: Any, path: str) -> tuple[Comparison, ...]:
    if not isinstance(data, list) or len(data) > MAX_WHERE:
        raise refuse(path, say("a list of at most %(most)s comparisons", most=MAX_WHERE), data)
    return tuple(_comparison(param, one, f"{path}[{number}]") for number, one in enumerate(data))


def _comparison(param: Param, data: Any, path: str) -> Comparison:
    found = _object(data, path, ("field", "value"), ("op",))
    name = _text(param, found["field"], f"{path}.field")
    op = found.get("op", Op.EQ.value)
    if op not in list(Op):
        raise refuse(f"{path}.op", say("one of %(names)s", names=", ".join(Op)), op)
    place = f"{path}.value"
    if op == Op.AMONG:
        return Comparison(name, Op.AMONG, _many(_scalar)(param, found["value"], place))
    if op == Op.CONTAINS:
        return Comparison(name, Op.CONTAINS, _text(param, found["value"], place))
    return Comparison(name, Op(op), _scalar(param, found["value"], place))


def _scalar(param: Param, data: Any, path: str) -> int | str | bool:
    if isinstance(data, bool):
        return data
    if isinstance(data, int) and abs(data) <= MAX_NUMBER:
        return data
    if isinstance(data, str):
        return _text(param, data, path)
    raise refuse(path, _A_SCALAR, data)


_A_SCALAR: Wording = say("text, a whole number, true or false")


def _steps(param: Param, data: Any, path: str) -> tuple[Step, ...]:
    if not isinstance(data, list) or not 2 <= len(data) <= MAX_STEPS:
        raise refuse(path, say("a list of 2 to %(most)s steps", most=MAX_STEPS), data)
    steps = []
    for number, step in enumerate(data):
        place = f"{path}[{number}]"
        found = _object(step, place, ("kinds",), ("where",))
        kinds = _many(_text)(param, found["kinds"], f"{place}.kinds")
        steps.append(Step(kinds, _where(param, found.get("where", []), f"{place}.where")))
    return tuple(steps)


def _written_where(where: tuple[Comparison, ...]) -> list[dict[str, Any]]:
    return [
        {
            "field": one.field,
            "op": one.op.value,
            "value": list(one.value) if isinstance(one.value, tuple) else one.value,
        }
        for one in where
    ]


def _written_steps(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [
        {"kinds": list(step.kinds), **({"where": _written_where(step.where)} if step.where else {})}
        for step in steps
    ]


def _written_thousandths(value: int) -> str | int:
    return value // 1000 if value % 1000 == 0 else str(Decimal(value) / 1000)


_PARSERS: dict[ParamType, Callable[[Param, Any, str], Any]] = {
    ParamType.INTEGER: _integer,
    ParamType.FEN: _integer,
    ParamType.NUMBER: _thousandths,
    ParamType.BOOLEAN: _boolean,
    ParamType.TEXT: _text,
    ParamType.TEXTS: _many(_text),
    ParamType.INTEGERS: _many(_integer),
    ParamType.CHOICE: _text,
    ParamType.CHOICES: _many(_text),
    ParamType.DATE: _date,
    ParamType.WINDOW: _window,
    ParamType.WHERE: _where,
    ParamType.STEPS: _steps,
}
_WRITERS: dict[ParamType, Callable[[Any], Any]] = {
    ParamType.NUMBER: _written_thousandths,
    ParamType.TEXTS: list,
    ParamType.INTEGERS: list,
    ParamType.CHOICES: list,
    ParamType.DATE: date.isoformat,
    ParamType.WINDOW: _written_window,
    ParamType.WHERE: _written_where,
    ParamType.STEPS: _written_steps,
}
