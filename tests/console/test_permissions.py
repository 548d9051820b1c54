"""Every page × everybody: each role, another brand, nobody. A denied write changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLResolver, get_resolver

from guanxi.platform import access
from guanxi.platform.contracts import Role
from guanxi.platform.models import ApiKey, Brand, DefaultView, Invitation, Membership, SavedView
from guanxi.platform.roles import Permission, allows
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db


class Page(NamedTuple):
    """`of` fills the address with the world's ids; `form` makes it a POST."""

    permission: Permission
    of: Callable[[World], str]
    form: Callable[[World], dict[str, Any]] | None = None


PAGES: dict[str, Page] = {
    "overview": Page(Permission.REPORTS_VIEW, lambda w: "/overview"),
    "overview-csv": Page(Permission.REPORTS_VIEW, lambda w: "/overview/monthly.csv"),
    "scenarios": Page(Permission.REPORTS_VIEW, lambda w: "/scenarios?retention_change=0.1"),
    "scenarios-draw": Page(Permission.REPORTS_VIEW, lambda w: "/scenarios/draw?k_factor=0.2"),
    "scenarios-save": Page(
        Permission.ECONOMICS_MANAGE, lambda w: "/scenarios/save", lambda w: {"name": "mine", "cac_now": "80"}
    ),
    "scenarios-compare": Page(Permission.REPORTS_VIEW, lambda w: f"/scenarios/compare?s={w.scenario}"),
    "scenario": Page(Permission.REPORTS_VIEW, lambda w: f"/scenarios/{w.scenario}"),
    "scenario-remove": Page(
        Permission.ECONOMICS_MANAGE, lambda w: f"/scenarios/{w.scenario}/remove", lambda w: {}
    ),
    "customers": Page(Permission.CUSTOMERS_VIEW, lambda w: "/customers"),
    "exports": Page(Permission.EXPORTS_RUN, lambda w: "/exports"),
    "exports-new": Page(
        Permission.EXPORTS_RUN, lambda w: "/exports/new", lambda w: {"list": "customers", "format": "csv"}
    ),
    "export-file": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/file"),
    "export-again": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/again", lambda w: {}),
    "export-cancel": Page(Permission.EXPORTS_RUN, lambda w: f"/exports/{w.export}/cancel", lambda w: {}),
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
    "retention": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention"),
    "retention-counted": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention/counted"),
    "retention-kind": Page(Permission.RIGHTS_MANAGE, lambda w: "/settings/retention/jobs?days=90"),
    "retention-save": Page(
        Permission.RIGHTS_MANAGE,
        lambda w: "/settings/retention/jobs/save",
        lambda w: {"days": "90", "seen": "30"},
    ),
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
    "community": Page(Permission.REPORTS_VIEW, lambda w: "/community"),
    "followers": Page(Permission.REPORTS_VIEW, lambda w: "/community/followers"),
    "reports": Page(Permission.REPORTS_VIEW, lambda w: "/reports"),
    "report": Page(Permission.REPORTS_VIEW, lambda w: "/reports/ltv"),
    "report-csv": Page(Permission.REPORTS_VIEW, lambda w: "/reports/ltv.csv"),
    "assumptions": Page(Permission.REPORTS_VIEW, lambda w: "/assumptions"),
    "assumptions-choose": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/assumptions/choose",
        lambda w: {"margin": "55", "discount": "10", "categories": "护肤,62.5"},
    ),
    "rate-card": Page(Permission.REPORTS_VIEW, lambda w: "/rate-card"),
    "rate-card-set": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/rate-card/set",
        lambda w: {
            "platform": "douyin",
            "item": "cpm",
            "low": "20",
            "from_day": "2026-01-01",
            "source": "quotation",
        },
    ),
    "segments": Page(Permission.SEGMENTS_VIEW, lambda w: "/segments"),
    "segment-new": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/new"),
    "segment-create": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/create", lambda w: {"r:mode": "all", "name": "All"}
    ),
    "segment-draw": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/draw", lambda w: {"segment": w.segment.pk}
    ),
    "segment-preview": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/preview", lambda w: {"segment": w.segment.pk}
    ),
    "segments-overlap": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/overlap?s={w.segment.pk}&s={w.segment.pk + 1}"
    ),
    "segments-overlap-csv": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/overlap.csv?s={w.segment.pk}&s={w.segment.pk + 1}"
    ),
    "computed-fields": Page(Permission.SEGMENTS_VIEW, lambda w: "/segments/fields"),
    "computed-field-new": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/new"),
    "computed-field-draw": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/draw", lambda w: {"do": "row r.0 where"}
    ),
    "computed-field-save": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: "/segments/fields/save",
        lambda w: {
            "field": "often",
            "label_zh": "次数",
            "label_en": "Often",
            "aggregate": "count",
            "r.0:kinds": "order.paid",
        },
    ),
    "computed-field": Page(Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/orders_ever/edit"),
    "computed-field-removal": Page(
        Permission.SEGMENTS_MANAGE, lambda w: "/segments/fields/orders_ever/remove"
    ),
    "computed-field-remove": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: "/segments/fields/orders_ever/remove/do",
        lambda w: {"version": 1},
    ),
    "segment": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}"),
    "segment-edit": Page(Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/edit"),
    "segment-save": Page(
        Permission.SEGMENTS_MANAGE,
        lambda w: f"/segments/{w.segment.pk}/save",
        lambda w: {"r:mode": "all", "name": "Everybody", "version": 1},
    ),
    "segment-why": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/why?customer={w.customer.pk}"
    ),
    "segment-composition": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/composition"),
    "segment-composition-csv": Page(
        Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/composition.csv"
    ),
    "segment-history-csv": Page(Permission.SEGMENTS_VIEW, lambda w: f"/segments/{w.segment.pk}/history.csv"),
    "segment-export": Page(
        Permission.EXPORTS_RUN, lambda w: f"/segments/{w.segment.pk}/export", lambda w: {}
    ),
    "segment-change-preview": Page(
        Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/archive/preview"
    ),
    "segment-change": Page(
        Permission.SEGMENTS_MANAGE, lambda w: f"/segments/{w.segment.pk}/archive/do", lambda w: {"version": 1}
    ),
    "states": Page(Permission.REPORTS_VIEW, lambda w: "/states"),
    "state-edit": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/loyal/edit"),
    "state-draw": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/draw", lambda w: {"state": "loyal"}),
    "state-preview": Page(
        Permission.ECONOMICS_MANAGE, lambda w: "/states/preview", lambda w: {"state": "loyal"}
    ),
    "state-save": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/states/advocate/save",
        lambda w: {
            "r:mode": "all",
            "r.0:leaf": "value.frequency",
            "r.0:at_least": "9",
            "version": 0,
        },
    ),
    "states-change": Page(Permission.ECONOMICS_MANAGE, lambda w: "/states/change?do=remove&state=loyal"),
    "states-change-do": Page(
        Permission.ECONOMICS_MANAGE,
        lambda w: "/states/change/do",
        lambda w: {"do": "remove", "state": "loyal", "version": 0},
    ),
    "imports": Page(Permission.IMPORTS_VIEW, lambda w: "/imports"),
    "imports-new": Page(Permission.IMPORTS_RUN, lambda w: "/imports/new"),
    "imports-receive": Page(Permission.IMPORTS_RUN, lambda w: "/imports/upload", lambda w: {}),
    "imports-upload": Page(Permission.IMPORTS_RUN, lambda w: "/imports/uploads/1"),
    "imports-start": Page(Permission.IMPORTS_RUN, lambda w: "/imports/uploads/1/start", lambda w: {}),
    "import": Page(Permission.IMPORTS_VIEW, lambda w: f"/imports/{w.imported.pk}"),
    "import-progress": Page(Permission.IMPORTS_VIEW, lambda w: f"/imports/{w.imported.pk}/progress"),
    "import-cancel": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/cancel", lambda w: {}),
    "import-resume": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/resume", lambda w: {}),
    "import-rejects": Page(Permission.IMPORTS_RUN, lambda w: f"/imports/{w.imported.pk}/rejects.csv"),
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
    "brand-save": Page(
        Permission.BRAND_MANAGE, lambda w: "/settings/brand/save", lambda w: {"name": "mine", "version": 1}
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
    "log": Page(Permission.CUSTOMERS_VIEW, lambda w: "/log"),
}
OF_ANY_BRAND = {
    "overview",
    "overview-csv",
    "community",
    "followers",
    "reports",
    "report",
    "report-csv",
    "assumptions",
    "assumptions-choose",
    "scenarios",
    "scenarios-draw",
    "scenarios-save",
    "scenarios-compare",
    "rate-card",
    "rate-card-set",
    "customers",
    "exports",
    "exports-new",
    "consent",
    "consent-publish",
    "rights",
    "rights-processing",
    "rights-processing-note",
    "retention",
    "retention-counted",
    "retention-kind",
    "retention-save",
    "tags",
    "tags-define",
    "preferences",
    "preferences-define",
    "stores",
    "stores-set",
    "segments",
    "segment-new",
    "segment-create",
    "computed-fields",
    "computed-field-new",
    "computed-field-draw",
    "computed-field-save",
    "states",
    "state-edit",
    "state-draw",
    "state-preview",
    "state-save",
    "states-change",
    "states-change-do",
    "reviews",
    "imports",
    "imports-new",
    "log",
    "brand",
    "brand-save",
    "people",
    "people-invite",
    "roles",
    "audit",
    "audit-csv",
    "webhooks",
    "webhook-new",
    "webhook-create",
    "api-keys",
    "api-key-new",
    "api-key-create",
}


def ask(client: Client, page: Page, world: World) -> int:
    address = page.of(world)
    if page.form is not None:
        return client.post(address, page.form(world)).status_code
    return client.get(address).status_code


def contents() -> dict[str, list[dict[str, Any]]]:
    """Every row of the brand's rooms: what a denied write must leave as it was."""
    rooms = ("customers", "touchpoints", "segments", "economics", "webhooks")
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    models += [ApiKey, Brand, Membership, Invitation, SavedView, DefaultView]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def test_every_page_of_the_chapters_is_in_the_matrix() -> None:
    named = {}

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif pattern.callback.__module__.endswith(
                (
                    ".console.views",
                    ".console.assumptions",
                    ".console.scenario_views",
                    ".console.state_views",
                    ".console.building",
                    ".console.rate_card",
                    ".console.fields",
                    ".console.reviews",
                    ".console.attributes",
                    ".console.consent",
                    ".console.brand",
                    ".console.exports",
                    ".console.people",
                    ".console.audit",
                    ".rights.console",
                    ".console.retention",
                    ".console.webhooks",
                    ".console.apikeys",
                )
            ):
                named[pattern.name] = access.mark_of(pattern.callback)

    walk(get_resolver().url_patterns)
    assert named == {name: page.permission for name, page in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_sent_to_sign_in(name: str) -> None:
    world = build()
    before = contents()
    page = PAGES[name]
    client = Client()
    answer = client.post(page.of(world)) if page.form is not None else client.get(page.of(world))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/signin")
    assert contents() == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_what_its_permissions_allow_and_a_denied_write_changes_nothing(role: Role) -> None:
    world = build()
    client = as_(role.value)
    for name, page in PAGES.items():
        before = contents()
        if not allows(role, page.permission):
            assert ask(client, page, world) == 403, name
            assert contents() == before, name
        elif page.form is None:
            # Nothing is stored in this world, and the export is of somebody else.
            missing = {"imports-upload": {404}, "import-rejects": {404}, "export-file": {404, 409}}
            assert ask(client, page, world) in missing.get(name, {200}), name


@pytest.mark.parametrize("name", [name for name in PAGES if name not in OF_ANY_BRAND])
def test_another_brands_ids_answer_as_if_they_did_not_exist(name: str) -> None:
    world = build()
    before = contents()
    status = ask(as_("stranger"), PAGES[name], world)
    assert status == (422 if name == "imports-receive" else 404)
    assert contents() == before


def test_lists_show_nothing_of_another_brand() -> None:
    world = build()
    client = as_("stranger")
    for name in OF_ANY_BRAND:
        # Tokens are random: now and then one of them holds a secret as short as "o1".
        shown = re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", b"".join(client.get(PAGES[name].of(world))))
        ours = (
            "lilei",
            "138****8000",
            "o1",
            "orders.csv",
            "贵宾",
            "肤质",
            "西湖店",
            "累计订单",
            "春天",
            "收银台",
            "商城",
        )
        for secret in (*ours, f"/customers/{world.customer.pk}"):
            assert secret.encode() not in shown, (name, secret)


def test_a_form_without_its_token_is_refused() -> None:
    world = build()
    client = Client(enforce_csrf_checks=True)
    page = client.get("/signin").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    client.post(
        "/signin",
        {"username": "owner", "password": "a long and odd sentence", "csrfmiddlewaretoken": token},
    )
    before = contents()
    for name, item in PAGES.items():
        if item.form is not None:
            assert ask(client, item, world) == 403, name
    assert contents() == before
