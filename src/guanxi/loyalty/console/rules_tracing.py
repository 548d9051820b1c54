"""One customer and one fact, recorded or supposed: what every rule decides of it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from guanxi.customers.console import reads as customers
from guanxi.customers.console.faces import faces
from guanxi.customers.lookup import subject_ids_of
from guanxi.kernel.channels import CHANNELS
from guanxi.kernel.errors import GuanxiError
from guanxi.loyalty.console.rules_draft import number_of
from guanxi.loyalty.console.rules_labels import WHY
from guanxi.loyalty.console.rules_trial import asset_names
from guanxi.loyalty.rules import queries, tracing
from guanxi.loyalty.rules.contracts import State, Why
from guanxi.loyalty.rules.tracing import Gave, Traced, TraceStep
from guanxi.platform.access import BrandRequest, permission_required
from guanxi.platform.language import speaking, spoken, tongue
from guanxi.platform.models import Brand
from guanxi.platform.roles import Permission
from guanxi.segments.console import why
from guanxi.segments.console.reading import fen, whole
from guanxi.segments.contracts import Why as Reason
from guanxi.touchpoints import queries as log
from guanxi.touchpoints.conditions import phrases
from guanxi.touchpoints.console.timeline import timeline_rows
from guanxi.ui.figures import exact, money, number
from guanxi.ui.parts import Badge

FOUND_AT_MOST: Final = 12
SHOWN_FACTS: Final = 12
LINES: Final = 3  # of a supposed order


@dataclass(frozen=True, slots=True)
class StepView:
    """What was decided of one rule: in a word, and why."""

    rule_id: int | None
    name: str
    version: int
    badge: Badge
    gave: Sequence[str]
    said: Sequence[str]
    tree: why.Branch | None


@permission_required(Permission.RULES_VIEW)
@require_GET
def trace(request: BrandRequest) -> HttpResponse:
    """Whoever is looked for by name may be several; then one of their facts is chosen, or one is supposed."""
    brand, sought = request.brand, request.GET.get("q", "").strip()[:80]
    ids = customers.search(brand.pk, sought, FOUND_AT_MOST) if sought else []
    if customer := number_of(request.GET, "customer"):
        ids = [customer]
    known = faces(brand.pk, ids)
    context: dict[str, Any] = {"sought": sought, "found": [], "face": None, "trace": None, "problem": None}
    if len(ids) == 1 and customers.exists(brand.pk, ids[0]):
        context |= {"face": known[ids[0]], **_of_customer(request, ids[0])}
    else:
        context["found"] = [known[one] for one in ids if one in known]
    context["active"] = queries.counts(brand.pk).get(State.ACTIVE.value, 0)
    return render(request, "loyalty/rules_trace.html", context)


def _of_customer(request: BrandRequest, customer_id: int) -> dict[str, Any]:
    brand, form = request.brand, request.GET.dict()
    fact_id = number_of(form, "fact")
    rows = log.timeline(brand.pk, subject_ids_of(brand.pk, customer_id), limit=SHOWN_FACTS).rows
    context: dict[str, Any] = {
        "facts": timeline_rows(brand, rows),
        "fact_id": fact_id,
        "form": form,
        "channels": [
            (code, spoken(text), code == form.get("channel", "tmall")) for code, text in CHANNELS.items()
        ],
        "lines": [
            {"n": n, **{part: form.get(f"{part}{n}", "") for part in ("title", "sku", "pieces", "price")}}
            for n in range(1, LINES + 1)
        ],
        "supposed": "supposed" in form,
    }
    if not fact_id and "supposed" not in form:
        return context
    try:
        asked: dict[str, Any] = {"fact_id": fact_id} if fact_id else {"supposed": supposed(form)}
        found = tracing.trace(brand, customer_id, tongue=tongue(currency=brand.currency), **asked)
    except GuanxiError as error:
        return context | {"problem": speaking(error)}
    steps = [_step(brand, customer_id, one) for one in found.steps]
    quiet = [step for step, one in zip(steps, found.steps, strict=True) if one.why is Why.KIND]
    return context | {
        "trace": found,
        "what": _what(brand, found),
        "answer": _answer(brand, found),
        "steps": [step for step in steps if step not in quiet],
        "quiet": quiet,
    }


def supposed(form: Mapping[str, str]) -> dict[str, Any]:
    """The order that the form supposes. What is no number stays text, and is refused where it is read."""
    lines = []
    for n in range(1, LINES + 1):
        told = {
            part: form.get(f"{part}{n}", "").strip()[:200] for part in ("title", "sku", "pieces", "price")
        }
        if any(told.values()):
            line: dict[str, Any] = {part: told[part] for part in ("title", "sku") if told[part]}
            line["quantity"] = whole(told["pieces"]) or 1
            if (price := fen(told["price"])) is not None:
                line["price_fen"] = price
            lines.append(line)
    pieces = [line["quantity"] for line in lines if isinstance(line["quantity"], int)]
    worth = [
        line["price_fen"] * line["quantity"]
        for line in lines
        if isinstance(line.get("price_fen"), int) and isinstance(line["quantity"], int)
    ]
    amount = fen(form.get("amount", "").strip())
    return {
        "kind": form.get("kind") or "order.paid",
        "amount_fen": (sum(worth) if worth else None) if amount is None else amount,
        "quantity": sum(pieces) if pieces else None,
        "channel": form.get("channel", "")[:40],
        "payload": {"items": lines} if lines else {},
    }


def _what(brand: Brand, found: Traced) -> str:
    """The fact in a line: "ordered · ¥199.00 · 2026-11-21 20:15"."""
    words = [phrases.done([found.kind], tongue())]
    if found.amount_fen is not None:
        words.append(money(found.amount_fen, brand.currency))
    words.append(exact(found.occurred_ms, brand.timezone))
    return " · ".join(words)


def _answer(brand: Brand, found: Traced) -> str:
    """What all rules give together."""
    names, units = asset_names(brand), dict[str, int]()
    for gave in (one for step in found.steps for one in step.gave):
        if gave.units:
            units[gave.asset] = units.get(gave.asset, 0) + gave.units
    giving = sum(1 for step in found.steps if step.gave)
    if not giving:
        return _("No rule gives anything for it.")
    if not units:
        return ngettext("%(n)s rule does something for it.", "%(n)s rules do something for it.", giving) % {
            "n": number(giving)
        }
    told = " · ".join(f"{number(many)} {names.get(code, code)}" for code, many in units.items())
    return ngettext(
        "%(n)s rule gives for it: %(units)s.", "%(n)s rules give for it: %(units)s in all.", giving
    ) % {"n": number(giving), "units": told}


def _step(brand: Brand, customer_id: int, step: TraceStep) -> StepView:
    label, tone = WHY[step.why]
    explained = step.explained
    tree = None if explained is None else why.tree(brand, Reason(0, customer_id, False, None, explained))
    names = asset_names(brand)
    return StepView(
        step.rule_id,
        step.name or _("This draft"),
        step.version,
        Badge(str(label), tone),
        [_gave(one, names) for one in step.gave],
        _said(brand, step),
        tree,
    )


def _gave(gave: Gave, names: Mapping[str, str]) -> str:
    if gave.asset:
        return f"{number(gave.units)} {names.get(gave.asset, gave.asset)}"
    return gave.effect


def _said(brand: Brand, step: TraceStep) -> list[str]:
    """Why, in sentences: the comparison that does not hold, the rule that came before, the limit."""
    said, speaking_in = [], tongue(currency=brand.currency)
    if step.failed is not None:
        said.append(_("It would take: %(what)s.") % {"what": phrases.compared(step.failed, speaking_in)})
    if step.by:
        said.append(_("Before it came “%(rule)s”.") % {"rule": step.by})
    if step.used is not None:
        said.append(
            _("In this period the customer used it %(times)s times, for %(units)s units.")
            % {"times": number(step.used[0]), "units": number(step.used[1])}
        )
    return said
