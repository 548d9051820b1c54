"""The members' further pages: history, profile, stores, the card to keep, messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanxi.customers import holders
from guanxi.customers.consent import centre, links
from guanxi.customers.consent.links import Opened, Opens
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.stores import StoreRow, stores
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.shown import name_of, reason, units
from guanxi.loyalty.ledger import queries
from guanxi.loyalty.ledger.contracts import Kind
from guanxi.loyalty.ledger.words import REASONS
from guanxi.loyalty.member import contracts, guards, numbers, telling
from guanxi.loyalty.member.contracts import Member
from guanxi.loyalty.member.guards import member_page
from guanxi.loyalty.member.history import Step, history
from guanxi.platform.language import speaking
from guanxi.ui import figures

LANGUAGES: Final = {"zh-CN": "中文", "en": "English"}
MORE: Final = "more"
_PART: Final = re.compile(r"\d{1,2}", re.ASCII)


@require_safe
@member_page
def points(request: HttpRequest, member: Member) -> HttpResponse:
    """What came and went, in words, of the asset asked for, else the first."""
    brand_id = member.brand.pk
    balances = queries.balances(brand_id, subject_ids_of(brand_id, member.customer_id))
    asked, before = request.GET.get("asset", ""), request.GET.get("before", "")
    chosen = next((one for one in balances if one.asset.code == asked), balances[0] if balances else None)
    context: dict[str, Any] = {"assets": [], "steps": []}
    if chosen is not None:
        found = history(chosen, before=int(before) if before.isdecimal() and len(before) < 19 else None)
        context = {
            "assets": [(one.asset.code, name_of(one.asset), one is chosen) for one in balances],
            "asset": chosen.asset.code,
            "spendable": units(chosen.asset, member.brand, chosen.standing.spendable),
            "steps": [_step(member, found.asset, one) for one in found.steps],
            "before": before,
            "more": found.before,
        }
    return guards.page(member, "loyalty/member/history.html", context, here=MORE)


def _step(member: Member, asset: Any, one: Step) -> Mapping[str, str]:
    words = {
        Kind.EXPIRE: _("Expired"),
        Kind.CLAW: _("Taken back after a refund"),
        Kind.RETURN: _("Given back after a refund"),
    }
    told = reason(one.reason) if one.reason in REASONS else _("Earned") if one.units > 0 else _("Spent")
    return {
        "words": words.get(one.kind) or told,
        "units": units(asset, member.brand, one.units, sign=True),
        "gain": "good" if one.units > 0 else "",
        "balance": units(asset, member.brand, one.balance),
        "day": figures.day(one.at_ms, member.brand.timezone),
    }


@require_safe
@member_page
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    return _profile(member, saved=request.GET.get("saved") == "yes")


def _profile(member: Member, *, saved: bool = False, error: str = "", status: int = 200) -> HttpResponse:
    customer = holders.profile(member.brand.pk, member.customer_id)
    context = {
        "birthday": telling.birthday_words(customer.birthday, customer.birthday_calendar),
        "language": customer.language,
        "languages": LANGUAGES.items(),
        "saved": saved,
        "error": error,
    }
    return guards.page(member, "loyalty/member/profile.html", context, here=MORE, status=status)


@require_POST
@member_page
def save_profile(request: HttpRequest, member: Member) -> HttpResponse:
    """The birthday, which is told once, and the language."""
    tongue = member.tongue
    language = request.POST.get("language", "")
    month, day = (request.POST.get(name, "")[:3].strip() for name in ("month", "day"))
    if month or day:
        if not (_PART.fullmatch(month) and _PART.fullmatch(day)):
            return _profile(member, error=_("A birthday is a month and a day, in digits."), status=422)
        calendar = "lunar" if request.POST.get("calendar") == "lunar" else "solar"
        try:
            telling.tell_birthday(member, int(month), int(day), calendar)
        except GuanxiError as error:
            said = speaking(error)
            return _profile(member, error=f"{said.message} {said.remedy}".strip(), status=error.http_status)
    if language in LANGUAGES:
        centre.choose_language(Opened(member.brand.pk, member.subject_id, member.customer_id), language)
        tongue = "zh" if language.startswith("zh") else "en"
    response = HttpResponseRedirect(f"/m/{member.brand.slug}/profile?saved=yes&lang={tongue}")
    response.status_code = 303
    return response


@require_safe
@member_page
def nearby(request: HttpRequest, member: Member) -> HttpResponse:
    """The open stores by city, those of the member's own city first."""
    found = [one for one in stores(member.brand.pk) if one.open]
    here = holders.profile(member.brand.pk, member.customer_id).adcode
    by_city: dict[int, list[StoreRow]] = {}
    for one in found:
        by_city.setdefault(_city(one.adcode), []).append(one)
    order = sorted(by_city, key=lambda code: (code != _city(here) or not code, not code, code))
    cities = [{"name": by_city[code][0].city, "stores": by_city[code]} for code in order]
    wanted = request.GET.get("city", "")
    shown = [one for one in cities if wanted and one["name"] == wanted] or cities
    context = {
        "cities": shown[:50],
        "names": [one["name"] for one in cities if one["name"]],
        "wanted": wanted,
    }
    return guards.page(member, "loyalty/member/stores.html", context, here=MORE)


def _city(adcode: int | None) -> int:
    return (adcode or 0) // 100


@require_safe
@member_page
def keep(request: HttpRequest, member: Member) -> HttpResponse:
    """How to keep the card on the phone, and a card to print."""
    number = numbers.number(member.brand.pk, member.customer_id)
    context = {"number": spaced(number)}
    return guards.page(member, "loyalty/member/keep.html", context, here=MORE)


@require_safe
@member_page
def more(request: HttpRequest, member: Member) -> HttpResponse:
    """All that has no tab of its own."""
    found = [{"label": one.label, "path": f"/m/{member.brand.slug}/{one.path}"} for one in contracts.links()]
    return guards.page(member, "loyalty/member/more.html", {"links": found}, here=MORE)


@require_safe
@member_page
def inbox(request: HttpRequest, member: Member) -> HttpResponse:
    """To the messages, by a link of a day."""
    made = links.make(
        member.brand.pk,
        member.customer_id,
        days=1,
        actor=f"customer:{member.subject_id}",
        opens=Opens.INBOX,
    )
    return HttpResponseRedirect(f"{made.path}?lang={member.tongue}")


@require_safe
@member_page
def code_picture(request: HttpRequest, member: Member) -> HttpResponse:
    """The code of the half minute that the page was made in, as long as that counts."""
    now, asked = numbers.window(), request.GET.get("w", "")
    at_window = int(asked) if asked.isdecimal() and len(asked) < 15 else now
    if at_window - now not in numbers.AROUND:
        at_window = now
    return picture(numbers.code(member.brand.pk, member.customer_id, at_window))


@require_safe
@member_page
def number_picture(request: HttpRequest, member: Member) -> HttpResponse:
    return picture(numbers.number(member.brand.pk, member.customer_id))


def picture(text: str) -> HttpResponse:
    """A QR code as an image of its own, since the policy allows no inline style."""
    made = BytesIO()
    segno.make(text, error="m", micro=False).save(
        made, kind="svg", scale=8, border=4, light="#ffffff", svgclass=None, lineclass=None
    )
    return HttpResponse(made.getvalue(), content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


def spaced(digits: str) -> str:
    """In groups of four, as people read and type them."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
