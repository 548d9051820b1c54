"""Lists of followers as the platforms and the tools around them write them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from guanxi.kernel.errors import Invalid
from guanxi.touchpoints.importing import detect, grouping
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.formats import followers
from guanxi.touchpoints.importing.formats.followers import FollowerRow
from guanxi.touchpoints.importing.mapping import parse_map
from tests.importing.helpers import write

NOW_MS = int(datetime(2026, 11, 20, 4, tzinfo=UTC).timestamp() * 1000)


class Read:
    def __init__(self, path: Path, importer: str | None = None, maps: Any = (), **options: Any):
        given = Options(mapping=parse_map(maps), now_ms=NOW_MS, **options)
        (table,) = detect.open_tables(path)
        chosen = detect.choose(table, importer)
        chunks = list(grouping.iter_facts(table, chosen.plan(table, given), chunk_rows=given.chunk_rows))
        self.importer = chosen.name
        self.rows = [FollowerRow._make(row) for chunk in chunks for row in chunk.own]
        self.codes = [(reject.line, reject.code) for chunk in chunks for reject in chunk.rejects]


def ms(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+08:00").timestamp() * 1000)


def test_weibo_in_gbk_with_a_title_above_it(tmp_path: Path) -> None:
    rows = [
        ["粉丝明细", "", "", "", "", "", "", "", ""],
        ["微博UID", "昵称", "关注时间", "粉丝数", "关注数", "微博数", "最近发博时间", "认证类型", "IP属地"],
        [
            "1234567890",
            "小兰",
            "2026-03-01 12:30:15",
            "1.2万",
            "3.4w",
            "2,310",
            "2026/11/1",
            "个人认证",
            "广东",
        ],
        ["2234567890", "用户8273645", "2026-03-01", "-", "1999", "0", "", "-1", "-"],
        ["", "", "2026-03-02", "1", "1", "1", "", "", ""],
        ["3234567890", "阿明", "2099-01-01", "1", "1", "1", "", "", ""],
        ["4234567890", "阿红", "2026-03-02", "-5", "1", "1", "", "", ""],
        ["6.91E+18", "阿绿", "2026-03-02", "5", "1", "1", "", "", ""],
    ]
    read = Read(write(tmp_path / "fans.csv", rows, encoding="gb18030"))
    assert read.importer == "followers"
    first, second = read.rows
    assert first._replace(region="") == FollowerRow(
        "weibo",
        "account",
        "1234567890",
        NOW_MS,
        0,
        0,
        ms("2026-03-01T12:30:15"),
        ms("2026-03-01T12:30:15") // 60_000,
        None,
        ms("2026-11-01T00:00"),
        12_000,
        34_000,
        2_310,
        verified=1,
    )
    assert first.region == "广东"
    assert (second.default_name, second.followed_minute, second.followers, second.verified) == (
        1,
        None,
        None,
        0,
    )
    assert read.codes == [(5, "no_account"), (6, "future_day"), (7, "bad_followers"), (8, "bad_id")]


def test_xiaohongshu_by_the_addresses_of_profiles(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["昵称", "小红书主页", "关注时间", "粉丝数", "笔记数", "获赞与收藏", "头像", "个人简介"])
    url = "https://www.xiaohongshu.com/user/profile/5f3a?xsec=1"
    sheet.append(["小红薯5F3A77B1", url, datetime(2026, 5, 1, 9, 30), 3, 0, "1.5万", "", ""])
    sheet.append(["薯薯", "", "", 3, 9, 4, "https://img/a.jpg", "爱喝茶"])
    book.save(tmp_path / "x.xlsx")
    read = Read(tmp_path / "x.xlsx")
    first, second = read.rows
    assert (first.platform, first.by, first.account, first.default_name) == (
        "xiaohongshu",
        "account",
        "5f3a",
        1,
    )
    assert (first.likes, first.has_avatar, first.bio) == (15_000, None, "")
    assert (second.by, second.account, second.has_avatar, second.avatar) == (
        "name",
        "薯薯",
        1,
        "https://img/a.jpg",
    )


def test_wechat_with_what_leads_to_customers(tmp_path: Path) -> None:
    rows = [
        ["openid", "unionid", "nickname", "subscribe_time", "headimgurl", "手机号", "近90天互动次数"],
        ["oABC", "uXYZ", "Amy", "1772336400", "http://wx/1/132", "138 0013 8000", "3"],
        ["oDEF", "", "Bob", "", "", "138****8000", "0"],
    ]
    first, second = Read(write(tmp_path / "w.csv", rows), shop="wx1").rows
    assert (first.platform, first.by, first.account) == ("wechat", "unionid", "uXYZ")
    assert (first.phone, first.unionid, first.openid) == ("+8613800138000", "uXYZ", "openid:wx1\x1foABC")
    assert (second.by, second.phone, second.interactions_90) == ("openid", None, 0)


def test_douyin_in_english_with_the_platform_in_the_file_s_name(tmp_path: Path) -> None:
    rows = [
        ["Nickname", "Followed at", "Followers", "Following", "Posts", "Avatar", "Verified", "As of"],
        ["user71829", "2026-01-02T03:04:05Z", "1", "2", "3", "no", "No", "2026-11-19"],
    ]
    (row,) = Read(write(tmp_path / "抖音粉丝.csv", rows)).rows
    assert (row.platform, row.by, row.default_name, row.has_avatar, row.verified) == (
        "douyin",
        "name",
        1,
        0,
        0,
    )
    assert (row.as_of_ms, row.stated) == (ms("2026-11-19T00:00"), 1)


@pytest.mark.parametrize(
    ("name", "is_default"),
    [
        ("用户8273645", 1),
        ("手机用户123456", 1),
        ("小红薯5F3A77B1", 1),
        ("兰花12345678", 1),
        ("Tom88", 0),
        ("小兰", 0),
        ("1990的夏天", 0),
        ("", None),
        ("小**", None),
    ],
)
def test_names_that_platforms_give(name: str, is_default: int | None) -> None:
    assert followers._is_default(name) == is_default


def test_what_is_no_list_of_followers_is_not_taken_for_one(tmp_path: Path) -> None:
    members = [
        ["手机号", "姓名", "性别", "生日", "注册时间"],
        ["13800138000", "李兰", "女", "1990-01-01", "2024-01-01"],
    ]
    assert Read(write(tmp_path / "m.csv", members), "members").rows == []
    (table,) = detect.open_tables(write(tmp_path / "m2.csv", members))
    assert detect.choose(table).name == "members"
    kol = [["博主昵称", "粉丝数", "笔记数", "平均点赞"], ["小王", "1.2w", "3", "4"]]
    (table,) = detect.open_tables(write(tmp_path / "k.csv", kol))
    assert followers.Followers().detects(table.names) == 0.0


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    plain = [["昵称", "关注时间"], ["小兰", "2026-01-01"]]
    with pytest.raises(Invalid, match="on which platform"):
        Read(write(tmp_path / "plain.csv", plain), "followers")
    (row,) = Read(write(tmp_path / "plain.csv", plain), "followers", channel="微博").rows
    assert row.platform == "weibo"
    with pytest.raises(Invalid, match="needs an account"):
        Read(
            write(tmp_path / "none.csv", [["关注时间", "粉丝数"], ["2026-01-01", "3"]]),
            "followers",
            channel="weibo",
        )
