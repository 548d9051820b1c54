"""Spend from a file to the lake: each line once; a later file corrects it, and what it said stays."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from guanxi.economics.models import Spend
from guanxi.economics.spending import keeping
from guanxi.platform.models import Brand
from guanxi.touchpoints import queries as touchpoints
from guanxi.touchpoints.importing import preview, services
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.formats.spend import SpendLine
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.importing.helpers import write
from tests.warehouse import rows as world

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ["日期", "平台", "计划", "达人", "花费", "展现量", "点击量"]
MARCH = [
    ["2026-03-01", "抖音", "三月", "", "100.00", "10000", "200"],
    ["2026-03-01", "小红书", "三月", "小王", "5000", "", ""],
    ["2026-03-31", "抖音", "三月", "", "7.50", "900", "20"],
]


@pytest.fixture
def brand() -> Brand:
    return world.brand()


def held(brand: Brand) -> list[tuple[str, int, int]]:
    found = Spend.objects.filter(brand_id=brand.pk, holds=True).order_by("day", "platform")
    return [(row.platform, row.amount_fen, row.version) for row in found]


def imported(brand: Brand, path: Path) -> tuple[int, int, int]:
    done = services.start_import(brand.pk, path)
    return done.recorded, done.duplicates, done.rejected


def test_a_file_counts_once_and_a_later_one_corrects_it(brand: Brand, tmp_path: Path) -> None:
    first = write(tmp_path / "march.csv", [HEADER, *MARCH], encoding="gbk")
    assert imported(brand, first) == (3, 0, 0)
    assert imported(brand, first) == (0, 3, 0)
    assert held(brand) == [("douyin", 10_000, 1), ("xiaohongshu", 500_000, 1), ("douyin", 750, 1)]
    corrected = [[*MARCH[0][:4], "88.00", "10000", "200"], *MARCH[1:]]
    second = write(tmp_path / "march-2.csv", [HEADER, *corrected])
    assert imported(brand, second) == (1, 2, 0)
    assert held(brand) == [("douyin", 8_800, 2), ("xiaohongshu", 500_000, 1), ("douyin", 750, 1)]
    assert imported(brand, first) == (1, 2, 0)  # what the newest import says holds, whichever file it is
    assert held(brand)[0] == ("douyin", 10_000, 3)
    assert list(Spend.objects.filter(holds=False).values_list("amount_fen", flat=True)) == [10_000, 8_800]


def test_another_brand_s_spend_is_its_own(brand: Brand, tmp_path: Path) -> None:
    other = world.brand("other")
    path = write(tmp_path / "march.csv", [HEADER, *MARCH])
    assert imported(brand, path) == imported(other, path) == (3, 0, 0)


def test_rejected_rows_are_handed_out_with_their_reasons(brand: Brand, tmp_path: Path) -> None:
    bad = [["2099-01-01", "抖音", "", "", "1", "", ""], ["2026-03-02", "抖音", "", "", "HK$9", "", ""]]
    done = services.start_import(brand.pk, write(tmp_path / "bad.csv", [HEADER, *MARCH, *bad]))
    assert (done.recorded, done.rejected) == (3, 2)
    text = b"".join(services.rejected_rows(brand.pk, done.import_id, actor="cli")).decode("utf-8-sig")
    assert "future_day" in text
    assert "bad_amount" in text
    reasons = touchpoints.import_detail(brand.pk, done.import_id).reasons
    assert dict(reasons) == {"future_day": 1, "bad_amount": 1}


def test_a_preview_writes_nothing_and_knows_what_is_new(brand: Brand, tmp_path: Path) -> None:
    path = write(tmp_path / "march.csv", [HEADER, *MARCH])
    seen = preview.preview(brand.pk, path, path.name)
    assert (seen.recorded, seen.duplicates, seen.kinds, seen.amounts_fen) == (
        3,
        0,
        {"spend": 3},
        {"spend": 510_750},
    )
    assert seen.first[1]["source_ref"] == "2026-03-01 xiaohongshu · 三月 · 小王 · kol_fee"
    assert not Spend.objects.exists()
    services.start_import(brand.pk, path)
    again = preview.preview(brand.pk, path, path.name, options=Options())
    assert (again.recorded, again.duplicates) == (0, 3)


def test_it_reaches_the_lake_and_a_correction_does_too(brand: Brand, tmp_path: Path) -> None:
    imported(brand, write(tmp_path / "march.csv", [HEADER, *MARCH]))
    lake.sync(brand)
    (first, *_) = rows = in_lake(brand)
    assert len(rows) == 3
    assert first == {
        "local_day": (date(2026, 3, 1) - date(1970, 1, 1)).days,
        "local_month": 2026 * 12 + 2,
        "platform": "douyin",
        "channel": "douyin",
        "campaign": "三月",
        "kol": None,
        "type": "cpc",
        "amount_fen": 10_000,
        "impressions": 10_000,
        "clicks": 200,
        "orders": None,
    }
    assert not warehouse.is_behind(brand)
    imported(brand, write(tmp_path / "again.csv", [HEADER, [*MARCH[0][:4], "88", "10000", "200"]]))
    assert "spend" in warehouse.status(brand).behind_tables
    lake.sync(brand)
    assert in_lake(brand)[0]["amount_fen"] == 8_800
    assert lake.verify(brand).is_equal


def in_lake(brand: Brand) -> list[dict[str, object]]:
    spend = warehouse.tables()["spend"]
    found: list[dict[str, object]] = warehouse.run(
        brand, spend.order_by(["local_day", "platform"])
    ).to_pylist()
    return found


def test_the_newest_statement_of_each_line_holds_whatever_came_before(brand: Brand) -> None:
    chance = random.Random(5)
    expected: dict[tuple[object, ...], Sequence[object]] = {}
    for number in range(30):
        lines = [
            SpendLine(
                chance.randrange(3), "douyin", "douyin", chance.choice("ab"), "", "cpc", chance.randrange(3)
            )
            for _ in range(chance.randrange(1, 8))
        ]
        stated = {line.key: line for line in lines}
        taken = keeping.take(brand.pk, [tuple(line) for line in lines], number)
        assert taken.recorded == sum(expected.get(key) != line for key, line in stated.items())
        assert taken.recorded + taken.duplicates == len(lines)
        expected.update(stated)
    rows = Spend.objects.filter(brand_id=brand.pk, holds=True)
    got = {tuple(getattr(row, name) for name in keeping.KEY): row.amount_fen for row in rows}
    assert got == {key: line[6] for key, line in expected.items()}
    for key in expected:
        versions = Spend.objects.filter(brand_id=brand.pk, **dict(zip(keeping.KEY, key, strict=True)))
        numbers = list(versions.order_by("id").values_list("version", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
