"""What the worker does for rules: giving what was missed, and dry runs that take longer than a page may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanxi.loyalty.rules import giving, trying
from guanxi.platform import jobs
from guanxi.platform.models import Brand


def run_missed(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    told = context.arguments
    counts = giving.give(brand, told["rule"], actor=told["actor"], tell=context.progress)
    return {"rule": told["rule"], **counts._asdict()}


def run_trial(context: jobs.JobContext) -> Mapping[str, Any]:
    brand = Brand.objects.get(pk=context.brand_id or 0)
    return trying.run(brand, trying.Asked.from_json(context.arguments), context.progress)


def register() -> None:
    """Called once, at start-up."""
    jobs.kinds.register(jobs.JobKind(giving.JOB, run_missed))
    jobs.kinds.register(jobs.JobKind(trying.JOB, run_trial))
