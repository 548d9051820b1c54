"""Taobao and Tmall: `ExportOrderList` (orders) and `ExportOrderDetailList` (their lines)."""

from __future__ import annotations

from guanxi.touchpoints.importing.formats.details import DetailsFormat
from guanxi.touchpoints.importing.formats.orders import OrderFormat
from guanxi.touchpoints.importing.formats.rules import OrderRules, State

STATUSES = {
    "等待买家付款": State.PLACED,
    "等待付款": State.PLACED,
    "付款确认中": State.PLACED,
    "没有创建支付宝交易": State.PLACED,
    "买家已付款,等待卖家发货": State.PAID,
    "等待卖家发货": State.PAID,
    "卖家部分发货": State.PAID,
    "卖家部分发货,等待买家确认": State.PAID,
    "部分发货": State.PAID,
    "卖家已发货,等待买家确认": State.PAID,
    "卖家已发货": State.PAID,
    "买家已签收": State.PAID,
    "买家已付款": State.PAID,
    "交易成功": State.PAID,
    "交易完成": State.PAID,
    "退款中": State.PAID,
    "交易关闭": State.CLOSED,
    "付款以后用户退款成功,交易自动关闭": State.REFUNDED,
    "付款以前,卖家或买家主动关闭交易": State.CLOSED,
    "卖家或买家主动关闭交易": State.CLOSED,
    "已取消": State.CLOSED,
}

ORDERS = OrderFormat(
    name="taobao-orders",
    label_zh="淘宝/天猫订单（ExportOrderList）",
    label_en="Taobao or Tmall orders (ExportOrderList)",
    source="tmall",
    aliases={
        "order": ("主订单编号", "订单编号", "订单号"),
        "part": ("子订单编号", "子订单号"),
        "account": ("买家会员名", "买家昵称", "买家旺旺"),
        "amount": ("买家实际支付金额", "买家实付金额", "实际支付金额"),
        "payable": ("买家应付货款", "总金额"),
        "status": ("订单状态", "交易状态"),
        "receiver_name": ("收货人姓名", "收货人"),
        "address": ("收货地址",),
        "receiver_phone": ("联系手机", "收货人手机", "收货人手机号", "联系电话"),
        "receiver_landline": ("联系电话",),
        "placed": ("订单创建时间", "创建时间"),
        "paid": ("订单付款时间", "付款时间"),
        "refunded": ("退款时间", "订单关闭时间", "交易结束时间"),
        "refund": ("退款金额",),
        "title": ("宝贝标题", "商品标题"),
        "quantity": ("宝贝总数量", "宝贝数量", "购买数量"),
        "sku": ("商家编码", "外部系统编号"),
        "spec": ("商品属性",),
        "price": ("商品价格",),
        "shop": ("店铺名称",),
    },
    needed=(
        ("order",),
        ("account", "receiver_phone"),
        ("amount", "payable"),
        ("status",),
        ("placed", "paid"),
    ),
    marks=frozenset(
        {"买家会员名", "买家实际支付金额", "宝贝总数量", "宝贝标题", "买家应付货款", "订单付款时间", "店铺Id"}
    ),
    rules=OrderRules(
        channel="tmall",
        amount_fields=("amount", "payable"),
        statuses=STATUSES,
        schemes=(("account", "tmall"),),
    ),
)

DETAILS = DetailsFormat(
    name="taobao-details",
    label_zh="淘宝/天猫宝贝明细（ExportOrderDetailList）",
    label_en="Lines of Taobao or Tmall orders (ExportOrderDetailList)",
    source="tmall",
    channel="tmall",
    aliases={
        "order": ("订单编号", "主订单编号"),
        "title": ("标题", "商品标题"),
        "price": ("价格", "商品价格"),
        "quantity": ("购买数量",),
        "sku": ("商家编码", "外部系统编号"),
        "spec": ("商品属性",),
        "status": ("订单状态",),
        "date": ("订单付款时间", "订单创建时间"),
    },
    needed=(("order",), ("title", "sku"), ("quantity",)),
    marks=frozenset({"标题", "价格", "购买数量", "外部系统编号", "商品属性", "套餐信息"}),
)
