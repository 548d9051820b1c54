"""The lake's tables: Arrow schemas for the files, and the same as Ibis tables for metrics.

Times are UTC milliseconds, `local_day` is days since 1970-01-01 and `local_month` is year * 12 + month - 1,
both on the calendar of the brand's zone, so that no metric ever needs a zone. Money is minor units.
Nothing here is personal: a person is a subject number.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pyarrow as pa

BUCKETS: Final = 64

TOUCHPOINTS: Final = pa.schema(
    [
        ("id", pa.int64()),
        ("source", pa.string()),
        ("kind", pa.string()),
        ("channel", pa.string()),
        ("subject_id", pa.int64()),  # null: an anonymous fact
        ("occurred_ms", pa.int64()),
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("amount_fen", pa.int64()),
        ("quantity", pa.int64()),
        ("bucket", pa.int16()),  # subject_id % 64, or -1
        ("payload", pa.string()),
    ]
)
SUBJECT_MAP: Final = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("customer_id", pa.int64()),
        ("scheme", pa.string()),
        ("first_ms", pa.int64()),
    ]
)
CUSTOMERS: Final = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("first_ms", pa.int64()),
        ("last_ms", pa.int64()),
        ("adcode", pa.int32()),
        ("gender", pa.string()),
        ("birth_month_day", pa.int16()),  # month * 100 + day on the birthday's own calendar, or null
        ("birth_year", pa.int16()),
        ("birth_calendar", pa.string()),  # solar, lunar; null where there is no birthday
        ("language", pa.string()),
    ]
)
TAGGINGS: Final = pa.schema([("subject_id", pa.int64()), ("tag_id", pa.int64())])
PREFERENCES: Final = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("field_id", pa.int64()),
        ("at_ms", pa.int64()),
        ("text", pa.string()),  # canonical; null where the customer took it back
        ("number", pa.int64()),  # of numbers the thousandths, of booleans 0 or 1, of dates days since 1970
    ]
)
CONSENTS: Final = pa.schema(
    [
        ("id", pa.int64()),  # in the order of recording
        ("subject_id", pa.int64()),
        ("purpose", pa.string()),
        ("channel", pa.string()),  # null: of all channels, or a purpose that has none
        ("said", pa.string()),  # given, refused, withdrawn
        ("basis", pa.string()),
        ("occurred_ms", pa.int64()),
        ("first_hand", pa.int16()),  # 1: the customer spoke alone; 0: a file or an associate reports it
        ("guardian", pa.int16()),  # 1: a parent or guardian spoke
        ("text_version", pa.int32()),  # 0: not known
        ("speaks_for", pa.string()),  # the subjects that were the customer then, ",1,2,"
    ]
)
MEMBERSHIPS: Final = pa.schema([("segment_id", pa.int64()), ("customer_id", pa.int64())])  # not of live ones
CUSTOMER_STATES: Final = pa.schema(
    [("customer_id", pa.int64()), ("state", pa.string()), ("since_ms", pa.int64())]
)
SPEND: Final = pa.schema(
    [
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("platform", pa.string()),
        ("channel", pa.string()),
        ("campaign", pa.string()),  # null: the file names none
        ("kol", pa.string()),  # null: the file names none
        ("type", pa.string()),
        ("amount_fen", pa.int64()),
        ("impressions", pa.int64()),
        ("clicks", pa.int64()),
        ("orders", pa.int64()),
    ]
)
FOLLOWERS: Final = pa.schema(
    [
        ("follower_id", pa.int64()),
        ("platform", pa.string()),
        ("subject_id", pa.int64()),  # null: leads to nobody, or to more than one customer
        ("reachable", pa.int16()),  # 1: a phone or a WeChat id is known
        ("as_of_ms", pa.int64()),
        *(
            (name, pa.int64())
            for name in ("followed_ms", "followed_minute", "registered_ms", "last_active_ms")
        ),
        *((name, pa.int64()) for name in ("followers", "following", "posts", "likes")),
        *((name, pa.int64()) for name in ("interactions_30", "interactions_90")),
        ("has_avatar", pa.int16()),
        ("avatar_key", pa.int64()),  # digests; 0: there is none
        ("bio_key", pa.int64()),
        ("default_name", pa.int16()),
        ("verified", pa.int16()),
        ("region", pa.string()),
    ]
)
LEDGER_FLOWS: Final = pa.schema(  # what moved, together for a quarter of an hour
    [
        ("asset", pa.string()),
        ("kind", pa.string()),  # direct, post, claw, return, pay, expire
        ("source_place", pa.string()),  # wallet, debt, issued, spent, expired, stock, budget, given
        ("target_place", pa.string()),
        ("occurred_ms", pa.int64()),
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("moves", pa.int64()),
        ("units", pa.int64()),
    ]
)
LEDGER_LOTS: Final = pa.schema(
    [
        ("id", pa.int64()),
        ("subject_id", pa.int64()),
        ("asset", pa.string()),
        ("came", pa.string()),  # issued; returned: paid with before; moved: from another customer
        ("occurred_ms", pa.int64()),
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("expires_ms", pa.int64()),  # null: never
        ("expires_day", pa.int32()),
        ("expires_month", pa.int32()),
        ("units", pa.int64()),
    ]
)
LEDGER_USES: Final = pa.schema(  # what left a lot for good: what is only held does not count
    [
        ("id", pa.int64()),
        ("lot_id", pa.int64()),
        ("way", pa.string()),  # used, expired, withdrawn (clawed back or a debt paid), moved
        ("occurred_ms", pa.int64()),
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("units", pa.int64()),  # below zero: of a hold, the part that was let free
    ]
)
LEDGER_BALANCES: Final = pa.schema(  # what can be spent; below zero: what is owed
    [("subject_id", pa.int64()), ("asset", pa.string()), ("units", pa.int64())]
)
TIER_STANDINGS: Final = pa.schema(  # of those above the first tier
    [("customer_id", pa.int64()), ("tier", pa.string()), ("place", pa.int64()), ("since_ms", pa.int64())]
)
LEDGER_REWARDS: Final = pa.schema(  # what customers were given, announced units with it
    [
        ("id", pa.int64()),
        ("subject_id", pa.int64()),
        ("asset", pa.string()),
        ("fact_id", pa.int64()),  # the touchpoint it was given for; null: for none
        ("occurred_ms", pa.int64()),
        ("local_day", pa.int32()),
        ("local_month", pa.int32()),
        ("units", pa.int64()),  # less what was taken back or let go
        ("cost_fen", pa.int64()),  # at the asset's price, less what expired; null: it has none
    ]
)
SCHEMAS: Final = {
    "touchpoints": TOUCHPOINTS,
    "subject_map": SUBJECT_MAP,
    "customers": CUSTOMERS,
    "taggings": TAGGINGS,
    "preferences": PREFERENCES,
    "consents": CONSENTS,
    "memberships": MEMBERSHIPS,
    "spend": SPEND,
    "customer_states": CUSTOMER_STATES,
    "followers": FOLLOWERS,
    "ledger_flows": LEDGER_FLOWS,
    "ledger_lots": LEDGER_LOTS,
    "ledger_uses": LEDGER_USES,
    "ledger_balances": LEDGER_BALANCES,
    "tier_standings": TIER_STANDINGS,
    "ledger_rewards": LEDGER_REWARDS,
}


@cache
def tables() -> dict[str, Any]:
    """The lake's tables as unbound Ibis tables, by name. (Ibis is slow to import, hence not at the top.)"""
    import ibis  # noqa: PLC0415 - half a second that only metrics need

    return {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in SCHEMAS.items()}


def per_customer(by_subject: Any, subject_map: Any) -> Any:
    """Rows by subject, with the customer each belongs to (`customer_id`) in place of `subject_id`. A subject
    that the map does not know is its own customer, as most are that it knows: the others alone are joined.
    Where that makes few rows of many, aggregate by subject before and by customer after."""
    import ibis  # noqa: PLC0415 - half a second that only metrics need

    moved = subject_map.filter(subject_map.customer_id != subject_map.subject_id)
    links = moved.select(mapped_subject=moved.subject_id, root=moved.customer_id)
    joined = by_subject.left_join(links, [("subject_id", "mapped_subject")])
    root = ibis.coalesce(joined.root, joined.subject_id).name("customer_id")
    return joined.select(root, *(joined[name] for name in by_subject.columns if name != "subject_id"))


def month_label(local_month: int) -> str:
    """24323 → "2026-12"."""
    return f"{local_month // 12:04d}-{local_month % 12 + 1:02d}"
