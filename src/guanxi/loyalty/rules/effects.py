"""The kinds of effects that rules themselves know, and their parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from guanxi.kernel.conditions import Choice, Fault, Param, ParamType, Tongue
from guanxi.kernel.conditions.leaves import Comparison
from guanxi.kernel.wording import say
from guanxi.loyalty.rules.contracts import EFFECTS, GIVE, MULTIPLY, Effect, EffectType, OnRefund, Per
from guanxi.touchpoints.conditions.matching import has_type_of
from guanxi.touchpoints.kinds import ITEM_FIELDS

MOST_UNITS: Final = 10**9
MOST_DAYS: Final = 36_600
LINE_FIELDS: Final = ("sku", "title", "spec", "category")

ASSET: Final = Param(
    "asset", ParamType.TEXT, "资产", "Asset", "code of the asset", required=True, default="points"
)
_UNITS = Param(
    "units", ParamType.INTEGER, "数量", "Units", "how many", required=True, least=1, most=MOST_UNITS
)
_PER = Param(
    "per",
    ParamType.CHOICE,
    "按",
    "For",
    "what the units are for",
    default=Per.FACT.value,
    choices=(
        Choice("fact", "每次", "each time"),
        Choice("amount", "每满金额", "each full amount"),
        Choice("pieces", "每件", "each piece"),
    ),
)
_EACH = Param("each_fen", ParamType.FEN, "每满", "Each full", "minor units of money", least=1, most=10**12)
_LINES = Param("lines", ParamType.WHERE, "限商品行", "Only lines", "comparisons of order lines", default=())
_MOST = Param(
    "most", ParamType.INTEGER, "单次上限", "At most", "units for one fact", least=1, most=MOST_UNITS
)
_EXPIRE_DAYS = Param(
    "expire_days", ParamType.INTEGER, "有效天数", "Days until expiry", "", least=1, most=MOST_DAYS
)
_EXPIRE_END = Param(
    "expire_end",
    ParamType.CHOICE,
    "到期于",
    "Expires at the end of",
    "the end of a month or year",
    choices=(Choice("month", "月底", "a month"), Choice("year", "年底", "a year")),
)
_EXPIRE_AFTER = Param(
    "expire_after",
    ParamType.INTEGER,
    "顺延",
    "So many later",
    "0: the present one",
    default=0,
    least=0,
    most=120,
)
_WAIT_DAYS = Param("wait_days", ParamType.INTEGER, "等待天数", "Days to wait", "", least=0, most=3_660)
_WAIT_AFTER = Param(
    "wait_after",
    ParamType.CHOICE,
    "等待自",
    "Waiting from",
    "",
    default="fact",
    choices=(Choice("fact", "事实发生", "the fact"), Choice("receipt", "确认收货", "receipt of the order")),
)
_SOURCE = Param(
    "source",
    ParamType.CHOICE,
    "来源",
    "Taken from",
    "",
    default="issued",
    choices=(
        Choice("issued", "新发行", "new units"),
        Choice("budget", "规则预算", "the rule's budget"),
        Choice("stock", "库存", "the stock"),
    ),
)
_ON_REFUND = Param(
    "on_refund",
    ParamType.CHOICE,
    "退款时",
    "On a refund",
    "",
    choices=(
        Choice(OnRefund.SHARE.value, "按比例收回", "taken back by its share"),
        Choice(OnRefund.FIRST.value, "首次退款即全部收回", "taken back at the first refund"),
        Choice(OnRefund.UNMET.value, "不再满足时收回", "taken back when no longer earned"),
    ),
)


def _say_give(effect: Effect, tongue: Tongue) -> str:
    units, asset = effect["units"], tongue.quoted(effect["asset"])
    if effect["per"] == Per.AMOUNT:
        said = tongue.say(
            "%(units)s units of %(asset)s for each full %(money)s",
            units=units,
            asset=asset,
            money=tongue.money(effect["each_fen"]),
        )
    elif effect["per"] == Per.PIECES:
        said = tongue.say("%(units)s units of %(asset)s for each piece", units=units, asset=asset)
    else:
        said = tongue.say("%(units)s units of %(asset)s", units=units, asset=asset)
    if effect["lines"]:
        lines = tongue.either([str(one.value) for one in effect["lines"]])
        said = tongue.say("%(said)s (only %(lines)s)", said=said, lines=lines)
    if effect["most"] is not None:
        said = tongue.say("%(said)s, at most %(most)s", said=said, most=effect["most"])
    if effect["wait_days"] is not None:
        said = _waiting(tongue, said, effect["wait_days"], effect["wait_after"] == "receipt")
    return said


def _waiting(tongue: Tongue, said: str, days: int, after_receipt: bool) -> str:
    if after_receipt:
        return tongue.say("%(said)s, %(days)s days after receipt", said=said, days=days)
    return tongue.say("%(said)s, %(days)s days later", said=said, days=days)


def _check_give(effect: Effect) -> Fault | None:
    if (effect["per"] == Per.AMOUNT) != (effect["each_fen"] is not None):
        return Fault("each_fen", say("an amount, exactly where units are for an amount"), effect["each_fen"])
    if effect["expire_days"] is not None and effect["expire_end"] is not None:
        return Fault("expire_end", say("nothing beside expire_days"), effect["expire_end"])
    if effect["per"] == Per.FACT and effect["lines"]:
        return Fault("lines", say("nothing, where units are for the fact"), "lines")
    return _check_lines(effect["lines"])


def _check_lines(lines: Sequence[Comparison]) -> Fault | None:
    for place, one in enumerate(lines):
        if one.field not in LINE_FIELDS or one.field not in ITEM_FIELDS:
            return Fault(
                f"lines[{place}].field", say("one of %(names)s", names=", ".join(LINE_FIELDS)), one.field
            )
        if not has_type_of(Comparison(f"items.{one.field}", one.op, one.value)):
            return Fault(f"lines[{place}].value", say("text"), one.value)
    return None


GIVE_EFFECT: Final = EffectType(
    GIVE,
    "发放",
    "Give",
    "Units of an asset for the customer: points, store credit, coupons, prizes.",
    (
        ASSET,
        _UNITS,
        _PER,
        _EACH,
        _LINES,
        _MOST,
        _EXPIRE_DAYS,
        _EXPIRE_END,
        _EXPIRE_AFTER,
        _WAIT_DAYS,
        _WAIT_AFTER,
        _SOURCE,
        _ON_REFUND,
    ),
    _say_give,
    _check_give,
)


def _say_multiply(effect: Effect, tongue: Tongue) -> str:
    asset, percent = tongue.quoted(effect["asset"]), effect["percent"]
    if effect["group"]:
        return tongue.say(
            "%(percent)s%% of %(asset)s from the rules of %(group)s",
            percent=percent,
            asset=asset,
            group=tongue.quoted(effect["group"]),
        )
    return tongue.say("%(percent)s%% of %(asset)s", percent=percent, asset=asset)


MULTIPLY_EFFECT: Final = EffectType(
    MULTIPLY,
    "倍数",
    "Multiply",
    "What other rules gave of the asset for the same fact, multiplied; the difference is this rule's own.",
    (
        ASSET,
        Param(
            "percent",
            ParamType.INTEGER,
            "百分比",
            "Percent",
            "200 doubles",
            required=True,
            least=101,
            most=10_000,
        ),
        Param("group", ParamType.TEXT, "仅限分组", "Only of the group", "name of a group of rules"),
        _MOST,
        _EXPIRE_DAYS,
        _EXPIRE_END,
        _EXPIRE_AFTER,
        _WAIT_DAYS,
        _WAIT_AFTER,
        _SOURCE,
        _ON_REFUND,
    ),
    _say_multiply,
    lambda effect: (
        Fault("expire_end", say("nothing beside expire_days"), effect["expire_end"])
        if effect["expire_days"] is not None and effect["expire_end"] is not None
        else None
    ),
)


def register() -> None:
    EFFECTS.register(GIVE_EFFECT)
    EFFECTS.register(MULTIPLY_EFFECT)
