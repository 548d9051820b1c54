"""Several workers at once: nothing is sent twice, caps are exact, of two who change a message one is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connection

from guanxi.kernel.errors import Conflict
from guanxi.messaging import services
from guanxi.messaging.contracts import Became, Cap, Outcome
from guanxi.messaging.models import Message as Row
from guanxi.touchpoints.models import Touchpoint
from tests.messaging.conftest import Use
from tests.messaging.world import consented, customer, offer, points, queued, state


def together(do: Callable[[], object], times: int = 4) -> None:
    failed: list[BaseException] = []
    gate = threading.Barrier(times)

    def one() -> None:
        try:
            gate.wait()
            do()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _time in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed


def test_workers_at_once_send_each_message_once(brand_id: int, mail: Use) -> None:
    recorder = mail()
    people = [customer(brand_id, f"c{at}") for at in range(6)]
    numbers = queued(brand_id, *(points(f"k{at}", people[at % 6]) for at in range(120)))
    together(services.send_all)
    assert Counter(parcel.message_id for parcel in recorder.got) == Counter(numbers)
    assert {state(number) for number in numbers} == {("sent", "")}
    assert Touchpoint.objects.filter(kind="message.sent").count() == 120


def test_caps_are_exact_whoever_sends(brand_id: int, mail: Use) -> None:
    """A limit that breaks when several ask at once (saleor#544, django-oscar#2101)."""
    recorder = mail()
    people = [customer(brand_id, f"c{at}") for at in range(4)]
    for one in people:
        consented(brand_id, one)
    services.set_caps(brand_id, [Cap("email", 1, 3)], before=[], actor="cli")
    queued(brand_id, *(offer(f"k{at}", people[at % 4]) for at in range(120)))
    together(services.send_all)
    assert Counter(parcel.subject_id for parcel in recorder.got) == dict.fromkeys(people, 3)
    assert Counter(Row.objects.values_list("state", flat=True)) == {"sent": 12, "capped": 108}


def test_the_same_key_queued_by_several_at_once_is_one_message(brand_id: int) -> None:
    """Peers reward twice on a retry (laravel-referrals#35)."""
    lei = customer(brand_id, "lei")
    outcomes: list[Outcome] = []
    together(lambda: outcomes.extend(services.queue(brand_id, [points("a", lei), points("b", lei)])))
    assert Counter(one.state for one in outcomes) == {Became.QUEUED: 2, Became.EXISTS: 6}
    assert Row.objects.count() == 2


def test_of_several_who_cancel_or_send_one_wins_and_the_others_are_told(brand_id: int, mail: Use) -> None:
    recorder = mail()
    numbers = queued(brand_id, *(points(f"k{at}", customer(brand_id, "lei")) for at in range(8)))
    told: list[int] = []

    def cancel() -> None:
        for number in numbers:
            try:
                services.cancel(brand_id, number, actor="user:1")
            except Conflict:
                told.append(number)

    turns = iter([cancel, services.send_all, cancel, services.send_all])
    lock = threading.Lock()

    def one() -> None:
        with lock:
            do = next(turns)
        do()

    together(one)
    sent = {parcel.message_id for parcel in recorder.got}
    cancelled = set(Row.objects.filter(state="cancelled").values_list("pk", flat=True))
    assert sent | cancelled == set(numbers)
    assert not sent & cancelled
    assert len(told) == 2 * len(numbers) - len(cancelled)
