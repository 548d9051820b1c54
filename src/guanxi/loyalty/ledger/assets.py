"""The assets of a brand: what there is to count, and how much of it is where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.db import IntegrityError, connection

from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import ENTRIES, MOST_UNITS, Place
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.ledger.words import ASSET_KINDS
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.writing import writing

MOST_ASSETS: Final = 500
LONGEST_NAME: Final = 120
MOST_PRICE_FEN: Final = 10**9
MOST_DAYS: Final = 36_500
USUAL_BY_HAND: Final = 10_000
_CODE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}")


class AssetRow(NamedTuple):
    """`unit_price_fen` is what one unit costs the brand, `lasts_days` how long units given by hand live,
    `most_by_hand` the most of one adjustment."""

    id: int
    code: str
    kind: str
    name: str = ""
    name_en: str = ""
    unit_price_fen: int | None = None
    lasts_days: int | None = None
    most_by_hand: int = USUAL_BY_HAND
    version: int = 1

    def called(self, *, chinese: bool) -> str:
        return (self.name or self.name_en if chinese else self.name_en or self.name) or self.code


class Totals(NamedTuple):
    """Units of an asset. `issued` is what was made less what was taken back; `held` is what customers have,
    `owed` what they owe, `coming` is announced to them, `set_aside` announced to leave them; `stock` and
    `budget` are what is left. `wallets` is how many have an account."""

    issued: int = 0
    held: int = 0
    owed: int = 0
    spent: int = 0
    expired: int = 0
    given: int = 0
    coming: int = 0
    set_aside: int = 0
    stock: int = 0
    budget: int = 0
    wallets: int = 0


def assets(brand_id: int) -> list[AssetRow]:
    """By code."""
    rows = Asset.objects.filter(brand_id=brand_id).order_by("code")[:MOST_ASSETS]
    return [AssetRow._make(row) for row in rows.values_list(*AssetRow._fields)]


def find(brand_id: int, code: str) -> AssetRow:
    """Raises NotFound."""
    row = Asset.objects.filter(brand_id=brand_id, code=code).values_list(*AssetRow._fields).first()
    if row is None:
        raise NotFound(say("There is no asset '%(code)s'.", code=code[:60]), asset=code[:60])
    return AssetRow._make(row)


def create(brand_id: int, wanted: AssetRow, *, actor: Actor) -> AssetRow:
    """Raises Invalid with `field`, and Conflict where the code is taken."""
    checked = _checked(wanted)
    if not _CODE.fullmatch(wanted.code):
        raise Invalid(
            say("A code has 1 to 60 small letters, digits, dots, dashes and underscores; a letter is first."),
            remedy=say("For example: points, credit, coupon.spring."),
            field="code",
        )
    if wanted.kind not in ASSET_KINDS:
        known = ", ".join(ASSET_KINDS)
        raise Invalid(
            say("There is no kind of asset '%(kind)s'.", kind=wanted.kind[:20]),
            remedy=say("Use one of: %(known)s.", known=known),
            field="kind",
        )
    try:
        with writing():
            made = Asset.objects.create(brand_id=brand_id, code=wanted.code, kind=wanted.kind, **checked)
            detail = {"code": wanted.code, "kind": wanted.kind}
            audit.record(brand_id, actor, "asset.created", "asset", wanted.code, detail=detail)
    except IntegrityError:
        raise Conflict(
            say("There is an asset '%(code)s' already.", code=wanted.code),
            remedy=say("Take another code, or change that one."),
            field="code",
        ) from None
    return wanted._replace(id=made.pk, **checked)


def change(brand_id: int, wanted: AssetRow, *, actor: Actor) -> AssetRow:
    """Names, price, days and limit as in `wanted`; code and kind stay. Raises Invalid, NotFound, and Conflict
    where somebody changed it since `wanted.version` was read."""
    checked = _checked(wanted)
    with writing():
        now = find(brand_id, wanted.code)
        changed = [name for name, value in checked.items() if getattr(now, name) != value]
        if not changed:
            return now
        rows = Asset.objects.filter(pk=now.id, version=wanted.version)
        if not rows.update(**checked, version=wanted.version + 1):
            raise Conflict(
                say("Somebody changed this asset meanwhile."), remedy=say("Look at it again, then save.")
            )
        audit.record(brand_id, actor, "asset.changed", "asset", now.code, detail={"fields": changed})
    return find(brand_id, wanted.code)


def _checked(wanted: AssetRow) -> dict[str, Any]:
    names = {name: " ".join(getattr(wanted, name).split()) for name in ("name", "name_en")}
    for field, text in names.items():
        if len(text) > LONGEST_NAME or not text.isprintable():
            message = say("A name has at most %(most)s characters, on one line.", most=LONGEST_NAME)
            raise Invalid(message, remedy=say("Shorten it."), field=field)
    whole = {
        "unit_price_fen": (wanted.unit_price_fen, 0, MOST_PRICE_FEN),
        "lasts_days": (wanted.lasts_days, 1, MOST_DAYS),
        "most_by_hand": (wanted.most_by_hand, 0, MOST_UNITS),
    }
    for field, (value, least, most) in whole.items():
        if value is not None and not least <= value <= most:
            message = say("A whole number from %(least)s to %(most)s.", least=least, most=most)
            raise Invalid(message, field=field)
    return {**names, **{field: value for field, (value, _least, _most) in whole.items()}}


_OF_ACCOUNTS: Final = """
    SELECT a.asset_id, a.place, sum(a.posted), sum(a.held), sum(a.coming), count(*) FROM loyalty_account a
    JOIN loyalty_asset x ON x.id = a.asset_id WHERE x.brand_id = %s GROUP BY a.asset_id, a.place
"""
# What is issued is most of the ledger, and follows from the rest: the entries of an asset add up to 0.
_SUMMED: Final = (Place.SPENT, Place.EXPIRED, Place.GIVEN)


def totals(brand_id: int) -> dict[int, Totals]:
    """asset id → its totals, in three queries."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OF_ACCOUNTS, [brand_id])
        for asset_id, place, posted, held, coming, count in cursor.fetchall():
            told = found.setdefault(asset_id, {})
            if place == Place.WALLET:
                told |= {"held": int(posted), "coming": int(coming), "set_aside": int(held), "wallets": count}
            elif place == Place.DEBT:
                told["owed"] = -int(posted)
            elif place in (Place.STOCK, Place.BUDGET):
                told[place] = int(posted)
    for (asset_id, place), units in _summed(brand_id).items():
        found.setdefault(asset_id, {})[place] = units
    return {asset_id: _with_issued(told) for asset_id, told in found.items()}


def _with_issued(told: Mapping[str, int]) -> Totals:
    rest = Totals(**told)
    made = rest.held - rest.owed + rest.stock + rest.budget + rest.spent + rest.expired + rest.given
    return rest._replace(issued=made)


def _summed(brand_id: int) -> dict[tuple[int, str], int]:
    """(asset, place) → the sum of its entries, of the places that keep no balance."""
    kinds = ", ".join(str(int(kind)) for kind in sorted(ENTRIES))
    sql = (
        "SELECT a.asset_id, a.place, sum(m.units) FROM loyalty_account a JOIN loyalty_asset x"
        " ON x.id = a.asset_id JOIN loyalty_move m ON m.{side}_id = a.id"
        f" WHERE x.brand_id = %s AND a.subject_id = 0 AND a.place IN (%s, %s, %s) AND m.kind IN ({kinds})"
        " GROUP BY a.asset_id, a.place"
    )
    found: dict[tuple[int, str], int] = {}
    with connection.cursor() as cursor:
        for side, sign in (("target", 1), ("source", -1)):
            cursor.execute(sql.replace("{side}", side), [brand_id, *_SUMMED])
            for asset_id, place, units in cursor.fetchall():
                found[asset_id, place] = found.get((asset_id, place), 0) + sign * int(units)
    return found
