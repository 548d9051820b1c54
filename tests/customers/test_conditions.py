"""The leaves about tags, preferences and places: the database and the lake answer the same."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanxi.customers import services
from guanxi.customers.models import Customer, Subject
from guanxi.customers.preferences import Statement
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.conditions import ENGLISH, LEAVES, ConditionInvalid, Moment, dump, parse, sentence
from guanxi.platform.language import tongue
from guanxi.platform.models import Brand
from guanxi.segments.compiling import expression
from guanxi.segments.evaluating import evaluate
from guanxi.warehouse import queries as warehouse
from guanxi.warehouse import services as lake
from tests.warehouse import rows

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ["vip", "护肤", "O'Hara", "%", "gone"]
ADCODES = [None, 330000, 330100, 330106, 110000, 110100, 230100, 440100, 419001, 810000, 530100, 999999]
SKIN = [{"name": "oily", "zh": "油性", "en": "Oily"}, {"name": "dry", "zh": "干性", "en": "Dry"}]
FIELDS = {
    "skin": ("choice", ["oily", "dry", None]),
    "wants": ("choices", [["oily"], ["dry", "oily"], [], None]),
    "scent": ("text", ["茉莉", "a|b", "|oily|", "%", None]),
    "pets": ("number", [0, 1, -2.5, "3.125", None]),
    "moved": ("date", ["2020-02-29", "1969-12-31", "2026-01-01", None]),
    "cat": ("boolean", [True, False, None]),
}


def texts(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)


def leaf(name: str, **parameters: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"leaf": st.just(name), **parameters})


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


leaves = st.one_of(
    leaf("tag.has", tags=texts(*NAMES, "unknown"), match=st.sampled_from(["any", "all"])),
    leaf(
        "preference.is",
        field=st.sampled_from([*FIELDS, "unknown"]),
        values=texts("oily", "dry", "茉莉", "a|b", "%", "true", "false", "0", "2020-02-29", "|oily|"),
    ),
    leaf("preference.is", field=st.sampled_from(list(FIELDS))),
    leaf(
        "preference.is",
        field=st.sampled_from(list(FIELDS)),
        at_least=st.sampled_from([-3, 0, "0.5", 3.125]),
        at_most=st.sampled_from([0, 1, 4]),
    ),
    leaf(
        "preference.is",
        field=st.sampled_from(list(FIELDS)),
        since=st.sampled_from(["1970-01-01", "1960-01-01"]),
    ),
    leaf("profile.city_tier", tiers=texts("1", "new_1", "2", "3", "4")),
    leaf("profile.climate", zones=texts("severe_cold", "cold", "temperate", "hot_summer_warm_winter")),
    leaf("profile.province", among=st.sampled_from([[330000], [110000, 810000]])),
    leaf(
        "profile.near_store",
        km=st.sampled_from([1, 50, 500, 3000]),
        store=st.sampled_from(["HZ", "GZ", "??"]),
    ),
    leaf("profile.near_store", km=st.sampled_from([1, 50, 500, 3000])),
    leaf("consent.reachable", channel=st.sampled_from(["sms", "email", "wechat", "wecom"])),
)
branches = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=4,
)


def world(seed: int) -> Brand:
    """Customers with tags and answers put on before and after merges and unmerges."""
    chance = random.Random(seed)
    brand = rows.brand(f"b{Brand.objects.count()}")
    for name in NAMES:
        origin = Origin.RULE if name == "%" else Origin.HAND
        services.define_tag(brand.pk, name, origin=origin, actor="test")
    for name, (kind, _values) in FIELDS.items():
        services.define_preference(
            brand.pk, name, type=kind, label_zh=name, label_en=name, purpose="test",
            choices=SKIN if kind.startswith("choice") else None, actor="test",
        )  # fmt: skip
    given_stores = [
        {"code": "HZ", "name": "杭州", "longitude": 120.15, "latitude": 30.25},
        {"code": "GZ", "name": "广州", "city": "广州", "open": "no"},
    ]
    services.set_stores(brand.pk, given_stores, actor="test")
    services.set_city_rules(brand.pk, [{"city": "昆明", "tier": "1", "climate": "cold"}], actor="test")
    people = rows.people(brand, 14, subjects_each=2)
    for subject in people:
        scheme = chance.choice(["phone", "email", "openid:wx1", "wecom", "tmall"])
        Subject.objects.filter(pk=subject).update(scheme=scheme)
    for customer in Customer.objects.filter(brand=brand):
        Customer.objects.filter(pk=customer.pk).update(adcode=chance.choice(ADCODES))
    _act(brand, people, chance)
    for _ in range(5):
        into, other = chance.sample(people[::2], 2)
        roots = dict(Subject.objects.filter(pk__in=[into, other]).values_list("pk", "customer_id"))
        if roots[into] < roots[other]:
            rows.merge(brand, other, roots[into])
    _act(brand, people, chance)
    moved = [
        s for s in Subject.objects.filter(brand_id=brand.pk, pk__in=people[::2]) if s.customer_id != s.pk
    ]
    if moved:
        rows.unmerge(brand, moved[0].pk)
    return brand


def _act(brand: Brand, people: list[int], chance: random.Random) -> None:
    for name in ("vip", "护肤", "O'Hara", "gone"):
        services.add_tags(brand.pk, [name], chance.sample(people[::2], 4), actor="test")
    services.remove_tags(brand.pk, ["vip"], chance.sample(people[::2], 3), actor="test")
    services.set_rule_tags(brand.pk, "%", chance.sample(people[::2], 5))
    services.take_recorded_tags(brand.pk, [(chance.choice(people), ["护肤"])], actor="test")
    said = [
        Statement(chance.choice(people[::2]), name, chance.choice(values), rows.BASE_MS + chance.randrange(3))
        for name, (_kind, values) in FIELDS.items()
        for _ in range(8)
    ]
    for one in said:
        services.state_preferences(brand.pk, [one], source="test", actor="test")


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6), trees=st.lists(branches, min_size=25, max_size=40))
def test_database_and_lake_answer_the_same(seed: int, trees: list[dict[str, Any]]) -> None:
    brand = world(seed)
    lake.sync(brand)
    assert lake.verify(brand).is_equal
    conditions = {number: parse({"version": 1, **tree}) for number, tree in enumerate(trees)}
    moment = Moment(rows.BASE_MS + rows.DAY_MS)
    ids = list(Customer.objects.filter(brand=brand, merged_into_id__isnull=True).values_list("pk", flat=True))
    now = evaluate(brand, conditions, ids, moment)
    answer = warehouse.run(brand, expression(brand, conditions, moment)).to_pylist()
    assert {row["customer_id"] for row in answer} == set(ids) == set(now)
    for row in answer:
        held = {number for number in conditions if row[f"s{number}"]}
        assert held == now[row["customer_id"]].holds
        assert row["changes_ms"] is None
    for condition in conditions.values():
        assert parse(dump(condition)) == condition


def test_sentences_are_said_in_both_languages() -> None:
    said = [
        ({"leaf": "tag.has", "tags": ["vip"]}, "has the tag “vip”", "有标签“vip”"),
        (
            {"not": {"leaf": "tag.has", "tags": ["vip", "new"], "match": "all"}},
            "lacks one of the tags “vip”, “new”",
            "缺少标签“vip”、“new”中的至少一个",
        ),
        (
            {"leaf": "preference.is", "field": "pets", "at_least": "1.5"},
            "gave “pets” of 1.5 or more",
            "“pets”不小于 1.5",
        ),
        (
            {"leaf": "profile.climate", "zones": ["severe_cold"]},
            "lives where the climate is severe cold",
            "住在严寒地区",
        ),
        (
            {"leaf": "profile.near_store", "km": 5},
            "lives within 5 km of a store",
            "所在城市距门店 5 公里以内",
        ),
    ]
    for tree, english, chinese in said:
        condition = parse({"version": 1, **tree})
        assert sentence(condition, ENGLISH) == english
        assert sentence(condition, tongue("zh-hans")) == chinese


@pytest.mark.parametrize(
    "wrong",
    [
        {"leaf": "profile.city_tier", "tiers": ["5"]},
        {"leaf": "profile.near_store", "km": 0},
        {"leaf": "preference.is", "field": "a", "values": ["x"], "at_least": 1},
        {"leaf": "tag.has", "tags": []},
        {"leaf": "consent.reachable", "channel": "pigeon"},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    assert wrong["leaf"] in LEAVES
    with pytest.raises(ConditionInvalid):
        parse({"version": 1, **wrong})
