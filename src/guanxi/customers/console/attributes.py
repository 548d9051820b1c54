"""Tags, preferences and stores: their dictionaries, and what a customer's page shows and takes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.customers import answers, services
from guanxi.customers import preferences as preference_reads
from guanxi.customers import stores as store_reads
from guanxi.customers.console import reads
from guanxi.customers.console.attribute_forms import (
    CHOICE_TYPES,
    AnswersForm,
    FieldForm,
    StoresForm,
    TagForm,
    choices_of,
    refused,
)
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.preferences import Definition, Statement
from guanxi.customers.tag_dictionary import Origin, dictionary
from guanxi.customers.tags import tags_of_and_others
from guanxi.kernel.errors import GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.roles import Permission
from guanxi.ui.parts import Empty


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


# ---------------------------------------------------------------- one customer


def context(request: BrandRequest, subject_ids: Collection[int]) -> dict[str, object]:
    """What the page of a customer shows: its tags, those that can be added, and its answers."""
    brand_id = request.brand.pk
    may_tag = request.actor.may(Permission.CUSTOMERS_TAG)
    carried, others = tags_of_and_others(brand_id, subject_ids)
    fields = preference_reads.definitions(brand_id)
    return {
        "tags": [(tag, may_tag and tag.origin != Origin.RULE) for tag in carried],
        "addable": others if may_tag else [],
        "answers": _told(fields, brand_id, subject_ids),
        "fields": fields,
        "may_tag": may_tag,
    }


def _told(
    fields: Collection[Definition], brand_id: int, subject_ids: Collection[int]
) -> list[tuple[str, str, preference_reads.Answer]]:
    """(label, answer as people read it, the answer) of the fields in use that have one."""
    found = preference_reads.answers_of(brand_id, subject_ids)
    chinese = _chinese()
    return [
        (
            field.label(chinese=chinese),
            _words(field, found[field.id].text, chinese=chinese),
            found[field.id],
        )
        for field in fields
        if field.id in found
    ]


def _words(field: Definition, text: str, *, chinese: bool) -> str:
    if field.type is answers.FieldType.BOOLEAN:
        return _("Yes") if text == "true" else _("No")
    return answers.told(field.type, field.choices, text, chinese=chinese)


@permission_required(Permission.CUSTOMERS_TAG)
@require_POST
def customer_tags(request: BrandRequest, customer_id: int) -> HttpResponse:
    """Put one tag on the customer, or take one off."""
    found = reads.find(request.brand.pk, customer_id)
    added, removed = request.POST.get("add", "").strip(), request.POST.get("remove", "").strip()
    if added:
        done = services.add_tags(request.brand.pk, [added], [found.pk], actor=request.actor)
        if not done.changed:
            messages.info(request, _("The customer has this tag already, or took it off for good."))
    if removed:
        services.remove_tags(request.brand.pk, [removed], [found.pk], actor=request.actor)
    return redirect("customer", customer_id)


@permission_required(Permission.CUSTOMERS_TAG)
@require_http_methods(["GET", "POST"])
def customer_preferences(request: BrandRequest, customer_id: int) -> HttpResponse:
    """What the customer says, to be noted or corrected."""
    found = reads.find(request.brand.pk, customer_id)
    fields = preference_reads.definitions(request.brand.pk)
    known = preference_reads.answers_of(request.brand.pk, subject_ids_of(request.brand.pk, found.pk))
    form = AnswersForm(fields, known, request.POST or None, chinese=_chinese())
    if request.method == "POST" and form.is_valid():
        given = [Statement(found.pk, name, value) for name, value in form.changed_answers().items()]
        try:
            services.state_preferences(request.brand.pk, given, source="console", actor=request.actor)
        except GuanxiError as error:
            refused(form, error)
        else:
            messages.success(request, _("Noted."))
            return redirect("customer", customer_id)
    return render(
        request, "customers/customer_preferences.html", {"customer": found, "form": form, "fields": fields}
    )


# ---------------------------------------------------------------- the dictionaries


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def tags(request: BrandRequest) -> HttpResponse:
    return _tags_page(request, TagForm(initial=_tag_named(request)))


def _tag_named(request: BrandRequest) -> dict[str, Any]:
    """The tag that is to be changed, for the form."""
    name = request.GET.get("tag", "")
    found = (entry for entry in dictionary(request.brand.pk) if name and entry.name == name)
    return next((entry._asdict() for entry in found), {})


def _tags_page(request: BrandRequest, form: TagForm) -> HttpResponse:
    return render(
        request,
        "customers/tags.html",
        {
            "rows": dictionary(request.brand.pk),
            "origins": dict(TagForm.ORIGINS),
            "form": form,
            "may_define": request.actor.may(Permission.CUSTOMERS_DEFINE),
            "empty": Empty(
                _("No tags yet"),
                _("A tag is a word that people, files or rules put on customers, such as “VIP”."),
                "filter",
            ),
        },
        status=422 if form.errors else 200,
    )


@permission_required(Permission.CUSTOMERS_DEFINE)
@require_POST
def define_tag(request: BrandRequest) -> HttpResponse:
    form = TagForm(request.POST)
    if form.is_valid():
        try:
            services.define_tag(request.brand.pk, **form.details(), actor=request.actor)
        except GuanxiError as error:
            refused(form, error)
        else:
            messages.success(request, _("The dictionary has it."))
            return redirect("tags")
    return _tags_page(request, form)


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def preferences(request: BrandRequest) -> HttpResponse:
    name = request.GET.get("field", "")
    found = (one for one in preference_reads.definitions(request.brand.pk, archived=True) if one.name == name)
    return _preferences_page(request, FieldForm(initial=FieldForm.of(next(found, None))))


def _preferences_page(request: BrandRequest, form: FieldForm) -> HttpResponse:
    chinese = _chinese()
    fields = preference_reads.definitions(request.brand.pk, archived=True)
    return render(
        request,
        "customers/preferences.html",
        {
            "rows": [
                (
                    field,
                    field.label(chinese=chinese),
                    [choice.zh if chinese else choice.en for choice in field.choices],
                )
                for field in fields
            ],
            "types": dict(FieldForm.TYPES),
            "form": form,
            "may_define": request.actor.may(Permission.CUSTOMERS_DEFINE),
            "empty": Empty(
                _("Nothing is asked yet"),
                _("A preference field is a question that customers answer once and everybody then knows."),
                "help",
            ),
        },
        status=422 if form.errors else 200,
    )


@permission_required(Permission.CUSTOMERS_DEFINE)
@require_POST
def define_preference(request: BrandRequest) -> HttpResponse:
    form = FieldForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        written = given.pop("choices")
        given["choices"] = choices_of(written) if given["type"] in CHOICE_TYPES or written.strip() else None
        try:
            services.define_preference(request.brand.pk, given.pop("name"), **given, actor=request.actor)
        except GuanxiError as error:
            refused(form, error)
        else:
            messages.success(request, _("Customers can be asked this now."))
            return redirect("preferences")
    return _preferences_page(request, form)


# ---------------------------------------------------------------- stores


@permission_required(Permission.CUSTOMERS_VIEW)
@require_GET
def stores(request: BrandRequest) -> HttpResponse:
    return _stores_page(request, StoresForm())


def _stores_page(request: BrandRequest, form: StoresForm) -> HttpResponse:
    return render(
        request,
        "customers/stores.html",
        {
            "rows": store_reads.stores(request.brand.pk),
            "cities": store_reads.city_rules(request.brand.pk),
            "form": form,
            "may_define": request.actor.may(Permission.CUSTOMERS_DEFINE),
            "empty": Empty(
                _("No stores yet"),
                _("Where the stores are says who lives near one."),
                "map-pin",
            ),
        },
        status=422 if form.errors else 200,
    )


@permission_required(Permission.CUSTOMERS_DEFINE)
@require_POST
def set_stores(request: BrandRequest) -> HttpResponse:
    """Rows pasted from a sheet, header first: of stores, or of cities, which then replace the brand's own."""
    form = StoresForm(request.POST)
    if form.is_valid():
        rows = _pasted(form.cleaned_data["rows"])
        try:
            if form.cleaned_data["what"] == "stores":
                services.set_stores(request.brand.pk, rows, actor=request.actor)
            else:
                services.set_city_rules(request.brand.pk, rows, actor=request.actor)
        except GuanxiError as error:
            refused(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("stores")
    return _stores_page(request, form)


def _pasted(text: str) -> list[dict[str, str]]:
    """Cells are parted by tabs, as a sheet copies them, or by commas; further cells than the header has are
    refused by the service, as a column without a name."""
    tabbed = "\t" in text.partition("\n")[0]
    rows = csv.DictReader(
        io.StringIO(text.strip()), delimiter="\t" if tabbed else ",", restval="", restkey="?"
    )
    return [{str(name).strip(): str(cell) for name, cell in row.items()} for row in rows]


@permission_required(Permission.CUSTOMERS_DEFINE)
@require_POST
def remove_store(request: BrandRequest) -> HttpResponse:
    services.remove_store(request.brand.pk, request.POST.get("code", ""), actor=request.actor)
    messages.success(request, _("The store is removed."))
    return redirect("stores")
