"""Messages, templates, channels, limits and receipts."""

from __future__ import annotations

from guanxi.messaging import services
from guanxi.messaging.contracts import Draft, Kind, Message, Priority, Variable, Wordings
from guanxi.messaging.models import Message as Row
from guanxi.platform.apikeys import Scope
from guanxi.platform.models import Brand
from guanxi.rest.message_examples import MESSAGE
from guanxi.rest.template_examples import TEMPLATE
from tests.rest.matrix.row import Ask


def define_messages(brand: Brand, customer: int) -> None:
    """A template, and a message of it that waits."""
    said = {"zh-hans": Wordings("您有 {{points}}。", "积分"), "en": Wordings("{{points}}", "Points")}
    points = [Variable("points", Kind.POINTS, 1)]
    draft = Draft("inbox", "receipt", "service", Priority.SERVICE, said, points)
    services.save_template(brand.pk, draft, version=0, actor="cli")
    services.save_template(brand.pk, draft._replace(name="points"), version=0, actor="cli")
    services.queue(brand.pk, [Message("known", customer, "inbox", "receipt", {"points": 5})])


def known_message() -> int:
    return Row.objects.get(key="known").pk


ENDPOINTS: dict[str, tuple[Scope, Ask]] = {
    "queue_messages": (
        Scope.MESSAGES_SEND,
        lambda caller, customer: caller.post("messages", {**MESSAGE, "customer": customer}),
    ),
    "list_messages": (Scope.MESSAGES_READ, lambda caller, _: caller.get("messages")),
    "show_message": (Scope.MESSAGES_READ, lambda caller, _: caller.get(f"messages/{known_message()}")),
    "cancel_message": (
        Scope.MESSAGES_SEND,
        lambda caller, _: caller.post(f"messages/{known_message()}/cancel", {}),
    ),
    "take_receipts": (
        Scope.MESSAGES_RECEIPTS,
        lambda caller, _: caller.post(
            "receipts", {"channel": "email", "receipts": [{"provider_id": "p", "state": "sent"}]}
        ),
    ),
    "make_inbox_link": (
        Scope.MESSAGES_SEND,
        lambda caller, customer: caller.post(f"customers/{customer}/inbox-link", {}),
    ),
    "list_templates": (Scope.MESSAGES_READ, lambda caller, _: caller.get("templates")),
    "show_template": (Scope.MESSAGES_READ, lambda caller, _: caller.get("templates/inbox/receipt")),
    "save_template": (
        Scope.MESSAGES_DEFINE,
        lambda caller, _: caller.put("templates/inbox/fresh", {"version": 0, **TEMPLATE}),
    ),
    "preview_template": (
        Scope.MESSAGES_READ,
        lambda caller, _: caller.post("templates/preview", {"channel": "inbox", "name": "receipt"}),
    ),
    "list_channels": (Scope.MESSAGES_READ, lambda caller, _: caller.get("channels")),
    "show_limits": (Scope.MESSAGES_READ, lambda caller, _: caller.get("limits")),
    "set_limits": (
        Scope.MESSAGES_DEFINE,
        lambda caller, _: caller.put("limits", {"caps": [{"days": 7, "most": 2}]}),
    ),
}
NOT_THEIRS = {"show_message", "cancel_message", "make_inbox_link", "show_template", "preview_template"}
