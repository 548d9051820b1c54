"""Customers: the list, one customer, merging and separating by hand, and the review queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers import services
from guanxi.customers.console import attributes, bulk, columns, consent, listing, panels, reads
from guanxi.customers.console.faces import Face, face_of, faces
from guanxi.customers.console.identities import (
    Side,
    identity_rows,
    members_of,
    profile_facts,
    rows_of,
)
from guanxi.customers.console.listing import Query
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.models import Customer
from guanxi.customers.tag_dictionary import names_and_origins
from guanxi.kernel.errors import Conflict
from guanxi.platform import audit
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.palette import Hit
from guanxi.ui.parts import Empty
from guanxi.ui.saved_views import listed

LONGEST_QUERY: Final = 80
FOUND_AT_MOST: Final = 50
DRAWN_SHOWN: Final = 3  # of the further customers that a merge draws in


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
@listed("customers", gettext_lazy("Customers"), Permission.CUSTOMERS_VIEW, listing.address)
def customers(request: BrandRequest) -> HttpResponse:
    brand_id = request.brand.pk
    sought = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    query = Query.from_address(request.GET.dict())
    context: dict[str, object] = {"found": sought, "chips": listing.chips(query)}
    tags, counted = names_and_origins(brand_id), ""
    if sought:
        rows = reads.in_order(brand_id, reads.search(brand_id, sought, FOUND_AT_MOST + 1))
        context["more_than"] = FOUND_AT_MOST if len(rows) > FOUND_AT_MOST else 0
        rows = rows[:FOUND_AT_MOST]
    else:
        rows, after = listing.page(brand_id, query)
        counted = listing.total(brand_id, query)
        context["pager"] = listing.pager(query, rows, after, counted)
        context |= {"cities": listing.cities(brand_id), "tags": [one[:2] for one in tags], "query": query}
        context["schemes"] = listing.schemes(brand_id)
        context["empty"] = _nobody(request) if not rows and replace(query, columns=()) == Query() else None
    known = faces(brand_id, [row.pk for row in rows])
    people = [(row, known[row.pk]) for row in rows]
    shown = columns.shown(request, query.columns)
    lines = columns.cells(request.brand, shown, people)
    context |= {
        "rows": [(*one, cells) for one, cells in zip(people, lines, strict=True)],
        "columns": columns.head(shown, query.sort, lambda word: query.url(sort=word)),
        "column_menu": columns.menu(request, shown, query.parameters),
        "may_export": request.actor.may(Permission.EXPORTS_RUN) and not sought,
    }
    context |= bulk.on_list(request, "customers", query.parameters, tags, counted)
    return render(request, "customers/list.html", context)


def _nobody(request: BrandRequest) -> Empty:
    may = request.actor.may(Permission.IMPORTS_RUN)
    return Empty(
        _("Nobody is known yet"),
        _("Customers appear by themselves once orders or member lists are brought in: each person once."),
        "users",
        _("Import a file"),
        reverse("imports-new") if may else "",
    )


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def customer(request: BrandRequest, customer_id: int) -> HttpResponse:
    found = reads.find(request.brand.pk, customer_id)
    if found.merged_into_id is not None:
        messages.info(request, _("Customer %(id)s was merged into this one.") % {"id": customer_id})
        return redirect("customer", found.merged_into_id)
    return _page(request, found, masked=True)


@permission_required(Permission.CUSTOMERS_UNMASK)
@require_POST
def unmask(request: BrandRequest, customer_id: int) -> HttpResponse:
    """The same page with personal data in full, this once; who looked is in the audit log."""
    found = reads.find(request.brand.pk, customer_id)
    audit.record(request.brand.pk, request.actor, "customer.unmasked", "customer", found.pk)
    return _page(request, found, masked=False)


def _page(request: BrandRequest, found: Customer, *, masked: bool) -> HttpResponse:
    brand_id, members = request.brand.pk, members_of(request.brand.pk, found.pk)
    ids = members.ids
    schemes = {row.id: row.scheme for row in members.rows}
    context = {
        "customer": found,
        "face": face_of(found.pk, schemes, members.opened, masked=masked),
        "figures": panels.figures(request, ids),
        "identities": rows_of(brand_id, members, masked=masked),
        "profile": profile_facts(found, ids, members.opened, masked=masked),
        "panels": [(panel.template, panel.context(request, found.pk, ids)) for panel in panels.in_order()],
        "history": reads.history(brand_id, ids),
        **attributes.context(request, ids),
        "part": consent.panel(request, found.pk, ids),
        "unmasked": not masked,
        "may_unmask": request.actor.may(Permission.CUSTOMERS_UNMASK),
        "may_merge": request.actor.may(Permission.CUSTOMERS_MERGE),
    }
    return render(request, "customers/detail.html", context)


@permission_required(Permission.CUSTOMERS_MERGE)
@require_GET
def merge_preview(request: BrandRequest, customer_id: int) -> HttpResponse:
    """What a merge would make of both, before anything is done."""
    found = reads.find(request.brand.pk, customer_id)
    other = _other(request, customer_id)
    if other is None:
        messages.error(request, _("There is no other customer with this number."))
        return redirect("customer", customer_id)
    ours, theirs = subject_ids_of(request.brand.pk, found.pk), subject_ids_of(request.brand.pk, other.pk)
    further = services.drawn_in(request.brand.pk, [found.pk, other.pk])
    drawn = {pk: subject_ids_of(request.brand.pk, pk) for pk in further[:DRAWN_SHOWN]}
    sides = [
        _side(request, _("Customer %(id)s") % {"id": found.pk}, ours),
        _side(request, _("Customer %(id)s") % {"id": other.pk}, theirs),
        *(
            _side(request, _("Drawn in: customer %(id)s") % {"id": pk}, subjects)
            for pk, subjects in drawn.items()
        ),
        _side(request, _("Together"), [*ours, *theirs, *(one for some in drawn.values() for one in some)]),
    ]
    context = {
        "customer": found,
        "title": _("Merge these two customers?"),
        "said": _(
            "They become customer %(id)s, also for facts to come. A separation later restores both exactly."
        )
        % {"id": min(found.pk, other.pk)},
        "sides": sides,
        "warning": _drawn_in(request, further),
        "action_url": reverse("customer-merge", args=[customer_id]),
        "hidden": [("other", other.pk)],
        "button": _("Merge"),
    }
    return render(request, "customers/consequence.html", context)


def _drawn_in(request: BrandRequest, further: Sequence[int]) -> str:
    """Who else a merge makes part of the same person, by name; nothing where there is nobody."""
    if not further:
        return ""
    known = faces(request.brand.pk, further[:DRAWN_SHOWN])
    names = [
        f"{known[pk].name} (#{pk})" if pk in known and known[pk].name else f"#{pk}"
        for pk in further[:DRAWN_SHOWN]
    ]
    said = ngettext(
        "This also draws in %(names)s: what kept this customer apart falls with the merge.",
        "This also draws in %(names)s: what kept these %(n)s customers apart falls with the merge.",
        len(further),
    )
    more = " …" if len(further) > DRAWN_SHOWN else ""
    return said % {"names": _(", ").join(names) + more, "n": len(further)}


@permission_required(Permission.CUSTOMERS_MERGE)
@require_POST
def merge(request: BrandRequest, customer_id: int) -> HttpResponse:
    found = reads.find(request.brand.pk, customer_id)
    other = _other(request, customer_id)
    if other is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()
    changed = services.merge(request.brand.pk, [found.pk, other.pk], actor=request.actor, reason=reason)
    messages.success(request, _("The two customers are one now."))
    return redirect("customer", changed.customer_id)


def _other(request: BrandRequest, customer_id: int) -> Customer | None:
    """The living customer of this brand that the form names, if it is another one."""
    text = (request.POST if request.method == "POST" else request.GET).get("other", "").strip().lstrip("#")
    if not text.isdecimal() or len(text) > 18 or int(text) == customer_id:
        return None
    return Customer.objects.filter(
        brand_id=request.brand.pk, pk=int(text), merged_into_id__isnull=True
    ).first()


@permission_required(Permission.CUSTOMERS_MERGE)
@require_POST
def unmerge_preview(request: BrandRequest, customer_id: int) -> HttpResponse:
    """What taking the ticked identities out would leave on each side, in numbers."""
    found = reads.find(request.brand.pk, customer_id)
    ours = subject_ids_of(request.brand.pk, found.pk)
    leaving = _ticked(request, ours)
    staying = [subject for subject in ours if subject not in leaving]
    if not leaving or not staying:
        messages.error(request, _("Tick some of the identities, not all and not none."))
        return redirect("customer", customer_id)
    context = {
        "customer": found,
        "title": _("Take these identities out?"),
        "said": _(
            "They become a customer of their own, also for facts to come. A merge later restores this one."
        ),
        "sides": [
            _side(request, _("Stays"), staying),
            _side(request, _("Becomes a customer of its own"), leaving),
        ],
        "action_url": reverse("customer-unmerge", args=[customer_id]),
        "hidden": [("subject", subject) for subject in leaving],
        "button": _("Separate"),
    }
    return render(request, "customers/consequence.html", context)


@permission_required(Permission.CUSTOMERS_MERGE)
@require_POST
def unmerge(request: BrandRequest, customer_id: int) -> HttpResponse:
    found = reads.find(request.brand.pk, customer_id)
    leaving = _ticked(request, subject_ids_of(request.brand.pk, found.pk))
    if len(leaving) != len(request.POST.getlist("subject")):
        raise Conflict(
            _("Some of these identities no longer belong to this customer."),
            remedy=_("Look at the customer again."),
        )
    reason = request.POST.get("reason", "").strip()
    services.unmerge(request.brand.pk, found.pk, leaving, actor=request.actor, reason=reason)
    messages.success(request, _("The identities are separate now."))
    return redirect("customer", customer_id)


def _ticked(request: BrandRequest, subject_ids: Sequence[int]) -> list[int]:
    wanted = set(request.POST.getlist("subject"))
    return [subject for subject in subject_ids if str(subject) in wanted]


def _side(request: BrandRequest, heading: str, subject_ids: Sequence[int]) -> Side:
    return Side(heading, identity_rows(request.brand.pk, subject_ids), panels.figures(request, subject_ids))


def find_customers(request: BrandRequest, text: str) -> list[Hit]:
    """For the command palette."""
    brand_id = request.brand.pk
    rows = reads.in_order(brand_id, reads.search(brand_id, text, 8))
    known = faces(brand_id, [row.pk for row in rows])
    return [_hit(known[row.pk]) for row in rows]


def _hit(face: Face) -> Hit:
    return Hit(face.title, reverse("customer", args=[face.customer_id]), face.phone or f"#{face.customer_id}")
