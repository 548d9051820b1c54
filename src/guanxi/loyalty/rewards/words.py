"""How prices, rewards and redemptions are written on pages, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from guanxi.loyalty.console.shown import name_of, units
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.rewards.contracts import DELIVERIES, FULFILMENTS, LOOKS, Delivery, Price, State
from guanxi.loyalty.rewards.models import Redemption, Reward
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui import figures
from guanxi.ui.parts import Badge


def assets_of(brand: Brand) -> dict[str, AssetRow]:
    return {one.code: one for one in assets.assets(brand.pk)}


def called(row: Reward) -> str:
    return (row.name if figures.in_chinese() else row.name_en or row.name) or row.code


def text_of(row: Reward) -> str:
    return row.text if figures.in_chinese() else row.text_en or row.text


def amount(brand: Brand, known: Mapping[str, AssetRow], code: str, number: int) -> str:
    """1,000 points, or ¥10.00 of credit."""
    asset = known.get(code) or AssetRow(0, code, "points")
    return _("%(units)s %(asset)s") % {"units": units(asset, brand, number), "asset": name_of(asset)}


def price(brand: Brand, known: Mapping[str, AssetRow], one: Price) -> str:
    """200 points + ¥39.00."""
    money = figures.money(one.fen, brand.currency) if one.fen else ""
    if not one.units:
        return money or _("for nothing")
    said = amount(brand, known, one.asset, one.units)
    return f"{said} + {money}" if money else said


def prices(brand: Brand, known: Mapping[str, AssetRow], many: Sequence[Price]) -> str:
    return _(" or ").join(price(brand, known, one) for one in many)


def price_of(brand: Brand, known: Mapping[str, AssetRow], row: Redemption) -> str:
    return price(brand, known, Price(row.asset, row.units, row.fen))


def badge(state: str) -> Badge:
    look = LOOKS[State(state)]
    return Badge(spoken(look.label), look.tone)  # type: ignore[arg-type]


def given_path(row: Redemption) -> str:
    """Where the team looks at what was given; "" where there is no such page."""
    kind = FULFILMENTS.get(row.reward.kind)
    return kind.console(row.brand_id, row.given) if row.given and kind and kind.console else ""


def given_to_read(row: Redemption) -> str:
    """What the member reads of it: nothing where a page shows it."""
    kind = FULFILMENTS.get(row.reward.kind)
    return "" if kind and kind.phone else row.given


def use_path(row: Redemption, slug: str) -> str:
    """Where the member uses what was given; "" where there is no such page."""
    kind = FULFILMENTS.get(row.reward.kind)
    is_theirs = bool(row.given) and State(row.state) in (State.HANDED_OUT, State.SENT, State.DONE)
    return kind.phone(row.brand_id, slug, row.given) if is_theirs and kind and kind.phone else ""


def kind(name: str) -> str:
    found = FULFILMENTS.get(name)
    return spoken(found.label) if found else name


def delivery(name: str) -> str:
    return spoken(DELIVERIES[Delivery(name)])
