"""The list of draws, one with its proof, its evidence, and the editor with what it costs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.conditions import parse as parse_condition
from guanxi.kernel.conditions import sentence
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.shown import units as in_units
from guanxi.loyalty.coupons import said as coupons
from guanxi.loyalty.draws import evidence, queries, services
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.console import form as forms
from guanxi.loyalty.draws.console.changing import offered
from guanxi.loyalty.draws.console.labels import KINDS, MODES, REASONS, STATES, WINS, badge
from guanxi.loyalty.draws.contracts import KEPT_DAYS, PrizeKind, State, Terms
from guanxi.loyalty.draws.models import Draw
from guanxi.loyalty.ledger import assets
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import day, money, number, share
from guanxi.ui.parts import Badge, Empty, Figure, Option


@dataclass(frozen=True, slots=True)
class Line:
    """A draw of the list."""

    draw: Draw
    badge: Badge
    mode: str
    prizes: str
    cost: str


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def draws(request: BrandRequest) -> HttpResponse:
    counts = queries.counts(request.brand.pk)
    show = request.GET.get("show", "")
    show = show if show in set(State) else ""
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    context = {
        "lines": [_line(one) for one in queries.draws(request.brand.pk, [show] if show else [])],
        "chips": [
            Option(
                f"{label} {number(many)}",
                reverse("draws") + (f"?show={word}" if word else ""),
                word == show,
            )
            for word, label, many in [
                ("", _("All"), sum(counts.values())),
                *((one.value, str(STATES[one][0]), counts[one.value]) for one in State),
            ]
            if many or not word
        ],
        "may_edit": may_edit,
        "empty": None if counts else _none_yet(may_edit=may_edit),
    }
    return render(request, "loyalty/draws.html", context)


def _line(draw: Draw) -> Line:
    prizes = draw.terms["prizes"]
    names = ", ".join(f"{one['name']} × {number(one['quantity'])}" for one in prizes[:3])
    cost = sum(one["quantity"] * one["value_fen"] for one in prizes)
    return Line(draw, badge(STATES, draw.state), str(MODES[draw.mode]), names, money(cost))


def _none_yet(*, may_edit: bool) -> Empty:
    return Empty(
        _("A draw that anybody can check"),
        _(
            "Say what may be won and how often. What you publish is frozen by its hash; who wins follows "
            "from numbers fixed beforehand, and everybody can work it out again."
        ),
        "gift",
        _("New draw"),
        reverse("draw-new") if may_edit else "",
        (
            _("For example: one bag for ¥1,200 and 300 times 100 points, among all who entered in a week."),
            _("No prize above ¥50,000: the law allows no more."),
        ),
    )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def draw(request: BrandRequest, draw_id: int) -> HttpResponse:
    """The audit page: terms, hashes, timeline, winners masked, and what the outsider's script says."""
    found = services.find(request.brand.pk, draw_id)
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    asked = request.GET.get("replay") and found.state == State.REVEALED.value
    context = {
        "row": found,
        "terms": found.terms,
        "badge": badge(STATES, found.state),
        "mode": MODES[found.mode],
        "figures": _figures(found),
        "prizes": _prizes(request.brand, found),
        "who": _who(found.terms["entry"]["condition"]),
        "entry": _entry(request.brand, found.terms["entry"]),
        "consolation": _consolation(request.brand, found),
        "versions": queries.versions(found),
        "timeline": _timeline(found),
        "excluded": [(REASONS[word], number(many)) for word, many in queries.excluded(found).items()],
        "winners": [(one, badge(WINS, one.state)) for one in queries.winners(found)],
        "most_shown": queries.MOST_SHOWN,
        "changes": offered(found) if may_edit else [],
        "may_edit": may_edit,
        "asks_entropy": may_edit and found.state == State.CLOSED.value and bool(found.terms["entropy"]),
        "replayed": evidence.replayed(found) if asked else [],
        "public": reverse("member-draw", args=[request.brand.slug, found.pk]),
    }
    return render(request, "loyalty/draws_one.html", context)


def _figures(found: Draw) -> list[Figure]:
    parsed = written.parse(found.terms)
    dealt = sum(queries.dealt(found).values())
    of = parsed.positions
    return [
        Figure(
            _("Entries"),
            number(found.entered) + (f" / {number(of)}" if of else ""),
            _("How many entered so far; of an instant draw, of how many in all."),
        ),
        Figure(
            _("Pieces won"),
            f"{number(dealt)} / {number(parsed.pieces)}",
            _("Pieces that were won, of all that may be won."),
        ),
        Figure(
            _("Cost"),
            money(written.expected_cost_fen(parsed, found.entered)),
            _("Market value of what is won with the entries so far, consolation included."),
        ),
    ]


def _prizes(brand: Brand, found: Draw) -> list[dict[str, str]]:
    dealt = queries.dealt(found)
    return [
        {
            "name": one["name"],
            "kind": str(KINDS[one["kind"]]),
            "quantity": number(one["quantity"]),
            "value": money(one["value_fen"], brand.currency),
            "odds": odds_said(pieces, of),
            "won": number(dealt.get(one["code"], 0)),
        }
        for one, pieces, of in queries.odds(found)
    ]


def odds_said(pieces: int, of: int) -> str:
    """1 in 250, or that nobody entered yet."""
    if not of:
        return _("as many as enter")
    if pieces >= of:
        return _("every entry")
    return _("1 in %(n)s") % {"n": number(round(of / pieces, 1) if of < 10 * pieces else round(of / pieces))}


def _who(condition: Mapping[str, Any] | None) -> str:
    if condition is None:
        return _("Everybody")
    try:
        return sentence(parse_condition(condition, stored=True), tongue())
    except GuanxiError as error:
        return spoken(error.message)


def _entry(brand: Brand, entry: Mapping[str, Any]) -> str:
    if not entry["asset"]:
        return _("Free, %(most)s for each person") % {"most": number(entry["most"])}
    known = {one.code: one for one in assets.assets(brand.pk)}
    asset = known.get(entry["asset"])
    name = asset.called(chinese=tongue().is_chinese) if asset else entry["asset"]
    price = in_units(asset, brand, entry["units"]) if asset else number(entry["units"])
    told = {"price": price, "asset": name, "most": number(entry["most"])}
    return _("%(price)s of %(asset)s, at most %(most)s for each person") % told


def _consolation(brand: Brand, found: Draw) -> str:
    told = found.terms["consolation"]
    if told is None:
        return _("None")
    return _("%(units)s of %(asset)s (%(money)s)") % {
        "units": number(told["units"]),
        "asset": told["asset"],
        "money": money(told["value_fen"], brand.currency),
    }


def _timeline(found: Draw) -> list[tuple[str, int, str, str]]:
    """What, when, which hash it fixed, and the hash."""
    rows = [
        (_("Terms published"), found.published_ms, _("Hash of the terms"), found.terms_hash),
        (_("Seed committed"), found.published_ms, _("Hash of the seed"), found.seed_hash),
        (_("Entrants frozen"), found.closed_ms, _("Hash of the entrants"), found.entries_hash),
        (_("Winners worked out"), found.drawn_ms, _("Hash of the result"), found.result_hash),
        (_("Seed revealed"), found.revealed_ms, _("Seed"), found.seed),
    ]
    kept = found.revealed_ms + KEPT_DAYS * 86_400_000 if found.revealed_ms else 0
    said = [row for row in rows if row[1]]
    return [*said, (_("Evidence kept until at least"), kept, "", "")] if kept else said


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def evidence_file(request: BrandRequest, draw_id: int) -> HttpResponse:
    found = services.find(request.brand.pk, draw_id)
    response = HttpResponse(evidence.archive(found), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{evidence.name_of(found)}"'
    return response


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _editor(request, forms.fresh(request.brand))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest, draw_id: int) -> HttpResponse:
    found = services.find(request.brand.pk, draw_id)
    return _editor(request, forms.shown(request.brand, found.terms), found, looked=True)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest, draw_id: int = 0) -> HttpResponse:
    """Save, or with "look" only say what it comes to."""
    found = services.find(request.brand.pk, draw_id) if draw_id else None
    form = forms.typed(request.POST.dict())
    if "look" in request.POST:
        return _editor(request, form, found, looked=True)
    try:
        data = forms.read(request.brand, form)
        version = int(form.get("version") or 0) if str(form.get("version", "")).isdecimal() else 0
        if found is None:
            found = services.create(request.brand, data, actor=request.actor)
        elif found.state == State.DRAFT.value:
            found = services.save(request.brand, found.pk, version, data, actor=request.actor)
        else:
            found = services.amend(request.brand, found.pk, version, data, actor=request.actor)
    except GuanxiError as error:
        return _editor(request, form, found, refused=speaking(error))
    messages.success(request, _("The draw is saved."))
    return redirect("draw", found.pk)


def _editor(
    request: BrandRequest,
    form: Mapping[str, Any],
    found: Draw | None = None,
    *,
    looked: bool = False,
    refused: GuanxiError | None = None,
) -> HttpResponse:
    effect, wrong = None, refused
    if looked:
        try:
            effect = _effect(
                request.brand, services.checked(request.brand, forms.read(request.brand, form)), form
            )
        except GuanxiError as error:
            wrong = speaking(error)
    known = assets.assets(request.brand.pk)
    context = {
        "form": form,
        "row": found,
        "title": _("Change the draw") if found else _("New draw"),
        "url": reverse("draw-save", args=[found.pk]) if found else reverse("draw-create"),
        "back": reverse("draw", args=[found.pk]) if found else reverse("draws"),
        "modes": MODES.items(),
        "kinds": KINDS.items(),
        "campaigns": _campaigns(request.brand, form),
        "assets": [one for one in known if one.kind in (PrizeKind.POINTS, PrizeKind.CREDIT)],
        "prices": [one for one in known if one.kind in ("points", "credit", "ticket")],
        "ticket": services.ticket_of(str(form.get("draw", ""))) if form.get("draw") else "",
        "effect": effect,
        "wrong": wrong,
        "wrong_field": str(wrong.data.get("field", "")) if wrong else "",
        "published": bool(found and found.state != State.DRAFT.value),
        "version": form.get("version") or (found.version if found else 0),
    }
    status = wrong.http_status if wrong and not looked else 200
    return render(request, "loyalty/draws_editor.html", context, status=status)


def _campaigns(brand: Brand, form: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Coupon campaigns to choose from, and those that are chosen already."""
    known = coupons.offered(brand.pk)
    chosen = {str(one.get("campaign", "")) for one in form["prizes"]} - {"", *dict(known)}
    return [*known, *((code, code) for code in sorted(chosen))]


def _effect(brand: Brand, terms: Terms, form: Mapping[str, Any]) -> dict[str, Any]:
    """What it comes to: cost, odds, and what the law says."""
    text = str(form.get("expected", "")).replace(",", "")
    entries = terms.positions or (int(text) if text.isdecimal() and len(text) < 9 else 0)
    cost = written.expected_cost_fen(terms, entries)
    return {
        "entries": number(entries),
        "cost": money(cost, brand.currency),
        "each": money(cost // entries, brand.currency) if entries else "",
        "odds": [
            (
                one.name,
                odds_said(one.quantity, entries),
                share(min(1, one.quantity / entries)) if entries else "",
            )
            for one in terms.prizes
        ],
        "closes": day(terms.closes_ms, brand.timezone),
        "warnings": [spoken(one) for one in written.warnings(terms)],
    }
