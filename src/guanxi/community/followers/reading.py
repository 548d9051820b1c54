"""What both reports ask of the lake, and say where it knows nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from guanxi.community.followers import metrics
from guanxi.community.followers.rules import EVIDENCE, Thresholds
from guanxi.economics import running
from guanxi.kernel.channels import named
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


def notes_of(brand: BrandRow, rows: Sequence[Mapping[str, Any]]) -> list[Wording]:
    """What the lists do not tell, and how old they are."""
    said = []
    for row in rows:
        missing = [FIELDS[name] for name in EVIDENCE if not row[f"known_{name}"]]
        if missing:
            said.append(
                say(
                    "The lists of %(platform)s do not tell: %(fields)s. Reasons that rest on these are never "
                    "given there.",
                    platform=named(row["platform"]),
                    fields=", ".join(missing),
                )
            )
    synced_ms = warehouse.synced_ms(brand) or 0
    for row in rows:
        if synced_ms - row["last_ms"] > STALE_DAYS * 86_400_000:
            said.append(
                say(
                    "The newest list of %(platform)s is of %(day)s: who followed or left since is not known.",
                    platform=named(row["platform"]),
                    day=day_of(brand, row["last_ms"]),
                )
            )
    return said


def day_of(brand: BrandRow, moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(ZoneInfo(brand.timezone))
    return moment.date().isoformat()
