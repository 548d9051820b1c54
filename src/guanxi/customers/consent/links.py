"""Signed links to a customer's own pages: the preference centre, the inbox.

A token is 33 bytes in base64url: what it is for, the subject, the round, when it ends, and 16 bytes of an
HMAC-SHA256 by the secret key. It holds nothing personal. Whoever has it may see and change what the page
shows, and nothing else: so it ends, and a new round (`revoke`) ends all that were made before.
"""

from __future__ import annotations

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar, Final, NamedTuple

from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from guanxi.customers.consent.models import ConsentLink
from guanxi.customers.lookup import root_of
from guanxi.customers.models import Subject
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, now_ms
from guanxi.kernel.errors import GuanxiError, Invalid, NotFound
from guanxi.platform import audit
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

DAYS: Final = 30
MOST_DAYS: Final = 365
_BODY: Final = struct.Struct(">BQII")  # purpose, subject, round, minutes since 1970
_MAC_BYTES: Final = 16
_TOKEN_CHARS: Final = 44
_SALT: Final = "guanxi.customers.consent.links"


class Opens(IntEnum):
    """What a link is to; one to one page opens no other. Part of every token: never renumbered."""

    PREFERENCES = 1
    INBOX = 2
    CARD = 3


_PATHS: Final = {Opens.PREFERENCES: "/p/", Opens.INBOX: "/i/", Opens.CARD: "/m/{slug}/open/"}
_ACTIONS: Final = {
    Opens.PREFERENCES: "consent.link_made",
    Opens.INBOX: "inbox.link_made",
    Opens.CARD: "member.link_made",
}


class LinkUnknown(NotFound):
    """No link of ours, or changed on the way."""

    code: ClassVar[str] = "link_unknown"


class LinkEnded(GuanxiError):
    """It was a link of ours: it is too old, or was revoked."""

    code: ClassVar[str] = "link_ended"
    http_status: ClassVar[int] = 410

    def __init__(self, brand_id: int) -> None:
        super().__init__(_("This link has ended."), remedy=_("Ask for a new one where you got it."))
        self.brand_id = brand_id


class Link(NamedTuple):
    token: str
    path: str
    expires_ms: int


class Opened(NamedTuple):
    """Whom a token is for: the subject it was made for, and the customer this is today; `round` is the one
    that it was made in."""

    brand_id: int
    subject_id: int
    customer_id: int
    round: int = 0


def make(
    brand_id: int,
    customer_id: int,
    *,
    days: int = DAYS,
    actor: object,
    opens: Opens = Opens.PREFERENCES,
) -> Link:
    """A link for one customer; it is in the audit log. Raises NotFound, and Invalid for days out of range."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("A link lasts 1 to %(most)s days.") % {"most": MOST_DAYS}, field="days")
    root = _root(brand_id, customer_id)
    minutes = (now_ms() + days * DAY_MS) // MINUTE_MS
    with writing(brand_id):
        token = _signed(opens, root, round_of(root), minutes)
        audit.record(brand_id, str(actor), _ACTIONS[opens], "customer", root, detail={"days": days})
    slug = Brand.objects.values_list("slug", flat=True).get(pk=brand_id) if opens is Opens.CARD else ""
    return Link(token, f"{_PATHS[opens].format(slug=slug)}{token}", minutes * MINUTE_MS)


def revoke(brand_id: int, customer_id: int, *, actor: object) -> None:
    """All links to this customer's pages stop working, those of the profiles merged into it too."""
    root = _root(brand_id, customer_id)
    with writing(brand_id):
        end(brand_id, Subject.of_brand(brand_id).filter(customer_id=root).values_list("pk", flat=True))
        audit.record(brand_id, str(actor), "consent.links_revoked", "customer", root)


def end(brand_id: int, subject_ids: Iterable[int]) -> int:
    """A new round for these subjects, in the caller's transaction; of how many."""
    subjects = list(subject_ids)
    rows = [ConsentLink(brand_id=brand_id, subject_id=subject) for subject in subjects]
    ConsentLink.objects.bulk_create(rows, ignore_conflicts=True)
    return ConsentLink.objects.filter(subject_id__in=subjects).update(round=F("round") + 1)


def open_token(token: str, opens: Opens = Opens.PREFERENCES) -> Opened:
    """Raises LinkUnknown, or LinkEnded where the link was ours."""
    subject, turn, minutes = _read(token, opens)
    row = Subject.objects.filter(pk=subject).values_list("brand_id", flat=True).first()
    root = root_of(row, subject) if row is not None else None
    if row is None or root is None:
        raise _unknown()
    if minutes * MINUTE_MS <= now_ms() or turn != round_of(subject):
        raise LinkEnded(row)
    return Opened(row, subject, root, turn)


def round_of(subject_id: int) -> int:
    """The round whose links still work: what a link of another one opened has ended with it."""
    return ConsentLink.objects.filter(subject_id=subject_id).values_list("round", flat=True).first() or 0


def _root(brand_id: int, customer_id: int) -> int:
    root = root_of(brand_id, customer_id)
    if root is None:
        raise NotFound(_("There is no such customer."), remedy=_("Look it up by an identity."))
    return root


def _signed(opens: Opens, subject_id: int, turn: int, minutes: int) -> str:
    body = _BODY.pack(opens, subject_id, turn, minutes)
    return urlsafe_b64encode(body + _mac(body)).decode()


def _read(token: str, opens: Opens) -> tuple[int, int, int]:
    if len(token) != _TOKEN_CHARS or not token.isascii():
        raise _unknown()
    try:
        raw = urlsafe_b64decode(token)
    except (ValueError, binascii.Error):
        raise _unknown() from None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    # Decoding is lenient with odd characters, so the token is compared as it is written, too.
    if not constant_time_compare(mac, _mac(body)) or urlsafe_b64encode(raw).decode() != token:
        raise _unknown()
    purpose, subject, turn, minutes = _BODY.unpack(body)
    if purpose != opens:
        raise _unknown()
    return subject, turn, minutes


def _mac(body: bytes) -> bytes:
    return salted_hmac(_SALT, body, algorithm="sha256").digest()[:_MAC_BYTES]


def _unknown() -> LinkUnknown:
    return LinkUnknown(_("This link does not work."), remedy=_("Ask for a new one where you got it."))
