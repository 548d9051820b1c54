"""The verbs of customers: resolve sightings into subjects and customers; merge, unmerge, answer reviews."""

from __future__ import annotations

from guanxi.customers.decisions import Changed, decide_review, merge, on_change, unmerge
from guanxi.customers.gathering import primary_identity
from guanxi.customers.resolution import recompute, resolve, resolve_batch

__all__ = [
    "Changed",
    "decide_review",
    "merge",
    "on_change",
    "primary_identity",
    "recompute",
    "resolve",
    "resolve_batch",
    "unmerge",
]
