from __future__ import annotations

from itertools import count
from typing import Any

import orjson
import pytest

from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.models import Subject
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.tiers import services
from guanxi.loyalty.tiers.jobs import due, recompute
from guanxi.loyalty.tiers.models import TierChange, TierStanding
from guanxi.loyalty.tiers.queries import in_force
from guanxi.platform.models import Brand
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.rules.conftest import NOON_MS, Shop

YEAR = {"way": "spend", "window": {"days": 365}}
TIERS: list[dict[str, Any]] = [
    {"code": "member", "name_zh": "会员", "name_en": "Member"},
    {"code": "silver", "name_zh": "银卡", "name_en": "Silver", "ways": [{**YEAR, "at_least": 100_000}]},
    {
        "code": "gold",
        "name_zh": "金卡",
        "name_en": "Gold",
        "colour": "gold",
        "badge": "★",
        "benefits_zh": "免费送货\n专属客服",
        "benefits_en": "Free delivery\nYour own adviser",
        "multiplier_percent": 200,
        "ways": [
            {**YEAR, "at_least": 500_000},
            {
                "way": "facts",
                "kinds": ["training.completed", "review.written"],
                "window": "ever",
                "at_least": 3,
            },
        ],
    },
]


class Club(Shop):
    """A shop with tiers: silver for ¥1,000 in a year, gold for ¥5,000 or three courses and reviews."""

    def __init__(self, slug: str = "lanhua") -> None:
        self.brand = Brand.objects.create(slug=slug, name=slug)
        self.numbers = count(1)
        asset(self.brand.pk, "points")

    def programme(self, **terms: Any) -> int:
        force = in_force(self.brand.pk)
        terms.setdefault("tiers", TIERS)
        made = services.put(self.brand, terms, force.version if force else 0, actor="test")
        recompute(self.brand)
        return made

    def did(self, who: str, kind: str, reference: str, **payload: Any) -> Fact:
        at_ms = payload.pop("at_ms", NOON_MS)
        fen = payload.pop("fen", None)
        return Fact(kind, reference, at_ms, (Identity("tmall", who),), None, "tmall", fen, None, payload)

    def customer(self, who: str) -> int:
        subject = self.subject(who)
        return customer_ids_of(self.brand.pk, [subject])[subject]

    def subject(self, who: str) -> int:
        return int(Subject.objects.get(brand_id=self.brand.pk, key=who).pk)

    def tier(self, who: str, first: str = "member") -> str:
        found = TierStanding.objects.filter(pk=self.customer(who)).first()
        return found.tier if found else first

    def due(self) -> dict[str, int]:
        return due(self.brand)

    def told(self) -> list[tuple[str, str, str]]:
        """(from, to, why) of the facts that were written, which are the rows of history."""
        rows = TierChange.objects.filter(brand_id=self.brand.pk).order_by("pk")
        facts = Touchpoint.objects.filter(brand_id=self.brand.pk, kind="tier.changed").order_by("pk")
        both = [(row.before, row.after, row.why) for row in rows]
        payloads = [orjson.loads(row.payload) for row in facts]
        assert [(one["from"], one["to"], one["why"]) for one in payloads] == both
        return both


@pytest.fixture
def club(transactional_db: None) -> Club:
    return Club()
