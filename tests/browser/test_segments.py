"""A segment built by clicking and by keyboard, on a laptop and on a phone: its sentence, its count, its place
in the list; and what was written outlives the session."""

from __future__ import annotations

import re

import pytest
from pytest_django.live_server_helper import LiveServer

from guanxi.segments.models import Segment
from guanxi.warehouse import services as warehouse
from tests.console.world import build

pytest.importorskip("playwright", reason="`make check` installs it")
from playwright.sync_api import Browser, expect

from tests.browser.test_console import CHROMIUM, Visit, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@pytest.mark.parametrize("phone", [False, True])
def test_a_nested_condition_is_built_by_clicking(
    browser: Browser, live_server: LiveServer, phone: bool
) -> None:
    world = build()
    warehouse.sync(world.brand)
    visit = Visit(browser, live_server.url, phone=phone)
    page = visit.page
    page.goto("/segments/new")
    page.get_by_role("button", name=re.compile("^Frequency")).click()
    expect(page.locator("#effect-brief")).to_have_text("1 customer")
    page.locator("[id='r.0:at_least']").fill("1")
    expect(page.locator("#effect-brief")).to_have_text("2 customers")
    page.get_by_role("button", name="Add a group").click()
    page.fill("#picker-search", "did something")
    page.keyboard.press("Enter")
    page.locator("[id='r.1.0:within:form']").select_option("")
    page.locator("[id='r.1.0:at_least']").fill("two")
    page.keyboard.press("Tab")
    expect(page.locator("[id='r.1.0:at_least:error']")).to_contain_text('found "two"')
    page.locator("[id='r.1.0:at_least']").fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#effect-brief")).to_have_text("1 customer")
    page.locator("#not-r-1-0").check()
    expect(page.locator("#sentence")).to_contain_text("does not match (ordered at least 2 times)")
    assert visit.fits()
    page.fill("#name", "Once and no more")
    page.get_by_role("button", name="Save the segment").click()
    page.wait_for_url(re.compile(r"/segments/\d+$"))
    page.goto("/segments")
    page.get_by_role("link", name="Once and no more").wait_for()
    assert visit.fits()
    assert Segment.objects.get(name="Once and no more").version == 1
    assert visit.complaints == []


def test_what_was_written_outlives_the_session(browser: Browser, live_server: LiveServer) -> None:
    build()
    visit = Visit(browser, live_server.url)
    page = visit.page
    page.goto("/segments/new?example=slipping")
    page.fill("#name", "Nearly lost")
    visit.context.clear_cookies()
    page.locator("[id='r.0:at_least']").fill("4")
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Sign in again").click()
    visit.sign_in()
    page.get_by_text("What you had written is here again").wait_for()
    expect(page.locator("#name")).to_have_value("Nearly lost")
    expect(page.locator("[id='r.0:at_least']")).to_have_value("4")


def test_every_page_of_segments_fits_a_phone(browser: Browser, live_server: LiveServer) -> None:
    world = build()
    warehouse.sync(world.brand)
    visit = Visit(browser, live_server.url, phone=True, dark=True)
    segment = f"/segments/{world.segment.pk}"
    pages = ["/segments", segment, f"{segment}/edit", f"{segment}/why?customer={world.customer.pk}"]
    overlap = f"/segments/overlap?s={world.segment.pk}&s={world.segment.pk + 1}"
    for address in [*pages, overlap, f"{segment}/freeze/preview"]:
        visit.page.goto(address)
        assert visit.fits(), address
    assert visit.complaints == []
