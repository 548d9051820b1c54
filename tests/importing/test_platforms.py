"""Youzan, JD, Douyin, Tmall's order lines, members: one test for each quirk of their files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from guanxi.kernel.errors import Invalid
from guanxi.touchpoints.contracts import Fact, Identity
from tests.importing.helpers import facts_of, understood, write


def brief(facts: Sequence[Fact]) -> list[tuple[str, str, int | None]]:
    return [(fact.kind, fact.source_ref, fact.amount_fen) for fact in facts]


# ---------------------------------------------------------------- JD

JD = [
    "订单号",
    "商品ID",
    "商品名称",
    "订购数量",
    "支付方式",
    "下单时间",
    "京东价",
    "订单金额",
    "应付金额",
    "订单状态",
    "下单帐号",
    "客户姓名",
    "客户地址",
    "联系电话",
]


def jd_row(order: str, sku: str, paid: str = "196.00", status: str = "完成", number: str = "1") -> list[str]:
    when = "2024-03-05 09:03:11"
    return [
        order,
        sku,
        f"香薰 {sku}",
        number,
        "在线支付",
        when,
        "98.00",
        "216.00",
        paid,
        status,
        "jd_李",
        "李**",
        "浙江杭州市****",
        "1******6198",
    ]


def test_jd_repeats_the_amount_on_each_row_and_it_counts_once(tmp_path: Path) -> None:
    rows = [JD, jd_row("9001", "100"), jd_row("9002", "300", "50.00"), jd_row("9001", "200")]
    seen = understood(write(tmp_path / "jd.csv", rows, encoding="gb18030"))
    assert seen.importers == ["jd-orders"]
    assert sorted(brief(seen.facts)) == [("order.paid", "9001", 19_600), ("order.paid", "9002", 5_000)]
    scattered = next(fact for fact in seen.facts if fact.source_ref == "9001")
    assert scattered.quantity == 2
    assert scattered.payload is not None
    assert [item["sku"] for item in scattered.payload["items"]] == ["100", "200"]  # type: ignore[attr-defined]
    assert scattered.identities == (Identity("jd", "jd_李"),)


def test_jd_amount_on_the_first_row_alone(tmp_path: Path) -> None:
    rows = [JD, jd_row("9001", "100"), [*jd_row("9001", "200", "")[:7], "", "", *jd_row("9001", "200")[9:]]]
    assert brief(facts_of(write(tmp_path / "jd.csv", rows))) == [("order.paid", "9001", 19_600)]


def test_jd_amounts_that_disagree_are_not_guessed(tmp_path: Path) -> None:
    seen = understood(
        write(tmp_path / "jd.csv", [JD, jd_row("9001", "1", "5.00"), jd_row("9001", "2", "6.00")])
    )
    assert seen.codes == [(2, "amounts_differ"), (3, "amounts_differ")]


def test_an_order_is_rejected_whole(tmp_path: Path) -> None:
    seen = understood(
        write(tmp_path / "jd.csv", [JD, jd_row("9001", "1"), jd_row("9001", "2", status="升天")])
    )
    assert (seen.facts, seen.codes) == ([], [(2, "unknown_status"), (3, "unknown_status")])
    assert "line 3" in seen.rejects[0].message


def test_jd_cancelled_orders(tmp_path: Path) -> None:
    header = [*JD, "付款确认时间"]
    rows = [
        header,
        [*jd_row("1", "1", status="已取消"), ""],
        [*jd_row("2", "1", status="已取消"), "2024-03-05 10:00:00"],
    ]
    assert brief(facts_of(write(tmp_path / "jd.csv", rows))) == [
        ("order.placed", "1:placed", 19_600),
        ("order.paid", "2", 19_600),
        ("order.refunded", "2:refund:19600", 19_600),
    ]


# ---------------------------------------------------------------- Douyin

DOUYIN = [
    "主订单编号",
    "子订单编号",
    "选购商品",
    "商品规格",
    "商品数量",
    "商家编码",
    "订单应付金额",
    "收件人",
    "收件人手机号",
    "订单提交时间",
    "订单完成时间",
    "订单状态",
    "售后状态",
]


def douyin_row(
    order: str, sub: str, amount: str, status: str = "已完成", after: str = "-", *, phone: str = "$$a1b2$$x$$"
) -> list[str]:
    return [
        f"\t{order}",
        f"\t{sub}",
        "香膏",
        "30g",
        "1",
        "-",
        amount,
        "##sealed##",
        phone,
        "2024-03-05 09:03:11\t",
        "-",
        status,
        after,
    ]


def test_douyin_sums_its_sub_orders(tmp_path: Path) -> None:
    rows = [
        DOUYIN,
        douyin_row("6917356702210008716", "1", "50.00"),
        douyin_row("6917356702210008716", "2", "30.50", "已关闭", "退款成功"),
        douyin_row("6917356702210008717", "3", "9.90", "已关闭"),
        douyin_row("6917356702210008718", "4", "9.90", "已发货", phone="13800138000"),
    ]
    seen = understood(write(tmp_path / "douyin.csv", rows, encoding="utf-8-sig"))
    assert seen.importers == ["douyin-orders"]
    assert brief(seen.facts) == [
        ("order.paid", "6917356702210008716", 8_050),
        ("order.refunded", "6917356702210008716:refund:3050", 3_050),
        ("order.placed", "6917356702210008717:placed", 990),
        ("order.paid", "6917356702210008718", 990),
    ]
    assert [fact.identities for fact in seen.facts[2:]] == [(), (Identity("phone", "+8613800138000"),)]
    assert all(fact.person is None for fact in seen.facts)


# ---------------------------------------------------------------- Youzan

YOUZAN = [
    "订单号",
    "销售渠道",
    "归属店铺",
    "订单类型",
    "订单状态",
    "订单创建时间",
    "买家付款时间",
    "订单实付金额",
    "全部商品名称",
    "收货人省份",
    "收货人城市",
    "收货人/提货人",
    "收货人手机号/提货人手机号",
    "买家昵称",
    "买家手机号",
    "分销员",
    "销售导购",
    "订单退款状态",
    "订单已退款金额",
    "分销员",
    "",
]


def youzan_row(
    order: str,
    *,
    buyer: str = "186******05",
    receiver: str = "13900139000",
    status: str = "交易完成",
    refund: str = "0.00",
) -> list[str]:
    when = "2024-03-05 09:03:11"
    return [
        order,
        "网店",
        "兰花小店",
        "普通订单",
        status,
        when,
        when,
        "88.00",
        "香膏*1",
        "浙江省",
        "杭州市",
        "王芳",
        receiver,
        "小芳",
        buyer,
        "张三",
        "李四",
        "",
        refund,
        "王五",
        "",
    ]


def test_youzan_orders(tmp_path: Path) -> None:
    rows = [
        YOUZAN,
        youzan_row("E1"),
        youzan_row("E2", buyer="18600000005"),
        youzan_row("E3", buyer="13900139000", refund="10.00"),
        youzan_row("E4", status="待付款"),
    ]
    seen = understood(write(tmp_path / "youzan.csv", rows, encoding="utf-8-sig"))
    assert seen.importers == ["youzan-orders"]
    masked, gift, own, refund, unpaid = seen.facts
    assert masked.identities == (Identity("phone", "+8613900139000"),)
    assert masked.person is not None
    assert (masked.person.name, masked.person.city) == ("王芳", "杭州市")
    assert gift.identities == (Identity("phone", "+8618600000005"),)
    assert gift.person is None, "the receiver of a present is not the buyer"
    assert own.person is not None
    assert (refund.kind, refund.amount_fen) == ("order.refunded", 1_000)
    assert (unpaid.kind, unpaid.source_ref) == ("order.placed", "E4:placed")


def test_youzan_customers(tmp_path: Path) -> None:
    header = [
        "客户姓名",
        "客户手机号",
        "客户生日",
        "标签",
        "是否会员",
        "客户积分",
        "消费次数",
        "消费金额",
        "上次消费时间",
        "来源渠道",
        "成为客户时间",
    ]
    row = [
        "王芳",
        "13900139000",
        "1990-05-01",
        "老客,送礼",
        "是",
        "1,200",
        "3",
        "264.00",
        "2024-03-05 09:03:11",
        "小程序",
        "2023-01-02 10:00:00",
    ]
    other = ["李雷", "138****8000", "", "", "否", "", "", "", "", "", ""]
    seen = understood(write(tmp_path / "customers.csv", [header, row, other]))
    assert seen.importers == ["youzan-customers"]
    joined, profile = seen.facts
    assert (joined.kind, joined.occurred_ms) == ("member.joined", 1_672_624_800_000)
    assert "13900139000" not in joined.source_ref
    assert profile.person is not None
    assert (profile.person.name, profile.person.birthday) == ("王芳", "1990-05-01")
    assert profile.payload == {
        "origin": "小程序",
        "tags": ["老客", "送礼"],
        "is_member": True,
        "points": 1_200,
        "orders": 3,
        "spent_fen": 26_400,
        "last_order_ms": 1_709_600_591_000,
    }
    assert seen.codes == [(3, "nobody")]


# ---------------------------------------------------------------- Tmall's lines, members


def test_order_lines_carry_no_money(tmp_path: Path) -> None:
    header = [
        "订单编号",
        "标题",
        "价格",
        "购买数量",
        "外部系统编号",
        "商品属性",
        "套餐信息",
        "备注",
        "订单状态",
        "商家编码",
    ]
    rows = [header] + [
        ['="1"', title, "88.00", "2", "", "颜色:白", "", "", "交易成功", sku]
        for title, sku in (("香膏", "A"), ("蜡烛", "B"))
    ]
    seen = understood(write(tmp_path / "ExportOrderDetailList.csv", rows, encoding="gbk"))
    assert seen.importers == ["taobao-details"]
    [fact] = seen.facts
    assert (fact.kind, fact.source_ref, fact.amount_fen, fact.quantity) == (
        "order.detailed",
        "1:details",
        None,
        4,
    )
    assert fact.payload is not None
    assert fact.payload["items"] == [
        {"sku": sku, "title": title, "spec": "颜色:白", "quantity": 2, "price_fen": 8_800}
        for title, sku in (("香膏", "A"), ("蜡烛", "B"))
    ]


@pytest.mark.parametrize(
    "header",
    [
        "会员号,姓名,手机号,性别,生日,生日类型,城市,会员等级,积分,注册时间",
        "Member ID,Name,Mobile,Gender,Birthday,Birthday calendar,City,Tier,Points,Join date",
    ],
)
def test_members_in_either_language(tmp_path: Path, header: str) -> None:
    row = ["LH001", "王芳", "139 0013 9000", "女", "1990-05-30", "农历", "杭州市", "金卡", "1200", "2023/1/2"]
    seen = understood(write(tmp_path / "members.csv", [header.split(","), row]))
    assert seen.importers == ["members"]
    joined, profile = seen.facts
    assert (joined.kind, joined.source_ref) == ("member.joined", "member:LH001:joined")
    assert profile.identities == (Identity("member", "LH001"), Identity("phone", "+8613900139000"))
    assert profile.person is not None
    assert (profile.person.gender, profile.person.birthday, profile.person.birthday_calendar) == (
        "f",
        "1990-05-30",
        "lunar",
    )
    assert profile.payload == {"tier": "金卡", "points": 1_200}


def test_references_of_people_depend_on_the_brands_key(tmp_path: Path) -> None:
    path = write(
        tmp_path / "members.csv", [["姓名", "手机号", "入会时间"], ["王芳", "13900139000", "2023-01-02"]]
    )
    one, other = (
        {fact.source_ref for fact in facts_of(path, ref_key=key)} for key in ("brand one", "brand two")
    )
    assert one.isdisjoint(other)


# ---------------------------------------------------------------- any shop


def test_a_mapping_by_headers_and_by_numbers(tmp_path: Path) -> None:
    path = write(tmp_path / "shop.csv", [["who", "when", "how much"], ["7", "2024-03-05", "12.50"]])
    for maps in (["customer=who", "date=when", "amount=how much"], ["customer=1", "date=2", "amount=3"]):
        seen = understood(path, "orders", maps, shop="westlake")
        assert (seen.rows, seen.rejects) == (1, [])
        assert [(fact.amount_fen, fact.identities) for fact in seen.facts] == [
            (1_250, (Identity("shop:westlake", "7"),))
        ]


def test_lines_of_an_order_are_summed_and_a_total_counts_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        [
            ["no", "d", "p", "q", "t"],
            ["1", "2024-03-05", "1.005", "3", "9"],
            ["1", "2024-03-05", "2", "1", "9"],
        ],
    )
    by_lines = facts_of(path, "orders", ["order=no", "date=d", "price=p", "quantity=q"])
    by_total = facts_of(path, "orders", ["order=no", "date=d", "total=t"])
    assert brief(by_lines) == [("order.paid", "1", 502)], "5.015 is rounded half to even, once"
    assert brief(by_total) == [("order.paid", "1", 900)]


def test_negative_orders_are_refunds_and_moved_stock_is_no_order(tmp_path: Path) -> None:
    header = ["Invoice", "StockCode", "Quantity", "InvoiceDate", "Price", "Customer ID"]
    rows = [header]
    rows += [
        ["C1", "85048", "-2", "2010-01-04 10:00:00", "3.00", "12346"],
        ["2", "POST", "1", "2010-01-04 10:00:00", "18.00", ""],
    ]
    rows += [
        ["3", "85048", "-9", "2010-01-04 10:00:00", "0", ""],
        ["4", "85048", "1", "2010-01-04 10:00:00", "0", "12346"],
    ]
    facts = facts_of(write(tmp_path / "retail.csv", rows))
    assert brief(facts) == [
        ("order.refunded", "C1:refund:600", 600),
        ("order.paid", "2", 1_800),
        ("order.placed", "3:placed", 0),
        ("order.paid", "4", 0),
    ]
    assert facts[1].payload is not None
    assert facts[1].payload["items"] == [{"sku": "POST", "quantity": 1, "price_fen": 1_800, "service": True}]


def test_another_currency_is_named_for_the_rates(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        [
            ["order id", "date", "amount", "currency"],
            ["1", "2024-03-05", "5", "RMB"],
            ["2", "2024-03-05", "5", "USD"],
        ],
    )
    seen = understood(path)
    assert [(fact.payload or {}).get("currency") for fact in seen.facts] == [None, "USD"]
    assert [fact.amount_fen for fact in seen.facts] == [500, 500]


def test_statuses_may_be_taught(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", [["order id", "date", "amount", "status"], ["1", "2024-03-05", "5", "喜提"]]
    )
    assert understood(path).codes == [(2, "unknown_status")]
    assert brief(facts_of(path, statuses={"喜提": "paid"})) == [("order.paid", "1", 500)]


def test_what_nobody_knows_says_what_it_found(tmp_path: Path) -> None:
    path = write(tmp_path / "notes.csv", [["colour", "taste"], ["red", "sweet"]])
    with pytest.raises(Invalid, match="colour, taste"):
        understood(path)
    with pytest.raises(Invalid, match="no column 'smell'"):
        understood(path, "orders", ["date=smell", "amount=taste"])
    with pytest.raises(Invalid, match="no field 'scent'"):
        understood(path, "orders", ["scent=taste"])
    with pytest.raises(Invalid, match="no importer"):
        understood(path, "odours")
