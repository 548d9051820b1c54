"""Bulk actions: wanted from a list, looked at in numbers, confirmed, followed, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.bulk import queries, services
from guanxi.customers.bulk.contracts import Bulk, Chosen, State, Verb
from guanxi.customers.bulk.lists import LISTS, BulkList
from guanxi.customers.console import exporting, listing
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.kernel.wording import say
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.audit_log import who
from guanxi.platform.language import spoken
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.figures import number
from guanxi.ui.parts import Badge, BulkBar, Empty, Tone

LONGEST_ID: Final = 18
TONES: Final[Mapping[State, Tone]] = {
    State.PREVIEWED: "",
    State.RUNNING: "info",
    State.DONE: "good",
    State.STOPPED: "bad",
    State.UNDOING: "info",
    State.UNDONE: "",
}


def _ids(brand: Brand, query: Mapping[str, str], limit: int) -> Sequence[int]:
    rows = listing.chosen(brand.pk, listing.Query.from_address(query))
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def register() -> None:
    LISTS.register(
        BulkList(
            "customers",
            say("Customers"),
            Permission.CUSTOMERS_VIEW,
            ("show", "sort", "city", "has", "lacks", "tag", "columns"),
            _ids,
            exporting.said,
            listing.address,
        )
    )


# ---------------------------------------------------------------- on the page of a list


def on_list(
    request: BrandRequest,
    name: str,
    query: Mapping[str, str],
    tags: Sequence[tuple[str, str, str]],
    total: str = "",
) -> dict[str, object]:
    """For the page of a list: the bar over what is ticked, for those who may and where there is a tag to
    choose among `tags` (name, label, origin), and what the last action did. `total`: how many the list finds,
    as written; without it one ticks row by row."""
    choices = [(word, label) for word, label, origin in tags if origin != Origin.RULE]
    may = request.actor.may(Permission.CUSTOMERS_TAG)
    verbs = [(verb.value, str(verb.label)) for verb in Verb]
    bar = BulkBar(name, query, verbs, choices, reverse("bulk-preview"), total)
    return {"bulk": bar if may and choices else None, "bulk_done": _done(request) if may else None}


def _done(request: BrandRequest) -> dict[str, object] | None:
    """What was just done from here, for those who come back from it."""
    text = request.GET.get("done", "")
    if not text.isdecimal() or len(text) > LONGEST_ID:
        return None
    try:
        action = queries.find(request.brand.pk, int(text))
    except NotFound:
        return None
    return {"action": action, "said": _result(action), "tone": TONES[action.state]}


# ---------------------------------------------------------------- the action


@permission_required(Permission.CUSTOMERS_TAG)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """Count what the form wants, then show it: the page can be loaded again."""
    form = request.POST
    query = {name[2:]: str(value) for name, value in form.items() if name.startswith("q-")}
    ids = [int(one) for one in form.getlist("id") if one.isdecimal() and len(one) <= LONGEST_ID]
    chosen = Chosen(form.get("list", ""), query, None if form.get("all") else ids)
    try:
        looked = services.preview(
            request.brand, form.get("action", ""), form.get("tag", ""), chosen, request.actor
        )
    except GuanxiError as error:
        messages.error(request, str(error))
        return redirect(_back(LISTS.get(chosen.listing), query))
    return redirect("bulk-action", looked.id)


@permission_required(Permission.CUSTOMERS_TAG)
@require_GET
def action(request: BrandRequest, action_id: int) -> HttpResponse:
    """With htmx the part that changes: asked every second while it is under way."""
    found = queries.find(request.brand.pk, action_id)
    if found.state is State.PREVIEWED and found.actor != str(request.actor):
        raise queries.unknown()
    context = {"row": _shown(request.brand, found), "title": _title(found), "facts": _facts(found)}
    partial = request.headers.get("HX-Request-Type") == "partial"
    return render(request, "customers/bulk_state.html" if partial else "customers/bulk_action.html", context)


@permission_required(Permission.CUSTOMERS_TAG)
@require_POST
def confirm(request: BrandRequest, action_id: int) -> HttpResponse:
    return _after(request, services.confirm(request.brand, action_id, request.actor))


@permission_required(Permission.CUSTOMERS_TAG)
@require_POST
def undo(request: BrandRequest, action_id: int) -> HttpResponse:
    return _after(request, services.undo(request.brand, action_id, request.actor))


@permission_required(Permission.CUSTOMERS_TAG)
@require_GET
def recent(request: BrandRequest) -> HttpResponse:
    found = queries.recent(request.brand.pk)
    names = who(one.actor for one in found)
    context: dict[str, Any] = {
        "rows": [{**_shown(request.brand, one), "who": names.get(one.actor, one.actor)} for one in found],
        "under_way": any(one.under_way for one in found),
        "empty": None if found else _empty(),
    }
    partial = request.headers.get("HX-Request-Type") == "partial"
    return render(request, "customers/bulk_rows.html" if partial else "customers/bulk.html", context)


def _after(request: BrandRequest, done: Bulk) -> HttpResponse:
    """Back to the list, which says what was done; to the action's own page while the worker is on it."""
    kind = LISTS.get(done.listing)
    if done.under_way or kind is None or not request.actor.may(kind.permission):
        return redirect("bulk-action", done.id)
    url, hash_, anchor = kind.url(done.query).partition("#")
    return redirect(f"{url}{'&' if '?' in url else '?'}done={done.id}{hash_}{anchor}")


def _back(kind: BulkList | None, query: Mapping[str, str]) -> str:
    return kind.url(query) if kind else reverse("customers")


# ---------------------------------------------------------------- its words


def _shown(brand: Brand, one: Bulk) -> dict[str, Any]:
    kind = LISTS.get(one.listing)
    filters = kind.said(brand, one.query) if kind else ""
    chosen = filters or _("Everybody") if one.everybody else filters
    words = [spoken(kind.label) if kind else _("Customers"), chosen, "" if one.everybody else _("ticked")]
    return {
        "action": one,
        "title": f"{one.verb.label}: {one.label}",
        "list": " · ".join(word for word in words if word),
        "badge": Badge(str(one.state.label), TONES[one.state]),
        "back": _back(kind, one.query),
        "said": _result(one),
    }


def _title(one: Bulk) -> str:
    """The question that a preview asks; afterwards what was asked."""
    said = {
        Verb.ADD_TAG: ngettext(
            "Put “%(tag)s” on %(n)s customer?", "Put “%(tag)s” on %(n)s customers?", one.counts.fresh
        ),
        Verb.REMOVE_TAG: ngettext(
            "Take “%(tag)s” off %(n)s customer?", "Take “%(tag)s” off %(n)s customers?", one.counts.fresh
        ),
    }[one.verb]
    if one.state is not State.PREVIEWED:
        return f"{one.verb.label}: {one.label}"
    return said % {"tag": one.label, "n": number(one.counts.fresh)}


def _facts(one: Bulk) -> list[tuple[str, str]]:
    """The numbers of the preview, those that are none left out but the first two."""
    counts, adds = one.counts, one.verb is Verb.ADD_TAG
    facts = [
        (_("Chosen"), counts.chosen),
        (_("Get the tag") if adds else _("Lose the tag"), counts.fresh),
        (
            _("Have it already: nothing changes") if adds else _("Do not have it: nothing changes"),
            counts.same,
        ),
        (_("Took it off themselves: it stays off"), counts.refused),
        (_("Data is stored only: left alone"), counts.frozen),
        (_("Known to nobody: left out"), counts.unknown),
    ]
    return [(label, number(count)) for at, (label, count) in enumerate(facts) if count or at < 2]


def _result(one: Bulk) -> str:
    """What became of it, in a sentence."""
    if one.state is State.PREVIEWED:
        return ""
    if one.state is State.UNDONE and not one.changed:
        return _("“%(tag)s”: stopped before anything changed.") % {"tag": one.label}
    if one.state in {State.UNDOING, State.UNDONE}:
        words = {"n": number(one.restored), "of": number(one.changed), "tag": one.label}
        return _("“%(tag)s”: taken back for %(n)s of %(of)s customers.") % words
    said = {
        Verb.ADD_TAG: ngettext(
            "“%(tag)s” was put on %(n)s customer.", "“%(tag)s” was put on %(n)s customers.", one.changed
        ),
        Verb.REMOVE_TAG: ngettext(
            "“%(tag)s” was taken off %(n)s customer.", "“%(tag)s” was taken off %(n)s customers.", one.changed
        ),
    }[one.verb]
    return said % {"tag": one.label, "n": number(one.changed)}


def _empty() -> Empty:
    return Empty(
        _("Nothing was changed in bulk in the last day"),
        _(
            "Tick customers in a list, or choose all that it finds, then put a tag on them or take one off. "
            "You see in numbers what will happen before it does, and can take it back for a day."
        ),
        "filter",
        _("Go to the customers"),
        reverse("customers"),
    )
