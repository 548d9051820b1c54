from django.urls import path

from guanxi.messaging.console import channels, limits, outbox, panels, templates
from guanxi.messaging.pages.inbox import inbox, inbox_message
from guanxi.messaging.pages.unsubscribe import unsubscribe

_ONE = "messages/templates/<slug:channel>/<slug:name>"
urlpatterns = [
    path("messages", outbox.outbox, name="messages"),
    path("messages/<int:message_id>", outbox.message, name="message"),
    path("messages/<int:message_id>/<slug:what>/do", outbox.act, name="message-act"),
    path("messages/cancel", outbox.cancel, name="messages-cancel"),
    path("messages/cancel/do", outbox.cancel_do, name="messages-cancel-do"),
    path("messages/templates", templates.templates, name="message-templates"),
    path("messages/templates/new", templates.new, name="message-template-new"),
    path("messages/templates/draw", templates.draw, name="message-template-draw"),
    path("messages/templates/preview", templates.preview, name="message-template-preview"),
    path("messages/templates/save", templates.save, name="message-template-save"),
    path(_ONE, templates.template, name="message-template"),
    path(f"{_ONE}/edit", templates.edit, name="message-template-edit"),
    path(f"{_ONE}/mail", templates.mail, name="message-template-mail"),
    path(f"{_ONE}/archive", templates.archive, name="message-template-archive"),
    path(f"{_ONE}/test", templates.test, name="message-template-test"),
    path("messages/channels", channels.channels, name="message-channels"),
    path("messages/channels/<slug:name>/resume", channels.resume, name="message-channel-resume"),
    path("messages/limits", limits.limits, name="message-limits"),
    path("messages/limits/save", limits.save, name="message-limits-save"),
    path("messages/limits/hours", limits.hours, name="message-limits-hours"),
    path("customers/<int:customer_id>/messages", panels.customer, name="customer-messages"),
    path("customers/<int:customer_id>/messages/lift", panels.lift, name="customer-messages-lift"),
    path("customers/<int:customer_id>/inbox-link", panels.inbox_link, name="customer-inbox-link"),
    path("u/<str:token>", unsubscribe, name="unsubscribe"),
    path("i/<str:token>", inbox, name="inbox"),
    path("i/<str:token>/<int:message_id>", inbox_message, name="inbox-message"),
]
