"""JD (京东): one row per article, the order's amount repeated on each."""

from __future__ import annotations

from guanxi.touchpoints.importing.formats.orders import OrderFormat
from guanxi.touchpoints.importing.formats.rules import OrderRules, State

STATUSES = {
    "等待付款": State.PLACED,
    "未付款": State.PLACED,
    "等待付款确认": State.PLACED,
    "等待分期付款": State.PLACED,
    "等待付尾款": State.PLACED,
    "等待出库": State.PAID,
    "等待发货": State.PAID,
    "等待打印": State.PAID,
    "正在出库": State.PAID,
    "商品出库": State.PAID,
    "已出库": State.PAID,
    "等待确认收货": State.PAID,
    "配送中": State.PAID,
    "等待收货": State.PAID,
    "已收货": State.PAID,
    "已签收": State.PAID,
    "完成": State.PAID,
    "已完成": State.PAID,
    "交易成功": State.PAID,
    "暂停": State.PAID,
    "锁定": State.PAID,
    "已锁定": State.PAID,
    "取消": State.CLOSED,
    "已取消": State.CLOSED,
    "已退款": State.REFUNDED,
    "退款完成": State.REFUNDED,
    "退货完成": State.REFUNDED,
}

STATUSES |= {f"(锁定){text}": state for text, state in STATUSES.items()} | {
    f"(删除){text}": State.CLOSED for text in STATUSES
}

ORDERS = OrderFormat(
    name="jd-orders",
    label_zh="京东订单",
    label_en="JD orders",
    source="jd",
    aliases={
        "order": ("订单号", "订单编号"),
        "account": ("下单帐号", "下单账号", "客户帐号", "客户账号", "用户pin"),
        "amount": ("应付金额", "实付金额", "用户应付金额"),
        "payable": ("订单金额", "结算金额"),
        "status": ("订单状态",),
        "receiver_name": ("客户姓名", "收货人姓名", "收货人"),
        "address": ("客户地址", "收货地址"),
        "receiver_phone": ("联系电话", "客户电话", "手机号"),
        "placed": ("下单时间", "订单下单时间"),
        "paid": ("付款确认时间", "付款时间", "支付时间"),
        "refunded": ("退款时间", "订单取消时间", "取消时间"),
        "refund": ("退款金额", "已退款金额"),
        "sku": ("商品ID", "商品编号", "SKU ID", "sku编号"),
        "title": ("商品名称",),
        "quantity": ("订购数量", "商品数量", "数量"),
        "price": ("京东价", "商品单价"),
        "shop": ("店铺名称", "店铺"),
    },
    needed=(("order",), ("amount", "payable"), ("status",), ("placed", "paid"), ("sku", "title")),
    marks=frozenset(
        {"下单帐号", "京东价", "订购数量", "商品ID", "应付金额", "客户姓名", "客户地址", "下单账号"}
    ),
    rules=OrderRules(
        channel="jd",
        amount_fields=("amount", "payable"),
        statuses=STATUSES,
        grouped=True,
        schemes=(("account", "jd"),),
    ),
)
