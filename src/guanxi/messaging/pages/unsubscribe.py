"""The page behind the address to refuse messages by: it shows what it would do, and a press does it.

RFC 8058: a mail program posts `List-Unsubscribe=One-Click` to the same address, without cookies; it is
answered at once and without a redirect. A GET changes nothing, since scanners of mails follow every link.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guanxi.customers.consent import phone
from guanxi.customers.consent.contracts import Why
from guanxi.customers.consent.phone import LARGEST_FORM_BYTES, TONGUES, answer, tongue_of
from guanxi.customers.consent.purposes import CHANNELS, PURPOSES
from guanxi.messaging import services, undoing
from guanxi.messaging.queries import open_token
from guanxi.messaging.unsubscribing import Opened, TokenUnknown
from guanxi.platform.access import public
from guanxi.platform.models import Brand


@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """What the customer would not get any more; a post withdraws, and one with `undo` takes that back."""
    try:
        opened = open_token(token)
    except TokenUnknown as error:
        return phone.guessed(request) or _closed(request, error)
    if wait := phone.hurried(request, opened.subject_id):
        return wait
    tongue = tongue_of(request, "")
    with translation.override(TONGUES[tongue]):
        if request.method == "POST":
            return _pressed(request, token, opened, tongue)
        return _page(opened, tongue)


def _pressed(request: HttpRequest, token: str, opened: Opened, tongue: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM_BYTES:
        return HttpResponse(status=413)
    purpose = PURPOSES.get(opened.purpose)
    if purpose is None or not purpose.needs_consent:
        return _page(opened, tongue)
    if undo := request.POST.get("undo", ""):
        if undoing.take_back(opened, undo):
            return _page(opened, tongue, done=_("You get them again, as before."))
        return _page(opened, tongue, failed=True)
    before = undoing.verdict_of(opened)
    services.unsubscribe(token)
    back = undoing.way_back(opened, before)
    return _page(opened, tongue, done=_("Done. It counts from now on."), back=back)


def _page(
    opened: Opened, tongue: str, *, done: str = "", back: str = "", failed: bool = False
) -> HttpResponse:
    chinese = tongue == "zh"
    purpose, channel = PURPOSES.get(opened.purpose), CHANNELS.get(opened.channel)
    needed = purpose is not None and not purpose.needs_consent
    verdict = undoing.verdict_of(opened) if purpose is not None and not needed else None
    context = {
        "brand": Brand.objects.get(pk=opened.brand_id),
        "tongue": tongue,
        "purpose": purpose.label(chinese=chinese) if purpose else opened.purpose,
        "channel": channel.label(chinese=chinese) if channel else opened.channel,
        "needed": needed,
        "refused": verdict is not None and verdict.why in {Why.WITHDRAWN, Why.REFUSED},
        "done": done,
        "back": back,
        "failed": failed,
        "minutes": undoing.MINUTES,
    }
    return answer("messaging/unsubscribe.html", context, tongue, 409 if failed else 200)


def _closed(request: HttpRequest, error: TokenUnknown) -> HttpResponse:
    with translation.override(TONGUES[tongue_of(request, "")]):
        title, remedy = _("This link does not work."), _("Use the one in a newer message.")
        return phone.closed(request, title, remedy, error.http_status)
