"""Articles in the console: the list, and the editor with what members would read beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty import audience
from guanxi.loyalty.perks import articles, texts
from guanxi.loyalty.perks.articles import Wanted
from guanxi.loyalty.perks.models import Article
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Badge, Empty

_MARKDOWN = gettext_lazy("Markdown: # heading, **bold**, - list, > quote, [link](https://…). No HTML.")


class ArticleForm(forms.Form):
    title_zh = forms.CharField(label=gettext_lazy("Title in Chinese"), max_length=80)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=80, required=False)
    text_zh = forms.CharField(
        label=gettext_lazy("Text in Chinese"),
        required=False,
        max_length=20_000,
        help_text=_MARKDOWN,
        widget=forms.Textarea({"rows": 8}),
    )
    text_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
    )
    picture = forms.FileField(
        label=gettext_lazy("Picture of the article"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, at most 200 KB. Empty keeps the one there is."),
    )
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    audience = forms.CharField(
        label=gettext_lazy("Who may read it"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("A condition as JSON, as a segment's page shows it. Empty: every member."),
        widget=forms.Textarea({"rows": 3, "class": "mono", "spellcheck": "false"}),
    )
    published = forms.BooleanField(label=gettext_lazy("Published"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def wanted(self, brand: Brand) -> Wanted:
        """Raises Invalid for an audience that is none."""
        given: dict[str, Any] = {
            name: self.cleaned_data[name] for name in Wanted._fields if name not in ("audience", "picture")
        }
        file = self.cleaned_data["picture"]
        content = file.read(201 * 1024) if file else None
        return Wanted(
            **given, audience=audience.read(brand.pk, self.cleaned_data["audience"]), picture=content
        )


@permission_required(Permission.PROGRAMME_VIEW)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    may_edit = request.actor.may(Permission.PROGRAMME_MANAGE)
    empty = Empty(
        _("No article yet"),
        _("Something to read that not everybody gets: care advice, a story of the house, a first look."),
        "message",
        _("New article") if may_edit else "",
        reverse("article-new"),
    )
    rows = [
        {
            "row": row,
            "opened": opened,
            "badge": Badge(_("Published"), "good") if row.published else Badge(_("Draft")),
            "audience": audience.said(request.brand.pk, row.audience, tongue()),
        }
        for row, opened in articles.listed(request.brand.pk)
    ]
    context = {"rows": rows, "empty": None if rows else empty, "may_edit": may_edit}
    return render(request, "loyalty/articles.html", context)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    return _page(request, None, ArticleForm())


@permission_required(Permission.PROGRAMME_MANAGE)
@require_GET
def edit(request: BrandRequest, article_id: int) -> HttpResponse:
    row = articles.find(request.brand.pk, article_id)
    known = {name: getattr(row, name) for name in (*Wanted._fields, "version") if name != "picture"}
    known["audience"] = audience.written(row.audience)
    return _page(request, row, ArticleForm(initial=known))


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    return _save(request, None)


@permission_required(Permission.PROGRAMME_MANAGE)
@require_POST
def save(request: BrandRequest, article_id: int) -> HttpResponse:
    return _save(request, articles.find(request.brand.pk, article_id))


def _save(request: BrandRequest, row: Article | None) -> HttpResponse:
    """Keep it, or with `do=look` only show how it would read."""
    form = ArticleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    if request.POST.get("do") == "look":
        return _page(request, row, form)
    try:
        wanted = form.wanted(request.brand)
        if row is None:
            articles.create(request.brand, wanted, actor=request.actor)
        else:
            version = form.cleaned_data["version"] or 0
            articles.save(request.brand, row.pk, version, wanted, actor=request.actor)
    except GuanxiError as error:
        field = str(error.data.get("field", ""))
        form.add_error(field if field in form.fields else None, str(speaking(error)))
        return _page(request, row, form, status=error.http_status)
    messages.success(request, _("The article is saved."))
    return redirect("articles")


def _page(
    request: BrandRequest, row: Article | None, form: ArticleForm, *, status: int = 200
) -> HttpResponse:
    beside = [
        (
            form[f"title_{language}"].value() or "",
            texts.html(str(form[f"text_{language}"].value() or "")[:20_000]),
        )
        for language in ("zh", "en")
    ]
    context = {
        "row": row,
        "form": form,
        "beside": [one for one in beside if one[0] or one[1]],
        "url": reverse("article-save", args=[row.pk]) if row else reverse("article-create"),
    }
    return render(request, "loyalty/article_form.html", context, status=status)
