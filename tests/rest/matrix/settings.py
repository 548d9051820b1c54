"""People, the audit and webhooks."""

from __future__ import annotations

from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Invitation
from guanxi.rest.people_examples import INVITED
from guanxi.rest.right_examples import NOTED
from guanxi.rest.webhook_examples import WEBHOOK
from tests.rest.matrix.known import colleague, known_delivery, known_webhook
from tests.rest.matrix.row import Ask

ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "list_retention": (Scope.RIGHTS_MANAGE, lambda caller, _: caller.get("retention")),
    "set_retention": (Scope.RIGHTS_MANAGE, lambda caller, _: caller.put("retention/jobs", {"days": 90})),
    "show_processing": (Scope.RIGHTS_MANAGE, lambda caller, _: caller.get("rights/processing")),
    "note_processing": (
        Scope.RIGHTS_MANAGE,
        lambda caller, _: caller.post("rights/processing/followers/note", NOTED),
    ),
    "show_roles": (Scope.PEOPLE_MANAGE, lambda caller, _: caller.get("roles")),
    "list_people": (Scope.PEOPLE_MANAGE, lambda caller, _: caller.get("people")),
    "change_person": (
        Scope.PEOPLE_MANAGE,
        lambda caller, _: caller.put(f"people/{colleague()}", {"role": "analyst"}),
    ),
    "remove_person": (Scope.PEOPLE_MANAGE, lambda caller, _: caller.delete(f"people/{colleague()}")),
    "list_invitations": (Scope.PEOPLE_MANAGE, lambda caller, _: caller.get("invitations")),
    "invite_person": (Scope.PEOPLE_MANAGE, lambda caller, _: caller.post("invitations", INVITED)),
    "revoke_invitation": (
        Scope.PEOPLE_MANAGE,
        lambda caller, _: caller.delete(f"invitations/{Invitation.objects.earliest('pk').pk}"),
    ),
    "show_key": (Scope.TILL_USE, lambda caller, _: caller.get("me")),  # any scope will do
    "list_audit": (Scope.AUDIT_READ, lambda caller, _: caller.get("audit")),
    "list_webhooks": (Scope.WEBHOOKS_MANAGE, lambda caller, _: caller.get("webhooks")),
    "create_webhook": (Scope.WEBHOOKS_MANAGE, lambda caller, _: caller.post("webhooks", WEBHOOK)),
    "show_webhook": (Scope.WEBHOOKS_MANAGE, lambda caller, _: caller.get(f"webhooks/{known_webhook()}")),
    "change_webhook": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.put(f"webhooks/{known_webhook()}", {"version": 1, "name": "changed?"}),
    ),
    "remove_webhook": (Scope.WEBHOOKS_MANAGE, lambda caller, _: caller.delete(f"webhooks/{known_webhook()}")),
    "rotate_webhook": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.post(f"webhooks/{known_webhook()}/rotate", {}),
    ),
    "test_webhook": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.post(f"webhooks/{known_webhook()}/test", {}),
    ),
    "replay_webhook": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.post(f"webhooks/{known_webhook()}/replay", {"failed": True}),
    ),
    "list_deliveries": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.get(f"webhooks/{known_webhook()}/deliveries"),
    ),
    "show_delivery": (Scope.WEBHOOKS_MANAGE, lambda caller, _: caller.get(f"deliveries/{known_delivery()}")),
    "replay_delivery": (
        Scope.WEBHOOKS_MANAGE,
        lambda caller, _: caller.post(f"deliveries/{known_delivery()}/replay", {}),
    ),
}
