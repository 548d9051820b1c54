"""Sixty-four connections at once that want the last seat, and a machine against a reference."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanxi.kernel.errors import Conflict
from guanxi.loyalty.booking import services
from guanxi.loyalty.booking.models import Booking, BookingSlot
from tests.loyalty.booking.conftest import Salon, at

CROWD = 64


def at_once(salon: Salon, service: int, people: list[int]) -> list[str]:
    """Each in a thread with a connection of its own, begun when all have one."""
    ready = Barrier(len(people))

    def one(who: int) -> str:
        try:
            connection.ensure_connection()
            ready.wait()
            salon.book(service, who, at(2, 10))
        except Conflict as error:
            return str(error.data["reason"])
        else:
            return "booked"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(one, people))


@pytest.mark.heavy
def test_the_last_seat_goes_to_exactly_one_of_sixty_four(salon: Salon) -> None:
    service = salon.service("1-7 10:00 1", asset="points", units=10)
    people = [salon.customer(f"n{number}", 10) for number in range(CROWD)]
    told = at_once(salon, service, people)
    assert (told.count("booked"), told.count("full")) == (1, CROWD - 1)
    assert sum(salon.points(who) for who in people) == (CROWD - 1) * 10
    assert BookingSlot.objects.get().taken == 1
    salon.proven()


@pytest.mark.heavy
def test_one_who_presses_sixty_four_times_has_one_seat(salon: Salon) -> None:
    service, mei = salon.service("1-7 10:00 5", asset="points", units=10), salon.customer("mei", 1_000)
    assert at_once(salon, service, [mei] * CROWD) == ["booked"] * CROWD
    assert (Booking.objects.count(), salon.points(mei)) == (1, 990)
    salon.proven()


STEPS = st.lists(
    st.tuples(st.sampled_from(["book", "move", "cancel"]), st.integers(0, 2), st.integers(0, 1)), max_size=14
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_seats_against_a_reference(salon: Salon, steps: list[tuple[str, int, int]]) -> None:
    """Three customers, two slots of two seats; a booking a week is the limit, so nobody has both."""
    Booking.objects.all().delete()
    BookingSlot.objects.all().delete()
    service = salon.service("3 10:00-11:00 2", limit_times=1, limit_days=7)
    people = [salon.customer(f"p{number}") for number in range(3)]
    times = [at(2, 10), at(2, 10, 30)]
    seats: dict[int, int] = {}  # person → slot
    for verb, person, slot in steps:
        full = sum(taken == slot for taken in seats.values()) >= 2
        held = Booking.objects.filter(subject_id=people[person], state="booked").first()
        assert (held is not None) == (person in seats)
        if verb == "book":
            expected = (person not in seats and not full) or seats.get(person) == slot
            assert _done(partial(salon.book, service, people[person], times[slot])) is expected
            if expected:
                seats[person] = slot
        elif held is not None and verb == "move":
            expected = seats[person] == slot or not full
            verb_of = partial(services.move, salon.brand, held.pk, "HZ1", times[slot], actor="x")
            assert _done(verb_of) is expected
            if expected:
                seats[person] = slot
        elif held is not None:
            services.cancel(salon.brand, held.pk, actor="x")
            del seats[person]
        for place, time in enumerate(times):
            found = BookingSlot.objects.filter(starts_ms=time, service_id=service).first()
            assert (found.taken if found else 0) == sum(taken == place for taken in seats.values())


def _done(verb: Callable[[], object]) -> bool:
    try:
        verb()
    except Conflict:
        return False
    return True
