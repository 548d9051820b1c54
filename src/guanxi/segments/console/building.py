"""The builder: draw what the form says, show what it would do, save it, also where two do so at once."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.customers.console.faces import faces
from guanxi.kernel.conditions import dump, parse
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.people import actor_name
from guanxi.platform.roles import Permission
from guanxi.segments import previews, queries, services
from guanxi.segments.console import builder, draft
from guanxi.segments.console.builder import Asked
from guanxi.segments.console.draft import Done, Group
from guanxi.segments.console.examples import EXAMPLES
from guanxi.segments.models import Segment
from guanxi.warehouse import queries as warehouse

SAMPLE: Final = 8


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    """An empty builder, or one that begins with an example."""
    example = EXAMPLES.get(request.GET.get("example", ""))
    asked = Asked(Group(), done=Done(picking=draft.ROOT))
    if example is not None:
        asked = Asked(draft.from_data(example.condition), str(example.name))
    return _page(request, asked, None)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def edit(request: BrandRequest, segment_id: int) -> HttpResponse:
    segment = services.find(request.brand.pk, segment_id)
    root = builder.of_condition(parse(segment.condition, stored=True))
    return _page(request, Asked(root, segment.name, segment.description, segment.version), segment)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The form again after a button or a field: with a script the part that changes, else the whole page."""
    segment = _segment(request)
    asked = Asked.from_form(request.POST, request.brand)
    action, json_error = request.POST.get("do", ""), ""
    if action == "json":
        json_error = builder.from_json(asked)
    else:
        asked.act(action)
    return _page(request, asked, segment, json_error=json_error)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """How many customers it holds of, and some of them, from the lake."""
    segment = _segment(request)
    asked = Asked.from_form(request.POST, request.brand)
    judged = builder.judge(request.brand, asked.root, segment.pk if segment else None)
    context: dict[str, Any] = {"judged": judged, "preview": None, "problem": judged.problem}
    if judged.condition is not None:
        try:
            found = previews.preview(request.brand, judged.condition, sample=SAMPLE)
        except GuanxiError as error:
            context["problem"] = speaking(error)
        else:
            known = faces(request.brand.pk, found.sample)
            context |= {
                "preview": found,
                "sentence": found.sentence_zh if tongue().is_chinese else found.sentence_en,
                "sample": [known[customer] for customer in found.sample],
                "behind": warehouse.is_behind(request.brand),
            }
    return render(request, "segments/effect.html", context)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    return _save(request, None)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def save(request: BrandRequest, segment_id: int) -> HttpResponse:
    return _save(request, services.find(request.brand.pk, segment_id))


def _save(request: BrandRequest, segment: Segment | None) -> HttpResponse:
    asked = Asked.from_form(request.POST, request.brand)
    judged = builder.judge(request.brand, asked.root, segment.pk if segment else None)
    if judged.condition is None:
        return _page(request, asked, segment, status=422, problem=judged.problem)
    given: dict[str, Any] = {"name": asked.name, "description": asked.description, "actor": request.actor}
    try:
        if segment is None:
            segment_id = services.create(request.brand, condition=judged.condition, **given)
        else:
            segment_id = segment.pk
            changed = None if _is_unchanged(segment, judged.condition) else judged.condition
            services.save(request.brand, segment_id, asked.version, condition=changed, **given)
    except GuanxiError as error:
        return _refused(request, asked, segment, speaking(error))
    messages.success(request, _("The segment is saved; its members follow within moments."))
    target = reverse("segment", args=[segment_id])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _is_unchanged(segment: Segment, condition: Any) -> bool:
    """Whether it is what is stored, written perhaps in the builder's way."""
    stored = draft.from_data(dump(parse(segment.condition, stored=True)))
    return draft.to_data(stored) == dump(condition)


def _refused(
    request: BrandRequest, asked: Asked, segment: Segment | None, error: GuanxiError
) -> HttpResponse:
    """The page with what was typed kept. Where somebody saved meanwhile both versions are shown, and saving
    again puts this one over the other."""
    status = error.http_status
    if isinstance(error, Conflict) and "version" in error.data and segment is not None:
        theirs = queries.detail(request.brand, segment.pk)
        asked.version = theirs.row.version
        conflict = {
            "name": theirs.row.name,
            "sentence": theirs.sentence_zh if tongue().is_chinese else theirs.sentence_en,
            "actor": actor_name(theirs.versions[0].actor) if theirs.versions else "",
            "at_ms": theirs.row.changed_ms,
        }
        return _page(request, asked, segment, status=status, conflict=conflict)
    return _page(request, asked, segment, status=status, problem=error)


def _segment(request: BrandRequest) -> Segment | None:
    """The segment that the form changes; None for a new one. Raises NotFound."""
    number = request.POST.get("segment", "")
    if not number:
        return None
    return services.find(request.brand.pk, int(number) if number.isdecimal() and len(number) < 19 else 0)


def _page(
    request: BrandRequest,
    asked: Asked,
    segment: Segment | None,
    *,
    status: int = 200,
    json_error: str = "",
    problem: GuanxiError | None = None,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    shown = builder.page(request.brand, asked, segment.pk if segment else None, json_error)
    problem = problem or shown.judged.problem
    context = {
        "page": shown,
        "segment": segment,
        "problem": problem,
        "problem_field": problem.data.get("field", "") if problem else "",
        "conflict": conflict,
        "tried": status == 422,
        "draw_url": reverse("segment-draw"),
        "save_url": reverse("segment-save", args=[segment.pk]) if segment else reverse("segment-create"),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "segments/builder_body.html" if partial else "segments/builder.html"
    return render(request, template, context, status=status)
