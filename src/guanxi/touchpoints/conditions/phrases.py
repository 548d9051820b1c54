"""How leaves about facts are said, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from guanxi.kernel import channels
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.conditions.phrases import at_least_most, span
from guanxi.kernel.conditions.predicates import Op
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.wording import render, say
from guanxi.touchpoints.kinds import KINDS

# What somebody did: in Chinese, in English as a past tense and as a participle where that differs.
VERBS = {
    "order.paid": ("付款下单", "ordered", "ordered"),
    "order.refunded": ("退款", "had a refund", "had a refund"),
    "order.placed": ("下单未付款", "placed an order without paying", "placed an order without paying"),
    "member.joined": ("入会", "became a member", "become a member"),
    "code.scanned": ("扫码", "scanned a code", "scanned a code"),
    "message.sent": ("收到消息", "was sent a message", "been sent a message"),
    "order.received": ("确认收货", "received an order", "received an order"),
    "message.delivered": ("收到的消息已送达", "had a message delivered", "had a message delivered"),
    "message.failed": ("消息发送失败", "had a message fail", "had a message fail"),
    "order.detailed": ("有订单明细", "had an order detailed", "had an order detailed"),
    "profile.updated": ("更新资料", "updated their profile", "updated their profile"),
    "customer.merged": ("被合并", "was merged", "been merged"),
    "customer.unmerged": ("被拆分", "was taken apart", "been taken apart"),
    "tag.added": ("被打上标签", "was given a tag", "been given a tag"),
    "tag.removed": ("被移除标签", "lost a tag", "lost a tag"),
    "preference.stated": ("填写偏好", "stated a preference", "stated a preference"),
    "draw.entered": ("参与抽奖", "entered a draw", "entered a draw"),
    "draw.won": ("抽奖中奖", "won a prize", "won a prize"),
    "draw.claimed": ("领取奖品", "claimed a prize", "claimed a prize"),
    "segment.entered": ("进入某个人群", "entered a segment", "entered a segment"),
    "segment.left": ("离开某个人群", "left a segment", "left a segment"),
    "state.changed": ("变更状态", "changed state", "changed state"),
}
FIELDS = {
    "channel": ("渠道", "channel"),
    "source": ("来源", "source"),
    "amount_fen": ("金额", "amount"),
    "quantity": ("件数", "quantity"),
    "items.sku": ("商品编码", "product code"),
    "items.title": ("商品名称", "product name"),
    "items.spec": ("商品规格", "product variant"),
    "items.category": ("商品类目", "product category"),
    "store": ("门店", "store"),
    "shop": ("店铺", "shop"),
    "campaign": ("活动", "campaign"),
    "code": ("码", "code"),
}


def done(kinds: Sequence[str], tongue: Tongue, *, participle: bool = False) -> str:
    """ "ordered or scanned a code", 「付款下单或扫码」."""
    words = []
    for kind in kinds:
        if kind in VERBS:
            words.append(tongue.label(VERBS[kind][0], VERBS[kind][2 if participle else 1]))
        else:
            known = KINDS.get(kind)
            label = tongue.label(known.label_zh, known.label_en) if known else kind
            if participle:
                words.append(tongue.say("had a record “%(kind)s”", kind=label))
            else:
                words.append(tongue.say("had “%(kind)s”", kind=label))
    return tongue.either(words)


def details(leaf: Leaf, tongue: Tongue) -> dict[str, str]:
    """The parts that most of these sentences have: did, within, channel, where."""
    where: tuple[Comparison, ...] = leaf["where"]
    channel = next((one for one in where if one.field == "channel" and one.op in {Op.EQ, Op.AMONG}), None)
    return {
        "did": done(leaf["kinds"], tongue),
        "within": span(leaf["within"], tongue),
        "channel": _channel(channel, tongue) if channel else "",
        "where": wherein([one for one in where if one is not channel], tongue),
    }


def _channel(one: Comparison, tongue: Tongue) -> str:
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    return tongue.say(" on %(channel)s", channel=tongue.either([_channel_name(v, tongue) for v in values]))


def _channel_name(value: Any, tongue: Tongue) -> str:
    return render(channels.named(str(value)), tongue.translate)


def wherein(where: Sequence[Comparison], tongue: Tongue) -> str:
    if not where:
        return ""
    said = tongue.say(", ").join(compared(one, tongue) for one in where)
    return tongue.say(" where %(comparisons)s", comparisons=said)


_COMPARED = {
    Op.EQ: say("%(field)s is %(value)s"),
    Op.NE: say("%(field)s is not %(value)s"),
    Op.LT: say("%(field)s is below %(value)s"),
    Op.LE: say("%(field)s is at most %(value)s"),
    Op.GT: say("%(field)s is above %(value)s"),
    Op.GE: say("%(field)s is at least %(value)s"),
    Op.CONTAINS: say("%(field)s contains %(value)s"),
}


def compared(one: Comparison, tongue: Tongue) -> str:
    name = tongue.label(*FIELDS.get(one.field, (one.field, one.field)))
    if one.op is Op.AMONG:
        words = tongue.either([_shown(one.field, value, tongue) for value in one.value])
        return tongue.say("%(field)s is %(value)s", field=name, value=words)
    return tongue.say(_COMPARED[one.op], field=name, value=_shown(one.field, one.value, tongue))


def _shown(field: str, value: Any, tongue: Tongue) -> str:
    if isinstance(value, bool):
        return tongue.say("true") if value else tongue.say("false")
    if isinstance(value, str):
        return _channel_name(value, tongue) if field == "channel" else tongue.quoted(value)
    return _amount(value, field, tongue)


def times(least: int | None, most: int | None, tongue: Tongue) -> str:
    """How often; nothing for "at least once"."""
    if least is not None and least == most:
        return tongue.say(" exactly once") if least == 1 else tongue.say(" exactly %(n)s times", n=least)
    if most is None:
        return tongue.say(" at least %(n)s times", n=least) if least is not None and least > 1 else ""
    if not least:
        return tongue.say(" at most once") if most == 1 else tongue.say(" at most %(n)s times", n=most)
    return tongue.say(" %(least)s to %(most)s times", least=least, most=most)


def bounds(least: int | None, most: int | None, of: str, tongue: Tongue) -> str:
    """ "at least ¥199"; "at least 3" where `of` names no money."""
    shown = [None if value is None else _amount(value, of, tongue) for value in (least, most)]
    return at_least_most(shown[0], shown[1], tongue)


def _amount(value: int, of: str, tongue: Tongue) -> str:
    return tongue.money(value) if of.endswith("_fen") else f"{value:,}"


def quantity_name(of: str, tongue: Tongue) -> str:
    names = {
        "amount_fen": tongue.say("the amount"),
        "net_fen": tongue.say("the amount after refunds"),
        "quantity": tongue.say("the number of pieces"),
    }
    return names.get(of, of)
