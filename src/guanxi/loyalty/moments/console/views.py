"""The coming days with how many have a birthday or an anniversary, and which rules answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.loyalty.console.rules_labels import badge
from guanxi.loyalty.moments import queries
from guanxi.loyalty.moments.joining import JOINED
from guanxi.loyalty.moments.kinds import ANNIVERSARY, BIRTHDAY
from guanxi.loyalty.moments.queries import Answer
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.figures import number
from guanxi.ui.parts import Figure


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def moments(request: BrandRequest) -> HttpResponse:
    found = queries.coming(request.brand)
    kinds = (BIRTHDAY.name, ANNIVERSARY.name, JOINED)
    answers = queries.answers(request.brand, kinds)
    born = sum(one.birthdays for one in found.days)
    kept = sum(one.anniversaries for one in found.days)
    context = {
        "figures": [
            Figure(_("Birthdays"), number(born), _("In the next 30 days, solar and lunar.")),
            Figure(
                _("Of them lunar"), number(sum(one.lunar for one in found.days)), _("Moves each solar year.")
            ),
            Figure(
                _("Anniversaries"),
                number(kept) if found.complete else f"{number(kept)}+",
                _("Whole years since the first order or joining."),
            ),
        ],
        "days": [one for one in found.days if one.birthdays or one.anniversaries],
        "groups": [
            (_("Birthday"), _of(answers, BIRTHDAY.name)),
            (_("Anniversary"), _of(answers, ANNIVERSARY.name)),
            (_("Registration"), _of(answers, JOINED)),
        ],
        "may_edit": request.actor.may(Permission.RULES_EDIT),
        "may_see_rules": request.actor.may(Permission.RULES_VIEW),
    }
    return render(request, "loyalty/moments.html", context)


def _of(answers: Iterable[Answer], kind: str) -> list[Mapping[str, object]]:
    return [
        {"id": one.id, "name": one.name, "badge": badge(one.state)} for one in answers if one.kind == kind
    ]
