"""Facts of a customer who is known: recorded under one of the identities, so that they come to that one."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from guanxi.customers.birthdays import is_birthday
from guanxi.customers.contracts import Person
from guanxi.customers.holders import known_as, profile
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.loyalty.member.contracts import Member
from guanxi.loyalty.member.joining import SOURCE
from guanxi.platform.writing import writing
from guanxi.touchpoints import queries as log
from guanxi.touchpoints.contracts import Fact, Recorded
from guanxi.touchpoints.services import record

PROFILE: Final = "page"


def tell(brand_id: int, customer_id: int, source: str, fact: Fact, *, first: int = 0) -> Recorded:
    """Record a fact of this customer, without identities in it, once under its reference. Raises Conflict
    where it would come to somebody else, Invalid where it cannot be recorded; then nothing is."""
    identity, named = known_as(brand_id, customer_id, first=first)
    person = fact.person or named
    if fact.person is not None and named is not None:
        person = fact.person._replace(name=named.name)
    with writing(brand_id, by_keys=True):
        told = record(brand_id, source, [fact._replace(identities=(identity,), person=person)])
        if told.rejected:
            raise Invalid(told.rejected[0].message)
        if told.recorded and owner_of(brand_id, source, fact.source_ref) != customer_id:
            raise Conflict(
                say("This would be recorded for somebody else."),
                remedy=say("Look at the customer's identities; nothing was recorded."),
            )
    return told


def owner_of(brand_id: int, source: str, reference: str) -> int | None:
    """The customer whose fact it is today."""
    fact = log.by_reference(brand_id, source, reference)
    if fact is None or fact.subject_id is None:
        return None
    return customer_ids_of(brand_id, [fact.subject_id]).get(fact.subject_id)


def tell_birthday(member: Member, month: int, day: int, calendar: str) -> None:
    """The member says the birthday, once: gifts hang on it, and two of them would be two people. Raises
    Invalid, and Conflict where one is known."""
    text = f"--{month:02}-{day:02}"
    if not is_birthday(text, calendar):
        raise Invalid(say("There is no such day."), field="day")
    known = profile(member.brand.pk, member.customer_id)
    if known.birthday:
        if (known.birthday[-5:], known.birthday_calendar) == (text[-5:], calendar):
            return
        raise Conflict(say("Your birthday is known already."), remedy=say("Ask in a store to correct it."))
    at_ms = now_ms()
    person = Person(birthday=text, birthday_calendar=calendar)
    fact = Fact("profile.updated", f"{PROFILE}:{member.subject_id}:{at_ms}", at_ms, (), person)
    tell(member.brand.pk, member.customer_id, SOURCE, fact, first=member.subject_id)


def birthday_words(birthday: str, calendar: str) -> str:
    """ "5-1" as it is said; nothing where none is known."""
    if not birthday:
        return ""
    told = {"month": int(birthday[-5:-3]), "day": int(birthday[-2:])}
    if calendar == "lunar":
        return _("day %(day)s of the lunar month %(month)s") % told
    return _("month %(month)s, day %(day)s") % told
