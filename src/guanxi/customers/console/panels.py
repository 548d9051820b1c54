"""What rooms above add to a customer's page: they register in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from guanxi.kernel.registries import Registry
from guanxi.platform.access import BrandRequest
from guanxi.ui.parts import Figure


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page: `template` with what `context(request, customer_id, subject_ids)` answers. Those
    that are `above` come before the others."""

    name: str
    template: str
    context: Callable[[BrandRequest, int, Sequence[int]], Mapping[str, object]]
    above: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """Key figures of any set of subjects: of a customer, or of each side of a merge before it is done."""

    name: str
    figures: Callable[[BrandRequest, Sequence[int]], Sequence[Figure]]


panels: Registry[Panel] = Registry("customer panel", lambda panel: panel.name)
summaries: Registry[Summary] = Registry("customer summary", lambda summary: summary.name)


def in_order() -> list[Panel]:
    return sorted(panels, key=lambda panel: not panel.above)


def figures(request: BrandRequest, subject_ids: Sequence[int]) -> list[Figure]:
    """The key figures of all rooms for these subjects."""
    return [figure for summary in summaries for figure in summary.figures(request, subject_ids)]
