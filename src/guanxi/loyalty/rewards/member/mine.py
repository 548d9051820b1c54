"""What a member redeemed: with the code to fetch it, the way it goes, and a place to say how it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.stores import store_name
from guanxi.kernel.errors import GuanxiError, NotFound
from guanxi.loyalty.member.contracts import SECTIONS, TABS, Member, Section, Tab
from guanxi.loyalty.member.guards import member_page, page
from guanxi.loyalty.rewards import moving, queries, reviews, words
from guanxi.loyalty.rewards.contracts import Delivery, State
from guanxi.loyalty.rewards.models import Redemption
from guanxi.platform.language import speaking
from guanxi.ui import figures

MOST_SHOWN = 100


@require_safe
@member_page
def listed(request: HttpRequest, member: Member) -> HttpResponse:
    asked = queries.Asked(customer_id=member.customer_id)
    rows = queries.redemptions(member.brand.pk, asked, MOST_SHOWN)
    context = {"rows": [shown(member, row) for row in rows]}
    return page(member, "loyalty/member/redemptions.html", context, here="rewards")


@require_safe
@member_page
def one(request: HttpRequest, member: Member, redemption_id: int) -> HttpResponse:
    return _one(member, redemption_id, {})


def _one(member: Member, redemption_id: int, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    row = mine(member, redemption_id)
    state = State(row.state)
    context = {
        **shown(member, row),
        "may_cancel": state is State.RESERVED or (state is State.READY and not row.fen),
        "may_have": state in (State.SENT, State.HANDED_OUT) and row.delivery == Delivery.SEND,
        "may_review": row.state in reviews.HAD and not row.reviewed and _asks(row),
        "reviewed": row.reviewed,
        "stars": range(5, 0, -1),
        **more,
    }
    return page(member, "loyalty/member/redemption.html", context, here="rewards", status=status)


def _asks(row: Redemption) -> bool:
    return row.reward.kind == "sample" or row.reward.review_days is not None


@require_POST
@member_page
def cancel(request: HttpRequest, member: Member, redemption_id: int) -> HttpResponse:
    row = mine(member, redemption_id)
    if row.fen and row.state != State.RESERVED:
        raise Http404  # money was paid: the brand gives it back
    return _done(
        member, redemption_id, lambda: moving.cancel(member.brand.pk, redemption_id, actor="customer")
    )


@require_POST
@member_page
def have(request: HttpRequest, member: Member, redemption_id: int) -> HttpResponse:
    """The parcel has come."""
    if mine(member, redemption_id).delivery != Delivery.SEND:
        raise Http404
    return _done(
        member, redemption_id, lambda: moving.finish(member.brand.pk, redemption_id, actor="customer")
    )


@require_POST
@member_page
def review(request: HttpRequest, member: Member, redemption_id: int) -> HttpResponse:
    told = request.POST.get("stars", "")
    stars = int(told) if told in {"1", "2", "3", "4", "5"} else 0
    said = request.POST.get("words", "")

    def keep() -> None:
        reviews.review(member.brand.pk, member.customer_id, redemption_id, stars, said)

    mine(member, redemption_id)
    return _done(member, redemption_id, keep)


def _done(member: Member, redemption_id: int, verb: Callable[[], object]) -> HttpResponse:
    try:
        verb()
    except GuanxiError as error:
        said = speaking(error)
        return _one(member, redemption_id, {"refused": said}, said.http_status)
    return HttpResponseRedirect(reverse("member-redemption", args=[member.brand.slug, redemption_id]))


def mine(member: Member, redemption_id: int) -> Redemption:
    """Raises Http404 for what is somebody else's."""
    try:
        row = queries.redemption(member.brand.pk, redemption_id)
    except NotFound as missing:
        raise Http404 from missing
    if row.subject_id not in subject_ids_of(member.brand.pk, member.customer_id):
        raise Http404
    return row


def shown(member: Member, row: Redemption) -> dict[str, Any]:
    known = words.assets_of(member.brand)
    waits = row.state in (State.RESERVED, State.READY)
    return {
        "id": row.pk,
        "name": words.called(row.reward),
        "picture": row.reward.picture,
        "price": words.price_of(member.brand, known, row),
        "state": row.state,
        "badge": words.badge(row.state),
        "what_now": what_now(member, row),
        "pickup": row.code if row.state == State.READY and row.delivery == Delivery.COLLECT else "",
        "made": figures.day(row.made_ms, member.brand.timezone),
        "until": figures.exact(row.due_ms, member.brand.timezone)[:16] if waits and row.due_ms else "",
        "tracking": " ".join(part for part in (row.carrier, row.tracking) if part),
        "given": words.given_to_read(row),
        "use_path": words.use_path(row, member.brand.slug),
        "store": store_name(member.brand.pk, row.store),
    }


def what_now(member: Member, row: Redemption) -> str:
    """The next thing to do, in a sentence."""
    state = State(row.state)
    if state is State.RESERVED:
        money = figures.money(row.fen, member.brand.currency)
        return _("Pay %(money)s at the counter or in the shop, and it is yours.") % {"money": money}
    if state is State.READY and row.delivery == Delivery.COLLECT:
        return _("Show this code at the counter.")
    said = {
        State.READY: _("We are packing it."),
        State.SENT: _("It is on its way to you."),
        State.CANCELLED: _("What you gave for it is back with you."),
        State.EXPIRED: _("What you gave for it is back with you."),
        State.RETURNED: _("You brought it back; your points are yours again."),
    }
    return said.get(state, _("Enjoy it."))


def load(member: Member) -> Mapping[str, Any] | None:
    """On the card: what waits to be fetched; nothing where nothing does."""
    asked = queries.Asked(state=State.READY.value, customer_id=member.customer_id)
    rows = queries.redemptions(member.brand.pk, asked, 5)
    return {"rows": [shown(member, row) for row in rows]} if rows else None


def register() -> None:
    TABS.register(Tab("rewards", 200, gettext_lazy("Rewards"), "member-rewards"))
    SECTIONS.register(Section("redemptions", 300, "loyalty/member/redemptions_part.html", load))
