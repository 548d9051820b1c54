"""A worker killed in the middle of a job; many workers at once; on a database in a file, in processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli.running import environment, initialise

# Counts to three, one committed step at a time, in rows of WorkerBeat; `deadly` dies on the way.
COUNTING = """
import os, signal, sys
from guanxi.cli.shared import set_up
set_up()
from guanxi.platform import jobs
from guanxi.platform.models import WorkerBeat
from guanxi.platform.worker import Worker

def count(context):
    for step in ("one", "two", "three"):
        _, new = WorkerBeat.objects.get_or_create(name=step)
        if new:
            print(step, flush=True)
        context.progress(1)
        if sys.argv[1] == "deadly" and step == "two":
            os.kill(os.getpid(), signal.SIGKILL)
    return {"attempt": context.attempt}

jobs.kinds.register(jobs.JobKind("count", count))
if sys.argv[1] == "deadly":
    jobs.enqueue("count", unique_key="1")
"""
DYING = COUNTING + "jobs.perform(jobs.claim(Worker().name))"
RESUMING = COUNTING + "Worker().take_back_from_the_dead(); jobs.run_queued()"
SHARING = """
import os
from guanxi.cli.shared import set_up
set_up()
from guanxi.platform import jobs

jobs.kinds.register(jobs.JobKind("share", lambda context: print(context.job_id, flush=True)))
if os.environ.get("ENQUEUE"):
    for number in range(30):
        jobs.enqueue("share")
else:
    jobs.run_queued()
"""
STATE = """
from guanxi.cli.shared import set_up
set_up()
from guanxi.platform.models import Job
job = Job.objects.get(kind="count")
print(job.state, job.failures, job.result)
"""


def python(home: Path, script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment(home, **variables),
    )


def test_a_job_whose_worker_is_killed_goes_on_in_the_next(tmp_path: Path) -> None:
    initialise(tmp_path)
    killed = python(tmp_path, DYING, "deadly")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout.split() == ["one", "two"]
    resumed = python(tmp_path, RESUMING, "sound")
    assert resumed.stdout.split()[-1:] == ["three"], resumed.stderr
    assert python(tmp_path, STATE).stdout == "done 1 {'attempt': 2}\n"


def test_processes_share_the_work_without_doing_any_twice(tmp_path: Path) -> None:
    initialise(tmp_path)
    python(tmp_path, SHARING, ENQUEUE="1")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", SHARING], stdout=subprocess.PIPE, text=True, env=environment(tmp_path)
        )
        for _ in range(3)
    ]
    done = " ".join(worker.communicate()[0] for worker in workers).split()
    assert len(done) == len(set(done)) == 30
    assert all(worker.returncode == 0 for worker in workers)


def test_the_worker_ends_in_peace_when_asked(tmp_path: Path) -> None:
    initialise(tmp_path)
    started = subprocess.Popen(
        [sys.executable, "-m", "guanxi.cli.main", "worker"], env=environment(tmp_path), stderr=subprocess.PIPE
    )
    wait_for_beat(tmp_path)
    os.kill(started.pid, signal.SIGTERM)
    assert started.wait(timeout=60) == 0


def wait_for_beat(home: Path) -> None:
    """Asks until the worker has said that it is alive."""
    script = "from guanxi.cli.shared import set_up; set_up()\n"
    script += "from guanxi.platform.models import WorkerBeat\nimport time\n"
    script += "deadline = time.monotonic() + 60\n"
    script += "while not WorkerBeat.objects.exists() and time.monotonic() < deadline: time.sleep(0.05)\n"
    script += "assert WorkerBeat.objects.exists()"
    assert python(home, script).returncode == 0
