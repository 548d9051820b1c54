"""Payments and refunds, found by their order."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from guanxi.loyalty.rules.facts import Fact
from guanxi.platform.bulk import among, insert_rows

PAID: Final = "order.paid"
REFUNDED: Final = "order.refunded"
RECEIVED: Final = "order.received"
KINDS: Final = frozenset({PAID, REFUNDED, RECEIVED})
_COLUMNS: Final = {
    "fact_id": "bigint",
    "key": "bigint",
    "paid_fen": "bigint",
    "refunded_fen": "bigint",
    "received_ms": "bigint",
}


@dataclass(slots=True)
class Order:
    """`facts` are its payments, which may be several, and refunds. Refunds of more than was paid count as
    the whole. `received_ms` is the last receipt told of, None where there is none."""

    key: int
    facts: list[int] = field(default_factory=list)
    paid_fen: int = 0
    refunded_fen: int = 0
    received_ms: int | None = None

    @property
    def back_fen(self) -> int:
        return min(self.paid_fen, self.refunded_fen)

    @property
    def left_fen(self) -> int:
        return self.paid_fen - self.back_fen

    @property
    def is_refunded(self) -> bool:
        """Whether everything went back; also of an order that cost nothing, at its first refund."""
        return self.refunded_fen >= self.paid_fen and self.refunded_fen > 0

    def back(self, units: int) -> int:
        """How much of `units` that the order earned, or was paid with, goes back (docs/guide/ledger.md)."""
        if self.is_refunded:
            return units
        return units * self.back_fen // self.paid_fen if self.paid_fen else 0


def key_of(brand_id: int, source_id: int, order: str) -> int:
    """63 bits of the order's number at its source: small keys keep an index small. Whoever reads an order by
    its key may meet another's once in 10¹⁸ pairs."""
    told = f"{brand_id}\0{source_id}\0{order}".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") >> 1


def note(brand_id: int, source_id: int, facts: Sequence[Fact]) -> None:
    """Remember which payments, refunds and receipts are of which order: they come in any order."""
    rows = []
    for fact in facts:
        if fact.kind in KINDS and (number := fact.order()):
            amount = max(0, fact.amount_fen or 0)
            paid = amount if fact.kind == PAID else 0
            refunded = amount if fact.kind == REFUNDED else 0
            received_ms = fact.occurred_ms if fact.kind == RECEIVED else None
            rows.append((fact.id, key_of(brand_id, source_id, number), paid, refunded, received_ms))
    insert_rows("loyalty_orderfact", _COLUMNS, rows)


def of_keys(keys: Collection[int]) -> dict[int, Order]:
    """What is known of the orders with these keys."""
    if not keys:
        return {}
    where, these = among("key", sorted(keys))
    found: dict[int, Order] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, fact_id, paid_fen, refunded_fen, received_ms FROM loyalty_orderfact WHERE {where}"
            " ORDER BY fact_id",
            [these],
        )
        for key, fact_id, paid_fen, refunded_fen, received_ms in cursor.fetchall():
            order = found.setdefault(key, Order(key))
            if received_ms is not None:
                order.received_ms = max(received_ms, order.received_ms or received_ms)
                continue
            order.facts.append(fact_id)
            order.paid_fen += paid_fen
            order.refunded_fen += refunded_fen
    return found


def by_key(brand_id: int, source_id: int, facts: Sequence[Fact]) -> dict[int, list[Fact]]:
    """The facts that name an order, under its key."""
    found: dict[int, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in KINDS and (number := fact.order()):
            found[key_of(brand_id, source_id, number)].append(fact)
    return found
