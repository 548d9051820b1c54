"""Followers whose truth is known: people awake, people asleep, and three kinds of fakes. What they are made
like is an assumption of this file, not a finding about any platform."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from guanxi.community.followers.rules import EVIDENCE, Account
from guanxi.kernel.clock import DAY_MS
from guanxi.warehouse.schemas import FOLLOWERS

AS_OF_MS = 1_764_000_000_000
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Made:
    """A follower as the lake has it, and what it is: "active", "asleep", "batch", "farm" or "bought"."""

    truth: str
    row: dict[str, Any]

    @property
    def is_fake(self) -> bool:
        return self.truth in {"batch", "farm", "bought"}


def population(n: int, seed: int = 1, platform: str = "weibo") -> list[Made]:
    """`n` followers: half awake, a quarter asleep, a quarter fake."""
    chance = random.Random(seed)
    kinds = chance.choices(["active", "asleep", "batch", "farm", "bought"], [50, 25, 10, 8, 7], k=n)
    burst = AS_OF_MS - 60 * DAY_MS
    return [
        Made(kind, {**_person(chance, kind, burst), "follower_id": at + 1, "platform": platform})
        for at, kind in enumerate(kinds)
    ]


def _person(chance: random.Random, kind: str, burst_ms: int) -> dict[str, Any]:
    followed = AS_OF_MS - chance.randrange(1, 900) * DAY_MS - chance.randrange(24) * HOUR_MS
    row: dict[str, Any] = {
        "as_of_ms": AS_OF_MS,
        "followed_ms": followed,
        "registered_ms": followed - chance.randrange(0, 2_500) * DAY_MS,
        "followers": int(chance.lognormvariate(4, 1.5)),
        "following": int(chance.lognormvariate(5, 1.0)),
        "posts": 0 if chance.random() < 0.25 else int(chance.lognormvariate(3, 1.5)),
        "has_avatar": int(chance.random() > 0.12),
        "default_name": int(chance.random() < 0.10),
        "bio_key": 0 if chance.random() < 0.5 else chance.randrange(1, 1 << 40),
        "verified": int(chance.random() < 0.02),
        "last_active_ms": max(followed, AS_OF_MS - int(chance.expovariate(1 / 20) * DAY_MS)),
        "interactions_90": int(chance.expovariate(0.7)),
    }
    if kind == "asleep":
        row["last_active_ms"] = AS_OF_MS - chance.randrange(95, 900) * DAY_MS
        row["followed_ms"] = row["last_active_ms"] - chance.randrange(400) * DAY_MS
        row["registered_ms"] = row["followed_ms"] - chance.randrange(0, 2_500) * DAY_MS
        row["interactions_90"] = 0
    if kind in {"batch", "farm", "bought"}:
        row |= _fake(chance, kind, burst_ms)
    row["followed_minute"] = row["followed_ms"] // 60_000
    return row


def _fake(chance: random.Random, kind: str, burst_ms: int) -> dict[str, Any]:
    blank = {"has_avatar": int(chance.random() < 0.2), "posts": 0, "verified": 0}
    if kind == "batch":  # made by a program and let loose at once
        followed = burst_ms + chance.randrange(3) * 60_000
        registered = followed - chance.randrange(0, 5) * DAY_MS
        return {**blank, "followed_ms": followed, "registered_ms": registered, "default_name": 1}
    if kind == "farm":  # follows everybody for money, posts copied texts
        return {
            "following": chance.randrange(1_600, 5_000),
            "followers": chance.randrange(0, 40),
            "bio_key": chance.choice([7, 8, 9]),
            "posts": chance.randrange(0, 50),
            "verified": 0,
        }
    return {  # bought old accounts, which look like anybody
        "default_name": int(chance.random() < 0.3),
        "following": chance.randrange(200, 2_500),
        "followers": chance.randrange(0, 20),
        "interactions_90": 0,
    }


def anybody(chance: random.Random, number: int) -> dict[str, Any]:
    """Any combination of fields, on and beside the thresholds, and any of them unknown."""

    def maybe(*values: Any) -> Any:
        return chance.choice([None, *values])

    times = [
        AS_OF_MS - days * DAY_MS + more for days in (0, 1, 3, 4, 89, 90, 180, 400) for more in (-1, 0, 1)
    ]
    who = {"follower_id": number, "platform": chance.choice("ab"), "as_of_ms": AS_OF_MS}
    if chance.random() < 0.1:  # of some hardly anything is known
        return {**who, **dict.fromkeys(EVIDENCE), "posts": maybe(0, 1), "last_active_ms": maybe(AS_OF_MS)}
    return {
        **who,
        "subject_id": maybe(None, None, number),
        "followed_ms": maybe(*times),
        "registered_ms": maybe(*times),
        "last_active_ms": maybe(*times),
        "followed_minute": maybe(1, 2, 3),
        "followers": maybe(0, 9, 10, 100),
        "following": maybe(0, 199, 200, 220, 1_500, 1_501),
        "posts": maybe(0, 0, 1, 50, 51, 10**10),
        "interactions_30": maybe(0, 1),
        "interactions_90": maybe(0, 1),
        "has_avatar": maybe(0, 0, 1),
        "avatar_key": maybe(0, 1, 2, 3),
        "bio_key": maybe(0, 1, 2, 3),
        "default_name": maybe(0, 1),
        "verified": maybe(0, 0, 1),
    }


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    filled = [{"subject_id": None, "reachable": 0, "region": None, **row} for row in rows]
    return pa.table({name: [row.get(name) for row in filled] for name in FOLLOWERS.names}, schema=FOLLOWERS)


def accounts_of(rows: list[dict[str, Any]]) -> list[Account]:
    """The same as the rules look at them: shared minutes, texts and pictures counted by hand."""

    def same(row: dict[str, Any], name: str) -> int:
        key = row.get(name)
        if not key:
            return 0
        return sum(other.get(name) == key and other["platform"] == row["platform"] for other in rows)

    def fields(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row.get(name) for name in Account._fields if name in FOLLOWERS.names}

    return [
        Account(
            **fields(row),
            is_customer=row.get("subject_id") is not None,
            in_minute=same(row, "followed_minute"),
            bio_twins=same(row, "bio_key"),
            picture_twins=same(row, "avatar_key"),
        )
        for row in rows
    ]
