"""The catalogue on a phone: what is seen, redeemed once, and shown at the counter."""

from __future__ import annotations

from typing import Any

import pytest

from guanxi.loyalty.ledger.queries import standing
from guanxi.loyalty.rewards import catalogue, families, moving
from guanxi.loyalty.rewards.contracts import Price, Shown, Wanted
from guanxi.loyalty.rewards.models import FamilyGift, FamilyLink, Redemption
from guanxi.platform.actors import COMMAND_LINE
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.member.conftest import Phone, earn, member
from tests.messaging import world

__all__ = ["member"]
HOSTILE = "<script>alert(1)</script>"


def offer(phone: Phone, code: str = "cup", **more: Any) -> None:
    told: dict[str, Any] = {
        "prices": [Price("points", 20), Price("points", 50)],
        "name": "杯子",
        "name_en": "Cup",
    } | more
    wanted = Wanted(code, **({"kind": "gift"} | told))
    row = catalogue.put(phone.brand, wanted, version=0, actor="t")
    catalogue.fill(phone.brand.pk, code, 2, key="first", actor="t")
    catalogue.set_state(phone.brand.pk, code, row.version, Shown.ACTIVE, actor="t")


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def test_from_the_catalogue_to_the_counter(member: Phone) -> None:
    assert "Nothing to redeem yet" in member.get("rewards")
    offer(member, text_en=HOSTILE)
    page = member.get("rewards")
    assert "Only 2 left" in page
    assert "20 points or 50 points" in page
    page = member.get("rewards/cup")
    assert HOSTILE not in page
    assert "You have 30 points and need 20 points more." in page
    page = member.get("rewards/cup/confirm?price=0")
    assert "You have 30 points and will have 10 points." in page
    form = {name: hidden(page, name) for name in ("key", "once", "price", "delivery")}
    assert member.post("rewards/cup/take", **form) == 302
    assert member.post("rewards/cup/take", **form) == 302
    row = Redemption.objects.get()
    assert (row.state, row.origin) == ("ready", "phone")
    page = member.get(f"redemptions/{row.pk}")
    assert f"{row.code[:4]} {row.code[4:]}" in page
    assert f"{row.code[:4]} {row.code[4:]}" in member.get()
    assert len(page.encode()) < 10_000
    assert member.client.get(f"/m/{member.brand.slug}/rewards/cup/confirm?price=0").status_code == 302
    assert "Only 1 left" in member.get("rewards")
    assert member.post(f"redemptions/{row.pk}/cancel") == 302
    assert member.post(f"redemptions/{row.pk}/cancel") == 409
    assert standing(member.brand.pk, member.subject, "points").spendable == 30


def test_forms_from_elsewhere_and_others_redemptions(member: Phone) -> None:
    offer(member)
    assert member.post("rewards/cup/take", key="forged", once="1") == 403
    other = Phone(member.brand, world.customer(member.brand.pk, "bo"))
    earn(member.brand, other.subject, 100)
    other.open_link()
    page = other.get("rewards/cup/confirm?price=1")
    form = {name: hidden(page, name) for name in ("once", "price", "delivery")}
    assert other.post("rewards/cup/take", **form) == 302
    row = Redemption.objects.get()
    for path in ("", "/cancel", "/have", "/review"):
        url = f"redemptions/{row.pk}{path}"
        asked = member.post(url) if path else member.client.get(f"/m/{member.brand.slug}/{url}").status_code
        assert asked == 404
    for price in ("-1", "9", "x"):
        assert member.client.get(f"/m/lanhua/rewards/cup/confirm?price={price}").status_code == 404
    assert member.post("rewards/cup/take", once="2", price="7") == 422
    assert member.post("rewards/none/take", once="2") == 404


def test_a_review_from_the_phone(member: Phone) -> None:
    offer(member, "serum", kind="sample")
    page = member.get("rewards/serum/confirm?price=0")
    form = {name: hidden(page, name) for name in ("once", "price", "delivery")}
    member.post("rewards/serum/take", **form)
    row = Redemption.objects.get()
    assert "How was it?" not in member.get(f"redemptions/{row.pk}")
    moving.hand_out(member.brand.pk, row.pk, actor="t")
    assert "How was it?" in member.get(f"redemptions/{row.pk}")
    assert member.post(f"redemptions/{row.pk}/review", stars="0") == 422
    assert member.post(f"redemptions/{row.pk}/review", stars="2", words=HOSTILE) == 302
    assert "Thank you" in member.get(f"redemptions/{row.pk}")
    assert Touchpoint.objects.filter(kind="sample.reviewed").count() == 1


def test_points_go_to_family_within_the_month(member: Phone) -> None:
    brand = member.brand
    assert "Family" not in member.get()
    families.set_limit(brand.pk, "points", 25, actor=COMMAND_LINE)
    assert "Family" in member.get()
    bo = Phone(brand, world.customer(brand.pk, "bo"))
    bo.open_link()
    key = member.key()
    made = member.client.post("/m/lanhua/family/invite", {"key": key}).content.decode()
    code = made.split('pickup">')[1].split("<")[0]
    assert FamilyLink.objects.get().code_hash != code.replace(" ", "")
    assert member.post("family/accept", code=code) == 409
    assert bo.post("family/accept", code="WRONGONE") == 404
    assert bo.post("family/accept", code=code.lower()) == 302
    assert bo.post("family/accept", code=code) == 404
    page = member.get("family")
    form = {"link": str(FamilyLink.objects.get().pk), "asset": "points", "once": hidden(page, "once")}
    assert member.post("family/give", **form, units="20") == 302
    assert member.post("family/give", **form, units="20") == 302
    assert standing(brand.pk, bo.subject, "points").spendable == 20
    for units, status in (("6", 429), ("0", 422), ("-5", 422), ("x", 422)):
        assert member.post("family/give", **{**form, "once": units}, units=units) == status
    assert FamilyGift.objects.count() == 1
    assert bo.post("family/part", link=form["link"]) == 302
    assert member.post("family/give", **{**form, "once": "z"}, units="1") == 404


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_every_page_in_both_languages(member: Phone, tongue: str) -> None:
    offer(member)
    families.set_limit(member.brand.pk, "points", 25, actor=COMMAND_LINE)
    for page in ("rewards", "rewards/cup", "rewards/cup/confirm?price=0", "redemptions", "family"):
        sign = "&" if "?" in page else "?"
        html = member.get(f"{page}{sign}lang={tongue}")
        assert "<script" not in html
        assert "style=" not in html
