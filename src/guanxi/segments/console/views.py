"""Segments: the list, one of them, why a customer is in it, how several overlap, and what is done to them."""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console import bulk
from guanxi.customers.console import reads as customers
from guanxi.customers.console.faces import faces
from guanxi.customers.tag_dictionary import names_and_origins
from guanxi.kernel.errors import GuanxiError, Limit, NotFound
from guanxi.platform import audit, people
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.roles import Permission
from guanxi.segments import exporting, previews, queries
from guanxi.segments.console import changing, listing, overlap, page, reads, why
from guanxi.segments.console.examples import EXAMPLES
from guanxi.segments.console.labels import CHANGES, OTHER_LANGUAGE, badges, reference
from guanxi.segments.console.listing import Query
from guanxi.segments.contracts import SegmentDetail
from guanxi.ui.figures import number
from guanxi.ui.palette import Hit
from guanxi.ui.parts import Empty, Pager, table_response
from guanxi.ui.saved_views import listed

MEMBERS_SHOWN: Final = 15
FOUND_AT_MOST: Final = 12
EXPORTED_AT_ONCE: Final = 200_000


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
@listed("segments", gettext_lazy("Segments"), Permission.SEGMENTS_VIEW, listing.address)
def segments(request: BrandRequest) -> HttpResponse:
    query = Query.from_address(request.GET.dict())
    rows, pager, every = listing.page(request.brand, query)
    put_away = reads.archived(request.brand.pk)
    context = {
        "rows": rows,
        "pager": pager,
        "query": query,
        "columns": listing.columns(query),
        "chips": listing.chips(query, put_away),
        "may_manage": request.actor.may(Permission.SEGMENTS_MANAGE),
        "empty": _none_yet(request) if not every and not put_away else None,
        "examples": [(name, example.name) for name, example in EXAMPLES.items()],
        "every": every,
    }
    return render(request, "segments/list.html", context)


def _none_yet(request: BrandRequest) -> Empty:
    may = request.actor.may(Permission.SEGMENTS_MANAGE)
    return Empty(
        _("Say once whom you mean, and it stays true"),
        _(
            "A segment is a description of customers, such as “bought three times, but not for 90 days”. Who "
            "fits is in it within a second of the touchpoint that makes them fit, and out of it as fast."
        ),
        "filter",
        _("Begin with regulars who are slipping away"),
        reverse("segment-new") + "?example=slipping" if may else "",
    )


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def segment(request: BrandRequest, segment_id: int) -> HttpResponse:
    brand = request.brand
    detail = queries.detail(brand, segment_id)
    chinese = tongue().is_chinese
    context: dict[str, Any] = {
        "detail": detail,
        "row": detail.row,
        "badges": badges(detail.row),
        "figures": page.figures(brand, detail),
        "chart": page.history(detail),
        "sentence": detail.sentence_zh if chinese else detail.sentence_en,
        "other_sentence": detail.sentence_en if chinese else detail.sentence_zh,
        "other_language": OTHER_LANGUAGE[chinese][0],
        "other_label": OTHER_LANGUAGE[chinese][1],
        "used_by": [reference(one) for one in detail.used_by],
        "uses": detail.uses,
        "owner": people.actor_name(detail.row.owner),
        "versions": _versions(detail),
        "may_manage": request.actor.may(Permission.SEGMENTS_MANAGE),
        "may_export": request.actor.may(Permission.EXPORTS_RUN),
        "export_query": {"segment": str(segment_id)},
        "may_export_phones": request.actor.may(Permission.EXPORTS_PERSONAL),
        "changes": changing.offered(detail.row),
    }
    query = {"segment": str(segment_id)}
    size = number(detail.row.size) if detail.row.ready and detail.row.size else ""
    context |= bulk.on_list(request, "segment", query, names_and_origins(brand.pk), size)
    return render(request, "segments/segment.html", context | _members(request, detail))


def _members(request: BrandRequest, detail: SegmentDetail) -> dict[str, Any]:
    """A page of members, masked."""
    text = request.GET.get("after", "")
    after = int(text) if text.isdecimal() and len(text) < 19 else 0
    found = queries.members(request.brand, detail.row.id, after=after, limit=MEMBERS_SHOWN)
    known = faces(request.brand.pk, found.customer_ids)
    here = reverse("segment", args=[detail.row.id])
    return {
        "members": [known[customer] for customer in found.customer_ids],
        "pager": Pager(
            len(found.customer_ids),
            number(detail.row.size),
            f"{here}#members" if after else "",
            f"{here}?after={found.after}#members" if found.after else "",
        ),
    }


def _versions(detail: SegmentDetail) -> list[tuple[str, str, int, int]]:
    """What was done to it, by whom and when, the newest first."""
    names = people.actor_names(one.actor for one in detail.versions)
    return [
        (str(CHANGES.get(one.what, one.what)), names[one.actor], one.at_ms, one.version)
        for one in detail.versions
    ]


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def composition(request: BrandRequest, segment_id: int) -> HttpResponse:
    """The part of the page that is asked of the lake, fetched when the rest is there."""
    detail = queries.detail(request.brand, segment_id)
    context: dict[str, Any] = {"row": detail.row, "found": None, "problem": None}
    try:
        context["found"] = page.composition(previews.composition(request.brand, segment_id))
    except GuanxiError as error:
        context["problem"] = speaking(error)
    return render(request, "segments/composition.html", context)


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def composition_csv(request: BrandRequest, segment_id: int) -> HttpResponse:
    found = previews.composition(request.brand, segment_id)
    audit.record(request.brand.pk, request.actor, "segment.composition_exported", "segment", segment_id)
    return table_response(f"segment-{segment_id}-composition.csv", page.composition_table(found))


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def history_csv(request: BrandRequest, segment_id: int) -> HttpResponse:
    """Sizes by day: nobody in person."""
    chart = page.history(queries.detail(request.brand, segment_id))
    return table_response(f"segment-{segment_id}-history.csv", chart.table)


@permission_required(Permission.EXPORTS_RUN)
@require_POST
def export(request: BrandRequest, segment_id: int) -> HttpResponse:
    """The members as CSV, with `digest` their hashed phones; who may, and the audit entry, are its own."""
    digest = request.POST.get("digest", "")
    detail = queries.detail(request.brand, segment_id)
    if detail.row.size > EXPORTED_AT_ONCE:
        raise Limit(
            _("A segment of more than %(most)s members is too large for a page.")
            % {"most": number(EXPORTED_AT_ONCE)},
            remedy=_("Export it with the command “guanxi segments export”."),
        )
    sink = BytesIO()
    hashes = [digest] if digest else []
    exporting.write(request.brand, segment_id, sink, hashes=hashes, actor=request.actor)
    response = HttpResponse(sink.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="segment-{segment_id}.csv"'
    return response


# ---------------------------------------------------------------- why


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def why_page(request: BrandRequest, segment_id: int) -> HttpResponse:
    """One customer against the condition; whoever is looked for by name may be several."""
    detail = queries.detail(request.brand, segment_id)
    sought = request.GET.get("q", "").strip()[:80]
    number_given = request.GET.get("customer", "")
    context: dict[str, Any] = {"row": detail.row, "sought": sought, "found": [], "why": None}
    ids = customers.search(request.brand.pk, sought, FOUND_AT_MOST) if sought else []
    if number_given.isdecimal() and len(number_given) < 19:
        ids = [int(number_given)]
    if len(ids) == 1:
        context |= _why(request, segment_id, ids[0])
    elif ids:
        known = faces(request.brand.pk, ids)
        context["found"] = [known[customer] for customer in ids]
    return render(request, "segments/why.html", context)


def _why(request: BrandRequest, segment_id: int, customer_id: int) -> dict[str, Any]:
    try:
        found = queries.why(request.brand, segment_id, customer_id)
    except NotFound as missing:
        raise Http404 from missing
    return {
        "why": found,
        "tree": why.tree(request.brand, found),
        "face": faces(request.brand.pk, [found.customer_id])[found.customer_id],
        "differs": found.member != found.explained.holds,
    }


# ---------------------------------------------------------------- overlap


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def overlap_page(request: BrandRequest) -> HttpResponse:
    chosen = _chosen(request)
    context: dict[str, Any] = {"names": _chosen_first(request, chosen), "chosen": chosen, "view": None}
    if len(chosen) > overlap.MOST:
        context["refused"] = _("Choose two to %(most)s segments.") % {"most": overlap.MOST}
    elif len(chosen) >= 2:
        context["view"] = overlap.view(request.brand, chosen)
    return render(request, "segments/overlap.html", context)


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def overlap_csv(request: BrandRequest) -> HttpResponse:
    """Sums alone: nobody in person."""
    found = queries.overlap(request.brand, _chosen(request))
    return table_response("overlap.csv", overlap.table(found))


def _chosen_first(request: BrandRequest, chosen: list[int]) -> list[tuple[int, str]]:
    """The names to choose from: of a long list one sees what is ticked."""
    return sorted(reads.names(request.brand.pk), key=lambda one: one[0] not in chosen)


def _chosen(request: BrandRequest) -> list[int]:
    words = [word for word in request.GET.getlist("s") if word.isdecimal() and len(word) < 19]
    return list(dict.fromkeys(int(word) for word in words))[: overlap.MOST + 1]


# ---------------------------------------------------------------- what is done to it


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def change_preview(request: BrandRequest, segment_id: int, what: str) -> HttpResponse:
    """What a change would do, in numbers, before it is done."""
    detail = queries.detail(request.brand, segment_id)
    change = changing.consequence(request.brand, detail, what)
    return render(request, "segments/change.html", {"row": detail.row, "change": change, "refused": None})


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def change(request: BrandRequest, segment_id: int, what: str) -> HttpResponse:
    try:
        done = changing.do(request.brand, segment_id, what, request.POST, request.actor)
    except NotFound:
        raise
    except GuanxiError as error:
        detail = queries.detail(request.brand, segment_id)
        context = {
            "row": detail.row,
            "change": changing.consequence(request.brand, detail, what),
            "refused": speaking(error),
        }
        return render(request, "segments/change.html", context, status=error.http_status)
    messages.success(request, done)
    return redirect("segments" if what == "delete" else reverse("segment", args=[segment_id]))


def find_segments(request: BrandRequest, text: str) -> list[Hit]:
    """For the command palette."""
    rows = reads.named_like(request.brand.pk, text, 6)
    return [
        Hit(name, reverse("segment", args=[pk]), _("%(n)s members") % {"n": number(size)})
        for pk, name, size in rows
    ]
