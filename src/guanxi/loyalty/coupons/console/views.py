"""The list of coupon campaigns, one of them, its codes, and finding a code."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.wording import say
from guanxi.loyalty.coupons import campaigns, making, queries, said, services
from guanxi.loyalty.coupons.codes import code_of
from guanxi.loyalty.coupons.console import giving
from guanxi.loyalty.coupons.contracts import MOVES, Became, Has, Kind, Stacking, State
from guanxi.loyalty.coupons.models import CouponBatch, CouponCampaign, CouponUse
from guanxi.loyalty.coupons.queries import Figures
from guanxi.loyalty.coupons.words import BECAME, HAS, KINDS, STACKING, STATES
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import compact_money, day, money, number, share
from guanxi.ui.parts import Badge, Empty, Figure, Option, Tone

TONES: Final[Mapping[State, Tone]] = {
    State.DRAFT: "info",
    State.ACTIVE: "good",
    State.PAUSED: "warn",
    State.ENDED: "",
}


_VERBS: Final = {
    State.ACTIVE: say("Switch on"),
    State.PAUSED: say("Pause"),
    State.ENDED: say("End for good"),
}


class Row(NamedTuple):
    """A campaign of the list, its figures as written."""

    id: int
    name: str
    worth: str
    badge: Badge
    issued: str
    redeemed: str
    expired: str
    rate: str
    cost: str


class Batch(NamedTuple):
    row: CouponBatch
    percent: int
    finished: bool


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    brand, show = request.brand, request.GET.get("show", "")
    show = show if show in list(State) else ""
    counts = queries.counts(brand.pk)
    rows = queries.campaigns(brand.pk, [State(show)] if show else [])
    figures = queries.figures(brand.pk, rows)
    may_manage = request.actor.may(Permission.PROGRAMME_MANAGE)
    context = {
        "rows": [_row(brand, row, figures[row.pk]) for row in rows],
        "chips": _chips(show, counts),
        "may_manage": may_manage,
        "empty": None if counts else _none_yet(may_manage=may_manage),
    }
    return render(request, "loyalty/coupons.html", context)


def _row(brand: Brand, row: CouponCampaign, told: Figures) -> Row:
    return Row(
        row.pk,
        said.name_of(row),
        said.worth(row, brand),
        badge(row.state),
        number(told.issued),
        number(told.redeemed),
        number(told.expired),
        share(told.rate),
        compact_money(told.discount_fen, brand.currency),
    )


def badge(state: str) -> Badge:
    return Badge(spoken(STATES[State(state)]), TONES[State(state)])


def _chips(show: str, counts: Mapping[str, int]) -> list[Option]:
    here = reverse("coupons")
    found = [Option(" ".join([_("All"), number(sum(counts.values()))]), here, not show)]
    for state in State:
        if counts.get(state, 0) or state == show:
            label = f"{spoken(STATES[state])} {number(counts.get(state, 0))}"
            found.append(Option(label, f"{here}?show={state.value}", state == show))
    return found


def _none_yet(*, may_manage: bool) -> Empty:
    return Empty(
        _("Give a reason to come back"),
        _(
            "A campaign says what its coupons take off, for what and whom. Hand its codes out, let a rule "
            "give them, or print one code for everybody. Example: ¥20 off orders of ¥100 and more, until the "
            "end of the month."
        ),
        "gift",
        _("Make a campaign") if may_manage else "",
        reverse("coupon-new") if may_manage else "",
    )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def campaign(request: BrandRequest, campaign_id: int) -> HttpResponse:
    brand = request.brand
    row = campaigns.find(brand.pk, campaign_id)
    told = queries.figures(brand.pk, [row])[row.pk]
    batches = [_batch(one) for one in making.of_campaign(row.pk)]
    context = {
        "row": row,
        "name": said.name_of(row),
        "badge": badge(row.state),
        "worth": said.worth(row, brand),
        "figures": _figures(brand, told),
        "facts": _facts(brand, row, told),
        "batches": batches,
        "givings": giving.lines(brand, row.pk),
        "making": any(not one.finished for one in batches),
        "uses": _uses(brand, queries.latest_uses(row.pk)),
        "moves": [
            (state.value, spoken(_VERBS[state])) for state in State if state in MOVES[State(row.state)]
        ],
        "token": secrets.token_urlsafe(12),
        "may_manage": request.actor.may(Permission.PROGRAMME_MANAGE),
        "unique": row.generic_code is None and row.state == State.ACTIVE,
    }
    return render(request, "loyalty/coupon_campaign.html", context)


def _figures(brand: Brand, told: Figures) -> list[Figure]:
    return [
        Figure(
            _("Given out"),
            number(told.issued),
            _("Coupons in wallets and codes made, or uses of a code for everybody."),
        ),
        Figure(_("Redeemed"), number(told.redeemed), _("Used and not rolled back."), share(told.rate)),
        Figure(
            _("Cost of the discounts"),
            compact_money(told.discount_fen, brand.currency),
            _("What was taken off, and what gifts cost."),
            "",
            money(told.discount_fen, brand.currency),
        ),
    ]


def _facts(brand: Brand, row: CouponCampaign, told: Figures) -> list[tuple[str, str]]:
    found = [
        (_("Campaign code"), row.code),
        (_("What it gives"), spoken(KINDS[Kind(row.kind)])),
        (_("With other coupons"), spoken(STACKING[Stacking(row.stacking)])),
    ]
    found += [(label, ", ".join(words)) for label, words in _places(row) if words]
    if row.generic_code:
        found.append((_("One code for everybody"), row.generic_code))
    if row.first_order_only:
        found.append((_("Who"), _("Only for the first order")))
    if row.per_customer:
        found.append((_("So often for each customer"), number(row.per_customer)))
    if told.left is not None:
        found.append((_("Left in stock"), number(told.left)))
    if row.since_ms:
        found.append((_("From"), day(row.since_ms, brand.timezone)))
    if row.until_ms:
        found.append((_("Until, that day included"), day(row.until_ms - 1, brand.timezone)))
    if row.lasts_days:
        found.append((_("Days after it was given"), number(row.lasts_days)))
    found.append((_("Expired unused"), number(told.expired)))
    return found


def _uses(brand: Brand, rows: Sequence[CouponUse]) -> list[tuple[str, str, str, int]]:
    """State, what it took off, order, when."""
    return [
        (
            spoken(BECAME[Became(use.state)]),
            money(use.discount_fen, brand.currency),
            use.redemption.order,
            use.at_ms,
        )
        for use in rows
    ]


def _places(row: CouponCampaign) -> list[tuple[str, list[str]]]:
    return [
        (_("Only these products"), row.skus),
        (_("Only these categories"), row.categories),
        (_("Only in these stores"), row.stores),
        (_("Only in these channels"), row.channels),
    ]


def _batch(row: CouponBatch) -> Batch:
    return Batch(row, row.made * 100 // row.wanted, row.made >= row.wanted)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def state(request: BrandRequest, campaign_id: int, wanted: str) -> HttpResponse:
    version = _whole(request.POST.get("version", ""))
    return _do(
        request,
        campaign_id,
        lambda: services.set_state(request.brand.pk, campaign_id, version, wanted, actor=request.actor),
        _("It is done."),
    )


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def stock(request: BrandRequest, campaign_id: int) -> HttpResponse:
    units, key = _whole(request.POST.get("units", "")), request.POST.get("key", "")[:60]
    return _do(
        request,
        campaign_id,
        lambda: services.add_stock(request.brand.pk, campaign_id, units, key=f"c:{key}", actor=request.actor),
        _("The stock is added."),
    )


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def make(request: BrandRequest, campaign_id: int) -> HttpResponse:
    count = _whole(request.POST.get("count", ""))
    return _do(
        request,
        campaign_id,
        lambda: services.want(request.brand.pk, campaign_id, count, actor=request.actor),
        _("The codes are being made. You may leave this page."),
    )


def _do(request: BrandRequest, campaign_id: int, verb: Any, done: str) -> HttpResponse:
    campaigns.find(request.brand.pk, campaign_id)
    try:
        verb()
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
    else:
        messages.success(request, done)
    return redirect("coupon-campaign", campaign_id)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def download(request: BrandRequest, batch_id: int) -> HttpResponseBase:
    """All codes of a batch that are not used yet, one a line; streamed, since there may be a million."""
    batch = making.find(request.brand.pk, batch_id)
    making.note_download(batch, request.actor)
    lines = _lines(request.brand.pk, batch.pk)
    headers = {"Content-Disposition": f'attachment; filename="{batch.campaign.code}-{batch.pk}.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _lines(brand_id: int, batch_id: int) -> Iterator[str]:
    yield "code\r\n"
    for code in making.written(brand_id, batch_id):
        yield f"{code}\r\n"


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def find(request: BrandRequest) -> HttpResponse:
    """What became of one code."""
    asked, brand = request.GET.get("code", "").strip()[:80], request.brand
    row = queries.by_code(brand.pk, asked) if asked else None
    context: dict[str, Any] = {"asked": asked, "row": row}
    if row is not None:
        owner = customer_ids_of(brand.pk, [row.subject_id]).get(row.subject_id) if row.subject_id else None
        context |= {
            "code": code_of(brand.pk, row.pk),
            "name": said.name_of(row.campaign),
            "state": spoken(HAS[Has(row.state)]),
            "until": said.until(row, brand),
            "owner": owner,
            "uses": _uses(brand, queries.uses_of(row.pk)),
        }
    return render(request, "loyalty/coupon_find.html", context)


def _whole(text: str) -> int:
    told = text.strip().replace(",", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 16 else 0
