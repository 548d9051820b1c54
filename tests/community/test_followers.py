"""Lists of followers from the file to the reports: each account once, tied to customers, audited."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from guanxi.community import services as community
from guanxi.community.followers import keeping, rights
from guanxi.community.models import Follower, FollowerIdentity
from guanxi.customers import services as customers
from guanxi.customers.consent.contracts import Statement
from guanxi.customers.consent.ledger import record
from guanxi.customers.models import Subject
from guanxi.customers.rights import erasing
from guanxi.customers.rights.erasing import person_of
from guanxi.economics import assumptions, running
from guanxi.platform.models import Brand
from guanxi.touchpoints.importing import preview, services
from guanxi.touchpoints.importing.contracts import Options
from guanxi.touchpoints.importing.formats.followers import FollowerRow
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.importing.helpers import write
from tests.warehouse import rows as world

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ["openid", "昵称", "关注时间", "粉丝数", "关注数", "动态数", "最近活跃时间", "手机号", "头像"]
LIST = [
    ["oA", "小兰", "2026-03-01 10:00:00", "10", "20", "3", "2026-10-01", "13800138000", "有"],
    ["oB", "用户12345678", "2026-03-01 10:00:00", "0", "2000", "0", "2026-03-02", "", "无"],
    ["oC", "阿明", "2026-03-02 10:00:00", "10", "20", "3", "2026-04-01", "13900139000", "有"],
    ["oD", "", "", "", "", "", "", "", ""],
]


@pytest.fixture
def brand() -> Brand:
    return world.brand()


def imported(brand: Brand, path: Path, **options: Any) -> tuple[int, int, int]:
    done = services.start_import(brand.pk, path, options=Options(**options))
    return done.recorded, done.duplicates, done.rejected


def listed(tmp_path: Path, rows: Sequence[Sequence[str]], name: str = "微信.csv") -> Path:
    return write(tmp_path / name, [HEADER, *rows], encoding="gbk")


def report(brand: Brand, name: str, **given: Any) -> Any:
    lake.sync(brand)
    return running.run(brand, name, given)


def row_of(brand: Brand, platform: str = "wechat", at: int = 0) -> Follower:
    return Follower.objects.filter(brand_id=brand.pk, platform=platform).order_by("pk")[at]


def test_a_list_counts_once_and_a_newer_one_replaces_what_it_tells(brand: Brand, tmp_path: Path) -> None:
    first = listed(tmp_path, LIST)
    assert imported(brand, first) == (4, 0, 0)
    assert imported(brand, first) == (0, 4, 0)
    newer = [["oA", "", "", "11", "", "", "2026-11-01", "", ""], LIST[1]]
    assert imported(brand, listed(tmp_path, newer, "微信2.csv")) == (1, 1, 0)
    row = row_of(brand)
    assert (row.followers, row.following, row.has_avatar) == (11, 20, 1)
    assert Follower.objects.count() == 4


def test_an_older_list_changes_nothing(brand: Brand, tmp_path: Path) -> None:
    def dated(day: str, fans: str) -> Path:
        return write(
            tmp_path / f"{day}.csv",
            [["微博UID", "关注时间", "粉丝数", "数据日期"], ["1", "2026-01-01", fans, day]],
        )

    assert imported(brand, dated("2026-05-01", "5")) == (1, 0, 0)
    assert imported(brand, dated("2026-04-01", "4")) == (0, 1, 0)
    assert row_of(brand, "weibo").followers == 5
    assert imported(brand, dated("2026-06-01", "5")) == (1, 0, 0)  # nothing new, and of a later day
    assert imported(brand, dated("2026-06-01", "5")) == (0, 1, 0)


def test_nothing_personal_is_kept(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    with connection.cursor() as cursor:
        kept = []
        for model in (Follower, FollowerIdentity):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            kept += cursor.fetchall()
    text = repr(kept)
    assert not [word for word in ("小兰", "阿明", "13800138000", "12345678") if word in text]
    assert "13900139000" not in repr(report(brand, "followers"))


def test_a_preview_writes_nothing_and_knows_what_is_new(brand: Brand, tmp_path: Path) -> None:
    path = listed(tmp_path, LIST)
    seen = preview.preview(brand.pk, path, path.name)
    assert (seen.recorded, seen.duplicates, seen.kinds) == (4, 0, {"followers": 4})
    assert not Follower.objects.exists()
    imported(brand, path)
    seen = preview.preview(brand.pk, path, path.name)
    assert (seen.recorded, seen.duplicates) == (0, 4)


def test_two_lists_at_once_leave_each_follower_once(brand: Brand, tmp_path: Path) -> None:
    many = [[f"o{n}", "", "2026-03-01", "1", str(n), "3", "", "", ""] for n in range(1, 300)]
    paths = [listed(tmp_path, many, "微信a.csv"), listed(tmp_path, list(reversed(many)), "微信b.csv")]
    done: list[tuple[int, int, int]] = []

    def run(path: Path) -> None:
        try:
            done.append(imported(brand, path))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [(0, 299, 0), (299, 0, 0)] or sum(one[0] for one in done) == 299
    assert Follower.objects.count() == 299


def buy(brand: Brand, path: Path) -> None:
    """Two customers with phones: 李兰 bought on two days, 王明 once."""
    rows = [
        ["订单号", "手机号", "姓名", "下单时间", "实付金额", "状态"],
        ["1", "13800138000", "李兰", "2026-04-01 10:00:00", "100", "已完成"],
        ["2", "13800138000", "李兰", "2026-05-01 10:00:00", "50", "已完成"],
        ["3", "13900139000", "王明", "2026-05-02 10:00:00", "70", "已完成"],
    ]
    done = services.start_import(brand.pk, write(path / "orders.csv", rows), importer="orders")
    assert done.recorded == 3


def subjects(brand: Brand) -> dict[int, int | None]:
    """Follower → customer, as the lake has it."""
    lake.sync(brand)
    told = warehouse.run(brand, warehouse.tables()["followers"]).to_pylist()
    return {row["follower_id"]: row["subject_id"] for row in told}


def test_followers_are_tied_to_the_customers_that_their_phones_lead_to(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    assert set(subjects(brand).values()) == {None}
    buy(brand, tmp_path)  # a customer who comes later is found as well
    tied = subjects(brand)
    lan, ming = row_of(brand, at=0).pk, row_of(brand, at=2).pk
    assert {at for at, subject in tied.items() if subject} == {lan, ming}
    assert not warehouse.is_behind(brand)
    rows = {(row["platform"], str(row["stage"])): row for row in report(brand, "community").rows}
    whole = [
        (rows["All platforms", stage]["people"])
        for stage in ("Follower", "Identifier known", "Buyer", "Repeat buyer")
    ]
    assert whole == [4, 4, 2, 1]
    assert rows["All platforms", "Advocate"]["people"] is None
    assert rows["All platforms", "Buyer"]["margin_fen"] == 22_000
    assert lake.verify(brand).is_equal


def test_an_identifier_is_not_yet_a_consent(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    buy(brand, tmp_path)
    lan, ming = (subjects(brand)[row_of(brand, at=at).pk] or 0 for at in (0, 2))
    told = report(brand, "community")
    assert (str(told.rows[2]["stage"]), told.rows[2]["people"]) == ("May be written to", None)
    assert any("holds no word on marketing" in note for note in told.notes)
    said = {"purpose": "marketing", "proof": "page"}
    statements = [
        Statement(lan, said="given", key="1", channel="sms", **said),
        Statement(ming, said="given", key="2", channel="email", **said),  # without an address to write to
    ]
    assert record(brand.pk, statements, source="test", actor="cli").recorded == 2
    lake.sync(brand)
    told = report(brand, "community")
    assert [row["people"] for row in told.rows[:3]] == [4, 4, 1]
    assert told.rows[2]["of_before"] == 1 / told.rows[1]["real"]
    withdrawal = Statement(lan, said="withdrawn", key="3", **said)
    assert record(brand.pk, [withdrawal], source="test", actor="cli").recorded == 1
    lake.sync(brand)
    assert report(brand, "community").rows[2]["people"] == 0


def test_a_phone_of_two_customers_ties_to_neither(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    buy(brand, tmp_path)
    rows = [
        ["订单号", "手机号", "姓名", "下单时间", "实付金额", "状态"],
        ["9", "13800138000", "赵六", "2026-06-01 10:00:00", "10", "已完成"],
    ]
    services.start_import(brand.pk, write(tmp_path / "more.csv", rows), importer="orders")
    phones = Subject.objects.filter(scheme="phone", brand_id=brand.pk)
    assert phones.values("customer_id").distinct().count() in {2, 3}
    lan = row_of(brand).pk
    split = len(
        {
            one.customer_id
            for one in phones
            if one.key == FollowerIdentity.objects.get(follower_id=lan, scheme="phone").key
        }
    )
    assert (subjects(brand)[lan] is None) == (split > 1)


def test_a_merge_and_an_erasure_are_followed(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    buy(brand, tmp_path)
    lan, ming = (subjects(brand)[row_of(brand, at=at).pk] for at in (0, 2))
    assert lan
    assert ming
    of = {subject: Subject.objects.get(pk=subject).customer_id for subject in (lan, ming)}
    customers.merge(brand.pk, [of[lan], of[ming]], actor="cli", reason="the same")
    told = report(brand, "community")
    assert (told.head["tied"], told.head["customers"], told.head["accounts"]) == (2, 1, 4)
    assert told.rows[0]["people"] == 3, "one person with two accounts follows once"
    assert community.forget(brand.pk, [lan]) == 1
    told = report(brand, "community")
    assert (told.head["tied"], told.head["accounts"]) == (1, 4)
    assert community.forget(brand.pk, [lan]) == 0


def test_the_erasure_of_a_person_leaves_their_account_leading_to_nobody(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    buy(brand, tmp_path)
    lan = row_of(brand).pk
    subject = Subject.objects.get(pk=subjects(brand)[lan] or 0)
    person = person_of(brand.pk, subject.customer_id)
    (told,) = rights.accounts(person)
    assert (told["platform"], told["followers"]) == ("wechat", 10)
    erasing.erase(brand.pk, subject.customer_id, actor="cli", reason="asked by letter")
    assert not FollowerIdentity.objects.filter(follower_id=lan, scheme="phone").exists()
    assert subjects(brand)[lan] is None
    imported(brand, listed(tmp_path, LIST, "again.csv"))
    assert subjects(brand)[lan] is None


def test_where_nobody_can_be_tied_stages_are_unknown_and_not_zero(brand: Brand, tmp_path: Path) -> None:
    rows = [["微博UID", "关注时间", "粉丝数", "关注数"], ["1", "2026-01-01", "3", "4"]]
    imported(brand, write(tmp_path / "weibo.csv", rows))
    told = report(brand, "community")
    assert {row["people"] for row in told.rows[2:7]} == {None}
    assert told.rows[0]["margin_fen"] is None
    assert any("Insufficient evidence on who becomes a member" in note for note in told.notes)


def test_the_reports_of_a_brand_without_followers_say_what_to_do(brand: Brand) -> None:
    for name in ("followers", "community"):
        told = report(brand, name)
        assert told.rows == []
        assert "guanxi import FILE --as followers" in told.notes[0]


def test_the_quality_says_what_the_lists_do_not_tell(brand: Brand, tmp_path: Path) -> None:
    imported(brand, listed(tmp_path, LIST))
    told = report(brand, "followers")
    whole, wechat = told.rows
    verdicts = {name: whole[name] for name in ("active", "asleep", "suspicious", "insufficient")}
    assert verdicts == {"active": 1, "asleep": 1, "suspicious": 1, "insufficient": 1}
    assert whole["suspicious_low"] < 0.25 < whole["suspicious_high"]
    assert {name: wechat[name] for name in verdicts} == verdicts
    assert any("when they registered" in note for note in told.notes)
    reasons = {row["code"]: row for row in report(brand, "followers", by="reason").rows}
    assert reasons["blank_profile"]["suspicious"] == reasons["follows_very_many"]["followers"] == 1
    strict = report(brand, "followers", suspicion="500")
    assert strict.rows[0]["suspicious"] == 0
    assert strict.head["thresholds"]["suspicion"] == 500


def bought(n: int) -> list[FollowerRow]:
    return [
        FollowerRow(
            "weibo" if number % 2 else "wechat",
            "account",
            f"a{number}",
            world.BASE_MS,
            1,
            phone=f"+86138{number:08d}",
            followers=5,
            following=5,
            posts=5,
            last_active_ms=world.BASE_MS,
        )
        for number in range(n)
    ]


def test_worth_is_told_from_thirty_customers_on(brand: Brand, tmp_path: Path) -> None:
    rows = [["订单号", "手机号", "下单时间", "实付金额", "状态"]]
    rows += [[f"n{n}", f"138{n:08d}", f"2023-0{1 + n % 9}-01 10:00:00", "100", "已完成"] for n in range(40)]
    services.start_import(brand.pk, write(tmp_path / "orders.csv", rows), importer="orders")
    assumptions.choose(brand.pk, margin_mille=500, actor="cli")
    keeping.take(brand.pk, [tuple(row) for row in bought(20)], 1)
    told = {one.label: one for one in report(brand, "community").figures}
    assert told["Worth without the fakes"].value == 20 * 5_000
    assert told["For each customer among them"].value is None
    keeping.take(brand.pk, [tuple(row) for row in bought(40)], 2)
    told = {one.label: one for one in report(brand, "community").figures}
    each = told["For each customer among them"]
    assert (each.value, each.low, each.high) == (5_000, 5_000, 5_000)
    assert told["For each real follower"].value == 5_000
    assert told["Active share"].value == 1
