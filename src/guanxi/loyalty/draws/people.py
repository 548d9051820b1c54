"""Who takes no part, and pseudonyms for those who do."""

from __future__ import annotations

import hmac
from collections.abc import Collection

from guanxi.customers.contracts import Identity
from guanxi.customers.identifiers import normalise
from guanxi.customers.lookup import find_many, keys_of
from guanxi.customers.tags import tags_of_many
from guanxi.platform import vault
from guanxi.platform.models import Membership

AT_ONCE = 5_000


def pseudonym(salt: str, customer_id: int) -> str:
    """Of a person in one draw; 32 hexadecimal digits."""
    return hmac.digest(bytes.fromhex(salt), str(customer_id).encode(), "sha256").hex()[:32]


def team(brand_id: int) -> list[Identity]:
    """The phones and addresses by which the people of the brand's team sign in."""
    names = Membership.objects.filter(brand_id=brand_id).values_list("user__username", flat=True)
    found = []
    for name in names:
        for scheme in ("phone", "email"):
            value = normalise(scheme, name)
            if value:
                found.append(Identity(scheme, value))
    return found


def is_insider(brand_id: int, customer_id: int, subject_ids: Collection[int], tag: str) -> bool:
    """Whether one customer is of the team or has the tag."""
    keys = {(one.scheme, vault.blind_index(brand_id, one.scheme, one.value)) for one in team(brand_id)}
    if keys and keys & keys_of(brand_id, subject_ids):
        return True
    return bool(tag) and tag in tags_of_many(brand_id, [customer_id])[customer_id]


def insiders_among(brand_id: int, customer_ids: Collection[int], tag: str) -> set[int]:
    """Those of these customers who are of the team or have the tag."""
    found = {one for some in find_many(brand_id, team(brand_id)).values() for one in some}
    found &= set(customer_ids)
    if tag:
        ids = sorted(customer_ids)
        for start in range(0, len(ids), AT_ONCE):
            part = tags_of_many(brand_id, ids[start : start + AT_ONCE])
            found |= {customer for customer, tags in part.items() if tag in tags}
    return found
