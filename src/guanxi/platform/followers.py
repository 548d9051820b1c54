"""What follows the database as it changes: looked at many times a second by the worker, beside its jobs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.kernel.registries import Registry


@dataclass(frozen=True)
class Follower:
    """`step` does a part of what there is to do, in well under a second, and says whether there was any; it
    costs next to nothing where there is none. It may be killed at any time and be run by several workers."""

    name: str
    step: Callable[[], bool]


followers: Registry[Follower] = Registry("follower", lambda follower: follower.name)
