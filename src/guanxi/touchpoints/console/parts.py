"""What touchpoints add to a customer's page: key figures and the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.platform.access import BrandRequest
from guanxi.touchpoints import queries
from guanxi.touchpoints.console.timeline import timeline_rows
from guanxi.ui.figures import UNKNOWN, day, exact, money, number
from guanxi.ui.parts import Figure

SHOWN = 30


def figures(request: BrandRequest, subject_ids: Sequence[int]) -> list[Figure]:
    """Orders, revenue, refunds and the last order of some subjects, as of now."""
    brand = request.brand
    total = queries.totals_of(brand.pk, subject_ids)
    net_fen = total.revenue_fen - total.refunds_fen
    average_fen = round(total.revenue_fen / total.orders) if total.orders else None
    return [
        Figure(_("Orders"), number(total.orders), _("Paid orders, refunded ones included.")),
        Figure(
            _("Net revenue"),
            money(net_fen, brand.currency),
            _("What was paid less what was given back."),
            note=_("%(amount)s given back") % {"amount": money(total.refunds_fen, brand.currency)}
            if total.refunds_fen
            else "",
        ),
        Figure(_("Average order"), money(average_fen, brand.currency), _("Revenue by paid order.")),
        Figure(
            _("Last order"),
            day(total.last_order_ms, brand.timezone) if total.last_order_ms else UNKNOWN,
            exact=exact(total.last_order_ms, brand.timezone),
        ),
    ]


def timeline(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """The newest facts, and where the earlier ones are."""
    return timeline_page(request, customer_id, subject_ids, None)


def timeline_page(
    request: BrandRequest, customer_id: int, subject_ids: Sequence[int], after: str | None
) -> dict[str, object]:
    page = queries.timeline(request.brand.pk, subject_ids, after=after, limit=SHOWN)
    more = reverse("customer-timeline", args=[customer_id]) + f"?after={page.after}" if page.after else ""
    return {"rows": timeline_rows(request.brand, page.rows), "more_url": more}
