"""axe finds no violation of WCAG 2.1 A or AA on any page: in Chinese, dark, on a phone; in English, light,
on a laptop. A page of the URL configuration is walked by itself."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django.live_server_helper import LiveServer

from guanxi.customers.consent import links
from guanxi.customers.consent.links import Opens
from guanxi.messaging import services as messaging
from guanxi.messaging import unsubscribing
from guanxi.platform import access, invitations
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.contracts import Role
from guanxi.platform.models import SavedView, User
from tests.console.test_permissions import PAGES
from tests.console.world import PASSWORD, World, as_, build

pytest.importorskip("playwright", reason="`make check` installs it")
from playwright.sync_api import Browser, Page, expect

from tests.browser import axe, phones
from tests.browser.test_console import CHROMIUM, CSV, Visit, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
# Addresses without a permission that are no page: they answer with a file, a fragment or a redirection, or
# are what a form is sent to.
NO_PAGES: Final = {
    "home", "alive", "palette", "signout", "choose-brand", "choose-language", "two-step-picture",
    "second-step", "sign-out-everywhere", "two-step-off", "recovery-codes", "change-password",
    "saved-view-save", "saved-view-change", "saved-view-remove", "invitation-here", "logo",
    *phones.NO_PAGES,
}  # fmt: skip
NOT_SHOWN: Final = (
    "-counted",
    "-csv",
    "-codes",
    "-evidence",
    "-opening",
    "-file",
    "-rejects",
    "-draw",
    "-composition",
    "-progress",
    "-timeline",
    "-mail",
    "-proof",
)
BUSY: Final = ".htmx-request, [aria-busy=true]"


def open_pages(world: World) -> dict[str, str]:
    """Pages that need no permission, by name."""
    invited = invitations.invite(world.brand.pk, Role.ANALYST, actor=COMMAND_LINE)
    view = SavedView.objects.create(
        brand=world.brand, owner=User.objects.get(username="owner"), listing="customers", name="Mine"
    )
    messaging.send_all()
    inbox = links.make(world.brand.pk, world.customer.pk, actor=COMMAND_LINE, opens=Opens.INBOX).path
    refuse = unsubscribing.token(world.brand.pk, world.customer.pk, "marketing", "email")
    card = links.make(world.brand.pk, world.customer.pk, actor=COMMAND_LINE, opens=Opens.CARD).path
    return {
        "signin": "/signin",
        "member-opened": card,  # signs in for those that follow
        **phones.pages(world),
        "inbox": inbox,
        "inbox-message": f"{inbox}/{world.message}",
        "unsubscribe": unsubscribing.PATH + refuse,
        "security": "/settings/security",
        "two-step": "/settings/security/two-step",
        "saved-view": f"/views/{view.pk}",
        "invitation": f"/invitation/{invited.token}",
        "preference-centre": links.make(world.brand.pk, world.customer.pk, actor=COMMAND_LINE).path,
        "api-docs": "/api/v1/docs",
        "help": "/help",
        "help-chapter": "/help/consent",
    }


def test_every_open_page_is_known() -> None:
    names = set()

    def walk(patterns: list[Any]) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns)
            elif access.mark_of(pattern.callback) in {"public", "signed_in"}:
                names.add(pattern.name)

    walk(get_resolver().url_patterns)
    assert names == open_pages(build()).keys() | NO_PAGES


def uploaded(client: Client) -> str:
    """The address of a file that waits to be imported."""
    orders = SimpleUploadedFile("orders.csv", CSV.encode("gb18030"))
    return client.post("/imports/upload", {"file": orders}).headers["Location"]


def wrong_on(page: Page) -> list[str]:
    expect(page.locator(BUSY)).to_have_count(0, timeout=30_000)
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return axe.violations(page) + ([] if fits else ["wider than the screen"])


@pytest.mark.parametrize("language, scheme, width", [("zh-hans", "dark", 390), ("en", "light", 1280)])
def test_axe_finds_nothing(
    browser: Browser, live_server: LiveServer, language: str, scheme: Any, width: int
) -> None:
    world = build()
    User.objects.filter(username="owner").update(language=language)
    matrix = {name: page.of(world) for name, page in PAGES.items() if page.form is None}
    pages = {name: address for name, address in matrix.items() if not name.endswith(NOT_SHOWN)}
    pages |= open_pages(world) | {"imports-upload": uploaded(as_("owner"))}
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
    door = {"member-enter": f"/m/{world.brand.slug}/enter"}
    for name in ("invitation", "preference-centre", "member-enter", "signin"):
        page.goto((pages | door)[name])
        found[f"{name}, signed out"] = wrong_on(page)
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    for name, address in pages.items():
        page.goto(address)
        found[name] = wrong_on(page)
    page.goto("/consent")
    page.keyboard.press("?")
    page.locator("#help[open] h2").first.wait_for()
    found["the help's panel"] = wrong_on(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.locator("#palette-list a").first.wait_for()
    found["the palette"] = wrong_on(page)
    context.close()
    assert complaints == []
    wrong = [f"{name}: {one}" for name, several in found.items() for one in several]
    assert not wrong, "\n".join(wrong)


def test_help_by_keyboard_leads_back_to_where_one_was(browser: Browser, live_server: LiveServer) -> None:
    """The panel opens at the page's section, follows the guide's links, and Escape gives the focus back."""
    build()
    visit = Visit(browser, live_server.url, phone=True)
    page = visit.page
    page.goto("/segments/fields")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    opener = page.get_by_role("link", name="Help on this page")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#help-computed-fields")).to_be_focused()
    expect(page.locator("#help-computed-fields")).to_be_in_viewport()
    page.locator(".help-body a[href^='/help/']:not([data-as-page])").first.press("Enter")
    expect(page.locator("#help-computed-fields")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    expect(opener).to_be_focused()
    assert page.url.endswith("/segments/fields#main")
    assert visit.complaints == []


def test_the_guide_without_a_script(browser: Browser, live_server: LiveServer) -> None:
    build()
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/signin?next=/settings/roles")
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Help on this page").click()
    page.wait_for_url("**/help/people#help-roles")
    expect(page.locator("#help-roles")).to_be_in_viewport()
    context.close()


def test_an_invitation_by_keyboard_alone(browser: Browser, live_server: LiveServer) -> None:
    """From signing in to the link: the palette finds the page, the form takes a role, the link is shown."""
    build()
    visit = Visit(browser, live_server.url)
    page = visit.page
    page.keyboard.press("Control+k")
    page.keyboard.type("colleagues")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/people")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "role":
            break
        ring = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"
        assert page.evaluate(ring), page.evaluate("document.activeElement.outerHTML")
    page.keyboard.type("Analyst")
    page.keyboard.press("Tab")
    page.keyboard.type("mei@example.com")
    page.keyboard.press("Enter")
    page.locator("input[value*='/invitation/']").wait_for()
    assert visit.complaints == []
