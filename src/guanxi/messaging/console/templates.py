"""Templates: the list, an editor with what customers would read beside it, versions and their differences."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages as flashes
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.consent.purposes import PURPOSES
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.messaging import queries, services, trying
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.console import previews, typed, words
from guanxi.messaging.console.typed import Fault, Typed
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.people import actor_name
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Empty, Option

# A mail as a mail program shows it: with its own styles and pictures, without scripts, in a frame of ours.
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; sandbox; frame-ancestors 'self'"
)


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def templates(request: BrandRequest) -> HttpResponse:
    archived = request.GET.get("show") == "archived"
    found = queries.templates(request.brand.pk, archived=archived)
    here, may = reverse("message-templates"), request.actor.may(Permission.MESSAGES_MANAGE)
    context = {
        "rows": [
            (one, words.channel(one.channel), words.purpose(one.purpose), words.priority(one.priority))
            for one in found
        ],
        "names": previews.LANGUAGE_NAMES,
        "chips": [
            Option(_("In use"), here, not archived),
            Option(_("Archive"), f"{here}?show=archived", archived),
        ],
        "archived": archived,
        "may_manage": may,
        "empty": None if found or archived else _empty(may=may),
    }
    return render(request, "messaging/templates.html", context)


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def template(request: BrandRequest, channel: str, name: str) -> HttpResponse:
    """A template as it is, each of its versions, and what differs from the one before."""
    brand, versions = request.brand, queries.versions(request.brand.pk, channel, name)
    if not versions:
        queries.template(brand.pk, channel, name)  # says that there is none
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.version) == asked), versions[0])
    older = next((one for one in versions if one.version < shown.version), None)
    archived = any(
        (one.channel, one.name) == (channel, name) for one in queries.templates(brand.pk, archived=True)
    )
    may = request.actor.may(Permission.MESSAGES_MANAGE)
    context = {
        "draft": shown.draft,
        "shown": shown,
        "version_text": str(shown.version),
        "is_newest": shown is versions[0],
        "versions": [(one, actor_name(one.actor)) for one in versions],
        "differences": previews.differences(older.draft, shown.draft) if older else [],
        "older": older,
        "previews": _previews(brand.pk, brand.name, shown.draft),
        "channel": words.channel(channel),
        "purpose": words.purpose(shown.draft.purpose),
        "priority": words.priority(shown.draft.priority),
        "archived": archived,
        "may_manage": may,
        "own_address": trying.own_address(channel, request.person.username) if may else "",
        "variables": Typed.of_draft(shown.draft, 0, brand).rows,
        "kinds": dict(words.kinds()),
    }
    return render(request, "messaging/template.html", context)


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def mail(request: BrandRequest, channel: str, name: str) -> HttpResponse:
    """The HTML of a saved mail with its examples, by itself, under a policy of its own."""
    version, language = request.GET.get("version", "0"), request.GET.get("language", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    shown = queries.preview(request.brand.pk, queries.template(request.brand.pk, channel, name, number).draft)
    said = shown.get(language) or next(iter(shown.values()))
    response = HttpResponse(said.html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


@permission_required(Permission.MESSAGES_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _editor(request, typed.example())


@permission_required(Permission.MESSAGES_MANAGE)
@require_GET
def edit(request: BrandRequest, channel: str, name: str) -> HttpResponse:
    found = queries.template(request.brand.pk, channel, name)
    return _editor(request, Typed.of_draft(found.draft, found.version, request.brand))


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The form again after a button: with a script the part that changes, else the whole page."""
    asked = Typed.of_form(request.POST)
    asked.act(request.POST.get("do", ""))
    return _editor(request, asked)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """What customers would read, as it is typed."""
    return render(request, "messaging/effect.html", _effect(request, Typed.of_form(request.POST)))


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    asked, brand = Typed.of_form(request.POST), request.brand
    try:
        draft = asked.draft(brand)
    except Invalid as error:
        error = _spoken(error)
        return _editor(request, asked, Fault(str(error.data.get("field", "")), error.message), 422)
    try:
        services.save_template(brand.pk, draft, version=asked.version, actor=request.actor)
    except Invalid as error:
        return _editor(request, asked, typed.fault_of(draft, _spoken(error)), 422)
    except Conflict as error:
        theirs = error.data.get("version")
        asked.version = theirs if isinstance(theirs, int) else asked.version
        return _editor(
            request, asked, status=409, conflict=queries.template(brand.pk, draft.channel, draft.name)
        )
    flashes.success(
        request, _("The template is saved. Messages that wait keep the version they were queued with.")
    )
    target = reverse("message-template", args=[draft.channel, draft.name])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def archive(request: BrandRequest, channel: str, name: str) -> HttpResponse:
    archived = request.POST.get("archived") == "1"
    services.archive_template(request.brand.pk, channel, name, archived=archived, actor=request.actor)
    said = (
        _("Nothing new is queued of it. What waits is still sent.") if archived else _("It is in use again.")
    )
    flashes.success(request, said)
    return redirect("message-template", channel, name)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def test(request: BrandRequest, channel: str, name: str) -> HttpResponse:
    if channel not in CHANNELS:
        raise NotFound(_("There is no such channel."))
    try:
        trying.send(
            request.brand.pk,
            channel,
            name,
            request.POST.get("language", ""),
            person=request.person.pk,
            username=request.person.username,
            actor=request.actor,
        )
    except NotFound:
        raise
    except GuanxiError as error:
        flashes.error(request, str(speaking(error)))
    else:
        flashes.success(request, _("A test is on its way to you."))
    return redirect("message-template", channel, name)


def _editor(
    request: BrandRequest, asked: Typed, fault: Fault | None = None, status: int = 200, conflict: Any = None
) -> HttpResponse:
    partial = bool(request.headers.get("HX-Request"))
    form = CHANNELS[asked.channel].capabilities.form if asked.channel in CHANNELS else None
    context = {
        "typed": asked,
        "texts": [
            (language, previews.LANGUAGE_NAMES[language], previews.TAGS[language], one)
            for language, one in typed.texts_of(asked).items()
        ],
        "form": form,
        "fault": fault,
        "fault_field": fault.field if fault else "",
        "conflict": conflict,
        "conflict_by": actor_name(conflict.actor) if conflict else "",
        "channels": [(one.name, words.channel(one.name)) for one in CHANNELS],
        "purposes": [(one.name, words.purpose(one.name)) for one in PURPOSES if one.by_channel],
        "priorities": words.priorities(),
        "kinds": words.kinds(),
        "languages": previews.LANGUAGE_NAMES.items(),
        "open": "{{",
        "close": "}}",
        "draw_url": reverse("message-template-draw"),
        **({} if partial else _effect(request, asked)),
    }
    page = "messaging/editor_body.html" if partial else "messaging/editor.html"
    return render(request, page, context, status=status)


def _effect(request: BrandRequest, asked: Typed) -> dict[str, Any]:
    """What customers would read, or why nothing."""
    try:
        draft = asked.draft(request.brand)
        # A name is typed last: what it says does not wait for it.
        shown = previews.of(request.brand.pk, request.brand.name, draft._replace(name=draft.name or "draft"))
    except Invalid as error:
        return {"previews": [], "problem": _spoken(error)}
    return {"previews": shown, "problem": None, "channel_name": asked.channel}


def _previews(brand_id: int, brand_name: str, draft: Any) -> list[previews.Preview]:
    """Of a saved version: rules may have become stricter since."""
    try:
        return previews.of(brand_id, brand_name, draft)
    except Invalid:
        return []


def _spoken(error: Invalid) -> Invalid:
    speaking(error)
    return error


def _empty(*, may: bool) -> Empty:
    return Empty(
        _("Say it once, well"),
        _(
            "A template is what customers read: for one channel and purpose, in Chinese and English, with "
            "variables such as points and money that are written right in each language."
        ),
        "send",
        _("Begin with points that were earned") if may else "",
        reverse("message-template-new") if may else "",
    )
