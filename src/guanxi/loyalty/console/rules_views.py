"""The list of rules in the order in which they are asked, one of them, and finding one by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console import rules_changing as changing
from guanxi.loyalty.console.rules_building import EXAMPLES
from guanxi.loyalty.console.rules_draft import number_of
from guanxi.loyalty.console.rules_labels import CHANGED, CODES, PARTS, STATES, badge, written
from guanxi.loyalty.console.rules_trial import asset_names, units_said
from guanxi.loyalty.rules import giving, queries, services
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.queries import Given, RuleRow
from guanxi.platform import jobs, people
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.platform.writing import writing
from guanxi.segments.console.labels import OTHER_LANGUAGE
from guanxi.ui.figures import UNKNOWN, number
from guanxi.ui.palette import Hit
from guanxi.ui.parts import Badge, Empty, Figure, Option

# Which rules a list shows: word in the address → states.
SHOWN: Final[dict[str, tuple[State, ...]]] = {
    "": (State.DRAFT, State.ACTIVE, State.PAUSED),
    **{state.value: (state,) for state in State},
}


@dataclass(frozen=True, slots=True)
class Line:
    """A rule of the list, its figures as written."""

    row: RuleRow
    sentence: str
    badge: Badge
    gave: str
    customers: str
    left: str
    missed: int


@permission_required(Permission.RULES_VIEW)
@require_GET
def rules(request: BrandRequest) -> HttpResponse:
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    brand, counts = request.brand, queries.counts(request.brand.pk)
    may_edit = request.actor.may(Permission.RULES_EDIT)
    context = {
        "lines": _lines(brand, queries.rules(brand.pk, SHOWN[show])),
        "chips": _chips(show, counts),
        "may_edit": may_edit,
        "empty": None if counts else _none_yet(may_edit=may_edit),
        "examples": [(name, title) for name, (title, _definition) in EXAMPLES.items()],
        "groups": len(queries.groups(brand.pk)),
    }
    return render(request, "loyalty/rules.html", context)


def _lines(brand: Brand, rows: Sequence[RuleRow]) -> list[Line]:
    given, missed = queries.given(brand.pk), queries.missed_counts(brand.pk)
    left, names = queries.budgets(brand.pk, [row.id for row in rows]), asset_names(brand)
    return [
        Line(
            row,
            queries.said(brand, row.definition),
            badge(row.state),
            units_said(dict(given.get(row.id, Given()).units), names),
            number(given.get(row.id, Given()).customers),
            units_said(left.get(row.id, {}), names),
            missed.get(row.id, 0),
        )
        for row in rows
    ]


def _chips(show: str, counts: dict[str, int]) -> list[Option]:
    here = reverse("rules")
    shown = {"": sum(counts.get(state.value, 0) for state in SHOWN[""])}
    shown |= {state.value: counts.get(state.value, 0) for state in State}
    labels = {"": _("All but archived"), **{state: str(label) for state, (label, _tone) in STATES.items()}}
    return [
        Option(f"{labels[word]} {number(many)}", f"{here}?show={word}" if word else here, word == show)
        for word, many in shown.items()
        if many or not word or word == show
    ]


def _none_yet(*, may_edit: bool) -> Empty:
    return Empty(
        _("Say once what is given for what"),
        _(
            "A rule gives points, coupons or a tag when something happens: a point for each yuan, 200 for "
            "the first order. Before it is switched on you see what it would have given in the last days."
        ),
        "gift",
        _("Begin with a point for each yuan"),
        reverse("rule-new") + "?example=earn" if may_edit else "",
    )


@permission_required(Permission.RULES_EDIT)
@require_POST
def reorder(request: BrandRequest) -> HttpResponse:
    """New priorities for the rules of the list, all or none of them."""
    changed = 0
    try:
        with writing(request.brand.pk):
            for row in queries.rules(request.brand.pk):
                wanted = request.POST.get(f"p:{row.id}", "").strip()
                if not wanted or wanted == str(row.priority):
                    continue
                if not wanted.isdecimal() or len(wanted) > 6:
                    wanted = "-1"  # refused below, in the words of the verb
                read = number_of(request.POST, f"v:{row.id}")
                services.save(request.brand, row.id, read, priority=int(wanted), actor=request.actor)
                changed += 1
    except GuanxiError as error:
        told = speaking(error)
        messages.error(request, f"{told.message} {told.remedy}".strip())
        return redirect("rules")
    if changed:
        messages.success(request, _("The priorities are saved; the list shows the new order."))
    return redirect("rules")


# ---------------------------------------------------------------- one of them


@permission_required(Permission.RULES_VIEW)
@require_GET
def rule(request: BrandRequest, rule_id: int) -> HttpResponse:
    brand = request.brand
    row = queries.rule(brand.pk, rule_id)
    said, chinese = queries.said_both_ways(brand, row.definition), tongue().is_chinese
    mine, other = said if chinese else said[::-1]
    may_edit = request.actor.may(Permission.RULES_EDIT)
    left, names = queries.budgets(brand.pk, [row.id]).get(row.id, {}), asset_names(brand)
    context: dict[str, Any] = {
        "row": row,
        "badge": badge(row.state),
        "sentence": mine,
        "other_sentence": other,
        "other_language": OTHER_LANGUAGE[chinese][0],
        "other_label": OTHER_LANGUAGE[chinese][1],
        "figures": _figures(brand, row, left, names),
        "budget": [(code, names.get(code, code), number(units)) for code, units in left.items()],
        "assets": [(code, names[code]) for code in _assets_of(row) if code in names],
        "may_see_ledger": request.actor.may(Permission.LEDGER_VIEW),
        "takes_budget": any(one.get("source") == "budget" for one in row.definition["effects"]),
        "versions": _versions(brand.pk, row.id),
        "missed": _missed(brand, row.id),
        "giving": _giving(brand.pk, row.id),
        "json": orjson.dumps(row.definition, option=orjson.OPT_INDENT_2).decode(),
        "owner": people.actor_name(row.owner),
        "may_edit": may_edit,
        "changes": changing.offered(row) if may_edit else [],
    }
    return render(request, "loyalty/rules_one.html", context)


def _assets_of(row: RuleRow) -> list[str]:
    return list(dict.fromkeys(str(one["asset"]) for one in row.definition["effects"] if "asset" in one))


def _figures(brand: Brand, row: RuleRow, left: dict[str, int], names: dict[str, str]) -> list[Figure]:
    given = queries.given(brand.pk, row.id).get(row.id, Given())
    missed = queries.missed_counts(brand.pk).get(row.id, 0)
    return [
        Figure(
            _("Given in 30 days"),
            units_said(dict(given.units), names) or number(0),
            _("Units booked in the last 30 days; what refunds took back is not taken off."),
            rows_url=reverse("rule-given", args=[row.id]) if given.units else "",
        ),
        Figure(
            _("Customers who got some"),
            number(given.customers),
            _("Accounts that got units of this rule in the last 30 days."),
        ),
        Figure(
            _("Budget left"),
            units_said(left, names) or UNKNOWN,
            _("Units in the rule's own budget; only effects that take from it need one."),
        ),
        Figure(
            _("Missed"),
            number(missed),
            _("Effects that were refused, such as for an empty budget, and not given since."),
            rows_url="#missed" if missed else "",
        ),
    ]


def _versions(brand_id: int, rule_id: int) -> list[dict[str, Any]]:
    """What was done to it, by whom and when, with what differs, the newest first."""
    found = queries.versions(brand_id, rule_id)
    names = people.actor_names(one.actor for one in found)
    return [
        {
            "version": one.version,
            "what": str(CHANGED.get(one.what, one.what)),
            "who": names[one.actor],
            "at_ms": one.at_ms,
            "changes": [
                (str(PARTS.get(part, part)), written(before), written(after))
                for part, (before, after) in one.changes.items()
            ],
        }
        for one in found
    ]


def _missed(brand: Brand, rule_id: int) -> list[tuple[str, str, str]]:
    return [
        (str(CODES.get(code, code)), number(many), number(units))
        for code, many, units in queries.missed_reasons(brand.pk, rule_id)
    ]


def _giving(brand_id: int, rule_id: int) -> tuple[int, int] | None:
    """How far the job is that gives what was missed: done, of how many; None where none is."""
    return jobs.progress_of(giving.JOB, f"{brand_id}:{rule_id}")


def find_rules(request: BrandRequest, text: str) -> list[Hit]:
    """For the command palette."""
    wanted = text.casefold()
    rows = [row for row in queries.rules(request.brand.pk) if wanted in row.name.casefold()]
    return [
        Hit(row.name, reverse("rule", args=[row.id]), str(STATES[row.state][0]))
        for row in sorted(rows, key=lambda row: row.name)[:6]
    ]
