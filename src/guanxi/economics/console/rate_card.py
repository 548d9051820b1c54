"""The page of the rate card: what holds, where it comes from, what one's own spend says, and a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.economics.reporting import Unit
from guanxi.economics.spending import rates
from guanxi.economics.spending.observed import observed
from guanxi.economics.spending.plan import ITEMS
from guanxi.economics.spending.rates import Rate
from guanxi.economics.spending.words import group_name
from guanxi.kernel.clock import now_ms, to_datetime
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission
from guanxi.ui import figures

PLATFORMS: Final = (
    "douyin",
    "xiaohongshu",
    "tmall",
    "taobao",
    "jd",
    "wechat",
    "weibo",
    "bilibili",
    "kuaishou",
)


class RateForm(forms.Form):
    platform = forms.CharField(
        label=_("Platform"), max_length=40, help_text=_("For example douyin or 小红书.")
    )
    item = forms.ChoiceField(label=_("What"), choices=[])
    low = forms.CharField(
        label=_("Low"),
        max_length=20,
        required=False,
        help_text=_(
            "Money as 120, shares as 1.5%, people as 30000. Empty: it is withdrawn from that day on."
        ),
    )
    high = forms.CharField(label=_("High"), max_length=20, required=False, help_text=_("Empty: the same."))
    from_day = forms.DateField(
        label=_("From which day on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("A quotation, a platform's price list, your own campaign."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["item"]
        items.choices = [(one.name, spoken(one.label)) for one in ITEMS.values()]


@dataclass(frozen=True, slots=True)
class Row:
    """A statement of the card, ready to print."""

    platform: str
    item: str
    range: str
    from_day: str
    source: str
    own: str
    who: str


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def show(request: BrandRequest) -> HttpResponse:
    today = to_datetime(now_ms(), figures.zone_of(request.brand.timezone)).date()
    return _page(request, RateForm(initial={"from_day": today, "platform": "douyin"}))


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def change(request: BrandRequest) -> HttpResponse:
    form = RateForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        item = given["item"]
        try:
            rates.set_rate(
                request.brand.pk,
                given["platform"],
                item,
                low=rates.read(item, given["low"]),
                high=rates.read(item, given["high"]),
                from_day=given["from_day"],
                source=given["source"],
                actor=request.actor,
            )
        except GuanxiError as error:
            said = speaking(error)
            field = str(said.data.get("field"))
            form.add_error(field if field in form.fields else None, str(said))
        else:
            messages.success(request, _t("Saved. Reports are computed with it from now on."))
            return redirect("rate-card")
    return _page(request, form)


def _page(request: BrandRequest, form: RateForm) -> HttpResponse:
    brand = request.brand
    today = to_datetime(now_ms(), figures.zone_of(brand.timezone)).date()
    own = observed(brand)
    held = rates.held(brand.pk, today)
    stated = {(rate.platform, rate.item) for rate in held}
    shown = {
        "form": form,
        "rows": [_row(rate, brand.currency, own.get((rate.platform, rate.item))) for rate in held],
        "missing": [
            (_name(platform), _label(item), _value(item, value, brand.currency))
            for (platform, item), value in sorted(own.items())
            if (platform, item) not in stated
        ],
        "history": [
            (figures.exact(rate.at_ms, brand.timezone), _row(rate, brand.currency, None))
            for rate in rates.history(brand.pk)
        ],
        "may_change": request.actor.may(Permission.ECONOMICS_MANAGE),
        "platforms": PLATFORMS,
    }
    return render(request, "economics/rate_card.html", shown, status=422 if form.errors else 200)


def _row(rate: Rate, currency: str, own: float | None) -> Row:
    low, high = (_value(rate.item, bound, currency) for bound in (rate.low, rate.high))
    span = _t("withdrawn") if rate.low is None else low if low == high else f"{low} – {high}"
    return Row(
        _name(rate.platform),
        _label(rate.item),
        span,
        rate.from_day.isoformat(),
        rate.source,
        "" if own is None else _value(rate.item, own, currency),
        rate.actor,
    )


def _name(platform: str) -> str:
    return spoken(group_name("platform", platform))


def _label(item: str) -> str:
    return spoken(ITEMS[item].label) if item in ITEMS else item


def _value(item: str, value: float | None, currency: str) -> str:
    if value is None:
        return figures.UNKNOWN
    unit = ITEMS[item].unit if item in ITEMS else Unit.COUNT
    if unit is Unit.FEN:
        return figures.money(round(value), currency)
    return f"{value * 100:.4g}%" if unit is Unit.SHARE else f"{value:,.0f}"
