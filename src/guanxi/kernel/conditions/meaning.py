"""From a condition to the comparison of features it comes to, and what that depends on."""

from __future__ import annotations

from collections.abc import Iterable

from guanxi.kernel.conditions import predicates
from guanxi.kernel.conditions.features import SOURCES, Feature, Source
from guanxi.kernel.conditions.leaves import LEAVES, Vocabulary
from guanxi.kernel.conditions.predicates import Every, Never, Predicate, Some
from guanxi.kernel.conditions.tree import All, AnyOf, Condition, Leaf, Not
from guanxi.kernel.registries import Registry


def predicate_of(condition: Condition, vocabulary: Vocabulary = LEAVES) -> Predicate:
    """What the condition comes to."""
    match condition:
        case Leaf(name):
            return vocabulary[name].predicate(condition)
        case Not(part):
            return Never(predicate_of(part, vocabulary))
        case All(parts):
            return Every(tuple(predicate_of(part, vocabulary) for part in parts))
        case AnyOf(parts):
            return Some(tuple(predicate_of(part, vocabulary) for part in parts))


def features_of(wanted: Iterable[Predicate]) -> list[Feature]:
    """The features that several predicates ask for, each once."""
    return list(dict.fromkeys(one for predicate in wanted for one in predicates.features_of(predicate)))


def topics_of(
    condition: Condition, vocabulary: Vocabulary = LEAVES, sources: Registry[Source] = SOURCES
) -> frozenset[str]:
    """What must change of a customer before the condition can, besides time: "kind:order.paid", "profile",
    "identity" …"""
    found = features_of([predicate_of(condition, vocabulary)])
    return frozenset(topic for feature in found for topic in sources[feature.source].topics(feature))
