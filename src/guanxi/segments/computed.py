"""Computed fields: a figure of a customer with a name, kept once and used in any condition.

    {"aggregate": "sum", "of": "net_fen", "kinds": ["order.paid", "order.refunded"], "within": {"days": 90}}

A field is an aggregate of facts; a condition compares it: {"leaf": "computed.is", "field": "net_90d",
"at_least": 50000}. It is computed with everything else that asks for the same kinds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils.translation import gettext as _

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import (
    LEAVES,
    SOURCES,
    BrandRow,
    Choice,
    Compare,
    Comparison,
    Condition,
    ConditionInvalid,
    Fault,
    Feature,
    Leaf,
    LeafType,
    Moment,
    Op,
    Param,
    ParamType,
    Predicate,
    Tongue,
    Window,
    parse,
)
from guanxi.kernel.conditions.predicates import between, every
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.writing import writing
from guanxi.segments.definitions import EXPANSIONS, Resolver
from guanxi.segments.models import ComputedField, Segment
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.conditions.keys import FACTS, Of, count, feature, total
from guanxi.touchpoints.conditions.keys import Aggregate as Figure

COMPUTED: Final = "computed.is"
MOST_FIELDS: Final = 200
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_PARTS: Final = ("aggregate", "of", "kinds", "within", "where")


class Aggregate(StrEnum):
    COUNT = "count"
    SUM = "sum"
    AVERAGE = "average"
    LEAST = "min"
    GREATEST = "max"


@dataclass(frozen=True, slots=True)
class Spec:
    """What a field aggregates; `of` is not heeded where facts are counted."""

    label_zh: str
    label_en: str
    aggregate: Aggregate
    of: Of
    kinds: tuple[str, ...]
    within: Window
    where: tuple[Comparison, ...]

    def features(self) -> list[Feature]:
        """The one feature that is the figure; of an average the sum, and what it is divided by."""
        given = (self.kinds, self.within, self.where)
        match self.aggregate:
            case Aggregate.COUNT:
                return [count(*given)]
            case Aggregate.SUM:
                return [total(self.of, *given)]
            case Aggregate.AVERAGE:
                return [total(self.of, *given), count(*given, of=self.of)]
            case Aggregate.LEAST:
                return [feature(Figure.MIN, self.of, *given)]
            case Aggregate.GREATEST:
                return [feature(Figure.MAX, self.of, *given)]


@dataclass(frozen=True, slots=True)
class Field:
    """A computed field as pages and the API show it."""

    name: str
    label_zh: str
    label_en: str
    description: str
    spec: Mapping[str, Any]
    version: int
    archived: bool


def define(
    brand: BrandRow,
    name: str,
    spec: Mapping[str, Any],
    *,
    label_zh: str,
    label_en: str,
    description: str = "",
    version: int | None = None,
    actor: object,
) -> int:
    """Make a field, or change the one that was read at `version`; its version. Segments that use a changed
    field are filled anew. Raises Invalid, ConditionInvalid, Limit; Conflict where somebody changed it
    meanwhile, or it exists and no version was given."""
    if not _NAME.fullmatch(name):
        raise Invalid(
            _("A field's name is lower-case letters, digits and _, such as orders_90d."), field="name"
        )
    label_zh, label_en = label_zh.strip()[:60], label_en.strip()[:60]
    if not (label_zh and label_en):
        raise Invalid(_("A field needs a label in Chinese and one in English."), field="label_zh")
    _spec(spec, label_zh, label_en)
    labels = {"label_zh": label_zh, "label_en": label_en}
    details: dict[str, Any] = {
        **labels,
        "description": description[:300],
        "spec": dict(spec),
        "archived": False,
    }
    with writing(brand.pk):
        if version is None:
            version = 0
            _insert(brand, name, details)
        else:
            rows = ComputedField.objects.filter(brand_id=brand.pk, name=name, version=version)
            if not rows.update(**details, version=version + 1):
                raise _meanwhile(name)
            _fill_users(brand, name)
        audit.record(
            brand.pk, str(actor), "computed.defined", "computed", name, detail={"version": version + 1}
        )
    return version + 1


def remove(brand: BrandRow, name: str, *, version: int | None = None, actor: object) -> None:
    """Raises NotFound; Conflict where it was changed since `version`, and, naming them, where segments use
    it."""
    with writing(brand.pk):
        if users := _users(brand.pk, name):
            names = ", ".join(f"'{user.name}'" for user in users[:5])
            raise Conflict(
                _("The field '%(name)s' is used by the segments %(users)s.") % {"name": name, "users": names},
                remedy=_("Take it out of them first."),
            )
        rows = ComputedField.objects.filter(brand_id=brand.pk, name=name)
        if version is not None and rows.exclude(version=version).exists():
            raise _meanwhile(name)
        if not rows.delete()[0]:
            raise NotFound(_("There is no computed field '%(name)s'.") % {"name": name})
        audit.record(brand.pk, str(actor), "computed.removed", "computed", name)


def _meanwhile(name: str) -> Conflict:
    return Conflict(
        _("Somebody changed the field '%(name)s' meanwhile.") % {"name": name},
        remedy=_("Look at it again, then repeat your change."),
        name=name,
    )


def field(brand_id: int, name: str) -> Field:
    """Raises NotFound."""
    found = next((one for one in fields(brand_id) if one.name == name), None)
    if found is None:
        raise NotFound(_("There is no computed field '%(name)s'.") % {"name": name})
    return found


def users(brand_id: int) -> dict[str, list[tuple[int, str]]]:
    """Which segments use each field: (id, name) by the field's name."""
    found: dict[str, list[tuple[int, str]]] = {}
    rows = Segment.objects.filter(brand_id=brand_id).exclude(state="deleted").order_by("name")
    for pk, name, condition in rows.values_list("pk", "name", "condition"):
        for one in _named(condition):
            found.setdefault(one, []).append((pk, name))
    return found


def said(spec: Mapping[str, Any], tongue: Tongue) -> str:
    """What a field measures, in words. Raises ConditionInvalid."""
    meant = _spec(spec, "", "", stored=True)
    given = (("kinds", meant.kinds), ("within", meant.within), ("where", meant.where))
    parts = phrases.details(Leaf("behaviour.did", given), tongue)
    if meant.aggregate is Aggregate.COUNT:
        return tongue.say("how often they %(did)s%(within)s%(channel)s%(where)s", **parts)
    parts["of"] = phrases.quantity_name(meant.of.value, tongue)
    match meant.aggregate:
        case Aggregate.SUM:
            return tongue.say(
                "%(of)s in total, of all times they %(did)s%(within)s%(channel)s%(where)s", **parts
            )
        case Aggregate.AVERAGE:
            return tongue.say(
                "%(of)s on average, of all times they %(did)s%(within)s%(channel)s%(where)s", **parts
            )
        case Aggregate.LEAST:
            return tongue.say(
                "the least of %(of)s, of all times they %(did)s%(within)s%(channel)s%(where)s", **parts
            )
    return tongue.say(
        "the greatest of %(of)s, of all times they %(did)s%(within)s%(channel)s%(where)s", **parts
    )


def fields(brand_id: int) -> list[Field]:
    """The brand's computed fields, by name."""
    rows = ComputedField.objects.filter(brand_id=brand_id).order_by("name")
    return [
        Field(row.name, row.label_zh, row.label_en, row.description, row.spec, row.version, row.archived)
        for row in rows
    ]


def values(brand: BrandRow, customer_ids: Collection[int]) -> dict[int, dict[str, int | None]]:
    """The fields of up to 1,000 customers as of now. Averages are whole numbers, rounded down; what nothing
    is known about is None."""
    specs = {one.name: _stored(one) for one in ComputedField.objects.filter(brand_id=brand.pk)}
    wanted = list(dict.fromkeys(one for spec in specs.values() for one in spec.features()))
    if not wanted:
        return {customer: {} for customer in customer_ids}
    moment = Moment(now_ms(), ZoneInfo(brand.timezone))
    found = SOURCES[FACTS].now(brand, wanted, list(customer_ids), moment)
    answers = {}
    for customer in customer_ids:
        mine = found[customer].values if customer in found else {}
        answers[customer] = {name: _figure(spec, mine) for name, spec in specs.items()}
    return answers


def _figure(spec: Spec, found: Mapping[Feature, Any]) -> int | None:
    figures = [found.get(one, one.absent) for one in spec.features()]
    if spec.aggregate is Aggregate.AVERAGE:
        added, counted = figures
        return int(added) // int(counted) if counted else None
    return None if figures[0] is None else int(figures[0])


def _insert(brand: BrandRow, name: str, details: Mapping[str, Any]) -> None:
    if ComputedField.objects.filter(brand_id=brand.pk).count() >= MOST_FIELDS:
        raise Limit(_("A brand has at most %(most)s computed fields.") % {"most": MOST_FIELDS})
    try:
        with writing():
            ComputedField.objects.create(brand_id=brand.pk, name=name, **details)
    except IntegrityError:
        raise Conflict(_("There is a field named '%(name)s' already.") % {"name": name}) from None


def _users(brand_id: int, name: str) -> list[Segment]:
    rows = Segment.objects.filter(brand_id=brand_id).exclude(state="deleted").order_by("name")
    return [row for row in rows if name in _named(row.condition)]


def _named(data: Any) -> set[str]:
    """The fields that stored JSON names."""
    found: set[str] = set()
    stack = [data]
    while stack:
        part = stack.pop()
        if isinstance(part, Mapping):
            if part.get("leaf") == COMPUTED:
                found.add(str(part.get("field")))
            stack.extend(part.values())
        elif isinstance(part, list):
            stack.extend(part)
    return found


def _fill_users(brand: BrandRow, name: str) -> None:
    from guanxi.segments import services  # noqa: PLC0415 - which itself knows of conditions

    for user in _users(brand.pk, name):
        services.define_anew(brand, user.pk)


# ---------------------------------------------------------------- the leaf


def _spec(data: Mapping[str, Any], label_zh: str, label_en: str, *, stored: bool = False) -> Spec:
    """Raises ConditionInvalid."""
    if unknown := [name for name in data if name not in _PARTS]:
        raise ConditionInvalid(
            say("A computed field has no part '%(name)s'.", name=unknown[0]), path=str(unknown[0])
        )
    leaf = {name: data[name] for name in ("kinds", "within", "where") if name in data}
    parsed = parse({"leaf": "behaviour.did", **leaf}, stored=stored)
    assert isinstance(parsed, Leaf)
    try:
        aggregate, of = Aggregate(data.get("aggregate", "")), Of(data.get("of", "amount_fen"))
    except ValueError:
        raise ConditionInvalid(
            say("A computed field counts, or takes the sum, average, least or greatest of something."),
            remedy=say("aggregate: count, sum, average, min, max; of: amount_fen, net_fen, quantity."),
            path="aggregate",
        ) from None
    return Spec(label_zh, label_en, aggregate, of, parsed["kinds"], parsed["within"], parsed["where"])


def _stored(row: ComputedField) -> Spec:
    return _spec(row.spec, row.label_zh, row.label_en, stored=True)


def _expand(leaf: Leaf, resolver: Resolver) -> Condition:
    row = resolver.fields.get(leaf["field"])
    if row is None:
        raise ConditionInvalid(
            say("There is no computed field '%(name)s'.", name=leaf["field"]),
            remedy=say("Take it out of the condition, or define it."),
            path="",
        )
    return Leaf(leaf.name, (*leaf.values, ("spec", _stored(row))))


def _predicate(leaf: Leaf) -> Predicate:
    spec: Spec = leaf["spec"]
    features = spec.features()
    if spec.aggregate is not Aggregate.AVERAGE:
        return between(features[0], leaf["at_least"], leaf["at_most"])
    added, counted = features
    parts: list[Predicate] = [Compare(counted, Op.GE, 1)]
    for op, bound in ((Op.GE, leaf["at_least"]), (Op.LE, leaf["at_most"])):
        if bound is not None:
            parts.append(Compare(added, op, bound, times=counted))
    return every(parts)


def _sentence(leaf: Leaf, tongue: Tongue) -> str:
    spec = dict(leaf.values).get("spec")
    label = tongue.label(spec.label_zh, spec.label_en) if spec else leaf["field"]
    of = spec.of.value if spec and spec.aggregate is not Aggregate.COUNT else ""
    return tongue.say(
        "has %(field)s of %(bounds)s",
        field=tongue.quoted(label),
        bounds=phrases.bounds(leaf["at_least"], leaf["at_most"], of, tongue),
    )


def _check(leaf: Leaf) -> Fault | None:
    if leaf["at_least"] is None and leaf["at_most"] is None:
        return Fault("at_least", say("a bound: at_least, at_most or both"), None)
    return None


def _suggest(brand: BrandRow) -> Sequence[Choice]:
    return [Choice(one.name, one.label_zh, one.label_en) for one in fields(brand.pk)]


IS = LeafType(
    COMPUTED,
    "计算字段",
    "Computed field",
    "computed",
    "A computed field of the brand lies within bounds.",
    (
        Param("field", ParamType.TEXT, "字段", "Field", "its name", required=True, suggest=_suggest),
        Param("at_least", ParamType.FEN, "至少", "At least", "minor units of money, pieces, or a number"),
        Param("at_most", ParamType.FEN, "至多", "At most", "minor units of money, pieces, or a number"),
    ),
    _sentence,
    _predicate,
    check=_check,
)


def register() -> None:
    LEAVES.register(IS)
    EXPANSIONS[COMPUTED] = _expand
