"""The rules of a brand's states: read, checked, chosen. Rows are only ever added: the newest holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError

from guanxi.economics.models import StateRules
from guanxi.economics.states import defaults
from guanxi.economics.states.contracts import LABELS, RULED, Rule, RuleSet, State
from guanxi.economics.states.implying import implies, is_never
from guanxi.kernel.conditions import Condition, ConditionInvalid, dump, leaves_of, parse
from guanxi.kernel.errors import Conflict, Invalid
from guanxi.kernel.wording import say
from guanxi.platform import audit, jobs
from guanxi.platform.actors import Actor
from guanxi.platform.writing import writing
from guanxi.segments.definitions import resolve

REFRESH: Final = "economics.states"
CHANGED: Final = "state.changed"
LEAF: Final = "state.is"
PARTS: Final = frozenset(("state", "condition"))
_FORM: Final = say('Rules are a list of {"state": …, "condition": {…}}; see docs/guide/states.md.')


def of(brand_id: int) -> RuleSet:
    """The rules that hold now. Raises ConditionInvalid where a condition cannot be read any more."""
    row = StateRules.objects.filter(brand_id=brand_id).order_by("-version").first()
    if row is None:
        return RuleSet(_parsed(defaults.RULES))
    return _told(row)


def version_of(brand_id: int) -> int:
    """The version of the rules that hold now; 0: the default."""
    newest = StateRules.objects.filter(brand_id=brand_id).order_by("-version")
    return newest.values_list("version", flat=True).first() or 0


def at_version(brand_id: int, version: int) -> RuleSet | None:
    """The rules as they were at a version; None where they cannot be read any more."""
    try:
        if version == 0:
            return RuleSet(_parsed(defaults.RULES))
        row = StateRules.objects.filter(brand_id=brand_id, version=version).first()
        return None if row is None else _told(row)
    except ConditionInvalid:
        return None


def history(brand_id: int, limit: int = 50) -> list[tuple[int, str, int]]:
    """What was chosen before: (version, actor, at_ms), the newest first."""
    rows = StateRules.objects.filter(brand_id=brand_id).order_by("-version")
    return list(rows.values_list("version", "actor", "at_ms")[:limit])


def written(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The rules as JSON, as `choose` takes them."""
    return [{"state": rule.state.value, "condition": dump(rule.condition)} for rule in rules]


def checked(brand_id: int, given: Any) -> tuple[Rule, ...]:
    """Rules as JSON, read and found to be possible.

    Raises Invalid: for another form, a state that there is not or that has two rules, a condition that is
    none or refers to what is missing (ConditionInvalid, with its place), one that asks for states, and a rule
    that nobody can ever reach.
    """
    if not isinstance(given, list | tuple):
        raise Invalid(say("The rules are no list."), remedy=_FORM, field="rules")
    if not given:
        raise Invalid(say("There is no rule."), remedy=_FORM, field="rules")
    rules: list[Rule] = []
    resolved: list[Condition] = []
    for number, one in enumerate(given):
        place = f"rules[{number}]"
        state = _state(one, place, [rule.state for rule in rules])
        condition, asked = _condition(brand_id, one["condition"], f"{place}.condition")
        _demand_reachable(state, asked, rules, resolved, place)
        rules.append(Rule(state, condition))
        resolved.append(asked)
    return tuple(rules)


def choose(brand_id: int, given: Any, *, version: int | None, actor: Actor | str) -> RuleSet:
    """Have these rules hold from now on; every customer's state is computed anew by the worker. The same
    again changes nothing. `version` is the one that was read, None: whatever holds.

    Raises as `checked`, and Conflict where somebody chose others since `version`.
    """
    rules = checked(brand_id, given)
    with writing(brand_id):
        now = version_of(brand_id)
        if version is not None and version != now:
            raise _meanwhile()
        kept = at_version(brand_id, now)
        if kept is not None and kept.chosen and kept.rules == rules:
            return kept
        try:
            row = StateRules.objects.create(
                brand_id=brand_id, version=now + 1, rules=written(rules), actor=str(actor)[:160]
            )
        except IntegrityError:
            raise _meanwhile() from None
        detail = {"version": row.version, "states": [rule.state.value for rule in rules]}
        audit.record(brand_id, actor, "states.chosen", "states", row.version, detail=detail)
        jobs.want(REFRESH, brand_id)
    return _told(row)


def _meanwhile() -> Conflict:
    return Conflict(
        say("Somebody changed the rules of states meanwhile."),
        remedy=say("Look at them again, then repeat your change."),
    )


def _told(row: StateRules) -> RuleSet:
    return RuleSet(_parsed(row.rules), row.version, row.actor, row.at_ms)


def _parsed(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(Rule(State(one["state"]), parse(one["condition"], stored=True)) for one in rules)


def _state(one: Any, place: str, before: Sequence[State]) -> State:
    if not isinstance(one, Mapping) or set(one) != PARTS:
        raise Invalid(say("%(place)s is no rule.", place=place), remedy=_FORM, field=place)
    try:
        state = State(one["state"])
    except (ValueError, TypeError):
        state = State.NONE
    if state is State.NONE:
        raise Invalid(
            say("There is no state '%(name)s' to have a rule.", name=str(one["state"])[:40]),
            remedy=say("States: %(names)s.", names=", ".join(RULED)),
            field=f"{place}.state",
        )
    if state in before:
        raise Invalid(
            say("The state “%(state)s” has two rules.", state=LABELS[state]),
            remedy=say("Make them one: put both conditions into an any."),
            field=f"{place}.state",
        )
    return state


def _condition(brand_id: int, given: Any, place: str) -> tuple[Condition, Condition]:
    """The condition as written, and with all it refers to put in."""
    try:
        condition = parse(given)
        asked = resolve(brand_id, condition)
    except ConditionInvalid as error:
        path = str(error.data.get("path") or "")
        data = {**error.data, "path": f"{place}.{path}" if path else place}
        raise ConditionInvalid(
            say("%(place)s: %(message)s", place=place, message=error.message), remedy=error.remedy, **data
        ) from None
    for leaf in leaves_of(asked):
        if leaf.name == LEAF or CHANGED in (dict(leaf.values).get("kinds") or ()):
            raise ConditionInvalid(
                say("%(place)s: a state cannot depend on states.", place=place),
                remedy=say("Ask for what the customer did instead."),
                path=place,
            )
    return condition, asked


def _demand_reachable(
    state: State, asked: Condition, rules: Sequence[Rule], before: Sequence[Condition], place: str
) -> None:
    if is_never(asked):
        raise Invalid(
            say("Nobody can ever be “%(state)s”: its condition holds of nobody.", state=LABELS[state]),
            remedy=say("Change the condition, or leave the rule out."),
            field=place,
        )
    for rule, earlier in zip(rules, before, strict=True):
        if implies(asked, earlier):
            raise Invalid(
                say(
                    "Nobody can ever be “%(state)s”: everybody it describes is “%(other)s” already, whose "
                    "rule comes before.",
                    state=LABELS[state],
                    other=LABELS[rule.state],
                ),
                remedy=say("Put the narrower rule first."),
                field=place,
            )
