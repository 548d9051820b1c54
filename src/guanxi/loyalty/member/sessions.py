"""Signing in on a phone: a random key in a cookie, its hash in the database, ninety days since it was last
used. Signing out and an erasure end it; what a link opened ends when the customer's links are revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

from django.utils.crypto import salted_hmac

from guanxi.customers.consent import links
from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import DAY_MS, HOUR_MS, now_ms
from guanxi.loyalty.member.models import MemberSession
from guanxi.platform.writing import writing

LASTS_MS: Final = 90 * DAY_MS
SEEN_EVERY_MS: Final = HOUR_MS  # so that a page seldom writes
MOST_PHONES: Final = 10  # of one profile: the oldest session ends
_KEY_CHARS: Final = 43


class Open(NamedTuple):
    """Whose session it is: the profile that signed in, and the customer that this is today."""

    subject_id: int
    customer_id: int
    form_key: str


def begin(brand_id: int, subject_id: int, link_round: int | None = None) -> str:
    """Sign the profile in; the key for its cookie, which nobody can learn again. `link_round` is that of the
    link that was opened, if one was."""
    key, at_ms = secrets.token_urlsafe(32), now_ms()
    with writing(brand_id):
        ours = MemberSession.objects.filter(subject_id=subject_id)
        ours.filter(ends_ms__lte=at_ms).delete()
        oldest = list(ours.order_by("-seen_ms", "-pk").values_list("pk", flat=True)[MOST_PHONES - 1 :])
        MemberSession.objects.filter(pk__in=oldest).delete()
        MemberSession.objects.create(
            brand_id=brand_id,
            subject_id=subject_id,
            key_hash=_hash(key),
            opened_ms=at_ms,
            seen_ms=at_ms,
            ends_ms=at_ms + LASTS_MS,
            link_round=link_round,
        )
    return key


def find(brand_id: int, key: str) -> Open | None:
    """The session of a cookie; None where there is none, it is over, the link that opened it was revoked, or
    the customer is gone."""
    if len(key) != _KEY_CHARS:
        return None
    row = MemberSession.objects.filter(key_hash=_hash(key), brand_id=brand_id).first()
    at_ms = now_ms()
    if row is None or row.ends_ms <= at_ms or _revoked(row):
        return None
    customer_id = customer_ids_of(brand_id, [row.subject_id]).get(row.subject_id)
    if customer_id is None:
        return None
    if at_ms - row.seen_ms > SEEN_EVERY_MS:
        with writing(brand_id):
            MemberSession.objects.filter(pk=row.pk).update(seen_ms=at_ms, ends_ms=at_ms + LASTS_MS)
    return Open(row.subject_id, customer_id, form_key(key))


def end(brand_id: int, key: str) -> None:
    """Sign out here."""
    with writing(brand_id):
        MemberSession.objects.filter(key_hash=_hash(key), brand_id=brand_id).delete()


def end_all(subject_ids: Iterable[int]) -> int:
    """Sign these profiles out everywhere, in the caller's transaction; of how many sessions."""
    return MemberSession.objects.filter(subject_id__in=list(subject_ids)).delete()[0]


def form_key(key: str) -> str:
    """What every form of this session sends along, so that no other site can send one."""
    return salted_hmac("guanxi.loyalty.member.form", key, algorithm="sha256").hexdigest()[:32]


def _revoked(row: MemberSession) -> bool:
    return row.link_round is not None and row.link_round != links.round_of(row.subject_id)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
