"""What the pages of states show: the rules in order with their counts, and what a change would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.customers.console.columns import Rows
from guanxi.economics.states import queries, rules, shown
from guanxi.economics.states.contracts import LABELS, RULED, Previewed, RuleSet, State
from guanxi.kernel.conditions import ConditionInvalid
from guanxi.platform.access import BrandRequest
from guanxi.platform.language import speaking, spoken, tongue
from guanxi.platform.models import Brand
from guanxi.platform.people import actor_names
from guanxi.platform.roles import Permission
from guanxi.segments.definitions import Resolver, resolve
from guanxi.ui.figures import UNKNOWN, moment, number, share
from guanxi.ui.parts import Badge, Tone

TONES: Final[Mapping[State, Tone]] = {
    State.NEW: "info",
    State.ACTIVE: "good",
    State.LOYAL: "accent",
    State.ADVOCATE: "accent",
    State.AT_RISK: "warn",
    State.CHURNED: "bad",
    State.DETRACTOR: "bad",
    State.NONE: "",
}
SHOWN_MOVES: Final = 6


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state with its rule, if it has one, and how many are in it. `place` counts from 1; 0: no rule."""

    state: str
    badge: Badge
    sentence: str
    customers: str
    share: str
    part: float
    place: int = 0
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class StatesPage:
    rows: Sequence[StateRow]
    freshness: str
    version: int
    chosen: str
    may_manage: bool
    addable: Sequence[tuple[str, str]]
    history: Sequence[tuple[int, str, str]]
    report_url: str
    problem: str = ""


def badge(state: State) -> Badge:
    return Badge(spoken(LABELS[state]), TONES[state])


def page(request: BrandRequest) -> StatesPage:
    """The rules in order, then the states without one, then those whom no rule describes."""
    brand = request.brand
    chosen, standing = rules.of(brand.pk), queries.standing(brand.pk)
    said, notes = _sentences(brand, chosen), shown.notes(chosen)
    ruled = [rule.state for rule in chosen.rules]
    others = [state for state in State if state not in ruled]
    rows = []
    for place, state in enumerate([*ruled, *others], start=1):
        known = standing.refreshed_ms > 0 and state not in notes
        count = standing.counts[state]
        part = count / standing.customers if known and standing.customers else 0.0
        rows.append(
            StateRow(
                state.value,
                badge(state),
                said.get(state) or (spoken(notes[state]) if state in notes else _without_rule(state)),
                number(count) if known else UNKNOWN,
                share(part) if known and standing.customers else UNKNOWN,
                part,
                place if place <= len(ruled) else 0,
                place == len(ruled),
            )
        )
    when = moment(standing.refreshed_ms, brand.timezone)
    return StatesPage(
        rows,
        _("As of %(when)s.") % {"when": when} if standing.refreshed_ms else _("Nobody is counted yet."),
        chosen.version,
        _("Chosen %(when)s.") % {"when": moment(chosen.at_ms, brand.timezone)} if chosen.chosen else "",
        request.actor.may(Permission.ECONOMICS_MANAGE),
        [(state.value, spoken(LABELS[state])) for state in RULED if state not in ruled],
        _history(brand),
        reverse("report", args=["states"]),
        _problem(brand, chosen),
    )


def _problem(brand: Brand, chosen: RuleSet) -> str:
    """Why states cannot be computed any more, where a rule names what is gone; else nothing."""
    try:
        for rule in chosen.rules:
            resolve(brand.pk, rule.condition)
    except ConditionInvalid as error:
        told = {"state": spoken(LABELS[rule.state]), "reason": speaking(error).message}
        return _("States stay as they were, since the rule of “%(state)s” cannot be asked: %(reason)s") % told
    return ""


def _without_rule(state: State) -> str:
    if state is State.NONE:
        return _("Whom no rule describes: by the default rules, those who have not bought yet.")
    return _("It has no rule, so nobody is in it.")


def _sentences(brand: Brand, chosen: RuleSet) -> dict[State, str]:
    resolver, chinese = Resolver(brand.pk, {}), tongue().is_chinese
    both = {rule.state: queries.said(brand, rule.condition, resolver) for rule in chosen.rules}
    return {state: zh if chinese else en for state, (zh, en) in both.items()}


def _history(brand: Brand) -> list[tuple[int, str, str]]:
    """What was chosen before: version, by whom, when."""
    found = rules.history(brand.pk, 20)
    names = actor_names(actor for _version, actor, _at in found)
    return [(version, names[actor], moment(at_ms, brand.timezone)) for version, actor, at_ms in found]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of rules would do: a row for each state (badge, now, then, difference), and the moves."""

    rows: Sequence[tuple[Badge, str, str, str]]
    brief: str
    moves: Sequence[str]


def effect(found: Previewed) -> Effect:
    rows = []
    for state in State:
        now, then = found.now[state], found.then[state]
        difference = f"({then - now:+,})" if then != now else ""
        rows.append((badge(state), number(now), number(then), difference))
    brief = _("%(n)s customers would be in another state.") % {"n": number(found.changed)}
    moves = [
        _("%(n)s from “%(before)s” to “%(after)s”")
        % {"n": number(count), "before": spoken(LABELS[before]), "after": spoken(LABELS[after])}
        for before, after, count in found.moves[:SHOWN_MOVES]
    ]
    return Effect(rows, brief, moves)


def profile(request: BrandRequest, customer_id: int, subject_ids: Sequence[int]) -> Mapping[str, object]:
    """The panel on a customer's page: the state, since when, and the rule that says so."""
    if not queries.states_of(request.brand.pk, [customer_id]):
        return {"badge": None}
    found = queries.profile(request.brand, customer_id)
    if found.kept is None:
        return {"badge": None}
    return {
        "badge": badge(found.kept.state),
        "since_ms": found.kept.since_ms,
        "zone": request.brand.timezone,
        "sentence": found.sentence_zh if tongue().is_chinese else found.sentence_en,
        "may_see_rules": request.actor.may(Permission.REPORTS_VIEW),
    }


def told(payload: Mapping[str, Any]) -> str:
    """What a touchpoint `state.changed` says: from which state to which."""
    known = set(State)
    words = [payload.get("from"), payload.get("to")]
    return " → ".join(spoken(LABELS[State(word)]) if word in known else str(word) for word in words)


def badges_of(brand: Brand, rows: Rows) -> Mapping[int, Badge]:
    """The state of each customer of a page, where one is known."""
    found = queries.states_of(brand.pk, [customer.pk for customer, _face in rows])
    return {one: Badge(spoken(LABELS[kept.state]), TONES[kept.state]) for one, kept in found.items()}
