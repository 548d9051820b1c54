"""Dry runs for people: a short history is looked at in the request, a long one by a job whose result is kept
and found again by what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import orjson

from guanxi.kernel.clock import HOUR_MS, now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.loyalty.rules import dryrun
from guanxi.loyalty.rules.dryrun import AssetCost, DryRun
from guanxi.platform import jobs
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Job

JOB: Final = "rules.dry_run"
AT_ONCE: Final = 2_000  # facts of a request
KEPT_MS: Final = 6 * HOUR_MS  # a result is shown again for so long
DAYS: Final = (30, 90)


@dataclass(frozen=True, slots=True)
class Asked:
    definition: Mapping[str, Any]
    rule_id: int | None = None
    priority: int = 100
    group: str = ""
    days: int = 30

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Asked:
        return cls(**data)

    def key(self, brand_id: int) -> str:
        told = orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)
        return f"{brand_id}:{hashlib.blake2b(told, digest_size=16).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a dry run: `found`, complete or of the first facts alone; the job that looks at all of
    them, how far it is, and what was in its way."""

    found: DryRun | None = None
    at_ms: int = 0
    job_id: int = 0
    done: int = 0
    total: int = 0
    problem: str = ""

    @property
    def runs(self) -> bool:
        return self.job_id != 0 and not self.at_ms and not self.problem


def look(brand: BrandRow, asked: Asked) -> Trial:
    """What a job has found or is finding, else what the first facts say. Raises as `dryrun.dry_run`."""
    kept = _kept(brand.pk, asked)
    if kept is not None and kept.found is not None:
        return kept
    found = _run(brand, asked, AT_ONCE)
    if kept is None or found.complete:
        return Trial(found, now_ms() if found.complete else 0)
    return Trial(found, 0, kept.job_id, kept.done, kept.total, kept.problem)


def begin(brand: BrandRow, asked: Asked) -> int:
    """Have all facts looked at; the job's id, the same for whoever asks the same meanwhile."""
    return jobs.enqueue(JOB, brand_id=brand.pk, arguments=asdict(asked), unique_key=asked.key(brand.pk))


def run(brand: BrandRow, asked: Asked, progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """All facts, as JSON that `of_json` reads."""
    return _run(brand, asked, None, progress)._asdict()


def _run(
    brand: BrandRow,
    asked: Asked,
    most_facts: int | None,
    progress: Callable[[int, int], None] | None = None,
) -> DryRun:
    return dryrun.dry_run(
        brand,
        asked.definition,
        rule_id=asked.rule_id,
        priority=asked.priority,
        group=asked.group,
        days=asked.days,
        most_facts=most_facts,
        progress=progress,
    )


def of_json(data: Mapping[str, Any]) -> DryRun:
    told = dict(data)
    told["assets"] = [AssetCost(*one) for one in told["assets"]]
    told["by_day"] = [(day, units) for day, units in told["by_day"]]
    told["top"] = [(customer, units) for customer, units in told["top"]]
    return DryRun(**told)


def _kept(brand_id: int, asked: Asked) -> Trial | None:
    """The newest job that was asked the same, unless it ended too long ago."""
    jobs_of = Job.objects.filter(brand_id=brand_id, kind=JOB, unique_key=asked.key(brand_id))
    job = jobs_of.exclude(state=JobState.CANCELLED).order_by("-pk").first()
    if job is None or (job.finished_ms and job.finished_ms < now_ms() - KEPT_MS):
        return None
    if job.state == JobState.DONE:
        return Trial(of_json(job.result), job.finished_ms, job.pk)
    problem = job.error if job.state == JobState.FAILED else ""
    return Trial(None, 0, job.pk, job.done, job.total, problem)
