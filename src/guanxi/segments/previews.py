"""Conditions asked of the lake while they are being built, and what a segment is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanxi.customers.languages import language_name
from guanxi.customers.lookup import living
from guanxi.customers.places import place_name
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.conditions import BrandRow, Condition, Leaf, Moment, parse
from guanxi.platform.language import tongue
from guanxi.segments.contracts import Composition, Mode, Preview, Trait
from guanxi.segments.definitions import IN_SEGMENT, resolve
from guanxi.segments.queries import said_both_ways
from guanxi.segments.services import find
from guanxi.warehouse import queries as warehouse

SAMPLE: Final = 20
SMALL_MEMBERS: Final = 30
SMALL_EXPECTED: Final = 5.0
MOST_VALUES: Final = 12  # of one trait
SEEN_DAYS: Final = (30, 90, 180, 365)


def preview(brand: BrandRow, condition: Mapping[str, Any] | Condition, *, sample: int = SAMPLE) -> Preview:
    """How many customers a condition holds of, and the first of them. Raises ConditionInvalid."""
    from guanxi.segments import compiling  # noqa: PLC0415 - Ibis, which start-up need not load

    parsed = parse(condition) if isinstance(condition, Mapping) else condition
    resolved = resolve(brand.pk, parsed)
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    everybody = warehouse.tables()["customers"]
    said = said_both_ways(brand, parsed)
    if sample:
        count, found = compiling.counted(brand, resolved, moment, sample)
    else:
        count, found = compiling.count(brand, resolved, moment), []
    return Preview(
        count=count,
        customers=int(warehouse.run(brand, everybody.aggregate(n=everybody.count()))["n"][0].as_py()),
        sample=living(brand.pk, found),
        as_of_ms=moment.as_of_ms,
        synced_ms=warehouse.synced_ms(brand),
        sentence_zh=said[0],
        sentence_en=said[1],
    )


def composition(brand: BrandRow, segment_id: int) -> Composition:
    """What a segment is made of against all customers, by trait and value: one pass over the lake for the
    members and one for each trait. Raises NotFound, ConditionInvalid."""
    from guanxi.segments import compiling  # noqa: PLC0415 - Ibis, which start-up need not load

    row = find(brand.pk, segment_id)
    condition = (
        resolve(brand.pk, parse(row.condition, stored=True), segment_id)
        if row.mode == Mode.LIVE
        else Leaf(IN_SEGMENT, (("segment", segment_id),))
    )
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    inside = compiling.expression(brand, {segment_id: condition}, moment)
    inside = inside.select(member_id=inside.customer_id, inside=inside[f"s{segment_id}"].cast("int64"))
    customers = warehouse.tables()["customers"]
    joined = customers.left_join(inside, [("customer_id", "member_id")])
    joined = joined.mutate(inside=joined.inside.fill_null(0))
    (whole,) = warehouse.run(
        brand, joined.aggregate(customers=joined.count(), members=joined.inside.sum())
    ).to_pylist()
    base, members = int(whole["customers"]), int(whole["members"] or 0)
    traits: list[Trait] = []
    for name, expression in _traits(joined, moment).items():
        valued = joined.mutate(value=expression)
        counted = valued.group_by("value").aggregate(base=valued.count(), inside=valued.inside.sum())
        for found in warehouse.run(brand, counted).to_pylist():
            value = _label(name, found["value"])
            traits.append(_trait((name, value), (int(found["inside"]), members), (int(found["base"]), base)))
    return Composition(members, base, _shown(traits))


def _traits(customers: Any, moment: Moment) -> dict[str, Any]:
    """What customers are compared by, each as a whole number or text; NULL is unknown."""
    age_days = (moment.as_of_ms - customers.last_ms) // DAY_MS
    known_days = (moment.as_of_ms - customers.first_ms) // DAY_MS
    return {
        "gender": customers.gender,
        "province": (customers.adcode // 10_000).cast("int64"),
        "city": customers.adcode.cast("int64"),
        "language": customers.language,
        "last_seen": _bucket(age_days),
        "known_for": _bucket(known_days),
    }


def _bucket(days: Any) -> Any:
    """The first bound that the days do not reach; NULL beyond the last."""
    import ibis  # noqa: PLC0415 - half a second that only compositions need

    found = ibis.null("int64")
    for bound in reversed(SEEN_DAYS):
        found = ibis.ifelse(days < bound, ibis.literal(bound, "int64"), found)
    return found


def _days(bound: int | None) -> str:
    """A span of `SEEN_DAYS` by the bound that it does not reach."""
    if bound is None:
        return _("%(days)s days or more") % {"days": SEEN_DAYS[-1]}
    if bound == SEEN_DAYS[0]:
        return _("less than %(days)s days") % {"days": bound}
    least = SEEN_DAYS[SEEN_DAYS.index(bound) - 1]
    return _("%(least)s to %(most)s days") % {"least": least, "most": bound - 1}


def _label(trait: str, value: Any) -> str:
    if trait in {"last_seen", "known_for"}:
        return _days(value)
    if value in {None, ""}:
        return ""
    in_chinese = tongue().is_chinese
    if trait == "province":
        return place_name(int(value) * 10_000, chinese=in_chinese) or str(value)
    if trait == "city":
        return place_name(int(value), chinese=in_chinese) or str(value)
    return language_name(str(value), chinese=in_chinese) if trait == "language" else str(value)


def _trait(named: tuple[str, str], within: tuple[int, int], among: tuple[int, int]) -> Trait:
    """Of how many members, and of how many customers, so many have the value."""
    (trait, value), (inside, members), (base, everybody) = named, within, among
    inside_share = inside / members if members else 0.0
    base_share = base / everybody if everybody else 0.0
    lift = inside_share / base_share if base_share and members else None
    small = members < SMALL_MEMBERS or members * base_share < SMALL_EXPECTED
    return Trait(trait, value, inside, base, inside_share, base_share, lift, small)


def _shown(traits: list[Trait]) -> list[Trait]:
    """Of each trait the values that most customers have; what stands out most comes first, what may be
    chance last."""
    kept: list[Trait] = []
    for name in dict.fromkeys(one.trait for one in traits):
        values = sorted((one for one in traits if one.trait == name), key=lambda one: (-one.base, one.value))
        kept += values[:MOST_VALUES]
    return sorted(kept, key=lambda one: (one.small, -(one.lift or 0.0), one.trait, one.value))
