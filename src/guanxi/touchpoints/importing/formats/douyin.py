"""Douyin shop (抖店): one row per sub-order, each with its own amount, status and after-sale state."""

from __future__ import annotations

from guanxi.touchpoints.importing.formats.orders import OrderFormat
from guanxi.touchpoints.importing.formats.rules import Amounts, OrderRules, State

STATUSES = {
    "待支付": State.PLACED,
    "待付款": State.PLACED,
    "待付尾款": State.PLACED,
    "待确认": State.PLACED,
    "已支付": State.PAID,
    "备货中": State.PAID,
    "待发货": State.PAID,
    "部分发货": State.PAID,
    "已发货": State.PAID,
    "待收货": State.PAID,
    "已签收": State.PAID,
    "已收货": State.PAID,
    "已完成": State.PAID,
    "退款中": State.PAID,
    "已关闭": State.CLOSED,
    "已取消": State.CLOSED,
    "已退款": State.REFUNDED,
}

GIVEN_BACK = (
    "同意退款,退款成功",
    "退款成功",
    "已退款",
    "已全额退款",
    "全额退款",
    "退货退款成功",
    "退款完成",
    "售后退款成功",
)

ORDERS = OrderFormat(
    name="douyin-orders",
    label_zh="抖音小店订单",
    label_en="Douyin shop orders",
    source="douyin",
    aliases={
        "order": ("主订单编号", "主订单号"),
        "account": ("抖音用户ID", "买家ID", "用户ID", "买家抖音号", "抖音号", "open_id"),
        "amount": ("订单应付金额", "订单实付金额", "应付金额"),
        "status": ("订单状态",),
        "after_sale": ("售后状态",),
        "receiver_name": ("收件人", "收件人姓名"),
        "receiver_phone": ("收件人手机号", "收件人电话"),
        "city": ("市", "城市"),
        "address": ("详细地址",),
        "placed": ("订单提交时间", "下单时间"),
        "paid": ("支付完成时间", "支付时间", "付款时间"),
        "refunded": ("退款时间", "售后完成时间"),
        "refund": ("退款金额",),
        "sku": ("商家编码", "商品ID"),
        "title": ("选购商品", "商品名称"),
        "spec": ("商品规格",),
        "quantity": ("商品数量",),
        "price": ("商品单价",),
        "shop": ("店铺名称",),
        "order_type": ("订单类型",),
        "sale_channel": ("APP渠道",),
    },
    needed=(("order",), ("amount",), ("status",), ("placed", "paid")),
    marks=frozenset({"主订单编号", "子订单编号", "选购商品", "订单提交时间", "收件人手机号", "订单应付金额"}),
    rules=OrderRules(
        channel="douyin",
        amount_fields=("amount",),
        statuses=STATUSES,
        amounts=Amounts.SUMMED,
        grouped=True,
        schemes=(("account", "douyin"),),
        after_sales=dict.fromkeys(GIVEN_BACK, True),
    ),
)
