"""The rate card: dated, with its source, audited; what it plans; and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from guanxi.economics import stored
from guanxi.economics.models import RateCardEntry
from guanxi.economics.spending import rates
from guanxi.economics.spending.observed import observed
from guanxi.economics.spending.plan import Card, Range, planned
from guanxi.kernel.errors import Invalid
from guanxi.platform.models import AuditEntry, Brand
from guanxi.warehouse import services as lake
from tests.economics.spending import spent
from tests.warehouse import rows as world

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 1)


@pytest.fixture
def brand() -> Brand:
    return world.brand()


def state(brand: Brand, item: str, low: float | None, high: float | None = None, **given: Any) -> rates.Rate:
    return rates.set_rate(
        brand.pk,
        given.pop("platform", "douyin"),
        item,
        low=low,
        high=high,
        **{"from_day": JANUARY, "source": "quotation", "actor": "cli", **given},
    )


@pytest.mark.django_db(transaction=True)
def test_what_holds_on_a_day(brand: Brand) -> None:
    state(brand, "cpm", 2_000, 3_000)
    state(brand, "cpm", 4_000, from_day=MARCH)
    state(brand, "ctr", 0.0125, platform="巨量千川")
    state(brand, "cpm", 2_100, 3_000)  # corrected: the newest statement of a day holds
    assert [(r.platform, r.item, r.low, r.high) for r in rates.held(brand.pk, date(2026, 2, 1))] == [
        ("douyin", "cpm", 2_100, 3_000),
        ("douyin", "ctr", 0.0125, 0.0125),
    ]
    assert rates.held(brand.pk, MARCH)[0].low == 4_000
    assert rates.held(brand.pk, date(2025, 12, 31)) == []
    state(brand, "cpm", None, from_day=date(2026, 4, 1))
    assert [rate.item for rate in rates.held(brand.pk, date(2026, 4, 1))] == ["ctr"]
    assert rates.card(brand.pk).on("douyin", "cpm", rates_day("2026-03-05")) == Range(4_000, 4_000)
    assert rates.card(brand.pk).on("douyin", "cpm", rates_day("2026-04-05")) is None
    assert len(rates.history(brand.pk)) == 5


def rates_day(text: str) -> int:
    return (date.fromisoformat(text) - rates.EPOCH).days


@pytest.mark.django_db(transaction=True)
def test_every_change_is_audited_and_moves_the_reports(brand: Brand) -> None:
    lake.sync(brand)
    first = stored.answer(brand, "cac", {})
    assert stored.answer(brand, "cac", {}).version == first.version
    state(brand, "cpm", 2_000)
    state(brand, "cpm", 2_000)
    assert RateCardEntry.objects.count() == 1
    assert AuditEntry.objects.filter(action="rate_card.set").count() == 1
    assert stored.answer(brand, "cac", {}).version == first.version + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"item": "cpx", "low": 1}, "no item"),
        ({"item": "cpm", "low": 1, "source": " "}, "where the figure comes from"),
        ({"item": "cpm", "low": 3, "high": 2}, "no range"),
        ({"item": "cpm", "low": 0}, "no range"),
        ({"item": "cpm", "low": -5}, "no range"),
        ({"item": "ctr", "low": 1.5}, "no range"),
        ({"item": "ctr", "low": float("nan")}, "no range"),
        ({"item": "cpm", "low": float("inf")}, "no range"),
        ({"item": "cpm", "low": 1, "platform": " "}, "which platform"),
    ],
)
def test_what_is_refused(brand: Brand, given: dict[str, Any], match: str) -> None:
    with pytest.raises(Invalid, match=match):
        state(brand, **given)
    assert not RateCardEntry.objects.exists()


def test_how_figures_are_read() -> None:
    assert rates.read("cpm", "¥1,200.5") == 120_050
    assert rates.read("ctr", "1.5%") == pytest.approx(0.015)
    assert rates.read("ctr", "0.015") == 0.015
    assert rates.read("live_viewers", "30,000") == 30_000
    assert rates.read("cpm", "") is None
    with pytest.raises(Invalid):
        rates.read("cpm", "viel")


def test_the_plan_goes_from_price_to_customers() -> None:
    card = Card.of(
        [
            ("douyin", "cpm", 0, Range(2_000, 4_000)),
            ("douyin", "cpc", 0, Range(100, 100)),
            ("douyin", "ctr", 0, Range(0.01, 0.02)),
            ("douyin", "cvr", 0, Range(0.05, 0.05)),
            ("douyin", "kol_fee_nano", 0, Range(10_000, 50_000)),
            ("douyin", "kol_fee_top", 0, Range(5_000_000, 9_000_000)),
            ("douyin", "kol_views_nano", 0, Range(1_000, 3_000)),
            ("douyin", "live_fee", 0, Range(1_000_000, 1_000_000)),
            ("douyin", "live_viewers", 0, Range(10_000, 10_000)),
            ("douyin", "live_conversion", 0, Range(0.02, 0.02)),
        ]
    )

    def of(kind: str, amount_fen: float, platform: str = "douyin") -> Any:
        return planned(card, platform, kind, 5, amount_fen=amount_fen)

    assert of("cpm", 600_000)[:3] == pytest.approx((200_000 * 0.00075, 150_000 * 0.0005, 300_000 * 0.001))
    assert of("cpc", 10_000).customers == pytest.approx(5)
    assert of("kol_fee", 30_000).customers == pytest.approx(2_000 * 0.00075)
    assert of("kol_fee", 6_000_000) is None  # no views stated of the tier
    assert of("livestream_fee", 1_000_000).customers == pytest.approx(200)
    assert of("commission", 5) is None
    assert of("content", 5) is None
    assert of("cpm", 600_000, "jd") is None
    assert planned(card, "douyin", "cpm", -1, amount_fen=5) is None


@pytest.mark.django_db(transaction=True)
def test_what_one_s_own_spend_says(brand: Brand) -> None:
    lake.sync(brand)
    assert observed(brand) == {}
    spent(brand, "2026-03-01", 100, type="cpm", impressions=5_000)
    spent(brand, "2026-03-02", 50, clicks=100, impressions=2_000)
    spent(brand, "2026-03-02", 9, "jd")
    spent(brand, "2025-03-02", 9_999, clicks=1, impressions=2_000)
    lake.sync(brand)
    assert observed(brand) == {
        ("douyin", "cpm"): 2_000,
        ("douyin", "cpc"): 50,
        ("douyin", "ctr"): 0.05,
    }
