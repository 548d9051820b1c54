"""The main job in a real browser: sign in, drop a file, see who the customers are; by keyboard, on a phone,
in the dark, in both languages, with nothing that the content security policy would have to block."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from guanxi.platform import jobs
from tests.console.world import PASSWORD, build

pytest.importorskip("playwright", reason="`make check` installs it")
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("GUANXI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="needs Chromium"),
]
CSV = "订单号,客户编号,日期,实付金额,手机\nA1,c1,2026-03-01,12.50,13800138000\nA2,c2,2026-04-01,8,\n"


@pytest.fixture(scope="module")
def browser(django_db_setup: None) -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        # Playwright runs a loop in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visit:
    """A signed-in page; `complaints` are the errors of its console, violations of the policy included."""

    def __init__(self, browser: Browser, server: str, *, phone: bool = False, dark: bool = False) -> None:
        self.context = browser.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            color_scheme="dark" if dark else "light",
            locale="en",
            base_url=server,
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto("/signin")
        self.sign_in()
        self.page.wait_for_url("**/overview")

    def sign_in(self) -> None:
        self.page.fill("[name=username]", "owner")
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")

    def fits(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_from_a_file_to_its_result(browser: Browser, live_server: LiveServer, tmp_path: Path) -> None:
    build()
    path = tmp_path / "orders.csv"
    path.write_bytes(CSV.encode("gb18030"))
    visit = Visit(browser, live_server.url)
    page = visit.page
    page.goto("/imports/new")
    page.set_input_files("input[type=file]", path)
    page.wait_for_url(re.compile(r"/imports/uploads/\d+$"))
    page.get_by_text("138****8000").first.wait_for()
    page.get_by_role("button", name="Start the import").click()
    page.wait_for_url(re.compile(r"/imports/\d+$"))
    jobs.run_queued()
    page.get_by_text("Done").first.wait_for()
    assert visit.complaints == []


def test_the_palette_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    world = build()
    visit = Visit(browser, live_server.url)
    visit.page.keyboard.press("Control+k")
    visit.page.keyboard.type("李雷")
    visit.page.locator("#palette-list a", has_text="李*").wait_for()
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url(f"**/customers/{world.customer.pk}")
    assert visit.complaints == []


def test_a_review_by_keyboard(browser: Browser, live_server: LiveServer) -> None:
    world = build()
    visit = Visit(browser, live_server.url)
    visit.page.goto(f"/reviews/{world.review.pk}")
    visit.page.keyboard.press("d")
    visit.page.get_by_text("Nothing is left to decide").wait_for()
    world.review.refresh_from_db()
    assert world.review.state == "kept_apart"
    assert visit.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_every_page_fits_a_phone_in_both_languages(
    browser: Browser, live_server: LiveServer, dark: bool
) -> None:
    world = build()
    visit = Visit(browser, live_server.url, phone=True, dark=dark)
    assert visit.page.evaluate("document.documentElement.dataset.bsTheme") == ("dark" if dark else "light")
    pages = ["/overview", "/customers", f"/customers/{world.customer.pk}", "/imports", "/imports/new", "/log"]
    for language in ("zh-hans", "en"):
        visit.page.goto("/customers")
        visit.page.locator(".bottom-bar [data-drawer-open]").click()
        visit.page.locator(".side details.menu-up > summary").click()
        visit.page.locator(f"button[name=language][value={language}]").click()
        visit.page.locator(f"html[lang={language}]").wait_for(state="attached")
        for address in [*pages, "/reviews", f"/reviews/{world.review.pk}"]:
            visit.page.goto(address)
            assert visit.fits(), (address, language)
    assert visit.complaints == []
