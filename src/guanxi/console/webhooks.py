"""Webhooks under Settings: who is told what happens, how that goes, and every delivery."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from guanxi.console.webhook_forms import WebhookForm, blame
from guanxi.kernel.clock import DAY_MS, HOUR_MS, now_ms
from guanxi.kernel.errors import GuanxiError, Invalid
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.people import actor_name
from guanxi.platform.roles import Permission
from guanxi.platform.webhooks import queries, services
from guanxi.platform.webhooks.contracts import DeliveryState, Failure, Stopped
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.platform.webhooks.queries import Shown
from guanxi.ui.parts import Badge, Empty, Figure, Option, Pager, Tone

PAGE_ROWS: Final = 50
TONES: Final[dict[str, Tone]] = {
    DeliveryState.QUEUED: "info",
    DeliveryState.SENDING: "info",
    DeliveryState.DELIVERED: "good",
    DeliveryState.FAILED: "warn",
    DeliveryState.DEAD: "bad",
}
SINCE: Final = {"hour": HOUR_MS, "day": DAY_MS, "week": 7 * DAY_MS}


class Row(NamedTuple):
    """A delivery as a row of the log. `came` is what came of the last attempt."""

    delivery: Delivery
    badge: Badge
    came: str


@permission_required(Permission.API_MANAGE)
@require_GET
def webhooks(request: BrandRequest) -> HttpResponse:
    found = queries.webhooks(request.brand.pk)
    rows = [(one.webhook, one.health, health_badge(one)) for one in found]
    empty = Empty(
        _("Nobody is told yet"),
        _("A webhook tells another system at once what happens here: signed, and until it is taken."),
        "bolt",
        _("New webhook"),
        reverse("webhook-new"),
        [_("An ERP learns of every refund; a till knows at once who has entered the segment of regulars.")],
    )
    return render(request, "console/webhooks.html", {"rows": rows, "empty": None if rows else empty})


@permission_required(Permission.API_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _form(request, WebhookForm(initial={"events": request.GET.getlist("event")}))


@permission_required(Permission.API_MANAGE)
@never_cache
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    form = WebhookForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.create(
                request.brand.pk,
                given["name"],
                given["url"],
                given["events"],
                with_history=given["history"],
                batch_most=given["batch_most"],
                actor=request.actor,
            )
        except GuanxiError as error:
            blame(form, error)
        else:
            return _secret(request, made.webhook, made.secret)
    return _form(request, form, status=422)


@permission_required(Permission.API_MANAGE)
@require_GET
def webhook(request: BrandRequest, webhook_id: int) -> HttpResponse:
    one = queries.webhook(request.brand.pk, webhook_id)
    state = request.GET.get("state", "")
    state = state if state in DeliveryState.values else ""
    before = request.GET.get("before", "")
    after = int(before) if before.isdecimal() and len(before) < 19 else None
    page = queries.deliveries(request.brand.pk, webhook_id, state=state, after=after, limit=PAGE_ROWS)
    here = reverse("webhook", args=[webhook_id])
    context = {
        "webhook": one.webhook,
        "badge": health_badge(one),
        "figures": _figures(one),
        "stopped": Stopped(one.webhook.stopped).label if one.webhook.stopped else "",
        "made_by": actor_name(one.webhook.created_by),
        "rows": [_row(delivery) for delivery in page.rows],
        "chips": [
            Option(_("All"), here, not state),
            *(Option(str(s.label), f"{here}?state={s.value}", s == state) for s in DeliveryState),
        ],
        "pager": Pager(
            len(page.rows),
            first_url=f"{here}?state={state}" if after else "",
            next_url=f"{here}?state={state}&before={page.after}" if page.after else "",
        ),
    }
    return render(request, "console/webhook.html", context)


@permission_required(Permission.API_MANAGE)
@require_GET
def edit(request: BrandRequest, webhook_id: int) -> HttpResponse:
    held = services.webhook_of(request.brand.pk, webhook_id)
    initial = {
        "version": held.version,
        "name": held.name,
        "url": held.url,
        "events": held.patterns,
        "history": held.with_history,
        "batch_most": held.batch_most,
    }
    return _form(request, WebhookForm(initial=initial, patterns=held.patterns), held)


@permission_required(Permission.API_MANAGE)
@require_POST
def save(request: BrandRequest, webhook_id: int) -> HttpResponse:
    held = services.webhook_of(request.brand.pk, webhook_id)
    form = WebhookForm(request.POST, patterns=held.patterns)
    if not form.is_valid():
        return _form(request, form, held, status=422)
    given = form.cleaned_data
    try:
        services.change(
            request.brand.pk,
            webhook_id,
            given["version"] or 0,
            name=given["name"],
            url=given["url"],
            patterns=given["events"],
            with_history=given["history"],
            batch_most=given["batch_most"],
            actor=request.actor,
        )
    except GuanxiError as error:
        blame(form, error)
        return _form(request, form, held, status=error.http_status)
    messages.success(request, _("The webhook is changed."))
    return redirect("webhook", webhook_id)


@permission_required(Permission.API_MANAGE)
@require_GET
def change(request: BrandRequest, webhook_id: int, what: str) -> HttpResponse:
    """What would come of it, before it is done."""
    one = queries.webhook(request.brand.pk, webhook_id)
    title, label, said = _consequence(one, what)
    context = {
        "webhook": one.webhook,
        "what": what,
        "title": title,
        "label": label,
        "said": said,
        "spans": [("hour", _("The last hour")), ("day", _("The last day")), ("week", _("The last week"))],
        "waiting": one.health.waiting,
    }
    return render(request, "console/webhook_change.html", context)


@permission_required(Permission.API_MANAGE)
@never_cache
@require_POST
def change_do(request: BrandRequest, webhook_id: int, what: str) -> HttpResponse:
    brand_id, actor = request.brand.pk, request.actor
    services.webhook_of(brand_id, webhook_id)
    if what == "rotate":
        made = services.rotate(brand_id, webhook_id, actor=actor)
        return _secret(request, made.webhook, made.secret)
    if what == "remove":
        services.remove(brand_id, webhook_id, actor=actor)
        messages.success(request, _("The webhook is removed."))
        return redirect("webhooks")
    if what == "pause":
        services.pause(brand_id, webhook_id, actor=actor)
        messages.success(request, _("Paused. What happens meanwhile is kept for it."))
    elif what == "resume":
        services.resume(brand_id, webhook_id, skip="skip" in request.POST, actor=actor)
        messages.success(request, _("It is told again."))
    elif what == "replay":
        _replay(request, webhook_id)
    else:
        raise Http404
    return redirect("webhook", webhook_id)


@permission_required(Permission.API_MANAGE)
@require_POST
def test(request: BrandRequest, webhook_id: int) -> HttpResponse:
    number = services.test(request.brand.pk, webhook_id, actor=request.actor)
    messages.info(request, _("A test event is on its way; this page shows what comes of it."))
    return redirect("webhook-delivery", number)


@permission_required(Permission.API_MANAGE)
@require_GET
def delivery(request: BrandRequest, delivery_id: int) -> HttpResponse:
    found = services.delivery_of(request.brand.pk, delivery_id)
    context = {
        "webhook": found.webhook,
        "row": _row(found),
        "body": json.dumps(queries.sent_body(found), ensure_ascii=False, indent=2),
        "response": _visible(found.response),
        "open": found.state in (DeliveryState.QUEUED, DeliveryState.SENDING),
    }
    return render(request, "console/delivery.html", context)


@permission_required(Permission.API_MANAGE)
@require_POST
def delivery_replay(request: BrandRequest, delivery_id: int) -> HttpResponse:
    found = services.replay(request.brand.pk, delivery_id, actor=request.actor)
    messages.info(request, _("It is sent again, with the same id."))
    return redirect("webhook-delivery", found.pk)


def health_badge(one: Shown) -> Badge:
    """In one word how a webhook does."""
    if not one.webhook.is_active:
        paused = one.webhook.stopped == Stopped.PAUSED
        return Badge(_("Paused"), "warn") if paused else Badge(_("Stopped"), "bad")
    if one.webhook.failures:
        return Badge(_("Failing"), "warn")
    return Badge(_("Healthy"), "good") if one.webhook.delivered_ms else Badge(_("Nothing sent yet"))


def _figures(one: Shown) -> list[Figure]:
    return [
        Figure(_("Waiting"), f"{one.health.waiting:,}", _("Deliveries that are not yet taken.")),
        Figure(
            _("Delivered"), f"{one.health.delivered:,}", _("Of the deliveries made in the last 24 hours.")
        ),
        Figure(_("Given up"), f"{one.health.dead:,}", _("Of the deliveries made in the last 24 hours.")),
        Figure(_("Failures in a row"), f"{one.webhook.failures:,}", _("Attempts since the last success.")),
    ]


def _row(delivery: Delivery) -> Row:
    badge = Badge(str(DeliveryState(delivery.state).label), TONES[delivery.state])
    came = Failure(delivery.error).label if delivery.error else ""
    return Row(delivery, badge, str(came))


def _visible(text: str) -> str:
    """A receiver's words with what would turn or hide them made visible."""
    return "".join(one if one.isprintable() or one in "\n\t" else f"\\u{{{ord(one):x}}}" for one in text)


def _consequence(one: Shown, what: str) -> tuple[str, str, list[str]]:
    """Title, label of the button, and what would come of it. Raises Http404."""
    waits = ngettext("%(n)s delivery waits.", "%(n)s deliveries wait.", one.health.waiting) % {
        "n": f"{one.health.waiting:,}"
    }
    consequences = {
        "pause": (
            _("Pause this webhook"),
            _("Pause"),
            [_("Nothing is sent until somebody resumes it."), _("What happens meanwhile is kept for it.")],
        ),
        "resume": (
            _("Resume this webhook"),
            _("Resume"),
            [_("What has waited is sent first, oldest first."), waits],
        ),
        "rotate": (
            _("A new secret"),
            _("Make a new secret"),
            [
                _("The new secret is shown once, on the next page."),
                _("For 24 hours requests are signed with both, so that the receiver can change over."),
            ],
        ),
        "remove": (
            _("Remove this webhook"),
            _("Remove"),
            [_("Nobody is told any more, and the log of its deliveries is gone."), waits],
        ),
        "replay": (
            _("Send again"),
            _("Send again"),
            [
                _("Deliveries keep their ids, by which a receiver knows what it has had already."),
                _("Deliveries are kept for some days; what is older cannot be sent again."),
            ],
        ),
    }
    if what not in consequences:
        raise Http404
    return consequences[what]


def _replay(request: BrandRequest, webhook_id: int) -> None:
    what = request.POST.get("which", "")
    if what != "failed" and what not in SINCE:
        raise Invalid(_("Say what to send again."), remedy=_("Choose one of the four."))
    count = services.replay_many(
        request.brand.pk,
        webhook_id,
        since_ms=None if what == "failed" else now_ms() - SINCE[what],
        failed=what == "failed",
        actor=request.actor,
    )
    told = ngettext("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", count)
    messages.info(request, told % {"n": f"{count:,}"})


def _form(
    request: BrandRequest, form: WebhookForm, held: Webhook | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "console/webhook_form.html", {"form": form, "webhook": held}, status=status)


def _secret(request: BrandRequest, held: Webhook, secret: str) -> HttpResponse:
    context: dict[str, Any] = {
        "title": _("The secret of “%(name)s”") % {"name": held.name},
        "secret": secret,
        "what": _("With it the receiver checks that a request is from here and unchanged."),
        "next_url": reverse("webhook", args=[held.pk]),
        "list_url": reverse("webhooks"),
        "list_name": _("Webhooks"),
    }
    return render(request, "console/secret.html", context)
