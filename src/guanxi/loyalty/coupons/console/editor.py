"""The editor of a campaign: the form, and beside it what a sample basket would pay."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.coupons import campaigns, fields, looking, said, services
from guanxi.loyalty.coupons.console.form import CampaignForm, no_name, sample_of, shown
from guanxi.loyalty.coupons.contracts import Asked, Basket, Line
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.coupons.pricing import price
from guanxi.loyalty.coupons.words import WHY
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import money

_SHARES = (100, 40, 15)  # percent of the sample's first line that the lines come to
DELIVERY_FEN = 1_000


class Paid(NamedTuple):
    """A line of the sample basket, as written."""

    name: str
    before: str
    off: str
    after: str


class Effect(NamedTuple):
    """What the sample basket pays; `why` where the coupon does not count, `problem` where it is none yet."""

    said: str = ""
    lines: tuple[Paid, ...] = ()
    total: str = ""
    off: str = ""
    why: str = ""
    problem: str = ""


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _page(
        request, CampaignForm(initial={"kind": "amount", "stacking": "exclusive", "off_fen": "20.00"})
    )


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    form, brand = CampaignForm(request.POST), request.brand
    if not form.is_valid() or "try" in request.POST:
        return _page(request, form, status=200 if "try" in request.POST else 422)
    try:
        row = services.create(brand.pk, form.wanted(brand.timezone), actor=request.actor)
        if stock := form.cleaned_data["stock"]:
            services.add_stock(brand.pk, row.pk, stock, key="first", actor=request.actor)
    except GuanxiError as error:
        form.blame(error)
        return _page(request, form, status=422)
    messages.success(request, _("The draft is saved. Switch it on when it is right."))
    return redirect("coupon-campaign", row.pk)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest, campaign_id: int) -> HttpResponse:
    row = campaigns.find(request.brand.pk, campaign_id)
    return _page(request, CampaignForm(initial=shown(row, request.brand.timezone), known=row), row)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest, campaign_id: int) -> HttpResponse:
    brand = request.brand
    row = campaigns.find(brand.pk, campaign_id)
    form = CampaignForm(request.POST, known=row)
    if not form.is_valid() or "try" in request.POST:
        return _page(request, form, row, status=200 if "try" in request.POST else 422)
    wanted = form.wanted(brand.timezone)
    try:
        services.save(brand.pk, row.pk, form.cleaned_data["version"], wanted, actor=request.actor)
    except Conflict as error:
        # What was typed stays; saving it again is a choice made knowingly.
        told = speaking(error)
        form = CampaignForm({**request.POST.dict(), "version": str(row.version)}, known=row)
        form.add_error(None, f"{told.message} {told.remedy}")
        return _page(request, form, row, status=409)
    except GuanxiError as error:
        form.blame(error)
        return _page(request, form, row, status=422)
    messages.success(request, _("The campaign is saved."))
    return redirect("coupon-campaign", row.pk)


def effect(brand: Brand, form: CampaignForm, row: CouponCampaign | None, first_fen: int) -> Effect:
    """Three lines, of products and at a place that the coupon is for."""
    draft = _draft(brand, form, row)
    if isinstance(draft, str):
        return Effect(problem=draft)
    terms = looking.terms_of(draft)
    sku, category = min(terms.skus, default=""), min(terms.categories, default="")
    lines = [Line(sku, first_fen * share // 100, 1, category) for share in _SHARES]
    store, channel = min(terms.stores, default=""), min(terms.channels, default="")
    basket = Basket(lines, DELIVERY_FEN, store, channel)
    told = price(basket, [Asked("", 0, terms)])
    rows = [
        Paid(_("Line %(n)s") % {"n": at}, _money(brand, line.amount_fen), *_off(brand, off, line.amount_fen))
        for at, (line, off) in enumerate(zip(lines, told.lines, strict=True), 1)
    ]
    delivery = (_money(brand, DELIVERY_FEN), *_off(brand, told.delivery_fen, DELIVERY_FEN))
    total = basket.total_fen + DELIVERY_FEN - told.discount_fen
    return Effect(
        said.worth(draft, brand),
        (*rows, Paid(_("Delivery fee"), *delivery)),
        _money(brand, total),
        _money(brand, told.discount_fen),
        spoken(WHY[told.refused[0].why]) if told.refused else "",
    )


def _draft(brand: Brand, form: CampaignForm, row: CouponCampaign | None) -> CouponCampaign | str:
    """A campaign that is not saved, or what is missing."""
    if form.is_bound:
        if not form.is_valid():
            return _("Fill in what is marked.")
        try:
            told = fields.checked(brand.pk, form.wanted(brand.timezone))
        except GuanxiError as error:
            return str(speaking(error).message)
        return CouponCampaign(brand_id=brand.pk, at_ms=0, **told)
    return row or CouponCampaign(brand_id=brand.pk, code="new", kind="amount", off_fen=2_000, at_ms=0)


def _off(brand: Brand, off_fen: int, before_fen: int) -> tuple[str, str]:
    return (f"−{_money(brand, off_fen)}" if off_fen else "—", _money(brand, before_fen - off_fen))


def _money(brand: Brand, fen: int) -> str:
    return money(fen, brand.currency)


def _page(
    request: BrandRequest, form: CampaignForm, row: CouponCampaign | None = None, *, status: int = 200
) -> HttpResponse:
    first_fen = sample_of(request.POST.get("sample", ""))
    context: dict[str, Any] = {
        "form": form,
        "row": row,
        "title": said.name_of(row) if row else no_name(),
        "url": reverse("coupon-save", args=[row.pk]) if row else reverse("coupon-create"),
        "back": reverse("coupon-campaign", args=[row.pk]) if row else reverse("coupons"),
        "effect": effect(request.brand, form, row, first_fen),
        "sample": f"{first_fen / 100:.2f}",
    }
    return render(request, "loyalty/coupon_form.html", context, status=status)
