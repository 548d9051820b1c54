"""The customer's inbox on the phone: what the brand told them, unread first; opening a message reads it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanxi.customers.consent import links, phone
from guanxi.customers.consent.links import LinkEnded, LinkUnknown, Opened, Opens
from guanxi.customers.consent.phone import TONGUES, answer, tongue_of
from guanxi.customers.consent.purposes import PURPOSES
from guanxi.customers.lookup import summaries
from guanxi.kernel.errors import GuanxiError
from guanxi.messaging import queries, services, unsubscribing
from guanxi.messaging.reading import inbox_subject
from guanxi.platform.access import public
from guanxi.platform.models import Brand

PAGE = 20


@public
@require_safe
def inbox(request: HttpRequest, token: str) -> HttpResponse:
    """All messages: those that were not read first, then a page of the others."""
    opened, refusal = _opened(request, token)
    if opened is None or refusal is not None:
        return refusal or HttpResponse(status=404)
    brand_id, customer = opened.brand_id, opened.customer_id
    tongue = tongue_of(request, _language(opened))
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    with translation.override(TONGUES[tongue]):
        fresh = [] if before else queries.inbox(brand_id, customer, read=False, language=TONGUES[tongue])
        known = queries.inbox(
            brand_id, customer, read=True, before=before, limit=PAGE + 1, language=TONGUES[tongue]
        )
        context = {
            "brand": Brand.objects.get(pk=brand_id),
            "tongue": tongue,
            "token": token,
            "unread": queries.unread(brand_id, customer) if fresh else 0,
            "fresh": fresh,
            "known": known[:PAGE],
            "more": known[PAGE - 1].message_id if len(known) > PAGE else 0,
            "before": before,
        }
        return answer("messaging/inbox.html", context, tongue)


@public
@require_safe
def inbox_message(request: HttpRequest, token: str, message_id: int) -> HttpResponse:
    """One message; with a GET it has been read."""
    opened, refusal = _opened(request, token)
    if opened is None or refusal is not None:
        return refusal or HttpResponse(status=404)
    brand_id, customer = opened.brand_id, opened.customer_id
    tongue = tongue_of(request, _language(opened))
    with translation.override(TONGUES[tongue]):
        brand = Brand.objects.get(pk=brand_id)
        found = []
        if message_id < 1 << 63:
            found = queries.inbox(brand_id, customer, only=message_id, language=TONGUES[tongue])
        if not found:
            title, remedy = _("This message is gone."), _("Go back to all messages.")
            return phone.closed(request, title, remedy, 404, brand)
        if request.method == "GET" and found[0].read_ms is None:
            services.mark_read(brand_id, customer, [message_id])
        purpose = PURPOSES.get(found[0].purpose)
        refuse = ""
        if purpose is not None and purpose.needs_consent:
            subject = inbox_subject(brand_id, message_id)
            refuse = unsubscribing.PATH + unsubscribing.token(brand_id, subject, purpose.name, "app")
        context = {"brand": brand, "tongue": tongue, "token": token, "item": found[0], "refuse": refuse}
        return answer("messaging/inbox_message.html", context, tongue)


def _opened(request: HttpRequest, token: str) -> tuple[Opened | None, HttpResponse | None]:
    """Whose inbox, or the answer to a link that opens none."""
    try:
        opened = links.open_token(token, Opens.INBOX)
    except LinkUnknown as error:
        return None, phone.guessed(request) or _closed(request, error, None)
    except LinkEnded as error:
        return None, _closed(request, error, Brand.objects.get(pk=error.brand_id))
    return opened, phone.hurried(request, opened.subject_id)


def _language(opened: Opened) -> str:
    found = next(iter(summaries(opened.brand_id, [opened.customer_id])), None)
    return found.language if found else ""


def _closed(request: HttpRequest, error: GuanxiError, brand: Brand | None) -> HttpResponse:
    with translation.override(TONGUES[tongue_of(request, "")]):
        title = _("This link has ended.") if brand else _("This link does not work.")
        remedy = _("Ask for a new one where you got it.")
        return phone.closed(request, title, remedy, error.http_status, brand)
