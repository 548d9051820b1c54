"""Publishing, settling, typing in the public number, handing out: with the consequence before it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.loyalty.draws import claiming, jobs, services, settling
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import State
from guanxi.loyalty.draws.models import Draw
from guanxi.platform import jobs as platform_jobs
from guanxi.platform.access import BrandRequest, permission_required, safe_next
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission
from guanxi.ui.figures import exact, money, number

AT_ONCE: Final = 2_000  # entries that a page settles itself; more is a job
LABELS: Final[Mapping[str, Promise]] = {
    "publish": gettext_lazy("Publish"),
    "settle": gettext_lazy("Settle"),
    "delete": gettext_lazy("Delete the draft"),
}


@dataclass(frozen=True, slots=True)
class Consequence:
    what: str
    label: str
    title: str
    said: Sequence[str]
    warnings: Sequence[str] = ()


def offered(draw: Draw) -> list[tuple[str, str]]:
    """The changes that make sense of a draw as it stands: word, label."""
    words = []
    if draw.state == State.DRAFT.value:
        words = ["publish", "delete"]
    elif draw.state != State.REVEALED.value and jobs.is_over(draw) and not jobs.waits(draw):
        words = ["settle"]
    return [(word, str(LABELS[word])) for word in words]


def consequence(request: BrandRequest, draw: Draw, what: str) -> Consequence:
    """Raises Http404 for what is no change."""
    if what not in LABELS:
        raise Http404
    label = str(LABELS[what])
    if what == "delete":
        return Consequence(what, label, _("Delete this draft for good?"), [_("It was never published.")])
    if what == "publish":
        return _publishing(request, draw, label)
    said = [
        _("%(n)s entries are frozen, the winners worked out, prizes and consolation posted.")
        % {"n": number(draw.entered)},
        _("Then the seed is revealed, and anybody can work it out again. Nothing of this can be undone."),
    ]
    return Consequence(what, label, _("Settle this draw?"), said)


def _publishing(request: BrandRequest, draw: Draw, label: str) -> Consequence:
    terms = written.parse(draw.terms)
    total = sum(one.quantity * one.value_fen for one in terms.prizes)
    told = {
        "pieces": number(terms.pieces),
        "money": money(total, request.brand.currency),
        "opens": exact(terms.opens_ms, request.brand.timezone)[:16],
        "closes": exact(terms.closes_ms, request.brand.timezone)[:16],
    }
    said = [
        _("%(pieces)s prizes worth %(money)s are put into the stock of the ledger.") % told,
        _("Customers can enter from %(opens)s until %(closes)s.") % told,
        _("From then on the terms change only in the customers' favour, and the draw cannot be deleted."),
        _("A secret seed is made and sealed; its hash is shown at once, the seed when all is paid."),
    ]
    warnings = [spoken(one) for one in written.warnings(terms)]
    return Consequence("publish", label, _("Publish this draw?"), said, warnings)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def preview(request: BrandRequest, draw_id: int, what: str) -> HttpResponse:
    return _page(request, services.find(request.brand.pk, draw_id), what)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def change(request: BrandRequest, draw_id: int, what: str) -> HttpResponse:
    draw = services.find(request.brand.pk, draw_id)
    if what not in LABELS:
        raise Http404
    try:
        done = _do(request, draw, what)
    except NotFound:
        raise
    except GuanxiError as error:
        return _page(request, services.find(request.brand.pk, draw_id), what, speaking(error))
    messages.success(request, done)
    return redirect("draws") if what == "delete" else redirect("draw", draw_id)


def _do(request: BrandRequest, draw: Draw, what: str) -> str:
    text = request.POST.get("version", "")
    version = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
    if what == "publish":
        services.publish(request.brand, draw.pk, version, actor=request.actor)
        return _("The draw is published.")
    if what == "delete":
        services.delete(request.brand, draw.pk, version, actor=request.actor)
        return _("The draft is deleted.")
    if draw.entered > AT_ONCE:
        platform_jobs.want(jobs.SETTLE, request.brand.pk, {"draw": draw.pk})
        return _("It is being settled; you may leave, this page shows how far it is.")
    settling.settle(request.brand, draw.pk, actor=request.actor)
    return _("The draw is settled, and its seed is public.")


def _page(request: BrandRequest, draw: Draw, what: str, refused: GuanxiError | None = None) -> HttpResponse:
    context = {"row": draw, "change": consequence(request, draw, what), "refused": refused}
    status = refused.http_status if refused else 200
    return render(request, "loyalty/draws_change.html", context, status=status)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def entropy(request: BrandRequest, draw_id: int) -> HttpResponse:
    """The public number that was announced, with where it was seen."""
    value, seen = request.POST.get("value", ""), request.POST.get("evidence", "")
    try:
        settling.set_entropy(request.brand, draw_id, value, seen, actor=request.actor)
    except NotFound:
        raise
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
    else:
        messages.success(request, _("The number is there and stays."))
    return redirect("draw", draw_id)


@permission_required(Permission.TILL_USE)
@require_POST
def hand_out(request: BrandRequest, win_id: int) -> HttpResponse:
    """From the page of a draw or from a till; goes back to where it was pressed."""
    try:
        win = claiming.hand_out(request.brand, win_id, actor=request.actor)
    except NotFound:
        raise
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
        win = claiming.find_win(request.brand.pk, win_id)
    else:
        messages.success(request, _("The prize is handed out."))
    back = request.POST.get("back", "")
    return redirect(safe_next(request, back)) if back else redirect("draw", win.draw_id)
