"""Leaves that this room owns: being in another segment, and figures with a name.

Both stand for something stored with the brand. Before a condition is asked they are put in (`definitions`): a
live segment's own condition, the comparison that a computed field stands for. Frozen and scheduled segments
are read from their membership, by the source below.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Condition,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Source,
    Tongue,
    Values,
    ValueType,
)
from guanxi.kernel.conditions.features import column
from guanxi.segments.contracts import State
from guanxi.segments.definitions import EXPANSIONS, IN_SEGMENT, Resolver
from guanxi.segments.membership import held
from guanxi.segments.models import Segment

SOURCE = "membership"


class MembershipSource(Source):
    """Whether a customer is in a frozen or scheduled segment."""

    name = SOURCE
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> Mapping[int, Values]:
        return {
            customer: Values({feature: feature.key in segments for feature in features})
            for customer, segments in held(brand.pk, customer_ids).items()
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        import ibis  # noqa: PLC0415 - half a second that start-up need not

        rows = tables["memberships"]
        rows = rows.filter(rows.segment_id.isin([int(str(feature.key)) for feature in features]))
        grouped = rows.group_by("customer_id").aggregate(
            **{
                column(at): (rows.segment_id == feature.key).cast("int64").max()
                for at, feature in enumerate(features)
            }
        )
        return grouped.select(
            "customer_id",
            **{column(at): grouped[column(at)] == 1 for at in range(len(features))},
            changes_ms=ibis.null("int64"),
        )

    def topics(self, feature: Feature) -> Collection[str]:
        return {f"{SOURCE}:{feature.key}"}


def _predicate(leaf: Leaf) -> Compare:
    return Compare(Feature(SOURCE, leaf["segment"], ValueType.BOOLEAN, False), Op.EQ, True)


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("is in the segment %(name)s", name=tongue.quoted(_name(leaf)))


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.say("is not in the segment %(name)s", name=tongue.quoted(_name(leaf)))


def _name(leaf: Leaf) -> str:
    """The name that was put in, else the one that is stored."""
    return dict(leaf.values).get("name") or name_of(leaf["segment"])


def name_of(segment_id: int) -> str:
    """A segment's name. Conditions are resolved, within their brand, before they are said."""
    found = Segment.objects.filter(pk=segment_id).exclude(state=State.DELETED)
    return found.values_list("name", flat=True).first() or f"#{segment_id}"


def _suggest(brand: BrandRow) -> Sequence[Choice]:
    rows = Segment.objects.filter(brand_id=brand.pk, state=State.ACTIVE).order_by("name")
    return [Choice(str(pk), name, name) for pk, name in rows.values_list("pk", "name")]


def _expand(leaf: Leaf, resolver: Resolver) -> Condition:
    return resolver.segment(leaf["segment"])


IN = LeafType(
    IN_SEGMENT,
    "属于人群",
    "In a segment",
    "segments",
    "Whether the customer is in another segment of the brand. Of a live segment its condition is asked, of a "
    "frozen or scheduled one its members are read.",
    (
        Param(
            "segment",
            ParamType.INTEGER,
            "人群",
            "Segment",
            "its id",
            required=True,
            suggest=_suggest,
            least=1,
        ),
    ),
    _sentence,
    _predicate,
    denial=_denial,
)


def register() -> None:
    LEAVES.register(IN)
    SOURCES.register(MembershipSource())
    EXPANSIONS[IN_SEGMENT] = _expand
