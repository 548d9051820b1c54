"""How often an address may knock at the door, and an associate may read codes."""

from __future__ import annotations

import time
from typing import Final

from django.http import HttpRequest

from guanxi.customers.consent.phone import address_key
from guanxi.platform.rates import Buckets

SENDS_A_MINUTE: Final = 10
SENDS_AN_HOUR: Final = 100  # a shop's guests share an address
TRIES_A_MINUTE: Final = 30
READS_A_MINUTE: Final = 60
_SENDS: Final = Buckets()
_HOURLY: Final = Buckets(lambda: time.monotonic() / 60)  # so that its minute is an hour
_TRIES: Final = Buckets()
_READS: Final = Buckets()


def sends(request: HttpRequest) -> float:
    """Seconds until this address may ask for a code; 0.0: now."""
    key = address_key(request)
    return _SENDS.take(key, SENDS_A_MINUTE) or 60 * _HOURLY.take(key, SENDS_AN_HOUR)


def tries(request: HttpRequest) -> float:
    """The same for trying one."""
    return _TRIES.take(address_key(request), TRIES_A_MINUTE)


def reads(person_id: int) -> float:
    """Seconds until this person may look for a member at a till."""
    return _READS.take(person_id, READS_A_MINUTE)


def forget() -> None:
    for buckets in (_SENDS, _HOURLY, _TRIES, _READS):
        buckets.clear()
