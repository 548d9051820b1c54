"""Correction (PIPL 46): what a person says of themselves beats what records say, also later ones.

Profile values are decided by when they were observed, the newest first. A correction is dated beyond every
record, so that no import, old or new, brings the wrong value back; a later correction beats an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from guanxi.customers import decisions, hooks, places, traits
from guanxi.customers.birthdays import is_birthday
from guanxi.customers.contracts import Person as Details
from guanxi.customers.hooks import Happening, What
from guanxi.customers.models import Subject
from guanxi.customers.resolution import settle
from guanxi.customers.rights import contacts, requests
from guanxi.customers.rights.contacts import Outcome
from guanxi.customers.rights.contracts import CORRECTED_MS, Kind, State
from guanxi.customers.rights.erasing import person_of
from guanxi.customers.rights.hooks import Person
from guanxi.customers.rights.models import RightsRequest
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform import audit, vault
from guanxi.platform.writing import writing

SEALED: Final[Mapping[str, vault.Field]] = {"name": "name", "address": "address"}
FIELDS: Final = ("name", "gender", "birthday", "city", "language", "address")
LONGEST: Final = 200


class Corrected(NamedTuple):
    """What was corrected, under which request, and the number of the person's customer from now on."""

    request_id: int
    customer_id: int
    fields: Sequence[str]


class _Foreseen(Exception):
    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes


def correct(
    brand_id: int,
    customer_id: int,
    values: Mapping[str, str],
    *,
    actor: object,
    reason: str,
    identities: int | None = None,
    request_id: int | None = None,
) -> Corrected:
    """Correct fields of `FIELDS` (a birthday as 1990-05-01 or --05-01, before it "lunar:" where it is one; a
    gender as f or m; a city by its name or number) and contacts (`contacts.FIELDS`). `identities` is how many
    whoever confirmed it was shown.

    Raises NotFound, Invalid where a value is none, Conflict where the customer was merged, erased or changed.
    """
    given = {name: text.strip() for name, text in values.items() if text.strip()}
    if not given.keys() - {"of"} or not reason.strip():
        raise Invalid(_("Give at least one corrected value, and say why."), field="reason")
    if unknown := sorted(set(given) - {*FIELDS, *contacts.FIELDS}):
        raise Invalid(
            _("There is no field '%(name)s' to correct.") % {"name": unknown[0][:40]},
            remedy=_("Choose among: %(names)s.") % {"names": ", ".join((*FIELDS, *contacts.FIELDS))},
            field=unknown[0][:40],
        )
    at_ms = CORRECTED_MS + now_ms()
    profile = {name: text for name, text in given.items() if name in FIELDS}
    observed = _observed(profile, at_ms)
    sealed = {SEALED[name]: vault.Seen(text, at_ms) for name, text in profile.items() if name in SEALED}
    with writing(brand_id):
        person = person_of(brand_id, customer_id)
        if identities is not None and identities != len(person.subject_ids):
            raise Conflict(_("This customer has changed since you looked. Look again."))
        request = requests.taken(person, Kind.CORRECTION, request_id, actor=actor, reason=reason)
        outcomes = _contacts(person, given, request.pk, actor=actor, reason=reason)
        own = min(outcomes[-1].sides[0]) if outcomes else person.subject_ids[0]
        if profile:
            _tell_profile(brand_id, own, observed, sealed, actor)
        return _finished(person, request, sorted(set(given) - {"of"}), outcomes, actor=actor, reason=reason)


def foreseen(brand_id: int, customer_id: int, values: Mapping[str, str]) -> list[Outcome]:
    """What a correction of contacts would do: it is done, looked at and rolled back. Raises as `correct`."""
    given = {name: text.strip() for name, text in values.items() if text.strip()}
    try:
        with writing(brand_id):
            person = person_of(brand_id, customer_id)
            raise _Foreseen(_contacts(person, given, 0, actor="system", reason="preview"))
    except _Foreseen as seen:
        return seen.outcomes


def _contacts(
    person: Person, given: Mapping[str, str], request_id: int, *, actor: object, reason: str
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for one in contacts.asked(person.brand_id, person.customer_id, given):
        whose = person_of(person.brand_id, outcomes[-1].customer_id) if outcomes else person
        outcomes.append(contacts.applied(whose, one, request_id, actor=actor, reason=reason))
    return outcomes


def _tell_profile(
    brand_id: int, subject_id: int, observed: traits.Observed, sealed: vault.Fields, actor: object
) -> None:
    subject = Subject.objects.get(pk=subject_id)
    vault.seal_many(brand_id, {subject.pk: sealed})
    subject.traits = traits.packed(traits.merged(traits.unpacked(subject.traits), observed))
    subject.save(update_fields=["traits"])
    settle(brand_id, {subject.pk}, actor=str(actor))


def _finished(
    person: Person,
    request: RightsRequest,
    fields: list[str],
    outcomes: Sequence[Outcome],
    *,
    actor: object,
    reason: str,
) -> Corrected:
    """The request, the audit and the rooms above."""
    brand_id = person.brand_id
    customer_id = outcomes[-1].customer_id if outcomes else person.customer_id
    result: dict[str, Any] = {"fields": fields}
    if outcomes:
        result |= {
            "customers": max(len(one.sides) for one in outcomes),
            "rights": [one.right_id for one in outcomes if one.right_id],
            "decisions": [number for one in outcomes for number in one.decisions],
        }
    requests.end(request, State.DONE, actor, result=result, customer_id=customer_id)
    detail = {"fields": fields, "reason": reason[:200]}
    audit.record(brand_id, str(actor), "customer.corrected", "customer", customer_id, detail=detail)
    for one in outcomes:
        roots = decisions.roots(brand_id, {min(side) for side in one.sides[1:]})
        others = sorted({*roots.values()} - {*one.drawn})
        if others:
            gone = decisions.Changed(one.customer_id, tuple(others))
            count = sum(map(len, one.sides[1:]))
            decisions.tell(brand_id, "customer.unmerged", gone, subjects=count, actor=actor, reason=reason)
        if one.drawn:
            come = decisions.Changed(one.customer_id, tuple(one.drawn))
            decisions.tell(brand_id, "customer.merged", come, subjects=1, actor=actor, reason=reason)
    hooks.tell(brand_id, [Happening("profile.updated", customer_id, now_ms(), {})])
    hooks.changed(brand_id, What.PROFILE, {person.customer_id, customer_id})
    return Corrected(request.pk, customer_id, fields)


def undo(brand_id: int, request_id: int, *, actor: object, reason: str) -> int:
    """Take back what a correction did to contacts, where it was a mistake; the number of the customer.

    Raises NotFound, Invalid without a reason, Conflict where there is nothing (left) to take back.
    """
    if not reason.strip():
        raise Invalid(_("Say why, for the record."), field="reason")
    with writing(brand_id):
        request = requests.find(brand_id, request_id)
        if not can_undo(request):
            raise Conflict(_("Nothing is left of this correction to take back."))
        told = request.result
        contacts.undone(brand_id, request.pk, told["decisions"], told["rights"], actor)
        request.result = told | {"undone": now_ms()}
        customer_id = decisions.roots(brand_id, [request.customer_id])[request.customer_id]
        request.customer_id = customer_id
        request.save(update_fields=["result", "customer_id"])
        detail = {"request": request.pk, "reason": reason[:200]}
        audit.record(brand_id, str(actor), "customer.uncorrected", "customer", customer_id, detail=detail)
        hooks.changed(brand_id, What.PROFILE, {customer_id})
    return customer_id


def can_undo(request: RightsRequest) -> bool:
    """Whether the correction was of contacts, and has not been taken back."""
    ended = request.kind == Kind.CORRECTION and request.state == State.DONE
    return ended and "rights" in request.result and "undone" not in request.result


def _observed(given: Mapping[str, str], at_ms: int) -> traits.Observed:
    """The traits among the values. Raises Invalid, naming the field."""
    for name, text in given.items():
        if len(text) > LONGEST or not text.isprintable():
            raise _bad(name)
    adcode = None
    if "city" in given:
        adcode = places.adcode(given["city"])
        if adcode is None:
            raise _bad("city")
    calendar, _colon, birthday = given.get("birthday", "").rpartition(":")
    calendar = calendar or "solar"
    if birthday and (calendar not in {"solar", "lunar"} or not is_birthday(birthday, calendar)):
        raise _bad("birthday")
    if given.get("gender", "f") not in {"f", "m"}:
        raise _bad("gender")
    if len(given.get("language", "")) > 10:
        raise _bad("language")
    person = Details(
        gender=given.get("gender"),
        birthday=birthday or None,
        birthday_calendar=calendar,
        language=given.get("language"),
    )
    return traits.observed(person, adcode, at_ms)


def _bad(field: str) -> Invalid:
    return Invalid(
        _("This is no %(field)s that can be kept.") % {"field": field},
        remedy=_("A gender is f or m, a birthday 1990-05-01 or --05-01, a city is written as 杭州."),
        field=field,
    )
