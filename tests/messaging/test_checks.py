"""Which of several reasons decides, and when a message may go out. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from guanxi.customers.consent.contracts import Verdict, Why
from guanxi.kernel.clock import DAY_MS, HOUR_MS, to_ms
from guanxi.messaging.checks import Decision, Facts, counted, decide
from guanxi.messaging.contracts import Cap, State
from guanxi.platform.brand_settings import SendingHours

NOW = 1_800_000_000_000
FINE = Facts(NOW, None, 7, True, Verdict(True, Why.GIVEN, False), "a@example.com", frozenset(), NOW, (), {})
WRONG: list[tuple[dict[str, Any], str, str]] = [  # in the order of the guide
    ({"expires_ms": NOW}, "cancelled", "expired"),
    ({"customer": None}, "suppressed", "person_gone"),
    ({"verdict": Verdict(False, Why.WITHDRAWN, False)}, "suppressed", "consent_withdrawn"),
    ({"blocks": frozenset({"opted_out", "refused"})}, "suppressed", "opted_out"),
    ({"address": ""}, "suppressed", "no_address"),
    ({"blocks": frozenset({"refused"})}, "suppressed", "address_refused"),
    ({"opens_ms": NOW + HOUR_MS}, "queued", "quiet_hours"),
    ({"caps": [Cap("", 7, 2)], "sent": {("", 7): 2}}, "capped", "cap_all_7"),
]


def test_the_first_reason_in_the_order_of_the_guide_decides() -> None:
    for place, (wrong, state, code) in enumerate(WRONG):
        later = {name: value for one, *_ in reversed(WRONG[place:]) for name, value in one.items()}
        decision = decide(FINE._replace(**{**later, **wrong}))
        assert (decision.state, decision.code) == (state, code)
    assert decide(FINE) == Decision(State.SENDING)


def test_what_is_no_advertising_needs_no_consent_and_has_no_cap_but_needs_an_address_that_works() -> None:
    service = FINE._replace(
        marketing=False, verdict=None, caps=[Cap("", 1, 0)], blocks=frozenset({"opted_out"})
    )
    assert decide(service).state is State.SENDING
    assert decide(service._replace(blocks=frozenset({"refused"}))).code == "address_refused"
    assert decide(service._replace(address="")).code == "no_address"
    assert decide(service._replace(address=None)).state is State.SENDING


def test_what_would_be_too_old_when_the_hours_open_is_not_kept_waiting() -> None:
    waiting = FINE._replace(opens_ms=NOW + HOUR_MS)
    assert decide(waiting) == Decision(State.QUEUED, "quiet_hours", NOW + HOUR_MS)
    assert decide(waiting._replace(expires_ms=NOW + HOUR_MS)).code == "expired"
    assert decide(waiting._replace(expires_ms=NOW + HOUR_MS + 1)).code == "quiet_hours"


@pytest.mark.parametrize(
    ("zone", "hours", "at", "opens"),
    [
        ("Asia/Shanghai", (8, 21), "2026-05-01 08:00", "2026-05-01 08:00"),
        ("Asia/Shanghai", (8, 21), "2026-05-01 07:59", "2026-05-01 08:00"),
        ("Asia/Shanghai", (8, 21), "2026-05-01 20:59", "2026-05-01 20:59"),
        ("Asia/Shanghai", (8, 21), "2026-05-01 21:00", "2026-05-02 08:00"),
        ("Asia/Shanghai", (8, 21), "2026-12-31 23:30", "2027-01-01 08:00"),
        ("Asia/Urumqi", (10, 22), "2026-05-01 09:00", "2026-05-01 10:00"),
        ("Europe/Berlin", (8, 21), "2026-03-28 22:00", "2026-03-29 08:00"),  # the clock goes forward
        ("Europe/Berlin", (8, 21), "2026-10-24 22:00", "2026-10-25 08:00"),  # and back
        ("America/New_York", (0, 24), "2026-05-01 03:00", "2026-05-01 03:00"),
    ],
)
def test_hours_are_those_of_the_brands_clock(zone: str, hours: tuple[int, int], at: str, opens: str) -> None:
    moment, opening = (to_ms(datetime.fromisoformat(text), ZoneInfo(zone)) for text in (at, opens))
    assert SendingHours(*hours, zone).next_ms(moment) == opening


def test_a_span_of_a_cap_is_whole_days_of_24_hours_up_to_now() -> None:
    caps = [Cap("email", 1, 1), Cap("", 1, 2), Cap("", 7, 3)]
    moments = [("email", NOW), ("sms", NOW - DAY_MS + 1), ("email", NOW - DAY_MS), ("sms", NOW - 7 * DAY_MS)]
    assert counted(moments, NOW, caps) == {("email", 1): 1, ("", 1): 2, ("", 7): 3}
    one_more = FINE._replace(caps=caps[:1], sent={("email", 1): 1})
    assert decide(one_more).code == "cap_1"
