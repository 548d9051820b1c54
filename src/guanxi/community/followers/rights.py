"""What lists of followers say of a person who is known to the brand, and how they let go of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.community.followers.keeping import PLAIN, forget
from guanxi.community.models import Follower, FollowerIdentity
from guanxi.customers.lookup import keys_of
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Eraser, Person, Source


def register() -> None:
    SOURCES.register(
        Source(
            "followers",
            _("Accounts that follow the brand"),
            ("community_follower", "community_followeridentity"),
            accounts,
            _("To tell real followers from fakes."),
            _("Consent, with the right to switch personalisation off (PIPL 24)."),
            _("Until a newer list or the person's erasure; without a word of the account itself."),
        )
    )
    ERASERS.register(Eraser("followers", untie))


def accounts(person: Person) -> Iterator[Mapping[str, Any]]:
    found: set[int] = set()
    for scheme, key in keys_of(person.brand_id, person.subject_ids):
        rows = FollowerIdentity.objects.filter(brand_id=person.brand_id, scheme=scheme, key=key)
        found.update(rows.values_list("follower_id", flat=True))
    for row in Follower.objects.filter(pk__in=found).order_by("pk"):
        known = {name: getattr(row, name) for name in PLAIN}
        yield {"platform": row.platform, "region": row.region, **known}


def untie(person: Person) -> Mapping[str, int]:
    """The accounts stay, leading to nobody."""
    return {"community_followeridentity": forget(person.brand_id, person.subject_ids)}
