from __future__ import annotations

import threading

import pytest
from django.db import connection

from guanxi.kernel.clock import HOUR_MS, MINUTE_MS, frozen
from guanxi.platform import lockout
from guanxi.platform.lockout import ADDRESS, USERNAME, SignInLocked
from guanxi.platform.models import SignInAttempt

NOW = 1_790_000_000_000


@pytest.mark.django_db
def test_after_five_attempts_the_wait_doubles_up_to_an_hour() -> None:
    now, waits = NOW, []
    for _ in range(13):
        with frozen(now):
            lockout.begin("mei", "1.2.3.4")
        try:
            with frozen(now):
                lockout.begin("mei", "9.9.9.9")
        except SignInLocked as locked:
            waits.append(locked.data["wait_ms"])
            now += int(str(locked.data["wait_ms"]))
    assert waits[:4] == [MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS]
    assert max(waits) == HOUR_MS


@pytest.mark.django_db
def test_a_name_that_does_not_exist_is_braked_alike_and_stored_as_a_digest() -> None:
    with frozen(NOW):
        for _ in range(5):
            lockout.begin("my-secret-password", "1.2.3.4")
        with pytest.raises(SignInLocked):
            lockout.begin("my-secret-password", "1.2.3.4")
    keys = " ".join(SignInAttempt.objects.values_list("key", flat=True))
    assert "my-secret-password" not in keys
    assert "1.2.3.4" not in keys


@pytest.mark.django_db
def test_one_address_trying_many_names_is_braked() -> None:
    with frozen(NOW):
        for at in range(ADDRESS.free):
            lockout.begin(f"name{at}", "2001:db8::1")
        with pytest.raises(SignInLocked):
            lockout.begin("another", "2001:db8::2")  # the same /64
        lockout.begin("another", "2001:db8:1::1")


@pytest.mark.django_db
def test_success_forgets_the_name_but_not_the_other_failures_of_the_address() -> None:
    with frozen(NOW):
        for _ in range(4):
            lockout.begin("mei", "1.2.3.4")
        lockout.begin("wang", "1.2.3.4")
        lockout.succeeded("wang", "1.2.3.4")
    by_kind = {row.key.split(":")[0]: row.failures for row in SignInAttempt.objects.all()}
    assert by_kind == {"user": 4, "address": 4}


@pytest.mark.django_db
def test_a_day_of_quiet_forgets_and_a_clock_set_back_locks_nobody_out() -> None:
    with frozen(NOW):
        for _ in range(5):
            lockout.begin("mei", "1.2.3.4")
    with frozen(NOW + USERNAME.memory_ms):
        assert lockout.begin("mei", "1.2.3.4") == 1
    with frozen(NOW - 400 * 24 * HOUR_MS):
        lockout.begin("mei", "1.2.3.4")


@pytest.mark.django_db(transaction=True)
def test_two_failures_at_once_both_count() -> None:
    gate = threading.Barrier(4)

    def guess() -> None:
        gate.wait()
        lockout.begin("mei", "1.2.3.4")
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(SignInAttempt.objects.values_list("failures", flat=True)) == [4, 4]
