"""The daily run: each local day of a brand once, also those that were missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import families_of, living
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.loyalty.moments import joining, members
from guanxi.loyalty.moments.calendar import APART_DAYS, LATE_DAYS, MOST_CAUGHT_UP, midnight_ms
from guanxi.loyalty.moments.kinds import ANNIVERSARY, BIRTHDAY
from guanxi.loyalty.moments.models import Moment, MomentRun
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

WHAT: Final = {"birthday": BIRTHDAY.name, "anniversary": ANNIVERSARY.name}


class Done(NamedTuple):
    """Local days that were done, and moments that were told of."""

    days: int = 0
    birthdays: int = 0
    anniversaries: int = 0


def today_of(brand: Brand) -> date:
    return to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()


def is_due(brand: Brand) -> bool:
    reached = MomentRun.objects.filter(brand_id=brand.pk).values_list("done_day", flat=True).first()
    return reached is None or reached < today_of(brand).toordinal()


def run(brand: Brand, progress: Callable[[int], object] | None = None) -> Done:
    """Tell of the moments of every day that is due. May be killed at any moment, and run twice at once."""
    done = Done()
    for day in _due(brand):
        late = (today_of(brand) - day).days > LATE_DAYS
        counts = dict.fromkeys(WHAT, 0)
        for what, some in _of(brand, day):
            counts[what] += _tell(brand, what, day, some, live=not late)
            if progress:
                progress(done.days)
        with writing(brand.pk):
            MomentRun.objects.filter(brand_id=brand.pk, done_day__lt=day.toordinal()).update(
                done_day=day.toordinal()
            )
        done = Done(
            done.days + 1,
            done.birthdays + counts["birthday"],
            done.anniversaries + counts["anniversary"],
        )
    return done


def _due(brand: Brand) -> list[date]:
    """From the day after the last one to today; the first run of a brand is of today alone."""
    today = today_of(brand)
    row = MomentRun.objects.filter(brand_id=brand.pk).first()
    if row is None:
        joining.read_log(brand.pk)
        with writing(brand.pk):
            begun = {"done_day": today.toordinal() - 1}
            row, _new = MomentRun.objects.get_or_create(brand_id=brand.pk, defaults=begun)
    first = max(row.done_day + 1, today.toordinal() - MOST_CAUGHT_UP)
    return [date.fromordinal(number) for number in range(first, today.toordinal() + 1)]


def _of(brand: Brand, day: date) -> Iterator[tuple[str, dict[int, int]]]:
    for some in members.birthdays(brand.pk, day):
        yield "birthday", some
    for some in members.anniversaries(brand.pk, day, ZoneInfo(brand.timezone)):
        yield "anniversary", some


def _tell(brand: Brand, what: str, day: date, found: Mapping[int, int], *, live: bool) -> int:
    """Write the moments of these customers who had none of the kind for long, each with its fact."""
    if not found:
        return 0
    at_ms = midnight_ms(day, ZoneInfo(brand.timezone))
    with writing(brand.pk):
        families = families_of(brand.pk, living(brand.pk, list(found)))
        subjects = {subject for family in families.values() for subject in family}
        near = (day - timedelta(days=APART_DAYS)).toordinal(), (day + timedelta(days=APART_DAYS)).toordinal()
        recent = Moment.objects.filter(subject_id__in=subjects, what=what, day__gt=near[0], day__lt=near[1])
        had = set(recent.values_list("subject_id", flat=True))
        fresh = [customer for customer, family in families.items() if not had.intersection(family)]
        Moment.objects.bulk_create(
            Moment(brand_id=brand.pk, subject_id=customer, what=what, day=day.toordinal())
            for customer in fresh
        )
        happenings = [
            Happening(WHAT[what], customer, at_ms, _payload(what, found[customer])) for customer in fresh
        ]
        tell(brand.pk, happenings, live=live)
    return len(fresh)


def _payload(what: str, years: int) -> Mapping[str, Any]:
    return {"years": years} if what == "anniversary" else {}
