"""Proofs of a brand's whole ledger, run by the worker, each kept with what it found."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import packed, unpacked
from guanxi.loyalty.ledger.models import ProofRun
from guanxi.loyalty.ledger.proving import Problem, prove
from guanxi.platform import jobs
from guanxi.platform.contracts import JobState
from guanxi.platform.jobs import JobContext, JobKind
from guanxi.platform.models import Job
from guanxi.platform.writing import writing

KIND: Final = "ledger.prove"
KEPT: Final = 50


class Proven(NamedTuple):
    """A proof that was run. `problems` are at most 20 of each rule."""

    id: int
    at_ms: int
    took_ms: int
    entries: int
    accounts: int
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        return not self.problems


class Standing(NamedTuple):
    """The newest proof, whether one waits or runs, and how the last job failed where it did."""

    last: Proven | None
    under_way: bool
    error: str


def register() -> None:
    jobs.kinds.register(JobKind(KIND, _run, attempts=2))


def want(brand_id: int) -> int:
    """Have the ledger proved; the job's id. While one waits or runs it is that one."""
    return jobs.enqueue(KIND, brand_id=brand_id, unique_key=f"{KIND}:{brand_id}")


def standing(brand_id: int) -> Standing:
    job = Job.objects.filter(brand_id=brand_id, kind=KIND).order_by("-pk").values("state", "error").first()
    row = ProofRun.objects.filter(brand_id=brand_id).order_by("-pk").first()
    state = job["state"] if job else ""
    return Standing(
        _proven(row) if row else None,
        state in (JobState.QUEUED, JobState.RUNNING),
        str(job["error"]) if job and state == JobState.FAILED else "",
    )


def _proven(row: ProofRun) -> Proven:
    problems = [Problem(rule, where, unpacked(message)) for rule, where, message in row.problems]
    return Proven(row.pk, row.at_ms, row.took_ms, row.entries, row.accounts, problems)


def _run(context: JobContext) -> Mapping[str, Any]:
    brand_id = context.brand_id or 0
    began = time.monotonic()
    proof = prove(brand_id)
    with writing():
        made = ProofRun.objects.create(
            brand_id=brand_id,
            at_ms=now_ms(),
            took_ms=round((time.monotonic() - began) * 1000),
            entries=proof.entries,
            accounts=proof.accounts,
            problems=[[one.rule, one.where, packed(one.message)] for one in proof.problems],
        )
        kept = ProofRun.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True)[:KEPT]
        ProofRun.objects.filter(brand_id=brand_id, pk__lt=min(kept)).delete()
    return {"proof": made.pk, "ok": proof.ok, "problems": len(proof.problems)}
