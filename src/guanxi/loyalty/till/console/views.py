"""The till: scan or type, see who it is and what they have, record a purchase, take points."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import faces
from guanxi.customers.holders import profile
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.stores import store_name, stores
from guanxi.customers.tags import tags_of
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.shown import name_of, read_units, units
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import State
from guanxi.loyalty.member import numbers, rates
from guanxi.loyalty.member.pages import spaced
from guanxi.loyalty.till import contracts, serving
from guanxi.loyalty.till.contracts import STORE, Served, store_of
from guanxi.loyalty.till.serving import By, Visit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission
from guanxi.ui import figures

MOST_TAGS: Final = 8
MemberView = Callable[[BrandRequest, Visit, str], HttpResponse]


@permission_required(Permission.TILL_USE)
@require_GET
def till(request: BrandRequest) -> HttpResponse:
    """Where a scanner types."""
    return _scan(request)


def _scan(request: BrandRequest, error: str = "", status: int = 200, **more: Any) -> HttpResponse:
    context = {"press": secrets.token_urlsafe(12), "error": error, "store": _store_name(request), **more}
    return render(request, "loyalty/till/scan.html", {"here": "scan", **context}, status=status)


@permission_required(Permission.TILL_USE)
@require_POST
def read(request: BrandRequest) -> HttpResponse:
    """Look up what was scanned or typed; of several who share a phone the associate chooses."""
    if rates.reads(request.person.pk):
        return _scan(request, _("That was a little fast. Wait a minute, then scan again."), 429)
    text, press = request.POST.get("code", "")[:60], request.POST.get("press", "")[: serving.LONGEST_PRESS]
    try:
        visits = serving.look(request.brand.pk, text, press, actor=request.actor)
    except GuanxiError as error:
        return _scan(request, _said(error), error.http_status)
    if len(visits) == 1:
        return redirect("till-member", serving.token(request.brand.pk, visits[0]))
    shown = faces(request.brand.pk, [one.customer_id for one in visits])
    choices = [(shown[one.customer_id].title, serving.token(request.brand.pk, one)) for one in visits]
    return _scan(request, choices=choices)


def _said(error: GuanxiError) -> str:
    said = speaking(error)
    return f"{said.message} {said.remedy}".strip()


def of_visit(view: MemberView) -> Callable[..., HttpResponseBase]:
    """A page of a member who is being served: `view(request, visit, its address)`."""

    @permission_required(Permission.TILL_USE)
    @wraps(view)
    def guarded(request: BrandRequest, visit: str) -> HttpResponse:
        try:
            found = serving.opened(request.brand.pk, visit)
        except GuanxiError as error:
            return _scan(request, _said(error), error.http_status)
        return view(request, found, reverse("till-member", args=[visit]))

    return guarded


@require_GET
@of_visit
def member(request: BrandRequest, visit: Visit, back: str) -> HttpResponse:
    return _member(request, visit, back)


def _member(
    request: BrandRequest, visit: Visit, back: str, *, error: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """Who it is, what they have, what may be done: on one screen."""
    brand, customer = request.brand, profile(request.brand.pk, visit.customer_id)
    subjects = subject_ids_of(brand.pk, visit.customer_id)
    served = Served(request, visit.customer_id, subjects, back)
    above: list[str] = []
    beside: list[str] = []
    for part in contracts.parts():
        context = part.load(served)
        if context is not None:
            html = render_to_string(part.template, {"back": back, **context}, request)
            (above if part.order < contracts.BESIDE else beside).append(html)
    typed = request.POST if request.method == "POST" else request.GET
    context = {
        "here": "scan",
        "back": back,
        "face": faces(brand.pk, [visit.customer_id])[visit.customer_id],
        "number": spaced(numbers.number(brand.pk, visit.customer_id)),
        "orders": figures.number(customer.orders),
        "last": figures.day(customer.last_ms, brand.timezone) if customer.orders else "",
        "tags": [tag.label for tag in tags_of(brand.pk, subjects) if not tag.archived][:MOST_TAGS],
        "above": above,
        "beside": beside,
        "typed": {name: typed.get(name, "")[:60] for name in ("amount", "order")},
        "error": error,
        "store": _store_name(request),
        "may_pay": visit.by is By.CODE,
        "assets": _payable(request, visit),
        "press": secrets.token_urlsafe(12),
        **more,
    }
    return render(request, "loyalty/till/member.html", context, status=status)


def _payable(request: BrandRequest, visit: Visit) -> list[tuple[str, str]]:
    found = serving.balances(request.brand.pk, visit.customer_id) if visit.by is By.CODE else []
    return [(one.asset.code, name_of(one.asset)) for one in found if one.standing.spendable]


@require_POST
@of_visit
def purchase(request: BrandRequest, visit: Visit, back: str) -> HttpResponse:
    """An order that was paid for here; the same number again changes nothing."""
    brand = request.brand
    fen = _fen(request, request.POST.get("amount", ""))
    if fen is None:
        error = _("An amount is a number such as 128.00.")
        return _member(request, visit, back, error=error, status=422)
    order = request.POST.get("order", "")[:200]
    try:
        done = serving.purchase(
            brand.pk,
            visit.customer_id,
            order,
            fen,
            store=store_of(request),
            associate=str(request.actor),
            actor=request.actor,
        )
    except GuanxiError as error:
        return _member(request, visit, back, error=_said(error), status=error.http_status)
    if not done.is_new:
        messages.info(request, _("This order was recorded before. Nothing was done twice."))
        return redirect(back)
    names = {one.asset.code: one.asset for one in serving.balances(brand.pk, visit.customer_id)}
    gained = [
        f"{name_of(names[code])} {units(names[code], brand, n, sign=True)}" for code, n in done.gained.items()
    ]
    told = {"amount": figures.money(fen, brand.currency), "gained": ", ".join(gained)}
    if gained:
        messages.success(request, _("%(amount)s recorded: %(gained)s.") % told)
    else:
        messages.success(request, _("%(amount)s recorded.") % told)
    return redirect(back)


def _fen(request: BrandRequest, text: str) -> int | None:
    """What somebody typed as money of the brand."""
    return read_units(AssetRow(0, "", "credit"), request.brand, text[:30])


@require_POST
@of_visit
def pay(request: BrandRequest, visit: Visit, back: str) -> HttpResponse:
    """Points for an order: seen first, then taken once."""
    brand, code = request.brand, request.POST.get("asset", "")[:60]
    balance = {one.asset.code: one for one in serving.balances(brand.pk, visit.customer_id)}.get(code)
    wanted = read_units(balance.asset, brand, request.POST.get("units", "")[:30]) if balance else None
    if balance is None or not wanted:
        return _member(request, visit, back, error=_("Say how many of what."), status=422)
    order, press = request.POST.get("order", "")[:200], request.POST.get("press", "")[:60]
    try:
        if request.POST.get("sure") != "yes":
            number = serving.order_number(order)
            left = balance.standing.spendable - wanted
            if left < 0:
                has = units(balance.asset, brand, balance.standing.spendable)
                return _member(
                    request, visit, back, error=_("There are only %(n)s.") % {"n": has}, status=409
                )
            confirm = {
                "asset": code,
                "units": request.POST.get("units", ""),
                "order": number,
                "said": units(balance.asset, brand, wanted),
                "name": name_of(balance.asset),
                "left": units(balance.asset, brand, left),
            }
            return _member(request, visit, back, confirm=confirm)
        outcome = serving.pay(brand.pk, visit, code, wanted, order, press=press, actor=request.actor)
    except GuanxiError as error:
        return _member(request, visit, back, error=_said(error), status=error.http_status)
    if outcome.state is State.EXISTS:
        messages.info(request, _("This was done before. Nothing was done twice."))
    else:
        told = {"n": units(balance.asset, brand, wanted), "name": name_of(balance.asset)}
        messages.success(request, _("%(n)s %(name)s were taken.") % told)
    return redirect(back)


@permission_required(Permission.TILL_USE)
@require_GET
def me(request: BrandRequest) -> HttpResponse:
    """Where the associate stands."""
    rows = [one for one in stores(request.brand.pk) if one.open]
    context = {"stores": rows, "chosen": store_of(request), "person": request.person}
    return render(request, "loyalty/till/me.html", {"here": "me", **context})


@permission_required(Permission.TILL_USE)
@require_POST
def choose_store(request: BrandRequest) -> HttpResponse:
    """Purchases are recorded at this store from now on, on this phone."""
    code = request.POST.get("store", "")
    known = {one.code for one in stores(request.brand.pk) if one.open}
    request.session[STORE] = code if code in known else ""
    return redirect("till")


def _store_name(request: BrandRequest) -> str:
    return store_name(request.brand.pk, store_of(request))
