"""The leaves about ages and birthdays."""

from __future__ import annotations

from guanxi.customers.conditions import keys
from guanxi.customers.conditions.keys import Age, BirthdayMonth, BirthdaySoon
from guanxi.kernel.conditions.leaves import Fault, LeafType, Param, ParamType
from guanxi.kernel.conditions.phrases import at_least_most, is_one
from guanxi.kernel.conditions.predicates import Compare, Op, Predicate
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.wording import say

MAX_AGE = 150
MAX_BIRTHDAY_DAYS = 90


def _say_age(leaf: Leaf, tongue: Tongue) -> str:
    least, most = leaf["at_least"], leaf["at_most"]
    bounds = at_least_most(least, most, tongue)
    if is_one(least, most):
        return tongue.say("is %(bounds)s year old", bounds=bounds)
    return tongue.say("is %(bounds)s years old", bounds=bounds)


def _check_age(leaf: Leaf) -> Fault | None:
    least, most = leaf["at_least"], leaf["at_most"]
    if least is None and most is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    if least is not None and most is not None and least > most:
        return Fault("at_most", say("at least %(least)s", least=least), most)
    return None


def _years(name: str, zh: str, en: str, doc: str) -> Param:
    return Param(name, ParamType.INTEGER, zh, en, doc, least=0, most=MAX_AGE)


AGE = LeafType(
    "profile.age",
    "年龄",
    "Age",
    "profile",
    "The age in full years, counted on the birthday's own calendar. Without a year of birth there is none.",
    (
        _years("at_least", "至少（岁）", "At least (years)", "the youngest"),
        _years("at_most", "至多（岁）", "At most (years)", "the oldest"),
    ),
    _say_age,
    lambda leaf: Compare(keys.yes_or_no(Age(leaf["at_least"], leaf["at_most"])), Op.EQ, True),
    check=_check_age,
)


def _say_birthday(leaf: Leaf, tongue: Tongue) -> str:
    if leaf["within_days"] == 0:
        return tongue.say("has a birthday today")
    if leaf["within_days"] == 1:
        return tongue.say("has a birthday today or tomorrow")
    if leaf["within_days"] is not None:
        return tongue.say("has a birthday in the next %(n)s days", n=leaf["within_days"])
    if leaf["this_month"]:
        return tongue.say("has a birthday this month")
    months = [tongue.label(f"{month} 月", MONTHS[month - 1]) for month in leaf["months"]]
    return tongue.say("has a birthday in %(months)s", months=tongue.either(months))


def _birthday(leaf: Leaf) -> Predicate:
    if leaf["within_days"] is not None:
        return Compare(keys.yes_or_no(BirthdaySoon(leaf["within_days"])), Op.EQ, True)
    months = () if leaf["this_month"] else tuple(sorted(leaf["months"] or ()))
    return Compare(keys.yes_or_no(BirthdayMonth(months)), Op.EQ, True)


def _check_birthday(leaf: Leaf) -> Fault | None:
    given = [leaf["within_days"] is not None, bool(leaf["this_month"]), bool(leaf["months"])]
    if sum(given) != 1:
        return Fault(
            "within_days", say("exactly one of within_days, this_month, months"), leaf["within_days"]
        )
    return None


MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
BIRTHDAY = LeafType(
    "profile.birthday",
    "生日",
    "Birthday",
    "profile",
    "The next birthday, solar or lunar as the customer keeps it. A day that a year lacks is kept on the day "
    "before, and a birthday of a leap month in the plain month.",
    (
        Param(
            "within_days",
            ParamType.INTEGER,
            "未来几天内",
            "Within the next days",
            "0 is today, 7 today and the seven days after it",
            least=0,
            most=MAX_BIRTHDAY_DAYS,
        ),
        Param(
            "this_month", ParamType.BOOLEAN, "本月", "This month", "in the present solar month", default=False
        ),
        Param(
            "months",
            ParamType.INTEGERS,
            "月份",
            "Months",
            "in these solar months, 1 to 12, of the present year",
            least=1,
            most=12,
        ),
    ),
    _say_birthday,
    _birthday,
    check=_check_birthday,
)
