"""Leaves about the programme: `loyalty.tier`, which one a customer is in, and `loyalty.balance`, what they
have of an asset."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db import connection

from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Fault,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Predicate,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.features import column
from guanxi.kernel.conditions.predicates import between, some
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.contracts import MOST_UNITS, Place
from guanxi.loyalty.tiers.programmes import in_force
from guanxi.loyalty.tiers.queries import tiers_of
from guanxi.loyalty.tiers.standing import CHANGED
from guanxi.platform.bulk import among
from guanxi.warehouse.queries import per_customer

TIER: Final = "tier"
BALANCE: Final = "balance"
_BALANCES: Final = f"""
SELECT s.customer_id, x.code, sum(a.posted - CASE WHEN a.place = '{Place.WALLET}' THEN a.held ELSE 0 END)
FROM customers_subject s CROSS JOIN loyalty_account a JOIN loyalty_asset x ON x.id = a.asset_id
WHERE {{customers}} AND s.brand_id + 0 = %s AND a.subject_id = s.id AND a.subject_id > 0
  AND a.place IN ('{Place.WALLET}', '{Place.DEBT}') AND x.brand_id = %s AND x.code IN ({{assets}})
GROUP BY s.customer_id, x.code
"""


class Tiers(Source):
    """Whether a customer is in a tier, or in it or a higher one. A feature's key is (how, code)."""

    name = TIER
    is_timeless = True
    has_everybody = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        wanted = {feature: codes_of(brand.pk, feature) for feature in features}
        first, tiers = first_of(brand.pk), tiers_of(brand.pk, customer_ids)
        return {
            customer: Values({one: tiers.get(customer, first) in codes for one, codes in wanted.items()})
            for customer in customer_ids
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that only the lake needs

        everybody, standings = tables["customers"].select("customer_id"), tables["tier_standings"]
        mine = standings.select(holder=standings.customer_id, tier=standings.tier)
        rows = everybody.left_join(mine, everybody.customer_id == mine.holder)
        tier = ibis.coalesce(rows.tier, ibis.literal(first_of(brand.pk)))
        return rows.select(
            "customer_id",
            **{
                column(at): tier.isin(codes) if (codes := codes_of(brand.pk, one)) else ibis.literal(False)
                for at, one in enumerate(features)
            },
            changes_ms=ibis.null("int64"),
        )

    def topics(self, feature: Feature) -> Collection[str]:
        return {f"kind:{CHANGED}"}


def first_of(brand_id: int) -> str:
    """The code of the tier that is everybody's, "" where there is no programme."""
    force = in_force(brand_id)
    return force.programme.tiers[0].code if force else ""


def codes_of(brand_id: int, feature: Feature) -> list[str]:
    """The codes of the tiers that a feature is about, of those that there are today."""
    assert isinstance(feature.key, tuple)
    how, wanted = feature.key
    force = in_force(brand_id)
    codes = [tier.code for tier in force.programme.tiers] if force else []
    if wanted not in codes:
        return []
    return codes[codes.index(wanted) :] if how == "at_least" else [wanted]


class Balances(Source):
    """What a customer can spend of an asset, whose code is the feature's key."""

    name = BALANCE
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        condition, parameter = among("s.customer_id", customer_ids)
        by_code = {str(feature.key): feature for feature in features}
        sql = _BALANCES.format(customers=condition, assets=", ".join(["%s"] * len(by_code)))
        found: dict[int, dict[Feature, int]] = {}
        with connection.cursor() as cursor:
            cursor.execute(sql, [parameter, brand.pk, brand.pk, *by_code])
            for customer, code, units in cursor.fetchall():
                found.setdefault(customer, {})[by_code[code]] = max(0, int(units))
        return {customer: Values(dict(mine)) for customer, mine in found.items()}

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that only the lake needs

        rows = tables["ledger_balances"]
        rows = rows.filter(rows.asset.isin([str(feature.key) for feature in features]))
        sums = {
            column(at): ibis.ifelse(rows.asset == str(one.key), rows.units, 0).sum()
            for at, one in enumerate(features)
        }
        by_subject = rows.group_by("subject_id").aggregate(**sums)
        mapped = per_customer(by_subject, tables["subject_map"])
        together = mapped.group_by("customer_id").aggregate(**{name: mapped[name].sum() for name in sums})
        return together.select(
            "customer_id",
            **{name: ibis.greatest(together[name].cast("int64"), 0) for name in sums},
            changes_ms=ibis.null("int64"),
        )


def _suggested_tiers(brand: BrandRow) -> list[Choice]:
    force = in_force(brand.pk)
    tiers = force.programme.tiers if force else ()
    return [Choice(one.code, one.called(chinese=True), one.called(chinese=False)) for one in tiers]


def _suggested_assets(brand: BrandRow) -> list[Choice]:
    return [
        Choice(row.code, row.called(chinese=True), row.called(chinese=False))
        for row in assets.assets(brand.pk)
    ]


def _tier(leaf: Leaf) -> Predicate:
    if leaf["at_least"] is not None:
        return Compare(_feature("at_least", leaf["at_least"]), Op.EQ, True)
    return some([Compare(_feature("is", code), Op.EQ, True) for code in leaf["among"]])


def _feature(how: str, code: str) -> Feature:
    return Feature(TIER, (how, code), ValueType.BOOLEAN, absent=False)


def _check_tier(leaf: Leaf) -> Fault | None:
    if (leaf["at_least"] is None) == (leaf["among"] is None):
        return Fault("at_least", say("at_least or among, not both"), leaf["at_least"])
    return None


def _say_tier(leaf: Leaf, tongue: Tongue) -> str:
    if leaf["at_least"] is not None:
        return tongue.say("is in the tier %(tier)s or a higher one", tier=tongue.quoted(leaf["at_least"]))
    return tongue.say(
        "is in the tier %(tiers)s", tiers=tongue.either(list(map(tongue.quoted, leaf["among"])))
    )


def _deny_tier(leaf: Leaf, tongue: Tongue) -> str:
    if leaf["at_least"] is not None:
        return tongue.say("is below the tier %(tier)s", tier=tongue.quoted(leaf["at_least"]))
    tiers = tongue.either(list(map(tongue.quoted, leaf["among"])))
    return tongue.say("is not in the tier %(tiers)s", tiers=tiers)


def _balance(leaf: Leaf) -> Predicate:
    return between(Feature(BALANCE, leaf["asset"], absent=0), leaf["at_least"], leaf["at_most"])


def _check_balance(leaf: Leaf) -> Fault | None:
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    if leaf["at_least"] is not None and leaf["at_most"] is not None and leaf["at_least"] > leaf["at_most"]:
        return Fault("at_most", say("at least %(least)s", least=leaf["at_least"]), leaf["at_most"])
    return None


def _say_balance(leaf: Leaf, tongue: Tongue) -> str:
    asset, least, most = tongue.quoted(leaf["asset"]), leaf["at_least"], leaf["at_most"]
    if most is None:
        return tongue.say("has at least %(units)s of %(asset)s to spend", units=least, asset=asset)
    if least is None:
        return tongue.say("has at most %(units)s of %(asset)s to spend", units=most, asset=asset)
    return tongue.say("has %(least)s to %(most)s of %(asset)s to spend", least=least, most=most, asset=asset)


def _units(name: str, zh: str, en: str) -> Param:
    return Param(name, ParamType.INTEGER, zh, en, "units", least=0, most=MOST_UNITS)


def register() -> None:
    """Called once, at start-up."""
    SOURCES.register(Tiers())
    SOURCES.register(Balances())
    LEAVES.register(
        LeafType(
            "loyalty.tier",
            "会员等级",
            "Tier",
            "loyalty",
            "The tier that the customer is in now, earned or bought. In a tier that the programme does not "
            "have there is nobody.",
            (
                Param("at_least", ParamType.TEXT, "至少", "At least", "a code", suggest=_suggested_tiers),
                Param("among", ParamType.TEXTS, "是其中之一", "One of", "codes", suggest=_suggested_tiers),
            ),
            _say_tier,
            _tier,
            _deny_tier,
            _check_tier,
        )
    )
    LEAVES.register(
        LeafType(
            "loyalty.balance",
            "积分余额",
            "Balance",
            "loyalty",
            "What the customer can spend of an asset now: what they have, less what is set aside and owed. "
            "Who never had any has 0.",
            (
                Param(
                    "asset",
                    ParamType.TEXT,
                    "资产",
                    "Asset",
                    "its code",
                    required=True,
                    suggest=_suggested_assets,
                ),
                _units("at_least", "至少", "At least"),
                _units("at_most", "至多", "At most"),
            ),
            _say_balance,
            _balance,
            check=_check_balance,
        )
    )
