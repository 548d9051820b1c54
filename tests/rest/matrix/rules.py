"""Rules."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from tests.rest.matrix.known import known_rule
from tests.rest.matrix.row import Ask

# Of any brand: it names no asset.
TAGS = {"on": ["order.paid"], "effects": [{"effect": "tag", "tag": "vip"}]}
READ, WRITE = Scope.RULES_READ, Scope.RULES_WRITE
ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_rules": (READ, lambda caller, _: caller.get("rules")),
    "create_rule": (WRITE, lambda caller, _: caller.post("rules", {"name": "tags", "definition": TAGS})),
    "list_rule_groups": (READ, lambda caller, _: caller.get("rules/groups")),
    "set_rule_group": (WRITE, lambda caller, _: caller.put("rules/groups", {"name": "g", "mode": "best"})),
    "try_rule": (READ, lambda caller, _: caller.post("rules/dry-run", {"definition": TAGS})),
    "trace_rules": (READ, lambda caller, customer: caller.post("rules/trace", {"customer": customer})),
    "show_rule": (READ, lambda caller, _: caller.get(f"rules/{known_rule()}")),
    "save_rule": (
        WRITE,
        lambda caller, _: caller.put(f"rules/{known_rule()}", {"version": 1, "name": "changed?"}),
    ),
    "set_rule_state": (
        WRITE,
        lambda caller, _: caller.post(f"rules/{known_rule()}/state", {"version": 1, "state": "active"}),
    ),
    "delete_rule": (WRITE, lambda caller, _: caller.delete(f"rules/{known_rule()}", version=1)),
    "list_rule_versions": (READ, lambda caller, _: caller.get(f"rules/{known_rule()}/versions")),
    "fund_rule": (
        WRITE,
        lambda caller, _: caller.post(
            f"rules/{known_rule()}/fund", {"asset": "points", "units": 5, "key": "k"}
        ),
    ),
    "list_missed": (READ, lambda caller, _: caller.get(f"rules/{known_rule()}/missed")),
    "give_missed": (WRITE, lambda caller, _: caller.post(f"rules/{known_rule()}/missed/give", {})),
}
