"""Where a division lies, how big a city it is, how warm: the shipped table and a brand's own word. Pure.

A customer's code is that of a city, or of the province where only that is known, or of a district where an
API gave one: a district counts as its city. Tiers are of cities alone; the climate of a province is that of
most of it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

EARTH_KM: Final = 6371.0088
_MUNICIPALITIES: Final = {110000: 110100, 120000: 120100, 310000: 310100, 500000: 500100}


class Tier(StrEnum):
    FIRST = "1"
    NEW_FIRST = "new_1"
    SECOND = "2"
    THIRD = "3"
    FOURTH = "4"  # and below


class Climate(StrEnum):
    """The zones of the code for thermal design of civil buildings."""

    SEVERE_COLD = "severe_cold"
    COLD = "cold"
    HOT_SUMMER_COLD_WINTER = "hot_summer_cold_winter"
    HOT_SUMMER_WARM_WINTER = "hot_summer_warm_winter"
    TEMPERATE = "temperate"


class Point(NamedTuple):
    """Degrees east and north."""

    longitude: float
    latitude: float


class Place(NamedTuple):
    point: Point
    tier: str  # "" where it has none: provinces, Hong Kong, Macau, Taiwan
    climate: str


@lru_cache(maxsize=1)
def table() -> Mapping[int, Place]:
    """The shipped places by division code."""
    text = files("guanxi.customers").joinpath("data/geography.csv").read_text(encoding="utf-8")
    return {
        int(row["adcode"]): Place(
            Point(float(row["longitude"]), float(row["latitude"])), row["tier"], row["climate"]
        )
        for row in csv.DictReader(text.splitlines())
    }


def city_of(adcode: int) -> int:
    """The code of the table that `adcode` counts as: itself, a municipality's city, a district's city; 0
    where it lies nowhere."""
    adcode = _MUNICIPALITIES.get(adcode, adcode)
    if adcode in table():
        return adcode
    city = adcode - adcode % 100
    return city if city in table() else 0


def province_of(adcode: int) -> int:
    return adcode - adcode % 10_000


def point_of(adcode: int) -> Point | None:
    """The middle of a city; None for a province, which is too wide to be anywhere."""
    city = city_of(adcode)
    return table()[city].point if city % 10_000 else None


def distance_km(a: Point, b: Point) -> float:
    """Along the great circle, by the haversine of the angles."""
    north, south = math.radians(a.latitude), math.radians(b.latitude)
    rise, turn = south - north, math.radians(b.longitude - a.longitude)
    inner = math.sin(rise / 2) ** 2 + math.cos(north) * math.cos(south) * math.sin(turn / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(inner)))


def tiers(own: Mapping[int, str]) -> dict[int, str]:
    """code → tier, a brand's own word first."""
    return {
        code: own.get(code) or place.tier for code, place in table().items() if own.get(code) or place.tier
    }


def climates(own: Mapping[int, str]) -> dict[int, str]:
    return {code: own.get(code) or place.climate for code, place in table().items()}


def cities_near(points: Iterable[Point], km: float) -> set[int]:
    """Codes of cities whose middle is at most `km` from one of the points."""
    near = list(points)
    return {
        code
        for code, place in table().items()
        if code % 10_000 and any(distance_km(place.point, point) <= km for point in near)
    }


def matching(codes: Collection[int]) -> set[int]:
    """Codes as customers have them: with those of municipalities as provinces where their city is meant.
    Districts are compared by the code of their city."""
    return set(codes) | {whole for whole, city in _MUNICIPALITIES.items() if city in codes}
