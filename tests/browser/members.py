"""A brand whose programme gives for what is bought, and a phone in a member's hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from playwright.sync_api import Browser, Page

from guanxi.customers.consent import phone
from guanxi.loyalty.ledger import assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.member import rates, senders
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.platform import people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import Brand
from tests.browser import axe
from tests.console.world import PASSWORD

POINTS = AssetRow(0, "points", "points", name="积分", name_en="Points", unit_price_fen=5)
WELCOME = ("welcome", "member.joined", {"effect": "give", "asset": "points", "units": 100})
A_POINT_A_YUAN = (
    "a point a yuan",
    "order.paid",
    {"effect": "give", "asset": "points", "units": 1, "per": "amount", "each_fen": 100},
)


def brand() -> Brand:
    made = people.create_brand("lanhua", "兰花", actor="cli")
    owner = people.create_user("owner", PASSWORD, language="en", actor="cli")
    people.add_membership(owner.pk, made.pk, "owner", actor="cli")
    assets.create(made.pk, POINTS, actor=COMMAND_LINE)
    for told in (WELCOME, A_POINT_A_YUAN):
        rule(made, *told)
    phone.ASKS.clear()
    rates.forget()
    return made


def rule(brand: Brand, name: str, kind: str, effect: dict[str, Any], **more: Any) -> None:
    told = {"version": 1, "on": [kind], "effects": [effect], **more}
    number = rules.create(brand, name, told, actor="cli")
    rules.set_state(brand, number, 1, State.ACTIVE, actor="cli")


class Member:
    """A phone in a hand."""

    def __init__(self, browser: Browser, server: str, tongue: str) -> None:
        context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server, is_mobile=True)
        context.add_init_script(axe.script())
        self.page: Page = context.new_page()
        self.tongue, self.complaints = tongue, list[str]()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)

    def join(self, folder: Path) -> None:
        """By a code, which the development's sender wrote into `folder`; to the card."""
        self.go(f"/m/lanhua/enter?lang={self.tongue}&channel=poster")
        self.page.fill("[name=phone]", "138 0013 8000")
        self.press("main form button")
        (sent,) = (folder / senders.FOLDER).iterdir()
        told = orjson.loads(sent.read_bytes())
        assert told["tongue"] == self.tongue
        self.page.fill("[name=code]", told["code"])
        self.press("form.card button")
        self.page.check("[name=agree]")
        self.press("form.card button")
        self.page.wait_for_url("**/m/lanhua/")

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
