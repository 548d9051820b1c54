"""A lake's tables of a ledger that is out to get whoever reads them."""

from __future__ import annotations

import random
from typing import Any

import pyarrow as pa

from guanxi.warehouse.schemas import LEDGER_FLOWS, LEDGER_LOTS, LEDGER_REWARDS, LEDGER_USES

DAY_MS = 86_400_000
FIRST_DAY = 19_690
PLACES = ("wallet", "debt", "issued", "spent", "expired", "stock", "given")
KINDS = ("direct", "post", "claw", "return", "pay", "expire")
WAYS = ("used", "expired", "withdrawn", "moved")


def dated(day: int) -> dict[str, int]:
    return {"occurred_ms": day * DAY_MS, "local_day": day, "local_month": 23_500 + day // 30}


def ledger(chance: random.Random, count: int) -> dict[str, pa.Table]:
    """Flows between whatever places; lots that never expire or before they came; uses dated before their lot,
    below zero, and of lots that there are not."""
    lots: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        expires = chance.choice([None, FIRST_DAY + chance.randrange(-5, 90)])
        end = None if expires is None else expires * DAY_MS
        month = None if expires is None else 23_500 + expires // 30
        told = {"expires_ms": end, "expires_day": expires, "expires_month": month}
        came = chance.choice(["issued", "issued", "returned", "moved"])
        more = {
            "asset": chance.choice(["points", "积分", "credit"]),
            "came": came,
            "subject_id": number % 7 + 1,
        }
        units = chance.choice([1, 10, 10, 2**40])
        lots.append({"id": number, "units": units, **more, **told, **dated(FIRST_DAY + chance.randrange(60))})
    uses = [
        {
            "id": number,
            "lot_id": chance.randrange(1, count + 3),
            "way": chance.choice(WAYS),
            "units": chance.choice([1, 2, 3, 10, -1]),
            **dated(FIRST_DAY + chance.randrange(80)),
        }
        for number in range(1, count * 2 + 1)
    ]
    flows = [
        {
            "asset": chance.choice(["points", "credit"]),
            "kind": chance.choice(KINDS),
            "source_place": source,
            "target_place": target,
            "moves": 1,
            "units": chance.choice([1, 7, 2**40]),
            **dated(FIRST_DAY + chance.randrange(90)),
        }
        for source in PLACES
        for target in PLACES
        for _ in range(3 if count else 0)
    ]
    rewards = [
        {
            "id": number,
            "asset": "points",
            "subject_id": number % 7 + 1,
            "fact_id": chance.choice([None, number * 3, number * 3, 10**9]),
            "units": 5,
            "cost_fen": chance.choice([None, 0, 5]),
            **dated(FIRST_DAY + chance.randrange(60)),
        }
        for number in range(1, count * 4 + 1)
    ]
    return {
        "ledger_rewards": pa.Table.from_pylist(rewards, schema=LEDGER_REWARDS),
        "ledger_flows": pa.Table.from_pylist(flows, schema=LEDGER_FLOWS),
        "ledger_lots": pa.Table.from_pylist(lots, schema=LEDGER_LOTS),
        "ledger_uses": pa.Table.from_pylist(uses, schema=LEDGER_USES),
    }
