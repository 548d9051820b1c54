"""The log as a file: every fact, the newest recorded first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.rights.storing import frozen_among
from guanxi.kernel.wording import say
from guanxi.platform.exports import Column, Exportable, Type, exportables
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.touchpoints import queries
from guanxi.touchpoints.console import labels
from guanxi.touchpoints.kinds import KINDS

COLUMNS: Final = (
    Column("id", say("Fact"), Type.INTEGER),
    Column("occurred", say("When"), Type.MOMENT),
    Column("recorded", say("Recorded"), Type.MOMENT),
    Column("kind", say("Kind")),
    Column("channel", say("Channel")),
    Column("customer", say("Customer"), Type.INTEGER),
    Column("amount", say("Amount"), Type.MONEY),
    Column("quantity", say("Quantity"), Type.INTEGER),
    Column("source", say("Source")),
    Column("source_ref", say("Reference")),
    Column("payload", say("Details")),
)


def pages(brand: Brand, query: Mapping[str, str]) -> Iterator[list[Sequence[Any]]]:
    kind = query.get("kind", "")
    kind = kind if kind in KINDS else ""
    after: str | None = None
    while True:
        page = queries.latest(brand.pk, after=after, limit=queries.LARGEST_PAGE, kind=kind)
        subjects = [row.subject_id for row in page.rows if row.subject_id is not None]
        customers = customer_ids_of(brand.pk, subjects)
        stored_only = frozen_among(set(customers.values()))  # their facts are in no file
        told = [(row, customers.get(row.subject_id or 0)) for row in page.rows]
        yield [_row(row, customer) for row, customer in told if customer not in stored_only]
        if page.after is None:
            return
        after = page.after


def _row(row: queries.TouchpointRow, customer: int | None) -> Sequence[Any]:
    return (
        row.id,
        row.occurred_ms,
        row.recorded_ms,
        row.kind,
        row.channel or None,
        customer,
        row.amount_fen,
        row.quantity,
        row.source,
        row.source_ref,
        orjson.dumps(dict(row.payload)).decode() if row.payload else None,
    )


def said(brand: Brand, query: Mapping[str, str]) -> str:
    return labels.kind_name(query["kind"]) if query.get("kind") in KINDS else ""


def register() -> None:
    exportables.register(
        Exportable("log", say("Log"), Permission.EXPORTS_RUN, COLUMNS, pages, parameters=("kind",), said=said)
    )
