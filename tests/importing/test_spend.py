"""Files of spend: whose they are, what their rows come to, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.errors import Invalid
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.formats.spend import SpendLine
from guanxi.touchpoints.importing.mapping import parse_map
from tests.importing.helpers import write

TODAY_MS = (date(2026, 11, 20) - date(1970, 1, 1)).days * DAY_MS


class Read:
    def __init__(self, path: Path, importer: str | None = None, maps: Sequence[str] = (), **options: Any):
        given = Options(mapping=parse_map(maps), now_ms=TODAY_MS, **options)
        (table,) = detect.open_tables(path)
        chosen = detect.choose(table, importer)
        chunks = list(grouping.iter_facts(table, chosen.plan(table, given), chunk_rows=given.chunk_rows))
        self.importer = chosen.name
        self.lines = [SpendLine._make(row) for chunk in chunks for row in chunk.own]
        self.codes = [(reject.line, reject.code) for chunk in chunks for reject in chunk.rejects]
        assert not any(chunk.facts for chunk in chunks)


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def test_a_platform_s_report_with_notices_above_it(tmp_path: Path) -> None:
    rows = [
        ["巨量千川 账户报表", "", "", "", "", ""],
        ["日期", "计划名称", "消耗(元)", "展示次数", "点击次数", "成交订单数"],
        ["2026-11-01", "双11预热", "¥1,234.50", "12.5万", "2,310", "41"],
        ["2026/11/2", "双11预热", "1,000", "100,000", "-", "30"],
        ["合计", "", "2,234.50", "225,000", "2,310", "71"],
    ]
    read = Read(write(tmp_path / "q.csv", rows, encoding="gb18030"), channel="抖音")
    assert read.importer == "spend"
    assert read.lines == [
        SpendLine(day("2026-11-01"), "douyin", "douyin", "双11预热", "", "cpc", 123_450, 125_000, 2_310, 41),
        SpendLine(day("2026-11-02"), "douyin", "douyin", "双11预热", "", "cpm", 100_000, 100_000, None, 30),
    ]
    assert read.codes == [(5, "total_row")]


def test_a_workbook_in_english(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Day", "Platform", "Channel", "Campaign name", "Influencer", "Cost type", "Amount spent"])
    sheet.append([date(2026, 10, 1), "RED", "Tmall", "Autumn", "Austin", "KOL fee", 50000])
    sheet.append([date(2026, 10, 1), "RED", "", "Autumn", "", "something new", 12.345])
    book.save(tmp_path / "spend.xlsx")
    read = Read(tmp_path / "spend.xlsx")
    assert [line[1:7] for line in read.lines] == [
        ("xiaohongshu", "tmall", "Autumn", "Austin", "kol_fee", 5_000_000),
        ("xiaohongshu", "xiaohongshu", "Autumn", "", "other", 1_234),
    ]


def test_a_livestream_s_fee_and_commission_are_two_lines(tmp_path: Path) -> None:
    rows = [
        ["直播日期", "平台", "主播", "坑位费", "佣金", "总费用", "观看人次"],
        ["20261101", "淘宝直播", "李佳琦", "100000", "20%", "", "1000万"],
        ["20261102", "淘宝直播", "李佳琦", "100000", "23456.78", "", "1000万"],
        ["20261103", "淘宝直播", "李佳琦", "100000", "20000", "125000", ""],
        ["20261104", "淘宝直播", "李佳琦", "100000", "20000", "110000", ""],
    ]
    read = Read(write(tmp_path / "live.csv", rows))
    assert read.importer == "spend"
    assert [(line.day, line.type, line.amount_fen, line.impressions) for line in read.lines] == [
        (day("2026-11-02"), "livestream_fee", 10_000_000, 10_000_000),
        (day("2026-11-02"), "commission", 2_345_678, None),
        (day("2026-11-03"), "livestream_fee", 10_000_000, None),
        (day("2026-11-03"), "commission", 2_000_000, None),
        (day("2026-11-03"), "kol_fee", 500_000, None),
    ]
    assert read.codes == [(2, "bad_commission"), (5, "amounts_differ")]


def test_parts_of_a_line_are_summed_and_the_same_row_again_is_not(tmp_path: Path) -> None:
    rows = [
        ["日期", "平台", "计划", "素材", "花费", "点击量"],
        ["2026-11-01", "小红书", "A", "图1", "10.00", "5"],
        ["2026-11-01", "小红书", "B", "图1", "99.00", ""],
        ["2026-11-01", "聚光", "A", "图2", "2.505", "1"],
        ["2026-11-01", "小红书", "A", "图1", "10.00", "5"],
        ["2026-11-01", "小红书", "A", "图3", "-1", ""],
    ]
    rows.insert(2, ["2026-11-02", "小红书", "A", "图1", "1.00", "5"])
    read = Read(write(tmp_path / "parts.csv", rows), chunk_rows=1)
    assert sorted((line.campaign, line.type, line.amount_fen, line.clicks) for line in read.lines) == [
        ("A", "cpc", 100, 5),
        ("A", "cpc", 1_250, 6),
        ("B", "other", 9_900, None),
    ]
    assert read.codes == [(6, "repeated_row"), (7, "negative_spend")]


def test_a_refund_within_the_file_corrects_its_line(tmp_path: Path) -> None:
    rows = [
        ["日期", "平台", "花费", "备注"],
        ["2026-11-01", "京东", "100", "a"],
        ["2026-11-01", "京东", "-30", "b"],
    ]
    read = Read(write(tmp_path / "back.csv", rows))
    assert [line.amount_fen for line in read.lines] == [7_000]


def test_what_is_refused(tmp_path: Path) -> None:
    rows = [
        ["日期", "平台", "消耗", "曝光量", "币种"],
        ["2026-11-21", "抖音", "1", "", ""],
        ["2026-11-20", "抖音", "$5", "", ""],
        ["2026-11-20", "抖音", "5", "", "USD"],
        ["2026-11-20", "抖音", "5", "", "人民币"],
        ["2026-11-19", "抖音", "", "", ""],
        ["2026-11-18", "抖音", "-5", "", ""],
        ["2026-13-18", "抖音", "5", "", ""],
        ["02/03/2026", "抖音", "5", "", ""],
        ["", "抖音", "5", "", ""],
        ["2026-11-17", "", "5", "", ""],
        ["2026-11-17", "抖音", "很多", "", ""],
        ["2026-11-16", "抖音", "5", "-8", ""],
    ]
    read = Read(write(tmp_path / "bad.csv", rows))
    assert read.importer == "spend"
    assert [line.amount_fen for line in read.lines] == [500]
    assert read.codes == [
        (2, "future_day"),
        (3, "bad_amount"),
        (4, "other_currency"),
        (6, "no_amount"),
        (7, "negative_spend"),
        (8, "bad_date"),
        (9, "bad_date"),
        (10, "no_date"),
        (11, "no_platform"),
        (12, "bad_amount"),
        (13, "negative_count"),
    ]


def test_a_mapping_by_number_and_a_platform_that_nobody_named(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.csv", [["2026-11-01", "12.00"], ["2026-11-02", "13.00"]])
    with pytest.raises(Invalid, match="on which platform"):
        Read(path, "spend", ["date=1", "amount=2"])
    read = Read(path, "spend", ["date=1", "amount=2"], channel="weibo")
    assert [(line.platform, line.channel, line.amount_fen) for line in read.lines] == [
        ("weibo", "weibo", 1_200),
        ("weibo", "weibo", 1_300),
    ]
    with pytest.raises(Invalid, match="needs a day and an amount"):
        Read(path, "spend", ["date=1"], channel="weibo")


@pytest.mark.parametrize(
    "header",
    [
        ["订单号", "日期", "金额", "活动", "渠道"],
        ["date", "amount", "campaign", "channel"],
        ["日期", "实付金额", "客户号", "渠道"],
        ["会员号", "手机号", "入会日期", "渠道", "生日"],
    ],
)
def test_orders_and_members_are_not_taken_for_spend(tmp_path: Path, header: list[str]) -> None:
    path = write(tmp_path / "file.csv", [header, ["2026-11-01"] * len(header)])
    (table,) = detect.open_tables(path)
    assert detect.detect(table)[0].importer.name in {"orders", "members"}
