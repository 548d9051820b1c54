"""Settings → Retention: how long each kind of data is kept, and what a shorter period would let go of."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import spoken
from guanxi.platform.retention.contracts import HALF_A_YEAR, THREE_YEARS, Found
from guanxi.platform.retention.periods import (
    KEPT,
    Period,
    checked,
    choose,
    forecast,
    parsed,
    period,
    periods,
    written,
)
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Option

OFFERED: Final = (3, 7, 14, 30, 90, HALF_A_YEAR, 365, 731, THREE_YEARS, 1_827)


class Row(NamedTuple):
    """A kind as the list shows it: `least` is the shortest period in words, `why` what asks for it; `found`
    is counted where the page asks for it."""

    one: Period
    label: str
    goes: str
    kept: str
    least: str
    why: str
    found: Found | None = None


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def retention(request: BrandRequest) -> HttpResponse:
    """The list; what would go is counted by a second request, since that may read the whole log."""
    return render(request, "console/retention.html", {"rows": _rows(request)})


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def counted(request: BrandRequest) -> HttpResponse:
    rows = [row._replace(found=forecast(request.brand.pk, row.one)) for row in _rows(request)]
    return render(request, "console/retention_rows.html", {"rows": rows, "counted": True})


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def kind(request: BrandRequest, key: str) -> HttpResponse:
    """One kind. `?days=` asks what that period would let go of, before anything is saved."""
    one = period(request.brand.pk, key)
    wanted = request.GET.get("other", "").strip() or request.GET.get("days", "")
    if not wanted:
        return _page(request, one)
    try:
        days = checked(one.kind, parsed(wanted))
    except Invalid as error:
        return _page(request, one, wanted=wanted, refused=error, status=422)
    return _page(request, one, wanted=written(days), found=_found(request, one, days))


@permission_required(Permission.RIGHTS_MANAGE)
@require_POST
def save(request: BrandRequest, key: str) -> HttpResponse:
    """The period that was shown with its consequence; refused where it was changed meanwhile."""
    one = period(request.brand.pk, key)
    wanted = request.POST.get("days", "")
    try:
        changed = choose(
            request.brand.pk, key, parsed(wanted), actor=request.actor, seen=request.POST.get("seen", "")
        )
    except Invalid as error:
        return _page(request, one, wanted=wanted, refused=error, status=422)
    except Conflict as error:
        days = checked(one.kind, parsed(wanted))
        found = _found(request, one, days)
        return _page(request, one, wanted=wanted, found=found, refused=error, status=409)
    saved = {"kind": spoken(one.kind.label), "kept": said(changed.days)}
    messages.success(request, _("%(kind)s: %(kept)s from now on.") % saved)
    return redirect("retention")


def _found(request: BrandRequest, one: Period, days: int | None) -> Found:
    return forecast(request.brand.pk, Period(one.kind, days, is_chosen=True))


def said(days: float | None) -> str:
    """A period in words."""
    if days is None:
        return _("kept")
    if days != int(days):
        return _("%(n)s days") % {"n": f"{days:g}"}
    return ngettext("%(n)s day", "%(n)s days", int(days)) % {"n": f"{int(days):,}"}


def _row(one: Period) -> Row:
    least = one.kind.least
    bound = said(least.days) if one.kind.ever_goes else _("always")
    label, goes = spoken(one.kind.label), spoken(one.kind.goes)
    return Row(one, label, goes, said(one.days), bound, spoken(least.why))


def _rows(request: BrandRequest) -> list[Row]:
    return [_row(one) for one in periods(request.brand.pk)]


def _page(
    request: BrandRequest,
    one: Period,
    *,
    wanted: str = "",
    found: Found | None = None,
    refused: Invalid | Conflict | None = None,
    status: int = 200,
) -> HttpResponse:
    now = written(one.days)
    shown = wanted or now
    offered = {f"{days}": said(days) for days in OFFERED if days >= one.kind.least.days}
    if one.days is not None:
        offered.setdefault(now, said(one.days))
    if one.kind.may_stay:
        offered[KEPT] = _("kept without an end")
    context = {
        "row": _row(one),
        "now": now,
        "wanted": wanted,
        "said": said(checked(one.kind, parsed(wanted))) if found is not None else "",
        "offered": [Option(label, value, value == shown) for value, label in offered.items()],
        "other": "" if shown in offered else shown,
        "found": found,
        "refused": refused,
    }
    return render(request, "console/retention_kind.html", context, status=status)
