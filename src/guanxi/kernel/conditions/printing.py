"""A condition as one sentence, without the subject: "is a woman and ordered at least twice"."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.kernel.conditions.leaves import LEAVES, Vocabulary
from guanxi.kernel.conditions.tree import All, AnyOf, Condition, Leaf, Not
from guanxi.kernel.conditions.wording import Tongue, spaced


def sentence(condition: Condition, tongue: Tongue, vocabulary: Vocabulary = LEAVES) -> str:
    """What the condition says of a customer; brackets stand only where the meaning needs them."""
    match condition:
        case All(()):
            return tongue.say("is anybody")
        case AnyOf(()):
            return tongue.say("is nobody")
        case Leaf():
            return describe(condition, tongue, vocabulary)
        case Not(part):
            return _denied(part, tongue, vocabulary)
        case All(parts):
            return _joined(parts, tongue, vocabulary, tongue.say("%(first)s and %(second)s"))
        case AnyOf(parts):
            return _joined(parts, tongue, vocabulary, tongue.say("%(first)s or %(second)s"))


def describe(leaf: Leaf, tongue: Tongue, vocabulary: Vocabulary = LEAVES) -> str:
    """What one leaf says of a customer."""
    said = vocabulary[leaf.name].sentence(leaf, tongue)
    return spaced(said) if tongue.is_chinese else said


def _denied(part: Condition, tongue: Tongue, vocabulary: Vocabulary) -> str:
    if isinstance(part, Leaf) and (denial := vocabulary[part.name].denial):
        said = denial(part, tongue)
        return spaced(said) if tongue.is_chinese else said
    if part == All():
        return tongue.say("is nobody")
    if part == AnyOf():
        return tongue.say("is anybody")
    return tongue.say("does not match (%(what)s)", what=sentence(part, tongue, vocabulary))


def _joined(parts: Sequence[Condition], tongue: Tongue, vocabulary: Vocabulary, template: str) -> str:
    said = [_part(part, len(parts), tongue, vocabulary) for part in parts]
    whole = said[0]
    for part in said[1:]:
        whole = template % {"first": whole, "second": part}
    return whole


def _part(part: Condition, siblings: int, tongue: Tongue, vocabulary: Vocabulary) -> str:
    text = sentence(part, tongue, vocabulary)
    is_group = isinstance(part, All | AnyOf) and len(part.parts) > 1
    return tongue.say("(%(what)s)", what=text) if is_group and siblings > 1 else text
