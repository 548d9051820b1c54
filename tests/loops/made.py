"""Loops, lakes and the plain Python that their figures are held against."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from guanxi.kernel.clock import to_datetime
from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.wording import say
from guanxi.loops.contracts import Loop, Station, Where
from guanxi.loyalty.loops import LOYALTY
from guanxi.warehouse import files
from guanxi.warehouse.lake import Lake, Manifest
from guanxi.warehouse.schemas import LEDGER_REWARDS, SUBJECT_MAP, TOUCHPOINTS

HOUR = 3_600_000
MIDNIGHT = 1_704_038_400_000  # 2024-01-01 00:00 in Shanghai
REFERRAL = Loop(
    name="referral",
    title=say("The loyalty loop"),
    question=say("Does what we give for a purchase bring the next one?"),
    input=Station(say("Purchase"), say("Purchase"), ("order.paid",), (Where("channel", Op.EQ, "store"),)),
    action=Station(say("Reward"), say("Reward"), ("code.scanned",), (Where("code", Op.EQ, "friend"),)),
    output=Station(
        say("Repurchase"), say("Repurchase"), ("member.joined",), cause="origin", given_back="order.refunded"
    ),
    reinvested=say("Reward"),
    act_days=5,
    return_days=20,
    same_day=True,
)


class Fact(NamedTuple):
    id: int
    kind: str
    channel: str | None
    subject: int | None
    at_ms: int
    amount: int | None
    payload: dict[str, Any]

    @property
    def day(self) -> int:
        return (to_datetime(self.at_ms).date() - date(1970, 1, 1)).days

    @property
    def month(self) -> int:
        at = to_datetime(self.at_ms)
        return at.year * 12 + at.month - 1


class Reward(NamedTuple):
    subject: int
    fact_id: int | None
    at_ms: int
    cost: int | None


def some(seed: int, count: int = 160) -> tuple[list[Fact], list[Reward], dict[int, int]]:
    """Facts of few customers, close together, around midnight, merged, paid in parts, given back."""
    chance = random.Random(seed)
    facts: list[Fact] = []
    for number in range(1, count + 1):
        at = MIDNIGHT + chance.randrange(-40, 60) * 24 * HOUR + chance.choice([-1, 0, 8 * HOUR, -8 * HOUR])
        kind = chance.choice(["order.paid"] * 3 + ["order.refunded", "code.scanned", "member.joined"])
        payload: dict[str, Any] = {}
        if kind.startswith("order") and chance.random() < 0.8:
            payload["order"] = str(chance.randrange(count // 3))
        if kind == "code.scanned":
            payload["code"] = chance.choice(["friend", "door"])
        if kind == "member.joined" and chance.random() < 0.8:
            payload["origin"] = chance.randrange(1, 9)
        amount = (
            chance.choice([1, 100, 999, 50_000]) if kind.startswith("order") else chance.choice([None, 7])
        )
        who = chance.choice([None, *range(1, 9)])
        facts.append(Fact(number, kind, chance.choice(["store", "tmall", None]), who, at, amount, payload))
    rewards = [
        Reward(
            one.subject if chance.random() < 0.9 else chance.randrange(1, 9),
            one.id if chance.random() < 0.9 else None,
            one.at_ms + chance.choice([0, 0, 1, 3 * 24 * HOUR]),
            chance.choice([0, 5, 5, None]),
        )
        for one in facts
        if one.kind in {"order.paid", "code.scanned"} and one.subject and chance.random() < 0.6
    ]
    roots = {subject: subject for subject in range(1, 9)} | {2: 1, 5: 4}
    return facts, rewards, roots


def write_lake(slug: str, facts: list[Fact], rewards: list[Reward], roots: dict[int, int]) -> Lake:
    lake = Lake(slug)
    rows = pa.table(
        {
            "id": pa.array([one.id for one in facts], pa.int64()),
            "source": pa.array(["test"] * len(facts), pa.string()),
            "kind": pa.array([one.kind for one in facts], pa.string()),
            "channel": pa.array([one.channel for one in facts], pa.string()),
            "subject_id": pa.array([one.subject for one in facts], pa.int64()),
            "occurred_ms": pa.array([one.at_ms for one in facts], pa.int64()),
            "amount_fen": pa.array([one.amount for one in facts], pa.int64()),
            "quantity": pa.nulls(len(facts), pa.int64()),
            "payload": pa.array(
                [orjson.dumps(one.payload).decode() if one.payload else "" for one in facts], pa.string()
            ),
        }
    )
    table = files.finished(rows, "Asia/Shanghai").cast(TOUCHPOINTS)
    snapshots = {
        "subject_map": pa.table(
            [list(roots), list(roots.values()), ["phone"] * len(roots), [0] * len(roots)], schema=SUBJECT_MAP
        ),
        "ledger_rewards": pa.Table.from_pylist(
            [
                {
                    "id": number,
                    "subject_id": one.subject,
                    "asset": "points",
                    "fact_id": one.fact_id,
                    "occurred_ms": one.at_ms,
                    "local_day": dated(one.at_ms).day,
                    "local_month": dated(one.at_ms).month,
                    "units": 5,
                    "cost_fen": one.cost,
                }
                for number, one in enumerate(rewards, 1)
            ],
            schema=LEDGER_REWARDS,
        ),
    }
    with lake.locked():
        manifest = Manifest(timezone="Asia/Shanghai", lineage=slug, synced_ms=0)
        written = [files.write(lake, "touchpoints", part, month) for month, part in files.by_month(table)]
        manifest = manifest.with_files("touchpoints", written)
        for name, content in snapshots.items():
            manifest = manifest.with_files(name, [files.write(lake, name, content)])
        lake.commit(manifest)
    return lake


def dated(at_ms: int) -> Fact:
    return Fact(0, "", None, None, at_ms, None, {})


# The reference


def reference(
    loop: Loop, facts: list[Fact], rewards: list[Reward], roots: dict[int, int], until: int
) -> list[dict[str, Any]]:
    """Every cycle, found one customer at a time."""
    events = {
        name: happened(station, facts, rewards, roots, until)
        for name, station in (("in", loop.input), ("act", loop.action), ("out", loop.output))
    }
    if loop is LOYALTY:
        paid = {one.id: one for one in facts if one.kind == "order.paid" and one.day <= until and one.subject}
        whole = {one["id"] for one in events["in"]}
        events["act"] = [
            one | {"who": roots[paid[one["fact"]].subject or 0], "anchor": paid[one["fact"]].day}
            for one in events["act"]
            if one["fact"] in whole
        ]
    found = []
    for who in sorted({one["who"] for one in events["in"]}):
        mine = {name: [one for one in rows if one["who"] == who] for name, rows in events.items()}
        days = sorted({one["day"] for one in mine["in"]})
        for place, day in enumerate(days):
            following = days[place + 1] if place + 1 < len(days) else 10**9
            found.append(cycle(loop, mine, day, following) | {"customer_id": who})
    return found


def cycle(loop: Loop, mine: dict[str, list[dict[str, Any]]], day: int, following: int) -> dict[str, Any]:
    months = {one["day"]: one["month"] for rows in mine.values() for one in rows}
    acts = [one for one in mine["act"] if day <= one.get("anchor", one["day"]) < following]
    # Those of one day of anchor are one action, dated by the first of them.
    anchors: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in acts:
        anchors[one.get("anchor", one["day"])].append(one)
    groups = [rows for rows in anchors.values() if min(row["day"] for row in rows) <= day + loop.act_days]
    acts = [one for rows in groups for one in rows]
    action = min((one["day"] for one in acts), default=None)
    since = day if action is None else action
    outs = [
        one
        for one in mine["out"]
        if (day <= one["day"] < following if loop.same_day else day < one["day"] <= following)
        and since <= one["day"] <= since + loop.return_days
    ]
    first = min((one["day"] for one in outs), default=None)
    return {
        "entry_day": day,
        "entry_month": months[day],
        "action_day": action,
        "action_month": None if action is None else months[action],
        "cost_fen": sum(one["amount"] or 0 for one in acts),
        "unpriced": sum(one["amount"] is None for one in acts),
        "output_day": first,
        "output_month": None if first is None else months[first],
        "outputs": len({(one["doer"], one["day"]) for one in outs}),
        "revenue_fen": sum(one["amount"] or 0 for one in outs),
    }


def happened(
    station: Station, facts: list[Fact], rewards: list[Reward], roots: dict[int, int], until: int
) -> list[dict[str, Any]]:
    if station.rows is not None:
        return [
            {
                "who": roots[one.subject],
                "doer": roots[one.subject],
                "day": dated(one.at_ms).day,
                "month": dated(one.at_ms).month,
                "amount": one.cost,
                "fact": one.fact_id,
            }
            for one in rewards
            if one.fact_id is not None and dated(one.at_ms).day <= until
        ]
    mine = [one for one in facts if one.kind in station.kinds and one.subject and one.day <= until]
    for where in station.where:
        mine = [
            one
            for one in mine
            if (one.channel if where.field == "channel" else one.payload.get(where.field)) == where.value
        ]
    found = []
    for one in mine:
        amount, order = one.amount, one.payload.get("order")
        if station.given_back and order is not None:
            back = sum(
                other.amount or 0
                for other in facts
                if other.kind == station.given_back
                and other.payload.get("order") == order
                and other.day <= until
            )
            parts = [other for other in mine if other.payload.get("order") == order]
            if back:
                left = sum(part.amount or 0 for part in parts) - back
                if left <= 0:
                    continue
                amount = left if one.id == min(part.id for part in parts) else 0
        cause = one.payload.get(station.cause) if station.cause else one.subject
        if cause is None:
            continue
        found.append(
            {
                "id": one.id,
                "who": roots[cause],
                "doer": roots[one.subject or 0],
                "day": one.day,
                "month": one.month,
                "amount": amount,
            }
        )
    return found
