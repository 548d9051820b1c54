"""The types of leaves: what rooms register so that conditions can ask about what they own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from guanxi.kernel.conditions.features import BrandRow
from guanxi.kernel.conditions.predicates import Op, Predicate
from guanxi.kernel.conditions.tree import Leaf
from guanxi.kernel.conditions.wording import Tongue
from guanxi.kernel.registries import Registry
from guanxi.kernel.wording import Wording


class ParamType(StrEnum):
    """How a parameter is written in JSON, and what it is in a `Leaf`."""

    INTEGER = "integer"
    FEN = "fen"  # whole minor units of money
    NUMBER = "number"  # decimal text or number with at most three places; thousandths in the leaf
    BOOLEAN = "boolean"
    TEXT = "text"
    TEXTS = "texts"  # one or more; a tuple
    INTEGERS = "integers"  # one or more; a tuple
    CHOICE = "choice"
    CHOICES = "choices"  # one or more; a tuple in the order of writing
    DATE = "date"  # "2026-11-25", a local day; datetime.date
    WINDOW = "window"  # {"days": 90} …; a windows.Window
    WHERE = "where"  # [{"field": "channel", "op": "eq", "value": "tmall"}]; a tuple of Comparison
    STEPS = "steps"  # [{"kinds": [...], "where": [...]}]; a tuple of Step


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field of a fact compared: `value` is a whole number, text or boolean, for AMONG a tuple of them."""

    field: str
    op: Op
    value: Any


@dataclass(frozen=True, slots=True)
class Step:
    kinds: tuple[str, ...]
    where: tuple[Comparison, ...] = ()


Choices = Sequence[Choice] | Callable[[], Sequence[Choice]]


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter. `choices` are all there are and are checked; `suggest` are what a brand has now, for
    those who build a condition: a tag that was deleted is still a valid word in one. `least` and `most`
    bound numbers; a CHOICE or CHOICES without `choices` takes any text."""

    name: str
    type: ParamType
    label_zh: str
    label_en: str
    doc: str = ""
    required: bool = False
    default: Any = None
    choices: Choices | None = None
    suggest: Callable[[BrandRow], Sequence[Choice]] | None = None
    least: int | None = None
    most: int | None = None

    def all_choices(self) -> Sequence[Choice]:
        found = self.choices() if callable(self.choices) else self.choices
        return found or ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What a leaf's own check found wrong: at which parameter, what was expected, what was there."""

    path: str
    expected: Wording
    found: Any


Phrase = Callable[[Leaf, Tongue], str]


@dataclass(frozen=True, slots=True)
class LeafType:
    """A question conditions can ask. `sentence` answers what it says of a customer, without the subject
    ("ordered at least twice", "至少下单 2 次"); `denial` the same denied, where the language has a better
    form than "not (…)". `check` sees more than one parameter can: it is skipped for conditions read from
    storage, which a later change of kinds must not make unreadable."""

    name: str
    label_zh: str
    label_en: str
    group: str  # the builder's heading: "behaviour", "profile", "tags" …
    doc: str
    params: tuple[Param, ...]
    sentence: Phrase
    predicate: Callable[[Leaf], Predicate]
    denial: Phrase | None = None
    check: Callable[[Leaf], Fault | None] | None = None
    by_name: Mapping[str, Param] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", MappingProxyType({one.name: one for one in self.params}))

    def leaf(self, **values: Any) -> Leaf:
        """A leaf of this type from values as they are in a `Leaf`; the rest by default."""
        unknown = values.keys() - self.by_name.keys()
        assert not unknown, f"{self.name} has no {', '.join(unknown)}"
        return Leaf(self.name, tuple((one.name, values.get(one.name, one.default)) for one in self.params))


Vocabulary = Registry[LeafType]
LEAVES: Vocabulary = Registry("leaf of conditions", lambda leaf: leaf.name)
