"""The computed fields and the segments of the demo brand Lanhua, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

MONEY: Final = ["order.paid", "order.refunded"]
FIGURES: Final[Sequence[tuple[str, str, str, str, Mapping[str, Any]]]] = (
    ("net_90d", "近 90 天净消费", "Net spend in 90 days", "扣除退款",
     {"aggregate": "sum", "of": "net_fen", "kinds": MONEY, "within": {"days": 90}}),
    ("orders_365d", "近一年订单数", "Orders in a year", "",
     {"aggregate": "count", "kinds": ["order.paid"], "within": {"days": 365}}),
    ("basket", "客单价", "Average order value", "全部已付款订单的平均金额",
     {"aggregate": "average", "of": "amount_fen", "kinds": ["order.paid"]}),
    ("largest", "单笔最高消费", "Largest order", "",
     {"aggregate": "max", "of": "amount_fen", "kinds": ["order.paid"]}),
)  # fmt: skip

ORDERED: Final[Mapping[str, Any]] = {"leaf": "behaviour.did", "kinds": ["order.paid"]}


class Wanted(NamedTuple):
    """A segment of the demo. `tag` is kept on its members, `hour` and `weekday` are a scheduled one's hours,
    the id of the segment named by `within` stands in for 0 in the condition."""

    name: str
    description: str
    condition: Mapping[str, Any]
    mode: str = "live"
    tag: str = ""
    hour: int | None = None
    weekday: int | None = None
    within: str = ""


def segments(until: date) -> Iterator[Wanted]:
    """In the order they are made: `until` is the last day of the simulated history."""
    yield _autumn_care(until)
    yield from _to_call_on()
    yield from _of_value(until)
    yield from _as_they_say()


def _autumn_care(until: date) -> Wanted:
    autumn = until.year if until.month >= 9 else until.year - 1
    return Wanted(
        "北方秋季护肤",
        "北方入秋干燥：秋天买过护手霜或身体乳的北方客户，九月初先推给他们。",
        _all(
            {"leaf": "profile.climate", "zones": ["severe_cold", "cold"]},
            {
                "any": [
                    {
                        **ORDERED,
                        "within": {"between": [f"{autumn}-09-01", f"{autumn}-11-30"]},
                        "where": [{"field": "items.title", "op": "contains", "value": title}],
                    }
                    for title in ("护手霜", "身体乳")
                ]
            },
        ),
    )


def _to_call_on() -> Iterator[Wanted]:
    yield Wanted(
        "沉睡老客",
        "买过两次以上，但半年没有再买。",
        _all(
            {"leaf": "value.frequency", "at_least": 2},
            {"leaf": "value.recency", "at_least_days": 180},
        ),
        tag="沉睡预警",
    )
    yield Wanted(
        "本月生日",
        "生日当天送券，提前三天提醒导购。",
        _all({"leaf": "profile.birthday", "this_month": True}),
        tag="本月生日",
    )
    yield Wanted(
        "有 UnionID 无手机号",
        "在小程序里认得，却没有手机号：下次下单时请他们授权。",
        _all(
            {"leaf": "identity.has", "scheme": "unionid"},
            {"not": {"leaf": "identity.has", "scheme": "phone"}},
        ),
    )
    yield Wanted(
        "扫码后 7 天内下单",
        "渠道活码带来的成交：扫码、下单，没有退款。",
        _all(
            {
                "leaf": "behaviour.sequence",
                "steps": [{"kinds": ["code.scanned"]}, {"kinds": ["order.paid"]}],
                "within_days": 7,
                "without": ["order.refunded"],
            }
        ),
    )


def _of_value(until: date) -> Iterator[Wanted]:
    festival = until.year if (until.month, until.day) >= (11, 30) else until.year - 1
    yield Wanted(
        "High-value customers",
        "Spent ¥1,000 or more in the last year and sent nothing back lately.",
        _all(
            {"leaf": "value.monetary", "at_least": 100_000, "within": {"days": 365}},
            {"not": {"leaf": "behaviour.did", "kinds": ["order.refunded"], "within": {"days": 90}}},
        ),
        tag="VIP",
    )
    yield Wanted(
        "High-value, slipping away",
        "The best customers who have not ordered for two months: a call, not a coupon.",
        _all(
            {"leaf": "segment.in", "segment": 0},
            {"leaf": "value.recency", "at_least_days": 60},
        ),
        within="High-value customers",
    )
    yield Wanted(
        f"{festival} 双 11 囤货客",
        "去年双 11 一次买够的人，名单定格，用来和今年比较。",
        _all(
            {
                "leaf": "behaviour.sum",
                "kinds": ["order.paid"],
                "at_least": 50_000,
                "within": {"between": [f"{festival}-11-01", f"{festival}-11-11"]},
            }
        ),
        mode="frozen",
    )
    yield Wanted(
        "Bought once, not again",
        "One order one to six months ago. Computed on Mondays, for the weekly second-order mailing.",
        _all(
            {"leaf": "value.frequency", "at_least": 1, "at_most": 1},
            {"leaf": "value.recency", "at_least_days": 30, "at_most_days": 180},
        ),
        mode="scheduled",
        hour=6,
        weekday=0,
    )


def _as_they_say() -> Iterator[Wanted]:
    yield Wanted(
        "敏感肌或木质香",
        "自己说过的偏好：新品“雪松檀木”和无香精系列先告诉他们。",
        {
            "version": 1,
            "any": [
                {"leaf": "preference.is", "field": "skin", "values": ["sensitive"]},
                {"leaf": "preference.is", "field": "scents", "values": ["woody"]},
            ],
        },
    )
    yield Wanted(
        "Cantonese speakers near a store",
        "Who speaks Cantonese and lives within 30 km of a store: for invitations in Cantonese.",
        _all(
            {"leaf": "profile.language", "among": ["zh-HK"]},
            {"leaf": "profile.near_store", "km": 30},
        ),
    )
    yield Wanted(
        "客单高、来得少",
        "平均一笔 ¥300 以上，一年最多两笔：适合礼盒与预售，不适合天天发券。",
        _all(
            {"leaf": "computed.is", "field": "basket", "at_least": 30_000},
            {"leaf": "computed.is", "field": "orders_365d", "at_most": 2},
            {"not": {"leaf": "tag.has", "tags": ["投诉跟进"]}},
        ),
    )


def _all(*parts: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": 1, "all": list(parts)}
