"""Draws on the members' phones: what is open, its terms and odds, entering, what was won, claiming."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.stores import store_name, stores
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.loyalty.console.shown import units as in_units
from guanxi.loyalty.draws import claiming, entering, queries
from guanxi.loyalty.draws.console.labels import WINS
from guanxi.loyalty.draws.console.views import odds_said
from guanxi.loyalty.draws.contracts import State, WinState
from guanxi.loyalty.draws.models import Draw, DrawWin
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.member import guards
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section
from guanxi.loyalty.member.guards import member_page
from guanxi.platform.language import speaking, tongue
from guanxi.ui.figures import exact, money, number


def register() -> None:
    SECTIONS.register(Section("draws", 400, "loyalty/member/draws_section.html", load))


def load(member: Member) -> Mapping[str, Any] | None:
    """What is open now, and gifts that wait to be claimed."""
    open_now = queries.open_now(member.brand.pk)
    waiting = queries.to_claim(member.brand.pk, _ours(member))
    if not open_now and not waiting:
        return None
    return {
        "open": [_line(member, one) for one in open_now],
        "waiting": [_claim_line(member, win) for win in waiting],
    }


@require_safe
@member_page
def draws(request: HttpRequest, member: Member) -> HttpResponse:
    """Those that are open, then those that are over."""
    known = queries.draws(member.brand.pk, queries.PUBLIC)[:50]
    open_ids = {one.pk for one in queries.open_now(member.brand.pk)}
    context = {
        "open": [_line(member, one) for one in known if one.pk in open_ids],
        "others": [_line(member, one) for one in known if one.pk not in open_ids],
        "waiting": [_claim_line(member, win) for win in queries.to_claim(member.brand.pk, _ours(member))],
    }
    return guards.page(member, "loyalty/member/draws.html", context, here="card")


@require_safe
@member_page
def draw(request: HttpRequest, member: Member, draw_id: int) -> HttpResponse:
    try:
        found = queries.public(member.brand.pk, draw_id)
    except NotFound as error:
        return _missing(member, error)
    return _page(member, found, got=request.GET.get("got", ""))


@require_POST
@member_page
def enter(request: HttpRequest, member: Member, draw_id: int) -> HttpResponse:
    """One press is one entry, however often it arrives."""
    nonce = "".join(request.POST.get("nonce", "").split())
    try:
        found = queries.public(member.brand.pk, draw_id)
        key = f"m:{request.POST.get('press', '')[:40]}"
        made = entering.enter(
            member.brand, draw_id, member.subject_id, key=key, nonce=nonce, actor="customer"
        )
    except NotFound as error:
        return _missing(member, error)
    except GuanxiError as error:
        return _page(member, found, refused=speaking(error), nonce=nonce)
    query = urlencode({"got": made.number})
    return HttpResponseRedirect(f"{reverse('member-draw', args=[member.brand.slug, draw_id])}?{query}")


@require_safe
@member_page
def winners(request: HttpRequest, member: Member, draw_id: int) -> HttpResponse:
    """Those that are published, masked."""
    try:
        found = queries.public(member.brand.pk, draw_id)
    except NotFound as error:
        return _missing(member, error)
    context = {
        "draw": found,
        "winners": queries.winners(found, published=True),
        "over": found.state in (State.DRAWN.value, State.REVEALED.value),
    }
    return guards.page(member, "loyalty/member/draw_winners.html", context, here="card")


@require_safe
@member_page
def claim(request: HttpRequest, member: Member, win_id: int) -> HttpResponse:
    return _claim_page(member, win_id)


@require_POST
@member_page
def claim_do(request: HttpRequest, member: Member, win_id: int) -> HttpResponse:
    told = {"store": request.POST.get("store", ""), "address": request.POST.get("address", "")}
    if told["store"]:
        told["address"] = ""
    try:
        claiming.claim(member.brand, win_id, member.subject_id, **told)
    except NotFound as error:
        return _missing(member, error)
    except GuanxiError as error:
        return _claim_page(member, win_id, speaking(error), told)
    return HttpResponseRedirect(reverse("member-claim", args=[member.brand.slug, win_id]))


def _ours(member: Member) -> list[int]:
    return subject_ids_of(member.brand.pk, member.customer_id)


def _line(member: Member, found: Draw) -> dict[str, Any]:
    return {
        "title": found.terms["title"],
        "prizes": ", ".join(one["name"] for one in found.terms["prizes"][:3]),
        "closes": _time(member, found.closes_ms),
        "path": reverse("member-draw", args=[member.brand.slug, found.pk]),
    }


def _claim_line(member: Member, win: DrawWin) -> dict[str, Any]:
    return {
        "name": win.draw.terms["prizes"][win.place]["name"],
        "until": _time(member, win.claim_by_ms),
        "path": reverse("member-claim", args=[member.brand.slug, win.pk]),
    }


def _time(member: Member, at_ms: int) -> str:
    return exact(at_ms, member.brand.timezone)[:16]


def _page(
    member: Member, found: Draw, *, got: str = "", refused: GuanxiError | None = None, nonce: str = ""
) -> HttpResponse:
    mine, brand, terms = queries.mine(found, _ours(member)), member.brand, found.terms
    at_ms, answer = now_ms(), next((one for one in mine if str(one.number) == got), None)
    is_open = found.state == State.OPEN.value and found.opens_ms <= at_ms < found.closes_ms
    context = {
        "draw": found,
        "terms": terms,
        "odds": [
            {
                "name": one["name"],
                "quantity": number(pieces),
                "value": money(one["value_fen"], brand.currency),
                "odds": odds_said(pieces, of),
            }
            for one, pieces, of in queries.odds(found)
        ],
        "opens": _time(member, found.opens_ms),
        "closes": _time(member, found.closes_ms),
        "price": _price(member, found),
        "can_pay": queries.may_pay(found, member.subject_id),
        "mine": mine,
        "answer": answer,
        "answer_prize": answer.prize if answer else None,
        "claim": _to_claim(member, answer),
        "is_open": is_open,
        "left": max(0, terms["entry"]["most"] - len(mine)),
        "taken": bool(terms["positions"]) and found.entered >= terms["positions"],
        "refused": refused,
        "nonce": nonce,
        "press": secrets.token_urlsafe(12),
        "consolation": _consolation(member, found),
    }
    status = refused.http_status if refused else 200
    return guards.page(member, "loyalty/member/draw.html", context, here="card", status=status)


def _to_claim(member: Member, answer: queries.Mine | None) -> dict[str, Any] | None:
    if answer is None or answer.win is None or answer.win.state != WinState.WON.value:
        return None
    return _claim_line(member, answer.win)


def _price(member: Member, found: Draw) -> str:
    entry = found.terms["entry"]
    return _units(member, entry["asset"], entry["units"]) if entry["asset"] else ""


def _consolation(member: Member, found: Draw) -> str:
    told = found.terms["consolation"]
    return _units(member, told["asset"], told["units"]) if told else ""


def _units(member: Member, code: str, units: int) -> str:
    asset = next((one for one in assets.assets(member.brand.pk) if one.code == code), None)
    if asset is None:
        return number(units)
    if asset.kind == "ticket":
        return _("%(n)s tickets") % {"n": number(units)}
    return f"{in_units(asset, member.brand, units)} {asset.called(chinese=tongue().is_chinese)}"


def _claim_page(
    member: Member,
    win_id: int,
    refused: GuanxiError | None = None,
    told: Mapping[str, str] | None = None,
) -> HttpResponse:
    try:
        win = claiming.find_win(member.brand.pk, win_id)
    except NotFound as error:
        return _missing(member, error)
    if win.subject_id not in _ours(member):
        return _missing(member, NotFound(_("There is no such prize of yours.")))
    context = {
        "win": win,
        "store": store_name(member.brand.pk, win.store),
        "prize": win.draw.terms["prizes"][win.place],
        "redemption": win.draw.terms["redemption"],
        "until": _time(member, win.claim_by_ms),
        "state": WINS[win.state][0],
        "may_claim": win.state == "won" and win.posted and win.claim_by_ms > now_ms(),
        "stores": [one for one in stores(member.brand.pk) if one.open][:200],
        "refused": refused,
        "told": told or {},
    }
    status = refused.http_status if refused else 200
    return guards.page(member, "loyalty/member/draw_claim.html", context, here="card", status=status)


def _missing(member: Member, error: GuanxiError) -> HttpResponse:
    context = {"said": speaking(error).message}
    return guards.page(member, "loyalty/member/draw_missing.html", context, here="card", status=404)
