"""What the overview page shows, prepared from the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.platform.access import BrandRequest
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Chart, Empty, Figure


@dataclass(frozen=True, slots=True)
class OverviewPage:
    freshness: str
    import_url: str = ""
    empty: Empty | None = None
    behind: str = ""
    answers: Sequence[str] = field(default_factory=tuple)
    figures: Sequence[Figure] = field(default_factory=tuple)
    charts: Mapping[str, Chart] = field(default_factory=dict)


def import_url(request: BrandRequest) -> str:
    """Where a file is dropped, for those who may."""
    return reverse("imports-new") if request.actor.may(Permission.IMPORTS_RUN) else ""


def empty_page(request: BrandRequest) -> OverviewPage:
    """A brand without facts learns what to do first."""
    url = import_url(request)
    points = (
        _(
            "Exports of Taobao, Tmall, Youzan, JD and Douyin are recognised by themselves; any other table "
            "is mapped column by column."
        ),
    )
    return OverviewPage(
        freshness=_("Nothing has been brought in yet."),
        empty=Empty(
            _("Begin with a file you already have"),
            _(
                "Drop in the orders your shop back office exports. Minutes later this page says who your "
                "customers are and whether they come back."
            ),
            "file-import",
            _("Import the first file"),
            url,
            points,
        ),
    )
