"""The worker: plans what is periodic, takes back the jobs of dead workers, performs what is due. Beside that,
in a thread of its own, it follows: a long job does not keep waiting what must be known within a second.

Waits and silences are measured by the monotonic clock, so a wall clock that jumps neither stalls nor
stampedes it.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass, field

from django.db import DatabaseError, close_old_connections, connection

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Unavailable
from guanxi.platform import jobs
from guanxi.platform.contracts import JobState
from guanxi.platform.followers import followers
from guanxi.platform.models import Job, WorkerBeat
from guanxi.platform.writing import writing

BEAT_SECONDS = 5.0
SILENCE_SECONDS = 30.0
IDLE_SECONDS = 0.5
FOLLOW_SECONDS = 0.1
TROUBLE_SECONDS = 5.0


@dataclass
class Worker:
    """One worker. `run` returns when `stopping` is set; a job under way ends at its next progress."""

    name: str = field(default_factory=jobs.worker_name)
    stopping: threading.Event = field(default_factory=threading.Event)
    _current: jobs.JobContext | None = None
    _planned: dict[str, float] = field(default_factory=dict)
    _heard: dict[tuple[int, int], tuple[int, float]] = field(default_factory=dict)

    def run(self) -> None:
        beating = threading.Thread(target=self._beat_regularly, name="beat", daemon=True)
        beating.start()
        following = threading.Thread(target=self._follow, name="follow", daemon=True)
        following.start()
        while not self.stopping.is_set():
            try:
                busy = self.turn()
            except (DatabaseError, Unavailable):
                close_old_connections()
                self.stopping.wait(TROUBLE_SECONDS)
                continue
            if not busy:
                self.stopping.wait(IDLE_SECONDS)
        beating.join(timeout=BEAT_SECONDS)
        following.join(timeout=BEAT_SECONDS)
        WorkerBeat.objects.filter(name=self.name).delete()

    def turn(self) -> bool:
        """Plan, take back, and perform one job; whether there was one."""
        self.plan()
        self.take_back_from_the_dead()
        self._current = jobs.claim(self.name, self.stopping)
        if self._current is None:
            return False
        try:
            jobs.perform(self._current)
        finally:
            self._current = None
        return True

    def plan(self) -> None:
        """Look at every periodic whose interval has passed since this worker last did."""
        at = time.monotonic()
        for periodic in jobs.periodics:
            last = self._planned.get(periodic.name)
            if last is None or at - last >= periodic.every_seconds:
                self._planned[periodic.name] = at
                try:
                    periodic.plan()
                except (DatabaseError, Unavailable):
                    raise
                except Exception as error:  # one room's mistake must not stop the others' work
                    jobs.log_crash(f"periodic {periodic.name}", error)

    def take_back_from_the_dead(self) -> None:
        """Queue running jobs whose worker has ended on this machine, or whose heartbeat has stood still
        for 30 seconds of this worker's own clock."""
        running = Job.objects.filter(state=JobState.RUNNING).values_list(
            "pk", "attempts", "worker", "heartbeat_ms"
        )
        heard = {}
        at = time.monotonic()
        for job_id, attempt, worker, heartbeat_ms in running:
            value, since = self._heard.get((job_id, attempt), (heartbeat_ms, at))
            if value != heartbeat_ms:
                since = at
            if at - since >= SILENCE_SECONDS or _has_ended(worker):
                jobs.take_back(job_id, attempt)
            else:
                heard[job_id, attempt] = (heartbeat_ms, since)
        self._heard = heard

    def beat(self) -> None:
        with writing():
            WorkerBeat.objects.update_or_create(name=self.name, defaults={"at_ms": now_ms()})
        if current := self._current:
            jobs.beat(current)

    def follow(self) -> bool:
        """One step of every follower; whether one of them had something to do."""
        busy = False
        for follower in followers:
            try:
                busy = follower.step() or busy
            except (DatabaseError, Unavailable):
                raise
            except Exception as error:  # one room's mistake must not stop the others' work
                jobs.log_crash(f"follower {follower.name}", error)
        return busy

    def _follow(self) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    pause = 0.0 if self.follow() else FOLLOW_SECONDS
                except (DatabaseError, Unavailable):
                    close_old_connections()
                    pause = TROUBLE_SECONDS
                self.stopping.wait(pause)
        finally:
            connection.close()

    def _beat_regularly(self) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    self.beat()
                except (DatabaseError, Unavailable):
                    close_old_connections()
                self.stopping.wait(BEAT_SECONDS)
        finally:
            connection.close()


def _has_ended(worker: str) -> bool:
    """Whether a worker of this machine is gone; of others nothing is known."""
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname()[:60] or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def forget_old_beats() -> None:
    """Drop the beats of workers that have been silent for a day."""
    WorkerBeat.objects.filter(at_ms__lt=now_ms() - DAY_MS).delete()
