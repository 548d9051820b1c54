"""The simulator by slider and keyboard: months are drawn anew, the address follows, a name keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from guanxi.warehouse.engines import close_all
from tests.console.test_scenarios import busy
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


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


@pytest.mark.parametrize("phone", [False, True])
def test_a_lever_draws_the_months_anew(browser: Browser, live_server: LiveServer, phone: bool) -> None:
    busy(build().brand)
    visit = Visit(browser, live_server.url, phone=phone)
    page = visit.page
    page.goto("/scenarios?cac_now=80")
    answer = page.locator("#effect .answer")
    expect(answer).to_contain_text("Nothing is changed yet")
    slider = page.locator("[data-slides=p-retention_change]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(answer).to_contain_text("more cash than today")
    expect(page.locator("#p-retention_change")).to_have_value("0.05")
    page.wait_for_url("**retention_change=0.05**")
    expect(slider).to_be_focused()
    assert answer.is_visible()
    assert visit.fits()
    page.fill("#scenario-name", "Five of a hundred more")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/scenarios/\d+$"))
    expect(page.locator("#p-retention_change")).to_have_value("0.05")
    page.get_by_role("button", name="Compare those ticked").click()
    expect(page.locator("table.rows").first).to_contain_text("Five of a hundred more")
    assert visit.fits()
    assert visit.complaints == []
