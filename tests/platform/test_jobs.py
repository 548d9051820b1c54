from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection, transaction

from guanxi.kernel import clock
from guanxi.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from guanxi.platform import jobs, worker
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Brand, Job, WorkerBeat
from guanxi.platform.writing import writing

pytestmark = pytest.mark.django_db
Run = Callable[[jobs.JobContext], Mapping[str, Any] | None]
Kind = Callable[[str, Run], None]
NOON = 1_790_000_000_000


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Kind:
    def register(name: str, run: Run) -> None:
        monkeypatch.setitem(jobs.kinds._entries, name, jobs.JobKind(name, run, attempts=3))

    return register


def state(job_id: int) -> str:
    return Job.objects.get(pk=job_id).state


def test_a_job_is_done_and_its_result_kept(kind: Kind) -> None:
    kind("sum", lambda context: {"sum": sum(context.arguments["numbers"])})
    job_id = jobs.enqueue("sum", arguments={"numbers": [1, 2]})
    assert jobs.run_queued() == 1
    job = Job.objects.get(pk=job_id)
    assert (job.state, job.result, job.attempts) == (JobState.DONE, {"sum": 3}, 1)
    assert jobs.run_queued() == 0


def test_a_job_exists_only_if_what_wanted_it_commits(kind: Kind) -> None:
    kind("work", lambda context: None)
    with pytest.raises(RuntimeError), transaction.atomic():
        jobs.enqueue("work")
        raise RuntimeError
    assert jobs.run_queued() == 0


def test_an_unknown_kind_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError, match="unknown job kind"):
        jobs.enqueue("nonsense")


def test_one_open_job_per_key(kind: Kind) -> None:
    kind("sync", lambda context: None)
    first = jobs.enqueue("sync", unique_key="1")
    assert jobs.enqueue("sync", unique_key="1") == first
    assert jobs.enqueue("sync", unique_key="2") != first
    jobs.run_queued()
    assert jobs.enqueue("sync", unique_key="1") != first


def test_two_claims_never_meet(kind: Kind) -> None:
    kind("work", lambda context: None)
    for _ in range(3):
        jobs.enqueue("work")
    claimed = [jobs.claim("a"), jobs.claim("b"), jobs.claim("c"), jobs.claim("d")]
    assert len({context.job_id for context in claimed if context}) == 3
    assert claimed[3] is None


def test_what_crashes_is_tried_again_later_then_given_up(kind: Kind) -> None:
    def crash(context: jobs.JobContext) -> None:
        raise ValueError("李雷 13800138000")

    kind("crash", crash)
    with clock.frozen(NOON):
        job_id = jobs.enqueue("crash")
        assert jobs.run_queued() == 1
        job = Job.objects.get(pk=job_id)
        assert (job.state, job.failures, job.due_ms) == (JobState.QUEUED, 1, NOON + 10_000)
        assert jobs.run_queued() == 0
    with clock.frozen(NOON + 10_000):
        assert jobs.run_queued() == 1
    with clock.frozen(NOON + 50_000):
        assert jobs.run_queued() == 1
    job.refresh_from_db()
    assert (job.state, job.failures) == (JobState.FAILED, 3)
    assert job.error.startswith("ValueError in crash")
    assert "13800138000" not in job.error


@pytest.mark.parametrize(
    ("error", "ends"),
    [(Invalid("Not a table."), JobState.FAILED), (Unavailable("The disk is full."), JobState.QUEUED)],
)
def test_only_what_may_pass_is_tried_again(kind: Kind, error: Exception, ends: JobState) -> None:
    def fail(context: jobs.JobContext) -> None:
        raise error

    kind("fail", fail)
    job_id = jobs.enqueue("fail")
    jobs.run_queued()
    assert state(job_id) == ends
    assert Job.objects.get(pk=job_id).error == str(error)


def test_progress_is_seen_and_cancelling_stops_the_work(kind: Kind) -> None:
    seen = []

    def work(context: jobs.JobContext) -> None:
        context.progress(1, total=10)
        seen.append(Job.objects.values_list("done", "total").get())
        jobs.cancel(context.job_id)
        context._told_at = 0
        context.progress(2)
        seen.append("never")

    kind("work", work)
    job_id = jobs.enqueue("work")
    jobs.run_queued()
    assert seen == [(1, 10)]
    assert state(job_id) == JobState.CANCELLED


def test_who_lost_a_claim_changes_nothing(kind: Kind) -> None:
    kind("work", lambda context: {"by": "the late one"})
    job_id = jobs.enqueue("work")
    late = jobs.claim("a")
    assert late
    assert jobs.take_back(job_id, late.attempt)
    assert not jobs.take_back(job_id, late.attempt)
    assert jobs.claim("b")
    assert jobs.perform(late) == JobState.CANCELLED
    with pytest.raises(jobs.JobStopped):
        late.progress(1)
    job = Job.objects.get(pk=job_id)
    assert (job.state, job.worker, job.result) == (JobState.RUNNING, "b", {})


def test_a_job_that_kills_its_worker_is_given_up(kind: Kind) -> None:
    kind("deadly", lambda context: None)
    job_id = jobs.enqueue("deadly")
    for _ in range(5):
        context = jobs.claim("a")
        assert context
        jobs.take_back(job_id, context.attempt)
    assert jobs.claim("a") is None
    assert state(job_id) == JobState.FAILED


def test_stopping_gives_the_job_back_unharmed(kind: Kind) -> None:
    def work(context: jobs.JobContext) -> None:
        context.stopping.set()
        context.progress(1)

    kind("work", work)
    job_id = jobs.enqueue("work")
    context = jobs.claim("a")
    assert context
    assert jobs.perform(context) == JobState.QUEUED
    assert Job.objects.get(pk=job_id).failures == 0


def test_a_failed_job_can_be_tried_again(kind: Kind) -> None:
    kind("work", lambda context: None)
    job_id = jobs.enqueue("work", unique_key="1")
    jobs.cancel(job_id)
    with pytest.raises(Conflict):
        jobs.cancel(job_id)
    other = jobs.enqueue("work", unique_key="1")
    with pytest.raises(Conflict, match="Another job"):
        jobs.retry(job_id)
    jobs.cancel(other)
    jobs.retry(job_id)
    with pytest.raises(Conflict):
        jobs.retry(job_id)
    with pytest.raises(NotFound):
        jobs.retry(999)
    with pytest.raises(NotFound):
        jobs.cancel(999)
    assert jobs.run_queued() == 1


def test_a_clock_set_back_stalls_nothing(kind: Kind) -> None:
    runs = []
    kind("work", lambda context: runs.append(1))
    kind("crash", lambda context: 1 / 0)  # type: ignore[arg-type, return-value]
    with clock.frozen(NOON):
        jobs.enqueue("work")
        jobs.enqueue("work", delay_ms=60_000)
        crashed = jobs.enqueue("crash")
        Job.objects.filter(pk=crashed).update(failures=1, due_ms=NOON + 10_000)
    with clock.frozen(NOON - 30 * clock.DAY_MS):
        assert jobs.run_queued() == 3
    assert len(runs) == 2


def test_a_clock_set_forward_takes_no_job_from_the_living(kind: Kind) -> None:
    kind("work", lambda context: None)
    job_id = jobs.enqueue("work")
    host = jobs.worker_name().rpartition(":")[0]
    assert jobs.claim("elsewhere:1")
    here = worker.Worker(name=f"{host}:x")
    here.take_back_from_the_dead()
    with clock.frozen(clock.now_ms() + clock.DAY_MS):
        here.take_back_from_the_dead()
    assert state(job_id) == JobState.RUNNING


def test_silence_is_measured_by_the_listener(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    kind("work", lambda context: None)
    job_id = jobs.enqueue("work")
    context = jobs.claim("elsewhere:1")
    assert context
    at = [100.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: at[0])
    here = worker.Worker(name="here:1")
    here.take_back_from_the_dead()
    at[0] += 29
    here.take_back_from_the_dead()
    with clock.frozen(5):  # a beat, though the clock has gone mad
        jobs.beat(context)
    at[0] += 29
    here.take_back_from_the_dead()
    assert state(job_id) == JobState.RUNNING
    at[0] += 30
    here.take_back_from_the_dead()
    assert state(job_id) == JobState.QUEUED


def test_the_dead_of_this_machine_are_known_at_once(kind: Kind) -> None:
    kind("work", lambda context: None)
    job_id = jobs.enqueue("work")
    host = jobs.worker_name().rpartition(":")[0]
    assert jobs.claim(f"{host}:{2**22 + 1}")  # above the greatest process id there can be
    worker.Worker().take_back_from_the_dead()
    assert state(job_id) == JobState.QUEUED
    assert jobs.claim(jobs.worker_name())
    worker.Worker().take_back_from_the_dead()
    assert state(job_id) == JobState.RUNNING


def test_periodics_keep_their_intervals_and_their_mistakes_to_themselves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = []
    periodics = {
        "broken": jobs.Periodic("broken", 60, lambda: 1 / 0),
        "sound": jobs.Periodic("sound", 60, lambda: planned.append(1)),
    }
    monkeypatch.setattr(jobs.periodics, "_entries", periodics)
    at = [0.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: at[0])
    here = worker.Worker()
    here.plan()
    at[0] = 59
    with clock.frozen(clock.now_ms() + 30 * clock.DAY_MS):
        here.plan()
    assert len(planned) == 1
    at[0] = 60
    with clock.frozen(0):
        here.plan()
    assert len(planned) == 2
    assert "broken failed with ZeroDivisionError" in capsys.readouterr().err


def test_a_beat_is_kept_and_old_ones_go() -> None:
    here = worker.Worker(name="here:1")
    with clock.frozen(NOON):
        here.beat()
    with clock.frozen(NOON + 1):
        here.beat()
    assert WorkerBeat.objects.get().at_ms == NOON + 1
    worker.forget_old_beats()
    assert not WorkerBeat.objects.exists()


def test_old_jobs_are_forgotten(kind: Kind) -> None:
    kind("work", lambda context: None)
    jobs.enqueue("work")
    jobs.run_queued()
    jobs.enqueue("work")
    assert jobs.forget_old() == 0
    with clock.frozen(clock.now_ms() + 31 * clock.DAY_MS):
        assert jobs.forget_old() == 1
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_share_the_work_without_doing_any_twice(kind: Kind) -> None:
    done: list[int] = []
    kind("work", lambda context: done.append(context.job_id))
    wanted = [jobs.enqueue("work") for _ in range(40)]

    def work() -> None:
        try:
            while jobs.run_queued():
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == wanted


def test_housekeeping_is_planned_and_runs() -> None:
    jobs.periodics["platform.housekeeping"].plan()
    assert jobs.run_queued() == 1
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_claims_a_job_while_it_is_widened_gets_the_wider_one(kind: Kind) -> None:
    """The claim waits for the one who widens, and must not keep what it read before."""
    brand = Brand.objects.create(slug="lanhua", name="兰花")
    kind("count", lambda context: None)
    job_id = jobs.want("count", brand.pk, {"of": [1]})
    widened, may_commit = threading.Event(), threading.Event()
    claimed: list[jobs.JobContext | None] = []

    def widen() -> None:
        with writing(brand.pk):
            assert jobs.want("count", brand.pk, {"of": [2]}, widened=lambda one: {"of": [*one["of"], 2]})
            widened.set()
            may_commit.wait(60)
        connection.close()

    def claim() -> None:
        claimed.append(jobs.claim("somebody"))
        connection.close()

    threads = [threading.Thread(target=widen), threading.Thread(target=claim)]
    threads[0].start()
    assert widened.wait(60)
    threads[1].start()
    threads[1].join(0.3)
    assert not claimed
    may_commit.set()
    for thread in threads:
        thread.join(60)
    (context,) = claimed
    assert context is not None
    assert (context.job_id, context.arguments) == (job_id, {"of": [1, 2]})
    assert jobs.want("count", brand.pk, {"of": [3]}, widened=lambda one: one) != job_id


def test_what_runs_does_not_count_for_who_wants_a_run_that_begins_now(kind: Kind) -> None:
    brand = Brand.objects.create(slug="lanhua", name="兰花")
    kind("count", lambda context: None)
    first = jobs.want("count", brand.pk)
    assert jobs.want("count", brand.pk) == first
    assert jobs.claim("somebody") is not None
    second = jobs.want("count", brand.pk)
    assert second != first
    assert jobs.want("count", brand.pk) == second
    assert jobs.want("count", brand.pk, {"of": 1}) not in {first, second}
    assert not jobs.rests("count", brand.pk, {}, 1_000)
    Job.objects.update(state=JobState.FAILED, finished_ms=NOON)
    with clock.frozen(NOON + 999):
        assert not jobs.rests("count", brand.pk, {}, 1_000)
    with clock.frozen(NOON + 1_000):
        assert jobs.rests("count", brand.pk, {}, 1_000)
