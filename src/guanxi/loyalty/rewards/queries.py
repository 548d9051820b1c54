"""Reads of the catalogue and of redemptions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from django.db.models import Count, Q

from guanxi.customers.lookup import customer_ids_of, subject_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty import audience
from guanxi.loyalty.ledger.queries import balances
from guanxi.loyalty.rewards import booking
from guanxi.loyalty.rewards.contracts import DELIVERIES, FULFILMENTS, HOLDING, Price, Shown, State
from guanxi.loyalty.rewards.families import household_of
from guanxi.loyalty.rewards.models import Redemption, RedemptionStep, Reward, RewardPayment
from guanxi.loyalty.rewards.redeeming import UNCOUNTED, conditions_of, sale_of
from guanxi.loyalty.rewards.rules import Sale, missing, most_of, prices_of

PAGE: Final = 50
MOST_SHOWN: Final = 200  # rewards on a phone


class Counts(NamedTuple):
    """Redemptions of a reward: waiting for money or for the hand-out, handed over, undone."""

    waiting: int = 0
    had: int = 0
    undone: int = 0


class Offer(NamedTuple):
    """A reward as a member sees it. `lacks` are the units missing for each price, in the order of `prices`;
    `left` is None where pieces are not counted; `had_all`: as many as anybody may have."""

    reward: Reward
    prices: Sequence[Price]
    lacks: Sequence[int]
    sale: Sale
    left: int | None
    had_all: bool

    @property
    def can(self) -> bool:
        open_now = self.sale in (Sale.OPEN, Sale.EARLY)
        return open_now and self.left != 0 and not self.had_all and not all(self.lacks)


class Asked(NamedTuple):
    """Which redemptions. `text` is a code for collecting or a tracking number."""

    state: str = ""
    delivery: str = ""
    reward: str = ""
    customer_id: int = 0
    text: str = ""
    before: int = 0  # ids below; 0: from the newest


def rewards(brand_id: int, states: Collection[Shown] = tuple(Shown)) -> list[Reward]:
    """In the order of the catalogue."""
    rows = Reward.objects.filter(brand_id=brand_id, state__in=[one.value for one in states])
    return list(rows.order_by("place", "code"))


def counts(brand_id: int) -> dict[int, Counts]:
    """reward → its redemptions."""
    holding = Q(state__in=sorted(HOLDING))
    undone = Q(state__in=UNCOUNTED)
    rows = Redemption.objects.filter(brand_id=brand_id).values("reward_id")
    told = rows.annotate(
        waiting=Count("pk", filter=holding), undone=Count("pk", filter=undone), every=Count("pk")
    )
    return {
        one["reward_id"]: Counts(one["waiting"], one["every"] - one["waiting"] - one["undone"], one["undone"])
        for one in told
    }


def left(brand_id: int, rows: Collection[Reward]) -> dict[str, int]:
    """code → pieces that can still be had, of those that are counted or whose kind can make no more than
    so many."""
    counted = [row.code for row in rows if row.stocked]
    found = {**dict.fromkeys(counted, 0), **booking.left(brand_id, counted)}
    for kind in FULFILMENTS:
        ours = [row for row in rows if row.kind == kind.name]
        if kind.left is None or not ours:
            continue
        for row, most in zip(ours, kind.left(brand_id, [row.settings for row in ours]), strict=True):
            if most is not None:
                found[row.code] = min(most, found.get(row.code, most))
    return found


def offers(brand: BrandRow, customer_id: int, code: str = "") -> list[Offer]:
    """What a member sees of the catalogue: all that is open, comes, or is sold out; nothing that is for
    others. The same few queries for any number."""
    rows = [row for row in rewards(brand.pk, [Shown.ACTIVE]) if not code or row.code == code][:MOST_SHOWN]
    if not rows:
        return []
    asked = {key: data for row in rows for key, data in conditions_of(row).items()}
    held = audience.holding(brand, asked, customer_id)
    subjects = subject_ids_of(brand.pk, customer_id)
    has = spendable(brand.pk, customer_id)
    stock = left(brand.pk, rows)
    mine, home = _had(rows, subjects), _had(rows, household_of(brand.pk, customer_id))
    found = []
    for row in rows:
        prices, now = prices_of(row.prices), sale_of(brand, row, held, now_ms())
        if now in (Sale.NOT_YOURS, Sale.OVER, Sale.CLOSED):
            continue
        lacks = [missing(one, has.get(one.asset, 0)) for one in prices]
        most = most_of(row.per_customer, row.kind)
        most_home = most_of(row.per_household, row.kind)
        had_all = (most is not None and mine.get(row.pk, 0) >= most) or (
            most_home is not None and home.get(row.pk, 0) >= most_home
        )
        found.append(Offer(row, prices, lacks, now, stock.get(row.code), had_all))
    return found


def spendable(brand_id: int, customer_id: int) -> dict[str, int]:
    """asset → units that a customer can spend."""
    found = balances(brand_id, subject_ids_of(brand_id, customer_id))
    return {one.asset.code: one.standing.spendable for one in found}


def _had(rows: Sequence[Reward], subject_ids: Sequence[int]) -> dict[int, int]:
    found = Redemption.objects.filter(reward__in=rows, subject_id__in=list(subject_ids))
    counted = found.exclude(state__in=UNCOUNTED).values_list("reward_id").annotate(Count("pk"))
    return dict(counted)


def redemptions(brand_id: int, asked: Asked, limit: int = PAGE) -> list[Redemption]:
    """The newest first. Raises Invalid for a state or a delivery that there is not."""
    for name, known in (("state", set(State)), ("delivery", set(DELIVERIES))):
        if (value := getattr(asked, name)) and value not in known:
            raise Invalid(
                say("There is no '%(value)s'.", value=value[:20]),
                remedy=say("Use one of: %(known)s.", known=", ".join(sorted(known))),
                field=name,
            )
    rows = Redemption.objects.filter(brand_id=brand_id).select_related("reward")
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.delivery:
        rows = rows.filter(delivery=asked.delivery)
    if asked.reward:
        rows = rows.filter(reward__code=asked.reward)
    if asked.customer_id:
        rows = rows.filter(subject_id__in=subject_ids_of(brand_id, asked.customer_id))
    if asked.text:
        plain = asked.text.strip().replace("\0", "")
        rows = rows.filter(Q(code=plain.upper()) | Q(tracking=plain))
    if asked.before:
        rows = rows.filter(pk__lt=asked.before)
    return list(rows.order_by("-pk")[:limit])


def by_state(brand_id: int) -> dict[str, int]:
    """state → how many redemptions are in it."""
    rows = Redemption.objects.filter(brand_id=brand_id)
    return dict(rows.values_list("state").annotate(Count("pk")))


def redemption(brand_id: int, redemption_id: int) -> Redemption:
    """Raises NotFound."""
    rows = Redemption.objects.filter(brand_id=brand_id, pk=redemption_id).select_related("reward")
    row = rows.first()
    if row is None:
        raise NotFound(say("There is no such redemption."), redemption=redemption_id)
    return row


def customers_of(brand_id: int, rows: Collection[Redemption]) -> Mapping[int, int]:
    """subject → customer, of these redemptions."""
    return customer_ids_of(brand_id, {row.subject_id for row in rows})


def steps(redemption_id: int) -> list[RedemptionStep]:
    """What happened to it, the oldest first."""
    return list(RedemptionStep.objects.filter(redemption_id=redemption_id).order_by("pk"))


def payments(redemption_id: int) -> list[RewardPayment]:
    return list(RewardPayment.objects.filter(redemption_id=redemption_id).order_by("pk"))
