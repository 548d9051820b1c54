"""Every page × everybody: each role, another brand, nobody. A denied write changes nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver

from guanxi.platform import access
from guanxi.platform.contracts import Role
from guanxi.platform.models import ApiKey, Brand, DefaultView, Invitation, Membership, SavedView
from guanxi.platform.roles import allows
from tests.console.matrix import OF_ANY_BRAND, PAGES, Page
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db
MOST_QUESTIONS = 30
FREE = pytest.mark.database_free
# A request for rights says what each answer would do; the till shows a part of each room of the programme.
MORE_QUESTIONS = {"rights-request": 90, "till-member": 55}


def ask(client: Client, page: Page, world: World) -> int:
    address = page.of(world)
    if page.form is not None:
        return client.post(address, page.form(world)).status_code
    return client.get(address).status_code


def contents() -> dict[str, list[dict[str, Any]]]:
    """Every row of the brand's rooms: what a denied write must leave as it was."""
    rooms = ("customers", "touchpoints", "segments", "economics", "loyalty", "messaging", "webhooks")
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
                    "messaging.console.outbox",
                    "messaging.console.templates",
                    "messaging.console.channels",
                    "messaging.console.limits",
                    "messaging.console.panels",
                    ".console.rate_card",
                    ".console.fields",
                    ".console.reviews",
                    ".console.bulk",
                    ".console.columns",
                    ".console.retention",
                    ".console.attributes",
                    ".console.consent",
                    ".console.brand",
                    ".console.exports",
                    ".console.people",
                    ".console.audit",
                    ".rights.console",
                    ".console.webhooks",
                    ".console.apikeys",
                    ".console.sandbox",
                )
            ) or (
                pattern.callback.__module__.startswith(("guanxi.loyalty.", "guanxi.loops."))
                and access.mark_of(pattern.callback) != "public"
            ):
                named[pattern.name] = access.mark_of(pattern.callback)

    walk(get_resolver().url_patterns)
    assert named == {name: page.permission for name, page in PAGES.items()}


def test_nobody_is_sent_to_sign_in() -> None:
    world = build()
    before = contents()
    client = Client()
    for name, page in PAGES.items():
        answer = client.post(page.of(world)) if page.form is not None else client.get(page.of(world))
        assert answer.status_code == 302, name
        assert answer.headers["Location"].startswith("/signin"), name
    assert contents() == before


@pytest.mark.parametrize(  # what a page asks of a database, an owner's asks all of
    "role", [pytest.param(role, marks=[] if role is Role.OWNER else FREE) for role in Role]
)
def test_a_role_sees_what_its_permissions_allow_and_a_denied_write_changes_nothing(role: Role) -> None:
    world = build()
    client = as_(role.value)
    before = contents()
    for name, page in PAGES.items():
        if not allows(role, page.permission):
            assert ask(client, page, world) == 403, name
    assert contents() == before
    for name, page in PAGES.items():
        if allows(role, page.permission) and page.form is None:
            # Nothing is stored in this world, and the export is of somebody else.
            missing = {"imports-upload": {404}, "import-rejects": {404}, "export-file": {404, 409}}
            assert ask(client, page, world) in missing.get(name, {200}), name


def test_another_brands_ids_answer_as_if_they_did_not_exist() -> None:
    world = build()
    client = as_("stranger")
    before = contents()
    for name, page in PAGES.items():
        if name not in OF_ANY_BRAND:
            assert ask(client, page, world) == (422 if name == "imports-receive" else 404), name
    assert contents() == before


def test_lists_show_nothing_of_another_brand() -> None:
    world = build()
    client = as_("stranger")
    for name in OF_ANY_BRAND:
        # Tokens are random: now and then one of them holds a secret as short as "o1".
        page = b"".join(client.get(PAGES[name].of(world)))
        shown = re.sub(rb'\b[A-Za-z0-9]{64}\b|name="press" value="[^"]*"', b"", page)
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
            "兰花积分",
            "天猫",
            "活动",
            "1,234",
            "收银台",
            "商城",
            "会员积分提醒",
            "春季焕新",
        )
        for secret in (*ours, f"/customers/{world.customer.pk}"):
            assert secret.encode() not in shown, (name, secret)


def test_no_page_asks_more_than_a_few_questions() -> None:
    """The ceiling of all; chapters hold theirs to fewer, however much there is. A preview tries it out."""
    world = build()
    client = as_("owner")
    asked = {}
    for name, page in PAGES.items():
        if page.form is None and not name.endswith("-preview"):
            with CaptureQueriesContext(connection) as questions:
                ask(client, page, world)
            asked[name] = len(questions)
    beyond = {
        name: count for name, count in asked.items() if count > MORE_QUESTIONS.get(name, MOST_QUESTIONS)
    }
    assert not beyond, beyond


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
