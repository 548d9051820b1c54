"""`consent.is`: what customers agreed to, refused and were never asked, by the ledger of consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from guanxi.customers.conditions.consents_lake import Asked, verdicts
from guanxi.customers.consent import texts
from guanxi.customers.consent.contracts import Why
from guanxi.customers.consent.purposes import CHANNELS, MARKETING, PURPOSES, Purpose, asked, places
from guanxi.customers.consent.queries import Known, known_of
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
from guanxi.kernel.conditions.features import Value, column, earliest
from guanxi.kernel.conditions.predicates import every, some
from guanxi.kernel.wording import say

CONSENT: Final = "consent"


class Answer(StrEnum):
    """What the leaf asks for; of each purpose and channel exactly one holds."""

    GIVEN = "given"
    REFUSED = "refused"
    LAPSED = "lapsed"
    NEVER = "never"


WORDS: Final[Mapping[Answer, tuple[str, ...]]] = {
    Answer.GIVEN: (Why.GIVEN.value,),
    Answer.REFUSED: (Why.REFUSED.value, Why.WITHDRAWN.value),
    Answer.LAPSED: (Why.PURPOSE_CHANGED.value, Why.GUARDIAN_MISSING.value),
    Answer.NEVER: (Why.NOT_ASKED.value,),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a purpose on a channel, "" where it has none: a word of `Why`."""

    purpose: str
    channel: str


def standing(purpose: str, channel: str) -> Feature:
    return Feature(CONSENT, Standing(purpose, channel), ValueType.TEXT, Why.NOT_ASKED.value)


class Consents(Source):
    """Statements count from the moment at which they were made, whenever they were recorded."""

    name = CONSENT

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        renewals = texts.all_renewals(brand.pk)
        wanted = [(feature, _asked(feature, renewals, moment)) for feature in features]
        return {
            customer: Values(
                {feature: _why(one, known, moment) for feature, one in wanted},
                earliest(*(_changes_ms(one, known, moment) for _feature, one in wanted)),
            )
            for customer, known in known_of(brand.pk, customer_ids).items()
        }

    def each(
        self, brand: BrandRow, features: Sequence[Feature], asked: Sequence[tuple[int, Moment]]
    ) -> list[Mapping[Feature, Value]]:
        renewals = texts.all_renewals(brand.pk)
        known = known_of(brand.pk, sorted({number for number, _moment in asked}))
        return [
            {feature: _why(_asked(feature, renewals, at), known[number], at) for feature in features}
            if number in known
            else {}
            for number, at in asked
        ]

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        (feature,) = features
        found = verdicts(_asked(feature, texts.all_renewals(brand.pk), moment), tables, moment)
        return found.select("customer_id", **{column(0): found.why}, changes_ms=found.changes_ms)

    def parts(self, features: Sequence[Feature]) -> list[Sequence[Feature]]:
        return [[feature] for feature in features]


def _asked(feature: Feature, renewals: texts.Renewals, moment: Moment) -> Asked:
    key: Any = feature.key
    present, next_ms = texts.renewal_at(renewals.get(key.purpose, ()), moment.as_of_ms)
    return Asked(key.purpose, key.channel, present, next_ms)


def _why(one: Asked, known: Known, moment: Moment) -> str:
    return known.verdict(one.purpose, one.channel, one.renewal, moment.as_of_ms).why.value


def _changes_ms(one: Asked, known: Known, moment: Moment) -> int | None:
    said = [known.words.get((one.purpose, channel), ()) for channel in {"", one.channel}]
    later = [word.at_ms for words in said for word in words if word.at_ms > moment.as_of_ms]
    return earliest(one.renewed_ms if any(said) else None, *later)


# ---------------------------------------------------------------- the leaf


def _purposes() -> list[Choice]:
    return [Choice(one.name, one.label_zh, one.label_en) for one in asked()]


def _channels() -> list[Choice]:
    return [Choice(one.name, one.label_zh, one.label_en) for one in CHANNELS]


def _places(leaf: Leaf) -> Sequence[str]:
    """The channels that are meant."""
    purpose = PURPOSES.get(leaf["purpose"])
    return leaf["channels"] or (places(purpose) if purpose else [""])


def _predicate(leaf: Leaf) -> Predicate:
    answer = Answer(leaf["is"])
    words = WORDS[answer]
    parts: list[Predicate] = [
        Compare(standing(leaf["purpose"], channel), Op.AMONG, words) for channel in _places(leaf)
    ]
    return every(parts) if answer is Answer.NEVER else some(parts)


def _check(leaf: Leaf) -> Fault | None:
    purpose = PURPOSES.get(leaf["purpose"])
    if leaf["channels"] and purpose is not None and not purpose.by_channel:
        return Fault("channels", say("nothing: this purpose has no channels"), list(leaf["channels"]))
    return None


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    purpose = _purpose_name(PURPOSES.get(leaf["purpose"]), leaf, tongue)
    if not leaf["channels"]:
        return {
            Answer.GIVEN: tongue.say("has agreed to %(purpose)s", purpose=purpose),
            Answer.REFUSED: tongue.say("has refused %(purpose)s", purpose=purpose),
            Answer.LAPSED: tongue.say("has to be asked again about %(purpose)s", purpose=purpose),
            Answer.NEVER: tongue.say("was never asked about %(purpose)s", purpose=purpose),
        }[Answer(leaf["is"])]
    said = {
        "purpose": purpose,
        "channels": tongue.either([_channel(one, tongue) for one in leaf["channels"]]),
    }
    return {
        Answer.GIVEN: tongue.say("has agreed to %(purpose)s by %(channels)s", **said),
        Answer.REFUSED: tongue.say("has refused %(purpose)s by %(channels)s", **said),
        Answer.LAPSED: tongue.say("has to be asked again about %(purpose)s by %(channels)s", **said),
        Answer.NEVER: tongue.say("was never asked about %(purpose)s by %(channels)s", **said),
    }[Answer(leaf["is"])]


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    if leaf["is"] != Answer.GIVEN:
        return tongue.say("does not match (%(what)s)", what=_sentence(leaf, tongue))
    purpose = _purpose_name(PURPOSES.get(leaf["purpose"]), leaf, tongue)
    if not leaf["channels"]:
        return tongue.say("has not agreed to %(purpose)s", purpose=purpose)
    channels = tongue.either([_channel(one, tongue) for one in leaf["channels"]])
    return tongue.say("has not agreed to %(purpose)s by %(channels)s", purpose=purpose, channels=channels)


def _purpose_name(purpose: Purpose | None, leaf: Leaf, tongue: Tongue) -> str:
    return tongue.quoted(purpose.label(chinese=tongue.is_chinese) if purpose else leaf["purpose"])


def _channel(name: str, tongue: Tongue) -> str:
    found = CHANNELS.get(name)
    return tongue.quoted(found.label(chinese=tongue.is_chinese) if found else name)


def register() -> None:
    SOURCES.register(Consents())
    LEAVES.register(
        LeafType(
            "consent.is",
            "同意情况",
            "Consent",
            "consent",
            "What the customer says to a purpose: `given`, `refused` (or withdrawn, until they lift it "
            "themselves), `lapsed` (agreed, but to a text that has changed since, or as a child under 14 "
            "without a guardian) or `never` (nothing was said). By one of the channels, by any where none is "
            "named; `never` by all of them.",
            (
                Param(
                    "is",
                    ParamType.CHOICE,
                    "情况",
                    "What they said",
                    required=True,
                    choices=(
                        Choice(Answer.GIVEN, "已同意", "Agreed"),
                        Choice(Answer.REFUSED, "已拒绝或撤回", "Refused or withdrawn"),
                        Choice(Answer.LAPSED, "需重新征得同意", "To be asked again"),
                        Choice(Answer.NEVER, "从未征求", "Never asked"),
                    ),
                ),
                Param(
                    "purpose",
                    ParamType.CHOICE,
                    "用途",
                    "To what",
                    "a purpose that needs consent (docs/guide/consent.md)",
                    default=MARKETING,
                    choices=_purposes,
                ),
                Param(
                    "channels",
                    ParamType.CHOICES,
                    "渠道",
                    "By",
                    "one or more channels, of a purpose that has them",
                    choices=_channels,
                ),
            ),
            _sentence,
            _predicate,
            _denial,
            _check,
        )
    )
