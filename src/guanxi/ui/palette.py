"""What the command palette finds besides pages. A room registers a finder in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guanxi.kernel.registries import Registry
from guanxi.platform.access import BrandRequest


class Hit(NamedTuple):
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finder:
    """Asked with what was typed (1 to 80 characters) if the person has `permission` (empty: it looks itself
    at what each may see); answers a few hits."""

    name: str
    permission: str
    icon: str
    find: Callable[[BrandRequest, str], Sequence[Hit]]


finders: Registry[Finder] = Registry("palette finder", lambda finder: finder.name)
