"""The verbs of rules. Whoever changes one says which version they have read; of two who do it at once, the
second is told so (`Conflict`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.kernel.clock import now_ms
from guanxi.kernel.conditions import BrandRow
from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger.contracts import MOST_UNITS, Account, Move, Outcome, Place, Posting
from guanxi.loyalty.ledger.contracts import State as Booked
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.rules.booking import budget_name
from guanxi.loyalty.rules.contracts import EFFECTS, MOST_PRIORITY, MOVES, Definition, Mode, State
from guanxi.loyalty.rules.models import Rule, RuleGroup, RuleVersion
from guanxi.loyalty.rules.parsing import dump_definition, parse_definition
from guanxi.platform import audit
from guanxi.platform.writing import writing
from guanxi.segments.definitions import resolve

MOST_RULES: Final = 500
NAME_CHARS: Final = 80
DESCRIPTION_CHARS: Final = 500
GROUP_CHARS: Final = 60


def create(
    brand: BrandRow,
    name: str,
    definition: Mapping[str, Any],
    *,
    actor: object,
    description: str = "",
    priority: int = 100,
    group: str = "",
) -> int:
    """A new draft; its id.

    Raises ConditionInvalid (with its path) for a definition that cannot be, Invalid, NotFound for a group or
    an asset that there is not, Conflict where the name is taken, Limit.
    """
    parsed = checked(brand.pk, definition)
    rule = Rule(
        brand_id=brand.pk,
        name=_name(name),
        description=description.strip()[:DESCRIPTION_CHARS],
        priority=_priority(priority),
        definition=dump_definition(parsed),
        owner=str(actor)[:160],
    )
    with writing(brand.pk):
        if Rule.objects.filter(brand_id=brand.pk).count() >= MOST_RULES:
            raise Limit(say("A brand has at most %(most)s rules.", most=MOST_RULES), most=MOST_RULES)
        _demand_free(brand.pk, rule.name, None)
        rule.group = group_of(brand.pk, group)
        rule.save(force_insert=True)
        _note(rule, "created", actor)
    return rule.pk


def save(
    brand: BrandRow,
    rule_id: int,
    version: int,
    *,
    actor: object,
    name: str | None = None,
    description: str | None = None,
    priority: int | None = None,
    group: str | None = None,
    definition: Mapping[str, Any] | None = None,
) -> int:
    """Change a rule that was read at `version`; its new version, which counts from the next fact recorded.
    None leaves a part as it is. Raises as `create`, NotFound, and Conflict where somebody saved meanwhile."""
    parsed = None if definition is None else checked(brand.pk, definition)
    with writing(brand.pk):
        rule = _read_at(brand.pk, rule_id, version)
        if name is not None:
            rule.name = _name(name)
            _demand_free(brand.pk, rule.name, rule.pk)
        if description is not None:
            rule.description = description.strip()[:DESCRIPTION_CHARS]
        if priority is not None:
            rule.priority = _priority(priority)
        if group is not None:
            rule.group = group_of(brand.pk, group)
        if parsed is not None:
            rule.definition = dump_definition(parsed)
        _write(rule, "saved", actor)
    return rule.version


def set_state(brand: BrandRow, rule_id: int, version: int, state: State | str, *, actor: object) -> int:
    """Activate, pause, archive, or take out of the archive; the new version. Raises NotFound, Conflict where
    somebody saved meanwhile or the state cannot follow the present one, and what `checked` raises, for a rule
    that is activated and refers to what has gone."""
    wanted = State(state)
    with writing(brand.pk):
        rule = _read_at(brand.pk, rule_id, version)
        if wanted not in MOVES[State(rule.state)]:
            raise Conflict(
                say("A rule that is %(now)s cannot become %(wanted)s.", now=rule.state, wanted=wanted.value),
                remedy=say("Look at the rule again."),
            )
        if wanted is State.ACTIVE:
            checked(brand.pk, rule.definition)
        rule.state = wanted.value
        _write(rule, wanted.value, actor)
    return rule.version


def delete(brand: BrandRow, rule_id: int, version: int, *, actor: object) -> None:
    """Remove a draft for good. Raises NotFound, and Conflict for a rule that was ever active."""
    with writing(brand.pk):
        rule = _read_at(brand.pk, rule_id, version)
        if rule.state != State.DRAFT.value:
            raise Conflict(
                say("Only a draft can be deleted: this rule may have given something."),
                remedy=say("Archive it instead."),
            )
        audit.record(brand.pk, str(actor), "rule.deleted", "rule", rule.pk, detail={"name": rule.name})
        rule.delete()


def set_group(
    brand: BrandRow, name: str, mode: Mode | str, *, actor: object, cap: int = 0, version: int | None = None
) -> RuleGroup:
    """The group of that name, made or changed; with `version` (0: there is none yet) only where that is the
    one that was read, else Conflict. Raises Invalid for a mode that there is not, or a cap that is
    not above 0 exactly where the mode is cap."""
    name = name.strip()
    if not 1 <= len(name) <= GROUP_CHARS:
        raise Invalid(say("A group has a name of 1 to %(most)s characters.", most=GROUP_CHARS), field="name")
    if mode not in list(Mode):
        names = ", ".join(Mode)
        raise Invalid(say("A group's mode is one of %(names)s.", names=names), field="mode")
    if (Mode(mode) is Mode.CAP) != (cap > 0):
        raise Invalid(say("A cap is above 0, exactly where the mode is cap."), field="cap")
    with writing(brand.pk):
        group = RuleGroup.objects.filter(brand_id=brand.pk, name=name).first()
        if group is None:
            group = RuleGroup(brand_id=brand.pk, name=name, version=0)
        if version is not None and version != group.version:
            raise Conflict(
                say("Somebody saved this group meanwhile, or one of this name is there."),
                remedy=say("Look at it again and repeat your change."),
                version=group.version,
            )
        group.mode, group.cap, group.at_ms = Mode(mode).value, cap, now_ms()
        group.version += 1
        group.save()
        detail = {"name": name, "mode": group.mode, "cap_units": cap}
        audit.record(brand.pk, str(actor), "rule.group", "rule_group", group.pk, detail=detail)
    return group


def fund(brand: BrandRow, rule_id: int, asset: str, units: int, *, key: str, actor: object) -> Outcome:
    """Put units into a rule's budget (below 0: take out what is left), once under `key`. Raises NotFound,
    and Invalid for no units or too many."""
    rule = find(brand.pk, rule_id)
    if not 1 <= abs(units) <= MOST_UNITS:
        raise Invalid(say("Units are from 1 to %(most)s.", most=f"{MOST_UNITS:,}"), field="units")
    if not Asset.objects.filter(brand_id=brand.pk, code=asset).exists():
        raise NotFound(say("There is no asset '%(code)s'.", code=asset[:60]), code=asset[:60], field="asset")
    issued, budget = Account(asset, Place.ISSUED), Account(asset, Place.BUDGET, name=budget_name(rule.pk))
    move = Move(issued, budget, units) if units >= 0 else Move(budget, issued, -units)
    posting = Posting(f"budget:{key}", "rule.budget", [move], now_ms(), rule=f"{rule.pk}:{rule.version}")
    with writing(brand.pk):
        (outcome,) = post(brand.pk, [posting], actor=actor)
        if outcome.state is not Booked.EXISTS:
            detail = {"asset": asset, "units_count": units, "outcome": outcome.state.value}
            audit.record(brand.pk, str(actor), "rule.budget", "rule", rule.pk, detail=detail)
    return outcome


def find(brand_id: int, rule_id: int) -> Rule:
    rule = Rule.objects.select_related("group").filter(brand_id=brand_id, pk=rule_id).first()
    if rule is None:
        raise NotFound(say("There is no rule %(rule)s.", rule=rule_id), rule=rule_id)
    return rule


def checked(brand_id: int, data: Mapping[str, Any]) -> Definition:
    """The definition, with all that it refers to there: segments, assets. Raises ConditionInvalid,
    NotFound."""
    parsed = parse_definition(data)
    if parsed.condition is not None:
        resolve(brand_id, parsed.condition)
    for effect in parsed.effects:
        demand = EFFECTS[effect.name].demand
        if demand is not None:
            demand(brand_id, effect)
    codes = {str(effect["asset"]) for effect in parsed.effects if "asset" in effect.values}
    known = set(Asset.objects.filter(brand_id=brand_id, code__in=codes).values_list("code", flat=True))
    if missing := codes - known:
        code = min(missing)
        raise NotFound(
            say("There is no asset '%(code)s'.", code=code), remedy=say("Create it first."), asset=code
        )
    return parsed


def has_given(rule: Rule) -> bool:
    """Whether the ledger has anything by this rule."""
    prefix = f"rule:{rule.pk}:"
    return PostingRow.objects.filter(
        brand_id=rule.brand_id, key__gte=prefix, key__lt=prefix[:-1] + ";"
    ).exists()


def _read_at(brand_id: int, rule_id: int, version: int) -> Rule:
    rule = find(brand_id, rule_id)
    if rule.version != version:
        raise Conflict(
            say("Somebody saved this rule meanwhile."),
            remedy=say("Look at it again and repeat your change."),
            version=rule.version,
        )
    return rule


def _write(rule: Rule, what: str, actor: object) -> None:
    rule.version += 1
    rule.changed_ms = now_ms()
    rule.save()
    _note(rule, what, actor)


def _note(rule: Rule, what: str, actor: object) -> None:
    RuleVersion.objects.create(
        rule=rule,
        version=rule.version,
        name=rule.name,
        priority=rule.priority,
        group=rule.group.name if rule.group else "",
        definition=rule.definition,
        state=rule.state,
        what=what,
        actor=str(actor)[:160],
    )
    detail = {"name": rule.name, "version": rule.version}
    audit.record(rule.brand_id, str(actor), f"rule.{what}", "rule", rule.pk, detail=detail)


def group_of(brand_id: int, name: str) -> RuleGroup | None:
    """The group of that name, None for "". Raises NotFound."""
    if not name:
        return None
    group = RuleGroup.objects.filter(brand_id=brand_id, name=name).first()
    if group is None:
        raise NotFound(
            say("There is no group '%(name)s'.", name=name), remedy=say("Create it first."), group=name
        )
    return group


def _demand_free(brand_id: int, name: str, own_id: int | None) -> None:
    if Rule.objects.filter(brand_id=brand_id, name=name).exclude(pk=own_id or 0).exists():
        raise Conflict(
            say("There is a rule named '%(name)s' already.", name=name), remedy=say("Choose another name.")
        )


def _name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_CHARS or "\0" in name:
        raise Invalid(say("A rule has a name of 1 to %(most)s characters.", most=NAME_CHARS), field="name")
    return name


def _priority(priority: int) -> int:
    if not 0 <= priority <= MOST_PRIORITY:
        raise Invalid(say("A priority is from 0 to %(most)s.", most=MOST_PRIORITY), field="priority")
    return priority
