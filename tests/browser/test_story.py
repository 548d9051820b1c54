"""The loop turning once, from both sides of the counter and in both languages: a purchase brings points and
a coupon, points bring a gift and a prize, the coupon brings the next purchase, the console shows it in money.

Twenty days lie between the two purchases, and eighty more until the console is looked at, when the first turn
of the loop is over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from guanxi.customers.services import set_stores
from guanxi.economics import assumptions
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, frozen, now_ms
from guanxi.loyalty.booking import defining
from guanxi.loyalty.booking.contracts import Wanted as Service
from guanxi.loyalty.coupons import services as coupons
from guanxi.loyalty.coupons.models import CouponCampaign
from guanxi.loyalty.draws import services as draws
from guanxi.loyalty.draws.models import Draw
from guanxi.loyalty.rewards import catalogue
from guanxi.loyalty.rewards.contracts import Price
from guanxi.loyalty.rewards.contracts import Wanted as Reward
from guanxi.loyalty.tiers import services as tiers
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from guanxi.warehouse import services as lake
from tests.browser import members
from tests.browser.members import Member
from tests.browser.test_console import CHROMIUM, Visit, browser

__all__ = ["browser"]
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]
SILVER = {"way": "spend", "window": {"days": 365}, "at_least": 30_000}
LADDER = [
    {"code": "member", "name_zh": "会员", "name_en": "Member"},
    {
        "code": "silver",
        "name_zh": "银卡",
        "name_en": "Silver",
        "colour": "silver",
        "benefits_zh": "免费护理",
        "benefits_en": "Free care",
        "ways": [SILVER],
    },
]
PRIZE: dict[str, Any] = {
    "code": "bag",
    "name": "Bag 帆布袋",
    "kind": "gift",
    "quantity": 1,
    "value_fen": 8_000,
    "asset": "",
    "units": 0,
}
COUPON = {"code": "again", "name": "下次再来", "name_en": "Come again", "kind": "amount", "off_fen": 2_000}


def programme(brand: Brand) -> None:
    """Two tiers, a gift, a draw that the first entry wins, a service, and a coupon for the first purchase."""
    assumptions.choose(brand.pk, margin_mille=600, actor="cli")
    set_stores(brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    tiers.put(brand, {"tiers": LADDER}, 0, actor="cli")
    cup = Reward("cup", "gift", "青瓷杯", "Celadon cup", prices=[Price("points", 150)], cost_fen=1_200)
    row = catalogue.put(brand, cup, version=0, actor="cli")
    catalogue.fill(brand.pk, "cup", 5, key="first", actor="cli")
    catalogue.set_state(brand.pk, "cup", row.version, "active", actor="cli")
    terms = {
        "format": "guanxi-draw-1",
        "draw": "autumn",
        "title": "秋日抽奖 Autumn draw",
        "organiser": "兰花 Lanhua Ltd.",
        "redemption": "在任意门店领取。 At any store.",
        "mode": "instant",
        "opens_ms": now_ms() - DAY_MS,
        "closes_ms": now_ms() + 30 * DAY_MS,
        "claim_days": 30,
        "entry": {"asset": "points", "units": 50, "most": 1, "condition": None},
        "one_prize": True,
        "positions": 1,
        "entropy": "",
        "insider_tag": "",
        "prizes": [PRIZE],
        "consolation": None,
    }
    draft = draws.create(brand, terms, actor="cli")
    draws.publish(brand, draft.pk, draft.version, actor="cli")
    care = Service("肤质测试", "Skin test", minutes=30)
    defining.create(brand, care, {"HZ1": "1-7 10:00-12:00 2"}, actor="cli")
    campaign = coupons.create(brand.pk, {**COUPON, "lasts_days": 30, "stores": ["HZ1"]}, actor="cli")
    coupons.set_state(brand.pk, campaign.pk, campaign.version, "active", actor="cli")
    first = {"limit": {"times": 1, "per": "ever"}}
    members.rule(brand, "come again", "order.paid", {"effect": "coupon", "campaign": "again"}, **first)


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_a_purchase_brings_the_next(
    browser: Browser, live_server: LiveServer, tmp_path: Path, settings: Any, tongue: str
) -> None:
    settings.GUANXI_MESSAGES_FOLDER = str(tmp_path)
    first_ms = now_ms() - 100 * DAY_MS
    with frozen(first_ms):
        brand = members.brand()
        programme(brand)
    member, till = Member(browser, live_server.url, tongue), Visit(browser, live_server.url, phone=True)
    stand(till)
    with frozen(first_ms + MINUTE_MS):
        member.join(tmp_path)
        scan(till, member)
        buys(till)
        has_far_to_go(member)
        code = redeems(member)
        wins(member)
        coupon = sees_the_coupon(member)
    with frozen(first_ms + 20 * DAY_MS):
        comes_back(till, member, code, coupon)
    has_risen(member)
    books(member)
    lake.sync(brand)
    the_console_shows_it(till, brand)
    assert member.complaints == []
    assert till.complaints == []


# ---------------------------------------------------------------- at the till


def stand(till: Visit) -> None:
    till.page.goto("/till/me")
    till.page.select_option("#store", "HZ1")
    till.page.click("form[action='/till/me/store'] button")
    till.page.wait_for_url("**/till")


def scan(till: Visit, member: Member) -> None:
    """What the card shows now, as a scanner types it."""
    member.go("/m/lanhua/")
    till.page.goto("/till")
    till.page.keyboard.type(member.page.inner_text(".digits"))
    till.page.keyboard.press("Enter")
    till.page.wait_for_url("**/till/m/**")
    assert till.fits()


def buys(till: Visit) -> None:
    till.page.fill("#amount", "128.00")
    till.page.fill("#order", "HZ1-0042")
    till.page.keyboard.press("Enter")
    till.page.get_by_text("+128").wait_for()


def comes_back(till: Visit, member: Member, code: str, coupon: str) -> None:
    """The gift and the prize are handed over, the coupon makes the next purchase cheaper."""
    scan(till, member)
    page = till.page
    assert code in page.inner_text("form[action$='hand-out'] .mono")
    for _gift_and_prize in range(2):
        page.click("form[action$='hand-out'] button >> nth=0")
        page.wait_for_load_state()
    expect(page.locator("form[action$='hand-out']")).to_have_count(0)
    page.select_option("#till-coupon", coupon)
    page.fill("#till-order", "HZ1-0077")
    page.fill("#till-total", "199.00")
    page.keyboard.press("Enter")
    page.wait_for_url("**amount=**")
    assert page.input_value("#amount") == "¥179.00"
    page.click("form[action$='purchase'] button")
    page.get_by_text("+179").wait_for()
    assert page.inner_text(".till-tier") == "Silver"
    assert page.inner_text(".till-units") == "207"
    assert till.fits()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert till.fits()


# ---------------------------------------------------------------- on the phone


def has_far_to_go(member: Member) -> None:
    """¥128 of the ¥300 that make silver."""
    member.go("/m/lanhua/")
    page = member.page
    assert page.inner_text("#points .units") == "228"
    assert page.inner_text("#tier h2") == {"zh": "会员", "en": "Member"}[member.tongue]
    assert page.get_attribute("#tier progress", "value") == "42"
    assert "172.00" in page.inner_text("#tier")
    member.press("#tier .more a")
    assert page.locator(".tier").count() == 2


def redeems(member: Member) -> str:
    """The code that fetches the cup."""
    page = member.page
    member.go("/m/lanhua/rewards")
    assert "228" in page.inner_text("main")
    member.press(".offer")
    assert page.inner_text("h1") == {"zh": "青瓷杯", "en": "Celadon cup"}[member.tongue]
    page.select_option("#store", "HZ1")
    member.press("form.card button")
    assert "西湖店" in page.inner_text("form.card")
    member.press("form.card button")
    return page.inner_text(".pickup").replace(" ", "")


def wins(member: Member) -> None:
    page = member.page
    member.go("/m/lanhua/draws")
    member.press(".card .do")
    member.press("form.card button")
    assert PRIZE["name"] in page.inner_text(".said")
    member.press(".said .do")
    page.select_option("#store", "HZ1")
    member.press("form.card button")
    assert "西湖店" in page.inner_text(".card")


def sees_the_coupon(member: Member) -> str:
    member.go("/m/lanhua/coupons")
    member.press(".mail.fresh")
    return member.page.inner_text(".coupon-code")


def has_risen(member: Member) -> None:
    """Silver, 207 points, and how they came: 100 + 128 − 50 − 150 (when it was fetched) + 179."""
    page = member.page
    member.go("/m/lanhua/")
    assert page.inner_text("#tier h2") == {"zh": "银卡", "en": "Silver"}[member.tongue]
    assert page.inner_text("#points .units") == "207"
    member.go("/m/lanhua/points")
    steps = [step.split()[0] for step in page.locator(".steps .num").all_inner_texts()]
    assert [int(step.replace("−", "-")) for step in steps] == [179, -150, -50, 128, 100]
    member.go("/m/lanhua/coupons")
    assert page.locator(".mail.fresh").count() == 0


def books(member: Member) -> None:
    page = member.page
    member.go("/m/lanhua/services")
    member.press(".mail")
    member.press(".even a >> nth=-1")
    member.press("#time a >> nth=0")
    member.press("form.card button")
    assert page.locator(".said[role=status]").count() == 1


# ---------------------------------------------------------------- in the console


def the_console_shows_it(desk: Visit, brand: Brand) -> None:
    """Whose the turn was, what it took from the stock, what it cost and what it brought."""
    page = desk.page
    (customer, _same) = Touchpoint.objects.filter(kind="order.paid").values_list("subject_id", flat=True)
    page.goto(f"/customers/{customer}")
    assert page.inner_text("#tier-title") == "Tier: Silver"
    assert page.inner_text(".balance-number") == "207"
    assert "¥307.00" in page.inner_text("main")
    page.goto("/loyalty/rewards/r/cup")
    assert figures(page)["Left in stock"] == "4"
    page.goto(f"/loyalty/coupons/{CouponCampaign.objects.get().pk}")
    assert figures(page)["Cost of the discounts"] == "¥20.00"
    page.goto(f"/loyalty/draws/{Draw.objects.get().pk}")
    assert "Handed out" in page.inner_text("main")
    assert Draw.objects.get().terms_hash in page.inner_text("main")
    page.goto("/loops/loyalty")
    told = figures(page)
    assert (told["Revenue per cycle"], told["Cost per cycle"]) == ("¥179.00", "¥6.40")
    assert (told["Margin per cycle"], told["Days for a turn"]) == ("¥107.40", "20")
    entered, acted, produced = page.locator("table.rows tbody tr >> nth=-1 >> td").all_inner_texts()[:3]
    assert (entered, acted, produced) == ("1", "1", "1")
    page.goto("/loops")
    page.get_by_text("100.0% came to").wait_for()


def figures(page: Page) -> dict[str, str]:
    """The key figures of a page, by label."""
    labels, values = (page.locator(f".figure-{one}").all_inner_texts() for one in ("label", "value"))
    return {label.splitlines()[0].strip(): value for label, value in zip(labels, values, strict=True)}
