"""Exports as strangers bring them: headers of other years, cells that Excel has spoilt, joined files."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.touchpoints.contracts import Identity
from guanxi.touchpoints.importing.mapping import parse_statuses
from tests.importing.helpers import facts_of, understood, write
from tests.importing.test_platforms import DOUYIN, JD, YOUZAN, brief, douyin_row, jd_row, youzan_row

TAOBAO = (
    "订单编号 买家会员名 买家实际支付金额 订单状态 收货人姓名 "
    "联系电话 联系手机 订单创建时间 订单付款时间 宝贝标题 退款金额"
)


def taobao_row(order: str, **cells: str) -> list[str]:
    usual = {
        "订单编号": f'="{order}"',
        "买家会员名": "小鱼",
        "买家实际支付金额": "88.00",
        "订单状态": "交易成功",
        "联系手机": "'13812345678",
        "订单创建时间": "2024-03-05 09:00:00",
        "订单付款时间": "2024-03-05 09:03:11",
        "退款金额": "0.00",
    }
    return [{**usual, **cells}.get(name, "") for name in TAOBAO.split()]


def generic(tmp_path: Path, header: str, *rows: str) -> Path:
    return write(tmp_path / "shop.csv", [line.split("|") for line in (header, *rows)])


# ---------------------------------------------------------------- what Excel has spoilt


def test_an_account_that_excel_has_rounded_makes_no_customer_of_many(tmp_path: Path) -> None:
    path = generic(
        tmp_path,
        "订单号|会员号|手机号|下单时间|金额",
        "1|6.2E+15|13812345678|2024-03-05|9",
        "2|M2||2024-03-05|9",
    )
    seen = understood(path)
    assert seen.codes == [(2, "bad_id")]
    assert [fact.identities for fact in seen.facts] == [(Identity("member", "M2"),)]


def test_a_rounded_phone_is_a_reason_where_nothing_else_identifies(tmp_path: Path) -> None:
    header = "订单号|会员号|手机号|下单时间|金额"
    path = generic(tmp_path, header, "1||1.38E+10|2024-03-05|9", "2|M2|1.38E+10|2024-03-05|9")
    seen = understood(path)
    assert seen.codes == [(2, "bad_phone")]
    assert brief(seen.facts) == [("order.paid", "2", 900)]
    members = understood(generic(tmp_path, "姓名|手机号|生日", "李小鱼|1.38E+10|1990-05-01"))
    assert members.codes == [(2, "bad_phone")]


def test_order_numbers_that_all_end_in_zeros_are_several_orders_in_one(tmp_path: Path) -> None:
    rows = [TAOBAO.split(), *(taobao_row(f"34567890123456{n}000") for n in (1, 2))]
    with pytest.raises(Invalid, match="were rounded"):
        understood(write(tmp_path / "rounded.csv", rows))
    ones = [[*taobao_row("345678901234561000")[:-1], cell] for cell in ("", "0.00")]
    with pytest.raises(Invalid, match="were rounded"):
        understood(write(tmp_path / "one.csv", [TAOBAO.split(), *ones]))
    rows.append(taobao_row("345678901234563001"))
    assert len(facts_of(write(tmp_path / "whole.csv", rows))) == 3


# ---------------------------------------------------------------- Taobao of other years


def test_taobao_phone_in_the_other_column(tmp_path: Path) -> None:
    row = taobao_row("1", 联系手机="'null", 联系电话="13912345678")
    facts = facts_of(write(tmp_path / "t.csv", [TAOBAO.split(), row]))
    assert facts[0].identities == (Identity("tmall", "小鱼"), Identity("phone", "+8613912345678"))


def test_taobao_without_a_request_for_money_back(tmp_path: Path) -> None:
    rows = [TAOBAO.split(), taobao_row("1", 退款金额="无退款申请"), taobao_row("2", 退款金额="没有申请退款")]
    assert brief(facts_of(write(tmp_path / "t.csv", rows))) == [
        ("order.paid", "1", 8800),
        ("order.paid", "2", 8800),
    ]


def test_taobao_by_parts_of_orders_sums_them(tmp_path: Path) -> None:
    header = (
        "子订单编号|主订单编号|买家昵称|商品标题|购买数量|买家实际支付金额|订单状态|"
        "收货人手机号|订单付款时间|退款金额"
    )
    path = generic(
        tmp_path,
        header,
        "11|1|鱼|香薰|1|88|交易成功|13812345678|2024-03-05 09:03:11|无退款申请",
        "12|1|鱼|香膏|2|12|交易成功|13812345678|2024-03-05 09:03:11|12.00",
    )
    seen = understood(path)
    assert seen.importers == ["taobao-orders"]
    assert brief(seen.facts) == [("order.paid", "1", 10_000), ("order.refunded", "1:refund:1200", 1200)]
    assert seen.facts[0].quantity == 3


def test_taobao_lines_of_later_years_are_still_lines(tmp_path: Path) -> None:
    header = (
        "子订单编号|主订单编号|商品标题|商品价格|购买数量|外部系统编号|商品属性|套餐信息|"
        "订单状态|买家实际支付金额|订单付款时间"
    )
    path = generic(tmp_path, header, "11|1|香薰|88.00|1|null|红|null|交易成功|88.00|2024-03-05 09:03:11")
    assert understood(path).importers == ["taobao-details"]


# ---------------------------------------------------------------- orders of several rows


def test_a_status_in_the_first_row_alone_is_the_orders(tmp_path: Path) -> None:
    header = (
        "Name|Email|Financial Status|Paid at|Currency|Total|Created at|"
        "Lineitem quantity|Lineitem name|Lineitem price|Refunded Amount|Id"
    )
    paid, created = "2024-03-06 09:03:11 +0800", "2024-03-06 09:00:00 +0800"
    path = generic(
        tmp_path,
        header,
        f"#1|a@b.com|refunded|{paid}|USD|100.00|{created}|1|Candle|60|100.00|77",
        "#1|||||||2|Balm|20||",
        f"#2|c@d.com|pending||USD|50.00|{created}|1|Candle|30||78",
        "#2|||||||1|Balm|20||",
    )
    seen = understood(path, currency="USD")
    assert seen.importers == ["orders"]
    assert brief(seen.facts) == [
        ("order.paid", "#1", 10_000),
        ("order.refunded", "#1:refund:10000", 10_000),
        ("order.placed", "#2:placed", 5000),
    ]
    assert seen.facts[0].identities == (Identity("email", "a@b.com"),)
    assert seen.facts[0].quantity == 3
    abroad = understood(path)
    assert [fact.payload["currency"] for fact in abroad.facts if fact.payload] == ["USD"] * 3


def test_a_row_of_the_order_without_a_status_says_nothing_of_its_own(tmp_path: Path) -> None:
    path = generic(
        tmp_path, "订单号|下单时间|小计|状态", "1|2024-03-05|60|已退款", "1|2024-03-05|40|", "2|2024-03-05|5|"
    )
    assert brief(facts_of(path)) == [
        ("order.paid", "1", 10_000),
        ("order.refunded", "1:refund:10000", 10_000),
        ("order.paid", "2", 500),
    ]


def test_the_part_that_was_paid_tells_the_orders_time_and_status(tmp_path: Path) -> None:
    rows = [
        [*DOUYIN, "支付完成时间"],
        [*douyin_row("1", "11", "5.00", "已关闭"), "-"],
        [*douyin_row("1", "12", "7.00"), "2024-03-05 10:00:00"],
    ]
    (fact,) = facts_of(write(tmp_path / "d.csv", rows))
    assert (fact.amount_fen, fact.occurred_ms) == (700, 1_709_604_000_000)
    assert fact.payload is not None
    assert fact.payload["status"] == "已完成"


def test_a_zero_for_the_time_of_payment_is_no_payment(tmp_path: Path) -> None:
    rows = [
        [*JD, "付款确认时间"],
        [*jd_row("1", "1", status="已取消"), "1970-01-01 08:00:00"],
        [*jd_row("2", "1", status="已取消"), "0000-00-00 00:00:00"],
    ]
    assert brief(facts_of(write(tmp_path / "jd.csv", rows))) == [
        ("order.placed", "1:placed", 19_600),
        ("order.placed", "2:placed", 19_600),
    ]


def test_a_whole_refund_of_which_no_amount_is_stated(tmp_path: Path) -> None:
    at = {name: YOUZAN.index(name) for name in ("订单退款状态", "订单已退款金额")}
    row = youzan_row("E1")
    row[at["订单退款状态"]], row[at["订单已退款金额"]] = "全额退款成功", "0.00"
    paid, refunded = facts_of(write(tmp_path / "y.csv", [YOUZAN, row]))
    assert refunded.kind == "order.refunded"
    assert refunded.amount_fen == paid.amount_fen


# ---------------------------------------------------------------- headers and detection


def test_the_header_once_more_in_a_joined_file(tmp_path: Path) -> None:
    header = "姓名|手机号|生日"
    seen = understood(generic(tmp_path, header, "李小鱼|13812345678|1990-05-01", header, "王五|13812345679|"))
    assert seen.codes == [(3, "repeated_header")]
    assert len(seen.facts) == 2


@pytest.mark.parametrize(
    ("header", "importer"),
    [
        ("会员号|姓名|交易时间|实收金额", "orders"),
        ("会员号|姓名|手机号|商品|数量|单价|日期", "orders"),
        ("会员号|姓名|生日|注册时间|累计消费", "members"),
        ("会员号|姓名|性别|等级|消费时间|消费金额", "members"),
        (
            "Order Number|Order Status|Order Date|Email (Billing)|Phone (Billing)|Order Total Amount|SKU",
            "orders",
        ),
    ],
)
def test_sales_are_no_members_and_members_no_sales(tmp_path: Path, header: str, importer: str) -> None:
    row = "|".join("1" for _ in header.split("|"))
    assert understood(generic(tmp_path, header, row)).importers == [importer]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("wc-completed", "order.paid"),
        ("On hold", "order.placed"),
        ("Pending payment", "order.placed"),
        ("authorized", "order.placed"),
        ("Partially refunded", "order.paid"),
        ("voided", "order.placed"),
    ],
)
def test_statuses_of_other_shops(tmp_path: Path, status: str, kind: str) -> None:
    path = generic(tmp_path, "Order Number|Order Status|Order Date|Total", f"1|{status}|2024-03-05 09:03|5")
    assert [fact.kind for fact in facts_of(path)] == [kind]


def test_a_mapping_for_a_file_with_headers_of_its_own_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", [TAOBAO.split(), taobao_row("1")])
    with pytest.raises(Invalid, match="by itself"):
        understood(path, maps=["amount=买家实际支付金额"])


def test_meanings_of_statuses_as_they_are_written() -> None:
    assert parse_statuses(["a=b = Paid", "待付尾款=placed"]) == {"a=b": "paid", "待付尾款": "placed"}
    for wrong in ("paid", "=paid", "待付尾款=maybe"):
        with pytest.raises(Invalid, match="does not say"):
            parse_statuses([wrong])


def test_an_error_names_no_more_columns_than_somebody_reads(tmp_path: Path) -> None:
    path = write(tmp_path / "wide.csv", [[f"c{n}" for n in range(20_000)], ["1"] * 20_000])
    with pytest.raises(Invalid) as caught:
        understood(path)
    assert len(caught.value.data["columns"]) == 60  # type: ignore[arg-type]  # a list of names


def test_a_workbook_with_a_password_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "locked.xlsx"
    streams = "EncryptionInfo", "EncryptedPackage"
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust((1 << 20) - 140, b"\0") + names)
    with pytest.raises(Invalid, match="protected by a password"):
        understood(path)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("(锁定)已完成", "order.paid"),
        ("（锁定）等待付款", "order.placed"),
        ("（删除）等待确认收货", "order.placed"),
        ("等待付尾款", "order.placed"),
    ],
)
def test_jd_statuses_in_brackets(tmp_path: Path, status: str, kind: str) -> None:
    assert [
        fact.kind for fact in facts_of(write(tmp_path / "jd.csv", [JD, jd_row("1", "1", status=status)]))
    ] == [kind]
