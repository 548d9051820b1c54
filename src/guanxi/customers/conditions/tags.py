"""`tag.has`: the tags of a customer, whoever put them there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from guanxi.customers.conditions.subjects import flags
from guanxi.customers.models import Tag
from guanxi.customers.tag_dictionary import dictionary_names
from guanxi.customers.tags import tags_of_many
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
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
from guanxi.kernel.conditions.predicates import every, some

TAG: Final = "tag"


def has(name: str) -> Feature:
    """Whether the customer has the tag; a tag that the dictionary does not have, nobody has."""
    return Feature(TAG, name, ValueType.BOOLEAN, absent=False)


class Tags(Source):
    name = TAG
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        return {
            customer: Values({feature: True for feature in features if feature.key in names})
            for customer, names in tags_of_many(brand.pk, customer_ids).items()
            if names
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        names = [str(feature.key) for feature in features]
        rows = Tag.objects.filter(brand_id=brand.pk, name__in=names)
        ids = dict(rows.values_list("name", "pk"))
        taggings = tables["taggings"]
        wanted = taggings.filter(taggings.tag_id.isin([0, *ids.values()]))
        return flags(wanted, [wanted.tag_id == ids.get(name, 0) for name in names], tables)


def _suggested(brand: BrandRow) -> list[Choice]:
    return [Choice(name, label, label) for name, label in dictionary_names(brand.pk)]


def _predicate(leaf: Leaf) -> Predicate:
    parts: list[Predicate] = [Compare(has(name), Op.EQ, True) for name in leaf["tags"]]
    return every(parts) if leaf["match"] == "all" else some(parts)


def _all_of(leaf: Leaf, tongue: Tongue) -> str:
    """The tags one after the other, where all of several are asked for."""
    if leaf["match"] != "all" or len(leaf["tags"]) < 2:
        return ""
    return ("、" if tongue.is_chinese else ", ").join(_words(leaf, tongue))


def _any_of(leaf: Leaf, tongue: Tongue) -> str:
    return tongue.either(_words(leaf, tongue))


def _words(leaf: Leaf, tongue: Tongue) -> list[str]:
    """The tags by their labels, where these were put in."""
    return [tongue.quoted(label) for label in dict(leaf.values).get("called") or leaf["tags"]]


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    if tags := _all_of(leaf, tongue):
        return tongue.say("has all of the tags %(tags)s", tags=tags)
    return tongue.say("has the tag %(tags)s", tags=_any_of(leaf, tongue))


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    if tags := _all_of(leaf, tongue):
        return tongue.say("lacks one of the tags %(tags)s", tags=tags)
    return tongue.say("does not have the tag %(tags)s", tags=_any_of(leaf, tongue))


def register() -> None:
    SOURCES.register(Tags())
    LEAVES.register(
        LeafType(
            "tag.has",
            "有标签",
            "Has a tag",
            "tags",
            "The customer has any (or all) of the tags, by hand, by rule or by import, as they are now.",
            (
                Param("tags", ParamType.TEXTS, "标签", "Tags", required=True, suggest=_suggested),
                Param(
                    "match",
                    ParamType.CHOICE,
                    "满足",
                    "Which of them",
                    default="any",
                    choices=(Choice("any", "任意一个", "Any of them"), Choice("all", "全部", "All of them")),
                ),
            ),
            _sentence,
            _predicate,
            denial=_denial,
        )
    )
