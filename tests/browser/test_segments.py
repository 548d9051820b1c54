"""A segment built by clicking and by keyboard, on a laptop and on a phone: its sentence, its count, its place
in the list; and what was written outlives the session."""

from __future__ import annotations

import re

import pytest
from pytest_django.live_server_helper import LiveServer

from guanxi.segments.models import Segment
from guanxi.warehouse import services as warehouse
from tests.console.world import World, build

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
    for address in pages_of(world):
        visit.page.goto(address)
        assert visit.fits(), address
    assert visit.complaints == []


def pages_of(world: World) -> list[str]:
    """Every page of segments, of computed fields and of the dictionaries that conditions name."""
    segment = f"/segments/{world.segment.pk}"
    changes = ("freeze", "schedule", "archive", "delete", "tag")
    return [
        *("/segments", "/segments?show=archived", "/segments?q=nothing", "/segments/new"),
        *(segment, f"{segment}/edit", f"{segment}/why", f"{segment}/why?customer={world.customer.pk}"),
        *("/segments/overlap", f"/segments/overlap?s={world.segment.pk}&s={world.segment.pk + 1}"),
        *(f"{segment}/{change}/preview" for change in changes),
        *("/segments/fields", "/segments/fields/new", "/segments/fields/new?example=spent"),
        *("/segments/fields/orders_ever/edit", "/segments/fields/orders_ever/remove"),
        *("/tags", "/tags?tag=vip", "/preferences", "/preferences?field=skin", "/stores"),
        *(f"/customers/{world.customer.pk}/preferences",),
    ]


def test_no_table_or_label_is_cut_beside_its_form(browser: Browser, live_server: LiveServer) -> None:
    world = build()
    warehouse.sync(world.brand)
    visit = Visit(browser, live_server.url)
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    for address in ("/tags", "/preferences", "/stores", "/segments", "/segments/fields"):
        visit.page.goto(address)
        cut = "one => one.scrollWidth > one.clientWidth"
        found = visit.page.evaluate(f"[...document.querySelectorAll('.table-wrap')].filter({cut}).length")
        assert found == 0, address


def test_of_two_tabs_the_second_is_told_and_nothing_is_lost(
    browser: Browser, live_server: LiveServer
) -> None:
    world = build()
    warehouse.sync(world.brand)
    first = Visit(browser, live_server.url)
    tab = first.context.new_page()
    address = f"/segments/{world.segment.pk}/edit"
    for page, name in ((first.page, "Mine"), (tab, "Theirs")):
        page.goto(address)
        page.fill("#name", name)
    first.page.get_by_role("button", name="Save the segment").click()
    first.page.wait_for_url(re.compile(r"/segments/\d+$"))
    tab.get_by_role("button", name="Save the segment").click()
    tab.get_by_text("Nothing of yours is lost").first.wait_for()
    expect(tab.locator("#name")).to_have_value("Theirs")
    assert Segment.objects.get(pk=world.segment.pk).name == "Mine"


def test_a_button_pressed_twice_makes_one_segment(browser: Browser, live_server: LiveServer) -> None:
    world = build()
    warehouse.sync(world.brand)
    visit = Visit(browser, live_server.url)
    visit.page.goto("/segments/new?example=slipping")
    visit.page.fill("#name", "Pressed twice")
    visit.page.get_by_role("button", name="Save the segment").dblclick()
    visit.page.wait_for_url(re.compile(r"/segments/\d+$"))
    assert Segment.objects.filter(name="Pressed twice").count() == 1
