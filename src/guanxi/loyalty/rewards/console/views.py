"""The catalogue in the console: a list with stock, one reward, its editor with the phone's card beside it."""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty import audience
from guanxi.loyalty.console.shown import name_of
from guanxi.loyalty.rewards import catalogue, families, queries, words
from guanxi.loyalty.rewards.console.forms import RewardForm, initial_of
from guanxi.loyalty.rewards.contracts import Shown
from guanxi.loyalty.rewards.models import Reward
from guanxi.loyalty.rewards.queries import Counts
from guanxi.loyalty.rewards.rules import prices_of
from guanxi.platform import pictures
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.roles import Permission
from guanxi.ui.figures import exact, in_chinese, number
from guanxi.ui.parts import Badge, Empty, Figure, Option, Tone

STATES: Final[dict[Shown, tuple[Any, Tone]]] = {
    Shown.ACTIVE: (gettext_lazy("Offered"), "good"),
    Shown.DRAFT: (gettext_lazy("Draft"), ""),
    Shown.ARCHIVED: (gettext_lazy("Put away"), ""),
}
_OPEN: Final = (Shown.ACTIVE, Shown.DRAFT)


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def rewards(request: BrandRequest) -> HttpResponse:
    brand, show = request.brand, request.GET.get("show", "")
    states = (Shown(show),) if show in set(Shown) else _OPEN
    every = queries.rewards(brand.pk)
    rows = [row for row in every if row.state in states]
    left, counted, known = queries.left(brand.pk, rows), queries.counts(brand.pk), words.assets_of(brand)
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    allowed = families.limits(brand.pk)
    context = {
        "lines": [
            {
                "row": row,
                "name": words.called(row),
                "kind": words.kind(row.kind),
                "badge": badge(row),
                "prices": words.prices(brand, known, prices_of(row.prices)) if row.prices else "",
                "left": number(left[row.code]) if row.code in left else "",
                "gone": left.get(row.code) == 0,
                "waiting": number(counted.get(row.pk, Counts()).waiting),
                "had": number(counted.get(row.pk, Counts()).had),
            }
            for row in rows
        ],
        "chips": _chips(show, every),
        "may_edit": may_edit,
        "empty": None if every else _none_yet(may_edit=may_edit),
        "family": [
            {"code": one.code, "name": name_of(one), "most": allowed.get(one.code, 0)}
            for one in known.values()
            if one.kind == "points"
        ],
    }
    return render(request, "loyalty/rewards.html", context)


def badge(row: Reward) -> Badge:
    label, tone = STATES[Shown(row.state)]
    return Badge(str(label), tone)


def _chips(show: str, every: list[Reward]) -> list[Option]:
    here = reverse("rewards")
    found = [Option(_("All but those put away"), here, show not in set(Shown))]
    for state, (label, _tone) in STATES.items():
        if many := sum(row.state == state for row in every):
            found.append(Option(f"{label} {number(many)}", f"{here}?show={state.value}", show == state))
    return found


def _none_yet(*, may_edit: bool) -> Empty:
    return Empty(
        _("Give points something to buy"),
        _(
            "A reward costs points, money, or both: a cup for 1,000 points, or 200 points and ¥39. It has a "
            "stock that is never promised twice, and members fetch it with a code or have it sent."
        ),
        "gift",
        _("New reward"),
        reverse("reward-new") if may_edit else "",
    )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def reward(request: BrandRequest, code: str) -> HttpResponse:
    return _one(request, code, None)


def _one(request: BrandRequest, code: str, refused: GuanxiError | None, status: int = 200) -> HttpResponse:
    brand, row = request.brand, catalogue.find(request.brand.pk, code)
    left = queries.left(brand.pk, [row])
    counted = queries.counts(brand.pk).get(row.pk, Counts())
    list_url = f"{reverse('redemptions')}?reward={row.code}"
    context = {
        "row": row,
        "name": words.called(row),
        "badge": badge(row),
        "kind": words.kind(row.kind),
        "figures": [
            Figure(_("Left in stock"), number(left.get(code)), _("Pieces that can still be had.")),
            Figure(
                _("To be handed over"),
                number(counted.waiting),
                _("Set aside and not handed over yet."),
                rows_url=list_url,
            ),
            Figure(_("Handed over"), number(counted.had), _("Redemptions that went out."), rows_url=list_url),
        ],
        "facts": facts_of(request, row),
        "card": card_of(request, row),
        "may_edit": request.actor.may(Permission.PROGRAMME_MANAGE),
        "states": [state.value for state in Shown],
        "once": secrets.token_hex(8),
        "refused": refused,
    }
    return render(request, "loyalty/reward.html", context, status=status)


def facts_of(request: BrandRequest, row: Reward) -> list[tuple[str, str]]:
    """What holds of a reward, a line each."""
    brand, known, said = request.brand, words.assets_of(request.brand), tongue(None, request.brand.currency)
    zone = brand.timezone
    lines = [
        (
            _("Prices"),
            words.prices(brand, known, prices_of(row.prices)) if row.prices else _("by rules alone"),
        ),
        (_("For whom"), audience.said(brand.pk, row.condition, said) or _("Everybody")),
        (_("Opens"), exact(row.opens_ms, zone)[:16] if row.opens_ms else ""),
        (_("Closes"), exact(row.closes_ms, zone)[:16] if row.closes_ms else ""),
        (_("Early access for"), audience.said(brand.pk, row.early_condition, said)),
        (_("Early access from"), exact(row.early_ms, zone)[:16] if row.early_ms else ""),
        (_("Most for each member"), str(row.per_customer or "")),
        (_("Most for each household"), str(row.per_household or "")),
        (_("How it comes"), ", ".join(words.delivery(one) for one in row.deliveries)),
        (_("Days until an opinion is asked for"), str(row.review_days or "")),
    ]
    return [(label, value) for label, value in lines if value]


def card_of(request: BrandRequest, row: Reward) -> dict[str, Any]:
    known = words.assets_of(request.brand)
    return {
        "name": words.called(row) or "—",
        "text": words.text_of(row),
        "picture": row.picture,
        "prices": words.prices(request.brand, known, prices_of(row.prices)) if row.prices else "",
    }


# ---------------------------------------------------------------- the editor


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _editor(request, RewardForm(request.brand, initial={"deliveries": ["collect"]}), None)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    return _save(request, RewardForm(request.brand, request.POST), None)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest, code: str) -> HttpResponse:
    row = catalogue.find(request.brand.pk, code)
    return _editor(request, RewardForm(request.brand, row=row, initial=initial_of(request.brand, row)), row)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest, code: str) -> HttpResponse:
    row = catalogue.find(request.brand.pk, code)
    return _save(request, RewardForm(request.brand, request.POST, row=row), row)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """The card on the phone as the form says it; nothing is saved."""
    form = RewardForm(request.brand, request.POST)
    form.is_valid()
    told, brand = form.cleaned_data, request.brand
    name, name_en = told.get("name", ""), told.get("name_en", "")
    text, text_en = told.get("text", ""), told.get("text_en", "")
    whole = all(f"{part}{place}" in told for part in ("asset", "units", "fen") for place in range(3))
    prices = form.prices() if whole else []
    picture = request.POST.get("picture", "")[:60].replace("\0", "")
    is_ours = Reward.objects.filter(brand_id=brand.pk, picture=picture).exists()
    card = {
        "picture": picture if is_ours else "",
        "name": (name if in_chinese() else name_en or name) or "—",
        "text": text if in_chinese() else text_en or text,
        "prices": words.prices(brand, words.assets_of(brand), prices) if prices else "",
    }
    return render(request, "loyalty/reward_card.html", {"card": card})


def _save(request: BrandRequest, form: RewardForm, row: Reward | None) -> HttpResponse:
    status = 422
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            made = catalogue.put(request.brand, form.wanted(), version=version, actor=request.actor)
        except GuanxiError as error:
            said = speaking(error)
            field = _FIELDS.get(str(said.data.get("field")), str(said.data.get("field")))
            if field == "settings":
                field = f"of_{row.kind if row else form.cleaned_data['kind']}"
            form.add_error(field if field in form.fields else None, f"{said.message} {said.remedy}".strip())
            status = said.http_status if isinstance(error, Conflict) else 422
        else:
            messages.success(request, _("The reward is saved."))
            return redirect("reward", made.code)
    return _editor(request, form, row, status)


_FIELDS: Final = {
    **{f"{name}_ms": name for name in ("opens", "closes", "early")},
    "prices": "units0",
    "early_condition": "early_segment",
    "condition": "segment",
    "review_template": "review",
}


def _editor(request: BrandRequest, form: RewardForm, row: Reward | None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "row": row,
        "url": reverse("reward-save", args=[row.code]) if row else reverse("reward-create"),
        "back": reverse("reward", args=[row.code]) if row else reverse("rewards"),
        "card": card_of(request, row) if row else {"name": "—"},
    }
    return render(request, "loyalty/reward_form.html", context, status=status)


# ---------------------------------------------------------------- state, stock, picture, family


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def state(request: BrandRequest, code: str) -> HttpResponse:
    wanted, version = request.POST.get("state", ""), _number(request.POST.get("version", ""))
    try:
        catalogue.set_state(request.brand.pk, code, version, wanted, actor=request.actor)
    except GuanxiError as error:
        return _refused(request, code, error)
    messages.success(request, _("Done: members see it so from now on."))
    return redirect("reward", code)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def stock(request: BrandRequest, code: str) -> HttpResponse:
    """Pieces in, or below zero out, once for each form."""
    told = request.POST
    try:
        left = catalogue.fill(
            request.brand.pk,
            code,
            _number(told.get("pieces", "")),
            key=f"form:{told.get('once', '')[:32]}",
            note=told.get("note", ""),
            actor=request.actor,
        )
    except GuanxiError as error:
        return _refused(request, code, error)
    messages.success(request, _("The stock is changed: %(left)s can be had.") % {"left": number(left)})
    return redirect("reward", code)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def picture(request: BrandRequest, code: str) -> HttpResponse:
    """No more of the file is read than a picture may have; without a file the picture goes."""
    given = request.FILES.get("picture")
    content = given.read(pictures.MOST_BYTES + 1) if given else b""
    try:
        catalogue.set_picture(request.brand.pk, code, content, actor=request.actor)
    except GuanxiError as error:
        return _refused(request, code, error)
    messages.success(request, _("The picture is saved.") if content else _("The picture is removed."))
    return redirect("reward", code)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def family(request: BrandRequest) -> HttpResponse:
    """How much of an asset family may give each other in a month."""
    asset, most = request.POST.get("asset", "")[:60], _number(request.POST.get("most", ""))
    try:
        families.set_limit(request.brand.pk, asset, most, actor=request.actor)
    except GuanxiError as error:
        said = speaking(error)
        messages.error(request, f"{said.message} {said.remedy}".strip())
    else:
        messages.success(request, _("Saved: members see it on their family page."))
    return redirect("rewards")


def _refused(request: BrandRequest, code: str, error: GuanxiError) -> HttpResponse:
    catalogue.find(request.brand.pk, code)
    return _one(request, code, speaking(error), error.http_status)


def _number(text: str) -> int:
    plain = text.strip().replace(",", "")
    digits = plain.removeprefix("-")
    return int(plain) if digits.isascii() and digits.isdecimal() and len(digits) <= 9 else 0
