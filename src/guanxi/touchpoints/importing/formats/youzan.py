"""Youzan (有赞): orders and customers."""

from __future__ import annotations

from guanxi.touchpoints.importing.formats.members import MemberFormat
from guanxi.touchpoints.importing.formats.orders import OrderFormat
from guanxi.touchpoints.importing.formats.rules import OrderRules, State

STATUSES = {
    "待付款": State.PLACED,
    "等待买家付款": State.PLACED,
    "待支付": State.PLACED,
    "待接单": State.PAID,
    "待成团": State.PAID,
    "已付款": State.PAID,
    "已支付": State.PAID,
    "待发货": State.PAID,
    "等待卖家发货": State.PAID,
    "部分发货": State.PAID,
    "待收货": State.PAID,
    "待自提": State.PAID,
    "待核销": State.PAID,
    "已发货": State.PAID,
    "卖家已发货": State.PAID,
    "买家已签收": State.PAID,
    "已收货": State.PAID,
    "已核销": State.PAID,
    "已完成": State.PAID,
    "交易成功": State.PAID,
    "交易完成": State.PAID,
    "退款中": State.PAID,
    "维权中": State.PAID,
    "交易关闭": State.CLOSED,
    "已关闭": State.CLOSED,
    "已取消": State.CLOSED,
    "订单关闭": State.CLOSED,
    "已退款": State.REFUNDED,
    "全额退款": State.REFUNDED,
    "待提货": State.PAID,
    "待取货": State.PAID,
}

ORDERS = OrderFormat(
    name="youzan-orders",
    label_zh="有赞订单",
    label_en="Youzan orders",
    source="youzan",
    aliases={
        "order": ("订单号", "订单编号"),
        "account": ("买家ID", "yz_open_id", "有赞用户ID"),
        "amount": ("订单实付金额", "实付金额"),
        "payable": ("应收订单金额", "订单金额"),
        "status": ("订单状态",),
        "phone": ("买家手机号",),
        "receiver_name": ("收货人/提货人", "收货人", "收货人姓名"),
        "receiver_phone": ("收货人手机号/提货人手机号", "收货人手机号", "提货人手机号"),
        "address": ("详细收货地址/提货地址", "详细收货地址", "收货地址"),
        "city": ("收货人城市", "城市"),
        "placed": ("订单创建时间", "下单时间"),
        "paid": ("买家付款时间", "付款时间"),
        "refunded": ("退款时间", "交易关闭时间"),
        "refund": ("订单已退款金额", "已退款金额"),
        "after_sale": ("订单退款状态", "退款状态"),
        "title": ("全部商品名称", "商品名称"),
        "shop": ("归属店铺",),
        "store": ("下单网点",),
        "sale_channel": ("销售渠道",),
        "order_type": ("订单类型",),
    },
    needed=(("order",), ("amount", "payable"), ("status",), ("placed", "paid")),
    marks=frozenset(
        {
            "归属店铺",
            "买家付款时间",
            "订单实付金额",
            "全部商品名称",
            "买家手机号",
            "订单已退款金额",
            "专属导购",
            "销售导购",
        }
    ),
    rules=OrderRules(
        channel="youzan",
        amount_fields=("amount", "payable"),
        statuses=STATUSES,
        schemes=(("account", "youzan"),),
        after_sales=dict.fromkeys(
            ("全额退款", "全部退款", "已全额退款", "全额退款成功", "全部退款成功", "退款成功"), True
        ),
    ),
)

CUSTOMERS = MemberFormat(
    name="youzan-customers",
    label_zh="有赞客户",
    label_en="Youzan customers",
    source="youzan",
    channel="youzan",
    schemes=(("account", "youzan"),),
    aliases={
        "account": ("买家ID", "yz_open_id", "有赞用户ID"),
        "name": ("客户姓名",),
        "phone": ("客户手机号", "手机号"),
        "birthday": ("客户生日",),
        "gender": ("客户性别", "性别"),
        "city": ("所属城市", "所属区域", "微信地域", "城市"),
        "tags": ("标签", "客户标签"),
        "is_member": ("是否会员",),
        "joined": ("成为会员时间", "成为客户时间"),
        "tier": ("免费等级", "付费等级", "会员等级"),
        "points": ("客户积分",),
        "orders": ("消费次数",),
        "spent": ("消费金额",),
        "last_order": ("上次消费时间",),
        "origin": ("来源渠道", "来源方式"),
        "shop": ("成为会员店铺", "归属店铺"),
    },
    needed=(("phone", "account"),),
    marks=frozenset({"客户手机号", "客户姓名", "客户积分", "成为客户时间", "上次消费时间", "客户生日"}),
)
