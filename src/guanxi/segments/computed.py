"""Computed fields: a figure of a customer with a name, kept once and used in any condition.

    {"aggregate": "sum", "of": "net_fen", "kinds": ["order.paid", "order.refunded"], "within": {"days": 90}}

A field is an aggregate of facts; a condition compares it: {"leaf": "computed.is", "field": "net_90d",
"at_least": 50000}. It is computed with everything else that asks for the same kinds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import override

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import (
    SOURCES,
    BrandRow,
    Comparison,
    ConditionInvalid,
    Feature,
    Leaf,
    Moment,
    Tongue,
    Window,
    parse,
)
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.platform import audit
from guanxi.platform.language import spoken, tongue
from guanxi.platform.writing import writing
from guanxi.segments.models import ComputedField, Segment
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.conditions.keys import FACTS, Of, count, feature, total
from guanxi.touchpoints.conditions.keys import Aggregate as Figure

COMPUTED: Final = "computed.is"
MOST_FIELDS: Final = 200
LABEL_CHARS: Final = 60
DESCRIPTION_CHARS: Final = 300
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


class User(NamedTuple):
    """What would be broken without a field: a segment, with the tag that follows it."""

    id: int
    name: str
    tag: str

    def shown(self) -> dict[str, Any]:
        """As the API and the command line show it."""
        return {"kind": "segment", "id": self.id, "name": self.name, "tag": self.tag or None}


@dataclass(frozen=True, slots=True)
class Described:
    """A field with what it measures, as a sentence in both languages, and who uses it."""

    field: Field
    sentence_zh: str
    sentence_en: str
    used_by: list[User]

    def shown(self) -> dict[str, Any]:
        """As the API and the command line show it."""
        return {
            "name": self.field.name,
            "label_zh": self.field.label_zh,
            "label_en": self.field.label_en,
            "description": self.field.description,
            "spec": self.field.spec,
            "version": self.field.version,
            "sentence_zh": self.sentence_zh,
            "sentence_en": self.sentence_en,
            "used_by": [user.shown() for user in self.used_by],
        }


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
    labels = {"label_zh": _text(label_zh), "label_en": _text(label_en)}
    if missing := [name for name, label in labels.items() if not label]:
        raise Invalid(_("A field needs a label in Chinese and one in English."), field=missing[0])
    words = {**labels, "description": _text(description)}
    _demand_short(words)
    _spec(spec, labels["label_zh"], labels["label_en"])
    details: dict[str, Any] = {**words, "spec": dict(spec), "archived": False}
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
            names = ", ".join(f"“{user.name}”" for user in users[:5])
            raise Conflict(
                _("The field '%(name)s' is used by the segments %(users)s.") % {"name": name, "users": names},
                remedy=_("Take it out of them first."),
                used_by=[User(user.pk, user.name, user.tag).shown() for user in users],
            )
        rows = ComputedField.objects.filter(brand_id=brand.pk, name=name)
        if version is not None and rows.exclude(version=version).exists():
            raise _meanwhile(name)
        if not rows.delete()[0]:
            raise _unknown(name)
        audit.record(brand.pk, str(actor), "computed.removed", "computed", name)


def _meanwhile(name: str) -> Conflict:
    return Conflict(
        _("Somebody changed the field '%(name)s' meanwhile.") % {"name": name},
        remedy=_("Look at it again, then repeat your change."),
        name=name,
    )


def _text(text: str) -> str:
    return text.replace("\x00", "").strip()


def _demand_short(words: Mapping[str, str]) -> None:
    """Raises Invalid, naming what is too long."""
    for name, text in words.items():
        most = DESCRIPTION_CHARS if name == "description" else LABEL_CHARS
        if len(text) > most:
            raise Invalid(
                _("'%(field)s' holds at most %(most)s characters.") % {"field": name, "most": most},
                field=name,
            )


def field(brand_id: int, name: str) -> Field:
    """Raises NotFound."""
    found = next((one for one in fields(brand_id) if one.name == name), None)
    if found is None:
        raise _unknown(name)
    return found


def _unknown(name: str) -> NotFound:
    return NotFound(
        _("There is no computed field '%(name)s'.") % {"name": name[:60]},
        remedy=_("Look at the list of computed fields."),
    )


def users(brand_id: int) -> dict[str, list[User]]:
    """Which segments use each field, by the field's name; archived ones count, since they may come back."""
    found: dict[str, list[User]] = {}
    rows = Segment.objects.filter(brand_id=brand_id).exclude(state="deleted").order_by("name")
    for pk, name, tag, condition in rows.values_list("pk", "name", "tag", "condition"):
        for one in _named(condition):
            found.setdefault(one, []).append(User(pk, name, tag))
    return found


def described(brand_id: int, name: str | None = None) -> list[Described]:
    """All fields by name, or the one named, with what they measure and who uses them. Raises NotFound."""
    known, using = fields(brand_id) if name is None else [field(brand_id, name)], users(brand_id)
    return [Described(one, *said_both_ways(one.spec), using.get(one.name, [])) for one in known]


def said_both_ways(spec: Mapping[str, Any]) -> tuple[str, str]:
    """What a field measures, in Chinese and in English; where it cannot be read any more, why."""
    both = []
    for language in ("zh-hans", "en"):
        try:
            both.append(said(spec, tongue(language)))
        except ConditionInvalid as error:
            with override(language):
                both.append(spoken(error.message))
    return both[0], both[1]


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
    specs = {one.name: stored_spec(one) for one in ComputedField.objects.filter(brand_id=brand.pk)}
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


def _spec(data: Mapping[str, Any], label_zh: str, label_en: str, *, stored: bool = False) -> Spec:
    """Raises ConditionInvalid."""
    if unknown := [name for name in data if name not in _PARTS]:
        raise ConditionInvalid(
            say("A computed field has no part '%(name)s'.", name=str(unknown[0])[:40]),
            remedy=say("Its parts are: %(parts)s.", parts=", ".join(_PARTS)),
            path=str(unknown[0])[:40],
        )
    leaf = {name: data[name] for name in ("kinds", "within", "where") if name in data}
    parsed = parse({"leaf": "behaviour.did", **leaf}, stored=stored)
    assert isinstance(parsed, Leaf)
    chosen, measured = data.get("aggregate", ""), data.get("of", "amount_fen")
    try:
        aggregate, of = Aggregate(chosen), Of(measured)
    except ValueError:
        raise ConditionInvalid(
            say("A computed field counts, or takes the sum, average, least or greatest of something."),
            remedy=say("aggregate: count, sum, average, min, max; of: amount_fen, net_fen, quantity."),
            path="of" if chosen in list(Aggregate) else "aggregate",
        ) from None
    return Spec(label_zh, label_en, aggregate, of, parsed["kinds"], parsed["within"], parsed["where"])


def stored_spec(row: ComputedField) -> Spec:
    return _spec(row.spec, row.label_zh, row.label_en, stored=True)
