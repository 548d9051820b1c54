"""What the entries of the audit log are called. A room registers the words of its own in `AppConfig.ready`;
a test fails for an action that code writes and nobody named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from guanxi.kernel.wording import Wording, say
from guanxi.platform.language import spoken


class Kind(NamedTuple):
    """A kind of object. `url_name` leads from its id to its page, where it has one."""

    label: Wording
    url_name: str = ""


_actions: dict[str, Wording] = {}
_kinds: dict[str, Kind] = {}
_fields: dict[str, Wording] = {}


def register(
    actions: Mapping[str, Wording],
    kinds: Mapping[str, Kind] | None = None,
    fields: Mapping[str, Wording] | None = None,
) -> None:
    """Add a room's words: of actions, of kinds of objects, of fields of details. Raises ValueError for an
    action or kind that has a word already; fields may be named by several rooms, alike."""
    if twice := (_actions.keys() & actions.keys()) | (_kinds.keys() & (kinds or {}).keys()):
        raise ValueError(f"the audit log names twice: {', '.join(sorted(twice))}")
    _actions.update(actions)
    _kinds.update(kinds or {})
    _fields.update(fields or {})


def actions() -> dict[str, str]:
    """Every action with its label in the reader's language, by label."""
    said = {name: spoken(label) for name, label in _actions.items()}
    return dict(sorted(said.items(), key=lambda item: item[1]))


def kinds() -> dict[str, str]:
    """Every kind of object with its label in the reader's language."""
    return {name: spoken(kind.label) for name, kind in _kinds.items()}


def action_label(name: str) -> str:
    """The label of an action; of one that no code writes any more, its name."""
    return spoken(_actions[name]) if name in _actions else name


def kind_label(name: str) -> str:
    return spoken(_kinds[name].label) if name in _kinds else name


def kind_address(name: str) -> str:
    """The name of the address that shows an object of this kind, or nothing."""
    return _kinds[name].url_name if name in _kinds else ""


def field_label(name: str) -> str:
    return spoken(_fields[name]) if name in _fields else name


ACTIONS: Final = {
    "apikey.issued": say("API key issued"),
    "apikey.revoked": say("API key revoked"),
    "apikey.rotated": say("API key rotated"),
    "audit.exported": say("Audit log exported"),
    "brand.created": say("Brand added"),
    "brand.changed": say("Brand changed"),
    "brand.logo_removed": say("Brand's logo removed"),
    "brand.logo_set": say("Brand's logo set"),
    "export.written": say("List exported"),
    "export.downloaded": say("Exported file taken"),
    "export.removed": say("Export cancelled or its file deleted"),
    "invitation.made": say("Invitation made"),
    "invitation.revoked": say("Invitation taken back"),
    "invitation.accepted": say("Invitation accepted"),
    "membership.set": say("Role given"),
    "membership.removed": say("Person removed from the brand"),
    "membership.suspended": say("Person suspended"),
    "membership.resumed": say("Person let work again"),
    "sandbox.made": say("Sandbox made of the brand"),
    "sandbox.filled": say("Sandbox filled with made members"),
    "sandbox.emptied": say("Sandbox emptied"),
    "session.begun": say("Signed in"),
    "session.ended": say("Signed out"),
    "session.ended_everywhere": say("Signed out everywhere"),
    "user.created": say("Account made"),
    "user.activated": say("Account opened"),
    "user.deactivated": say("Account closed"),
    "user.language_changed": say("Language chosen"),
    "user.locked": say("Sign-in braked after wrong passwords"),
    "user.unlocked": say("Sign-in allowed again"),
    "user.password_changed": say("Password changed"),
    "user.recovery_code_used": say("Recovery code used"),
    "user.recovery_codes_renewed": say("Recovery codes renewed"),
    "user.two_step_enabled": say("Two-step sign-in turned on"),
    "user.two_step_disabled": say("Two-step sign-in turned off"),
    "vault.rotated": say("Personal data sealed by a new master key"),
    "vault.versions_dropped": say("Old master keys dropped"),
    "view.saved": say("View saved"),
    "view.changed": say("View changed"),
    "view.removed": say("View removed"),
    "webhook.created": say("Webhook added"),
    "webhook.changed": say("Webhook changed"),
    "webhook.removed": say("Webhook removed"),
    "webhook.resumed": say("Webhook resumed"),
    "webhook.stopped": say("Webhook stopped"),
    "webhook.rotated": say("Webhook's secret rotated"),
    "webhook.tested": say("Webhook tested"),
    "webhook.replayed": say("Deliveries sent again"),
}
KINDS: Final = {
    "apikey": Kind(say("API key")),
    "audit": Kind(say("Audit log")),
    "brand": Kind(say("Brand")),
    "export": Kind(say("Export")),
    "invitation": Kind(say("Invitation")),
    "user": Kind(say("Person"), "person"),
    "view": Kind(say("View")),
    "webhook": Kind(say("Webhook"), "webhook"),
}
FIELDS: Final = {
    "attempts": say("attempts"),
    "before": say("before"),
    "fields": say("fields"),
    "filter": say("filter"),
    "format": say("format"),
    "hours": say("hours"),
    "language": say("language"),
    "listing": say("list"),
    "name": say("name"),
    "role": say("role"),
    "scopes": say("scopes"),
    "shared": say("shared"),
    "slug": say("short name"),
    "sandbox": say("sandbox"),
    "left_count": say("not copied"),
    "source": say("source"),
    "version": say("version"),
    "versions": say("versions"),
}
register(ACTIONS, KINDS, FIELDS)
