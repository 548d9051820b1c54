"""Switching on and off, archiving, deleting, funding, giving what was missed: each with its consequence in
numbers before it is done."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError, Invalid, NotFound
from guanxi.loyalty.console import rules_trial as trial
from guanxi.loyalty.console.rules_draft import number_of
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.contracts import State as Booked
from guanxi.loyalty.rules import giving, queries, services, trying
from guanxi.loyalty.rules.contracts import MOVES, State
from guanxi.loyalty.rules.queries import Given, RuleRow
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments.console.reading import whole
from guanxi.ui.figures import UNKNOWN, number

TRIED_DAYS: Final = 30
LABELS: Final[Mapping[str, Promise]] = {
    "active": gettext_lazy("Switch on"),
    "paused": gettext_lazy("Pause"),
    "archived": gettext_lazy("Archive"),
    "delete": gettext_lazy("Delete the draft"),
    "missed": gettext_lazy("Give what was missed"),
}


@dataclass(frozen=True, slots=True)
class Consequence:
    what: str
    label: str
    title: str
    said: Sequence[str]
    warning: str = ""


def offered(row: RuleRow) -> list[tuple[str, str]]:
    """The changes that make sense of a rule as it stands: word, label. The first is the likeliest."""
    words = [state.value for state in State if state in MOVES[State(row.state)]]
    if row.state == State.ARCHIVED:
        return [("paused", _("Take out of the archive"))]
    words += ["delete"] if row.state == State.DRAFT else []
    return [(word, str(LABELS[word])) for word in words]


def consequence(brand: Brand, row: RuleRow, what: str) -> Consequence:
    """Raises Http404 for what is no change."""
    if what not in LABELS:
        raise Http404
    label = str(LABELS[what])
    if what == "active":
        return _switching_on(brand, row, label)
    if what == "missed":
        return _giving(brand, row, label)
    if what == "delete":
        return Consequence(what, label, _("Delete this draft for good?"), [_("It never gave anything.")])
    given = queries.given(brand.pk, row.id).get(row.id, Given())
    if what == "paused" and row.state == State.ARCHIVED:
        return Consequence(
            what,
            _("Take out of the archive"),
            _("Take this rule out of the archive?"),
            [_("It is paused then, and gives nothing until it is switched on.")],
        )
    title = _("Pause this rule?") if what == "paused" else _("Archive this rule?")
    return Consequence(what, label, title, _stopping(brand, given, what))


def _stopping(brand: Brand, given: Given, what: str) -> list[str]:
    units = trial.units_said(dict(given.units), trial.asset_names(brand)) or number(0)
    told = ngettext(
        "In the last 30 days it gave %(units)s to %(n)s customer; from now on it gives nothing.",
        "In the last 30 days it gave %(units)s to %(n)s customers; from now on it gives nothing.",
        given.customers,
    ) % {"units": units, "n": number(given.customers)}
    said = [told, _("What it gave stays; refunds of those orders take back as before.")]
    if what == "paused":
        return [*said, _("It can be switched on again; what happened meanwhile is not made up for.")]
    return [*said, _("Its versions and figures stay; it can be taken out of the archive.")]


def _switching_on(brand: Brand, row: RuleRow, label: str) -> Consequence:
    title = _("Switch this rule on?")
    asked = trying.Asked(row.definition, row.id, row.priority, row.group, TRIED_DAYS)
    try:
        found = trying.look(brand, asked).found
    except GuanxiError as error:  # such as an asset that has gone: it cannot be switched on
        told = speaking(error)
        return Consequence("active", label, title, [f"{told.message} {told.remedy}".strip()])
    said = [_("It counts from the next fact that is recorded; what was before earns nothing.")]
    if found is not None:
        days = (
            _("In the last 30 days")
            if found.complete
            else _("Of the newest %(n)s facts") % {"n": number(found.facts)}
        )
        said.append(f"{days}: {trial.brief(brand, found)}")
        names = trial.asset_names(brand)
        units = trial.units_said({one.asset: one.units for one in found.assets}, names)
        cost = trial.cost_said(brand, found)
        if units and cost and cost != UNKNOWN:
            said.append(
                _("That would have been %(units)s, at a cost of %(cost)s.") % {"units": units, "cost": cost}
            )
        elif units:
            said.append(_("That would have been %(units)s.") % {"units": units})
    return Consequence("active", label, title, said, _short_of_budget(brand, row))


def _short_of_budget(brand: Brand, row: RuleRow) -> str:
    wanted = {one.get("asset") for one in row.definition["effects"] if one.get("source") == "budget"}
    left = queries.budgets(brand.pk, [row.id]).get(row.id, {})
    if any(left.get(str(code), 0) <= 0 for code in wanted):
        return _("Its budget is empty: until it is funded, what it gives is refused and kept as missed.")
    return ""


def _giving(brand: Brand, row: RuleRow, label: str) -> Consequence:
    reasons = queries.missed_reasons(brand.pk, row.id)
    many, units = sum(one[1] for one in reasons), sum(one[2] for one in reasons)
    told = ngettext(
        "%(n)s effect with %(units)s units is given, under its key of then: nobody gets it twice.",
        "%(n)s effects with %(units)s units are given, under their keys of then: nobody gets one twice.",
        many,
    ) % {"n": number(many), "units": number(units)}
    return Consequence(
        "missed",
        label,
        _("Give what this rule missed?"),
        [
            told,
            _("The oldest come first; what is refused again stays missed, what was refunded is not given."),
        ],
    )


# ---------------------------------------------------------------- pages


@permission_required(Permission.RULES_EDIT)
@require_GET
def change_preview(request: BrandRequest, rule_id: int, what: str) -> HttpResponse:
    row = queries.rule(request.brand.pk, rule_id)
    return _change_page(request, row, what)


@permission_required(Permission.RULES_EDIT)
@require_POST
def change(request: BrandRequest, rule_id: int, what: str) -> HttpResponse:
    row = queries.rule(request.brand.pk, rule_id)
    if what not in LABELS:
        raise Http404
    try:
        done = _do(request, row, what)
    except NotFound:
        raise
    except GuanxiError as error:
        return _change_page(request, queries.rule(request.brand.pk, rule_id), what, speaking(error))
    messages.success(request, done)
    return redirect("rules") if what == "delete" else redirect("rule", rule_id)


def _change_page(
    request: BrandRequest, row: RuleRow, what: str, refused: GuanxiError | None = None
) -> HttpResponse:
    context = {"row": row, "change": consequence(request.brand, row, what), "refused": refused}
    status = refused.http_status if refused else 200
    return render(request, "loyalty/rules_change.html", context, status=status)


def _do(request: BrandRequest, row: RuleRow, what: str) -> str:
    """Do it; what to tell."""
    version = number_of(request.POST, "version")
    if what == "missed":
        found = giving.want(request.brand, row.id, actor=request.actor)
        if isinstance(found, int):
            return _("It is being given; you may leave, the page of the rule shows how far it is.")
        return _("%(given)s effects are given, %(refused)s were refused again.") % {
            "given": number(found.given),
            "refused": number(found.refused),
        }
    if what == "delete":
        services.delete(request.brand, row.id, version, actor=request.actor)
        return _("The draft is deleted.")
    services.set_state(request.brand, row.id, version, what, actor=request.actor)
    return {
        "active": _("The rule is switched on."),
        "paused": _("The rule is paused."),
        "archived": _("The rule is in the archive."),
    }[what]


@permission_required(Permission.RULES_EDIT)
@require_GET
def fund(request: BrandRequest, rule_id: int) -> HttpResponse:
    """The form; with an amount, what the budget would be before and after, to be confirmed."""
    return _fund_page(request, queries.rule(request.brand.pk, rule_id), request.GET.dict())


@permission_required(Permission.RULES_EDIT)
@require_POST
def fund_do(request: BrandRequest, rule_id: int) -> HttpResponse:
    """Once for each form that was shown: its token is the key in the ledger."""
    row, form = queries.rule(request.brand.pk, rule_id), request.POST.dict()
    token, units = str(form.get("token") or "")[:40], whole(str(form.get("units") or ""))
    try:
        if not token or not isinstance(units, int):
            raise Invalid(_("Say how many units, as a whole number."), field="units")
        code = str(form.get("asset") or "")
        done = services.fund(
            request.brand, rule_id, code, units, key=f"{rule_id}:{token}", actor=request.actor
        )
    except GuanxiError as error:
        return _fund_page(request, row, form, speaking(error))
    if done.state is Booked.REFUSED:
        refused = Invalid(done.message, remedy=_("Take out no more than is left."), field="units")
        return _fund_page(request, row, form, speaking(refused))
    messages.success(request, _("The budget is changed."))
    return redirect("rule", rule_id)


def _fund_page(
    request: BrandRequest, row: RuleRow, form: Mapping[str, str], refused: GuanxiError | None = None
) -> HttpResponse:
    brand, chinese = request.brand, tongue().is_chinese
    left = queries.budgets(brand.pk, [row.id]).get(row.id, {})
    usual = next((str(one["asset"]) for one in row.definition["effects"] if "asset" in one), "")
    chosen, units = form.get("asset") or usual, whole(form.get("units") or "")
    context: dict[str, Any] = {
        "row": row,
        "assets": [(one.code, one.called(chinese=chinese)) for one in assets.assets(brand.pk)],
        "chosen": chosen,
        "units": form.get("units", ""),
        "left": number(left.get(chosen, 0)),
        "after": number(left.get(chosen, 0) + units) if isinstance(units, int) and units else "",
        "token": form.get("token") or secrets.token_urlsafe(12),
        "refused": refused,
        "here": reverse("rule-fund", args=[row.id]),
        "wrong": _("Say how many units, as a whole number.") if isinstance(units, str) else "",
    }
    status = refused.http_status if refused else 200
    return render(request, "loyalty/rules_fund.html", context, status=status)
