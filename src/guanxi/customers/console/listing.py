"""The list of customers: filters, orders and pages by key, so that page 10,000 is as fast as the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from guanxi.customers import held
from guanxi.customers.console import columns
from guanxi.customers.identifiers import scheme_label
from guanxi.customers.models import Customer, Subject, Tag, Tagging
from guanxi.customers.places import place_name
from guanxi.customers.tag_dictionary import NAME_CHARS
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.ui.figures import in_chinese
from guanxi.ui.parts import Option, Pager

PAGE_ROWS: Final = 50
LAPSED_DAYS: Final = 180
COUNTED_AT_MOST: Final = 100_000
COUNTED_OF_A_TAG: Final = 10_000  # each customer is asked for the tags of all of its subjects
RARE: Final = 5_000

SHOWS: Final[Mapping[str, Promise]] = {
    "all": gettext_lazy("Everybody"),
    "bought": gettext_lazy("Bought"),
    "repeat": gettext_lazy("Bought again"),
    "lapsed": gettext_lazy("No order for 180 days"),
    "never": gettext_lazy("Never bought"),
}
# The word in the address, and the column it orders by; the id breaks ties. All are descending.
SORTS: Final[Mapping[str, str]] = {
    "newest": "id",
    "last": "last_order_ms",
    "orders": "orders",
    "revenue": "revenue_fen",
}

_CITIES: Final = """
    WITH RECURSIVE held(code) AS (
        SELECT MIN(adcode) FROM customers_customer WHERE brand_id = %s AND merged_into_id IS NULL
        UNION ALL
        SELECT (
            SELECT MIN(adcode) FROM customers_customer
            WHERE brand_id = %s AND merged_into_id IS NULL AND adcode > held.code
        ) FROM held WHERE held.code IS NOT NULL
    )
    SELECT code FROM held WHERE code IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for; anything it does not understand is as if it were absent."""

    show: str = "all"
    sort: str = "newest"
    after: tuple[int, int] | None = None
    city: int = 0  # division code; 0 is anywhere
    has: str = ""  # an identity scheme
    lacks: str = ""
    tag: str = ""  # name of a tag; "" is any or none
    columns: tuple[str, ...] = ()  # none: those that the member chose

    @classmethod
    def from_address(cls, parameters: Mapping[str, str]) -> Query:
        show, sort = parameters.get("show", "all"), parameters.get("sort", "newest")
        sort = sort if sort in SORTS else "newest"
        show = show if show in SHOWS else "all"
        if sort == "last" and show == "all":
            show = "bought"  # who never bought has no last order to go by
        has, lacks = (
            word if (word := parameters.get(name, "")) in held.BITS else "" for name in ("has", "lacks")
        )
        after, city = position(parameters.get("after", "")), city_code(parameters.get("city", ""))
        tag = parameters.get("tag", "").strip()[:NAME_CHARS]
        chosen_columns = columns.known_names(parameters.get("columns", ""))
        return cls(show, sort, after, city, has, lacks, tag, chosen_columns)

    @property
    def parameters(self) -> Mapping[str, str]:
        """What asks for this list, wherever in it one is."""
        words = {"show": self.show, "sort": self.sort, "city": str(self.city or "")}
        shown = columns.SEPARATOR.join(self.columns)
        return words | {"has": self.has, "lacks": self.lacks, "tag": self.tag, "columns": shown}

    def url(self, **changes: str) -> str:
        words = {**self.parameters, **changes}
        kept = {k: v for k, v in words.items() if v and (k, v) not in {("show", "all"), ("sort", "newest")}}
        return reverse("customers") + (f"?{urlencode(kept)}" if kept else "")


def address(words: Mapping[str, str]) -> str:
    """The list as these words ask for it, from its first page."""
    return Query.from_address({**words, "after": ""}).url()


def city_code(text: str) -> int:
    return int(text) if len(text) == 6 and text.isascii() and text.isdecimal() else 0


def position(after: str) -> tuple[int, int] | None:
    value, dot, number = after.partition(".")
    try:
        return (int(value), int(number)) if dot else None
    except ValueError:
        return None


def chosen(brand_id: int, query: Query) -> QuerySet[Customer]:
    """The living customers of a brand that the filter lets through."""
    rows = Customer.objects.filter(brand_id=brand_id, merged_into_id__isnull=True)
    if query.city:
        rows = rows.filter(adcode=query.city)
    rows = held.narrowed(rows, brand_id, query.has, query.lacks)
    if query.tag:
        rows = _tagged(rows, brand_id, query.tag)
    if query.show == "bought":
        return rows.filter(orders__gte=1)
    if query.show == "repeat":
        return rows.filter(orders__gte=2)
    if query.show == "never":
        return rows.filter(orders=0)
    if query.show == "lapsed":
        return rows.filter(last_order_ms__lt=now_ms() - LAPSED_DAYS * DAY_MS)
    return rows


def _tagged(rows: QuerySet[Customer], brand_id: int, name: str) -> QuerySet[Customer]:
    """Of a rare tag its customers are looked up; of a common one each customer of the page is asked."""
    tag = Tag.objects.filter(brand_id=brand_id, name=name).first()
    if tag is None:
        return rows.none()
    taggings = Tagging.objects.filter(tag_id=tag.pk)
    if taggings[: RARE + 1].count() <= RARE:
        subjects = Subject.objects.filter(pk__in=taggings.values("subject_id"))
        return rows.filter(pk__in=subjects.values("customer_id"))
    subjects = Subject.objects.filter(customer_id=OuterRef("pk"))
    return rows.filter(Exists(subjects.filter(Exists(taggings.filter(subject_id=OuterRef("pk"))))))


def following(brand_id: int, query: Query) -> QuerySet[Customer]:
    """The customers in the list's order, from behind the place that the query names."""
    column = SORTS[query.sort]
    rows = chosen(brand_id, query)
    if query.sort == "last":
        rows = rows.filter(last_order_ms__isnull=False)
    if query.after:
        value, number = query.after
        # Written so that both databases seek to `value` in the index instead of reading up to it.
        rows = rows.filter(**{f"{column}__lte": value}).filter(
            Q(**{f"{column}__lt": value}) | Q(id__lt=number)
        )
    return rows.order_by(f"-{column}", "-id")


def page(brand_id: int, query: Query, size: int = PAGE_ROWS) -> tuple[list[Customer], str]:
    """Customers of one page and the `after` of the next ("" on the last)."""
    column = SORTS[query.sort]
    found = list(following(brand_id, query)[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    return found[:size], f"{getattr(last, column)}.{last.pk}"


def total(brand_id: int, query: Query) -> str:
    """How many the filter lets through, as written; beyond a limit they are not all counted."""
    most = COUNTED_OF_A_TAG if query.tag else COUNTED_AT_MOST
    counted = chosen(brand_id, query).order_by().values("pk")[: most + 1].count()
    return f"{most:,}+" if counted > most else f"{counted:,}"


def chips(query: Query) -> list[Option]:
    return [Option(str(label), query.url(show=name), name == query.show) for name, label in SHOWS.items()]


def cities(brand_id: int) -> list[tuple[int, str]]:
    """The cities of a brand's customers by code, each found by one step in the index."""
    with connection.cursor() as cursor:
        cursor.execute(_CITIES, [brand_id, brand_id])
        codes = [row[0] for row in cursor.fetchall()]
    return [(code, place_name(code, chinese=in_chinese()) or str(code)) for code in codes]


def schemes(brand_id: int) -> list[tuple[str, str]]:
    """The kinds of identities that the brand's customers hold, and what people call them."""
    all_held = reduce(or_, held.combinations(brand_id), 0)
    language = get_language() or "zh"
    return [(name, scheme_label(name, language)) for name, bit in held.BITS.items() if all_held & bit]


def pager(query: Query, shown: Sequence[Customer], after: str, total_rows: str) -> Pager:
    return Pager(
        len(shown),
        total_rows,
        first_url=query.url() if query.after else "",
        next_url=query.url(after=after) if after else "",
    )
