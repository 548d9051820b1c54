"""A brand of a million customers with everything that its pages show, written by SQL (SQLite only).

What is written is made to be looked at, not to be true: each table gets its share of rows with plausible
values, all columns that are not named get 0 or "". Names and phones are sealed for the newest customers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

SEALED = 20_000
START_MS = 1_672_502_400_000
DAY_MS = 86_400_000
_DATED = f"{START_MS} + i % 1090 * {DAY_MS}"
_LATE = f"{START_MS} + (1000 + i % 90) * {DAY_MS}"

# Rows by customer (a float) or a number of rows (an int), and the columns as expressions of i; {n} is the
# number of customers, {brand} the brand.
TABLES: Mapping[str, tuple[float | int, Mapping[str, str]]] = {
    "customers_subject": (
        2.0,
        {
            "id": "i",
            "scheme": "CASE WHEN i <= {n} THEN 'tmall' ELSE 'phone' END",
            "key": "'k' || i",
            "customer_id": "(i - 1) % {n} + 1",
            "first_ms": _DATED,
            "anchored": "i <= {n}",
        },
    ),
    "customers_link": (
        1.0,
        {"a_id": "i", "b_id": "i + {n}", "n": "2", "first_ms": _DATED, "last_ms": _DATED},
    ),
    "customers_customer": (
        1.0,
        {
            "id": "i",
            "created_ms": _DATED,
            "first_ms": _DATED,
            "last_ms": _DATED,
            "adcode": "110000 + i % 340 * 100",
            "schemes": "33 - i % 2",
            "orders": "i % 7",
            "revenue_fen": "i * 37 % 100000",
            "last_order_ms": _LATE,
        },
    ),
    "customers_tag": (50, {"name": "'tag' || i", "label": "'标签' || i", "origin": "'hand'"}),
    "customers_tagging": (
        1.0,
        {"tag_id": "i % 50 + 1", "subject_id": "i", "source": "'hand'", "actor": "'cli'", "at_ms": _DATED},
    ),
    "customers_preferencefield": (
        10,
        {
            "name": "'q' || i",
            "type": "'choice'",
            "label_zh": "'问' || i",
            "label_en": "'Q' || i",
            "choices": """'[{{"name":"a","zh":"a","en":"a"}}]'""",
        },
    ),
    "customers_preference": (
        0.5,
        {"field_id": "i % 10 + 1", "subject_id": "i", "text": "'a'", "actor": "'cli'", "at_ms": _DATED},
    ),
    "customers_consent": (
        1.0,
        {
            "subject_id": "i",
            "purpose": "'marketing'",
            "channel": "'sms'",
            "said": "CASE WHEN i % 5 THEN 'given' ELSE 'refused' END",
            "basis": "'consent'",
            "proof": "'page'",
            "spoken_by": "'self'",
            "occurred_ms": _DATED,
            "recorded_ms": _DATED,
            "key": "'c' || i",
        },
    ),
    "customers_rightsrequest": (
        5_000,
        {
            "customer_id": "i",
            "kind": "'correction'",
            "state": "CASE WHEN i % 10 THEN 'done' ELSE 'received' END",
            "received_ms": _DATED,
            "due_ms": _LATE,
            "result": "'{{}}'",
        },
    ),
    "customers_review": (
        0.02,
        {"a_id": "i", "b_id": "i + 1", "code": "'two_phones'", "detail": "'{{}}'", "state": "'open'"},
    ),
    "touchpoints_source": (4, {"name": "'source' || i"}),
    "touchpoints_touchpoint": (
        3.0,
        {
            "source_id": "i % 4 + 1",
            "source_ref": "'r' || i",
            "kind": "CASE i % 10 WHEN 0 THEN 'order.refunded' WHEN 1 THEN 'code.scanned' "
            "ELSE 'order.paid' END",
            "channel": "'tmall'",
            "subject_id": "i % {n} + 1",
            "occurred_ms": _DATED,
            "recorded_ms": _DATED,
            "amount_fen": "100 + i * 31 % 90000",
            "quantity": "1",
        },
    ),
    "touchpoints_import": (
        300,
        {"filename": "'orders' || i || '.csv'", "state": "'done'", "rows": "10000", "created_ms": _DATED,
         "options": "'{{}}'", "cursor": "'{{}}'"},
    ),
    "community_follower": (
        1.0,
        {"platform": "'weibo'", "account_key": "'a' || i", "as_of_ms": _DATED, "followers": "i % 900"},
    ),
    "platform_auditentry": (
        1.0,
        {
            "actor": "'user:' || (i % 3 + 1)",
            "action": "CASE i % 3 WHEN 0 THEN 'customer.unmasked' ELSE 'customer.corrected' END",
            "object_kind": "'customer'",
            "object_id": "i",
            "detail": "'{{}}'",
            "at_ms": _DATED,
        },
    ),
    "platform_apikey": (
        200,
        {"name": "'key' || i", "prefix": "'p' || i", "scopes": "'[]'", "created_by": "'user:1'"},
    ),
    "platform_job": (
        20_000,
        {"kind": "'warehouse.sync'", "state": "'succeeded'", "arguments": "'{{}}'", "result": "'{{}}'"},
    ),
    "webhooks_webhook": (
        20,
        {
            "name": "'hook' || i",
            "url": "'https://erp.example.com/' || i",
            "patterns": """'["order.*"]'""",
            "batch_most": "1",
            "is_active": "1",
            "version": "1",
            "created_by": "'user:1'",
        },
    ),
    "webhooks_delivery": (
        0.2,
        {
            "webhook_id": "i % 20 + 1",
            "event_key": "'e' || i",
            "message": "'m' || i",
            "kinds": "'order.paid'",
            "count": "1",
            "events": "x'789c8b8e0500011500b9'",  # [], compressed
            "state": "CASE WHEN i % 50 THEN 'delivered' ELSE 'dead' END",
            "created_ms": _DATED,
        },
    ),
}  # fmt: skip


def fill(brand_id: int, customers: int) -> None:
    """Every table of `TABLES`; the newest customers with a sealed name and phone."""
    from django.db import connection

    from guanxi.platform.writing import writing

    with writing(), connection.cursor() as cursor:
        for table, (share, given) in TABLES.items():
            count = share if isinstance(share, int) else int(share * customers)
            columns = {name: text.format(n=customers, brand=brand_id) for name, text in given.items()}
            cursor.execute(f"PRAGMA table_info({table})")
            for _at, name, kind, required, *_rest in cursor.fetchall():
                if name == "brand_id":
                    columns[name] = str(brand_id)
                elif required and name not in columns and name != "id":
                    columns[name] = "''" if kind.lower().startswith(("varchar", "text", "blob")) else "0"
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s) "
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM n",
                [count],
            )
    _seal(brand_id, range(max(0, customers - SEALED) + 1, customers + 1), customers)


def _seal(brand_id: int, people: range, customers: int) -> None:
    from guanxi.platform import vault
    from guanxi.platform.writing import writing

    seen: dict[int, vault.Fields] = {}
    for i in people:
        name = vault.Seen("王小" + chr(0x4E00 + i % 900), i)
        seen[i + customers] = {"name": name, "phone": vault.Seen(f"+861380{i:07d}", i)}
    with writing():
        vault.seal_many(brand_id, seen, new=seen.keys())


def followers(customers: int) -> pa.Table:
    """As many followers as customers, a fifth of them customers, as the lake holds them."""
    from guanxi.warehouse.schemas import FOLLOWERS

    chance = np.random.default_rng(7)
    numbers = np.arange(1, customers + 1)
    day_ms = START_MS + 1000 * DAY_MS
    told: dict[str, Any] = {
        "follower_id": numbers,
        "platform": pa.array(np.array(["weibo", "douyin", "wechat"])[numbers % 3]),
        "subject_id": pa.array(numbers, mask=numbers % 5 > 0),
        "reachable": (numbers % 4 == 0).astype(np.int16),
        "as_of_ms": np.full(customers, day_ms),
        "followed_ms": day_ms - chance.integers(0, 900, customers) * DAY_MS,
        "last_active_ms": day_ms - chance.integers(0, 300, customers) * DAY_MS,
        "followers": chance.integers(0, 900, customers),
        "following": chance.integers(0, 3_000, customers),
        "posts": chance.integers(0, 200, customers),
        "has_avatar": (numbers % 7 > 0).astype(np.int16),
        "default_name": (numbers % 9 == 0).astype(np.int16),
    }
    columns = [told.get(field.name, pa.nulls(customers, field.type)) for field in FOLLOWERS]
    return pa.table(
        [pa.array(column).cast(field.type) if not isinstance(column, pa.Array) else column.cast(field.type)
         for column, field in zip(columns, FOLLOWERS, strict=True)],
        schema=FOLLOWERS,
    )  # fmt: skip
