"""What the overview page shows, prepared from the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.economics import queries
from guanxi.economics.console import charts
from guanxi.economics.contracts import Overview
from guanxi.kernel.clock import MINUTE_MS
from guanxi.platform.access import BrandRequest
from guanxi.platform.roles import Permission
from guanxi.touchpoints.console.labels import channel_name
from guanxi.touchpoints.queries import recent_imports
from guanxi.ui.figures import compact, compact_money, moment, money, number, share
from guanxi.ui.parts import Chart, Empty, Figure

CHARTS: Final = ("monthly", "cohorts", "channels")


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """`behind` says that facts came in after the figures were computed."""

    freshness: str
    import_url: str = ""
    empty: Empty | None = None
    behind: str = ""
    answers: Sequence[str] = field(default_factory=tuple)
    figures: Sequence[Figure] = field(default_factory=tuple)
    charts: Sequence[Chart] = field(default_factory=tuple)


def page(request: BrandRequest) -> OverviewPage:
    """The brand's page; one without orders is taught what to do first."""
    total = queries.overview(request.brand)
    behind = _behind(request, total.synced_ms)
    if not total.orders and not total.customers:
        return _empty_page(request, behind)
    synced = _("Figures as of %(when)s.") % {"when": moment(total.synced_ms, request.brand.timezone)}
    span = f"{total.first} – {total.last} · " if total.first else ""
    return OverviewPage(
        freshness=span + synced,
        import_url=_import_url(request),
        behind=behind,
        answers=_answers(request, total),
        figures=_figures(request, total),
        charts=[chart(request, name) for name in CHARTS],
    )


def chart(request: BrandRequest, name: str) -> Chart:
    """One of `CHARTS`, for the page and for its download."""
    brand, csv_url = request.brand, reverse("overview-csv", args=[name])
    if name == "monthly":
        return charts.monthly(queries.monthly(brand), brand.currency, csv_url)
    if name == "cohorts":
        return charts.cohorts(queries.cohorts(brand), csv_url)
    return charts.channels(queries.channels(brand), channel_name, brand.currency, csv_url)


def _import_url(request: BrandRequest) -> str:
    return reverse("imports-new") if request.actor.may(Permission.IMPORTS_RUN) else ""


def _behind(request: BrandRequest, synced_ms: int | None) -> str:
    """Whether an import ended after the last sync, or is under way."""
    newest = next(iter(recent_imports(request.brand.pk, limit=1)), None)
    if newest is None:
        return ""
    if not newest.finished_ms:
        return _("An import is under way; the figures follow when it has ended.")
    if newest.recorded and newest.finished_ms > (synced_ms or 0) + MINUTE_MS:
        return _("Files came in after these figures were computed; they follow within minutes.")
    return ""


def _answers(request: BrandRequest, total: Overview) -> list[str]:
    """The page's question, answered in plain sentences."""
    words = {
        "brand": request.brand.name,
        "customers": compact(total.customers),
        "buyers": compact(total.buyers),
        "net": compact_money(total.net_fen, request.brand.currency),
    }
    said = [
        _("%(brand)s knows %(customers)s customers; %(buyers)s of them have bought, for %(net)s net.") % words
    ]
    if total.repeat_rate is not None:
        rate = {"share": share(total.repeat_rate)}
        said.append(_("%(share)s of the buyers came back for a second order.") % rate)
    return said


def _figures(request: BrandRequest, total: Overview) -> list[Figure]:
    currency = request.brand.currency
    customers, log = reverse("customers"), reverse("log")
    part = total.buyers / total.customers if total.customers else None
    anonymous = _("%(n)s without a customer") % {"n": compact(total.anonymous_orders)}
    return [
        Figure(
            _("Customers"),
            compact(total.customers),
            _("People known by at least one identity; whoever was merged counts once."),
            exact=number(total.customers),
            rows_url=customers,
        ),
        Figure(
            _("Buyers"),
            compact(total.buyers),
            _("Customers with at least one paid order."),
            note=_("%(share)s of the customers") % {"share": share(part)} if part is not None else "",
            exact=number(total.buyers),
            rows_url=f"{customers}?show=bought",
        ),
        Figure(
            _("Orders"),
            compact(total.orders),
            _("Paid orders, refunded ones included."),
            note=anonymous if total.anonymous_orders else "",
            exact=number(total.orders),
            rows_url=f"{log}?kind=order.paid",
        ),
        Figure(
            _("Net revenue"),
            compact_money(total.net_fen, currency),
            _("What was paid less what was given back."),
            note=_("%(amount)s given back") % {"amount": compact_money(total.refunds_fen, currency)},
            exact=money(total.net_fen, currency),
            rows_url=f"{log}?kind=order.refunded" if total.refunds_fen else f"{log}?kind=order.paid",
        ),
        Figure(
            _("Repeat rate"),
            share(total.repeat_rate),
            _("Buyers with two paid orders or more, by all buyers."),
            note=_("%(n)s people") % {"n": compact(total.repeat_buyers)},
            rows_url=f"{customers}?show=repeat",
        ),
    ]


def _empty_page(request: BrandRequest, behind: str) -> OverviewPage:
    points = (
        _(
            "Exports of Taobao, Tmall, Youzan, JD and Douyin are recognised by themselves; any other table "
            "is mapped column by column."
        ),
    )
    return OverviewPage(
        freshness=_("Nothing has been brought in yet."),
        behind=behind,
        empty=Empty(
            _("Begin with a file you already have"),
            _(
                "Drop in the orders your shop back office exports. Minutes later this page says who your "
                "customers are and whether they come back."
            ),
            "file-import",
            _("Import the first file"),
            _import_url(request),
            points,
        ),
    )
