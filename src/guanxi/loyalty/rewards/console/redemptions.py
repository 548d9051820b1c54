"""Redemptions in the console: what waits to be handed out or sent, many at once, and each with its story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import faces
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.rewards import moving, queries, words
from guanxi.loyalty.rewards.contracts import DELIVERIES, LOOKS, Delivery, State, may_become
from guanxi.loyalty.rewards.redeeming import address_purpose
from guanxi.platform import audit, people, vault
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission
from guanxi.platform.writing import writing
from guanxi.ui.figures import money, number
from guanxi.ui.parts import Badge, Empty, Option, Pager

MOST_AT_ONCE: Final = queries.PAGE


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def redemptions(request: BrandRequest) -> HttpResponse:
    brand, asked = request.brand, _asked(request)
    rows = queries.redemptions(brand.pk, asked, queries.PAGE + 1)
    page, owners = rows[: queries.PAGE], queries.customers_of(brand.pk, rows)
    known, named = words.assets_of(brand), faces(brand.pk, set(owners.values()))
    counted = queries.by_state(brand.pk)
    kept = {"state": asked.state, "delivery": asked.delivery, "reward": asked.reward, "q": asked.text}
    further = f"?{urlencode({**kept, 'before': page[-1].pk})}" if len(rows) > len(page) else ""
    total = number(sum(counted.values()))
    may_serve = request.actor.may(Permission.TILL_USE)
    context = {
        "lines": [
            {
                "row": row,
                "name": words.called(row.reward),
                "face": named.get(owners.get(row.subject_id, 0)),
                "price": words.price_of(brand, known, row),
                "badge": words.badge(row.state),
                "delivery": words.delivery(row.delivery),
                "to_send": row.state == State.READY and row.delivery == Delivery.SEND,
            }
            for row in page
        ],
        "chips": _chips(asked, counted),
        "asked": asked,
        "deliveries": [(one.value, spoken(label)) for one, label in DELIVERIES.items()],
        "pager": Pager(len(page), total, reverse("redemptions") if asked.before else "", further),
        "may_serve": may_serve,
        "sending": may_serve and any(row.state == State.READY and row.delivery == "send" for row in page),
        "empty": None if counted else _none_yet(),
    }
    return render(request, "loyalty/redemptions.html", context)


def _asked(request: BrandRequest) -> queries.Asked:
    told = request.GET
    state, delivery, before = told.get("state", ""), told.get("delivery", ""), told.get("before", "")
    return queries.Asked(
        state if state in set(State) else "",
        delivery if delivery in set(Delivery) else "",
        told.get("reward", "")[:60].replace("\0", ""),
        0,
        told.get("q", "")[:60].replace("\0", ""),
        int(before) if before.isascii() and before.isdecimal() and len(before) <= 18 else 0,
    )


def _chips(asked: queries.Asked, counted: dict[str, int]) -> list[Option]:
    here = reverse("redemptions")
    found = [Option(_("All"), here, not asked.state)]
    for state, look in LOOKS.items():
        if many := counted.get(state.value, 0):
            label = f"{spoken(look.label)} {number(many)}"
            found.append(Option(label, f"{here}?state={state.value}", asked.state == state))
    return found


def _none_yet() -> Empty:
    return Empty(
        _("Nothing redeemed yet"),
        _("What members redeem waits here to be handed over or sent, each with its code."),
        "gift",
        _("To the rewards"),
        reverse("rewards"),
    )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def redemption(request: BrandRequest, redemption_id: int) -> HttpResponse:
    return _one(request, redemption_id)


def _one(request: BrandRequest, redemption_id: int, address: str = "") -> HttpResponse:
    brand = request.brand
    row = queries.redemption(brand.pk, redemption_id)
    owner = queries.customers_of(brand.pk, [row]).get(row.subject_id, 0)
    story = queries.steps(row.pk)
    names, state = people.actor_names(step.actor for step in story), State(row.state)
    ready = state is State.READY and request.actor.may(Permission.TILL_USE)
    context: dict[str, Any] = {
        "row": row,
        "name": words.called(row.reward),
        "badge": words.badge(row.state),
        "face": faces(brand.pk, [owner]).get(owner),
        "price": words.price_of(brand, words.assets_of(brand), row),
        "delivery": words.delivery(row.delivery),
        "steps": [
            {"badge": words.badge(one.after), "who": names[one.actor], "at_ms": one.at_ms, "why": one.why}
            for one in story
        ],
        "payments": [
            {
                "reference": one.reference,
                "money": money(one.fen, brand.currency),
                "badge": Badge(_("Due back"), "bad") if one.due_back else Badge(_("Taken"), "good"),
            }
            for one in queries.payments(row.pk)
        ],
        "may_hand_out": ready,
        "may_send": ready and row.delivery == Delivery.SEND,
        "may_cancel": may_become(state, State.CANCELLED) and request.actor.may(Permission.TILL_USE),
        "may_return": may_become(state, State.RETURNED) and request.actor.may(Permission.PROGRAMME_MANAGE),
        "may_see": bool(row.address) and request.actor.may(Permission.CUSTOMERS_UNMASK),
        "address": address,
        "given_path": words.given_path(row),
    }
    return render(request, "loyalty/redemption.html", context)


@permission_required(Permission.CUSTOMERS_UNMASK)
@require_POST
def address(request: BrandRequest, redemption_id: int) -> HttpResponse:
    """Where it is sent, for whoever packs it; that it was seen is in the audit log."""
    row = queries.redemption(request.brand.pk, redemption_id)
    text = vault.unseal_text(row.address, address_purpose(row.pk)) if row.address else ""
    with writing(request.brand.pk):
        audit.record(request.brand.pk, request.actor, "redemption.address_shown", "redemption", row.pk)
    return _one(request, redemption_id, text or _("It is not kept any more."))


@permission_required(Permission.TILL_USE)
@require_POST
def hand_out(request: BrandRequest, redemption_id: int) -> HttpResponse:
    def verb() -> object:
        return moving.hand_out(request.brand.pk, redemption_id, actor=request.actor)

    return _do(request, redemption_id, verb, _("Handed over."))


@permission_required(Permission.TILL_USE)
@require_POST
def send(request: BrandRequest, redemption_id: int) -> HttpResponse:
    carrier, tracking = request.POST.get("carrier", ""), request.POST.get("tracking", "")

    def verb() -> object:
        return moving.send(
            request.brand.pk, redemption_id, carrier=carrier, tracking=tracking, actor=request.actor
        )

    return _do(request, redemption_id, verb, _("It is on its way."))


@permission_required(Permission.TILL_USE)
@require_POST
def cancel(request: BrandRequest, redemption_id: int) -> HttpResponse:
    why = request.POST.get("why", "")

    def verb() -> object:
        return moving.cancel(request.brand.pk, redemption_id, why=why, actor=request.actor)

    return _do(request, redemption_id, verb, _("Called off: points and piece are back."))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def take_back(request: BrandRequest, redemption_id: int) -> HttpResponse:
    piece, why = request.POST.get("piece") == "1", request.POST.get("why", "")

    def verb() -> object:
        return moving.take_back(request.brand.pk, redemption_id, piece=piece, why=why, actor=request.actor)

    return _do(request, redemption_id, verb, _("Taken back: the points are with the member again."))


def _do(request: BrandRequest, redemption_id: int, verb: Callable[[], object], done: str) -> HttpResponse:
    queries.redemption(request.brand.pk, redemption_id)
    try:
        verb()
    except GuanxiError as error:
        said = speaking(error)
        messages.error(request, f"{said.message} {said.remedy}".strip())
    else:
        messages.success(request, done)
    back = request.POST.get("back", "")
    if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable():
        return redirect(back)
    return redirect("redemption", redemption_id)


@permission_required(Permission.TILL_USE)
@require_POST
def sent(request: BrandRequest) -> HttpResponse:
    """The ticked ones are on their way, each with its own number; those that cannot be are named."""
    ticked = [text for text in request.POST.getlist("row") if text.isascii() and text.isdecimal()]
    carrier, done, refused = request.POST.get("carrier", ""), 0, []
    for text in ticked[:MOST_AT_ONCE]:
        tracking = request.POST.get(f"tracking:{text}", "")
        try:
            moving.send(
                request.brand.pk, int(text[:18]), carrier=carrier, tracking=tracking, actor=request.actor
            )
        except GuanxiError as error:
            refused.append(f"#{text[:18]}: {speaking(error).message}")
        else:
            done += 1
    if done:
        said = ngettext("%(n)s parcel is on its way.", "%(n)s parcels are on their way.", done)
        messages.success(request, said % {"n": number(done)})
    if refused:
        messages.error(request, " ".join(refused[:10]))
    if not ticked:
        messages.error(request, _("Tick those that are on their way first."))
    return redirect(f"{reverse('redemptions')}?state=ready&delivery=send")
