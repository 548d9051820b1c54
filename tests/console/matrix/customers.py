"""Customers, their consent and rights, tags, preferences, stores and reviews."""

from __future__ import annotations

from guanxi.platform.roles import Permission
from tests.console.matrix.page import Page

PAGES: dict[str, Page] = {
    "customers": Page(Permission.CUSTOMERS_VIEW, lambda w: "/customers"),
    "customer": Page(Permission.CUSTOMERS_VIEW, lambda w: f"/customers/{w.customer.pk}"),
    "customer-timeline": Page(Permission.CUSTOMERS_VIEW, lambda w: f"/customers/{w.customer.pk}/timeline"),
    "customer-unmask": Page(
        Permission.CUSTOMERS_UNMASK, lambda w: f"/customers/{w.customer.pk}/unmask", lambda w: {}
    ),
    "customer-merge-preview": Page(
        Permission.CUSTOMERS_MERGE,
        lambda w: f"/customers/{w.customer.pk}/merge/preview?other={w.second.pk}",
    ),
    "customer-merge": Page(
        Permission.CUSTOMERS_MERGE,
        lambda w: f"/customers/{w.customer.pk}/merge",
        lambda w: {"other": w.second.pk, "reason": "the same"},
    ),
    "customer-unmerge-preview": Page(
        Permission.CUSTOMERS_MERGE,
        lambda w: f"/customers/{w.customer.pk}/unmerge/preview",
        lambda w: {"subject": w.subjects[-1]},
    ),
    "customer-unmerge": Page(
        Permission.CUSTOMERS_MERGE,
        lambda w: f"/customers/{w.customer.pk}/unmerge",
        lambda w: {"subject": w.subjects[-1], "reason": "two people"},
    ),
    "customer-tags": Page(
        Permission.CUSTOMERS_TAG, lambda w: f"/customers/{w.customer.pk}/tags", lambda w: {"add": "vip"}
    ),
    "customer-preferences": Page(
        Permission.CUSTOMERS_TAG,
        lambda w: f"/customers/{w.customer.pk}/preferences",
        lambda w: {"skin": "oily"},
    ),
    "customer-consent": Page(
        Permission.CONSENT_RECORD,
        lambda w: f"/customers/{w.customer.pk}/consent",
        lambda w: {"about": "marketing.sms", "said": "given"},
    ),
    "customer-consent-link": Page(
        Permission.CONSENT_RECORD, lambda w: f"/customers/{w.customer.pk}/consent/link", lambda w: {}
    ),
    "consent": Page(Permission.CUSTOMERS_VIEW, lambda w: "/consent"),
    "consent-publish": Page(
        Permission.CONSENT_DEFINE,
        lambda w: "/consent/publish",
        lambda w: {"purpose": "marketing", "zh": "新", "en": "new"},
    ),
    "rights": Page(Permission.RIGHTS_MANAGE, lambda w: "/rights"),
    "rights-processing": Page(Permission.RIGHTS_MANAGE, lambda w: "/rights/processing"),
    "rights-processing-note": Page(
        Permission.RIGHTS_MANAGE, lambda w: "/rights/processing/note", lambda w: {"name": "tags", "note": "x"}
    ),
    "rights-receive": Page(
        Permission.RIGHTS_MANAGE, lambda w: f"/customers/{w.customer.pk}/rights", lambda w: {"kind": "freeze"}
    ),
    "rights-request": Page(Permission.RIGHTS_MANAGE, lambda w: f"/rights/{w.right}"),
    "rights-act": Page(
        Permission.RIGHTS_MANAGE,
        lambda w: f"/rights/{w.right}/act",
        lambda w: {"what": "do", "reason": "asked", "identities": 2},
    ),
    "rights-copy": Page(Permission.RIGHTS_MANAGE, lambda w: f"/rights/{w.right}/copy", lambda w: {}),
    "customers-columns": Page(
        Permission.CUSTOMERS_VIEW, lambda w: "/customers/columns", lambda w: {"column": ["tags", "orders"]}
    ),
    "bulk": Page(Permission.CUSTOMERS_TAG, lambda w: "/bulk"),
    "bulk-preview": Page(
        Permission.CUSTOMERS_TAG,
        lambda w: "/bulk/preview",
        lambda w: {"list": "customers", "all": "1", "action": "add_tag", "tag": "vip"},
    ),
    "bulk-action": Page(Permission.CUSTOMERS_TAG, lambda w: f"/bulk/{w.bulk}"),
    "bulk-confirm": Page(Permission.CUSTOMERS_TAG, lambda w: f"/bulk/{w.bulk}/confirm", lambda w: {}),
    "bulk-undo": Page(Permission.CUSTOMERS_TAG, lambda w: f"/bulk/{w.bulk}/undo", lambda w: {}),
    "tags": Page(Permission.CUSTOMERS_VIEW, lambda w: "/tags"),
    "tags-define": Page(
        Permission.CUSTOMERS_DEFINE, lambda w: "/tags/define", lambda w: {"name": "new", "origin": "hand"}
    ),
    "preferences": Page(Permission.CUSTOMERS_VIEW, lambda w: "/preferences"),
    "preferences-define": Page(
        Permission.CUSTOMERS_DEFINE,
        lambda w: "/preferences/define",
        lambda w: {"name": "new", "type": "text", "label_zh": "新", "label_en": "new", "purpose": "test"},
    ),
    "stores": Page(Permission.CUSTOMERS_VIEW, lambda w: "/stores"),
    "stores-set": Page(
        Permission.CUSTOMERS_DEFINE,
        lambda w: "/stores/set",
        lambda w: {"what": "stores", "rows": "code,name\nS1,one"},
    ),
    "stores-remove": Page(Permission.CUSTOMERS_DEFINE, lambda w: "/stores/remove", lambda w: {"code": "HZ1"}),
    "reviews": Page(Permission.CUSTOMERS_MERGE, lambda w: "/reviews"),
    "review": Page(Permission.CUSTOMERS_MERGE, lambda w: f"/reviews/{w.review.pk}"),
    "review-decide": Page(
        Permission.CUSTOMERS_MERGE, lambda w: f"/reviews/{w.review.pk}/decide", lambda w: {"verdict": "same"}
    ),
}
OF_ANY_BRAND = {
    "customers-columns",
    "bulk",
    "bulk-preview",
    "customers",
    "consent",
    "consent-publish",
    "rights",
    "rights-processing",
    "rights-processing-note",
    "tags",
    "tags-define",
    "preferences",
    "preferences-define",
    "stores",
    "stores-set",
    "reviews",
}
