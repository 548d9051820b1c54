"""One language for segments, rules and journeys: a small tree of questions, parsed, printed, and turned into
comparisons of features that rooms' sources compute. See docs/guide/conditions.md and docs/adr/0100."""

from guanxi.kernel.conditions.features import SOURCES, BrandRow, Feature, Moment, Source, Values, ValueType
from guanxi.kernel.conditions.invalid import ConditionInvalid
from guanxi.kernel.conditions.leaves import (
    LEAVES,
    Choice,
    Comparison,
    Fault,
    LeafType,
    Param,
    ParamType,
    Step,
    Vocabulary,
)
from guanxi.kernel.conditions.meaning import features_of, predicate_of, topics_of
from guanxi.kernel.conditions.parsing import MAX_BYTES, MAX_DEPTH, MAX_LEAVES, dump, loads, parse
from guanxi.kernel.conditions.predicates import Compare, Every, Known, Never, Op, Predicate, Some, holds
from guanxi.kernel.conditions.printing import describe, sentence
from guanxi.kernel.conditions.tree import (
    EVERYBODY,
    NOBODY,
    All,
    AnyOf,
    Condition,
    Leaf,
    Not,
    leaves_of,
    replaced,
)
from guanxi.kernel.conditions.windows import EVER, Window
from guanxi.kernel.conditions.wording import ENGLISH, Tongue

__all__ = [
    "ENGLISH",
    "EVER",
    "EVERYBODY",
    "LEAVES",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_LEAVES",
    "NOBODY",
    "SOURCES",
    "All",
    "AnyOf",
    "BrandRow",
    "Choice",
    "Compare",
    "Comparison",
    "Condition",
    "ConditionInvalid",
    "Every",
    "Fault",
    "Feature",
    "Known",
    "Leaf",
    "LeafType",
    "Moment",
    "Never",
    "Not",
    "Op",
    "Param",
    "ParamType",
    "Predicate",
    "Some",
    "Source",
    "Step",
    "Tongue",
    "ValueType",
    "Values",
    "Vocabulary",
    "Window",
    "describe",
    "dump",
    "features_of",
    "holds",
    "leaves_of",
    "loads",
    "parse",
    "predicate_of",
    "replaced",
    "sentence",
    "topics_of",
]
