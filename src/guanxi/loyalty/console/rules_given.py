"""What a rule gave, posting by posting."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.customers.console.faces import faces
from guanxi.loyalty.console.rules_labels import badge
from guanxi.loyalty.console.rules_trial import asset_names
from guanxi.loyalty.rules import queries
from guanxi.loyalty.rules.rows import given_rows
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.figures import number
from guanxi.ui.parts import Badge


@permission_required(Permission.RULES_VIEW)
@require_GET
def given(request: BrandRequest, rule_id: int) -> HttpResponse:
    brand = request.brand
    row = queries.rule(brand.pk, rule_id)
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else None
    rows, after = given_rows(brand.pk, rule_id, before)
    names = asset_names(brand)
    who = faces(brand.pk, [one.customer_id for one in rows if one.customer_id])
    lines = [
        {
            "row": one,
            "asset": names.get(one.asset, one.asset),
            "units": number(one.units),
            "badge": Badge(_("announced"), "info") if one.is_announced else None,
            "face": who.get(one.customer_id or 0),
        }
        for one in rows
    ]
    context = {
        "row": row,
        "badge": badge(row.state),
        "lines": lines,
        "before": before,
        "days": queries.GIVEN_DAYS,
        "next_url": f"{reverse('rule-given', args=[rule_id])}?before={after}" if after else "",
        "may_see_ledger": request.actor.may(Permission.LEDGER_VIEW),
    }
    return render(request, "loyalty/rules_given.html", context)
