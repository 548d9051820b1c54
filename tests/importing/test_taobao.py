"""Tmall's and Taobao's ExportOrderList."""

from __future__ import annotations

from pathlib import Path

from guanxi.touchpoints.contracts import Identity
from tests.importing.helpers import understood

HEADER = (
    "订单编号,买家会员名,买家应付货款,买家实际支付金额,订单状态,收货人姓名,收货地址 ,联系电话 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,店铺名称,订单关闭原因,退款金额"
)


def export(tmp_path: Path, *lines: str, encoding: str = "gb18030") -> Path:
    path = tmp_path / "ExportOrderList202403.csv"
    path.write_bytes("\r\n".join([HEADER, *lines, ""]).encode(encoding))
    return path


def order(
    number: str = '="2084512345678901234"',
    *,
    paid: str = "88.00",
    status: str = "交易成功",
    placed: str = "2024-03-05 09:03:11",
    paid_at: str = "2024-03-05 09:05:00",
    refund: str = "0.00",
    phone: str = "'13800138000",
) -> str:
    return (
        f'{number},小兰花88,98.00,{paid},"{status}",李雷,浙江省 杭州市 西湖区 文三路1号,,{phone},'
        f"{placed},{paid_at},兰花香膏 30g,2,兰花旗舰店,,{refund}"
    )


def test_a_finished_order_is_revenue_at_the_time_of_payment(tmp_path: Path) -> None:
    seen = understood(export(tmp_path, order()))
    assert seen.importers == ["taobao-orders"]
    [fact] = seen.facts
    assert (fact.kind, fact.source_ref, fact.amount_fen, fact.quantity) == (
        "order.paid",
        "2084512345678901234",
        8_800,
        2,
    )
    assert fact.occurred_ms == 1_709_600_700_000
    assert fact.identities == (Identity("tmall", "小兰花88"), Identity("phone", "+8613800138000"))
    assert fact.person is not None
    assert (fact.person.name, fact.person.city) == ("李雷", "杭州市")
    assert fact.payload == {
        "order": "2084512345678901234",
        "status": "交易成功",
        "shop": "兰花旗舰店",
        "items": [{"title": "兰花香膏 30g", "quantity": 2}],
    }


def test_every_status_with_either_comma(tmp_path: Path) -> None:
    statuses = {
        "等待买家付款": "order.placed",
        "买家已付款,等待卖家发货": "order.paid",
        "买家已付款，等待卖家发货": "order.paid",
        "卖家已发货,等待买家确认": "order.paid",
        "卖家已发货，等待买家确认": "order.paid",
        "交易成功": "order.paid",
        "交易关闭": "order.placed",
    }
    lines = [
        order(str(number), status=status, paid_at="") for number, status in enumerate(statuses, start=10)
    ]
    assert [fact.kind for fact in understood(export(tmp_path, *lines)).facts] == list(statuses.values())


def test_an_order_closed_after_payment_was_given_back(tmp_path: Path) -> None:
    seen = understood(
        export(tmp_path, order("1", status="交易关闭"), order("2", status="交易关闭", refund="80.00"))
    )
    assert [(fact.kind, fact.source_ref, fact.amount_fen) for fact in seen.facts] == [
        ("order.paid", "1", 8_800),
        ("order.refunded", "1:refund:8800", 8_800),
        ("order.paid", "2", 8_800),
        ("order.refunded", "2:refund:8000", 8_000),
    ]


def test_a_growing_refund_is_a_new_fact_that_states_the_whole(tmp_path: Path) -> None:
    before = understood(export(tmp_path, order(refund="10.00"))).facts
    after = understood(export(tmp_path, order(refund="25.50"))).facts
    assert before[0] == after[0], "the payment is the same fact"
    assert [fact.source_ref for fact in (before[1], after[1])] == [
        "2084512345678901234:refund:1000",
        "2084512345678901234:refund:2550",
    ]
    assert after[1].payload is not None
    assert after[1].payload["cumulative_fen"] == 2_550


def test_an_order_seen_unpaid_and_later_paid_has_two_references(tmp_path: Path) -> None:
    unpaid = understood(export(tmp_path, order(status="等待买家付款", paid="0.00", paid_at=""))).facts
    paid = understood(export(tmp_path, order())).facts
    assert [fact.source_ref for fact in unpaid + paid] == [
        "2084512345678901234:placed",
        "2084512345678901234",
    ]


def test_masked_phones_and_names_identify_nobody(tmp_path: Path) -> None:
    [fact] = understood(export(tmp_path, order(phone="138****8000").replace("李雷", "李**"))).facts
    assert fact.identities == (Identity("tmall", "小兰花88"),)
    assert fact.person is not None
    assert fact.person.name is None


def test_what_cannot_be_read_is_rejected_with_line_and_reason(tmp_path: Path) -> None:
    seen = understood(
        export(
            tmp_path,
            order("1"),
            order("2", status="外星人付款"),
            order("3", paid="八十八"),
            order("4", paid_at="2024-02-30 10:00:00"),
            order("6.91E+18"),
            order(""),
        )
    )
    assert seen.codes == [
        (3, "unknown_status"),
        (4, "bad_amount"),
        (5, "bad_date"),
        (6, "bad_order"),
        (7, "no_order"),
    ]
    assert "外星人付款" in seen.rejects[0].original
    assert len(seen.facts) == 1
