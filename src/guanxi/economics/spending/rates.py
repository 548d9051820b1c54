"""The rate card: what media, KOLs and livestreams cost on a platform from a day on, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from django.db import transaction

from guanxi.economics.models import RateCardEntry
from guanxi.economics.reporting import Unit
from guanxi.economics.spending.plan import ITEMS, SHARES, Card, Range
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.touchpoints.importing.formats.spend import platform_of

EPOCH: Final = date(1970, 1, 1)
MOST: Final = 10**13


@dataclass(frozen=True)
class Rate:
    """A statement of the card. `low` and `high` are minor units, shares 0..1 or people; None: withdrawn."""

    platform: str
    item: str
    from_day: date
    low: float | None
    high: float | None
    source: str
    actor: str
    at_ms: int


def set_rate(
    brand_id: int,
    platform: str,
    item: str,
    *,
    low: float | None,
    high: float | None = None,
    from_day: date,
    source: str,
    actor: Actor | str,
) -> Rate:
    """State what an item costs on a platform from a day on; `low` None withdraws it from then on. Money is
    minor units, shares are 0..1, people are whole. The same again changes nothing.

    Raises Invalid for an unknown item, a range that is none, or a statement without a source.
    """
    platform, source = platform_of(platform)[:40], source.strip()[:300]
    if item not in ITEMS:
        raise Invalid(
            say("The rate card has no item '%(item)s'.", item=item),
            remedy=say("Items: %(names)s.", names=", ".join(ITEMS)),
            field="item",
        )
    if not platform:
        raise Invalid(say("Say on which platform."), remedy=say("For example: douyin."), field="platform")
    if not source:
        raise Invalid(
            say("Say where the figure comes from."),
            remedy=say(
                "A quotation, a platform's price list, your own campaign: whoever reads it must know."
            ),
            field="source",
        )
    bounds = _kept(item, low, low if high is None else high)
    days = (from_day - EPOCH).days
    with transaction.atomic():
        before = RateCardEntry.objects.filter(brand_id=brand_id, platform=platform, item=item, from_day=days)
        now = before.order_by("-pk").first()
        if now is not None and (now.low, now.high, now.source) == (*bounds, source):
            return _told(now)
        row = RateCardEntry.objects.create(
            brand_id=brand_id,
            platform=platform,
            item=item,
            from_day=days,
            low=bounds[0],
            high=bounds[1],
            source=source,
            actor=str(actor)[:160],
        )
        detail = {"item": item, "platform": platform, "from": from_day.isoformat(), "range": list(bounds)}
        audit.record(brand_id, actor, "rate_card.set", "rate_card", row.pk, detail=detail)
    return _told(row)


def card(brand_id: int) -> Card:
    """All of it, to plan with."""
    rows = RateCardEntry.objects.filter(brand_id=brand_id).order_by("pk")
    return Card.of((row.platform, row.item, row.from_day, _range(row)) for row in rows)


def held(brand_id: int, on: date) -> list[Rate]:
    """What holds on a day, by platform and item."""
    newest: dict[tuple[str, str], RateCardEntry] = {}
    rows = RateCardEntry.objects.filter(brand_id=brand_id, from_day__lte=(on - EPOCH).days)
    for row in rows.order_by("from_day", "pk"):
        newest[row.platform, row.item] = row
    order = list(ITEMS)
    kept = [row for row in newest.values() if row.low is not None]
    return [_told(row) for row in sorted(kept, key=lambda row: (row.platform, order.index(row.item)))]


def history(brand_id: int, limit: int = 100) -> list[Rate]:
    """What was stated, the newest statement first."""
    return [_told(row) for row in RateCardEntry.objects.filter(brand_id=brand_id).order_by("-pk")[:limit]]


def state(brand_id: int) -> str:
    """Changes whenever the card does."""
    row = RateCardEntry.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True).first()
    return str(row or 0)


def read(item: str, text: str) -> float | None:
    """A bound as people write it: "120" yuan, "1.5%" or 0.015, "30,000" people; None where empty.

    Raises Invalid."""
    text = text.strip().replace(",", "").replace("，", "").removeprefix("¥")
    if not text:
        return None
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise Invalid(
            say("'%(text)s' is no number.", text=text[:40]), remedy=say("Write 120, 1.5% or 0.015.")
        ) from None
    is_money = item in ITEMS and ITEMS[item].unit is Unit.FEN
    return value * 100 if is_money else value


def _kept(item: str, low: float | None, high: float | None) -> tuple[int | None, int | None]:
    if low is None or high is None:
        return None, None
    share = ITEMS[item].unit is Unit.SHARE
    least = 0.0 if item == "live_commission" else 1 / SHARES if share else 1.0
    if not least <= low <= high <= (1 if share else MOST):
        raise Invalid(
            say("%(low)s to %(high)s is no range for %(item)s.", low=low, high=high, item=item),
            remedy=say("The lower bound comes first, above zero; shares lie between 0 and 1."),
            field="low",
        )
    by = SHARES if share else 1
    return round(low * by), round(high * by)


def _range(row: RateCardEntry) -> Range | None:
    if row.low is None or row.high is None or row.item not in ITEMS:
        return None
    by = SHARES if ITEMS[row.item].unit is Unit.SHARE else 1
    return Range(row.low / by, row.high / by)


def _told(row: RateCardEntry) -> Rate:
    found = _range(row)
    low, high = (None, None) if found is None else found
    day = datetime.fromtimestamp(row.from_day * 86_400, UTC).date()
    return Rate(row.platform, row.item, day, low, high, row.source, row.actor, row.at_ms)
