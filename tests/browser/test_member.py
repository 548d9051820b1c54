"""The membership on a phone, in both languages: join by a code, show the card, earn at the till, see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.browser import members
from tests.browser.members import Member
from tests.browser.test_console import CHROMIUM, Visit, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_join_show_earn_and_see(
    browser: Browser, live_server: LiveServer, tmp_path: Path, settings: Any, tongue: str
) -> None:
    members.brand()
    settings.GUANXI_MESSAGES_FOLDER = str(tmp_path)
    member = Member(browser, live_server.url, tongue)
    page = member.page
    member.join(tmp_path)
    assert page.inner_text("#points .units") == "100"
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 100

    visit = Visit(browser, live_server.url, phone=True)
    visit.page.goto("/till")
    visit.page.keyboard.type(page.inner_text(".digits"))  # as a scanner does
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/till/m/**")
    assert visit.page.inner_text(".till-units") == "100"
    visit.page.fill("#amount", "128.00")
    visit.page.fill("#order", "HZ1-0042")
    visit.page.keyboard.press("Enter")
    visit.page.get_by_text("+128").wait_for()
    assert visit.fits()
    assert visit.complaints == []

    member.go("/m/lanhua/")
    assert page.inner_text("#points .units") == "228"
    for name in ("points", "profile", "stores", "keep", "more"):
        member.go(f"/m/lanhua/{name}")
    member.go("/m/lanhua/points")
    assert page.locator(".steps li").count() == 2
    member.go("/m/lanhua/more")
    page.click("main form button")
    page.wait_for_url("**/enter")
    assert member.complaints == []
