"""The membership on a phone, in both languages: join by a code, show the card, earn at the till, see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from guanxi.customers.consent import phone
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.member import rates, senders
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.platform import people
from guanxi.platform.models import Brand
from tests.browser import axe
from tests.browser.test_console import CHROMIUM, Visit, browser
from tests.console.world import PASSWORD

__all__ = ["browser"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
GIVES = [
    ("welcome", "member.joined", {"effect": "give", "asset": "points", "units": 100}),
    (
        "a point a yuan",
        "order.paid",
        {"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100},
    ),
]


def made() -> Brand:
    brand = people.create_brand("lanhua", "兰花", actor="cli")
    owner = people.create_user("owner", PASSWORD, language="en", actor="cli")
    people.add_membership(owner.pk, brand.pk, "owner", actor="cli")
    asset(brand.pk, "points")
    for name, kind, effect in GIVES:
        number = rules.create(brand, name, {"version": 1, "on": [kind], "effects": [effect]}, actor="cli")
        rules.set_state(brand, number, 1, State.ACTIVE, actor="cli")
    phone.ASKS.clear()
    rates.forget()
    return brand


class Member:
    """A phone in a hand."""

    def __init__(self, browser: Browser, server: str, tongue: str) -> None:
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server, is_mobile=True)
        context.add_init_script(axe.script())
        self.page: Page = context.new_page()
        self.tongue, self.complaints = tongue, list[str]()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def go(self, path: str) -> None:
        self.page.goto(path)
        self.well()

    def press(self, button: str) -> None:
        self.page.click(button)
        self.page.wait_for_load_state()
        self.well()

    def well(self) -> None:
        """In its language, as wide as the screen, and nothing that axe finds."""
        said = "zh-Hans" if self.tongue == "zh" else "en"
        assert self.page.get_attribute("html", "lang") == said
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert axe.violations(self.page) == []


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_join_show_earn_and_see(
    browser: Browser, live_server: LiveServer, tmp_path: Path, settings: Any, tongue: str
) -> None:
    made()
    settings.GUANXI_MESSAGES_FOLDER = str(tmp_path)
    member = Member(browser, live_server.url, tongue)
    page = member.page
    member.go(f"/m/lanhua/enter?lang={tongue}&channel=poster")
    page.fill("[name=phone]", "138 0013 8000")
    member.press("main form button")
    (sent,) = (tmp_path / senders.FOLDER).iterdir()
    told = orjson.loads(sent.read_bytes())
    assert told["tongue"] == tongue
    page.fill("[name=code]", told["code"])
    member.press("form.card button")
    page.check("[name=agree]")
    member.press("form.card button")
    page.wait_for_url("**/m/lanhua/")
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
