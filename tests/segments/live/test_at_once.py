"""Several who change, fill and follow segments at once: nothing is lost, and nothing is told twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from guanxi.kernel.clock import frozen
from guanxi.platform import jobs
from guanxi.platform.models import Brand, Job
from guanxi.segments import following, refreshing, services
from guanxi.segments import jobs as segment_jobs
from guanxi.segments.models import Progress, Segment
from guanxi.segments.refreshing import refresh
from guanxi.touchpoints.contracts import Mode
from tests.segments.live.brand import (
    BUYERS,
    NOW,
    SCANNERS,
    does,
    follow,
    members,
    segment,
    told,
    version,
    work,
)

pytestmark = pytest.mark.django_db(transaction=True)


def once(monkeypatch: pytest.MonkeyPatch, home: object, name: str, act: Callable[[], object]) -> None:
    """The first time that `home.name` is called, something else happens before it answers."""
    plain = getattr(home, name)
    acted: list[int] = []

    def meanwhile(*given: Any, **options: Any) -> Any:
        answer = plain(*given, **options)
        if not acted:
            acted.append(1)
            act()
        return answer

    monkeypatch.setattr(home, name, meanwhile)


def at_once(*acts: Callable[[], object]) -> None:
    """Each in a thread of its own, with a connection of its own; what one of them raises is raised here."""
    failed: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if failed:
        raise failed[0]
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("moment", ["_answers", "_difference", "_ask_again", "_set_dues"])
def test_a_change_while_the_segment_is_being_filled_is_filled_too(
    brand: Brand, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Whenever the condition changes, the refresh that runs has read the old one."""
    does(brand, "lei")
    mei = does(brand, "mei", "code.scanned")
    number = services.create(brand, "people", BUYERS, actor="user:1")
    once(
        monkeypatch,
        refreshing,
        moment,
        lambda: services.save(brand, number, version(number), condition=SCANNERS, actor="user:1"),
    )
    work()
    row = Segment.objects.get(pk=number)
    assert row.filled_version == row.condition_version
    assert members(number) == [mei]
    assert told(brand) == []
    assert refresh(brand).drift == 0


def test_a_refresh_writes_nothing_of_a_condition_that_was_changed(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two workers refresh, the one that read the old condition may be the last to write."""
    does(brand, "lei")
    mei = does(brand, "mei", "code.scanned")
    number = services.create(brand, "people", BUYERS, actor="user:1")

    def changed_and_filled() -> None:
        services.save(brand, number, version(number), condition=SCANNERS, actor="user:1")
        refresh(brand, [number])
        assert members(number) == [mei]

    once(monkeypatch, refreshing, "_difference", changed_and_filled)
    refresh(brand)
    assert members(number) == [mei]
    assert Segment.objects.get(pk=number).filled_version == version(number)


def test_a_segment_put_away_while_it_is_filled_keeps_no_members(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    does(brand, "lei")
    number = services.create(brand, "people", BUYERS, actor="user:1")

    def put_away() -> None:
        services.archive(brand, number, version(number), actor="user:1")
        segment_jobs.run_removal(jobs.JobContext(0, 0, brand.pk, {"segment": number}))

    monkeypatch.setattr(jobs.JobContext, "progress", lambda *_: None)
    once(monkeypatch, refreshing, "_difference", put_away)
    refresh(brand)
    row = Segment.objects.get(pk=number)
    assert (row.size, row.filled_version, members(number)) == (0, 0, [])


def test_what_is_left_to_a_refresh_that_runs_already_is_not_forgotten(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More history comes when the refresh has looked for the last time."""
    buyers = segment(brand, "buyers", BUYERS)
    monkeypatch.setattr(following, "MOST_HISTORY", 1)
    people = [does(brand, f"p{number}", mode=Mode.BACKFILL) for number in range(3)]
    follow(brand)

    def late() -> None:
        people.append(does(brand, "late", mode=Mode.BACKFILL))
        follow(brand)

    once(monkeypatch, refreshing, "_set_dues", late)
    work()
    assert members(buyers) == people[:3]
    segment_jobs.plan()
    work()
    assert members(buyers) == people
    progress = Progress.objects.get()
    assert progress.bulk_done == progress.bulk_wanted
    segment_jobs.plan()
    assert not Job.objects.filter(state="queued", kind=following.REFRESH).exists()


def test_a_full_refresh_that_failed_is_wanted_again_after_a_rest(brand: Brand) -> None:
    segment(brand, "buyers", BUYERS)
    following.want_bulk(brand.pk, live=False)
    Job.objects.filter(state="queued").update(state="failed", finished_ms=NOW)
    segment_jobs.plan()
    assert not Job.objects.filter(state="queued").exists()
    with frozen(NOW + segment_jobs.FAILURE_MS):
        segment_jobs.plan()
        segment_jobs.plan()
        assert Job.objects.filter(state="queued").count() == 1


def test_two_workers_who_follow_the_log_at_once_tell_every_entry_and_exit_once(brand: Brand) -> None:
    once_only = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "exactly": 1}]}
    buyers, once_only_ones = segment(brand, "buyers", BUYERS), segment(brand, "once", once_only)
    people = [does(brand, f"p{number}") for number in range(10)]
    recorded = threading.Event()

    def record() -> None:
        try:
            for number in range(10, 30):
                people.append(does(brand, f"p{number}"))
                if number % 3 == 0:
                    does(brand, f"p{number - 10}")
        finally:
            recorded.set()

    def follower() -> None:
        while not recorded.is_set():
            following.follow(brand)
        assert following.catch_up(brand)

    at_once(follower, follower, record)
    follow(brand)
    twice = {people[number - 10] for number in range(10, 30) if number % 3 == 0}
    assert members(buyers) == sorted(people)
    assert members(once_only_ones) == sorted(set(people) - twice)
    tellings = told(brand)
    # A step may see both orders of a customer at once, who then never was in "once".
    entered_once = sorted(tellings)
    for who in people:
        mine = [what for what, subject in entered_once if subject == who]
        assert mine.count("entered") in ({1, 2} if who in twice else {2})
        assert mine.count("left") == mine.count("entered") - 1 if who in twice else mine.count("left") == 0
    assert refresh(brand).drift == 0


def test_segments_made_at_once_while_a_worker_takes_their_jobs_are_all_filled(brand: Brand) -> None:
    people = [does(brand, f"p{number}") for number in range(3)]
    made: list[int] = []
    ended = threading.Event()
    begun = threading.Barrier(4)

    def make(who: int) -> None:
        begun.wait(60)
        for number in range(6):
            made.append(services.create(brand, f"{who}-{number}", BUYERS, actor="user:1"))

    def worker() -> None:
        begun.wait(60)
        while not ended.is_set():
            jobs.run_queued()

    def makers() -> None:
        try:
            at_once(*(lambda who=who: make(who) for who in range(3)))
        finally:
            ended.set()

    at_once(makers, worker)
    work()
    assert len(made) == 18
    assert [members(number) for number in made] == [people] * 18
    refreshes = Job.objects.filter(kind=following.REFRESH)
    assert not refreshes.exclude(state="done").exists()
    assert told(brand) == []
