"""How many units an account may hold: floors and ceilings of wallets, stocks and budgets."""

from __future__ import annotations

from typing import Final

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import FLOORS, MOST_UNITS, OF_SUBJECTS, Account, Place
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Asset
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.writing import writing

SETTABLE: Final = frozenset({Place.WALLET, Place.STOCK, Place.BUDGET})


def set_limits(
    brand_id: int, account: Account, floor: int | None, ceiling: int | None, *, actor: Actor | str
) -> None:
    """From now on the account never has less than `floor` (None: as its place has by itself, 0) nor, with
    what is announced to arrive, more than `ceiling` (None: any). Whatever would pass them is refused, also
    what comes back of a refund.

    Raises Invalid for limits that cannot be and places that have none, NotFound for an asset that there is
    not, and Conflict where what the account holds today is beyond them: nothing is changed then.
    """
    floor = FLOORS.get(account.place) if floor is None else floor
    _check(account, floor, ceiling)
    with writing():
        asset = Asset.objects.filter(brand_id=brand_id, code=account.asset).first()
        if asset is None:
            raise NotFound(say("There is no asset '%(code)s'.", code=account.asset), asset=account.asset)
        found = AccountRow.objects.filter(
            asset=asset, place=account.place.value, subject_id=account.subject_id, name=account.name
        )
        told = {"brand_id": brand_id, "floor": FLOORS.get(account.place)}
        identity = {"place": account.place.value, "subject_id": account.subject_id, "name": account.name}
        AccountRow.objects.get_or_create(asset=asset, **identity, defaults=told)
        row = found.select_for_update(no_key=True).get()
        _fits(row, floor, ceiling)
        found.update(floor=floor, ceiling=ceiling)
        detail = {
            "asset": account.asset,
            "floor": str(floor),
            "ceiling": "" if ceiling is None else str(ceiling),
        }
        audit.record(brand_id, actor, "ledger.limited", "account", str(row.pk), detail=detail)


def _check(account: Account, floor: int | None, ceiling: int | None) -> None:
    if account.place not in SETTABLE or (account.subject_id > 0) != (account.place in OF_SUBJECTS):
        raise Invalid(
            say("Wallets, stocks and budgets have limits, other accounts have none."), field="account"
        )
    if floor is None or not 0 <= floor <= MOST_UNITS:
        raise Invalid(say("A floor is between 0 and %(most)s units.", most=MOST_UNITS), field="floor")
    if ceiling is not None and not floor <= ceiling <= MOST_UNITS:
        message = say("A ceiling is between the floor and %(most)s units.", most=MOST_UNITS)
        raise Invalid(message, field="ceiling")


def _fits(row: AccountRow, floor: int | None, ceiling: int | None) -> None:
    have, coming = row.posted - row.held, row.posted + row.coming
    if floor is not None and have < floor:
        raise Conflict(
            say("The account has %(have)s units, fewer than that floor.", have=have),
            remedy=say("Set a lower floor, or fill the account first."),
            reason="below_floor",
            have=have,
        )
    if ceiling is not None and coming > ceiling:
        raise Conflict(
            say("The account has %(have)s units with those announced, more than that ceiling.", have=coming),
            remedy=say("Set a higher ceiling."),
            reason="above_ceiling",
            have=coming,
        )
