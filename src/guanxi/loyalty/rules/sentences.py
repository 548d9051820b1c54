"""A rule as a sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from guanxi.kernel.conditions import Tongue
from guanxi.kernel.conditions import sentence as said_of_customer
from guanxi.kernel.conditions.wording import spaced
from guanxi.loyalty.rules.contracts import EFFECTS, Definition, Effect, Limit, Period
from guanxi.touchpoints.conditions import phrases


def sentence(definition: Definition, tongue: Tongue) -> str:
    """What a rule says: "Whoever ordered where channel is Tmall gets 1 units of “points” for each full ¥1.
    At most once a day for each customer." """
    parts = {
        "did": phrases.done(definition.on, tongue),
        "where": phrases.wherein(definition.where, tongue),
        "gets": joined([effect_said(one, tongue) for one in definition.effects], tongue),
    }
    if definition.condition is None:
        said = tongue.say("Whoever %(did)s%(where)s gets %(gets)s.", **parts)
    else:
        condition = said_of_customer(definition.condition, tongue)
        said = tongue.say(
            "Whoever %(did)s%(where)s and at that moment %(condition)s gets %(gets)s.",
            condition=condition,
            **parts,
        )
    for more in (_days(definition, tongue), *_times(definition, tongue), *_limits(definition.limit, tongue)):
        said = tongue.say("%(said)s %(more)s", said=said, more=more) if more else said
    return spaced(said) if tongue.is_chinese else said


def effect_said(effect: Effect, tongue: Tongue) -> str:
    """What one effect gives; of one whose kind has gone, its name."""
    kind = EFFECTS.get(effect.name)
    return kind.sentence(effect, tongue) if kind else tongue.quoted(effect.name)


def joined(words: Sequence[str], tongue: Tongue) -> str:
    """ "a, b and c", 「a、b 和 c」."""
    if len(words) < 2:
        return "".join(words)
    between = "、" if tongue.is_chinese else ", "
    return tongue.say("%(first)s and %(last)s", first=between.join(words[:-1]), last=words[-1])


def _days(definition: Definition, tongue: Tongue) -> str:
    since, until = definition.since, definition.until
    if since is not None and until is not None:
        return tongue.say("Valid from %(first)s to %(last)s.", first=_day(since), last=_day(until))
    if since is not None:
        return tongue.say("Valid from %(first)s on.", first=_day(since))
    return tongue.say("Valid up to %(last)s.", last=_day(until)) if until is not None else ""


def _day(day: date) -> str:
    return day.isoformat()


def weekday_names(tongue: Tongue) -> list[str]:
    """The days of the week, Monday first."""
    return [
        tongue.say("Monday"),
        tongue.say("Tuesday"),
        tongue.say("Wednesday"),
        tongue.say("Thursday"),
        tongue.say("Friday"),
        tongue.say("Saturday"),
        tongue.say("Sunday"),
    ]


def _times(definition: Definition, tongue: Tongue) -> list[str]:
    found = []
    if definition.weekdays:
        names = weekday_names(tongue)
        days = joined([names[day] for day in definition.weekdays], tongue)
        found.append(tongue.say("Only on %(days)s.", days=days))
    if definition.hours is not None:
        first, last = definition.hours
        found.append(
            tongue.say("Only from %(first)s to %(last)s.", first=f"{first:02d}:00", last=f"{last:02d}:00")
        )
    return found


def period_said(period: Period, tongue: Tongue) -> str:
    """ "a day", "each customer": how a limit's period stands in a sentence; nothing for ever."""
    return {
        Period.DAY: tongue.say(" a day"),
        Period.WEEK: tongue.say(" a week"),
        Period.MONTH: tongue.say(" a month"),
        Period.YEAR: tongue.say(" a year"),
        Period.EVER: "",
    }[period]


def _limits(limit: Limit | None, tongue: Tongue) -> list[str]:
    if limit is None:
        return []
    found, per = [], period_said(limit.per, tongue)
    if limit.times == 1:
        found.append(tongue.say("At most once%(per)s for each customer.", per=per))
    elif limit.times is not None:
        found.append(
            tongue.say("At most %(n)s times%(per)s for each customer.", n=f"{limit.times:,}", per=per)
        )
    if limit.units is not None:
        found.append(
            tongue.say("At most %(n)s units%(per)s for each customer.", n=f"{limit.units:,}", per=per)
        )
    return found
