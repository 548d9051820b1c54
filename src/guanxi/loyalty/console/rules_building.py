"""The editor of rules: draw what the form says, try it on the last days, save it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.loyalty.console import rules_editor as editor
from guanxi.loyalty.console.rules_draft import Asked, number_of
from guanxi.loyalty.console.rules_trial import shown
from guanxi.loyalty.rules import queries, services, trying
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.queries import RuleRow
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking
from guanxi.platform.people import actor_name
from guanxi.platform.roles import Permission

_POINT_A_YUAN: Final = {"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100}
# Rules to begin with: name → what it is called, what it says.
EXAMPLES: Final[dict[str, tuple[Promise, dict[str, Any]]]] = {
    "earn": (
        gettext_lazy("A point for each yuan"),
        {"on": ["order.paid"], "effects": [_POINT_A_YUAN | {"expire_end": "year", "expire_after": 1}]},
    ),
    "welcome": (
        gettext_lazy("Points for the first order"),
        {
            "on": ["order.paid"],
            "if": {"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1},
            "limit": {"per": "ever", "times": 1},
            "effects": [{"effect": "give", "asset": "points", "units": 200}],
        },
    ),
    "birthday": (
        gettext_lazy("Double points around the birthday"),
        {
            "on": ["order.paid"],
            "if": {"leaf": "profile.birthday", "within_days": 7},
            "effects": [{"effect": "multiply", "asset": "points", "percent": 200}],
        },
    ),
}


@permission_required(Permission.RULES_EDIT)
@require_GET
def new(request: BrandRequest) -> HttpResponse:
    """An editor that begins with a point for each yuan, or with another example."""
    name, definition = EXAMPLES.get(request.GET.get("example", ""), ("", EXAMPLES["earn"][1]))
    return _page(request, Asked.of_definition(definition, name=str(name)), None)


@permission_required(Permission.RULES_EDIT)
@require_GET
def edit(request: BrandRequest, rule_id: int) -> HttpResponse:
    row = queries.rule(request.brand.pk, rule_id)
    return _page(request, Asked.of_rule(row), row)


@permission_required(Permission.RULES_EDIT)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The form again after a button or a field: with a script the part that changes, else the whole page."""
    row = _row(request.POST, request.brand.pk)
    asked = Asked.from_form(request.POST, request.brand)
    action, json_error = request.POST.get("do", ""), ""
    if action == "json":
        json_error = editor.from_json(asked)
    elif action == "try":
        judged = editor.judge(request.brand, asked)
        if judged.definition is not None:
            trying.begin(request.brand, tried(asked, row))
    else:
        asked.act(action)
    return _page(request, asked, row, json_error=json_error)


@permission_required(Permission.RULES_EDIT)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """What the rule would have given in the last days."""
    row = _row(request.POST, request.brand.pk)
    asked = Asked.from_form(request.POST, request.brand)
    page = editor.page(request.brand, asked)
    context: dict[str, Any] = {
        "page": page,
        "problem": page.judged.problem,
        "days": [(days, days == asked.days) for days in trying.DAYS],
        "trial": None,
        "draw_url": reverse("rule-draw"),
    }
    if page.judged.definition is not None:
        try:
            found = trying.look(request.brand, tried(asked, row))
        except GuanxiError as error:
            context["problem"] = speaking(error)
        else:
            context["trial"] = shown(request.brand, found, asked.days)
    return render(request, "loyalty/rules_effect.html", context)


def tried(asked: Asked, row: RuleRow | None) -> trying.Asked:
    return trying.Asked(
        asked.definition(), row.id if row else None, int(asked.priority), asked.group, asked.days
    )


@permission_required(Permission.RULES_EDIT)
@require_POST
def create(request: BrandRequest) -> HttpResponse:
    return _save(request, None)


@permission_required(Permission.RULES_EDIT)
@require_POST
def save(request: BrandRequest, rule_id: int) -> HttpResponse:
    return _save(request, queries.rule(request.brand.pk, rule_id))


def _save(request: BrandRequest, row: RuleRow | None) -> HttpResponse:
    asked = Asked.from_form(request.POST, request.brand)
    judged = editor.judge(request.brand, asked)
    if judged.definition is None:
        return _page(request, asked, row, status=422, problem=judged.problem)
    given: dict[str, Any] = {
        "name": asked.name,
        "description": asked.description,
        "priority": int(asked.priority),
        "group": asked.group,
        "definition": asked.definition(),
        "actor": request.actor,
    }
    try:
        if row is None:
            rule_id = services.create(request.brand, **given)
        else:
            rule_id = row.id
            services.save(request.brand, rule_id, asked.version, **given)
    except GuanxiError as error:
        return _refused(request, asked, row, speaking(error))
    if row is not None and row.state == State.ACTIVE:
        messages.success(request, _("The rule is saved; what is recorded from now on follows it."))
    else:
        messages.success(request, _("The rule is saved. It gives nothing until it is switched on."))
    target = reverse("rule", args=[rule_id])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _refused(request: BrandRequest, asked: Asked, row: RuleRow | None, error: GuanxiError) -> HttpResponse:
    """The page with what was typed kept. Where somebody saved meanwhile both versions are shown, and saving
    again puts this one over the other."""
    status = error.http_status
    if isinstance(error, Conflict) and "version" in error.data and row is not None:
        theirs = queries.rule(request.brand.pk, row.id)
        asked.version = theirs.version
        newest = queries.versions(request.brand.pk, row.id)[0]
        conflict = {
            "name": theirs.name,
            "sentence": queries.said(request.brand, theirs.definition),
            "actor": actor_name(newest.actor),
            "at_ms": theirs.changed_ms,
        }
        return _page(request, asked, row, status=status, conflict=conflict)
    return _page(request, asked, row, status=status, problem=error)


def _row(form: QueryDict, brand_id: int) -> RuleRow | None:
    """The rule that the form changes; None for a new one. Raises NotFound."""
    return queries.rule(brand_id, number_of(form, "rule")) if form.get("rule") else None


def _page(
    request: BrandRequest,
    asked: Asked,
    row: RuleRow | None,
    *,
    status: int = 200,
    json_error: str = "",
    problem: GuanxiError | None = None,
    conflict: dict[str, Any] | None = None,
) -> HttpResponse:
    page = editor.page(request.brand, asked, json_error)
    problem = problem or page.judged.problem
    context = {
        "page": page,
        "row": row,
        "problem": problem,
        "problem_field": problem.data.get("field", "") if problem else "",
        "conflict": conflict,
        "tried": status == 422,
        "draw_url": reverse("rule-draw"),
        "save_url": reverse("rule-save", args=[row.id]) if row else reverse("rule-create"),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "loyalty/rules_editor_body.html" if partial else "loyalty/rules_editor.html"
    return render(request, template, context, status=status)
