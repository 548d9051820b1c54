"""Any shop's orders, by a mapping of fields to columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.contracts import MOST_NAMED, Options, Table
from guanxi.touchpoints.importing.formats import jd, taobao
from guanxi.touchpoints.importing.formats.columns import Found
from guanxi.touchpoints.importing.formats.orders import OrderPlan
from guanxi.touchpoints.importing.formats.rules import Amounts, OrderRules, State
from guanxi.touchpoints.importing.mapping import (
    MEMBER_FIELDS,
    ORDER_FIELDS,
    SURE,
    VOCABULARY,
    resolve,
    suggest,
)

STATUSES: dict[str, State] = {
    text: State(state) for state, texts in VOCABULARY["statuses"].items() for text in texts
}


@dataclass(frozen=True)
class GenericOrders:
    """Orders of any shop (contracts.Importer). Without a mapping, the one suggested by the headers is used
    if it finds a date and an amount."""

    name: str = "orders"
    label_zh: str = "订单（自定义映射）"
    label_en: str = "Orders (your own mapping)"
    headers: frozenset[str] = ORDER_FIELDS.headers

    def detects(self, names: Sequence[str]) -> float:
        """At most 0.5: any platform's own format comes first, and member files where it is as likely one."""
        fields = {one.field for one in suggest(names, ORDER_FIELDS) if one.confidence >= SURE}
        if "date" not in fields or not _has_amount(fields):
            return 0.0
        about_people = {one.field for one in suggest(names, MEMBER_FIELDS) if one.confidence >= SURE}
        sale = 0.0 if about_people & _OF_MEMBERS else 0.15
        return 0.2 + sale + 0.05 * len(fields & {"order", "customer", "phone"})

    def plan(self, table: Table, options: Options) -> OrderPlan:
        found = resolve(table, options.mapping, ORDER_FIELDS)
        if not _has_amount(found) or "date" not in found:
            raise Invalid(
                say(
                    "'%(name)s' as orders needs a date, and an amount, a total, or a price and a quantity; "
                    "found: %(found)s.",
                    name=table.name,
                    found=", ".join(found) or say("nothing"),
                ),
                remedy=say(
                    "Say --map field=column. The columns are: %(columns)s.",
                    columns=", ".join(table.names[:MOST_NAMED]),
                ),
                columns=table.names[:MOST_NAMED],
            )
        columns: Found = {_INSIDE.get(name, name): index for name, index in found.items()}
        return OrderPlan(f"shop:{options.shop}", columns, _rules(columns, options), options)


_OF_MEMBERS = {"birthday", "level", "gender", "language", "calendar"}
_INSIDE = {"date": "placed", "paid_date": "paid", "item": "sku", "name": "name"}


def _has_amount(fields: Sequence[str] | set[str] | Found) -> bool:
    return "amount" in fields or "total" in fields or {"price", "quantity"} <= set(fields)


def _rules(found: Found, options: Options) -> OrderRules:
    """`total` is the whole order's, repeated on its rows; `amount`, or price × quantity, is each row's
    own."""
    once = "total" in found
    scheme = options.scheme or f"shop:{options.shop}"
    return OrderRules(
        channel="",
        amount_fields=("total",) if once else ("amount",),
        statuses={**STATUSES, **taobao.STATUSES, **jd.STATUSES},
        amounts=Amounts.ONCE if once else Amounts.SUMMED,
        grouped=True,
        schemes=(("customer", scheme), ("unionid", "unionid"), ("member", "member")),
        signed=True,
        status_default=State.PAID,
    )
