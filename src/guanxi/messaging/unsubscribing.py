"""Addresses by which customers refuse messages: signed, without an end, and without anything personal.

A token is what it is for (subject, purpose, channel) and 16 bytes of an HMAC-SHA256 by the secret key. It
can do one thing: withdraw that consent. So it needs no end, and works in a mail of years ago.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import ClassVar, Final, NamedTuple

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from guanxi.customers.consent.contracts import Proof, Said, Statement, Why
from guanxi.customers.consent.ledger import record
from guanxi.customers.consent.queries import verdicts
from guanxi.customers.contracts import Identity
from guanxi.customers.lookup import brand_ids_of, find
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import NotFound
from guanxi.messaging import blocking
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.settings import public_url
from guanxi.platform.writing import writing

PATH: Final = "/u/"
SOURCE: Final = "unsubscribe"
LONGEST: Final = 200
_MAC_BYTES: Final = 16
_SALT: Final = "guanxi.messaging.unsubscribing"


class TokenUnknown(NotFound):
    """No token of ours, or changed on the way."""

    code: ClassVar[str] = "token_unknown"


class Opened(NamedTuple):
    """Whose consent to what a token withdraws. `channel` is one of consent."""

    brand_id: int
    subject_id: int
    purpose: str
    channel: str


def token(brand_id: int, subject_id: int, purpose: str, channel: str) -> str:
    body = f"{brand_id}.{subject_id}.{purpose}.{channel}".encode()
    return urlsafe_b64encode(_mac(body) + body).decode().rstrip("=")


def url(brand_id: int, subject_id: int, purpose: str, channel: str) -> str:
    """The whole address; "" where nobody said where this installation is."""
    base = public_url()
    return f"{base}{PATH}{token(brand_id, subject_id, purpose, channel)}" if base else ""


def open_token(text: str) -> Opened:
    """Raises TokenUnknown."""
    if not text.isascii() or not len(text) <= LONGEST:
        raise _unknown()
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raise _unknown() from None
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    # Decoding is lenient with odd characters, so the token is compared as it is written, too.
    same = urlsafe_b64encode(raw).decode().rstrip("=") == text
    if not same or not constant_time_compare(mac, _mac(body)):
        raise _unknown()
    brand, subject, purpose, channel = body.decode().split(".")
    opened = Opened(int(brand), int(subject), purpose, channel)
    if brand_ids_of([opened.subject_id]).get(opened.subject_id) != opened.brand_id:
        raise _unknown()
    return opened


def unsubscribe(text: str) -> Opened:
    """Withdraw what the token is for; again changes nothing. Counts at once, for what is queued as well.
    Raises TokenUnknown."""
    opened = open_token(text)
    _withdraw(opened, Proof.MESSAGE, SOURCE)
    return opened


def opt_out(brand_id: int, channel: str, address: str, *, purpose: str = "marketing") -> int:
    """Somebody answered from this address to be left in peace: the address gets no advertising, and whoever
    has it withdraws their consent; of how many customers. Raises KeyError for a channel that there is not."""
    capabilities = CHANNELS[channel].capabilities
    with writing(brand_id):
        blocking.refuse(brand_id, channel, address, "reply", blocking.OPTED_OUT)
        customers = find(brand_id, Identity(capabilities.address, address))
        for customer in customers:
            _withdraw(Opened(brand_id, customer, purpose, capabilities.consent), Proof.MESSAGE, "reply")
    return len(customers)


def _withdraw(opened: Opened, proof: Proof, source: str) -> None:
    brand_id, subject, purpose, channel = opened
    with writing(brand_id):
        verdict = verdicts(brand_id, [subject], purpose, channel)[subject]
        if verdict.why in {Why.WITHDRAWN, Why.REFUSED}:
            return
        at_ms = now_ms()
        key = f"unsubscribe:{subject}:{purpose}:{channel}:{at_ms}"
        said = Statement(subject, purpose, Said.WITHDRAWN, key, proof, channel, at_ms)
        record(brand_id, [said], source=source, actor="customer")


def _mac(body: bytes) -> bytes:
    return salted_hmac(_SALT, body, algorithm="sha256").digest()[:_MAC_BYTES]


def _unknown() -> TokenUnknown:
    return TokenUnknown(_("This link does not work."), remedy=_("Use the one in a newer message."))
