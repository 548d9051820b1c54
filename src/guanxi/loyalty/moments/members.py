"""Who has a moment on a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from guanxi.customers import yearly
from guanxi.customers.lookup import families_of, roots_of
from guanxi.kernel.clock import to_datetime
from guanxi.loyalty.moments.calendar import birthday_codes, month_days, spans_before, years_since
from guanxi.loyalty.moments.models import Joining

CHUNK: Final = 500


def birthdays(brand_id: int, day: date) -> Iterator[dict[int, int]]:
    """Customers with a birthday, by batches; each with 0."""
    codes, after = birthday_codes(day), 0
    while found := yearly.born_on(brand_id, codes, after=after, limit=CHUNK):
        after = found[-1]
        yield dict.fromkeys(found, 0)


def anniversaries(brand_id: int, day: date, zone: ZoneInfo) -> Iterator[dict[int, int]]:
    """Customers with an anniversary, by batches; each with the years. One may come twice."""
    spans, after = spans_before(day, zone), 0
    while found := yearly.first_bought_within(brand_id, spans, after=after, limit=CHUNK):
        after = found[-1]
        yield _years(brand_id, found, day, zone)
    after = 0
    joined = Joining.objects.filter(brand_id=brand_id, month_day__in=month_days(day)).order_by("pk")
    while rows := list(joined.filter(pk__gt=after).values_list("pk", "subject_id")[:CHUNK]):
        after = rows[-1][0]
        roots = roots_of(brand_id, {subject for _pk, subject in rows})
        yield _years(brand_id, set(roots.values()), day, zone)


def since(brand_id: int, customer_ids: Collection[int]) -> dict[int, int]:
    """customer → when the membership began, in milliseconds; who never joined nor bought is left out."""
    bought = yearly.first_orders(brand_id, customer_ids)
    families = families_of(brand_id, list(bought))
    members = {subject for family in families.values() for subject in family}
    rows = Joining.objects.filter(subject_id__in=members)
    joined = dict(rows.values_list("subject_id", "since_ms"))
    found = {}
    for customer, at_ms in bought.items():
        known = [joined[one] for one in families.get(customer, ()) if one in joined]
        if at_ms is not None:
            known.append(at_ms)
        if known:
            found[customer] = min(known)
    return found


def _years(brand_id: int, customer_ids: Collection[int], day: date, zone: ZoneInfo) -> dict[int, int]:
    found = {}
    for customer, at_ms in since(brand_id, customer_ids).items():
        years = years_since(to_datetime(at_ms, zone).date(), day)
        if years is not None:
            found[customer] = years
    return found
