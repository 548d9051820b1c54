"""Correction (PIPL 46): what a person says of themselves beats what records say, also later ones.

Profile values are decided by when they were observed, the newest first. A correction is dated beyond every
record, so that no import, old or new, brings the wrong value back; a later correction beats an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from guanxi.customers import hooks, places, traits
from guanxi.customers.birthdays import is_birthday
from guanxi.customers.contracts import Person as Details
from guanxi.customers.hooks import Happening, What
from guanxi.customers.models import Subject
from guanxi.customers.resolution import settle
from guanxi.customers.rights import requests
from guanxi.customers.rights.contracts import Kind, State
from guanxi.customers.rights.erasing import person_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Invalid
from guanxi.platform import audit, vault
from guanxi.platform.writing import writing

CORRECTED_MS: Final = 1 << 60  # added to the moment of a correction: later than any record
SEALED: Final[Mapping[str, vault.Field]] = {"name": "name", "address": "address"}
FIELDS: Final = ("name", "gender", "birthday", "city", "language", "address")
LONGEST: Final = 200


def correct(
    brand_id: int,
    customer_id: int,
    values: Mapping[str, str],
    *,
    actor: object,
    reason: str,
    request_id: int | None = None,
) -> list[str]:
    """Correct fields of `FIELDS` (a birthday as 1990-05-01 or --05-01, before it "lunar:" where it is one; a
    gender as f or m; a city by its name or number); which were given.

    Raises NotFound, Invalid where a value is none, Conflict where the customer was merged or erased.
    """
    given = {name: text.strip() for name, text in values.items() if text.strip()}
    if not given or not reason.strip():
        raise Invalid(_("Give at least one corrected value, and say why."), field="reason")
    if unknown := sorted(set(given) - set(FIELDS)):
        raise Invalid(
            _("There is no field '%(name)s' to correct.") % {"name": unknown[0][:40]},
            remedy=_(
                "A wrong phone or e-mail: take that identity out of the customer, then add the right one."
            ),
            field=unknown[0][:40],
        )
    at_ms = CORRECTED_MS + now_ms()
    observed = _observed(given, at_ms)
    sealed = {SEALED[name]: vault.Seen(text, at_ms) for name, text in given.items() if name in SEALED}
    with writing(brand_id):
        person = person_of(brand_id, customer_id)
        request = requests.taken(person, Kind.CORRECTION, request_id, actor=actor, reason=reason)
        subject = Subject.objects.get(pk=person.subject_ids[0])
        vault.seal_many(brand_id, {subject.pk: sealed})
        subject.traits = traits.packed(traits.merged(traits.unpacked(subject.traits), observed))
        subject.save(update_fields=["traits"])
        settle(brand_id, {subject.pk}, actor=str(actor))
        fields = sorted(given)
        requests.end(request, State.DONE, actor, result={"fields": fields})
        detail = {"fields": fields, "reason": reason[:200]}
        audit.record(brand_id, str(actor), "customer.corrected", "customer", customer_id, detail=detail)
        hooks.tell(brand_id, [Happening("profile.updated", subject.pk, now_ms(), {})])
        hooks.changed(brand_id, What.PROFILE, {customer_id})
    return fields


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
