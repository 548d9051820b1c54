"""`preference.is`: what customers said they prefer. The newest word counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from guanxi.customers.answers import FieldType
from guanxi.customers.conditions.subjects import finished
from guanxi.customers.preferences import Answer, Definition, answers_of_many, definitions
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
from guanxi.kernel.conditions.features import Value, column
from guanxi.kernel.conditions.predicates import every, some
from guanxi.kernel.wording import say
from guanxi.warehouse.queries import per_customer

PREFERENCE: Final = "preference"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_SINGLE: Final = frozenset((FieldType.CHOICE, FieldType.TEXT, FieldType.BOOLEAN))


@dataclass(frozen=True, slots=True)
class Says:
    """Whether the answer is, or holds, this value."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """Whether there is an answer."""

    field: str


@dataclass(frozen=True, slots=True)
class Amount:
    """The thousandths of a number, or the days since 1970 of a date."""

    field: str
    of: str  # number, date


def _feature(key: Says | Said | Amount) -> Feature:
    if isinstance(key, Amount):
        return Feature(PREFERENCE, key, ValueType.INTEGER)
    return Feature(PREFERENCE, key, ValueType.BOOLEAN, absent=False)


class Preferences(Source):
    name = PREFERENCE
    is_timeless = True

    def now(
        self, brand: BrandRow, features: Sequence[Feature], customer_ids: Sequence[int], moment: Moment
    ) -> dict[int, Values]:
        fields = _fields(brand)
        return {
            customer: Values({feature: _value(feature.key, fields, answers) for feature in features})
            for customer, answers in answers_of_many(brand.pk, customer_ids).items()
        }

    def table(
        self, brand: BrandRow, features: Sequence[Feature], tables: Mapping[str, Any], moment: Moment
    ) -> Any:
        """The newest statement of each customer to each field, and then a row a customer."""
        import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

        fields = _fields(brand)
        ids = {fields[name].id for name in {_name(feature.key) for feature in features} if name in fields}
        stated = tables["preferences"]
        stated = stated.filter(stated.field_id.isin([0, *sorted(ids)])).mutate(stated_with=stated.subject_id)
        mapped = per_customer(stated, tables["subject_map"])
        newest = ibis.row_number().over(
            group_by=[mapped.customer_id, mapped.field_id],
            order_by=[mapped.at_ms.desc(), mapped.stated_with.desc()],
        )
        ranked = mapped.mutate(place=newest)
        counted = ranked.filter(ranked.place == 0)
        columns = {column(at): _column(one.key, fields, counted) for at, one in enumerate(features)}
        together = counted.group_by("customer_id").aggregate(**columns)
        return finished(
            together,
            {
                name: together[name] if one.type is ValueType.INTEGER else together[name] == 1
                for name, one in zip(columns, features, strict=True)
            },
        )


def _fields(brand: BrandRow) -> dict[str, Definition]:
    return {field.name: field for field in definitions(brand.pk, archived=True)}


def _name(key: object) -> str:
    assert isinstance(key, Says | Said | Amount)
    return key.field


def _value(key: object, fields: Mapping[str, Definition], answers: Mapping[int, Answer]) -> Value:
    field = fields.get(_name(key))
    answer = answers.get(field.id) if field else None
    known = field is not None and answer is not None and bool(answer.text)
    if isinstance(key, Amount):
        return answer.number if known and answer and field and field.type == key.of else None
    if not known or not answer or not field:
        return False
    if isinstance(key, Said):
        return True
    assert isinstance(key, Says)
    if field.type is FieldType.CHOICES:
        return f"|{key.value}|" in answer.text
    return field.type in _SINGLE and answer.text == key.value


def _column(key: object, fields: Mapping[str, Definition], rows: Any) -> Any:
    """The same over the newest statements of a customer: 1 or 0, or the amount."""
    import ibis  # noqa: PLC0415 - half a second that only questions to the lake need

    field = fields.get(_name(key))
    mine = rows.field_id == (field.id if field else 0)
    if isinstance(key, Amount):
        fits = mine & ibis.literal(field is not None and field.type == key.of)
        return ibis.ifelse(fits, rows.number, ibis.null("int64")).max()
    said = mine & rows.text.notnull()
    if isinstance(key, Says):
        if field is not None and field.type is FieldType.CHOICES:
            said &= rows.text.contains(f"|{key.value}|")
        elif field is not None and field.type in _SINGLE:
            said &= rows.text == key.value
        else:
            said &= ibis.literal(False)
    return ibis.ifelse(said, 1, 0).max()


# ---------------------------------------------------------------- the leaf


def _predicate(leaf: Leaf) -> Predicate:
    field = leaf["field"]
    parts: list[Predicate] = []
    if leaf["values"]:
        parts.append(some([Compare(_feature(Says(field, value)), Op.EQ, True) for value in leaf["values"]]))
    for name, op in (("at_least", Op.GE), ("at_most", Op.LE)):
        if leaf[name] is not None:
            parts.append(Compare(_feature(Amount(field, "number")), op, leaf[name]))
    for name, op in (("since", Op.GE), ("until", Op.LE)):
        if leaf[name] is not None:
            parts.append(Compare(_feature(Amount(field, "date")), op, leaf[name].toordinal() - _EPOCH))
    return every(parts or [Compare(_feature(Said(field)), Op.EQ, True)])


def _check(leaf: Leaf) -> Fault | None:
    kinds = [
        bool(leaf["values"]),
        leaf["at_least"] is not None or leaf["at_most"] is not None,
        leaf["since"] is not None or leaf["until"] is not None,
    ]
    if sum(kinds) > 1:
        expected = say("either values, or bounds of a number, or bounds of a date")
        return Fault("values", expected, leaf["values"])
    return None


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    field = _field_name(leaf, tongue)
    if leaf["values"]:
        values = tongue.either([_answer(leaf, value, tongue) for value in leaf["values"]])
        return tongue.say("prefers %(values)s for %(field)s", values=values, field=field)
    least = _bound(leaf["at_least"], leaf["since"])
    most = _bound(leaf["at_most"], leaf["until"])
    if least and most:
        return tongue.say("gave %(field)s from %(least)s to %(most)s", field=field, least=least, most=most)
    if least:
        return tongue.say("gave %(field)s of %(least)s or more", field=field, least=least)
    if most:
        return tongue.say("gave %(field)s of %(most)s or less", field=field, most=most)
    return tongue.say("has answered %(field)s", field=field)


def _denial(leaf: Leaf, tongue: Tongue) -> str:
    if _is_any_answer(leaf):
        return tongue.say("has not answered %(field)s", field=_field_name(leaf, tongue))
    return tongue.say("does not match (%(what)s)", what=_sentence(leaf, tongue))


def _definition(leaf: Leaf) -> Definition | None:
    """The field, where it was put in."""
    found: Definition | None = dict(leaf.values).get("called")
    return found


def _field_name(leaf: Leaf, tongue: Tongue) -> str:
    field = _definition(leaf)
    return tongue.quoted(tongue.label(field.label_zh, field.label_en) if field else leaf["field"])


def _answer(leaf: Leaf, value: str, tongue: Tongue) -> str:
    field = _definition(leaf)
    if field is not None and field.type is FieldType.BOOLEAN:
        return tongue.quoted(tongue.say("yes") if value == "true" else tongue.say("no"))
    known = {choice.name: tongue.label(choice.zh, choice.en) for choice in (field.choices if field else ())}
    return tongue.quoted(known.get(value, value))


def _is_any_answer(leaf: Leaf) -> bool:
    names = ("at_least", "at_most", "since", "until")
    return not leaf["values"] and all(leaf[name] is None for name in names)


def _bound(thousandths: int | None, day: date | None) -> str:
    if thousandths is not None:
        return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")
    return day.isoformat() if day else ""


def _suggested(brand: BrandRow) -> list[Choice]:
    return [Choice(field.name, field.label_zh, field.label_en) for field in definitions(brand.pk)]


def register() -> None:
    SOURCES.register(Preferences())
    LEAVES.register(
        LeafType(
            "preference.is",
            "偏好",
            "Preference",
            "preferences",
            "What the customer last said to a preference field: one of the values, a number or a date within "
            "bounds (both included), or, without any of these, anything at all. A boolean is true or false.",
            (
                Param("field", ParamType.TEXT, "偏好字段", "Question", required=True, suggest=_suggested),
                Param("values", ParamType.TEXTS, "选择了", "Answers"),
                Param("at_least", ParamType.NUMBER, "数值至少", "Number at least", least=-(10**9)),
                Param("at_most", ParamType.NUMBER, "数值至多", "Number at most", least=-(10**9)),
                Param("since", ParamType.DATE, "日期从", "Date from"),
                Param("until", ParamType.DATE, "日期到", "Date to"),
            ),
            _sentence,
            _predicate,
            _denial,
            _check,
        )
    )
