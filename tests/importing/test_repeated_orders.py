"""Several rows with one order number, and refunds of which nobody says how much: no money is lost unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.helpers import understood, write
from tests.importing.test_platforms import DOUYIN, JD, YOUZAN, brief, douyin_row, jd_row, youzan_row
from tests.importing.test_strange_exports import TAOBAO, taobao_row


def taobao(tmp_path: Path, *rows: list[str]) -> Path:
    return write(tmp_path / "taobao.csv", [TAOBAO.split(), *rows])


# ---------------------------------------------------------------- one number, several rows


def test_an_order_stated_once_more_counts_once(tmp_path: Path) -> None:
    """As where the exports of two months were joined; the other order lies between."""
    path = taobao(tmp_path, taobao_row("1"), taobao_row("2"), taobao_row("1", 退款金额="30.00"))
    assert sorted(brief(understood(path).facts)) == [
        ("order.paid", "1", 8_800),
        ("order.paid", "1", 8_800),  # one reference: the log takes it once
        ("order.paid", "2", 8_800),
        ("order.refunded", "1:refund:3000", 3_000),
    ]


def test_an_order_seen_unpaid_and_paid_in_one_file(tmp_path: Path) -> None:
    unpaid = taobao_row("1", 订单状态="等待买家付款", 买家实际支付金额="0.00", 订单付款时间="")
    assert brief(understood(taobao(tmp_path, unpaid, taobao_row("1"))).facts) == [
        ("order.placed", "1:placed", 0),
        ("order.paid", "1", 8_800),
    ]


@pytest.mark.parametrize("between", [False, True])
def test_lines_of_an_order_where_none_are_expected_are_refused_not_dropped(
    tmp_path: Path, between: bool
) -> None:
    first, second = taobao_row("1"), taobao_row("1", 买家实际支付金额="12.00", 宝贝标题="香膏")
    rows = [first, *([taobao_row("2")] if between else []), second]
    seen = understood(taobao(tmp_path, *rows))
    assert seen.codes == [(2, "amounts_differ"), (len(rows) + 1, "amounts_differ")]
    assert brief(seen.facts) == ([("order.paid", "2", 8_800)] if between else [])


def test_youzan_lines_of_one_order_likewise(tmp_path: Path) -> None:
    other = ["12.00" if cell == "88.00" else cell for cell in youzan_row("E1")]
    seen = understood(write(tmp_path / "y.csv", [YOUZAN, youzan_row("E1"), other]))
    assert seen.codes == [(2, "amounts_differ"), (3, "amounts_differ")]


@pytest.mark.parametrize("again", ['="9001"', "'9001", "\t9001", "9001.0", " 9001 ", "\u200b9001"])
@pytest.mark.parametrize("between", [False, True])
def test_one_number_written_in_two_ways_is_one_order(tmp_path: Path, again: str, between: bool) -> None:
    rows = [jd_row("9001", "100"), *([jd_row("9002", "300")] if between else []), jd_row(again, "200")]
    seen = understood(write(tmp_path / "jd.csv", [JD, *rows]))
    assert sorted(brief(seen.facts)) == [("order.paid", f"900{n}", 19_600) for n in range(1, 2 + between)]
    [order] = [fact for fact in seen.facts if fact.source_ref == "9001"]
    assert [item["sku"] for item in (order.payload or {})["items"]] == ["100", "200"]  # type: ignore[index]


# ---------------------------------------------------------------- given back in part, nobody says how much


@pytest.mark.parametrize(
    ("after_sale", "refund", "booked", "unstated"),
    [
        ("部分退款", "", 0, 1),
        ("部分退款成功", "0.00", 0, 1),
        ("部分退款成功", "20.00", 2_000, 0),
        ("部分退款中", "", 0, 0),
        ("", "", 0, 0),
    ],
)
def test_youzan_given_back_in_part(
    tmp_path: Path, after_sale: str, refund: str, booked: int, unstated: int
) -> None:
    row = youzan_row("E1", refund=refund)
    row[YOUZAN.index("订单退款状态")] = after_sale
    seen = understood(write(tmp_path / "y.csv", [YOUZAN, row, youzan_row("E2")]))
    assert sum(fact.amount_fen or 0 for fact in seen.kind("order.paid")) == 2 * 8_800
    assert sum(fact.amount_fen or 0 for fact in seen.kind("order.refunded")) == booked
    assert (seen.unstated_refunds, seen.codes) == (unstated, [])


def test_douyin_given_back_in_part_is_of_each_sub_order(tmp_path: Path) -> None:
    rows = [
        DOUYIN,
        douyin_row("1", "1", "50.00", "已完成", "退款成功"),
        douyin_row("1", "2", "30.00", "已完成", "部分退款"),
        douyin_row("2", "3", "9.90", "已完成"),
    ]
    seen = understood(write(tmp_path / "d.csv", rows))
    assert brief(seen.kind("order.refunded")) == [("order.refunded", "1:refund:5000", 5_000)]
    assert seen.unstated_refunds == 1


@pytest.mark.parametrize(("status", "unstated"), [("partially_refunded", 1), ("部分退款", 1), ("paid", 0)])
def test_any_shop_given_back_in_part(tmp_path: Path, status: str, unstated: int) -> None:
    path = write(tmp_path / "s.csv", [["订单号", "日期", "金额", "状态"], ["1", "2024-03-05", "9", status]])
    assert understood(path).unstated_refunds == unstated
