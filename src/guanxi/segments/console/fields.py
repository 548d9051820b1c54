"""Computed fields: the list, a form of one that is drawn as the builder is, and taking one away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.conditions import LEAVES, ConditionInvalid, Tongue
from guanxi.kernel.errors import Conflict, GuanxiError, NotFound
from guanxi.kernel.money import symbol
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.roles import Permission
from guanxi.segments import computed
from guanxi.segments.computed import Aggregate, Field
from guanxi.segments.console import draft
from guanxi.segments.console.builder import fault_of
from guanxi.segments.console.controls import NO_FAULT, Builder, Control
from guanxi.segments.console.draft import Ask, Group
from guanxi.segments.console.reading import values_of
from guanxi.touchpoints.conditions.keys import Of
from guanxi.ui.parts import Empty

# The facts of a field are chosen as those of this question are.
FACTS: Final = "behaviour.did"
NODE: Final = "r.0"
PARTS: Final = ("kinds", "within", "where")
AGGREGATES: Final = {
    Aggregate.COUNT: gettext_lazy("How often"),
    Aggregate.SUM: gettext_lazy("Total"),
    Aggregate.AVERAGE: gettext_lazy("Average"),
    Aggregate.LEAST: gettext_lazy("Least"),
    Aggregate.GREATEST: gettext_lazy("Greatest"),
}
MEASURES: Final = {
    Of.AMOUNT_FEN: gettext_lazy("Amount"),
    Of.NET_FEN: gettext_lazy("Amount after refunds"),
    Of.QUANTITY: gettext_lazy("Pieces"),
}
EXAMPLE: Final = {
    "aggregate": "sum",
    "of": "net_fen",
    "kinds": ["order.paid", "order.refunded"],
    "within": {"days": 90},
}


@dataclass(slots=True)
class Typed:
    """What the form holds. `version` is the one that was read; 0 for a new field."""

    name: str = ""
    label_zh: str = ""
    label_en: str = ""
    description: str = ""
    version: int = 0
    aggregate: str = Aggregate.COUNT.value
    of: str = Of.AMOUNT_FEN.value
    facts: Ask = field(default_factory=lambda: Ask(FACTS))

    @classmethod
    def of_spec(cls, spec: Any, **known: Any) -> Typed:
        facts = Ask(FACTS, {part: spec[part] for part in PARTS if part in spec})
        chosen = spec.get("aggregate", Aggregate.COUNT), spec.get("of", Of.AMOUNT_FEN)
        return cls(**known, aggregate=str(chosen[0]), of=str(chosen[1]), facts=facts)

    @classmethod
    def of_field(cls, known: Field) -> Typed:
        words = ("name", "label_zh", "label_en", "description", "version")
        return cls.of_spec(known.spec, **{word: getattr(known, word) for word in words})

    @classmethod
    def of_form(cls, form: QueryDict, brand: Any) -> Typed:
        given = values_of(LEAVES[FACTS], form, brand, NODE)
        spec: dict[str, Any] = {part: given[part] for part in PARTS if part in given}
        spec |= {"aggregate": form.get("aggregate", ""), "of": form.get("of", Of.AMOUNT_FEN)}
        version = form.get("version", "")
        return cls.of_spec(
            spec,
            name=form.get("field", "").strip()[:60],
            label_zh=form.get("label_zh", "").strip()[:60],
            label_en=form.get("label_en", "").strip()[:60],
            description=form.get("description", "").strip()[:300],
            version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )

    @property
    def counts(self) -> bool:
        return self.aggregate == Aggregate.COUNT

    def spec(self) -> dict[str, Any]:
        measured = {} if self.counts else {"of": self.of}
        return {"aggregate": self.aggregate, **measured, **self.facts.values}


@permission_required(Permission.SEGMENTS_VIEW)
@require_GET
def listed(request: BrandRequest) -> HttpResponse:
    """Every field, what it measures and who uses it."""
    speaking_in, users = tongue(currency=request.brand.currency), computed.users(request.brand.pk)
    may = request.actor.may(Permission.SEGMENTS_MANAGE)
    rows = [
        (
            one,
            speaking_in.label(one.label_zh, one.label_en),
            _said(one.spec, speaking_in),
            users.get(one.name, []),
        )
        for one in computed.fields(request.brand.pk)
    ]
    empty = Empty(
        _("Give a figure a name once"),
        _(
            "A computed field is a figure of each customer, such as what they spent in the last 90 days. Any "
            "condition can compare it, and when its meaning changes every segment that uses it follows."
        ),
        "coin",
        _("Begin with what they spent in 90 days"),
        reverse("computed-field-new") + "?example=spent" if may else "",
    )
    return render(request, "segments/fields.html", {"rows": rows, "may_manage": may, "empty": empty})


def _said(spec: Any, speaking_in: Tongue) -> str:
    """What a field measures; where it cannot be read any more, why."""
    try:
        return computed.said(spec, speaking_in)
    except ConditionInvalid as error:
        return str(speaking(error).message)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    if request.GET.get("example"):
        known = {"name": "net_90d", "label_zh": "近 90 天净消费", "label_en": "Net spend in 90 days"}
        return _page(request, Typed.of_spec(EXAMPLE, **known))
    return _page(request, Typed(facts=Ask(FACTS, {"kinds": ["order.paid"]})))


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def edit(request: BrandRequest, name: str) -> HttpResponse:
    return _page(request, Typed.of_field(computed.field(request.brand.pk, name)))


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The form again after a button or a choice."""
    typed, action = Typed.of_form(request.POST, request.brand), request.POST.get("do", "")
    if action.startswith(("row ", "unrow ")):
        draft.act(Group("all", [typed.facts]), action, lambda leaf: {})
    return _page(request, typed)


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def save(request: BrandRequest) -> HttpResponse:
    """Make the field, or change it where nobody else did since it was read."""
    typed = Typed.of_form(request.POST, request.brand)
    if fault_of(typed.facts) is not None:
        return _page(request, typed, status=422)
    try:
        computed.define(
            request.brand,
            typed.name,
            typed.spec(),
            label_zh=typed.label_zh,
            label_en=typed.label_en,
            description=typed.description,
            version=typed.version or None,
            actor=request.actor,
        )
    except GuanxiError as error:
        return _refused(request, typed, speaking(error))
    messages.success(request, _("The field is saved; segments that use it are computed anew."))
    target = reverse("computed-fields")
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _refused(request: BrandRequest, typed: Typed, error: GuanxiError) -> HttpResponse:
    """The page with what was typed kept. Where somebody saved meanwhile both are shown, and saving again puts
    this one over the other."""
    if isinstance(error, Conflict) and typed.version:
        try:
            theirs = computed.field(request.brand.pk, typed.name)
        except NotFound:  # it was removed: saving again makes it anew
            typed.version = 0
            return _page(request, typed, status=error.http_status, problem=error)
        typed.version = theirs.version
        label = tongue().label(theirs.label_zh, theirs.label_en)
        conflict = {"label": label, "said": _said(theirs.spec, tongue(currency=request.brand.currency))}
        return _page(request, typed, status=error.http_status, conflict=conflict)
    return _page(request, typed, status=error.http_status, problem=error)


def _page(
    request: BrandRequest,
    typed: Typed,
    *,
    status: int = 200,
    problem: GuanxiError | None = None,
    conflict: dict[str, str] | None = None,
) -> HttpResponse:
    fault = fault_of(typed.facts)
    context = {
        "typed": typed,
        "aggregates": [(one.value, label) for one, label in AGGREGATES.items()],
        "measures": [(one.value, label) for one, label in MEASURES.items()],
        "controls": _controls(request, typed),
        "said": _said(typed.spec(), tongue(currency=request.brand.currency))
        if fault is None and typed.aggregate in set(Aggregate)
        else "",
        "problem": problem,
        "problem_field": str(problem.data.get("field", "")) if problem else "",
        "conflict": conflict,
        "tried": request.method == "POST",
        "draw_url": reverse("computed-field-draw"),
        "users": computed.users(request.brand.pk).get(typed.name, []) if typed.version else [],
    }
    drawn = request.headers.get("HX-Request")
    template = "segments/field_body.html" if drawn else "segments/field.html"
    return render(request, template, context, status=status)


def _controls(request: BrandRequest, typed: Typed) -> list[Control]:
    """Which facts, when, and only those where."""
    brand = request.brand
    builder = Builder(brand, tongue(currency=brand.currency), symbol(brand.currency).strip())
    fault = fault_of(typed.facts) or NO_FAULT
    made = builder.controls(NODE, FACTS, typed.facts.values, fault)
    return [one for one in made if one.name.partition(":")[2] in PARTS]


@permission_required(Permission.SEGMENTS_MANAGE)
@require_GET
def removal(request: BrandRequest, name: str) -> HttpResponse:
    """What taking it away would break, before it is done."""
    return _removal(request, computed.field(request.brand.pk, name))


def _removal(request: BrandRequest, known: Field, refused: GuanxiError | None = None) -> HttpResponse:
    context = {
        "field": known,
        "label": tongue().label(known.label_zh, known.label_en),
        "said": _said(known.spec, tongue(currency=request.brand.currency)),
        "users": computed.users(request.brand.pk).get(known.name, []),
        "refused": refused,
    }
    return render(
        request, "segments/field_removal.html", context, status=refused.http_status if refused else 200
    )


@permission_required(Permission.SEGMENTS_MANAGE)
@require_POST
def remove(request: BrandRequest, name: str) -> HttpResponse:
    known = computed.field(request.brand.pk, name)
    version = request.POST.get("version", "")
    read = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        computed.remove(request.brand, name, version=read, actor=request.actor)
    except Conflict as error:
        return _removal(request, known, speaking(error))
    messages.success(request, _("The field is removed."))
    return redirect("computed-fields")
