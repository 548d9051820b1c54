"""What the ledger says of a customer."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Sum

from guanxi.customers.lookup import families_of
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import Place
from guanxi.loyalty.ledger.models import Account, Asset


class Standing(NamedTuple):
    """Units of one asset that a customer has. `spendable` is wallets less what is held and owed, never below
    0; `held` is set aside; `coming` is announced to arrive."""

    spendable: int = 0
    posted: int = 0
    held: int = 0
    coming: int = 0
    owed: int = 0


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
