"""The merge review queue: two who may be one, what speaks for and against it, and a person's word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers import services
from guanxi.customers.console import panels, reads
from guanxi.customers.console.faces import Face, faces
from guanxi.customers.console.identities import IdentityRow, identity_rows, profile_facts
from guanxi.customers.contracts import ReviewState, Verdict
from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.models import Review
from guanxi.kernel.errors import Conflict
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.figures import moment
from guanxi.ui.parts import Empty, Figure, Option, Pager

PAGE_ROWS: Final = 30
COUNTED_AT_MOST: Final = 10_000

# Why the rules keep two apart: the heading, and what to look at.
WHY: Final[Mapping[str, tuple[Promise, Promise]]] = {
    "two_phones": (
        gettext_lazy("The account shows two different phones."),
        gettext_lazy("A new number, or somebody else's? Compare names, addresses and dates."),
    ),
    "two_emails": (
        gettext_lazy("The account shows two different emails."),
        gettext_lazy("A new address, or somebody else's? Compare names and dates."),
    ),
    "two_birthdays": (
        gettext_lazy("Their birthdays differ."),
        gettext_lazy("A typing error, or two people of one household?"),
    ),
    "two_people": (
        gettext_lazy("Both names and both phones differ."),
        gettext_lazy("One record carried both. A shared account, or a gift?"),
    ),
    "two_ids": (
        gettext_lazy("Both have an identity of which one person has only one."),
        gettext_lazy("Two WeChat accounts are usually two people."),
    ),
    "shared_phone": (
        gettext_lazy("Two accounts of one platform use the same phone."),
        gettext_lazy("A second account, or two people of one household?"),
    ),
    "family_phone": (
        gettext_lazy("Several people use this phone at the same time."),
        gettext_lazy("Whose orders are those without a name?"),
    ),
    "recycled_phone": (
        gettext_lazy("After a long silence the phone shows another name."),
        gettext_lazy("Carriers resell numbers. Did the name change, or the person?"),
    ),
    "shop_phone": (
        gettext_lazy("So many people show this phone that it identifies none."),
        gettext_lazy("Shops often enter their own number for walk-ins. It joins nobody."),
    ),
    "shop_account": (
        gettext_lazy("So many people show this account that it identifies none."),
        gettext_lazy("It is probably a dealer's or a shop's own. It joins nobody."),
    ),
}
STATES: Final[Mapping[str, Promise]] = {
    ReviewState.OPEN: gettext_lazy("To decide"),
    ReviewState.MERGED: gettext_lazy("The same person"),
    ReviewState.KEPT_APART: gettext_lazy("Two people"),
    ReviewState.OUTDATED: gettext_lazy("Settled by newer evidence"),
}


@dataclass(frozen=True, slots=True)
class ReviewSide:
    """One of the two. A fact is (label, value, whether the other side says something else)."""

    heading: str
    url: str
    facts: Sequence[tuple[str, str, bool]]
    identities: Sequence[IdentityRow]
    figures: Sequence[Figure]


def why(code: str) -> tuple[str, str]:
    heading, explained = WHY.get(code, (code, ""))
    return str(heading), str(explained)


def waiting(brand_id: int) -> int:
    """How many reviews are open, counted up to a limit: for the menu."""
    return Review.objects.filter(brand_id=brand_id, state=ReviewState.OPEN)[:COUNTED_AT_MOST].count()


@permission_required(Permission.CUSTOMERS_MERGE)
@require_GET
def reviews(request: BrandRequest) -> HttpResponse:
    state = request.GET.get("state", ReviewState.OPEN)
    state = state if state in STATES else ReviewState.OPEN
    after = request.GET.get("after", "")
    found = Review.objects.filter(brand_id=request.brand.pk, state=state).order_by("pk")
    if after.isdecimal() and len(after) <= reads.LONGEST_ID:
        found = found.filter(pk__gt=int(after))
    rows = list(found[: PAGE_ROWS + 1])
    more, rows = len(rows) > PAGE_ROWS, rows[:PAGE_ROWS]
    here = reverse("reviews")
    address = here if state == ReviewState.OPEN else f"{here}?state={state}"
    joint = "?" if state == ReviewState.OPEN else "&"
    context = {
        "rows": _listed(request.brand.pk, rows),
        "open": state == ReviewState.OPEN,
        "chips": [
            Option(str(label), f"{here}?state={name}", name == state) for name, label in STATES.items()
        ],
        "pager": Pager(
            len(rows),
            f"{waiting(request.brand.pk):,}" if state == ReviewState.OPEN else "",
            first_url=address if after else "",
            next_url=f"{address}{joint}after={rows[-1].pk}" if more else "",
        ),
        "empty": Empty(
            _("Nothing to decide"),
            _(
                "When evidence ties two customers but a rule keeps them apart (a family phone, a resold "
                "number, two birthdays), the pair waits here for a person's word."
            ),
            "circle-check",
        ),
    }
    return render(request, "customers/reviews.html", context)


def _listed(brand_id: int, rows: Sequence[Review]) -> list[tuple[Review, Face, Face, str]]:
    owner = customer_ids_of(brand_id, [number for row in rows for number in (row.a_id, row.b_id)])
    known = faces(brand_id, set(owner.values()))
    return [
        (row, known[owner[row.a_id]], known[owner[row.b_id]], why(row.code)[0])
        for row in rows
        if row.a_id in owner and row.b_id in owner
    ]


@permission_required(Permission.CUSTOMERS_MERGE)
@require_GET
def review(request: BrandRequest, review_id: int) -> HttpResponse:
    found = _find(request.brand.pk, review_id)
    heading, explained = why(found.code)
    open_now = found.state == ReviewState.OPEN
    following = _next(request.brand.pk, found.pk) if open_now else None
    context = {
        "review": found,
        "why": heading,
        "explained": explained,
        "sides": _sides(request, found),
        "left": waiting(request.brand.pk) if open_now else 0,
        "state_text": "" if open_now else _said(request, found),
        "may_merge": open_now,
        "one": found.a_id == found.b_id,
        "next_url": reverse("review", args=[following.pk]) if following else "",
    }
    return render(request, "customers/review.html", context)


def _find(brand_id: int, review_id: int) -> Review:
    found = Review.objects.filter(brand_id=brand_id, pk=review_id).first()
    if found is None:
        raise Http404
    return found


def _next(brand_id: int, after: int) -> Review | None:
    """The next open review; from the beginning again after the last."""
    rows = Review.objects.filter(brand_id=brand_id, state=ReviewState.OPEN).order_by("pk")
    return rows.filter(pk__gt=after).first() or rows.exclude(pk=after).first()


def _said(request: BrandRequest, found: Review) -> str:
    return _("%(verdict)s: decided %(when)s by %(who)s.") % {
        "verdict": str(STATES[found.state]),
        "when": moment(found.decided_ms, request.brand.timezone),
        "who": found.decided_by or _("the rules"),
    }


def _sides(request: BrandRequest, found: Review) -> list[ReviewSide]:
    brand_id = request.brand.pk
    owner = customer_ids_of(brand_id, [found.a_id, found.b_id])
    pairs = list(
        dict.fromkeys((owner[number], number) for number in (found.a_id, found.b_id) if number in owner)
    )
    told = {}
    for customer_id, _subject in pairs:
        facts = profile_facts(reads.person(brand_id, customer_id), reads.members(brand_id, customer_id))
        told[customer_id] = dict(facts)
    return [_side(request, customer, subject, told) for customer, subject in pairs]


def _side(
    request: BrandRequest, customer_id: int, subject_id: int, told: Mapping[int, Mapping[str, str]]
) -> ReviewSide:
    ids = reads.members(request.brand.pk, customer_id)
    others = [facts for number, facts in told.items() if number != customer_id]
    facts = [
        (label, value, bool(value) and any(other.get(label) not in {"", value} for other in others))
        for label, value in told[customer_id].items()
        if value or any(other.get(label) for other in others)
    ]
    face = faces(request.brand.pk, [customer_id])[customer_id]
    return ReviewSide(
        f"{face.title} #{customer_id}" if face.name else face.title,
        reverse("customer", args=[customer_id]) if reads.exists(request.brand.pk, customer_id) else "",
        facts,
        identity_rows(request.brand.pk, ids, in_question=[subject_id], explained=False),
        panels.figures(request, ids),
    )


@permission_required(Permission.CUSTOMERS_MERGE)
@require_POST
def decide(request: BrandRequest, review_id: int) -> HttpResponse:
    """Answer, then on to the next. Where somebody was faster their answer stands and is shown."""
    found = _find(request.brand.pk, review_id)
    verdict = {"same": Verdict.SAME, "different": Verdict.DIFFERENT}.get(request.POST.get("verdict", ""))
    if verdict is None:
        raise Http404
    try:
        services.decide_review(request.brand.pk, found.pk, verdict, actor=request.actor)
    except Conflict as error:
        found.refresh_from_db()
        said = _said(request, found) if found.state != ReviewState.OPEN else ""
        messages.warning(request, f"{error.message} {said}".strip())
        return redirect("review", found.pk)
    following = _next(request.brand.pk, found.pk)
    if following is None:
        messages.success(request, _("That was the last one. Nothing is left to decide."))
        return redirect("reviews")
    return redirect("review", following.pk)
