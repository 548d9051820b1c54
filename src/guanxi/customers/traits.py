"""Profile traits of a subject as compact JSON, and what they say of a customer. Pure.

Per trait the newest observation counts, at the same moment the greater value, so order is no matter. The
city where a phone was sold is a trait of its own, heard only where no record says a city.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from guanxi.customers.birthdays import is_birthday
from guanxi.customers.contracts import Person

Observed = dict[str, list[Any]]  # trait → [value, at_ms]
PHONE_CITY: Final = "phone_city"


class Profile(NamedTuple):
    """A customer's traits, coalesced over the subjects."""

    adcode: int | None = None
    gender: str = ""
    birthday: str = ""
    birthday_calendar: str = ""
    language: str = ""


NOTHING_KNOWN = Profile()


def observed(person: Person, adcode: int | None, at_ms: int) -> Observed:
    """The traits that a record shows; what cannot be a birthday is none."""
    found: Observed = {}
    if person.gender:
        found["gender"] = [person.gender, at_ms]
    if person.birthday and is_birthday(person.birthday, person.birthday_calendar or "solar"):
        found["birthday"] = [f"{person.birthday_calendar or 'solar'}:{person.birthday}", at_ms]
    if person.language:
        found["language"] = [person.language, at_ms]
    if adcode:
        found["adcode"] = [adcode, at_ms]
    return found


@lru_cache(maxsize=1024)
def sold_in(adcode: int) -> Observed:
    """What a phone's prefix shows. It is so at any time: 0. All phones of a city share it, unchanged."""
    return {PHONE_CITY: [adcode, 0]}


def merged(known: Observed, given: Observed) -> Observed:
    """The newest of both, per trait."""
    result = dict(known)
    for trait, seen in given.items():
        present = result.get(trait)
        if present is None or (seen[1], seen[0]) > (present[1], present[0]):
            result[trait] = seen
    return result


def packed(traits: Observed) -> str:
    return orjson.dumps(traits, option=orjson.OPT_SORT_KEYS).decode() if traits else ""


def unpacked(text: str) -> Observed:
    return dict(orjson.loads(text)) if text else {}


def profile(subjects: Iterable[Observed]) -> Profile:
    """The profile that the traits of a customer's subjects add up to."""
    total: Observed = {}
    phone_cities: set[int] = set()
    for given in subjects:
        if given:
            if PHONE_CITY in given:
                phone_cities.add(given[PHONE_CITY][0])
            total = merged(total, given) if total else given
    if not total:
        return NOTHING_KNOWN
    phone_city = phone_cities.pop() if len(phone_cities) == 1 else None  # several that differ say nothing
    if PHONE_CITY in total and len(total) == 1:
        return Profile(phone_city)
    calendar, _, birthday = str(value(total, "birthday") or "").partition(":")
    adcode = value(total, "adcode")
    return Profile(
        adcode=phone_city if adcode is None else int(adcode),
        gender=str(value(total, "gender") or "")[:1],
        birthday=birthday[:10],
        birthday_calendar=calendar[:5],
        language=str(value(total, "language") or "")[:10],
    )


def holds(known: Profile, given: Observed) -> bool:
    """Whether a profile says already what is given."""
    return all(said in {None, "", kept} for said, kept in zip(profile([given]), known, strict=True))


def value(traits: Observed, trait: str) -> Any:
    seen = traits.get(trait)
    return seen[0] if seen else None
