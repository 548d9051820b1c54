"""Settings: the brand, people, keys, webhooks and the audit."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "retention": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention"),
    "retention-counted": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention/counted"),
    "retention-kind": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention/jobs?days=90"),
    "retention-save": Page(
        Permission.RIGHTS_MANAGE,
        lambda w: "/settings/retention/jobs/save",
        lambda w: {"days": "90", "seen": "30"},
    ),
    "webhooks": Page(Permission.API_MANAGE, lambda w: "/settings/webhooks"),
    "webhook-new": Page(Permission.API_MANAGE, lambda w: "/settings/webhooks/new"),
    "webhook-create": Page(
        Permission.API_MANAGE,
        lambda w: "/settings/webhooks/create",
        lambda w: {
            "name": "erp",
            "url": "https://erp.example.com/",
            "events": ["order.paid"],
            "batch_most": 1,
        },
    ),
    "webhook": Page(Permission.API_MANAGE, lambda w: f"/settings/webhooks/{w.webhook}"),
    "webhook-edit": Page(Permission.API_MANAGE, lambda w: f"/settings/webhooks/{w.webhook}/edit"),
    "webhook-save": Page(
        Permission.API_MANAGE,
        lambda w: f"/settings/webhooks/{w.webhook}/save",
        lambda w: {
            "version": 1,
            "name": "changed",
            "url": "https://erp.example.com/",
            "events": ["order.paid"],
            "batch_most": 1,
        },
    ),
    "webhook-test": Page(
        Permission.API_MANAGE, lambda w: f"/settings/webhooks/{w.webhook}/test", lambda w: {}
    ),
    "webhook-change": Page(Permission.API_MANAGE, lambda w: f"/settings/webhooks/{w.webhook}/remove"),
    "webhook-change-do": Page(
        Permission.API_MANAGE, lambda w: f"/settings/webhooks/{w.webhook}/remove/do", lambda w: {}
    ),
    "webhook-delivery": Page(Permission.API_MANAGE, lambda w: f"/settings/deliveries/{w.delivery}"),
    "webhook-replay": Page(
        Permission.API_MANAGE, lambda w: f"/settings/deliveries/{w.delivery}/replay", lambda w: {}
    ),
    "api-keys": Page(Permission.API_MANAGE, lambda w: "/settings/api-keys"),
    "api-key-new": Page(Permission.API_MANAGE, lambda w: "/settings/api-keys/new"),
    "api-key-create": Page(
        Permission.API_MANAGE,
        lambda w: "/settings/api-keys/create",
        lambda w: {"name": "erp", "scopes": ["reports:read"], "rate": 60},
    ),
    "api-key-change": Page(Permission.API_MANAGE, lambda w: f"/settings/api-keys/{w.key}/rotate"),
    "api-key-change-do": Page(
        Permission.API_MANAGE, lambda w: f"/settings/api-keys/{w.key}/revoke/do", lambda w: {}
    ),
    "brand": Page(Permission.BRAND_MANAGE, lambda w: "/settings/brand"),
    "brand-basis": Page(
        Permission.BRAND_MANAGE,
        lambda w: "/settings/brand/basis",
        lambda w: {"currency": "HKD", "timezone": "Asia/Hong_Kong", "version": 1},
    ),
    "brand-logo": Page(Permission.BRAND_MANAGE, lambda w: "/settings/brand/logo", lambda w: {}),
    "brand-logo-remove": Page(Permission.BRAND_MANAGE, lambda w: "/settings/brand/logo/remove", lambda w: {}),
    "brand-save": Page(
        Permission.BRAND_MANAGE, lambda w: "/settings/brand/save", lambda w: {"name": "mine", "version": 1}
    ),
    "sandbox": Page(Permission.BRAND_MANAGE, lambda w: "/settings/sandbox"),
    "sandbox-make": Page(
        Permission.BRAND_MANAGE,
        lambda w: "/settings/sandbox/make",
        lambda w: {"slug": f"{w.brand.slug}-sandbox", "name": "Sandbox"},
    ),
    "sandbox-fill": Page(Permission.BRAND_MANAGE, lambda w: "/settings/sandbox/fill", lambda w: {}),
    "sandbox-empty": Page(
        Permission.BRAND_MANAGE, lambda w: "/settings/sandbox/empty", lambda w: {"slug": w.brand.slug}
    ),
    "people": Page(Permission.USERS_MANAGE, lambda w: "/settings/people"),
    "people-invite": Page(
        Permission.USERS_MANAGE,
        lambda w: "/settings/people/invite",
        lambda w: {"role": "analyst", "language": "en"},
    ),
    "person": Page(Permission.USERS_MANAGE, lambda w: f"/settings/people/{w.agent}"),
    "person-change": Page(
        Permission.USERS_MANAGE, lambda w: f"/settings/people/{w.agent}/suspend", lambda w: {}
    ),
    "invitation-revoke": Page(
        Permission.USERS_MANAGE, lambda w: f"/settings/invitations/{w.invitation}/revoke", lambda w: {}
    ),
    "roles": Page(Permission.USERS_MANAGE, lambda w: "/settings/roles"),
    "audit": Page(Permission.AUDIT_VIEW, lambda w: "/settings/audit"),
    "audit-csv": Page(Permission.AUDIT_VIEW, lambda w: "/settings/audit.csv"),
}
OF_ANY_BRAND = {
    *("sandbox", "sandbox-make", "sandbox-fill", "sandbox-empty"),
    *("retention", "retention-counted", "retention-kind", "retention-save"),
    "brand-basis",
    "brand-logo",
    "brand-logo-remove",
    "webhooks",
    "webhook-new",
    "webhook-create",
    "api-keys",
    "api-key-new",
    "api-key-create",
    "brand",
    "brand-save",
    "people",
    "people-invite",
    "roles",
    "audit",
    "audit-csv",
}
