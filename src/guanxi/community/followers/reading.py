"""What both reports ask of the lake, and say where it knows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final
from zoneinfo import ZoneInfo

from guanxi.community.followers import metrics
from guanxi.community.followers.rules import Thresholds
from guanxi.economics import running
from guanxi.kernel.channels import named
from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.wording import Wording, say
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse.contracts import BrandRow

ALL: Final = say("All platforms")
STALE_DAYS: Final = 90
NOBODY: Final = say(
    "No list of followers has been imported yet. Export one from Weibo, Xiaohongshu, Douyin or WeChat, or "
    "from the tool you manage them with, and bring it in: guanxi import FILE --as followers --channel weibo."
)
FIELDS: Final[Mapping[str, Wording]] = {
    "has_avatar": say("picture"),
    "posts": say("posts"),
    "followers": say("followers of their own"),
    "following": say("how many they follow"),
    "followed_ms": say("since when they follow"),
    "registered_ms": say("when they registered"),
    "last_active_ms": say("when they were last active"),
    "default_name": say("nickname"),
    "bio_key": say("description"),
    "interactions_90": say("interactions in 90 days"),
}


def thresholds_of(values: Mapping[str, Any]) -> Thresholds:
    return Thresholds(**{one.name: values[one.name] for one in fields(Thresholds) if one.name in values})


def audited(at: Thresholds) -> Any:
    """The verdicts as an expression."""
    return metrics.audited(warehouse.tables()["followers"], at)


def by_platform(brand: BrandRow, at: Thresholds) -> list[dict[str, Any]]:
    """`metrics.quality`, the largest platform first."""
    rows: list[dict[str, Any]] = running.ask(brand, metrics.quality(audited(at))).to_pylist()
    return sorted(rows, key=lambda row: (-row["followers"], row["platform"]))


def summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """All platforms together."""
    names = [name for name, value in rows[0].items() if isinstance(value, int)]
    return {name: sum(row[name] or 0 for row in rows) for name in names}


def untold(rows: Sequence[Mapping[str, Any]]) -> list[Wording]:
    """What the lists do not tell."""
    told = []
    for row in rows:
        missing = [label for name, label in FIELDS.items() if not row[f"known_{name}"]]
        if missing:
            platform = named(row["platform"])
            told.append(say("%(platform)s (%(fields)s)", platform=platform, fields=joined(missing)))
    if not told:
        return []
    return [
        say(
            "The lists do not tell everything: %(missing)s. Reasons that rest on what is not told are never "
            "given.",
            missing=joined(told),
        )
    ]


def joined(parts: Sequence[str]) -> str:
    """A list that can still be said in another language."""
    return reduce(lambda one, other: say("%(one)s, %(other)s", one=one, other=other), parts)


def stale(brand: BrandRow, rows: Sequence[Mapping[str, Any]]) -> list[Wording]:
    """Which lists are old."""
    synced_ms = warehouse.synced_ms(brand) or 0
    return [
        say(
            "The newest list of %(platform)s is of %(day)s: who followed or left since is not known.",
            platform=named(row["platform"]),
            day=day_of(brand, row["last_ms"]),
        )
        for row in rows
        if synced_ms - row["last_ms"] > STALE_DAYS * DAY_MS
    ]


def day_of(brand: BrandRow, moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(ZoneInfo(brand.timezone))
    return moment.date().isoformat()
