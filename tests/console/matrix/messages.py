"""The outbox, templates, channels and limits."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

VIEW, MANAGE = Permission.MESSAGES_VIEW, Permission.MESSAGES_MANAGE
TYPED = {
    "channel": "inbox",
    "name": "fresh",
    "purpose": "service",
    "priority": "2",
    "fallback": "en",
    "text_en": "You have {{points}}.",
    "subject_en": "Points",
    "variable": "points",
    "kind": "points",
    "example": "5",
}
ONE = "/messages/templates/inbox/points"
PAGES: dict[str, Page] = {
    "messages": Page(VIEW, lambda w: "/messages"),
    "message": Page(VIEW, lambda w: f"/messages/{w.message}"),
    "message-act": Page(MANAGE, lambda w: f"/messages/{w.message}/cancel/do", lambda w: {}),
    "messages-cancel": Page(MANAGE, lambda w: "/messages/cancel?template=points"),
    "messages-cancel-do": Page(
        MANAGE, lambda w: "/messages/cancel/do", lambda w: {"template": "points", "newest": w.message}
    ),
    "message-templates": Page(VIEW, lambda w: "/messages/templates"),
    "message-template-new": Page(MANAGE, lambda w: "/messages/templates/new"),
    "message-template-draw": Page(MANAGE, lambda w: "/messages/templates/draw", lambda w: {"do": "add"}),
    "message-template-preview": Page(MANAGE, lambda w: "/messages/templates/preview", lambda w: TYPED),
    "message-template-save": Page(MANAGE, lambda w: "/messages/templates/save", lambda w: TYPED),
    "message-template": Page(VIEW, lambda w: ONE),
    "message-template-edit": Page(MANAGE, lambda w: f"{ONE}/edit"),
    "message-template-mail": Page(VIEW, lambda w: f"{ONE}/mail?language=en"),
    "message-template-archive": Page(MANAGE, lambda w: f"{ONE}/archive", lambda w: {"archived": "1"}),
    "message-template-test": Page(MANAGE, lambda w: f"{ONE}/test", lambda w: {"language": "en"}),
    "message-channels": Page(VIEW, lambda w: "/messages/channels"),
    "message-channel-resume": Page(MANAGE, lambda w: "/messages/channels/email/resume", lambda w: {}),
    "message-limits": Page(VIEW, lambda w: "/messages/limits"),
    "message-limits-save": Page(MANAGE, lambda w: "/messages/limits/save", lambda w: {"cap__7": "3"}),
    "message-limits-hours": Page(
        Permission.BRAND_MANAGE,
        lambda w: "/messages/limits/hours",
        lambda w: {"version": "1", "from": "9", "until": "20"},
    ),
    "customer-messages": Page(VIEW, lambda w: f"/customers/{w.customer.pk}/messages"),
    "customer-messages-lift": Page(
        MANAGE, lambda w: f"/customers/{w.customer.pk}/messages/lift", lambda w: {"channel": "email"}
    ),
    "customer-inbox-link": Page(MANAGE, lambda w: f"/customers/{w.customer.pk}/inbox-link", lambda w: {}),
}
OF_ANY_BRAND = {
    "messages",
    "messages-cancel",
    "messages-cancel-do",
    "message-templates",
    "message-template-new",
    "message-template-draw",
    "message-template-preview",
    "message-template-save",
    "message-channels",
    "message-channel-resume",
    "message-limits",
    "message-limits-save",
    "message-limits-hours",
}
