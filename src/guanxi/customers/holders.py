"""Customers who say themselves who they are: what is known of them and of the contacts they hold, and how a
fact of theirs is recorded."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from django.db.models import Max, Q

from guanxi.customers.contracts import Identity, Person
from guanxi.customers.lookup import values_of
from guanxi.customers.models import Customer, Link, Subject
from guanxi.kernel.errors import Conflict
from guanxi.kernel.wording import say
from guanxi.platform import vault

_FIRST: Final = {"member": 0, "phone": 1}


class Profile(NamedTuple):
    """What is known and nothing personal that a vault holds; "" and None where it is not."""

    birthday: str = ""
    birthday_calendar: str = ""
    language: str = ""
    adcode: int | None = None
    orders: int = 0
    last_ms: int = 0


def profiles(brand_id: int, customer_ids: Collection[int]) -> dict[int, Profile]:
    """customer → profile, for those of the brand; one query."""
    rows = Customer.objects.filter(pk__in=list(customer_ids), brand_id=brand_id)
    return {number: Profile(*rest) for number, *rest in rows.values_list("pk", *Profile._fields)}


def profile(brand_id: int, customer_id: int) -> Profile:
    """Of a customer of whom nothing is known, an empty one."""
    return profiles(brand_id, [customer_id]).get(customer_id, Profile())


def last_used_ms(brand_id: int, scheme: str, key: str) -> int:
    """When a contact (by its key as among the subjects) was last seen in use: by itself, or told with
    somebody's account; 0 for never."""
    seen = dict(
        Subject.objects.filter(brand_id=brand_id, scheme=scheme, key=key).values_list("pk", "last_ms")
    )
    ties = Link.objects.filter(Q(a_id__in=seen) | Q(b_id__in=seen)).aggregate(last=Max("last_ms"))["last"]
    return max([ties or 0, *seen.values()])


def subject_of(brand_id: int, scheme: str, key: str) -> int | None:
    """The subject of an identity that no name came with."""
    rows = Subject.objects.filter(brand_id=brand_id, scheme=scheme, key=key, holder=0)
    return rows.values_list("pk", flat=True).first()


def held_by(brand_id: int, customer_id: int, scheme: str, key: str) -> int | None:
    """The first of the customer's own subjects of a contact."""
    rows = Subject.of_brand(brand_id).filter(customer_id=customer_id, scheme=scheme, key=key)
    return rows.order_by("pk").values_list("pk", flat=True).first()


def known_as(brand_id: int, customer_id: int, *, first: int = 0) -> tuple[Identity, Person | None]:
    """An identity that leads to the customer: the profile `first` where it is one, a member number, a phone,
    whatever else; with the name under which a shared phone is theirs. Raises Conflict where there is none."""
    rows = list(Subject.of_brand(brand_id).filter(customer_id=customer_id).order_by("pk"))
    rows.sort(key=lambda one: (one.pk != first, _FIRST.get(one.scheme, 2), one.holder != 0, one.pk))
    values = values_of(rows)
    for row in rows:
        value = values[row.pk]
        if value is None:
            continue
        if not row.holder:
            return Identity(row.scheme, value), None
        name = vault.open_many([row.pk]).get(row.pk, {}).get("name")
        if name is not None:
            return Identity(row.scheme, value), Person(name=name.text)
    raise Conflict(
        say("Nothing is known of this customer that a fact could be recorded under."),
        remedy=say("Record a phone or an account of theirs first."),
    )
