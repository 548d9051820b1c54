"""The same answers about customers in Ibis."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from typing import Any

from guanxi.customers.conditions.days import (
    CALENDARS,
    age_changes,
    birthday_changes,
    codes_of_month,
    codes_within,
    rounded_down,
    today_number,
)
from guanxi.customers.conditions.keys import Age, BirthdayMonth, BirthdaySoon, Column, Key, Month, Seen, Share
from guanxi.kernel.conditions.features import Moment, column
from guanxi.kernel.conditions.shares import part
from guanxi.kernel.conditions.windows import BEGINNING_MS, Calendar, Window, local_date, midnight_ms
from guanxi.warehouse import comparisons

Answer = tuple[Any, list[Any]]  # a column, and columns of the moments at which it may change


def table(keys: Sequence[Key], customers: Any, moment: Moment) -> Any:
    """A row for each customer: customer_id, f0 …, changes_ms."""
    answers = [_answer(key, customers, moment) for key in keys]
    changes = [change for _, several in answers for change in several]
    return customers.select(
        "customer_id",
        **{column(place): value for place, (value, _) in enumerate(answers)},
        changes_ms=comparisons.earliest(changes),
    )


def _answer(key: Key, customers: Any, moment: Moment) -> Answer:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    match key:
        case Column("adcode"):
            return customers.adcode.cast("int64"), []
        case Column(name):
            return customers[name].nullif(""), []
        case Seen(name, window):
            return _seen(customers[name], window, moment)
        case Month():
            turns_ms = Window(calendar=Calendar.THIS_MONTH).moves_ms(moment)
            month = ibis.literal(local_date(moment).month, "int64")
            return month, [ibis.literal(turns_ms, "int64")]
        case Share(seed):
            return part(customers.customer_id, seed), []
        case _:
            return _birthday(key, customers, moment)


def _seen(at_ms: Any, window: Window, moment: Moment) -> Answer:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    bounds, now_ms, unknown = window.bounds(moment), moment.as_of_ms, ibis.null("int64")
    inside = at_ms <= bounds.until_ms
    if bounds.after_ms > BEGINNING_MS:
        inside = inside & (at_ms > bounds.after_ms)
    changes = [ibis.ifelse(at_ms > now_ms, at_ms, unknown)]
    if window.rolling_ms is not None:
        falls_ms = at_ms + window.rolling_ms
        changes.append(ibis.ifelse(falls_ms > now_ms, falls_ms, unknown))
    if (turns_ms := window.moves_ms(moment)) is not None:
        changes.append(ibis.literal(turns_ms, "int64"))
    return inside, changes


def _birthday(key: Key, customers: Any, moment: Moment) -> Answer:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    today = local_date(moment)
    match key:
        case BirthdaySoon(days):
            near = _by_calendar(customers, lambda calendar: codes_within(today, days, calendar))
            changes = _changes(customers, moment, lambda calendar: birthday_changes(today, days, calendar))
            return near, [changes]
        case BirthdayMonth(months):
            wanted = months or (today.month,)
            turns = Window(calendar=Calendar.THIS_YEAR if months else Calendar.THIS_MONTH)
            celebrated = _by_calendar(
                customers,
                lambda calendar: [
                    code for month in wanted for code in codes_of_month(today.year, month, calendar)
                ],
            )
            turns_ms = ibis.literal(turns.moves_ms(moment), "int64")
            known = customers.birth_month_day.notnull()
            return celebrated, [ibis.ifelse(known, turns_ms, ibis.null("int64"))]
        case Age():
            aged = [_aged(key, customers, today, calendar) for calendar in CALENDARS]
            return aged[0] | aged[1], [
                _changes(customers, moment, lambda calendar: age_changes(today, calendar))
            ]
        case _:
            raise AssertionError(key)


def _is_of(customers: Any, calendar: str) -> Any:
    """Whether the birthday is of the calendar; never NULL."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    return ibis.coalesce(customers.birth_calendar == calendar, ibis.literal(False))


def _by_calendar(customers: Any, codes: Callable[[str], list[int]]) -> Any:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    parts = [
        _is_of(customers, calendar) & customers.birth_month_day.isin(codes(calendar))
        for calendar in CALENDARS
        if codes(calendar)
    ]
    found = reduce(lambda one, other: one | other, parts, ibis.literal(False))
    return ibis.coalesce(found, ibis.literal(False))


def _aged(key: Age, customers: Any, today: date, calendar: str) -> Any:
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    born = customers.birth_year.cast("int64") * 10_000 + customers.birth_month_day
    now = today_number(today, calendar)
    bounds = [born.notnull()]
    if key.least is not None:
        bounds.append(born <= now - key.least * 10_000)
    if key.most is not None:
        bounds.append(born > now - (key.most + 1) * 10_000)
    aged = reduce(lambda one, other: one & other, bounds)
    return _is_of(customers, calendar) & ibis.coalesce(aged, ibis.literal(False))


def _changes(customers: Any, moment: Moment, changes: Callable[[str], dict[int, date]]) -> Any:
    """The local midnight on or before which each code changes."""
    import ibis  # noqa: PLC0415 - half a second that only the lake needs

    branches = [
        (
            _is_of(customers, calendar) & customers.birth_month_day.isin(codes),
            ibis.literal(midnight_ms(day, moment.zone), "int64"),
        )
        for calendar in CALENDARS
        for day, codes in rounded_down(changes(calendar), local_date(moment)).items()
    ]
    return ibis.cases(*branches, else_=ibis.null("int64"))
