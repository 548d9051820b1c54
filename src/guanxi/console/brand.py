"""The brand's facts and the people who work there, for its owners."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.platform import people
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.contracts import Role
from guanxi.platform.roles import Permission
from guanxi.ui.figures import day


@permission_required(Permission.BRAND_MANAGE)
@require_GET
def brand(request: BrandRequest) -> HttpResponse:
    found = request.brand
    facts = [
        (_("Name of the brand"), found.name),
        (_("Short name"), found.slug),
        (_("Currency"), found.currency),
        (_("Time zone"), found.timezone),
        (_("Since"), day(found.created_ms, found.timezone)),
    ]
    members = [(m.user, Role(m.role).label, m.user.last_sign_in_ms) for m in people.members_of(found.pk)]
    return render(request, "console/brand.html", {"facts": facts, "members": members})
