"""What this room copies into a sandbox: the programme, with stocks and budgets to try it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.loyalty.booking import contracts as bookings
from guanxi.loyalty.booking import defining
from guanxi.loyalty.booking.models import BookingPlan, BookingService
from guanxi.loyalty.coupons import campaigns
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rewards import catalogue
from guanxi.loyalty.rewards import contracts as rewards
from guanxi.loyalty.rewards.models import Reward, RewardPicture
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.models import Rule, RuleGroup
from guanxi.loyalty.tiers import services as tiers
from guanxi.loyalty.tiers.models import TierProgramme
from guanxi.platform.sandbox.contracts import COPIERS, Copier, Copying

PIECES: Final = 10_000  # of each stock: none runs out while somebody tries
BUDGET: Final = 1_000_000  # units of each budget
KEY: Final = "sandbox"


def register() -> None:
    COPIERS.register(Copier("assets", say("Assets"), 400, _assets))
    COPIERS.register(Copier("tiers", say("Tiers"), 410, _tiers))
    COPIERS.register(Copier("coupons", say("Coupon campaigns"), 420, _coupons))
    COPIERS.register(Copier("rewards", say("Rewards"), 430, _rewards))
    COPIERS.register(Copier("services", say("Services"), 440, _services))
    COPIERS.register(Copier("rules", say("Rules"), 450, _rules))


def _assets(copying: Copying) -> int:
    def create(row: AssetRow) -> None:
        assets.create(copying.target.pk, row._replace(id=0, version=1), actor=copying.actor)
        if row.kind == "prize":
            stock = Move(Account(row.code, Place.ISSUED), Account(row.code, Place.STOCK), PIECES)
            posting = Posting(f"{KEY}:stock:{row.code}", "stock.received", [stock], now_ms())
            post(copying.target.pk, [posting], actor=copying.actor)

    there = {row.code for row in assets.assets(copying.target.pk)}
    known = [row for row in assets.assets(copying.source.pk) if row.code not in there]
    return copying.each("assets", known, lambda row: row.code, create)


def _tiers(copying: Copying) -> int:
    rows = TierProgramme.objects.filter(pk=copying.source.pk)

    def put(row: TierProgramme) -> None:
        tiers.put(copying.target, copying.there(row.definition), 0, actor=copying.actor)

    return copying.each("tiers", rows, str, put)


def _coupons(copying: Copying) -> int:
    """Campaigns that have not ended, without their unique codes."""
    brand_id, actor = copying.target.pk, copying.actor

    def create(row: CouponCampaign) -> None:
        given = {name: getattr(row, name) for name in campaigns.FIELDS}
        made = campaigns.create(brand_id, {**given, "condition": copying.there(row.condition)}, actor=actor)
        if made.limited:
            campaigns.add_stock(brand_id, made.pk, PIECES, key=KEY, actor=actor)
        for state in _steps(row.state, "active", "paused"):
            made = campaigns.set_state(brand_id, made.pk, made.version, state, actor=actor)

    rows = CouponCampaign.objects.filter(brand_id=copying.source.pk).exclude(state="ended").order_by("pk")
    return copying.each("coupons", rows, lambda row: row.code, create)


def _rewards(copying: Copying) -> int:
    brand, actor = copying.target, copying.actor

    def put(row: Reward) -> None:
        given = {name: getattr(row, name) for name in rewards.Wanted._fields}
        for name in ("condition", "early_condition"):
            given[name] = copying.there(given[name])
        made = catalogue.put(brand, rewards.Wanted(**given), version=0, actor=actor)
        if row.stocked:
            catalogue.fill(brand.pk, row.code, PIECES, key=KEY, actor=actor)
        picture = RewardPicture.objects.filter(brand_id=row.brand_id, name=row.picture).first()
        if picture is not None:
            catalogue.set_picture(brand.pk, row.code, bytes(picture.content), actor=actor)
        if row.state != made.state:
            catalogue.set_state(brand.pk, row.code, made.version, row.state, actor=actor)

    rows = Reward.objects.filter(brand_id=copying.source.pk).order_by("pk")
    return copying.each("rewards", rows, lambda row: row.code, put)


def _services(copying: Copying) -> int:
    def create(row: BookingService) -> None:
        given = {name: getattr(row, name) for name in bookings.Wanted._fields}
        wanted = bookings.Wanted(**{**given, "audience": copying.there(row.audience)})
        plans = dict(BookingPlan.objects.filter(service=row).values_list("store", "lines"))
        defining.create(copying.target, wanted, plans, actor=copying.actor)

    rows = BookingService.objects.filter(brand_id=copying.source.pk).order_by("pk")
    return copying.each("services", rows, lambda row: row.name_zh, create)


def _rules(copying: Copying) -> int:
    """Rules that are not archived, with their groups; each budget has units."""
    brand, actor = copying.target, copying.actor
    for group in RuleGroup.objects.filter(brand_id=copying.source.pk).order_by("pk"):
        rules.set_group(brand, group.name, group.mode, cap=group.cap, actor=actor)

    def create(row: Rule) -> None:
        made = rules.create(
            brand,
            row.name,
            copying.there(row.definition),
            actor=actor,
            description=row.description,
            priority=row.priority,
            group=row.group.name if row.group else "",
        )
        for asset in _budgets(row):
            rules.fund(brand, made, asset, BUDGET, key=f"{KEY}:{made}:{asset}", actor=actor)
        version = 1
        for state in _steps(row.state, State.ACTIVE, State.PAUSED):
            version = rules.set_state(brand, made, version, state, actor=actor)

    rows = Rule.objects.filter(brand_id=copying.source.pk).exclude(state=State.ARCHIVED.value)
    named = rows.select_related("group").order_by("pk")
    return copying.each("rules", named, lambda row: row.name, create)


def _budgets(row: Rule) -> list[str]:
    found = {one.get("asset") for one in row.definition["effects"] if one.get("source") == "budget"}
    return sorted(str(asset) for asset in found if asset)


def _steps(state: str, *line: str) -> Iterator[str]:
    """The states on the way from a draft to `state`."""
    if state in line:
        yield from line[: line.index(state) + 1]
