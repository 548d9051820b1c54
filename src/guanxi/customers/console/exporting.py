"""The list of customers as a file: what a row of it says, personal data masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanxi.customers.console import listing
from guanxi.customers.console.faces import Face, faces
from guanxi.customers.console.listing import Query
from guanxi.customers.identifiers import scheme_label
from guanxi.customers.models import Customer
from guanxi.customers.places import place_name
from guanxi.customers.rights.storing import frozen_among
from guanxi.kernel.wording import say
from guanxi.platform.exports import Column, Exportable, Type, exportables
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import in_chinese

PAGE: Final = 2_000
COLUMNS: Final = (
    Column("customer", say("Customer"), Type.INTEGER),
    Column("name", say("Name")),
    Column("phone", say("Phone")),
    Column("city", say("City")),
    Column("known_from", say("Known from")),
    Column("orders", say("Orders"), Type.INTEGER),
    Column("revenue", say("Revenue"), Type.MONEY),
    Column("first_seen", say("First seen"), Type.DAY),
    Column("last_order", say("Last order"), Type.DAY),
)
Rows = list[Sequence[Any]]


class Line(NamedTuple):
    """What a row takes from the customer's own; the fields are columns."""

    id: int
    adcode: int | None
    orders: int
    revenue_fen: int
    first_ms: int
    last_order_ms: int | None


def rows_of(brand_id: int, customers: Sequence[Line]) -> Rows:
    """A row of `COLUMNS` for each of these customers, in a fixed number of queries; those whose data is only
    stored are in no file."""
    stored_only = frozen_among([row.id for row in customers])
    customers = [row for row in customers if row.id not in stored_only]
    known = faces(brand_id, [row.id for row in customers])
    chinese = in_chinese()
    cities = {code: place_name(code, chinese=chinese) for code in {row.adcode for row in customers}}
    return [_row(row, known[row.id], cities[row.adcode]) for row in customers]


def _row(row: Line, face: Face, city: str) -> Sequence[Any]:
    return (
        row.id,
        face.name or None,
        face.phone or None,
        city or None,
        " ".join(face.schemes) or None,
        row.orders,
        row.revenue_fen,
        row.first_ms,
        row.last_order_ms,
    )


def rows_of_ids(brand_id: int, customer_ids: Sequence[int]) -> Rows:
    """The same for ids, in their order; who was merged away meanwhile is left out."""
    rows = Customer.objects.filter(merged_into_id__isnull=True, pk__in=list(customer_ids))
    owned = rows.alias(owned_by=F("brand_id") + 0).filter(owned_by=brand_id)  # by id, not through the brand's
    found = {row[0]: Line._make(row) for row in owned.values_list(*Line._fields)}
    return rows_of(brand_id, [found[one] for one in customer_ids if one in found])


def pages(brand: Brand, query: Mapping[str, str]) -> Iterator[Rows]:
    """The customers that the list's address asks for, in its order."""
    asked = Query.from_address(query)
    column = Line._fields.index(listing.SORTS[asked.sort])
    while True:
        found = listing.following(brand.pk, asked).values_list(*Line._fields)[:PAGE]
        rows = [Line._make(row) for row in found]
        yield rows_of(brand.pk, rows)
        if len(rows) < PAGE:
            return
        asked = replace(asked, after=(rows[-1][column] or 0, rows[-1].id))


def count(brand: Brand, query: Mapping[str, str]) -> int:
    return listing.chosen(brand.pk, Query.from_address(query)).order_by().count()


def said(brand: Brand, query: Mapping[str, str]) -> str:
    """The filter, as the list's page calls its parts."""
    asked, language = Query.from_address(query), get_language() or "zh"
    parts = [str(listing.SHOWS[asked.show])] if asked.show != "all" else []
    if asked.city:
        parts.append(place_name(asked.city, chinese=in_chinese()) or str(asked.city))
    if asked.has:
        parts.append(_("with %(scheme)s") % {"scheme": scheme_label(asked.has, language)})
    if asked.lacks:
        parts.append(_("without %(scheme)s") % {"scheme": scheme_label(asked.lacks, language)})
    if asked.tag:
        parts.append(_("tagged %(tag)s") % {"tag": asked.tag})
    return " · ".join(parts)


def register() -> None:
    exportables.register(
        Exportable(
            "customers",
            say("Customers"),
            Permission.EXPORTS_RUN,
            COLUMNS,
            pages,
            count,
            parameters=("show", "sort", "city", "has", "lacks", "tag"),
            said=said,
        )
    )
