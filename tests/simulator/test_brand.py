"""What a simulated brand must be: the same for a seed, messy as promised, true to its own truth."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from guanxi.kernel.errors import Invalid
from guanxi.simulator.brand import simulate

ENCODINGS = {"tmall": "gbk", "jd": "gb18030", "douyin": "utf-8-sig", "youzan": "utf-8-sig", "store": "utf-8"}


@pytest.fixture(scope="module")
def lanhua(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lanhua")
    simulate(folder, customers=4_000, seed=20)
    return folder


def summary(folder: Path) -> dict[str, object]:
    return json.loads((folder / "truth" / "summary.json").read_text(encoding="utf-8"))


def truth(folder: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(folder / "truth" / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def rows(folder: Path, channel: str, pattern: str) -> Iterator[dict[str, str]]:
    for path in sorted((folder / channel).glob(pattern)):
        with path.open(encoding=ENCODINGS[channel], newline="") as stream:
            yield from csv.DictReader(stream)


def fen(text: str) -> int:
    return round(float(text) * 100)


def bare(text: str) -> str:
    return text.strip("\t='\"")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        simulate(tmp_path / name, customers=300, seed=3)
    simulate(tmp_path / "other", customers=300, seed=4)
    assert digests(tmp_path / "first") == digests(tmp_path / "second")
    assert digests(tmp_path / "first") != digests(tmp_path / "other")


def test_the_mess_is_as_promised(lanhua: Path) -> None:
    shares = summary(lanhua)["shares"]
    assert shares["recycled_phones"] >= 0.03
    assert shares["family_phones"] >= 0.04
    assert shares["masked_records"] >= 0.30
    assert shares["typos"] >= 0.02


def test_buyers_come_back_as_buyers_do(lanhua: Path) -> None:
    assert 0.30 <= summary(lanhua)["repeat_rate"] <= 0.42


def test_people_have_ids_of_several_shops(lanhua: Path) -> None:
    schemes = defaultdict(set)
    for row in truth(lanhua, "identities"):
        if "|" not in row["persons"] and row["scheme"] != "phone":
            schemes[row["persons"]].add(row["scheme"])
    assert sum(len(found - {"unionid"}) > 1 for found in schemes.values()) > 0.1 * len(schemes)


def test_the_files_add_up_to_the_summary(lanhua: Path) -> None:
    found = {name: [0, 0, 0] for name in ("tmall", "jd", "douyin", "youzan", "store")}
    for row in rows(lanhua, "tmall", "ExportOrderList*"):
        if row["订单付款时间"]:
            found["tmall"][0] += 1
            found["tmall"][1] += fen(row["买家实际支付金额"])
            found["tmall"][2] += fen(row["退款金额"])
    jd = {row["订单号"]: row for row in rows(lanhua, "jd", "*.csv") if row["付款确认时间"]}
    found["jd"] = [len(jd), sum(fen(row["应付金额"]) for row in jd.values()), 0]
    douyin = [row for row in rows(lanhua, "douyin", "*.csv") if row["支付完成时间"] != "-"]
    found["douyin"] = [
        len({row["主订单编号"] for row in douyin}),
        sum(fen(row["订单应付金额"]) for row in douyin),
        sum(fen(row["订单应付金额"]) for row in douyin if row["售后状态"] == "退款成功"),
    ]
    for row in rows(lanhua, "youzan", "*orders*"):
        if row["买家付款时间"]:
            found["youzan"][0] += 1
            found["youzan"][1] += fen(row["订单实付金额"])
            found["youzan"][2] += fen(row["订单已退款金额"])
    till = list(rows(lanhua, "store", "*.csv"))
    found["store"] = [
        len({row["小票号"] for row in till if row["交易类型"] == "销售"}),
        sum(fen(row["实收金额"]) for row in till if row["交易类型"] == "销售"),
        -sum(fen(row["实收金额"]) for row in till if row["交易类型"] == "退货"),
    ]
    expected = {
        name: [totals["orders"], totals["revenue_fen"], totals["refunds_fen"]]
        for name, totals in summary(lanhua)["channels"].items()
    }
    assert found == expected


def test_every_order_of_every_file_is_in_the_truth_once(lanhua: Path) -> None:
    known = Counter(row["ref"] for row in truth(lanhua, "records") if row["kind"] == "order")
    assert set(known.values()) == {1}
    written = (
        {bare(row["订单编号"]) for row in rows(lanhua, "tmall", "ExportOrderList*")}
        | {row["订单号"] for row in rows(lanhua, "jd", "*.csv")}
        | {bare(row["主订单编号"]) for row in rows(lanhua, "douyin", "*.csv")}
        | {row["订单号"] for row in rows(lanhua, "youzan", "*orders*")}
        | {row["小票号"] for row in rows(lanhua, "store", "*.csv") if row["交易类型"] == "销售"}
    )
    assert written == set(known)


def test_details_list_the_lines_of_the_orders(lanhua: Path) -> None:
    orders = {row["订单编号"]: int(row["宝贝总数量"]) for row in rows(lanhua, "tmall", "ExportOrderList*")}
    lines: Counter[str] = Counter()
    for row in rows(lanhua, "tmall", "ExportOrderDetailList*"):
        lines[row["订单编号"]] += int(row["购买数量"])
    assert dict(lines) == orders


def test_a_visible_phone_is_the_truth_s_identity(lanhua: Path) -> None:
    known = {row["ref"]: row["identities"] for row in truth(lanhua, "records") if row["channel"] == "jd"}
    for row in rows(lanhua, "jd", "*.csv"):
        assert f"jd:{row['下单帐号']}" in known[row["订单号"]]
        if "*" in row["联系电话"]:
            assert "phone:" not in known[row["订单号"]]
        elif not row["联系电话"].startswith("852"):
            assert f"phone:+86{row['联系电话']}/" in known[row["订单号"]]


def test_identities_and_records_say_the_same(lanhua: Path) -> None:
    counted: Counter[str] = Counter()
    persons = defaultdict(set)
    for row in truth(lanhua, "records"):
        for identity in filter(None, row["identities"].split("|")):
            counted[identity] += 1
            persons[identity].add(row["person"])
    for row in truth(lanhua, "identities"):
        key = f"{row['scheme']}:{row['value']}" + (f"/{row['holder']}" if row["holder"] else "")
        assert counted.pop(key) == int(row["records"])
        if not {"gift_receiver", "shop_phone"} & set(row["cases"].split("|")):
            assert persons[key] <= set(row["persons"].split("|"))
            assert row["scheme"] == "phone" or len(persons[key]) == 1
    assert not counted


def test_what_one_record_shows_lies_in_one_cluster(lanhua: Path) -> None:
    cluster_of: dict[str, str] = {}
    for row in truth(lanhua, "identities"):
        key = f"{row['scheme']}:{row['value']}" + (f"/{row['holder']}" if row["holder"] else "")
        cluster_of[key] = row["cluster"]
    for row in truth(lanhua, "records"):
        assert not row["cluster"] or row["cluster"].startswith(row["person"])
        if not row["cases"]:
            found = {cluster_of[key] for key in filter(None, row["identities"].split("|"))} - {""}
            assert found <= {row["cluster"]}


def test_a_recycled_number_was_silent_for_six_months(lanhua: Path) -> None:
    uses = defaultdict(lambda: defaultdict(list))
    for row in truth(lanhua, "records"):
        if "recycled" in row["cases"] and "gift" not in row["cases"]:
            for identity in row["identities"].split("|"):
                if identity.startswith("phone:"):
                    uses[identity.split("/")[0]][row["person"]].append(row["at"])
    spans = [sorted((min(ats), max(ats)) for ats in people.values()) for people in uses.values()]
    shared = [span for span in spans if len(span) == 2]
    assert len(shared) > 20
    for (_, old_end), (new_start, _) in shared:
        assert old_end[:7] < new_start[:7]
        months = (int(new_start[:4]) - int(old_end[:4])) * 12 + int(new_start[5:7]) - int(old_end[5:7])
        assert months >= 6


def test_headers_are_those_of_the_real_exports(lanhua: Path) -> None:
    with next((lanhua / "youzan").glob("*orders*")).open(encoding="utf-8-sig", newline="") as stream:
        header = next(csv.reader(stream))
    assert header.count("分销员") == 2
    sheet = openpyxl.load_workbook(lanhua / "youzan" / "youzan-customers.xlsx", read_only=True).active
    assert [cell.value for cell in next(sheet.iter_rows())][:3] == ["客户姓名", "客户昵称", "客户手机号"]
    assert (lanhua / "douyin").exists()
    first = next(iter((lanhua / "douyin").glob("*"))).read_bytes()
    assert first.startswith("\ufeff主订单编号".encode())


def test_spend_has_a_line_for_every_day_and_follows_the_customers_it_wins(lanhua: Path) -> None:
    """Of every day and media channel a line; the days that win more cost more."""
    with next((lanhua / "spend").glob("*")).open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["投放渠道"] == "tmall" and not row["达人昵称"]]
    assert len(rows) == len({row["日期"] for row in rows}) > 300
    by_won = sorted(rows, key=lambda row: int(row["成交订单数"]))
    half = len(rows) // 2

    assert sum(float(row["消耗"]) for row in by_won[half:]) > sum(float(row["消耗"]) for row in by_won[:half])


def test_some_names_are_lunar_birthdays_cantonese_and_english(lanhua: Path) -> None:
    people = truth(lanhua, "people")
    assert {row["language"] for row in people} == {"zh-CN", "zh-HK", "en"}
    assert {row["birthday_calendar"] for row in people} == {"solar", "lunar"}
    assert {2, 3} <= {len(row["name"]) for row in people}


@pytest.mark.parametrize("wrong", [{"customers": 3}, {"years": 0.1}, {"customers": 10**9}])
def test_sizes_without_sense_are_refused(tmp_path: Path, wrong: dict[str, float]) -> None:
    with pytest.raises(Invalid):
        simulate(tmp_path, **wrong)
    assert not list(tmp_path.iterdir())
