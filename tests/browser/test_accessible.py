"""axe finds no violation of WCAG 2.1 A or AA on any page: in Chinese, dark, on a phone; in English, light,
on a laptop. A page of the URL configuration is walked by itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.urls import URLResolver, get_resolver
from pytest_django.live_server_helper import LiveServer

from guanxi.customers.consent import links
from guanxi.platform import access, invitations
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from guanxi.platform.models import SavedView, User
from tests.console.test_permissions import PAGES
from tests.console.world import PASSWORD, World, build

pytest.importorskip("playwright", reason="`make check` installs it")
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import axe

CHROMIUM = os.environ.get("GUANXI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="needs Chromium"),
]
# Addresses without a permission that are no page: they answer with a file, a fragment or a redirection.
NO_PAGES: Final = {
    "home", "alive", "palette", "signout", "choose-brand", "choose-language", "two-step-picture",
    "sign-out-everywhere", "saved-view-save", "saved-view-change", "saved-view-remove", "invitation-here",
    "second-step", "two-step-off", "recovery-codes", "change-password",
}  # fmt: skip


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        # Playwright runs a loop in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def open_pages(world: World) -> dict[str, str]:
    """Pages that need no permission, by name."""
    invited = invitations.invite(world.brand.pk, Role.ANALYST, actor=COMMAND_LINE)
    view = SavedView.objects.create(
        brand=world.brand, owner=User.objects.get(username="owner"), listing="customers", name="Mine"
    )
    return {
        "signin": "/signin",
        "security": "/settings/security",
        "two-step": "/settings/security/two-step",
        "saved-view": f"/views/{view.pk}",
        "invitation": f"/invitation/{invited.token}",
        "api-docs": "/api/v1/docs",
        "preference-centre": links.make(world.brand.pk, world.customer.pk, actor=COMMAND_LINE).path,
    }


def without_permission() -> set[str]:
    names = set()

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif access.mark_of(pattern.callback) in {"public", "signed_in"}:
                names.add(pattern.name)

    walk(get_resolver().url_patterns)
    return names


def test_every_open_page_is_known() -> None:
    assert without_permission() == open_pages(build()).keys() | NO_PAGES


TIMES = [0.0, 0.0]
def visit(page: Page, found: dict[str, list[str]], name: str, address: str) -> None:
    """Go there, and note under `name` what is wrong, unless it is a fragment of a page."""
    import time; t=time.time()
    page.goto(address)
    TIMES[0]+=time.time()-t
    if not page.evaluate("document.doctype"):
        return
    expect(page.locator(".htmx-request")).to_have_count(0)
    t=time.time()
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if wrong := axe.violations(page) + ([] if fits else ["wider than the screen"]):
        found[name] = wrong
    TIMES[1]+=time.time()-t


@pytest.mark.parametrize("language, scheme, width", [("zh-hans", "dark", 390), ("en", "light", 1280)])
def test_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, language: str, scheme: Any, width: int
) -> None:
    world = build()
    User.objects.filter(username="owner").update(language=language)
    matrix = {name: page.of(world) for name, page in PAGES.items() if page.form is None}
    walked = {name: address for name, address in matrix.items() if not name.endswith(("-csv", "-file", "-rejects"))}
    opened = open_pages(world)
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        locale={"zh-hans": "zh-CN"}.get(language, language),
        base_url=live_server.url,
    )
    context.add_init_script(axe.script())
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(f"{page.url} {m.text}") if m.type == "error" else None)
    found: dict[str, list[str]] = {}
    for name in ("invitation", "preference-centre", "signin"):
        visit(page, found, f"{name} (nobody)", opened.pop(name) if name == "signin" else opened[name])
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    for name, address in (walked | opened).items():
        visit(page, found, name, address)
    context.close()
    print(TIMES, complaints)
    assert not found, "\n".join(
        f"{name}\n  {wrong}" for name, rules in found.items() for wrong in rules
    )
