"""Conditions for given customers: who is answered for, at what cost, and why."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.kernel.conditions import Moment, parse, predicate_of, sentence, topics_of
from guanxi.kernel.conditions.predicates import features_of
from guanxi.platform.language import tongue
from guanxi.segments.evaluating import evaluate, explain
from guanxi.touchpoints.models import Touchpoint
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)
NOW = Moment(rows.BASE_MS + 10 * rows.DAY_MS)
BOUGHT_TWICE = parse(
    {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_least": 2, "within": {"days": 30}}
)
MIXED = {
    1: BOUGHT_TWICE,
    2: parse({"all": [{"leaf": "profile.gender", "is": "f"}, {"leaf": "identity.has", "scheme": "phone"}]}),
    3: parse(
        {
            "leaf": "behaviour.sequence",
            "steps": [{"kinds": ["code.scanned"]}, {"kinds": ["order.paid"]}],
            "within_days": 7,
        }
    ),
}


def orders(of: Any, subjects: list[int]) -> None:
    rows.facts(of, [{"subject_id": one, "occurred_ms": rows.BASE_MS, "amount_fen": 1} for one in subjects])


def test_a_thousand_customers_cost_the_queries_of_one() -> None:
    brand = rows.brand()
    subjects = rows.people(brand, 40)
    orders(brand, subjects)
    counts = []
    for ids in (subjects[:1], subjects):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            evaluate(brand, MIXED, ids, NOW)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7


def test_facts_are_found_by_subject_and_time() -> None:
    """Without the index each question would read the whole log."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's words for a plan")
    brand = rows.brand()
    subjects = rows.people(brand, 3)
    orders(brand, subjects)
    with CaptureQueriesContext(connection) as asked:
        evaluate(brand, MIXED, subjects, NOW)
    statements = [one["sql"] for one in asked if "touchpoints_touchpoint" in one["sql"]]
    assert len(statements) == 2
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + statement.replace("%", "%%"))
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "touchpoint_timeline (subject_id=?" in plan
        assert "SCAN t" not in plan
        assert "SCAN s" not in plan


def test_only_living_customers_of_the_brand_are_answered_for() -> None:
    brand, other = rows.brand(), rows.brand("other")
    one, gone = rows.people(brand, 2)
    (stranger,) = rows.people(other, 1)
    orders(brand, [one, gone])
    rows.merge(brand, gone, into=one)
    found = evaluate(brand, MIXED, [one, gone, stranger, 10**9], NOW)
    assert found.keys() == {one}
    assert found[one].holds == {1, 2}


def test_time_alone_changes_it_when_it_says() -> None:
    brand = rows.brand()
    (one,) = rows.people(brand, 1)
    orders(brand, [one, one])
    found = evaluate(brand, {1: BOUGHT_TWICE}, [one], NOW)[one]
    assert found.changes_ms == rows.BASE_MS + 30 * rows.DAY_MS
    later = Moment(found.changes_ms)
    assert evaluate(brand, {1: BOUGHT_TWICE}, [one], later)[one].holds == frozenset()


def test_why_shows_every_branch_with_its_facts() -> None:
    brand = rows.brand()
    (one,) = rows.people(brand, 1)
    orders(brand, [one] * 25)
    condition = parse({"all": [{"not": {"leaf": "profile.gender", "is": "m"}}, dict_of(BOUGHT_TWICE)]})
    why = explain(brand, condition, one, NOW)
    assert (why.kind, why.holds) == ("all", True)
    denied, bought = why.parts
    assert (denied.kind, denied.holds, denied.parts[0].holds) == ("not", True, False)
    assert list(denied.parts[0].values.values()) == ["f"]
    assert (bought.path, bought.sentence) == ("all[1]", "ordered at least 2 times in the last 30 days")
    assert list(bought.values.values()) == [25]
    newest = list(Touchpoint.objects.order_by("-id").values_list("id", flat=True)[:20])
    assert list(bought.facts) == newest


def dict_of(condition: Any) -> dict[str, Any]:
    from guanxi.kernel.conditions import dump

    found = dump(condition)
    del found["version"]
    return found


def test_a_condition_says_what_it_depends_on() -> None:
    assert topics_of(MIXED[1]) == {"kind:order.paid"}
    assert topics_of(MIXED[2]) == {"profile", "identity"}
    assert topics_of(MIXED[3]) == {"kind:code.scanned", "kind:order.paid"}


def test_equal_questions_are_one_feature() -> None:
    twice = parse({"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 9, "within": {"days": 30}})
    assert set(features_of(predicate_of(twice))) == set(features_of(predicate_of(BOUGHT_TWICE)))


SENTENCES = [
    (
        {
            "all": [
                {"leaf": "profile.gender", "is": "f"},
                {
                    "leaf": "behaviour.did",
                    "kinds": ["order.paid"],
                    "at_least": 2,
                    "within": {"days": 90},
                    "where": [{"field": "channel", "value": "tmall"}],
                },
            ]
        },
        "is a woman and ordered at least 2 times in the last 90 days on Tmall",
        "女性，并且近 90 天内在天猫付款下单至少 2 次",
    ),
    (
        {"not": {"leaf": "behaviour.did", "kinds": ["order.paid"], "within": {"calendar": "this_year"}}},
        "has not ordered this year",
        "今年没有付款下单",
    ),
    (
        {
            "leaf": "behaviour.sequence",
            "steps": [{"kinds": ["code.scanned"]}, {"kinds": ["order.paid"]}],
            "within_days": 7,
            "without": ["order.refunded"],
        },
        "scanned a code, then ordered within 7 days without having had a refund",
        "7 天内先扫码，再付款下单，期间没有退款",
    ),
    (
        {
            "leaf": "behaviour.sum",
            "kinds": ["order.paid"],
            "at_least": 199_00,
            "where": [{"field": "items.sku", "op": "among", "value": ["A1", "B2"]}],
        },
        "ordered where product code is “A1” or “B2”, with the amount adding up to at least ¥199",
        "付款下单（商品编码为“A1”或“B2”），金额合计至少 ¥199",
    ),
    (
        {"leaf": "behaviour.last", "kinds": ["order.paid"], "within": {"older_than_days": 30}},
        "last ordered more than 30 days ago",
        "最近一次付款下单发生于 30 天以前",
    ),
    (
        {"any": [{"leaf": "profile.city", "among": [230100]}, {"leaf": "calendar.month", "among": [9, 10]}]},
        "lives in Harbin or counts only in September or October",
        "住在黑龙江省哈尔滨市，或者仅在 9 月或 10 月",
    ),
    (
        {"leaf": "profile.city", "among": [320500, 341300, 810000]},
        "lives in Suzhou (Jiangsu), Suzhou (Anhui) or Hong Kong",
        "住在江苏省苏州市、安徽省宿州市或香港特别行政区",
    ),
    (
        {"leaf": "profile.language", "among": ["zh-HK", "en-GB", "tlh"]},
        "speaks Cantonese, English or tlh",
        "使用的语言为粤语、英语或 tlh",
    ),
    (
        {"leaf": "value.monetary", "at_least": 200_000, "at_most": 1_234_567},
        "spent ¥2,000 to ¥12,345.67 after refunds",
        "扣除退款后消费 ¥2,000 至 ¥12,345.67",
    ),
    (
        {
            "leaf": "behaviour.did",
            "kinds": ["order.paid"],
            "where": [{"field": "amount_fen", "op": "ge", "value": 19_990}],
        },
        "ordered where amount is at least ¥199.90",
        "付款下单（金额至少 ¥199.90）",
    ),
    (
        {"leaf": "sample.share", "percent": 12.5},
        "is in a random 12.5% of customers",
        "属于随机抽取的 12.5% 客户",
    ),
]


@pytest.mark.parametrize(("tree", "english", "chinese"), SENTENCES)
def test_a_condition_is_one_clear_sentence(tree: dict[str, Any], english: str, chinese: str) -> None:
    condition = parse(tree)
    assert sentence(condition, tongue("en")) == english
    assert sentence(condition, tongue("zh-hans")) == chinese


def test_money_is_said_in_the_currency_of_the_brand() -> None:
    spent = parse({"leaf": "value.monetary", "at_least": 5_000, "net": False})
    assert sentence(spent, tongue("en", "HKD")) == "spent at least HK$50"
    assert sentence(spent, tongue("en", "JPY")) == "spent at least JP¥5,000"
