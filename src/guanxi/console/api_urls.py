"""Addresses of webhooks, of keys for the API, and of the sandbox."""

from django.urls import path

from guanxi.console import apikeys, sandbox, webhooks

urlpatterns = [
    path("settings/webhooks", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/new", webhooks.new, name="webhook-new"),
    path("settings/webhooks/create", webhooks.create, name="webhook-create"),
    path("settings/webhooks/<int:webhook_id>", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<int:webhook_id>/edit", webhooks.edit, name="webhook-edit"),
    path("settings/webhooks/<int:webhook_id>/save", webhooks.save, name="webhook-save"),
    path("settings/webhooks/<int:webhook_id>/test", webhooks.test, name="webhook-test"),
    path("settings/webhooks/<int:webhook_id>/<slug:what>", webhooks.change, name="webhook-change"),
    path("settings/webhooks/<int:webhook_id>/<slug:what>/do", webhooks.change_do, name="webhook-change-do"),
    path("settings/deliveries/<int:delivery_id>", webhooks.delivery, name="webhook-delivery"),
    path("settings/deliveries/<int:delivery_id>/replay", webhooks.delivery_replay, name="webhook-replay"),
    path("settings/api-keys", apikeys.keys, name="api-keys"),
    path("settings/api-keys/new", apikeys.new, name="api-key-new"),
    path("settings/api-keys/create", apikeys.create, name="api-key-create"),
    path("settings/api-keys/<slug:prefix>/<slug:what>", apikeys.change, name="api-key-change"),
    path("settings/api-keys/<slug:prefix>/<slug:what>/do", apikeys.change_do, name="api-key-change-do"),
    path("settings/sandbox", sandbox.sandbox, name="sandbox"),
    path("settings/sandbox/make", sandbox.make, name="sandbox-make"),
    path("settings/sandbox/fill", sandbox.fill, name="sandbox-fill"),
    path("settings/sandbox/empty", sandbox.empty, name="sandbox-empty"),
]
