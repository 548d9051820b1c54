"""What the ledger says of a customer."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import OuterRef, Subquery, Sum

from guanxi.customers.lookup import families_of
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import NEVER_MS, Place
from guanxi.loyalty.ledger.models import Account, Asset, Lot


class Standing(NamedTuple):
    """Units of one asset that a customer has. `spendable` is wallets less what is held and owed, never below
    0; `held` is set aside; `coming` is announced to arrive."""

    spendable: int = 0
    posted: int = 0
    held: int = 0
    coming: int = 0
    owed: int = 0


class Balance(NamedTuple):
    """One asset of a customer. `next_units` of it expire at `next_ms`, before all others; None where nothing
    ever does. `accounts` are (id, place)."""

    asset: AssetRow
    standing: Standing
    next_units: int
    next_ms: int | None
    accounts: list[tuple[int, str]]


def asset(brand_id: int, code: str, kind: str = "points", name: str = "") -> Asset:
    """The brand's asset of this code, made where there is none yet."""
    found, _created = Asset.objects.get_or_create(
        brand_id=brand_id, code=code, defaults={"kind": kind, "name": name}
    )
    return found


def standing(brand_id: int, subject_id: int, code: str) -> Standing:
    """Of the customer that this subject is today. Raises NotFound for an asset that there is not."""
    return standings(brand_id, [subject_id], code)[subject_id]


def standings(brand_id: int, subject_ids: Collection[int], code: str) -> dict[int, Standing]:
    """subject → what its customer has, for subjects of the brand."""
    asset_id = Asset.objects.filter(brand_id=brand_id, code=code).values_list("pk", flat=True).first()
    if asset_id is None:
        raise NotFound(say("There is no asset '%(code)s'.", code=code), asset=code)
    families = families_of(brand_id, subject_ids)
    everybody = {number for family in families.values() for number in family}
    rows = (
        Account.objects.filter(asset_id=asset_id, subject_id__in=everybody)
        .values("subject_id", "place")
        .annotate(posted=Sum("posted"), held=Sum("held"), coming=Sum("coming"))
    )
    found = {(row["subject_id"], row["place"]): row for row in rows}
    answer = {}
    for one in subject_ids:
        wallets = [found[key] for member in families.get(one, ()) if (key := (member, Place.WALLET)) in found]
        debts = [found[key] for member in families.get(one, ()) if (key := (member, Place.DEBT)) in found]
        posted, held = sum(row["posted"] for row in wallets), sum(row["held"] for row in wallets)
        owed = -sum(row["posted"] for row in debts)
        coming = sum(row["coming"] for row in wallets)
        answer[one] = Standing(max(0, posted - held - owed), posted, held, coming, owed)
    return answer


def balances(brand_id: int, subject_ids: Collection[int]) -> list[Balance]:
    """All that the subjects of one customer have, by asset, in one query."""
    expiring = Lot.objects.filter(account=OuterRef("pk"), remaining__gt=0, expires_ms__lt=NEVER_MS)
    first = expiring.order_by("expires_ms").values("expires_ms").annotate(units=Sum("remaining"))[:1]
    rows = Account.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids), subject_id__gt=0)
    dated = rows.annotate(
        next_ms=Subquery(first.values("expires_ms")), next_units=Subquery(first.values("units"))
    )
    fields = ("pk", "place", "posted", "held", "coming", "next_ms", "next_units")
    named = [f"asset__{name}" for name in AssetRow._fields]
    found: dict[AssetRow, list[_Row]] = {}
    for row in dated.order_by("asset__code", "pk").values_list(*fields, *named):
        found.setdefault(AssetRow._make(row[len(fields) :]), []).append(_Row._make(row[: len(fields)]))
    return [_balance(asset, some) for asset, some in found.items()]


class _Row(NamedTuple):
    pk: int
    place: str
    posted: int
    held: int
    coming: int
    next_ms: int | None
    next_units: int | None


def _balance(asset: AssetRow, accounts: Collection[_Row]) -> Balance:
    wallets = [one for one in accounts if one.place == Place.WALLET]
    posted, held = sum(one.posted for one in wallets), sum(one.held for one in wallets)
    owed = -sum(one.posted for one in accounts if one.place == Place.DEBT)
    coming = sum(one.coming for one in wallets)
    next_ms = min((one.next_ms for one in wallets if one.next_ms is not None), default=None)
    next_units = sum(int(one.next_units or 0) for one in wallets if next_ms and one.next_ms == next_ms)
    standing = Standing(max(0, posted - held - owed), posted, held, coming, owed)
    return Balance(asset, standing, next_units, next_ms, [(one.pk, one.place) for one in accounts])
