"""Stores and places: how far, how big a city, how warm."""

from __future__ import annotations

import math

import pytest

from guanxi.customers import geography, places, services, stores
from guanxi.customers.geography import Climate, Point, Tier
from guanxi.kernel.errors import Invalid, NotFound
from tests.customers.world import brand


def test_every_division_has_a_place() -> None:
    assert set(geography.table()) == set(places.cities())
    for code, place in geography.table().items():
        assert 73 < place.point.longitude < 136
        assert 3 < place.point.latitude < 54
        assert place.climate in set(Climate)
        assert place.tier in {"", *Tier}
        assert bool(place.tier) == (code % 10_000 != 0)
    sizes = [sum(place.tier == tier for place in geography.table().values()) for tier in Tier]
    assert sizes[:4] == [4, 15, 30, 70]


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [(110100, 310100, 1067), (330100, 310100, 164), (440100, 440300, 104), (230100, 460100, 3214)],
)
def test_distances_are_those_of_the_map(a: int, b: int, km: float) -> None:
    first, second = geography.point_of(a), geography.point_of(b)
    assert first is not None
    assert second is not None
    assert geography.distance_km(first, second) == pytest.approx(km, rel=0.03)
    assert geography.distance_km(second, first) == geography.distance_km(first, second)


def test_the_other_side_of_the_earth_is_half_its_girth_away() -> None:
    assert geography.distance_km(Point(0, 0), Point(180, 0)) == pytest.approx(math.pi * geography.EARTH_KM)
    assert geography.distance_km(Point(-179.9, 0), Point(179.9, 0)) < 25


def test_a_district_counts_as_its_city_and_a_province_is_nowhere() -> None:
    assert geography.city_of(330106) == 330100
    assert geography.city_of(110105) == geography.city_of(110000) == 110100
    assert geography.city_of(419001) == 419001
    assert geography.city_of(999999) == 0
    assert geography.point_of(330000) is None
    assert geography.point_of(310000) is not None


def test_harbin_is_cold_and_guangzhou_warm() -> None:
    zones = geography.climates({})
    assert (zones[230100], zones[440100]) == (Climate.SEVERE_COLD, Climate.HOT_SUMMER_WARM_WINTER)
    assert (zones[530100], zones[310100], zones[110100]) == (
        Climate.TEMPERATE,
        Climate.HOT_SUMMER_COLD_WINTER,
        Climate.COLD,
    )


@pytest.mark.django_db
def test_stores_are_set_by_their_code() -> None:
    number = brand()
    rows = [
        {"code": "HZ1", "name": "西湖店", "city": "杭州", "longitude": "120.15", "latitude": "30.25"},
        {"code": "SH1", "name": "南京路店", "adcode": "310101", "open": "否"},
    ]
    assert services.set_stores(number, rows, actor="cli") == 2
    assert services.set_stores(number, rows, actor="cli") == 0
    assert [(one.code, one.city, one.open) for one in stores.stores(number)] == [
        ("HZ1", "浙江省杭州市", True),
        ("SH1", "", False),
    ]
    assert stores.store_points(number) == [Point(120.15, 30.25)]
    assert stores.store_points(number, "SH1") == [geography.point_of(310100)]
    services.remove_store(number, "HZ1", actor="cli")
    with pytest.raises(NotFound):
        services.remove_store(number, "HZ1", actor="cli")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"name": ""},
        {"longitude": "181", "latitude": "0"},
        {"longitude": "120"},
        {"longitude": "east", "latitude": "north"},
        {"longitude": "nan", "latitude": "1"},
        {"adcode": "999999"},
        {"city": "Paris"},
        {"phone": "13800138000"},
        {"name": "a\nb"},
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_set(wrong: dict[str, str]) -> None:
    number = brand()
    rows = [{"code": "A", "name": "A"}, {"code": "B", "name": "B", **wrong}]
    with pytest.raises(Invalid, match="2"):
        services.set_stores(number, rows, actor="cli")
    assert not stores.stores(number)


@pytest.mark.django_db
def test_a_brands_own_word_on_a_city_counts() -> None:
    number = brand()
    assert stores.tiers(number)[330100] == Tier.NEW_FIRST
    given = [{"city": "杭州", "tier": "1"}, {"adcode": "530100", "climate": "cold"}]
    assert services.set_city_rules(number, given, actor="cli") == 2
    assert stores.tiers(number)[330100] == Tier.FIRST
    assert stores.climates(number)[530100] == Climate.COLD
    with pytest.raises(Invalid):
        services.set_city_rules(number, [{"city": "杭州", "tier": "9"}], actor="cli")
    assert services.set_city_rules(number, [], actor="cli") == 0
    assert stores.tiers(number)[330100] == Tier.NEW_FIRST
