"""A link that signs a customer in to the membership, shown once to be passed on."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from guanxi.customers.consent import links
from guanxi.customers.consent.links import Opens
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def link(request: BrandRequest, customer_id: int) -> HttpResponse:
    made = links.make(request.brand.pk, customer_id, actor=request.actor, opens=Opens.CARD)
    address = request.build_absolute_uri(made.path)
    return render(
        request, "loyalty/card_link.html", {"customer_id": customer_id, "link": made, "address": address}
    )
