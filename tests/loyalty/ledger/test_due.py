"""What is due comes by itself, once, whatever is killed, run twice or changed meanwhile."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from guanxi.cli import main as cli
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.loyalty import jobs as loyalty_jobs
from guanxi.loyalty.ledger import due
from guanxi.loyalty.ledger.contracts import NEVER_MS, ClawBack, Kind, Resolve, State
from guanxi.loyalty.ledger.due import Counts, Forecast
from guanxi.loyalty.ledger.models import Move, Posting, Waiting
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.ripening import ripen
from guanxi.platform import jobs
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Brand, Job
from tests import dying
from tests.loyalty.ledger.conftest import Till

NOW = 1_750_000_000_000
LATER = NOW + 10 * DAY_MS


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "AT_ONCE", 2)


@pytest.fixture
def full(till: Till) -> tuple[Till, list[int]]:
    """Five customers, each with 10 points that expire, 7 that ripen and 3 that lapse before LATER, and 1 of
    each that does not."""
    people = [till.customer() for _ in range(5)]
    with frozen(NOW):
        for number, one in enumerate(people):
            day = NOW + number * DAY_MS
            till.earn(one, 10, expires_ms=day)
            till.earn(one, 1, expires_ms=LATER + 1)
            till.earn(one, 7, until_ms=NEVER_MS, ripe_ms=day)
            till.earn(one, 1, until_ms=NEVER_MS, ripe_ms=LATER + 1)
            till.earn(one, 3, until_ms=day, ripe_ms=NEVER_MS)
            till.earn(one, 1, until_ms=LATER + 1)
    return till, people


def proven(till: Till) -> None:
    proof = prove(till.brand_id)
    assert proof.ok, proof.problems


def all_is_done(till: Till, people: list[int]) -> None:
    assert [till.has(one)[:4] for one in people] == [(8, 8, 0, 2)] * 5
    expired = Move.objects.filter(kind=Kind.EXPIRE)
    assert sum(expired.values_list("units", flat=True)) == 50
    assert expired.count() == 5
    dates = Posting.objects.filter(reason="expire").order_by("occurred_ms")
    assert list(dates.values_list("occurred_ms", flat=True)) == [NOW + n * DAY_MS for n in range(5)]
    proven(till)


def test_everything_comes_once(full: tuple[Till, list[int]]) -> None:
    till, people = full
    with frozen(LATER):
        foretold = due.dry_run(till.brand_id)
        assert foretold == [
            Forecast("ripen", "points", 5, 35),
            Forecast("lapse", "points", 5, 15),
            Forecast("expire", "points", 5, 50),
        ]
        heard: list[int] = []
        assert due.run(till.brand_id, heard.append) == Counts(5, 5, 5)
        assert heard == [2, 4, 5, 7, 9, 10, 12, 14, 15]
        assert due.run(till.brand_id) == Counts()
        assert not due.is_anything(till.brand_id)
    all_is_done(till, people)


LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.kernel.clock import frozen
from guanxi.loyalty.ledger import due, rows
from guanxi.platform.models import Brand
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
name, count, now_ms = sys.argv[2:5]
original, calls = getattr(rows, name), 0
def deadly(*arguments, **options):
    global calls
    answer = original(*arguments, **options)
    calls += 1
    if calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(rows, name, deadly)
due.AT_ONCE = 2
with frozen(int(now_ms)):
    due.run(Brand.objects.get().pk)
"""


@pytest.mark.parametrize(
    "moment",
    ["_execute 1", "_execute 4", "_forget_waiting 2", "write 3", "write 8", "_forget_waiting 8"],
)
def test_a_run_killed_anywhere_is_finished_by_the_next(full: tuple[Till, list[int]], moment: str) -> None:
    till, people = full
    dying.die(LOADED, SCRIPT, *moment.split(), LATER)
    proven(till)
    with frozen(LATER):
        assert sum(due.run(till.brand_id)[:3]) < 15 or moment == "_execute 1"
    all_is_done(till, people)


def test_two_runs_at_once_do_everything_once(full: tuple[Till, list[int]]) -> None:
    till, people = full

    def run(_number: int) -> Counts:
        try:
            return due.run(till.brand_id)
        finally:
            connection.close()

    with frozen(LATER), ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))
    assert [sum(column) for column in list(zip(*counts, strict=True))[:3]] == [5, 5, 5]
    all_is_done(till, people)


def test_what_is_held_does_not_expire_and_what_comes_back_goes_each_time(till: Till) -> None:
    ann = till.customer()
    with frozen(NOW):
        till.earn(ann, 10, expires_ms=NOW + 1)
        first, second = (till.spend(ann, 3, until_ms=NEVER_MS).moves[0] for _ in range(2))
    with frozen(LATER):
        assert due.run(till.brand_id).expired == 1
        assert till.has(ann)[:3] == (0, 6, 6)
        for held in (first, second):  # the same units are left each time
            assert till.ask(Resolve(held, Kind.VOID)).state is State.POSTED
            assert due.run(till.brand_id) == Counts(expired=1)
    assert till.has(ann)[:3] == (0, 0, 0)
    assert sum(Move.objects.filter(kind=Kind.EXPIRE).values_list("units", flat=True)) == 10
    proven(till)


def test_what_lapses_frees_what_then_expires_in_the_same_run(till: Till) -> None:
    ann = till.customer()
    with frozen(NOW):
        till.earn(ann, 10, expires_ms=NOW + 1)
        till.spend(ann, 10, until_ms=NOW + 5)
    with frozen(LATER):
        assert due.run(till.brand_id) == Counts(lapsed=1, expired=1)
    assert till.has(ann)[:3] == (0, 0, 0)
    proven(till)


def test_a_debt_is_paid_before_anything_expires(till: Till) -> None:
    phone, wechat = till.customer(), till.customer()
    with frozen(NOW):
        earned = till.earn(phone, 6).moves[0]
        till.spend(phone, 6)
        till.ask(ClawBack(earned, 6))
        till.earn(wechat, 10, expires_ms=NOW + 1)
        till.earn(wechat, 5, expires_ms=NOW + 1, until_ms=NEVER_MS, ripe_ms=NOW + 1)
        till.merge(phone, wechat)
    with frozen(LATER):
        assert due.run(till.brand_id) == Counts(ripened=1, expired=2)
    assert (till.has(phone).owed, till.has(phone).posted) == (0, 0)
    assert sum(Move.objects.filter(kind=Kind.EXPIRE).values_list("units", flat=True)) == 9
    proven(till)


def test_other_brands_are_left_alone(full: tuple[Till, list[int]]) -> None:
    till, people = full
    other = Brand.objects.create(slug="other", name="Other").pk
    with frozen(LATER):
        assert due.run(other) == Counts()
        assert not due.is_anything(other)
        assert due.dry_run(other) == []
    assert Waiting.objects.count() == 20
    assert till.has(people[0]).posted == 11


def test_what_is_told_meanwhile_is_heard(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look for what is due and the posting, one was told a later date and one was spent."""
    ann = till.customer()
    with frozen(NOW):
        coming = till.earn(ann, 5, until_ms=NEVER_MS, ripe_ms=NOW + 1).moves[0]
        till.earn(ann, 4, expires_ms=NOW + 1)
    found = due._next

    def meanwhile(*arguments: object) -> list[due.Due]:
        batch = found(*arguments)  # type: ignore[arg-type]
        if batch:
            ripen(till.brand_id, [coming], LATER + 1, later=True)
            till.spend(ann, 4)
        return batch

    monkeypatch.setattr(due, "_next", meanwhile)
    with frozen(LATER):
        assert due.run(till.brand_id) == Counts(refused=1)
    assert till.has(ann)[:4] == (0, 0, 0, 5)
    proven(till)


def test_the_worker_does_it_in_turns(full: tuple[Till, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    till, people = full
    monkeypatch.setattr(loyalty_jobs, "SECONDS", 0)
    with frozen(LATER):
        loyalty_jobs.plan()
        loyalty_jobs.plan()
        assert Job.objects.filter(kind="ledger.due").count() == 1
        jobs.run_queued(limit=1)
        assert Job.objects.filter(kind="ledger.due", state=JobState.QUEUED).count() == 1  # it goes on
        monkeypatch.setattr(loyalty_jobs, "SECONDS", 20)
        jobs.run_queued(limit=1)
        loyalty_jobs.plan()
        assert not Job.objects.filter(kind="ledger.due", state=JobState.QUEUED).exists()
    all_is_done(till, people)


def test_the_command_says_and_does_what_is_due(
    full: tuple[Till, list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    till, people = full

    def said(*words: str) -> str:
        assert cli.run(["ledger", "due", "--brand", "lanhua", *words]) == 0
        return "".join(capsys.readouterr())

    with frozen(LATER):
        told = json.loads(said("--json"))
        assert told["dry_run"] is True
        assert told["due"][2] == {"what": "expire", "asset": "points", "rows": 5, "units": 50}
        assert till.has(people[0]).posted == 11
        assert "--now" in said("--dry-run")
        done = json.loads(said("--now", "--json"))
        assert (done["ripened"], done["lapsed"], done["expired"], done["finished"]) == (5, 5, 5, True)
        assert "Nothing is due" in said()
    all_is_done(till, people)
