"""A statement, its lots, and the moves of a posting as shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.loyalty.console.shown import (
    Account,
    expiry,
    known,
    link,
    move_badge,
    name_of,
    place,
    reason,
    units,
)
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import LIMITED, Kind, Place
from guanxi.loyalty.ledger.history import MoveRow
from guanxi.loyalty.ledger.reading import Announced, Entry, LotRow, Side, Statement
from guanxi.platform.models import Brand
from guanxi.platform.people import actor_names
from guanxi.ui import figures
from guanxi.ui.figures import number
from guanxi.ui.parts import Badge, Figure, Pager


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of one day to the end of another, in the brand's zone; `before` begins a page."""

    first: str = ""
    last: str = ""
    from_ms: int | None = None
    until_ms: int | None = None
    before: int | None = None

    @classmethod
    def from_address(cls, parameters: Mapping[str, str], zone: str) -> Period:
        first, last = (_day(parameters.get(name, "")) for name in ("from", "until"))
        before = parameters.get("before", "")
        return cls(
            first.isoformat() if first else "",
            last.isoformat() if last else "",
            _start_ms(first, zone) if first else None,
            _start_ms(last + timedelta(days=1), zone) if last else None,
            int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else None,
        )

    def url(self, account_id: int, **more: str) -> str:
        words = {"from": self.first, "until": self.last, **more}
        kept = {name: value for name, value in words.items() if value}
        return reverse("ledger-account", args=[account_id]) + (f"?{urlencode(kept)}" if kept else "")


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 < found.year < 9000 else None


def _start_ms(day: date, zone: str) -> int:
    return int(datetime.combine(day, time(), figures.zone_of(zone)).timestamp() * 1000)


class Line(NamedTuple):
    """An entry as a row of the statement."""

    entry: Entry
    badge: Badge
    reason: str
    other: Account
    units: str
    balance: str
    actor: str


def context(brand: Brand, asset: AssetRow, told: Statement, period: Period) -> dict[str, Any]:
    row = told.account
    people = known(brand, [row.customer_id])
    here = link(people, row.side)
    names = actor_names(one.actor for one in told.entries)
    return {
        "account": row,
        "asset": asset,
        "asset_name": name_of(asset),
        "here": here,
        "place": place(row.place),
        "period": period,
        "figures": _figures(brand, asset, told, period),
        "lines": [_line(brand, asset, one, names) for one in told.entries],
        "pager": Pager(
            len(told.entries),
            number(told.total),
            period.url(row.id) if period.before else "",
            period.url(row.id, before=str(told.before)) if told.before else "",
        ),
    }


def _line(brand: Brand, asset: AssetRow, one: Entry, names: Mapping[str, str]) -> Line:
    if one.other.subject_id:
        url = reverse("ledger-account", args=[one.other.account_id])
        other = Account(place(one.other.place), "", url)
    else:
        other = link({}, one.other)
    return Line(
        one,
        move_badge(one.kind),
        reason(one.reason),
        other,
        units(asset, brand, one.units, sign=True),
        units(asset, brand, one.balance),
        names[one.actor],
    )


def _figures(brand: Brand, asset: AssetRow, told: Statement, period: Period) -> list[Figure]:
    def figure(label: str, count: int, definition: str = "") -> Figure:
        return Figure(label, units(asset, brand, count), definition)

    row = told.account
    shown = [figure(_("Balance now"), row.balance, _("The sum of all entries."))]
    if row.place in LIMITED:
        shown.append(figure(_("Set aside"), row.held, _("Announced to leave: still here, not to be spent.")))
        shown.append(figure(_("Announced"), row.coming, _("To come: shown, not to be spent yet.")))
    if period.first or period.last:
        shown.append(figure(_("At the beginning"), told.opening, _("Before the first entry of the period.")))
        shown.append(figure(_("At the end"), told.closing, _("After the last entry of the period.")))
        shown.append(figure(_("Change"), told.closing - told.opening))
    return shown


class LotShown(NamedTuple):
    """A lot as a row. `uses` are (badge, units, address of the posting)."""

    lot: LotRow
    left: str
    of: str
    expires: str
    url: str
    uses: Sequence[tuple[Badge, str, str]]


def lots(brand: Brand, asset: AssetRow, rows: Sequence[LotRow]) -> list[LotShown]:
    return [
        LotShown(
            one,
            units(asset, brand, one.remaining),
            units(asset, brand, one.units),
            expiry(one.expires_ms, brand),
            reverse("ledger-posting", args=[one.posting_id]),
            [
                (
                    move_badge(use.kind),
                    units(asset, brand, -use.units, sign=True),
                    reverse("ledger-posting", args=[use.posting_id]),
                )
                for use in one.uses
            ],
        )
        for one in rows
    ]


def announced(brand: Brand, asset: AssetRow, rows: Sequence[Announced]) -> list[tuple[str, str, str]]:
    """(units, until when, address of the posting)."""
    return [
        (
            units(asset, brand, one.units, sign=True),
            expiry(one.until_ms, brand),
            reverse("ledger-posting", args=[one.posting_id]),
        )
        for one in rows
    ]


class MoveShown(NamedTuple):
    """A move of a posting. `uses` are (units, expiry, address of the posting that made the lot), `history`
    (badge, units, when, reason, address)."""

    move: MoveRow
    badge: Badge
    asset: str
    source: Account
    target: Account
    units: str
    notes: Sequence[tuple[str, str]]
    uses: Sequence[tuple[str, str, str]]
    history: Sequence[tuple[Badge, str, int, str, str]]


def moves(brand: Brand, by_code: Mapping[str, AssetRow], rows: Sequence[MoveRow]) -> list[MoveShown]:
    sides = [side for row in rows for side in (row.source, row.target)]
    people = known(brand, [side.customer_id for side in sides])

    def account(side: Side) -> Account:
        return link(people, side)

    return [
        MoveShown(
            row,
            move_badge(row.kind),
            name_of(by_code[row.asset]),
            account(row.source),
            account(row.target),
            units(by_code[row.asset], brand, row.units),
            _notes(brand, row),
            [
                (
                    units(by_code[row.asset], brand, use.units),
                    expiry(use.expires_ms, brand),
                    reverse("ledger-posting", args=[use.posting_id]),
                )
                for use in row.uses
            ],
            [
                (
                    move_badge(one.kind),
                    units(by_code[row.asset], brand, one.units),
                    one.recorded_ms,
                    reason(one.reason),
                    reverse("ledger-posting", args=[one.posting_id]),
                )
                for one in row.history
            ],
        )
        for row in rows
    ]


def _notes(brand: Brand, row: MoveRow) -> list[tuple[str, str]]:
    found = []
    if row.kind is Kind.PENDING:
        found.append((_("Open until") if row.is_open else _("Was open until"), expiry(row.until_ms, brand)))
    if row.expires_ms is not None and row.target.place is Place.WALLET:
        found.append((_("The lot will expire"), expiry(row.expires_ms, brand)))
    return found
