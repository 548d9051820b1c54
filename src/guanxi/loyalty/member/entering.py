"""The door: a phone, a code, and for who is new one sentence to agree to."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guanxi.customers import identifiers
from guanxi.customers.consent import phone as pages
from guanxi.customers.consent.phone import LARGEST_FORM_BYTES, TONGUES, tongue_of
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.kernel.text import masked_phone
from guanxi.loyalty.member import codes, guards, joining, rates, senders, sessions, ways
from guanxi.loyalty.member.joining import Who
from guanxi.loyalty.member.ways import Door
from guanxi.platform.access import public
from guanxi.platform.language import speaking
from guanxi.platform.models import Brand

PROVEN_MS: Final = 15 * MINUTE_MS
CHANNEL: Final = "h5"
LONGEST_PHONE: Final = 30
_CHANNEL: Final = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,19}")
_CODE: Final = re.compile(r"\d{6}", re.ASCII)
_DAY: Final = re.compile(r"\d{1,2}", re.ASCII)
_SALT: Final = "guanxi.loyalty.member.proven"


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """The door, for whoever is not signed in. Which step is pressed stands in `do`."""
    brand = guards.brand_of(slug)
    tongue = tongue_of(request, request.COOKIES.get(guards.TONGUE_COOKIE, ""))
    asked = request.POST if request.method == "POST" else request.GET
    channel = asked.get("channel", "")
    door = Door(
        brand,
        tongue,
        guards.safe_next(slug, asked.get("next", "")),
        channel if _CHANNEL.fullmatch(channel) else CHANNEL,
    )
    with translation.override(TONGUES[tongue]):
        if sessions.find(brand.pk, request.COOKIES.get(guards.COOKIE, "")) is not None:
            return pages.sealed(HttpResponseRedirect(door.next), tongue)  # by another tab
        if request.method != "POST":
            return _first(door)
        return _refused(request, brand) or _STEPS.get(asked.get("do", ""), _again)(request, door)


def _refused(request: HttpRequest, brand: Brand) -> HttpResponse | None:
    """Forms of other sites, which would sign people in as somebody else, and forms that are too large."""
    origin = request.headers.get("Origin", "null")
    foreign = origin != "null" and urlsplit(origin).netloc != request.get_host()
    foreign = foreign or request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
    if not foreign and int(request.META.get("CONTENT_LENGTH") or 0) <= LARGEST_FORM_BYTES:
        return None
    return pages.closed(
        request, _("This page is too old."), _("Open it again, then press once more."), 403, brand
    )


# ---------------------------------------------------------------- a phone


def _first(door: Door, error: str = "", status: int = 200) -> HttpResponse:
    shown = [
        render_to_string(way.template, {**door._asdict(), "slug": door.brand.slug, **context, "error": error})
        for way, context in ways.offered(door)
    ]
    return _page("enter", door, {"ways": shown}, status)


def _again(request: HttpRequest, door: Door) -> HttpResponse:
    return _first(door)


def _send(request: HttpRequest, door: Door) -> HttpResponse:
    phone, sender = _phone(request), senders.chosen(door.brand)
    if phone is None or sender is None:
        return _first(door, _("This is no phone number: a mainland mobile number has 11 digits."), 422)
    if wait := rates.sends(request):
        return pages.too_often(request, wait)
    try:
        seconds = codes.send(door.brand, phone, door.tongue, sender)
    except senders.NotSent:
        return _first(door, _("The code could not be sent just now. Try again in a moment."), 503)
    return _ask(door, phone, seconds, told=sender.told if isinstance(sender, senders.Shown) else "")


def _ask(
    door: Door, phone: str, seconds: int = 0, error: str = "", status: int = 200, *, told: str = ""
) -> HttpResponse:
    """The same for members and for everybody else. `told` is the code itself, in a sandbox."""
    minutes = -(-seconds // 60) if seconds > codes.AGAIN_MS // 1000 else 0
    context = {
        "phone": phone,
        "masked": masked_phone(phone),
        "press": secrets.token_urlsafe(12),
        "seconds": 0 if minutes else seconds,
        "minutes": minutes,
        "lasts": codes.LASTS_MS // MINUTE_MS,
        "error": error,
        "told": told,
    }
    return _page("code", door, context, status)


# ---------------------------------------------------------------- a code


def _prove(request: HttpRequest, door: Door) -> HttpResponse:
    phone = _phone(request)
    code = "".join(request.POST.get("code", "")[:20].split())
    if phone is None:
        return _first(door)
    if wait := rates.tries(request):
        return pages.too_often(request, wait)
    press = request.POST.get("press", "")[:40]
    if not _CODE.fullmatch(code) or not codes.check(door.brand.pk, phone, code, press):
        error = _("This code does not count. Look at the newest message, or ask for a new code.")
        return _ask(door, phone, error=error, status=422)
    return _known(door, phone)


def _known(door: Door, phone: str) -> HttpResponse:
    found = joining.standing(door.brand.pk, phone)
    if found.who is Who.MEMBER:
        return _signed_in(door, joining.let_in(door.brand.pk, phone))
    if found.who is Who.CLOSED:
        return _page("held", door, {}, 403)
    return _agree(door, phone, found)


def _agree(
    door: Door, phone: str, found: joining.Standing, error: str = "", status: int = 200
) -> HttpResponse:
    """What somebody new agrees to; first the birthday, where the number may have changed hands."""
    silent = found.who is Who.SILENT
    context = {
        "proof": signing.dumps([door.brand.pk, phone, now_ms()], salt=_SALT),
        "silent": silent,
        "birthday": silent and joining.knows_birthday(door.brand.pk, found),
        "terms": terms(door.brand),
        "masked": masked_phone(phone),
        "error": error,
    }
    return _page("join", door, context, status)


def terms(brand: Brand) -> str:
    """The one sentence, in the language of the page."""
    said = _("I join the membership of %(brand)s, which keeps what I buy and what I earn under this number.")
    return said % {"brand": brand.name}


def _join(request: HttpRequest, door: Door) -> HttpResponse:
    phone = _proven(request, door)
    if phone is None:
        return _first(door)
    found = joining.standing(door.brand.pk, phone)
    if found.who in {Who.MEMBER, Who.CLOSED}:
        return _known(door, phone)
    if request.POST.get("agree") != "yes":
        return _agree(door, phone, found, _("Tick the sentence to join, or close the page."), 422)
    said = f"{door.tongue}:{hashlib.sha256(terms(door.brand).encode()).hexdigest()[:16]}"
    verb = joining.join_anew if found.who is Who.SILENT else joining.join
    subject = verb(door.brand.pk, phone, tongue=door.tongue, channel=door.channel, terms=said)
    return _signed_in(door, subject)


def _recognise(request: HttpRequest, door: Door) -> HttpResponse:
    phone = _proven(request, door)
    if phone is None:
        return _first(door)
    found = joining.standing(door.brand.pk, phone)
    if found.who is not Who.SILENT:
        return _known(door, phone)
    month, day = (request.POST.get(name, "")[:3].strip() for name in ("month", "day"))
    subject = None
    if _DAY.fullmatch(month) and _DAY.fullmatch(day):
        subject = joining.recognised(door.brand.pk, phone, f"{int(month):02}-{int(day):02}")
    if subject is None:
        error = _("This is not the birthday that is known here. Ask in a store, or begin as somebody new.")
        return _agree(door, phone, found, error, 422)
    return _signed_in(door, subject)


def _proven(request: HttpRequest, door: Door) -> str | None:
    """The phone that a page of ours proved, a quarter of an hour ago at most."""
    try:
        brand_id, phone, at_ms = signing.loads(request.POST.get("proof", "")[:400], salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    fresh = brand_id == door.brand.pk and 0 <= now_ms() - at_ms < PROVEN_MS
    return str(phone) if fresh else None


def _signed_in(door: Door, subject_id: int) -> HttpResponse:
    response = HttpResponseRedirect(door.next)
    guards.sign_in(response, door.brand, subject_id, door.tongue)
    return pages.sealed(response, door.tongue)


def _phone(request: HttpRequest) -> str | None:
    typed = request.POST.get("phone", "")
    return identifiers.phone(typed.strip()) if len(typed) <= LONGEST_PHONE else None


def _page(name: str, door: Door, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    known = {**door._asdict(), "slug": door.brand.slug}
    return pages.answer(f"loyalty/member/{name}.html", {**known, **context}, door.tongue, status)


def _safely(step: Callable[[HttpRequest, Door], HttpResponse]) -> Callable[[HttpRequest, Door], HttpResponse]:
    """What is refused leads back to the beginning, and says why."""

    def done(request: HttpRequest, door: Door) -> HttpResponse:
        try:
            return step(request, door)
        except GuanxiError as error:
            said = speaking(error)
            return _first(door, f"{said.message} {said.remedy}".strip(), error.http_status)

    return done


_STEPS: Final[Mapping[str, Callable[[HttpRequest, Door], HttpResponse]]] = {
    "send": _safely(_send),
    "code": _safely(_prove),
    "join": _safely(_join),
    "birthday": _safely(_recognise),
}
