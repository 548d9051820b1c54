"""The outbox: a list that reads as a sentence, each message with its history, and what may be done."""

from __future__ import annotations

from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages as flashes
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import Face, faces
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import GuanxiError
from guanxi.messaging import queries, reading, repeating, services
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.console import words
from guanxi.messaging.contracts import State
from guanxi.messaging.queries import Shown
from guanxi.messaging.templating import place_of
from guanxi.messaging.variables import writer
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.roles import Permission
from guanxi.ui.figures import number
from guanxi.ui.parts import Badge, Empty, Option, Pager

PAGE: Final = 50
PERIODS: Final = {
    "1": gettext_lazy("the last 24 hours"),
    "7": gettext_lazy("the last 7 days"),
    "30": gettext_lazy("the last 30 days"),
}


class Query(NamedTuple):
    """What the list's address says."""

    state: State | None
    channel: str
    template: str
    campaign: str
    customer: int | None
    days: str
    before: int | None

    @classmethod
    def of(cls, given: Any) -> Query:
        state, channel, days = given.get("state", ""), given.get("channel", ""), given.get("days", "")
        return cls(
            State(state) if state in list(State) else None,
            channel if channel in CHANNELS else "",
            given.get("template", "")[:60],
            given.get("campaign", "")[:60],
            _whole(given.get("customer", "")),
            days if days in PERIODS else "",
            _whole(given.get("before", "")),
        )

    def found_by(self) -> dict[str, Any]:
        """As `queries` is asked; the state is of its own."""
        return {
            "channel": self.channel,
            "template": self.template,
            "campaign": self.campaign,
            "customer_id": self.customer,
            "since_ms": now_ms() - int(self.days) * DAY_MS if self.days else 0,
        }

    def url(self, **changed: Any) -> str:
        """The list's address with something changed, from its first page."""
        kept = {**self._asdict(), "before": None, **changed}
        query = urlencode({name: str(value) for name, value in kept.items() if value})
        return reverse("messages") + (f"?{query}" if query else "")


class Row(NamedTuple):
    message: Shown
    badge: Badge
    face: Face | None
    channel: str
    reason: str


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def outbox(request: BrandRequest) -> HttpResponse:
    query, brand_id = Query.of(request.GET), request.brand.pk
    found = queries.messages(
        brand_id, state=query.state, before=query.before, limit=PAGE + 1, **query.found_by()
    )
    counts = queries.by_state(brand_id, **query.found_by())
    total = sum(counts.values()) if query.state is None else counts[query.state]
    rows = found[:PAGE]
    narrowed = bool(query.channel or query.template or query.campaign)
    may = request.actor.may(Permission.MESSAGES_MANAGE)
    context = {
        "rows": _rows(brand_id, rows),
        "query": query,
        "states": [
            Option(
                " ".join([_("All"), number(sum(counts.values()))]), query.url(state=None), query.state is None
            ),
            *(
                Option(
                    f"{words.badge(state).label} {number(count)}",
                    query.url(state=state),
                    state is query.state,
                )
                for state, count in counts.items()
                if count or state is query.state
            ),
        ],
        "channels": [(one.name, words.channel(one.name)) for one in CHANNELS],
        "templates": reading.template_names(brand_id),
        "periods": PERIODS.items(),
        "pager": Pager(
            len(rows),
            number(total),
            query.url() if query.before else "",
            _next(query, rows) if len(found) > PAGE else "",
        ),
        "cancel_url": _cancel_url(query) if may and narrowed and counts[State.QUEUED] else "",
        "empty": None if sum(counts.values()) or query != Query.of({}) else _empty(),
    }
    return render(request, "messaging/outbox.html", context)


@permission_required(Permission.MESSAGES_VIEW)
@require_GET
def message(request: BrandRequest, message_id: int) -> HttpResponse:
    brand_id = request.brand.pk
    one = queries.message(brand_id, message_id)
    said = queries.read(brand_id, message_id)
    read_ms = reading.read_ms(message_id) if one.channel == "inbox" else 0
    may = request.actor.may(Permission.MESSAGES_MANAGE)
    (row,) = _rows(brand_id, [one])
    context = {
        "row": row,
        "message": one,
        "said": said,
        "variables": _variables(brand_id, one),
        "priority": words.priority(one.priority),
        "purpose": words.purpose(one.purpose),
        "history": [
            (step, words.badge(step.state), words.reason(step.code))
            for step in queries.changes(brand_id, message_id)
        ],
        "read_ms": read_ms,
        "waits": one.state is State.QUEUED,
        "may_cancel": may and one.state in {State.QUEUED, State.TASKED},
        "may_confirm": may and one.state is State.TASKED,
        "may_repeat": may and one.state in repeating.REPEATABLE,
        "unsure": one.code == "unknown_outcome",
    }
    return render(request, "messaging/message.html", context)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def act(request: BrandRequest, message_id: int, what: str) -> HttpResponse:
    """Cancel it, say that it was sent by hand, or queue it again."""
    brand_id, actor, shown = request.brand.pk, request.actor, message_id
    queries.message(brand_id, message_id)
    try:
        if what == "cancel":
            services.cancel(brand_id, message_id, actor=actor)
            said = _("The message is cancelled.")
        elif what == "confirm":
            services.confirm(brand_id, message_id, actor=actor)
            said = _("Noted: it was sent.")
        elif what == "again":
            shown = repeating.again(brand_id, message_id, actor=actor)
            said = _("It is queued again, as this message. It is checked as any other.")
        else:
            raise Http404
    except GuanxiError as error:
        flashes.error(request, str(speaking(error)))
    else:
        flashes.success(request, said)
    return redirect("message", shown)


@permission_required(Permission.MESSAGES_MANAGE)
@require_GET
def cancel(request: BrandRequest) -> HttpResponse:
    """What cancelling all that wait of a channel, a template or a campaign would do."""
    query = Query.of(request.GET)
    found = repeating.waiting(request.brand.pk, query.channel, query.template, query.campaign)
    context = {
        "query": query,
        "found": found,
        "about": _about(query),
        "back": query.url(days="", customer=None),
    }
    return render(request, "messaging/cancel.html", context)


@permission_required(Permission.MESSAGES_MANAGE)
@require_POST
def cancel_do(request: BrandRequest) -> HttpResponse:
    query = Query.of(request.POST)
    count = repeating.cancel_many(
        request.brand.pk,
        channel=query.channel,
        template=query.template,
        campaign=query.campaign,
        newest=_whole(request.POST.get("newest", "")) or 0,
        actor=request.actor,
    )
    told = ngettext("%(n)s message is cancelled.", "%(n)s messages are cancelled.", count)
    flashes.success(request, told % {"n": number(count)})
    return redirect(query.url(state=State.CANCELLED))


def _rows(brand_id: int, found: list[Shown]) -> list[Row]:
    known = faces(brand_id, {one.customer_id for one in found if one.customer_id is not None})
    return [
        Row(
            one,
            words.badge(one.state),
            known.get(one.customer_id) if one.customer_id is not None else None,
            words.channel(one.channel),
            words.reason(one.code),
        )
        for one in found
    ]


def _variables(brand_id: int, one: Shown) -> list[tuple[str, str]]:
    """Name and value as the reader reads it."""
    if not one.variables or not one.version:
        return []
    draft = queries.template(brand_id, one.channel, one.template, one.version).draft
    place, _name = place_of(brand_id)
    language = "zh-hans" if words.in_chinese() else "en"
    return [
        (each.name, writer(each.kind, language)(one.variables[each.name], place))
        for each in draft.variables
        if each.name in one.variables
    ]


def _next(query: Query, rows: list[Shown]) -> str:
    joint = "&" if "?" in query.url() else "?"
    return f"{query.url()}{joint}before={rows[-1].id}"


def _cancel_url(query: Query) -> str:
    kept = {name: getattr(query, name) for name in ("channel", "template", "campaign")}
    return f"{reverse('messages-cancel')}?{urlencode({k: v for k, v in kept.items() if v})}"


def _about(query: Query) -> list[tuple[str, str]]:
    named = (
        (_("Channel"), words.channel(query.channel) if query.channel else ""),
        (_("Template"), query.template),
        (_("Campaign"), query.campaign),
    )
    return [(label, value) for label, value in named if value]


def _empty() -> Empty:
    return Empty(
        _("Nothing was sent yet"),
        _(
            "Every message to a customer goes through here: receipts, points, reminders, offers. Each is "
            "checked when it is sent, for consent, hours and caps, and its page says what became of it."
        ),
        "send",
        _("Write the first template"),
        reverse("message-template-new"),
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and 0 < len(text) < 19 else None
