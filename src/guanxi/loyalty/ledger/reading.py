"""Accounts and their statements. Pages go by key; every balance is computed from the entries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from guanxi.customers.lookup import customer_ids_of, subject_ids_of
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import ENTRIES, LIMITED, Kind, Place
from guanxi.loyalty.ledger.models import Account, Lot, Use
from guanxi.platform.bulk import among

LARGEST_PAGE: Final = 1_000
COUNTED_AT_MOST: Final = 100_000
LAST: Final = (1 << 63) - 1
_ENTRY_KINDS: Final = ", ".join(str(int(kind)) for kind in sorted(ENTRIES))


class Side(NamedTuple):
    """An account at one end of a move."""

    account_id: int
    place: Place
    subject_id: int
    name: str
    customer_id: int | None = None


class AccountRow(NamedTuple):
    """`balance` is units that are there, below 0 where they are owed or were issued; `customer_id` is None
    for the brand's own accounts and for subjects that are gone."""

    id: int
    asset: str
    place: Place
    subject_id: int
    name: str
    balance: int
    held: int
    coming: int
    customer_id: int | None

    @property
    def side(self) -> Side:
        return Side(self.id, self.place, self.subject_id, self.name, self.customer_id)


class AccountPage(NamedTuple):
    """`after` begins the next page; None on the last."""

    rows: list[AccountRow]
    after: int | None


class Entry(NamedTuple):
    """One side of a move, as its account sees it: `units` came (above 0) or went; `balance` is what was there
    then. `other` is the account on the other side, without its customer."""

    move_id: int
    posting_id: int
    kind: Kind
    units: int
    balance: int
    other: Side
    reason: str
    rule: str
    key: str
    actor: str
    fact_id: int | None
    occurred_ms: int
    recorded_ms: int


class Statement(NamedTuple):
    """Entries newest first. `opening` and `closing` are the balances before and after all `total` entries
    of the period, which may be more than those of this page; `before` begins the next one."""

    account: AccountRow
    opening: int
    closing: int
    total: int
    entries: list[Entry]
    before: int | None


class LotRow(NamedTuple):
    """`move_id` made it, in `posting_id`; `uses` are what took from it, newest first, at most 20."""

    move_id: int
    posting_id: int
    origin_id: int
    expires_ms: int
    units: int
    remaining: int
    uses: list[LotUse]


class LotUse(NamedTuple):
    """`units` below 0 were given back to the lot."""

    move_id: int
    posting_id: int
    kind: Kind
    units: int


class Announced(NamedTuple):
    """An open pending move of an account: `units` above 0 are to come, below 0 to go."""

    move_id: int
    posting_id: int
    units: int
    until_ms: int | None


def accounts(
    brand_id: int, asset: AssetRow, *, place: str = "", text: str = "", after: int = 0, limit: int = 50
) -> AccountPage:
    """A page of an asset's accounts by id, of one `place` where it is given. `text` is a customer's id or a
    part of the name of one of the brand's own accounts. Raises Invalid."""
    rows = _filtered(brand_id, asset, place, text).filter(pk__gt=after).order_by("pk")
    found = _rows(brand_id, list(rows.select_related("asset")[: _size(limit) + 1]))
    return AccountPage(found[:limit], found[limit - 1].id if len(found) > limit else None)


def count_accounts(brand_id: int, asset: AssetRow, *, place: str = "", text: str = "") -> tuple[int, bool]:
    """How many there are, and whether that is all: no more than 100,000 are counted."""
    rows = _filtered(brand_id, asset, place, text).order_by()
    counted = rows.values("pk")[: COUNTED_AT_MOST + 1].count()
    return min(counted, COUNTED_AT_MOST), counted <= COUNTED_AT_MOST


def _filtered(brand_id: int, asset: AssetRow, place: str, text: str) -> QuerySet[Account]:
    rows = Account.objects.filter(brand_id=brand_id, asset_id=asset.id)
    if place:
        if place not in set(Place):
            raise Invalid(
                say("There is no place '%(place)s'.", place=place[:20]),
                remedy=say("Use one of: %(known)s.", known=", ".join(Place)),
                field="place",
            )
        rows = rows.filter(place=place)
    sought = text.strip().lstrip("#")
    if sought.isdecimal() and sought.isascii():
        subjects = subject_ids_of(brand_id, int(sought)) if len(sought) < 19 else []
        return rows.filter(subject_id__in=subjects)
    return rows.filter(subject_id=0, name__icontains=sought[:80]) if sought else rows


def of_subjects(brand_id: int, subject_ids: Collection[int]) -> list[AccountRow]:
    """Wallets and debts of these subjects, by asset."""
    rows = Account.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids), subject_id__gt=0)
    return _rows(brand_id, list(rows.select_related("asset").order_by("asset__code", "pk")[:LARGEST_PAGE]))


def account(brand_id: int, account_id: int) -> AccountRow:
    """Raises NotFound."""
    found = Account.objects.filter(brand_id=brand_id, pk=min(account_id, LAST)).select_related("asset")
    rows = _rows(brand_id, list(found))
    if not rows:
        raise NotFound(say("There is no account %(id)s.", id=account_id))
    return rows[0]


def _rows(brand_id: int, found: Sequence[Account]) -> list[AccountRow]:
    people = customer_ids_of(brand_id, {one.subject_id for one in found if one.subject_id})
    unkept = balances([one.pk for one in found if one.place not in LIMITED])
    return [
        AccountRow(
            one.pk,
            one.asset.code,
            Place(one.place),
            one.subject_id,
            one.name,
            unkept.get(one.pk, 0) if one.place not in LIMITED else one.posted,
            one.held,
            one.coming,
            people.get(one.subject_id),
        )
        for one in found
    ]


def balances(account_ids: Collection[int]) -> dict[int, int]:
    """account → the sum of its entries; without those that have none."""
    found: dict[int, int] = {}
    if not account_ids:
        return found
    for side, sign in (("target_id", 1), ("source_id", -1)):
        where, these = among(f"m.{side}", account_ids)
        sql = (
            f"SELECT m.{side}, sum(m.units) FROM loyalty_move m WHERE {where}"
            f" AND m.kind IN ({_ENTRY_KINDS}) GROUP BY m.{side}"
        )
        for number, units in _fetched(sql, [these]):
            found[number] = found.get(number, 0) + sign * int(units)
    return found


def statement(
    brand_id: int,
    account_id: int,
    *,
    from_ms: int | None = None,
    until_ms: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Statement:
    """The entries of an account that were recorded from `from_ms` until before `until_ms`, a page that begins
    behind the move `before`. Raises NotFound and Invalid."""
    one = account(brand_id, account_id)
    low = 0 if from_ms is None else _last_before(account_id, from_ms)
    high = LAST if until_ms is None else _last_before(account_id, until_ms)
    top = high if before is None else min(high, before - 1)
    below, whole, above = _sums(account_id, low, high, top)
    entries: list[Entry] = []
    balance = below[1] + whole[1] - above
    for row in _page(account_id, low, top, _size(limit) + 1):
        entries.append(_entry(row, balance))
        balance -= int(row[3])
    following = entries[limit - 1].move_id if len(entries) > limit else None
    opening = below[1]
    return Statement(one, opening, opening + whole[1], whole[0], entries[:limit], following)


def _sums(account_id: int, low: int, high: int, top: int) -> tuple[tuple[int, int], tuple[int, int], int]:
    """(number, sum) of the entries up to `low` and of those of the period, and the sum of the part of these
    that is newer than the page."""
    sql = (
        "SELECT {sign} * coalesce(sum(CASE WHEN id <= %s THEN units END), 0),"
        " sum(CASE WHEN id > %s AND id <= %s THEN 1 ELSE 0 END),"
        " {sign} * coalesce(sum(CASE WHEN id > %s AND id <= %s THEN units END), 0),"
        " {sign} * coalesce(sum(CASE WHEN id > %s AND id <= %s AND id > %s THEN units END), 0)"
        " FROM loyalty_move WHERE {side} = %s AND kind IN (" + _ENTRY_KINDS + ")"
    )
    told = [0, 0, 0, 0]
    for side, sign in (("target_id", "1"), ("source_id", "-1")):
        parameters = [low, low, high, low, high, low, high, top, account_id]
        ((*parts,),) = _fetched(sql.replace("{sign}", sign).replace("{side}", side), parameters)
        told = [before + int(part or 0) for before, part in zip(told, parts, strict=True)]
    return (0, told[0]), (told[1], told[2]), told[3]


def _last_before(account_id: int, at_ms: int) -> int:
    """The newest entry that was recorded before then, or 0: periods are parts of one order of entries."""
    found = 0
    for side in ("target_id", "source_id"):
        sql = (
            f"SELECT m.id FROM loyalty_move m JOIN loyalty_posting p ON p.id = m.posting_id"
            f" WHERE m.{side} = %s AND m.kind IN ({_ENTRY_KINDS}) AND p.recorded_ms < %s"
            " ORDER BY m.id DESC LIMIT 1"
        )
        for (number,) in _fetched(sql, [account_id, at_ms]):
            found = max(found, number)
    return found


def _page(account_id: int, low: int, top: int, limit: int) -> list[tuple[Any, ...]]:
    side = (
        "SELECT * FROM (SELECT id, posting_id, kind, {sign}units AS units, {other} AS other_id"
        " FROM loyalty_move WHERE {side} = %s AND id > %s AND id <= %s"
        f" AND kind IN ({_ENTRY_KINDS}) ORDER BY id DESC LIMIT %s) {{side}}_side"
    )
    parts = (
        side.format(side="target_id", other="source_id", sign=""),
        side.format(side="source_id", other="target_id", sign="-"),
    )
    sql = (
        "SELECT e.id, e.posting_id, e.kind, e.units, o.id, o.place, o.subject_id, o.name, p.reason, p.rule,"
        f" p.key, p.actor, p.fact_id, p.occurred_ms, p.recorded_ms FROM ({' UNION ALL '.join(parts)}) e"
        " JOIN loyalty_posting p ON p.id = e.posting_id JOIN loyalty_account o ON o.id = e.other_id"
        " ORDER BY e.id DESC LIMIT %s"
    )
    window = [account_id, low, top, limit]
    return _fetched(sql, [*window, *window, limit])


def _entry(row: tuple[Any, ...], balance: int) -> Entry:
    other = Side(row[4], Place(row[5]), row[6], row[7])
    return Entry(row[0], row[1], Kind(row[2]), int(row[3]), balance, other, *row[8:])


def lots(account_id: int, *, used_up: bool = False, limit: int = 50) -> list[LotRow]:
    """Of a wallet: those with units left, in the order in which they are spent; or the newest of those that
    have none."""
    rows = Lot.objects.filter(account_id=account_id)
    if used_up:
        rows = rows.filter(remaining=0).order_by("-pk")
    else:
        rows = rows.filter(remaining__gt=0).order_by("expires_ms", "pk")
    found = list(rows[: _size(limit)])
    uses = _uses([one.pk for one in found])
    where, these = among("id", [one.pk for one in found])
    made = dict(_fetched(f"SELECT id, posting_id FROM loyalty_move WHERE {where}", [these]))
    return [
        LotRow(
            one.pk,
            made.get(one.pk, 0),
            one.origin_id,
            one.expires_ms,
            one.units,
            one.remaining,
            uses.get(one.pk, [])[:20],
        )
        for one in found
    ]


def _uses(lot_ids: Sequence[int]) -> dict[int, list[LotUse]]:
    rows = Use.objects.filter(lot_id__in=lot_ids).order_by("-pk")
    found: dict[int, list[LotUse]] = {}
    for lot, move, posting, kind, units in rows.values_list(
        "lot_id", "move_id", "move__posting_id", "move__kind", "units"
    )[:LARGEST_PAGE]:
        found.setdefault(lot, []).append(LotUse(move, posting, Kind(kind), units))
    return found


def announced(account_id: int, limit: int = 50) -> list[Announced]:
    """The open pending moves of a wallet, the oldest first."""
    found = []
    for side, sign in (("target_id", 1), ("source_id", -1)):
        sql = (
            f"SELECT p.id, p.posting_id, p.units, p.until_ms FROM loyalty_move p WHERE p.{side} = %s"
            f" AND p.kind = {int(Kind.PENDING)} AND NOT EXISTS (SELECT 1 FROM loyalty_move r"
            " WHERE r.pending_id = p.id) ORDER BY p.id LIMIT %s"
        )
        for number, posting, units, until_ms in _fetched(sql, [account_id, limit]):
            found.append(Announced(number, posting, sign * units, until_ms))
    return sorted(found)[:limit]


def _size(limit: int) -> int:
    if not 1 <= limit <= LARGEST_PAGE:
        raise Invalid(say("A page holds 1 to %(most)s rows.", most=LARGEST_PAGE), field="limit")
    return limit


def _fetched(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
