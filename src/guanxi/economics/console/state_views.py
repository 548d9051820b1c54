"""States: the rules and their counts, the builder of one rule's condition, and changes with their effect."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.economics.console import states as prepared
from guanxi.economics.states import defaults, editing, queries, rules
from guanxi.economics.states.contracts import LABELS, RULED, State
from guanxi.kernel.conditions import dump
from guanxi.kernel.errors import Conflict, GuanxiError
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken
from guanxi.platform.roles import Permission
from guanxi.segments.console import builder, draft
from guanxi.segments.console.builder import Asked
from guanxi.segments.console.draft import Done, Group


@permission_required(Permission.REPORTS_VIEW)
@require_GET
def states(request: BrandRequest) -> HttpResponse:
    return render(request, "economics/states.html", {"page": prepared.page(request)})


@permission_required(Permission.ECONOMICS_MANAGE)
@require_GET
def edit(request: BrandRequest, name: str) -> HttpResponse:
    """The builder of a state's condition; of one without a rule it is empty."""
    state, chosen = _state(name), rules.of(request.brand.pk)
    found = next((rule.condition for rule in chosen.rules if rule.state is state), None)
    root = Group() if found is None else builder.of_condition(found)
    done = Done(picking=draft.ROOT) if found is None else Done()
    return _builder(request, state, Asked(root, version=chosen.version, done=done))


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def draw(request: BrandRequest) -> HttpResponse:
    """The builder again after a button or a field."""
    asked, json_error = Asked.from_form(request.POST, request.brand), ""
    if (action := request.POST.get("do", "")) == "json":
        json_error = builder.from_json(asked)
    else:
        asked.act(action)
    return _builder(request, _state(request.POST.get("state", "")), asked, json_error=json_error)


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def preview(request: BrandRequest) -> HttpResponse:
    """How many would be in each state with the condition as it is in the form."""
    state = _state(request.POST.get("state", ""))
    judged = builder.judge(request.brand, Asked.from_form(request.POST, request.brand).root)
    context: dict[str, Any] = {"effect": None, "problem": judged.problem}
    if judged.condition is not None:
        wanted = editing.with_rule(_now(request), state, dump(judged.condition))
        try:
            context["effect"] = prepared.effect(queries.preview(request.brand, wanted))
        except GuanxiError as error:
            context["problem"] = speaking(error)
    return render(request, "economics/states_effect.html", context)


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def save(request: BrandRequest, name: str) -> HttpResponse:
    state, asked = _state(name), Asked.from_form(request.POST, request.brand)
    judged = builder.judge(request.brand, asked.root)
    if judged.condition is None:
        return _builder(request, state, asked, status=422, problem=judged.problem)
    wanted = editing.with_rule(_now(request), state, dump(judged.condition))
    try:
        rules.choose(request.brand.pk, wanted, version=asked.version, actor=request.actor)
    except GuanxiError as error:
        if isinstance(error, Conflict):  # saving again puts this rule into theirs
            asked.version = rules.version_of(request.brand.pk)
        return _builder(request, state, asked, status=error.http_status, problem=speaking(error))
    return _saved(request)


@permission_required(Permission.ECONOMICS_MANAGE)
@require_GET
def change(request: BrandRequest) -> HttpResponse:
    """What moving a rule, taking it away or going back to the default would do, before it is done."""
    what, name = request.GET.get("do", ""), request.GET.get("state", "")
    wanted = _changed(request, what, name)
    context: dict[str, Any] = {
        "title": _title(what, name),
        "what": what,
        "state": name,
        "version": rules.version_of(request.brand.pk),
        "effect": None,
        "problem": None,
    }
    try:
        context["effect"] = prepared.effect(queries.preview(request.brand, wanted))
    except GuanxiError as error:
        context["problem"] = speaking(error)
    return render(request, "economics/states_change.html", context)


@permission_required(Permission.ECONOMICS_MANAGE)
@require_POST
def do_change(request: BrandRequest) -> HttpResponse:
    wanted = _changed(request, request.POST.get("do", ""), request.POST.get("state", ""))
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 10 else -1
    try:
        rules.choose(request.brand.pk, wanted, version=version, actor=request.actor)
    except GuanxiError as error:
        refused = speaking(error)
        messages.error(request, f"{refused.message} {refused.remedy}".strip())
        return redirect("states")
    return _saved(request)


def _saved(request: BrandRequest) -> HttpResponse:
    messages.success(request, _("The rules hold from now on; everybody's state follows within minutes."))
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("states")})
    return redirect("states")


def _state(name: str) -> State:
    """Raises Http404 for a word that is no state to have a rule."""
    if name not in set(RULED):
        raise Http404
    return State(name)


def _now(request: BrandRequest) -> editing.Rules:
    return rules.written(rules.of(request.brand.pk).rules)


def _changed(request: BrandRequest, what: str, name: str) -> editing.Rules:
    if what == "default":
        return [dict(rule) for rule in defaults.RULES]
    state, now = _state(name), _now(request)
    if what == "remove":
        return editing.without(now, state)
    if what not in {"up", "down"}:
        raise Http404
    return editing.moved(now, state, -1 if what == "up" else 1)


def _title(what: str, name: str) -> str:
    if what == "default":
        return _("Go back to the default rules?")
    told = {"state": spoken(LABELS[_state(name)])}
    if what == "remove":
        return _("Take the rule of “%(state)s” away?") % told
    return (_("Ask for “%(state)s” earlier?") if what == "up" else _("Ask for “%(state)s” later?")) % told


def _builder(
    request: BrandRequest,
    state: State,
    asked: Asked,
    *,
    status: int = 200,
    json_error: str = "",
    problem: GuanxiError | None = None,
) -> HttpResponse:
    shown = builder.page(request.brand, asked, json_error=json_error)
    context = {
        "page": shown,
        "state": state.value,
        "label": spoken(LABELS[state]),
        "problem": problem or shown.judged.problem,
        "tried": status == 422,
        "draw_url": reverse("state-draw"),
    }
    partial = bool(request.headers.get("HX-Request"))
    template = "economics/state_rule_body.html" if partial else "economics/state_rule.html"
    return render(request, template, context, status=status)
