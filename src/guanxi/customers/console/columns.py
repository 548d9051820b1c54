"""The columns of the list of customers: those there are, which a member chose and in which order.

What a member chose last is kept with their membership and holds wherever the address names no columns; a
saved view keeps what stood in the address. Rooms above register columns of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from guanxi.customers.console.faces import Face
from guanxi.customers.models import Customer
from guanxi.customers.places import place_name
from guanxi.customers.tags import tags_of_many
from guanxi.kernel.registries import Registry
from guanxi.platform import saved_views
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import in_chinese
from guanxi.ui.parts import Column, ColumnMenu

Rows = Sequence[tuple[Customer, Face]]
Kind = Literal["text", "number", "money", "moment", "words", "badge", "phone", "schemes"]
LISTING: Final = "customers"
USUAL: Final = ("phone", "city", "known", "orders", "revenue", "last")
SEPARATOR: Final = "."


class ListColumn(NamedTuple):
    """`values(brand, rows)` gives customer → what its cell shows, as `kind` has it ("words": texts in a row;
    None: unknown), in a fixed number of queries for any number of rows. `sort` is the list's word for it."""

    name: str
    label: str | Promise
    kind: Kind
    values: Callable[[Brand, Rows], Mapping[int, Any]]
    sort: str = ""
    permission: Permission = Permission.CUSTOMERS_VIEW

    @property
    def numeric(self) -> bool:
        return self.kind in {"number", "money"}


class ListCell(NamedTuple):
    kind: Kind
    label: str
    value: Any
    numeric: bool


COLUMNS: Registry[ListColumn] = Registry("column of the list of customers", lambda column: column.name)


def known_names(text: str) -> tuple[str, ...]:
    """The columns that an address names, each once; what there is not is left out."""
    return tuple(dict.fromkeys(name for name in text[:400].split(SEPARATOR) if name in COLUMNS))


def shown(request: BrandRequest, asked: Sequence[str]) -> list[ListColumn]:
    """Those asked for, else those that the member chose, else the usual ones."""
    kept = saved_views.columns_of(request.memberships, request.brand.pk, LISTING)
    names = asked or known_names(SEPARATOR.join(kept)) or USUAL
    return [column for name in names if request.actor.may((column := COLUMNS[name]).permission)]


def head(columns: Sequence[ListColumn], sort: str, url: Callable[[str], str]) -> list[Column]:
    """The headings; those that the list can be ordered by lead to it."""

    def one(label: str, word: str, *, numeric: bool) -> Column:
        current: Literal["", "descending"] = "descending" if word == sort else ""
        return Column(label, word, numeric, url(word), current) if word else Column(label, numeric=numeric)

    first = one(str(_("Customer")), "newest", numeric=False)
    return [first, *(one(str(column.label), column.sort, numeric=column.numeric) for column in columns)]


def cells(brand: Brand, columns: Sequence[ListColumn], rows: Rows) -> list[list[ListCell]]:
    """A line of cells for each row."""
    found = [(column, column.values(brand, rows)) for column in columns]
    return [
        [
            ListCell(column.kind, str(column.label), values.get(customer.pk), column.numeric)
            for column, values in found
        ]
        for customer, _face in rows
    ]


def menu(request: BrandRequest, columns: Sequence[ListColumn], query: Mapping[str, str]) -> ColumnMenu:
    chosen = {column.name for column in columns}
    others = [c for c in COLUMNS if c.name not in chosen and request.actor.may(c.permission)]
    return ColumnMenu(
        reverse("customers-columns"),
        query,
        [(column.name, str(column.label)) for column in columns],
        [(column.name, str(column.label)) for column in others],
    )


@permission_required(Permission.CUSTOMERS_VIEW)
@require_POST
def choose(request: BrandRequest) -> HttpResponse:
    """Keep the ticked columns, in their order, with one moved up where its button was pressed."""
    from guanxi.customers.console.listing import address  # noqa: PLC0415 - the list asks for its columns

    names = list(known_names(SEPARATOR.join(request.POST.getlist("column"))))
    moved = request.POST.get("up", "")
    if moved in names and (place := names.index(moved)) > 0:
        names[place - 1], names[place] = names[place], names[place - 1]
    if "usual" in request.POST:
        names = []
    saved_views.keep_columns(request.brand.pk, request.person.pk, LISTING, names)
    query = {name[2:]: str(value) for name, value in request.POST.items() if name.startswith("q-")}
    return redirect(address({**query, "columns": SEPARATOR.join(names)}))


# ---------------------------------------------------------------- the room's own


def _of(read: Callable[[Customer], Any]) -> Callable[[Brand, Rows], Mapping[int, Any]]:
    return lambda brand, rows: {customer.pk: read(customer) for customer, _face in rows}


def _faces(brand: Brand, rows: Rows) -> Mapping[int, Any]:
    return {customer.pk: face for customer, face in rows}


def _city(customer: Customer) -> str | None:
    return place_name(customer.adcode, chinese=in_chinese()) if customer.adcode else None


def _average(customer: Customer) -> int | None:
    return customer.revenue_fen // customer.orders if customer.orders > 0 else None


def _tags(brand: Brand, rows: Rows) -> Mapping[int, Any]:
    return tags_of_many(brand.pk, [customer.pk for customer, _face in rows])


def register() -> None:
    for column in (
        ListColumn("phone", _("Phone"), "phone", _faces),
        ListColumn("city", _("City"), "text", _of(_city)),
        ListColumn("known", _("Known from"), "schemes", _faces),
        ListColumn("orders", _("Orders"), "number", _of(lambda customer: customer.orders), "orders"),
        ListColumn("revenue", _("Revenue"), "money", _of(lambda customer: customer.revenue_fen), "revenue"),
        ListColumn("last", _("Last order"), "moment", _of(lambda customer: customer.last_order_ms), "last"),
        ListColumn("average", _("Average order"), "money", _of(_average)),
        ListColumn("first", _("First ordered"), "moment", _of(lambda customer: customer.first_order_ms)),
        ListColumn("since", _("First seen"), "moment", _of(lambda customer: customer.first_ms)),
        ListColumn("tags", _("Tags"), "words", _tags),
    ):
        COLUMNS.register(column)
