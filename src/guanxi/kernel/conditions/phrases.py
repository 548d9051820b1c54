"""Parts of sentences that the leaves of several rooms share."""

from __future__ import annotations

from datetime import date, timedelta

from guanxi.kernel.conditions.windows import Calendar, Side, Window
from guanxi.kernel.conditions.wording import Tongue


def span(window: Window, tongue: Tongue) -> str:
    """A window as it stands in a sentence; nothing for ever."""
    if window.days is not None:
        if window.side is Side.BEFORE:
            if window.days == 1:
                return tongue.say(" more than 24 hours ago")
            return tongue.say(" more than %(n)s days ago", n=window.days)
        if window.days == 1:
            return tongue.say(" in the last 24 hours")
        return tongue.say(" in the last %(n)s days", n=window.days)
    if window.calendar is not None:
        return _calendar(window.calendar, tongue)
    return _days(window.since, window.until, tongue)


def _days(first: date | None, last: date | None, tongue: Tongue) -> str:
    if first is not None and last is not None:
        return tongue.say(" from %(first)s to %(last)s", first=first.isoformat(), last=last.isoformat())
    if first is not None:
        return tongue.say(" since %(day)s", day=first.isoformat())
    if last is not None:
        return tongue.say(" before %(day)s", day=(last + timedelta(days=1)).isoformat())
    return ""


def _calendar(calendar: Calendar, tongue: Tongue) -> str:
    said = {
        Calendar.TODAY: tongue.say(" today"),
        Calendar.YESTERDAY: tongue.say(" yesterday"),
        Calendar.THIS_MONTH: tongue.say(" this month"),
        Calendar.LAST_MONTH: tongue.say(" last month"),
        Calendar.THIS_YEAR: tongue.say(" this year"),
        Calendar.LAST_YEAR: tongue.say(" last year"),
    }
    return said[calendar]


def at_least_most(least: object, most: object, tongue: Tongue) -> str:
    """ "at least 3", "at most 5", "3 to 5", "exactly 3"; "known" where neither is given."""
    if least is not None and least == most:
        return tongue.say("exactly %(n)s", n=least)
    if least is not None and most is not None:
        return tongue.say("%(least)s to %(most)s", least=least, most=most)
    if least is not None:
        return tongue.say("at least %(n)s", n=least)
    return tongue.say("at most %(n)s", n=most) if most is not None else tongue.say("known")


def is_one(least: object, most: object) -> bool:
    """Whether what `at_least_most` says ends in a one, so that the noun after it stands in the singular."""
    return (least if most is None else most) == 1 and least in {None, 1}
