"""What the overview page shows, prepared from the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
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
    monthly: Chart | None = None
    cohorts: Chart | None = None
    channels: Chart | None = None
    buyers: Chart | None = None


def import_url(request: BrandRequest) -> str:
    """Where a file is dropped, for those who may."""
    if not request.actor.may(Permission.IMPORTS_RUN):
        return ""
    try:
        return reverse("imports-new")
    except NoReverseMatch:
        return ""


def empty_page(request: BrandRequest) -> OverviewPage:
    """A brand without facts learns what to do first."""
    url = import_url(request)
    return OverviewPage(
        freshness=_("Nothing has been brought in yet."),
        import_url=url,
        empty=Empty(
            _("Begin with a file you already have"),
            _(
                "Drop in the orders your shop back office exports. Minutes later this page says who your "
                "customers are and whether they come back."
            ),
            "file-import",
            _("Import the first file"),
            url,
            (
                _(
                    "Exports of Taobao, Tmall, Youzan, JD and Douyin are recognised by themselves; any other "
                    "table is mapped column by column."
                ),
            ),
        ),
    )
