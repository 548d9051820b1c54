"""Rules: /api/v1/rules."""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from guanxi.loyalty.rules import giving, queries, services, shown, tracing, trying
from guanxi.loyalty.rules.contracts import State
from guanxi.platform.apikeys import Caller, Scope
from guanxi.platform.models import Brand
from guanxi.rest import rule_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, flag_of, object_of, read_json, text_of, whole_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json

_CREATED: Final = frozenset(("name", "definition", "description", "priority", "group"))
_TRIED: Final = frozenset(("definition", "rule", "priority", "group", "days", "all"))
_TRACED: Final = frozenset(("customer", "touchpoint", "supposed", "draft"))
_DRAFT: Final = frozenset(("rule", "definition", "priority", "group"))
_LARGEST_ID: Final = (1 << 63) - 1
RuleId = Annotated[int, Path(description="The rule's id.", ge=1, lt=1 << 63)]
router = Router(tags=["rules"])


@router.get(
    "",
    auth=Key(Scope.RULES_READ),
    summary="List rules",
    description=examples.LIST_DOC,
    operation_id="list_rules",
    openapi_extra=examples.LIST,
)
def list_rules(
    request: HttpRequest,
    state: Annotated[str | None, Query(description="Only those that are draft, active, paused …")] = None,
) -> HttpResponse:
    brand = _brand(as_key_request(request).auth)
    states = [_state(state)] if state else list(State)
    return as_json({"rules": shown.rules(brand, queries.rules(brand.pk, states))})


@router.post(
    "",
    auth=Key(Scope.RULES_WRITE),
    summary="Create a rule",
    description=examples.CREATE_DOC,
    operation_id="create_rule",
    openapi_extra=examples.CREATE,
)
def create_rule(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CREATED, needed=("name", "definition"))
    brand, priority = _brand(key), whole_of(body, "priority")
    number = services.create(
        brand,
        text_of(body, "name") or "",
        object_of(body, "definition") or {},
        description=text_of(body, "description") or "",
        priority=100 if priority is None else priority,
        group=text_of(body, "group") or "",
        actor=key.actor,
    )
    return as_json(shown.rule(brand, number))


@router.get(
    "/groups",
    auth=Key(Scope.RULES_READ),
    summary="List groups of rules",
    description=examples.GROUPS_DOC,
    operation_id="list_rule_groups",
    openapi_extra=examples.GROUPS,
)
def list_rule_groups(request: HttpRequest) -> HttpResponse:
    rows = queries.groups(as_key_request(request).auth.brand_id)
    return as_json({"groups": [shown.group(row) for row in rows]})


@router.put(
    "/groups",
    auth=Key(Scope.RULES_WRITE),
    summary="Make or change a group of rules",
    description=examples.SET_GROUP_DOC,
    operation_id="set_rule_group",
    openapi_extra=examples.SET_GROUP,
)
def set_rule_group(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(
        read_json(request), frozenset(("name", "mode", "cap", "version")), needed=("name", "mode")
    )
    name, mode = text_of(body, "name") or "", text_of(body, "mode") or ""
    cap, version = _large(body, "cap") or 0, whole_of(body, "version")
    services.set_group(_brand(key), name, mode, cap=cap, version=version, actor=key.actor)
    row = next(row for row in queries.groups(key.brand_id) if row.name == name.strip())
    return as_json(shown.group(row))


@router.post(
    "/dry-run",
    auth=Key(Scope.RULES_READ),
    summary="Try a rule on the last days",
    description=examples.TRY_DOC,
    operation_id="try_rule",
    openapi_extra=examples.TRY,
)
def try_rule(request: HttpRequest) -> HttpResponse:
    body = fields_of(read_json(request), _TRIED, needed=("definition",))
    brand, days = _brand(as_key_request(request).auth), whole_of(body, "days")
    rule_id, definition, priority, group = _draft(body)
    asked = trying.Asked(definition, rule_id, priority, group, 30 if days is None else days)
    found = trying.look(brand, asked)
    if flag_of(body, "all") and found.found is not None and not found.found.complete and not found.job_id:
        trying.begin(brand, asked)
        found = trying.look(brand, asked)
    return as_json(shown.trial(found))


@router.post(
    "/trace",
    auth=Key(Scope.RULES_READ),
    summary="Trace what rules do for a customer",
    description=examples.TRACE_DOC,
    operation_id="trace_rules",
    openapi_extra=examples.TRACE,
)
def trace_rules(request: HttpRequest) -> HttpResponse:
    body = fields_of(read_json(request), _TRACED, needed=("customer",))
    told = object_of(body, "draft")
    draft = None if told is None else _draft(fields_of(told, _DRAFT, needed=("definition",)))
    found = tracing.trace(
        _brand(as_key_request(request).auth),
        _large(body, "customer") or 0,
        fact_id=_large(body, "touchpoint"),
        supposed=object_of(body, "supposed"),
        draft=draft,
    )
    return as_json(shown.traced(found))


@router.get(
    "/{int:rule_id}",
    auth=Key(Scope.RULES_READ),
    summary="Show a rule",
    description=examples.SHOW_DOC,
    operation_id="show_rule",
    openapi_extra=examples.SHOW,
)
def show_rule(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    return as_json(shown.rule(_brand(as_key_request(request).auth), rule_id))


@router.put(
    "/{int:rule_id}",
    auth=Key(Scope.RULES_WRITE),
    summary="Change a rule",
    description=examples.SAVE_DOC,
    operation_id="save_rule",
    openapi_extra=examples.SAVE,
)
def save_rule(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _CREATED | {"version"}, needed=("version",))
    if not _CREATED & body.keys():
        raise Problem(422, "body_bad", "There is nothing to change.", field="name")
    services.save(
        _brand(key),
        rule_id,
        whole_of(body, "version") or 0,
        name=text_of(body, "name"),
        description=text_of(body, "description"),
        priority=whole_of(body, "priority"),
        group=text_of(body, "group"),
        definition=object_of(body, "definition"),
        actor=key.actor,
    )
    return as_json(shown.rule(_brand(key), rule_id))


@router.post(
    "/{int:rule_id}/state",
    auth=Key(Scope.RULES_WRITE),
    summary="Switch a rule on or off",
    description=examples.STATE_DOC,
    operation_id="set_rule_state",
    openapi_extra=examples.STATE,
)
def set_rule_state(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), frozenset(("state", "version")), needed=("state", "version"))
    state, version = _state(text_of(body, "state") or ""), whole_of(body, "version") or 0
    services.set_state(_brand(key), rule_id, version, state, actor=key.actor)
    return as_json(shown.rule(_brand(key), rule_id))


@router.delete(
    "/{int:rule_id}",
    auth=Key(Scope.RULES_WRITE),
    summary="Delete a draft",
    description=examples.DELETE_DOC,
    operation_id="delete_rule",
    openapi_extra=examples.DELETE,
)
def delete_rule(
    request: HttpRequest,
    rule_id: RuleId,
    version: Annotated[int, Query(description="The version you have read.", ge=1, lt=1 << 31)],
) -> HttpResponse:
    key = as_key_request(request).auth
    services.delete(_brand(key), rule_id, version, actor=key.actor)
    return as_json({"id": rule_id, "deleted": True})


@router.get(
    "/{int:rule_id}/versions",
    auth=Key(Scope.RULES_READ),
    summary="List the versions of a rule",
    description=examples.VERSIONS_DOC,
    operation_id="list_rule_versions",
    openapi_extra=examples.VERSIONS,
)
def list_rule_versions(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    found = queries.versions(as_key_request(request).auth.brand_id, rule_id)
    return as_json({"versions": [shown.version(one) for one in found]})


@router.post(
    "/{int:rule_id}/fund",
    auth=Key(Scope.RULES_WRITE),
    summary="Fund a rule",
    description=examples.FUND_DOC,
    operation_id="fund_rule",
    openapi_extra=examples.FUND,
)
def fund_rule(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    key, names = as_key_request(request).auth, ("asset", "units", "key")
    body = fields_of(read_json(request), frozenset(names), needed=names)
    once, units = (text_of(body, "key") or "")[:60], _large(body, "units") or 0
    brand, asset = _brand(key), text_of(body, "asset") or ""
    done = services.fund(brand, rule_id, asset, units, key=f"{rule_id}:{once}", actor=key.actor)
    left = queries.budgets(brand.pk, [rule_id]).get(rule_id, {})
    told = {"state": done.state.value, "code": done.code or None, "message": str(done.message) or None}
    return as_json({**told, "budget_left": left})


@router.get(
    "/{int:rule_id}/missed",
    auth=Key(Scope.RULES_READ),
    summary="List what a rule missed",
    description=examples.MISSED_DOC,
    operation_id="list_missed",
    openapi_extra=examples.MISSED,
)
def list_missed(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    brand_id = as_key_request(request).auth.brand_id
    services.find(brand_id, rule_id)
    reasons = [
        {"code": code, "effects": many, "units": units}
        for code, many, units in queries.missed_reasons(brand_id, rule_id)
    ]
    rows = queries.missed(brand_id, rule_id)
    return as_json({"reasons": reasons, "missed": [shown.missed(row) for row in rows]})


@router.post(
    "/{int:rule_id}/missed/give",
    auth=Key(Scope.RULES_WRITE),
    summary="Give what a rule missed",
    description=examples.GIVE_DOC,
    operation_id="give_missed",
    openapi_extra=examples.GIVE,
)
def give_missed(request: HttpRequest, rule_id: RuleId) -> HttpResponse:
    key = as_key_request(request).auth
    fields_of(read_json(request), frozenset(), needed=())
    found = giving.want(_brand(key), rule_id, actor=key.actor)
    if isinstance(found, int):
        return as_json({"job": found, "given": 0, "units": 0, "refused": 0})
    return as_json({"job": None, **found._asdict()})


def _brand(key: Caller) -> Brand:
    return Brand.objects.get(pk=key.brand_id)


def _state(text: str) -> State:
    if text not in list(State):
        raise Problem(422, "field_bad", f"state is one of {', '.join(State)}.", field="state")
    return State(text)


def _draft(body: dict[str, Any]) -> tuple[int | None, dict[str, Any], int, str]:
    priority = whole_of(body, "priority")
    return (
        _large(body, "rule"),
        object_of(body, "definition") or {},
        100 if priority is None else priority,
        text_of(body, "group") or "",
    )


def _large(body: dict[str, Any], name: str) -> int | None:
    """Raises Problem where it is there and no whole number of 64 bits."""
    value = body.get(name)
    if value is not None and (type(value) is not int or abs(value) > _LARGEST_ID):
        raise Problem(422, "field_bad", f"{name} must be a whole number.", field=name)
    return value
