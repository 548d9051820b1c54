"""Where customers live: size of the city, climate, and how far the next store is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from guanxi.customers import geography, stores
from guanxi.customers.conditions.subjects import finished
from guanxi.customers.geography import Climate, Tier
from guanxi.customers.models import Customer
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Predicate,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.features import column

PLACE: Final = "place"
TIERS: Final = (
    Choice(Tier.FIRST, "一线城市", "first tier"),
    Choice(Tier.NEW_FIRST, "新一线城市", "new first tier"),
    Choice(Tier.SECOND, "二线城市", "second tier"),
    Choice(Tier.THIRD, "三线城市", "third tier"),
    Choice(Tier.FOURTH, "四线及以下城市", "fourth tier or below"),
)
CLIMATES: Final = (
    Choice(Climate.SEVERE_COLD, "严寒地区", "severe cold"),
    Choice(Climate.COLD, "寒冷地区", "cold"),
    Choice(Climate.HOT_SUMMER_COLD_WINTER, "夏热冬冷地区", "hot summer, cold winter"),
    Choice(Climate.HOT_SUMMER_WARM_WINTER, "夏热冬暖地区", "hot summer, warm winter"),
    Choice(Climate.TEMPERATE, "温和地区", "temperate"),
)
FARTHEST_KM: Final = 3_000


@dataclass(frozen=True, slots=True)
class InTier:
    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InClimate:
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Near:
    """At most `km` from the store of that code; "" is any open one."""

    store: str
    km: int


Key = InTier | InClimate | Near


def lives(key: Key) -> Feature:
    return Feature(PLACE, key, ValueType.BOOLEAN, absent=False)


class Places(Source):
    """Each question comes to a set of division codes, worked out in Python: engines only compare numbers."""

    name = PLACE
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        codes = {feature: _codes(brand.pk, feature.key) for feature in features}
        rows = Customer.objects.filter(pk__in=list(customer_ids), brand_id=brand.pk, adcode__isnull=False)
        return {
            customer: Values({feature: _is_among(adcode, codes[feature]) for feature in features})
            for customer, adcode in rows.values_list("pk", "adcode")
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        customers = tables["customers"]
        known = customers.filter(customers.adcode.notnull())
        whole = known.adcode - known.adcode % 100
        tests = {}
        for number, feature in enumerate(features):
            among = sorted(_codes(brand.pk, feature.key)) or [0]
            tests[column(number)] = known.adcode.isin(among) | whole.isin(among)
        return finished(known, tests)

    def topics(self, feature: Feature) -> Collection[str]:
        return {"profile", PLACE}


def _is_among(adcode: int | None, codes: Collection[int]) -> bool:
    """The code itself, or that of the city of a district."""
    return adcode is not None and (adcode in codes or adcode - adcode % 100 in codes)


def _codes(brand_id: int, key: object) -> set[int]:
    """The codes of cities (and provinces) of which the question holds."""
    match key:
        case InTier(tiers):
            found = {code for code, tier in stores.tiers(brand_id).items() if tier in tiers}
        case InClimate(zones):
            found = {code for code, zone in stores.climates(brand_id).items() if zone in zones}
        case Near(store, km):
            found = geography.cities_near(stores.store_points(brand_id, store), km)
        case _:
            raise TypeError(f"no question about places: {key!r}")
    return geography.matching(found)


def _compare(key: Key) -> Predicate:
    return Compare(lives(key), Op.EQ, True)


def _labels(values: Sequence[str], choices: Sequence[Choice], tongue: Tongue) -> str:
    names = {choice.value: tongue.label(choice.label_zh, choice.label_en) for choice in choices}
    return tongue.either([names.get(value, value) for value in values])


def _suggested_stores(brand: BrandRow) -> list[Choice]:
    return [Choice(store.code, store.name, store.name) for store in stores.stores(brand.pk)]


def _in_tier(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("lives in a city of the %(tiers)s", tiers=_labels(leaf["tiers"], TIERS, tongue))


def _in_climate(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("lives where the climate is %(zones)s", zones=_labels(leaf["zones"], CLIMATES, tongue))


def _near_store(leaf: Leaf, tongue: Tongue) -> str:
    if not leaf["store"]:
        return tongue.say("lives within %(km)s km of a store", km=leaf["km"])
    store = tongue.quoted(dict(leaf.values).get("called") or leaf["store"])
    return tongue.say("lives within %(km)s km of the store %(store)s", km=leaf["km"], store=store)


def register() -> None:
    SOURCES.register(Places())
    for leaf in (_tier_leaf(), _climate_leaf(), _near_leaf()):
        LEAVES.register(leaf)


def _tier_leaf() -> LeafType:
    return LeafType(
        "profile.city_tier",
        "城市等级",
        "Size of the city",
        "profile",
        "The tier of the customer's city, as shipped or as the brand set it. Who is known by province alone "
        "lives in no tier.",
        (Param("tiers", ParamType.CHOICES, "等级", "Tiers", required=True, choices=TIERS),),
        _in_tier,
        lambda leaf: _compare(InTier(tuple(sorted(leaf["tiers"])))),
    )


def _climate_leaf() -> LeafType:
    return LeafType(
        "profile.climate",
        "气候分区",
        "Climate zone",
        "profile",
        "The zone of the customer's city (of the province where only that is known) by the code for thermal "
        "design of buildings, as shipped or as the brand set it.",
        (Param("zones", ParamType.CHOICES, "分区", "Zones", required=True, choices=CLIMATES),),
        _in_climate,
        lambda leaf: _compare(InClimate(tuple(sorted(leaf["zones"])))),
    )


def _near_leaf() -> LeafType:
    return LeafType(
        "profile.near_store",
        "离门店不远",
        "Near a store",
        "profile",
        "The middle of the customer's city is at most so many kilometres from an open store, or from the one "
        "that is named, open or not.",
        (
            Param(
                "km",
                ParamType.INTEGER,
                "距离（公里）",
                "At most (km)",
                required=True,
                least=1,
                most=FARTHEST_KM,
            ),
            Param(
                "store",
                ParamType.TEXT,
                "门店（不填为任意）",
                "Store (any, if empty)",
                default="",
                suggest=_suggested_stores,
            ),
        ),
        _near_store,
        lambda leaf: _compare(Near(leaf["store"], leaf["km"])),
    )
