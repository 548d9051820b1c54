"""Several connections at once that record for the same customer, while the worker is at it too."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from guanxi.kernel.clock import frozen
from guanxi.loyalty.tiers.jobs import due, recompute
from tests.loyalty.tiers.conftest import Club
from tests.loyalty.tiers.test_standing import LATER_MS

pytestmark = pytest.mark.heavy


def at_once(jobs: list[Callable[[], object]]) -> None:
    ready = Barrier(len(jobs))

    def one(job: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            ready.wait()
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(one, jobs))


def test_who_records_at_the_same_time_makes_one_change(club: Club) -> None:
    club.programme()
    with frozen(LATER_MS):
        club.record(club.order("li", 1))
        orders = [club.order("li", 200, f"n{number % 6}") for number in range(12)]  # each twice
        jobs: list[Callable[[], object]] = [partial(club.record, order) for order in orders]
        at_once([*jobs, partial(due, club.brand), partial(recompute, club.brand)])
        assert club.tier("li") == "silver"
        assert club.told() == [("member", "silver", "reached")]
