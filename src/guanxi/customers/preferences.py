"""Preference fields and what customers answered: of a customer's subjects the newest statement counts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from guanxi.customers import answers, hooks
from guanxi.customers.answers import Choice, FieldType, Kept
from guanxi.customers.hooks import Happening, What
from guanxi.customers.lookup import roots_of
from guanxi.customers.models import Preference, PreferenceField
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.platform import audit
from guanxi.platform.bulk import among, insert_rows
from guanxi.platform.writing import writing

MOST_FIELDS: Final = 200
LARGEST_BATCH: Final = 5_000
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DETAIL_CHARS: Final = {"label_zh": 60, "label_en": 60, "purpose": 300}
_COLUMNS: Final = {
    "brand_id": "bigint",
    "field_id": "bigint",
    "subject_id": "bigint",
    "text": "text",
    "number": "bigint",
    "source": "text",
    "actor": "text",
    "at_ms": "bigint",
}
# CROSS JOIN keeps SQLite's planner from going through all statements.
_OF_CUSTOMERS: Final = """
    SELECT s.customer_id, p.field_id, p.at_ms, p.subject_id, p.text, p.number, p.source
    FROM customers_subject s CROSS JOIN customers_preference p
    WHERE p.subject_id = s.id AND p.brand_id = %s AND
"""


class Statement(NamedTuple):
    """What one customer says to one field; None takes it back. `at_ms` None is now."""

    customer_id: int
    field: str
    value: object
    at_ms: int | None = None


class Stated(NamedTuple):
    changed: int
    unchanged: int  # said before, or something newer is known
    unknown: Sequence[int]


class Answer(NamedTuple):
    """The newest statement of a customer to a field. Ordered as statements are: the greatest counts."""

    at_ms: int
    subject_id: int
    text: str
    number: int | None
    source: str


class Definition(NamedTuple):
    """A field as it is asked."""

    id: int
    name: str
    type: FieldType
    label_zh: str
    label_en: str
    purpose: str
    choices: tuple[Choice, ...]
    archived: bool

    def label(self, *, chinese: bool) -> str:
        return self.label_zh if chinese else self.label_en


# ---------------------------------------------------------------- the dictionary


def define_preference(
    brand_id: int,
    name: str,
    *,
    type: FieldType | str,
    label_zh: str,
    label_en: str,
    purpose: str,
    choices: object = None,
    personal: bool = False,
    archived: bool = False,
    actor: object,
) -> Definition:
    """The field of that name, made or changed. What it asks for stays: the type cannot change, choices can be
    added and relabelled but not taken away.

    Raises Invalid, also for personal fields (they need a place in the vault first), Conflict, Limit.
    """
    if personal:
        raise Invalid(
            _("A preference field holds nothing personal."),
            remedy=_("Names, numbers, addresses and health belong to the person's details, not here."),
            field="personal",
        )
    try:
        kind = FieldType(type)
    except ValueError:
        raise Invalid(
            _("A preference field is one of: %(types)s.") % {"types": ", ".join(FieldType)}, field="type"
        ) from None
    if not _NAME.fullmatch(name):
        raise Invalid(
            _("A preference field is named by small letters, digits and _, a letter first."), field="name"
        )
    details: dict[str, Any] = {
        "label_zh": _words("label_zh", label_zh),
        "label_en": _words("label_en", label_en),
        "purpose": _words("purpose", purpose),
        "archived": archived,
        "choices": [],
    }
    if kind in {FieldType.CHOICE, FieldType.CHOICES}:
        details["choices"] = [choice._asdict() for choice in answers.choices_of(choices)]
    elif choices:
        raise Invalid(_("Only the types choice and choices have choices."), field="choices")
    with writing(brand_id):
        row = _written(brand_id, name, kind, details)
        audit.record(
            brand_id, str(actor), "preference.defined", "preference", row.pk, detail={"type": str(kind)}
        )
    return _definition(row)


def _written(brand_id: int, name: str, kind: FieldType, details: dict[str, Any]) -> PreferenceField:
    row = PreferenceField.objects.filter(brand_id=brand_id, name=name).first()
    if row is None:
        if PreferenceField.objects.filter(brand_id=brand_id).count() >= MOST_FIELDS:
            raise Limit(_("A brand has at most %(most)s preference fields.") % {"most": MOST_FIELDS})
        return PreferenceField.objects.create(brand_id=brand_id, name=name, type=kind.value, **details)
    if row.type != kind:
        raise Conflict(
            _("'%(name)s' is of type %(type)s, which cannot change.") % {"name": name, "type": row.type},
            remedy=_("Archive it and define another field."),
        )
    kept = {choice["name"] for choice in details["choices"]}
    if gone := sorted({choice["name"] for choice in row.choices} - kept):
        raise Conflict(
            _("Choices that may have been made cannot be taken away: %(names)s.") % {"names": ", ".join(gone)}
        )
    for field, value in details.items():
        setattr(row, field, value)
    row.save()
    return row


def _words(field: str, text: str) -> str:
    most = _DETAIL_CHARS[field]
    text = " ".join(text.split())
    if not 1 <= len(text) <= most:
        raise Invalid(
            _("'%(field)s' is 1 to %(most)s characters.") % {"field": field, "most": most}, field=field
        )
    return text


def definitions(brand_id: int, *, archived: bool = False) -> list[Definition]:
    """The brand's fields in the order they were defined."""
    rows = PreferenceField.objects.filter(brand_id=brand_id).order_by("pk")
    return [_definition(row) for row in (rows if archived else rows.filter(archived=False))]


def _definition(row: PreferenceField) -> Definition:
    choices = tuple(Choice(one["name"], one["zh"], one["en"]) for one in row.choices)
    return Definition(
        row.pk, row.name, FieldType(row.type), row.label_zh, row.label_en, row.purpose, choices, row.archived
    )


# ---------------------------------------------------------------- statements


def state_preferences(
    brand_id: int, statements: Sequence[Statement], *, source: str, actor: object, live: bool = True
) -> Stated:
    """Note what customers say; all or nothing. Later words on a field replace earlier ones.

    `source` says where it was said (console, api, a survey). Raises NotFound for an unknown field, Invalid
    for what cannot be its value, Limit above 5,000 statements.
    """
    if len(statements) > LARGEST_BATCH:
        raise Limit(_("At most %(most)s statements at once.") % {"most": LARGEST_BATCH}, most=LARGEST_BATCH)
    fields = {field.name: field for field in definitions(brand_id)}
    now = now_ms()
    read = [(one, _field(fields, one), _kept(fields[one.field], one.value)) for one in statements]
    with writing(brand_id):
        owners = roots_of(brand_id, {one.customer_id for one in statements})
        held = answers_of_many(brand_id, set(owners.values()))
        fresh: dict[tuple[int, int], tuple[Definition, Kept, int]] = {}
        unchanged = 0
        for one, field, kept in read:
            owner = owners.get(one.customer_id)
            if owner is None:
                continue
            at_ms = min(now if one.at_ms is None else one.at_ms, now)
            present = held.get(owner, {}).get(field.id)
            said = present.text if present else ""
            if said == kept.text or (present is not None and present.at_ms > at_ms):
                unchanged += 1
                continue
            held.setdefault(owner, {})[field.id] = Answer(at_ms, owner, kept.text, kept.number, source)
            fresh[owner, field.id] = (field, kept, at_ms)
        _replace(brand_id, fresh, source[:80], str(actor)[:160])
        _say(brand_id, fresh, source, actor, live=live)
    unknown = sorted({one.customer_id for one in statements} - set(owners))
    return Stated(len(fresh), unchanged, unknown)


def _field(fields: Mapping[str, Definition], one: Statement) -> Definition:
    if one.field not in fields:
        raise NotFound(
            _("There is no preference field '%(name)s'.") % {"name": one.field[:60]},
            remedy=_("Fields here: %(names)s.") % {"names": ", ".join(fields) or "–"},
        )
    return fields[one.field]


def _kept(field: Definition, value: object) -> Kept:
    kept = answers.kept(field.name, field.type, field.choices, value)
    return Kept(audit.blanked(kept.text)) if field.type is FieldType.TEXT else kept


def _replace(
    brand_id: int, fresh: Mapping[tuple[int, int], tuple[Definition, Kept, int]], source: str, actor: str
) -> None:
    """Rows are replaced, not changed, so that a new id tells the lake that something is new."""
    by_field: dict[int, list[int]] = {}
    for owner, field_id in fresh:
        by_field.setdefault(field_id, []).append(owner)
    with connection.cursor() as cursor:
        for field_id, owners in by_field.items():
            condition, parameter = among("subject_id", owners)
            cursor.execute(
                f"DELETE FROM customers_preference WHERE {condition} AND field_id = %s", [parameter, field_id]
            )
    rows = [
        (brand_id, field_id, owner, kept.text, kept.number, source, actor, at_ms)
        for (owner, field_id), (_definition_, kept, at_ms) in sorted(fresh.items(), key=lambda item: item[0])
    ]
    insert_rows("customers_preference", _COLUMNS, rows)


def _say(
    brand_id: int,
    fresh: Mapping[tuple[int, int], tuple[Definition, Kept, int]],
    source: str,
    actor: object,
    *,
    live: bool,
) -> None:
    if not fresh:
        return
    customers = sorted({owner for owner, _field_id in fresh})
    names = sorted({field.name for field, _kept_, _at in fresh.values()})
    detail = {"customer_count": len(customers), "fields": names, "source": source}
    audit.record(
        brand_id,
        str(actor),
        "preference.stated",
        "customer",
        customers[0] if len(customers) == 1 else "",
        detail=detail,
    )
    happenings = [
        Happening("preference.stated", owner, at_ms, _payload(field, kept, source))
        for (owner, _field_id), (field, kept, at_ms) in fresh.items()
    ]
    hooks.tell(brand_id, happenings, live=live)
    hooks.changed(brand_id, What.PREFERENCE, customers)


def _payload(field: Definition, kept: Kept, source: str) -> dict[str, object]:
    payload: dict[str, object] = {"field": field.name, "source": source}
    if field.type is FieldType.CHOICES:
        return payload | {"values": answers.spoken(field.type, kept.text) or []}
    return payload | {"value": kept.text}


# ---------------------------------------------------------------- reads


def answers_of(brand_id: int, subject_ids: Collection[int]) -> dict[int, Answer]:
    """field → the newest statement among some subjects; those taken back are not in it."""
    rows = Preference.objects.alias(owned_by=F("brand_id") + 0).filter(owned_by=brand_id)  # by no index
    found: dict[int, Answer] = {}
    for row in rows.filter(subject_id__in=list(subject_ids)):
        answer = Answer(row.at_ms, row.subject_id, row.text, row.number, row.source)
        found[row.field_id] = max(answer, found.get(row.field_id, answer), key=lambda one: one[:2])
    return {field_id: answer for field_id, answer in found.items() if answer.text}


def answers_of_many(brand_id: int, customer_ids: Iterable[int]) -> dict[int, dict[int, Answer]]:
    """customer → field → the newest statement, one that took it back included; one query."""
    ids = list(customer_ids)
    found: dict[int, dict[int, Answer]] = {}
    if not ids:
        return found
    condition, parameter = among("s.customer_id", ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{_OF_CUSTOMERS} {condition}", [brand_id, parameter])
        for customer, field_id, *rest in cursor.fetchall():
            answer, known = Answer(*rest), found.setdefault(customer, {})
            known[field_id] = max(answer, known.get(field_id, answer), key=lambda one: one[:2])
    return found


def spoken_answers(brand_id: int, customer_ids: Collection[int]) -> dict[int, dict[str, object]]:
    """customer → field's name → the newest answer as JSON has it; the same two queries for any number."""
    fields = {field.id: field for field in definitions(brand_id)}
    found = answers_of_many(brand_id, customer_ids)
    return {
        customer: {
            fields[number].name: answers.spoken(fields[number].type, answer.text)
            for number, answer in sorted(found.get(customer, {}).items())
            if number in fields and answer.text
        }
        for customer in customer_ids
    }
