"""The words of rights: what may be asked, how far it is, and when it is due. Pure."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import to_datetime, to_ms

# 《App违法违规收集使用个人信息行为认定方法》 (2019) VI: an answer within 15 working days. Public holidays
# are not left out, so that what is due here is never due later than by the rule, but for weekends that are
# worked in exchange for a holiday.
WORKING_DAYS: Final = 15
ERASED: Final = (
    "erased"  # the scheme of a subject whose identity was destroyed, and the code of a refused row
)


CORRECTED_MS: Final = 1 << 60  # added to the moment of a correction: later than any record


class Kind(StrEnum):
    """What a person may ask for (PIPL 45, 46, 47)."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"


class State(StrEnum):
    """received → verified → done; received or verified → refused."""

    RECEIVED = "received"
    VERIFIED = "verified"
    DONE = "done"
    REFUSED = "refused"


OPEN: Final = (State.RECEIVED, State.VERIFIED)


class Erased(NamedTuple):
    """What an erasure did; `removed` are rows by table of the rooms, `kept_facts` those of money."""

    request_id: int
    customer_id: int
    identities: int
    keys: int
    removed: dict[str, int]
    kept_facts: int


def due_ms(received_ms: int, zone: ZoneInfo) -> int:
    """The end of the last working day on which an answer is in time, by the brand's calendar."""
    day, left = to_datetime(received_ms, zone), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return to_ms(day.replace(hour=23, minute=59, second=59, microsecond=0), zone)


def copy_name(customer_id: int) -> str:
    """What the names of a customer's copies begin with."""
    return f"copy-of-customer-{customer_id}-"
