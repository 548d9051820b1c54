"""Whom a phone that a code has proven signs in: a member, a customer who joins, or somebody new.

Carriers sell numbers again that fell silent. So a phone that nobody used here for `SILENT_MS` proves nobody
by itself: whoever holds it says the birthday that is known, or begins as somebody new
(docs/guide/membership.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from guanxi.customers import holders
from guanxi.customers import services as customers
from guanxi.customers.contracts import Identity, Person, Sighting
from guanxi.customers.lookup import customer_ids_of, find, living, subject_ids_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.loyalty.member import codes
from guanxi.loyalty.member.models import MemberPhone
from guanxi.platform.writing import writing
from guanxi.touchpoints import queries as log
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.services import record

SILENT_MS: Final = 180 * DAY_MS
SOURCE: Final = "membership"
JOINED: Final = "member.joined"
ORIGIN: Final = "phone code"
LANGUAGES: Final = {"zh": "zh-CN", "en": "en"}
NUMBER_DIGITS: Final = 12


class Who(StrEnum):
    MEMBER = "member"  # signs in
    STRANGER = "stranger"  # joins: new, or a customer who never did
    SILENT = "silent"  # says who they are first
    CLOSED = "closed"  # frozen


class Standing(NamedTuple):
    """`customers` are those that the phone may be of; `subject_id` is where a member signs in, 0 where that
    is resolved first."""

    who: Who
    customers: Sequence[int] = ()
    subject_id: int = 0


def standing(brand_id: int, phone: str) -> Standing:
    """Who holds a phone that was proven now."""
    now = now_ms()
    bound = MemberPhone.objects.filter(brand_id=brand_id, phone_key=codes.key_of(brand_id, phone)).first()
    root = customer_ids_of(brand_id, [bound.subject_id]).get(bound.subject_id) if bound else None
    if bound and root is not None and now - bound.seen_ms <= SILENT_MS:
        return Standing(Who.MEMBER if living(brand_id, [root]) else Who.CLOSED, [root], bound.subject_id)
    found = find(brand_id, Identity("phone", phone))
    found += [root] if root is not None and root not in found else []
    if not found:
        return Standing(Who.STRANGER)
    alive = living(brand_id, found)
    if not alive:
        return Standing(Who.CLOSED, found)
    if now - holders.last_used_ms(brand_id, "phone", codes.key_of(brand_id, phone)) > SILENT_MS:
        return Standing(Who.SILENT, alive)
    return Standing(Who.MEMBER if _has_joined(brand_id, alive) else Who.STRANGER, alive)


def _has_joined(brand_id: int, customer_ids: Sequence[int]) -> bool:
    return any(_joined(brand_id, one) for one in customer_ids)


def _joined(brand_id: int, customer_id: int) -> bool:
    return bool(log.timeline(brand_id, subject_ids_of(brand_id, customer_id), kind=JOINED, limit=1).rows)


def knows_birthday(brand_id: int, found: Standing) -> bool:
    return any(one.birthday for one in holders.profiles(brand_id, found.customers).values())


def let_in(brand_id: int, phone: str) -> int:
    """The profile that a member's phone signs in to: as before, else what the identities say.

    Raises Conflict where it is nobody's who may be signed in.
    """
    with writing(brand_id, by_keys=True):
        found = standing(brand_id, phone)
        if found.who is not Who.MEMBER:
            raise _changed()
        subject = found.subject_id or _resolved(brand_id, phone)
        _bind(brand_id, phone, subject)
    return subject


def _resolved(brand_id: int, phone: str) -> int:
    sighting = Sighting((Identity("phone", phone),), None, now_ms())
    (heeded,) = customers.heeded(brand_id, [sighting])
    (subject,) = customers.resolve(brand_id, [heeded] if heeded else []).subject_ids or [None]
    if subject is None:
        raise _changed()
    return subject


def join(brand_id: int, phone: str, *, tongue: str, channel: str, terms: str) -> int:
    """Make whoever holds the phone a member, once; the profile. Raises Conflict where that is not asked."""
    with writing(brand_id, by_keys=True):
        found = standing(brand_id, phone)
        if found.who is Who.MEMBER:
            return let_in(brand_id, phone)
        if found.who is not Who.STRANGER:
            raise _changed()
        mine = Identity("phone", phone)
        _record(brand_id, _fact(brand_id, phone, mine, tongue=tongue, channel=channel, terms=terms))
        subject = _subject(brand_id, "phone", codes.key_of(brand_id, phone))
        _bind(brand_id, phone, subject)
    return subject


def join_anew(brand_id: int, phone: str, *, tongue: str, channel: str, terms: str) -> int:
    """Somebody new holds a number that was another's: a customer of their own, known by a member number, that
    this phone signs in to from now on. The number stays with the profile it was told for."""
    with writing(brand_id, by_keys=True):
        found = standing(brand_id, phone)
        if found.who is Who.MEMBER:
            return let_in(brand_id, phone)
        if found.who is not Who.SILENT:
            raise _changed()
        number = f"{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}}"
        mine = Identity("member", number)
        _record(brand_id, _fact(brand_id, phone, mine, tongue=tongue, channel=channel, terms=terms))
        subject = _subject(brand_id, "member", number)
        _bind(brand_id, phone, subject)
    return subject


def recognised(brand_id: int, phone: str, birthday: str) -> int | None:
    """The profile of the customer who has this phone and this birthday ("05-01"), from now on signed in to by
    it; None where there is none, or it was tried too often."""
    if not codes.may_answer(brand_id, phone):
        return None
    with writing(brand_id, by_keys=True):
        found = standing(brand_id, phone)
        known = holders.profiles(brand_id, found.customers)
        right = [one for one in sorted(known) if known[one].birthday[-5:] == birthday]
        if found.who is not Who.SILENT or not right:
            return None
        key = codes.key_of(brand_id, phone)
        subject = holders.held_by(brand_id, right[0], "phone", key) or right[0]
        _bind(brand_id, phone, subject)
    return subject


def _fact(brand_id: int, phone: str, identity: Identity, *, tongue: str, channel: str, terms: str) -> Fact:
    at_ms = now_ms()
    payload: dict[str, object] = {"origin": ORIGIN, "is_member": True, "terms": terms}
    if identity.scheme == "member":
        payload["member"] = identity.value
    reference = f"{at_ms}:{codes.key_of(brand_id, phone)}"
    person = Person(language=LANGUAGES[tongue])
    return Fact(JOINED, reference, at_ms, (identity,), person, channel, payload=payload)


def _record(brand_id: int, fact: Fact) -> None:
    told = record(brand_id, SOURCE, [fact])
    if told.rejected:
        raise Conflict(told.rejected[0].message)


def _subject(brand_id: int, scheme: str, key: str) -> int:
    found = holders.subject_of(brand_id, scheme, key)
    if found is None:
        raise _changed()
    return found


def _bind(brand_id: int, phone: str, subject_id: int) -> None:
    now = now_ms()
    MemberPhone.objects.update_or_create(
        brand_id=brand_id,
        phone_key=codes.key_of(brand_id, phone),
        defaults={"subject_id": subject_id, "seen_ms": now},
        create_defaults={"subject_id": subject_id, "seen_ms": now, "since_ms": now},
    )


def _changed() -> Conflict:
    return Conflict(say("This changed meanwhile."), remedy=say("Begin again with your phone number."))
