"""Customers by the days that come again each year: birthdays, and the day of the first order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Right

from guanxi.customers.models import Customer
from guanxi.customers.rights.storing import frozen_among

AT_ONCE = 5_000


def born_on(
    brand_id: int, codes: Mapping[str, Collection[int]], *, after: int = 0, limit: int = AT_ONCE
) -> list[int]:
    """The next `limit` living customers behind `after`, by id, whose birthday has one of these codes (month ×
    100 + day) of its calendar."""
    wanted = Q()
    for calendar, some in codes.items():
        days = [f"{code // 100:02d}-{code % 100:02d}" for code in some]
        wanted |= Q(day__in=days) & _of(calendar)
    if not wanted:
        return []
    rows = _living(brand_id).filter(pk__gt=after).exclude(birthday="").annotate(day=Right("birthday", 5))
    return list(rows.filter(wanted).order_by("pk").values_list("pk", flat=True)[:limit])


def birthday_counts(brand_id: int) -> dict[tuple[str, int], int]:
    """(calendar, code) → how many customers have that birthday."""
    rows = _living(brand_id).exclude(birthday="").annotate(day=Right("birthday", 5))
    found: dict[tuple[str, int], int] = {}
    for day, calendar, count in rows.values_list("day", "birthday_calendar").annotate(n=Count("pk")):
        if day[:2].isdecimal() and day[3:].isdecimal():
            key = ("lunar" if calendar == "lunar" else "solar", int(day[:2]) * 100 + int(day[3:]))
            found[key] = found.get(key, 0) + count
    return found


def first_bought_within(
    brand_id: int, spans: Sequence[tuple[int, int]], *, after: int = 0, limit: int = AT_ONCE
) -> list[int]:
    """The next `limit` living customers behind `after`, by id, whose first order, as of the last sync, is in
    one of the spans [from, until) of milliseconds."""
    if not spans:
        return []
    wanted = Q()
    for from_ms, until_ms in spans:
        wanted |= Q(first_order_ms__gte=from_ms, first_order_ms__lt=until_ms)
    rows = _living(brand_id).filter(wanted, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def first_orders(brand_id: int, customer_ids: Collection[int]) -> dict[int, int | None]:
    """customer → when the first order was, as of the last sync, for those that live and are not frozen."""
    found: dict[int, int | None] = {}
    ids = sorted(set(customer_ids))
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = _living(brand_id).filter(pk__in=some).values_list("pk", "first_order_ms")
        found.update(rows)
    gone = frozen_among(set(found))
    return {number: at_ms for number, at_ms in found.items() if number not in gone}


def _living(brand_id: int) -> QuerySet[Customer, Any]:
    return Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True)


def _of(calendar: str) -> Q:
    lunar = Q(birthday_calendar="lunar")
    return lunar if calendar == "lunar" else ~lunar
