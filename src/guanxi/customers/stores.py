"""Stores of a brand, how far customers' cities are from them, and the brand's own word on cities."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import geography, hooks, places
from guanxi.customers.geography import Climate, Point, Tier
from guanxi.customers.hooks import What
from guanxi.customers.models import CityRule, Store
from guanxi.kernel.errors import Invalid, Limit, NotFound
from guanxi.platform import audit
from guanxi.platform.writing import writing

MOST_STORES: Final = 10_000
STORE_COLUMNS: Final = ("code", "name", "city", "adcode", "longitude", "latitude", "open")
CITY_COLUMNS: Final = ("city", "adcode", "tier", "climate")
_NO: Final = frozenset(("0", "false", "no", "closed", "否", "关", "停业"))


class StoreRow(NamedTuple):
    """A store as pages and machines see it. Degrees; None where only the city is known."""

    code: str
    name: str
    adcode: int | None
    longitude: float | None
    latitude: float | None
    open: bool

    @property
    def city(self) -> str:
        return places.place_name(self.adcode)


def stores(brand_id: int) -> list[StoreRow]:
    """All stores, the open ones first."""
    return [_row(store) for store in Store.objects.filter(brand_id=brand_id).order_by("-open", "code")]


def store_name(brand_id: int, code: str) -> str:
    """What people call the store; its code where it has gone, "" for none."""
    named = Store.objects.filter(brand_id=brand_id, code=code).values_list("name", flat=True) if code else ()
    return next(iter(named), code)


def set_stores(brand_id: int, rows: Sequence[Mapping[str, object]], *, actor: object) -> int:
    """Make or change stores by their code; how many differ from before. Rows have the columns of
    `STORE_COLUMNS`, all but code and name optional. All or nothing; raises Invalid naming the row."""
    read = [_read(number, row) for number, row in enumerate(rows, 1)]
    with writing(brand_id):
        known = {store.code: store for store in Store.objects.filter(brand_id=brand_id)}
        if len(known.keys() | {store.code for store in read}) > MOST_STORES:
            raise Limit(_("A brand has at most %(most)s stores.") % {"most": MOST_STORES}, most=MOST_STORES)
        changed = [store for store in read if store.code not in known or _row(known[store.code]) != store]
        for store in changed:
            Store.objects.update_or_create(brand_id=brand_id, code=store.code, defaults=_columns(store))
        if changed:
            audit.record(brand_id, str(actor), "store.set", "store", detail={"store_count": len(changed)})
            hooks.changed(brand_id, What.PLACE, None)
    return len(changed)


def remove_store(brand_id: int, code: str, *, actor: object) -> None:
    """Forget a store; closing it keeps it for the records. Raises NotFound."""
    with writing(brand_id):
        gone, _by_model = Store.objects.filter(brand_id=brand_id, code=code).delete()
        if not gone:
            raise NotFound(_("There is no store '%(code)s'.") % {"code": code[:60]})
        audit.record(brand_id, str(actor), "store.removed", "store", code)
        hooks.changed(brand_id, What.PLACE, None)


def store_points(brand_id: int, code: str = "") -> list[Point]:
    """Where the open stores are, or the one of that code: by its own coordinates, else by its city's."""
    found = Store.objects.filter(brand_id=brand_id)
    found = found.filter(code=code) if code else found.filter(open=True)
    return [point for store in found if (point := _point(store)) is not None]


def _point(store: Store) -> Point | None:
    if store.longitude_e6 is not None and store.latitude_e6 is not None:
        return Point(store.longitude_e6 / 1e6, store.latitude_e6 / 1e6)
    return geography.point_of(store.adcode) if store.adcode else None


def _row(store: Store) -> StoreRow:
    longitude, latitude = (
        None if millionths is None else millionths / 1e6
        for millionths in (store.longitude_e6, store.latitude_e6)
    )
    return StoreRow(store.code, store.name, store.adcode, longitude, latitude, store.open)


def _columns(store: StoreRow) -> dict[str, Any]:
    return {
        "name": store.name,
        "adcode": store.adcode,
        "longitude_e6": None if store.longitude is None else round(store.longitude * 1e6),
        "latitude_e6": None if store.latitude is None else round(store.latitude * 1e6),
        "open": store.open,
    }


def _read(number: int, row: Mapping[str, object]) -> StoreRow:
    cells = _cells(number, row, STORE_COLUMNS)
    if not 1 <= len(cells["code"]) <= 60 or not 1 <= len(cells["name"]) <= 80:
        raise _bad(number, _("a store has a code of 1 to 60 and a name of 1 to 80 characters"))
    longitude = _degrees(number, cells["longitude"], 180)
    latitude = _degrees(number, cells["latitude"], 90)
    if (longitude is None) != (latitude is None):
        raise _bad(number, _("longitude and latitude are given both or not at all"))
    is_open = cells["open"].lower() not in _NO
    return StoreRow(cells["code"], cells["name"], _adcode(number, cells), longitude, latitude, is_open)


def _cells(number: int, row: Mapping[str, object], columns: Sequence[str]) -> dict[str, str]:
    if unknown := sorted(set(row) - set(columns)):
        raise _bad(
            number,
            _("there is no column '%(column)s'; known: %(known)s")
            % {"column": str(unknown[0])[:40], "known": ", ".join(columns)},
        )
    texts = {name: "" if row.get(name) is None else str(row.get(name)).strip() for name in columns}
    if not all(text.isprintable() for text in texts.values()):
        raise _bad(number, _("a cell holds control characters"))
    return texts


def _adcode(number: int, cells: Mapping[str, str]) -> int | None:
    """The code as it is given, else that of the city's name."""
    if code := cells["adcode"]:
        if not (code.isascii() and code.isdecimal() and len(code) == 6 and geography.city_of(int(code))):
            raise _bad(number, _("'%(code)s' is no division code of a city") % {"code": code[:20]})
        return int(code)
    if not cells["city"]:
        return None
    found = places.adcode(cells["city"])
    if found is None:
        raise _bad(number, _("there is no city '%(city)s'") % {"city": cells["city"][:20]})
    return found


def _degrees(number: int, text: str, most: int) -> float | None:
    if not text:
        return None
    try:
        value = round(float(text), 6)
    except ValueError:
        value = math.nan
    if not -most <= value <= most:
        raise _bad(number, _("'%(text)s' is no coordinate in degrees") % {"text": text[:20]})
    return value


def _bad(number: int, what: str) -> Invalid:
    return Invalid(
        _("Row %(number)s: %(what)s.") % {"number": number, "what": what},
        remedy=_("Nothing was changed."),
        row=number,
    )


# ---------------------------------------------------------------- the brand's own word on cities


class CityRow(NamedTuple):
    adcode: int
    tier: str
    climate: str

    @property
    def city(self) -> str:
        return places.place_name(self.adcode)


def city_rules(brand_id: int) -> list[CityRow]:
    rows = CityRule.objects.filter(brand_id=brand_id).order_by("adcode")
    return [CityRow(*row) for row in rows.values_list("adcode", "tier", "climate")]


def set_city_rules(brand_id: int, rows: Sequence[Mapping[str, object]], *, actor: object) -> int:
    """Replace the brand's own tiers and climate zones by these rows (columns of `CITY_COLUMNS`; none: the
    shipped ones count again); how many there are now. Raises Invalid naming the row."""
    found: dict[int, CityRow] = {}
    for number, row in enumerate(rows, 1):
        cells = _cells(number, row, CITY_COLUMNS)
        adcode = _adcode(number, cells)
        if adcode is None:
            raise _bad(number, _("a city or its division code is missing"))
        if cells["tier"] not in {"", *Tier}:
            raise _bad(number, _("a tier is one of: %(known)s") % {"known": ", ".join(Tier)})
        if cells["climate"] not in {"", *Climate}:
            raise _bad(number, _("a climate zone is one of: %(known)s") % {"known": ", ".join(Climate)})
        city = geography.city_of(adcode)
        found[city] = CityRow(city, cells["tier"], cells["climate"])
    with writing(brand_id):
        CityRule.objects.filter(brand_id=brand_id).delete()
        CityRule.objects.bulk_create(CityRule(brand_id=brand_id, **row._asdict()) for row in found.values())
        audit.record(
            brand_id, str(actor), "city_rules.set", "brand", brand_id, detail={"city_count": len(found)}
        )
        hooks.changed(brand_id, What.PLACE, None)
    return len(found)


def tiers(brand_id: int) -> dict[int, str]:
    """code → tier as the brand sees it."""
    return geography.tiers({row.adcode: row.tier for row in city_rules(brand_id)})


def climates(brand_id: int) -> dict[int, str]:
    return geography.climates({row.adcode: row.climate for row in city_rules(brand_id)})
