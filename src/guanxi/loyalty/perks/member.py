"""A member's pages: what there is to read, the survey, and being shown to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from guanxi.customers.console.faces import faces
from guanxi.kernel.errors import Conflict, GuanxiError, Invalid, NotFound
from guanxi.loyalty.member import guards
from guanxi.loyalty.member.contracts import SECTIONS, Member, Section
from guanxi.loyalty.member.guards import member_page
from guanxi.loyalty.perks import articles, levers, recognition, texts
from guanxi.loyalty.perks.models import Article
from guanxi.loyalty.perks.names import lever_questions
from guanxi.loyalty.perks.report import LEVERS
from guanxi.platform.access import public
from guanxi.platform.language import speaking

ON_THE_CARD: Final = 3


def register() -> None:
    SECTIONS.register(Section("content", 600, "loyalty/member/content_section.html", content_section))
    SECTIONS.register(Section("survey", 150, "loyalty/member/survey_section.html", survey_section))
    SECTIONS.register(Section("featured", 700, "loyalty/member/featured_section.html", featured_section))


def content_section(member: Member) -> Mapping[str, Any] | None:
    rows = articles.for_member(member.brand, member.customer_id)
    return {"articles": [_told(member, row) for row in rows[:ON_THE_CARD]]} if rows else None


def survey_section(member: Member) -> Mapping[str, Any] | None:
    return {} if levers.is_invited(member.brand.pk, member.customer_id) else None


def featured_section(member: Member) -> Mapping[str, Any] | None:
    """Others, by their masked names; and what this member is asked or has agreed to."""
    rows = recognition.shown_to(member.brand, member.customer_id)
    known = faces(member.brand.pk, {who for _row, who in rows})
    others = [(known[who].name or _("A member"), _words(member, row)) for row, who in rows]
    mine = recognition.asked(member.brand.pk, member.customer_id)
    if not others and mine is None:
        return None
    asked = None
    if mine is not None:
        asked = {"id": mine.pk, "words": _words(member, mine), "shown": mine.state == "shown"}
    return {"others": others, "asked": asked}


@require_safe
@member_page
def listed(request: HttpRequest, member: Member) -> HttpResponse:
    rows = articles.for_member(member.brand, member.customer_id)
    context = {"articles": [_told(member, row) for row in rows]}
    return guards.page(member, "loyalty/member/content.html", context, here="card")


@require_safe
@member_page
def article(request: HttpRequest, member: Member, article_id: int) -> HttpResponse:
    try:
        row = articles.open_one(member.brand, article_id, member.customer_id, member.subject_id)
    except NotFound:
        raise Http404 from None
    english = member.tongue == "en"
    text = (row.text_en or row.text_zh) if english else (row.text_zh or row.text_en)
    context = {"article": _told(member, row), "html": texts.html(text)}
    return guards.page(member, "loyalty/member/article.html", context, here="card")


@public
@require_GET
def picture(request: HttpRequest, name: str) -> HttpResponse:
    """Never more than a picture, whatever a browser takes it for."""
    try:
        found = articles.picture(name)
    except NotFound:
        raise Http404 from None
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@member_page
def survey(request: HttpRequest, member: Member) -> HttpResponse:
    return _survey(request, member)


@require_POST
@member_page
def survey_answer(request: HttpRequest, member: Member) -> HttpResponse:
    told = {name: request.POST.get(name, "") for name in LEVERS}
    marks = {name: int(text) if text in {*"12345"} else None for name, text in told.items() if text}
    if any(text not in {"", "none", *"12345"} for text in told.values()):
        marks = {}
    try:
        levers.answer(member.brand, member.customer_id, member.subject_id, marks)
    except (Invalid, Conflict) as error:
        return _survey(request, member, refused=speaking(error), told=told)
    return HttpResponseRedirect(f"{reverse('member-survey', args=[member.brand.slug])}?done=1")


@require_POST
@member_page
def featured(request: HttpRequest, member: Member, featured_id: int) -> HttpResponse:
    """Yes or no to being shown."""
    yes = request.POST.get("say") == "yes"
    try:
        recognition.say_yes_or_no(member.brand, featured_id, member.customer_id, yes=yes)
    except NotFound:
        raise Http404 from None
    except Conflict:
        pass  # it has ended meanwhile: the card shows how it is
    return HttpResponseRedirect(reverse("member-card", args=[member.brand.slug]) + "#featured")


def _survey(
    request: HttpRequest,
    member: Member,
    refused: GuanxiError | None = None,
    told: Mapping[str, str] | None = None,
) -> HttpResponse:
    questions = [(name, text, (told or {}).get(name, "")) for name, text in lever_questions()]
    context = {
        "questions": questions,
        "marks": "12345",
        "refused": refused,
        "done": not levers.may_answer(member.brand.pk, member.customer_id),
    }
    status = refused.http_status if refused else 200
    return guards.page(member, "loyalty/member/survey.html", context, here="card", status=status)


def _told(member: Member, row: Article) -> Mapping[str, Any]:
    title = (row.title_en or row.title_zh) if member.tongue == "en" else row.title_zh
    return {"id": row.pk, "title": title, "picture": row.picture}


def _words(member: Member, row: Any) -> str:
    return str((row.words_en or row.words_zh) if member.tongue == "en" else row.words_zh)
