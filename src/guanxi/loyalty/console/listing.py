"""The lists of assets and accounts as shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guanxi.loyalty.console.shown import Account, known, link, name_of, units
from guanxi.loyalty.ledger.assets import AssetRow, Totals
from guanxi.loyalty.ledger.contracts import LIMITED, Place
from guanxi.loyalty.ledger.reading import AccountRow
from guanxi.loyalty.ledger.words import ASSET_KINDS
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui.figures import compact_money, money, number
from guanxi.ui.parts import Figure


@dataclass(frozen=True, slots=True)
class Query:
    """What the address asks for; what it does not understand is as if it were absent."""

    place: str = ""
    text: str = ""
    after: int = 0

    @classmethod
    def from_address(cls, parameters: Mapping[str, str]) -> Query:
        where, after = parameters.get("place", ""), parameters.get("after", "")
        return cls(
            where if where in set(Place) else "",
            parameters.get("q", "").strip().replace("\0", "")[:80],
            int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else 0,
        )

    def url(self, code: str, **changes: str) -> str:
        words = {"place": self.place, "q": self.text, **changes}
        kept = {name: value for name, value in words.items() if value}
        return reverse("ledger-asset", args=[code]) + (f"?{urlencode(kept)}" if kept else "")


class Cell(NamedTuple):
    """A number of an asset, and the accounts that it is the sum of."""

    label: str
    text: str
    url: str


class Shown(NamedTuple):
    """An asset as a row. `worth` is that of what customers hold; nothing where no price is known."""

    row: AssetRow
    name: str
    kind: str
    cells: Sequence[Cell]
    worth: str


def shown(brand: Brand, row: AssetRow, total: Totals) -> Shown:
    def cell(label: str, count: int, where: Place) -> Cell:
        url = reverse("ledger-asset", args=[row.code]) + f"?place={where}"
        return Cell(label, units(row, brand, count), url)

    cells = [
        cell(_("With customers"), total.held, Place.WALLET),
        cell(_("Announced"), total.coming, Place.WALLET),
        cell(_("Owed"), total.owed, Place.DEBT),
        cell(_("Issued"), total.issued, Place.ISSUED),
        cell(_("Spent"), total.spent, Place.SPENT),
        cell(_("Expired"), total.expired, Place.EXPIRED),
    ]
    if total.stock or row.kind in {"coupon", "prize", "seat"}:
        cells.append(cell(_("In stock"), total.stock, Place.STOCK))
    if total.budget or row.kind == "budget":
        cells.append(cell(_("Budget left"), total.budget, Place.BUDGET))
    worth = "" if row.unit_price_fen is None else money(total.held * row.unit_price_fen, brand.currency)
    return Shown(row, name_of(row), spoken(ASSET_KINDS.get(row.kind, row.kind)), cells, worth)


def figures_of(brand: Brand, rows: Sequence[AssetRow], totals: Mapping[int, Totals]) -> list[Figure]:
    """What is owed to customers over all assets, as far as prices are known."""
    priced = [row for row in rows if row.unit_price_fen is not None]
    worth = sum(totals.get(row.id, Totals()).held * (row.unit_price_fen or 0) for row in priced)
    missing = len(rows) - len(priced)
    wallets = sum(one.wallets for one in totals.values())
    return [
        Figure(
            _("What customers hold is worth"),
            compact_money(worth, brand.currency) if priced else number(None),
            _("Units in wallets times the price of one unit, over all assets with a price."),
            _unpriced(missing),
            money(worth, brand.currency) if priced else "",
        ),
        Figure(_("Assets"), number(len(rows)), _("What is counted, each in whole units.")),
        Figure(_("Wallets"), number(wallets), _("One of each profile of a customer and asset.")),
    ]


def _unpriced(missing: int) -> str:
    said = ngettext("%(n)s asset has no price.", "%(n)s assets have no price.", missing)
    return said % {"n": missing} if missing else ""


class AccountShown(NamedTuple):
    """An account as a row of the list."""

    account: Account
    balance: str
    held: str
    coming: str


def account_rows(brand: Brand, asset: AssetRow, rows: Sequence[AccountRow]) -> list[AccountShown]:
    people = known(brand, [row.customer_id for row in rows])
    return [
        AccountShown(
            link(people, row.side),
            units(asset, brand, row.balance),
            units(asset, brand, row.held) if row.place in LIMITED and row.held else "",
            units(asset, brand, row.coming) if row.place in LIMITED and row.coming else "",
        )
        for row in rows
    ]
