"""The pages of rights: what is due, one request with its consequence, the record of processing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console import panels
from guanxi.customers.console.faces import faces
from guanxi.customers.console.identities import IdentityRow, Side, identity_rows, members_of, rows_of
from guanxi.customers.identifiers import is_personal
from guanxi.customers.models import Customer
from guanxi.customers.rights import contacts, copying, processing, requests
from guanxi.customers.rights.contracts import OPEN, Kind, State
from guanxi.customers.rights.correcting import FIELDS, can_undo, correct, foreseen, undo
from guanxi.customers.rights.erasing import consequence, erase
from guanxi.customers.rights.freezing import freeze, unfreeze
from guanxi.customers.rights.models import RightsRequest
from guanxi.customers.rights.storing import frozen_among
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Job
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge, Empty, Option, Pager, Tone

PAGE_ROWS: Final = 50
SOON_MS: Final = 3 * DAY_MS
COUNTED_AT_MOST: Final = 10_000

KINDS: Final[Mapping[str, Promise]] = {
    Kind.ACCESS: gettext_lazy("Copy of everything"),
    Kind.CORRECTION: gettext_lazy("Correction"),
    Kind.ERASURE: gettext_lazy("Erasure"),
    Kind.FREEZE: gettext_lazy("Freeze"),
    Kind.UNFREEZE: gettext_lazy("End of a freeze"),
}
STATES: Final[Mapping[str, tuple[Promise, Tone]]] = {
    State.RECEIVED: (gettext_lazy("Received"), "info"),
    State.VERIFIED: (gettext_lazy("Identity checked"), "accent"),
    State.DONE: (gettext_lazy("Done"), "good"),
    State.REFUSED: (gettext_lazy("Refused"), ""),
}
LABELS: Final[Mapping[str, tuple[Promise, str]]] = {
    "name": (gettext_lazy("Name"), ""),
    "gender": (gettext_lazy("Gender (f or m)"), "f"),
    "birthday": (gettext_lazy("Birthday"), "1990-05-01"),
    "city": (gettext_lazy("City"), "杭州"),
    "language": (gettext_lazy("Language"), "zh-CN"),
    "address": (gettext_lazy("Address"), ""),
}


def waiting(brand_id: int) -> int:
    """How many requests are open, counted up to a limit: for the menu."""
    return RightsRequest.objects.filter(brand_id=brand_id, state__in=OPEN)[:COUNTED_AT_MOST].count()


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def inbox(request: BrandRequest) -> HttpResponse:
    ended = request.GET.get("show") == "ended"
    found = RightsRequest.objects.filter(brand_id=request.brand.pk)
    found = found.exclude(state__in=OPEN) if ended else found.filter(state__in=OPEN)
    rows = list(found.order_by("-ended_ms" if ended else "due_ms", "pk")[:PAGE_ROWS])
    known = faces(request.brand.pk, {row.customer_id for row in rows})
    here = reverse("rights")
    context = {
        "rows": [(row, KINDS[row.kind], _badge(row), _due(row), known.get(row.customer_id)) for row in rows],
        "ended": ended,
        "chips": [
            Option(_("Open"), here, not ended),
            Option(_("Ended"), f"{here}?show=ended", ended),
        ],
        "pager": Pager(len(rows), f"{found[:COUNTED_AT_MOST].count():,}"),
        "empty": Empty(
            _("No requests are open"),
            _(
                "Whoever is in the database may ask for a copy, a correction, a freeze or the erasure of all "
                "that is held. Note it on the customer's page; it is due within 15 working days."
            ),
            "circle-check",
            _("Find a customer"),
            reverse("customers"),
        ),
    }
    return render(request, "customers/rights.html", context)


def _badge(row: RightsRequest) -> Badge:
    label, tone = STATES[row.state]
    return Badge(str(label), tone)


def _due(row: RightsRequest) -> Badge | None:
    """How pressing it is; nothing where it has ended."""
    if row.state not in OPEN:
        return None
    left_ms = row.due_ms - now_ms()
    if left_ms < 0:
        return Badge(_("Overdue"), "bad")
    return Badge(_("Due soon"), "warn") if left_ms < SOON_MS else None


@permission_required(Permission.RIGHTS_MANAGE)
@require_POST
def receive(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Note what a customer asks for."""
    try:
        kind = Kind(request.POST.get("kind", ""))
    except ValueError:
        raise Invalid(_("Say what is asked for."), field="kind") from None
    reason = request.POST.get("reason", "")
    made = requests.open_request(request.brand.pk, customer_id, kind, actor=request.actor, reason=reason)
    return redirect("rights-request", made.pk)


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def one(request: BrandRequest, request_id: int) -> HttpResponse:
    found = requests.find(request.brand.pk, request_id)
    living = Customer.objects.filter(
        brand_id=request.brand.pk, pk=found.customer_id, merged_into_id__isnull=True
    ).exists()
    shown = None
    if found.kind == Kind.ERASURE and found.state in OPEN and living:
        shown = consequence(request.brand.pk, found.customer_id)
    context = {
        "row": found,
        "kind": KINDS[found.kind],
        "badge": _badge(found),
        "due": _due(found),
        "face": faces(request.brand.pk, [found.customer_id]).get(found.customer_id) if living else None,
        "is_open": found.state in OPEN and living,
        "verified": found.state == State.VERIFIED,
        "making": Job.objects.filter(
            pk=found.job_id or 0, state__in=[JobState.QUEUED, JobState.RUNNING]
        ).exists(),
        "consequence": shown,
        "fields": [(name, *LABELS[name]) for name in FIELDS],
        "can_undo": can_undo(found),
        "taken_back": "undone" in found.result,
        "identities": _identities(request, found) if living and found.state == State.VERIFIED else [],
        "kept": found.result.get("kept_facts"),
    }
    return render(request, "customers/rights_request.html", context)


def _identities(request: BrandRequest, found: RightsRequest) -> list[tuple[IdentityRow, bool]]:
    """Of a correction: the customer's identities, and whether each is a phone or an e-mail."""
    if found.kind != Kind.CORRECTION:
        return []
    rows = rows_of(request.brand.pk, members_of(request.brand.pk, found.customer_id), explained=False)
    return [(row, is_personal(row.scheme)) for row in rows]


@permission_required(Permission.RIGHTS_MANAGE)
@require_POST
def act(request: BrandRequest, request_id: int) -> HttpResponse:
    """Check the identity, refuse, or do what is asked."""
    brand_id, what = request.brand.pk, request.POST.get("what", "")
    reason = request.POST.get("reason", "")
    if what == "verify":
        requests.verify(brand_id, request_id, actor=request.actor)
    elif what == "refuse":
        requests.refuse(brand_id, request_id, actor=request.actor, reason=reason)
    elif what == "undo":
        undo(brand_id, request_id, actor=request.actor, reason=reason)
        messages.success(request, _("It is taken back."))
    elif what == "do":
        found = requests.find(brand_id, request_id)
        if found.state != State.VERIFIED:
            raise Conflict(_("Make sure first that it is the person who asks."))
        if found.kind == Kind.CORRECTION and _of_contacts(request) and not request.POST.get("seen"):
            return _foreseen(request, found)
        DOING[found.kind](request, found)
        messages.success(request, _("It is done."))
    else:
        raise Invalid(_("Say what is to be done."), field="what")
    return redirect("rights-request", request_id)


def _erase(request: BrandRequest, found: RightsRequest) -> None:
    seen = request.POST.get("identities", "")
    erase(
        request.brand.pk,
        found.customer_id,
        actor=request.actor,
        reason=request.POST.get("reason", ""),
        identities=int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
        request_id=found.pk,
    )


def _copy(request: BrandRequest, found: RightsRequest) -> None:
    language = request.POST.get("language", get_language() or "zh-hans")
    copying.copy_soon(
        request.brand.pk, found.customer_id, actor=request.actor, language=language, request_id=found.pk
    )


def _of_contacts(request: BrandRequest) -> bool:
    return any(request.POST.get(name, "").strip() for name in contacts.FIELDS if name != "of")


def _corrected(request: BrandRequest) -> dict[str, str]:
    given = {name: request.POST.get(name, "").strip() for name in (*FIELDS, *contacts.FIELDS)}
    return {name: text for name, text in given.items() if text}


def _foreseen(request: BrandRequest, found: RightsRequest) -> HttpResponse:
    """What the correction of a phone or e-mail would do, before it is done."""
    brand_id, values = request.brand.pk, _corrected(request)
    outcomes = foreseen(brand_id, found.customer_id, values)
    context = {
        "customer": Customer.objects.get(pk=found.customer_id),
        "title": _("Correct this phone or e-mail?"),
        "said": " ".join(sentence for one in outcomes for sentence in _told(one)),
        "sides": [
            Side(heading, identity_rows(brand_id, side), panels.figures(request, side))
            for one in outcomes
            for heading, side in _headed(one)
        ],
        "warning": "",
        "action_url": reverse("rights-act", args=[found.pk]),
        "hidden": [
            *values.items(),
            ("what", "do"),
            ("seen", "1"),
            ("identities", len(members_of(brand_id, found.customer_id).rows)),
        ],
        "reason": request.POST.get("reason", ""),
        "button": _("Correct"),
    }
    return render(request, "customers/consequence.html", context)


def _told(outcome: contacts.Outcome) -> list[str]:
    if outcome.in_place:
        said = _("The customer is known by the wrong one alone, and keeps what was recorded under it.")
    elif len(outcome.sides) > 1:
        said = _("It brought several customers together: they will be separate again.")
    else:
        said = _("Nobody else is concerned.")
    drawn = [
        _("The right one is of customer %(id)s, whom it brings along.") % {"id": pk} for pk in outcome.drawn
    ]
    return [said, *drawn, _("The same rows imported again change nothing. It can be taken back.")]


def _headed(outcome: contacts.Outcome) -> Iterator[tuple[str, Sequence[int]]]:
    for place, side in enumerate(outcome.sides):
        yield (_("Who asks") if place == 0 else _("Separate from them")), side


def _correct(request: BrandRequest, found: RightsRequest) -> None:
    seen = request.POST.get("identities", "")
    correct(
        request.brand.pk,
        found.customer_id,
        _corrected(request),
        identities=int(seen) if seen.isdecimal() and len(seen) < 10 else None,
        actor=request.actor,
        reason=request.POST.get("reason", ""),
        request_id=found.pk,
    )


def _freeze(request: BrandRequest, found: RightsRequest) -> None:
    change = freeze if found.kind == Kind.FREEZE else unfreeze
    change(
        request.brand.pk,
        found.customer_id,
        actor=request.actor,
        reason=request.POST.get("reason", ""),
        request_id=found.pk,
    )


DOING: Final[Mapping[str, Callable[[BrandRequest, RightsRequest], None]]] = {
    Kind.ACCESS: _copy,
    Kind.CORRECTION: _correct,
    Kind.ERASURE: _erase,
    Kind.FREEZE: _freeze,
    Kind.UNFREEZE: _freeze,
}


@permission_required(Permission.RIGHTS_MANAGE)
@require_POST
def take_copy(request: BrandRequest, request_id: int) -> FileResponse:
    """The zip; who takes it is in the audit log."""
    name, stream = copying.opened(request.brand.pk, request_id, actor=request.actor)
    return FileResponse(stream, as_attachment=True, filename=name, content_type="application/zip")


@permission_required(Permission.RIGHTS_MANAGE)
@require_GET
def processed(request: BrandRequest) -> HttpResponse:
    return render(request, "customers/processing.html", {"entries": processing.entries(request.brand.pk)})


@permission_required(Permission.RIGHTS_MANAGE)
@require_POST
def note(request: BrandRequest) -> HttpResponse:
    """The brand's own words on one entry of the record."""
    name, text = request.POST.get("name", ""), request.POST.get("note", "")
    processing.note(request.brand.pk, name, text, actor=request.actor)
    return redirect("rights-processing")


def panel(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, Any]:
    """On a customer's page: whether it is frozen, what was asked for, and what may be."""
    may = request.actor.may(Permission.RIGHTS_MANAGE)
    rows: list[RightsRequest] = []
    if may:
        found = RightsRequest.objects.filter(brand_id=request.brand.pk, customer_id__in=list(subject_ids))
        rows = list(found.order_by("-pk")[:10])
    return {
        "frozen": bool(frozen_among([customer_id])),
        "may": may,
        "customer_id": customer_id,
        "zone": request.brand.timezone,
        "rows": [(row, KINDS[row.kind], _badge(row)) for row in rows],
        "kinds": [(kind, KINDS[kind]) for kind in Kind],
    }
