"""How units, accounts and moves are written on pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.customers.console.faces import Face, faces
from guanxi.kernel.money import WITHOUT_MINOR_UNIT
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import MOST_UNITS, NEVER_MS, Kind, Place
from guanxi.loyalty.ledger.reading import Side
from guanxi.loyalty.ledger.words import KINDS, PLACES, reason_name
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.ui import figures
from guanxi.ui.parts import Badge, Tone

IN_MONEY: Final = frozenset({"credit", "gesture"})  # one unit is a minor unit of the brand's currency
_AMOUNT: Final = re.compile(r"(\d{1,14})(?:\.(\d{1,2}))?")
_TONES: Final[Mapping[Kind, Tone]] = {
    Kind.PENDING: "info",
    Kind.CLAW: "warn",
    Kind.RETURN: "good",
    Kind.EXPIRE: "warn",
    Kind.PAY: "accent",
}


class Account(NamedTuple):
    """A link to an account, as a page names it."""

    label: str
    note: str
    url: str


def name_of(asset: AssetRow) -> str:
    return asset.called(chinese=figures.in_chinese())


def units(asset: AssetRow, brand: Brand, number: int | None, *, sign: bool = False) -> str:
    """1,200, or ¥12.00 where units are money; with `sign` "+1,200"."""
    if number is None:
        return figures.UNKNOWN
    text = figures.money(number, brand.currency) if asset.kind in IN_MONEY else figures.number(number)
    return f"+{text}" if sign and number > 0 else text.replace("-", "\N{MINUS SIGN}")


def read_units(asset: AssetRow, brand: Brand, text: str) -> int | None:
    """The inverse, of what somebody typed; None where it is no such number."""
    found = _AMOUNT.fullmatch(re.sub(r"[\s,¥￥]", "", text))
    if found is None:
        return None
    whole, rest = int(found[1]), found[2] or ""
    if asset.kind in IN_MONEY and brand.currency not in WITHOUT_MINOR_UNIT:
        number = whole * 100 + int(rest.ljust(2, "0") or 0)
    elif rest.strip("0"):
        return None
    else:
        number = whole
    return number if number <= MOST_UNITS else None


def expiry(at_ms: int | None, brand: Brand) -> str:
    if at_ms is None or at_ms >= NEVER_MS:
        return _("never")
    return figures.exact(at_ms, brand.timezone)[:16]


def move_badge(kind: Kind) -> Badge:
    return Badge(spoken(KINDS[kind]), _TONES.get(kind, ""))


def reason(code: str) -> str:
    return spoken(reason_name(code))


def place(name: Place) -> str:
    return spoken(PLACES[name])


def known(brand: Brand, customer_ids: Collection[int | None]) -> dict[int, Face]:
    return faces(brand.pk, {one for one in customer_ids if one is not None})


def link(people: Mapping[int, Face], side: Side) -> Account:
    """Whose account it is: a customer's (masked), that of somebody who is gone, or the brand's own."""
    url, where = reverse("ledger-account", args=[side.account_id]), side.place
    if not side.subject_id:
        note = place(where) if side.name else _("The brand's own")
        return Account(side.name or place(where), note, url)
    face = people.get(side.customer_id or 0)
    if face is None:
        return Account(_("Nobody any more"), place(where), url)
    return Account(face.title, f"{place(where)} · #{face.customer_id}", url)
