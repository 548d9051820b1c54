"""Units given and taken by hand: seen before it is done, done once, with who and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.customers.lookup import roots_of
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger import assets, queries
from guanxi.loyalty.ledger.contracts import Account, Move, Outcome, Place, Posting, State
from guanxi.loyalty.ledger.models import Adjustment
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import Standing
from guanxi.platform import audit
from guanxi.platform.actors import Actor
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

BY_HAND: Final = frozenset({"points", "credit"})  # others come of a stock or a budget
LONGEST_NOTE: Final = 200
LONGEST_TOKEN: Final = 60


class Wanted(NamedTuple):
    """`units` above 0 are given, below 0 taken. `lasts_days`: of what is given; None is for ever."""

    asset: str
    customer_id: int
    units: int
    note: str
    lasts_days: int | None = None


class Effect(NamedTuple):
    """What an adjustment does. `paid` units of what is given pay a debt. `missing` units cannot be taken:
    then it is refused."""

    asset: assets.AssetRow
    customer_id: int
    before: Standing
    after: Standing
    paid: int
    missing: int
    expires_ms: int | None


def preview(brand: Brand, wanted: Wanted) -> Effect:
    """What `adjust` would do now. Raises Invalid with `field`, and NotFound for an asset or a customer that
    there is not, or whose data is only stored."""
    asset = assets.find(brand.pk, wanted.asset)
    _check(asset, wanted)
    customer = roots_of(brand.pk, [wanted.customer_id]).get(wanted.customer_id)
    if customer is None:
        raise NotFound(
            say("There is no customer %(id)s whose balance may change.", id=wanted.customer_id),
            remedy=say("Check the number; one who was erased or frozen keeps what there is."),
            field="customer",
        )
    before = queries.standing(brand.pk, customer, asset.code)
    if wanted.units > 0:
        after, paid = _given(before, wanted.units)
        return Effect(asset, customer, before, after, paid, 0, _expiry(brand, wanted.lasts_days))
    missing = max(0, -wanted.units - before.spendable)
    taken = -wanted.units if not missing else 0
    after = before._replace(spendable=before.spendable - taken, posted=before.posted - taken)
    return Effect(asset, customer, before, after, 0, missing, None)


def _given(before: Standing, units: int) -> tuple[Standing, int]:
    """What is owed is paid first, out of all that is free."""
    free = before.posted - before.held + units
    paid = min(free, before.owed)
    posted = before.posted + units - paid
    return before._replace(spendable=free - paid, posted=posted, owed=before.owed - paid), paid


def _check(asset: assets.AssetRow, wanted: Wanted) -> None:
    if asset.kind not in BY_HAND:
        raise Invalid(
            say("Only points and store credit are given and taken by hand."),
            remedy=say("Choose another asset."),
            field="asset",
        )
    if not wanted.units:
        raise Invalid(say("Say how many units."), field="units")
    if abs(wanted.units) > asset.most_by_hand:
        raise Invalid(
            say("At most %(most)s units of this asset are given or taken at once.", most=asset.most_by_hand),
            remedy=say("Take less, or have the limit of the asset raised."),
            field="units",
        )
    if not wanted.note.strip():
        raise Invalid(say("Say why: whoever looks at the statement later sees it."), field="note")
    if len(wanted.note) > LONGEST_NOTE:
        message = say("The reason has at most %(most)s characters.", most=LONGEST_NOTE)
        raise Invalid(message, remedy=say("Shorten it."), field="note")
    if wanted.lasts_days is not None and not 1 <= wanted.lasts_days <= assets.MOST_DAYS:
        message = say("A whole number from %(least)s to %(most)s.", least=1, most=assets.MOST_DAYS)
        raise Invalid(message, field="lasts_days")


def _expiry(brand: Brand, days: int | None) -> int | None:
    """The end of that day in the brand's zone: the same all day, so that a second press asks the same."""
    if days is None:
        return None
    today = to_datetime(now_ms(), ZoneInfo(brand.timezone))
    end = (today + timedelta(days=days + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int(end.timestamp() * 1000)


def adjust(brand: Brand, wanted: Wanted, token: str, *, actor: Actor) -> Outcome:
    """Do it once under `token`: the same again answers `exists`, and a refusal says why nothing was done.
    Raises as `preview`, and Invalid for a token that cannot be one."""
    if not (0 < len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable()):
        raise Invalid(say("The key of an adjustment has 1 to %(most)s plain characters.", most=LONGEST_TOKEN))
    with writing(brand.pk):
        effect = preview(brand, wanted)
        wallet = Account(effect.asset.code, Place.WALLET, effect.customer_id)
        issued = Account(effect.asset.code, Place.ISSUED)
        if wanted.units > 0:
            reason, step = "hand.given", Move(issued, wallet, wanted.units, expires_ms=effect.expires_ms)
        else:
            reason, step = "hand.taken", Move(wallet, issued, -wanted.units)
        asked = Posting(f"hand:{token}", reason, [step], now_ms())
        (outcome,) = post(brand.pk, [asked], actor=actor)
        if outcome.state is State.POSTED:
            Adjustment.objects.create(
                brand_id=brand.pk,
                posting_id=outcome.posting_id,
                subject_id=effect.customer_id,
                note=audit.blanked(" ".join(wanted.note.split()))[:LONGEST_NOTE],
            )
            detail = {
                "asset": effect.asset.code,
                "units_count": wanted.units,
                "posting_id": outcome.posting_id,
            }
            audit.record(brand.pk, actor, "ledger.adjusted", "customer", effect.customer_id, detail=detail)
    return outcome
