"""The ledger explorer: numbers open, adjustments happen once, hostile words stay words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.customers.models import Customer
from guanxi.loyalty.console.shown import read_units
from guanxi.loyalty.ledger import adjusting, assets
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Asset
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.queries import standing
from guanxi.platform import exports, jobs, people
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import AuditEntry, Brand, User
from guanxi.touchpoints.models import Touchpoint
from tests.console.world import World, as_, build

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>=1+1\u202e"


@pytest.fixture
def world() -> World:
    return build()


def asked(world: World, **changes: Any) -> dict[str, Any]:
    given = {"asset": "points", "way": "give", "units": "66", "note": "sorry", "lasts_days": ""}
    return {"customer": world.customer.pk, **given, **changes}


def text(page: Any) -> str:
    return str(page.content.decode())


def test_every_number_opens_down_to_the_fact_and_the_rule(world: World) -> None:
    fact = Touchpoint.objects.filter(brand_id=world.brand.pk).earliest("pk")
    wallet = Account("points", Place.WALLET, world.customer.pk)
    earn = Posting(
        "order:1", "order.earned", [Move(Account("points", Place.ISSUED), wallet, 77)], 1, fact.pk, "12:3"
    )
    post(world.brand.pk, [earn], actor="system")
    client = as_("operator")
    page = text(client.get("/loyalty"))
    (address,) = re.findall(r'href="(/loyalty/ledger/points\?place=wallet)">1,311<', page)
    page = text(client.get(address))
    (address,) = re.findall(r'href="(/loyalty/ledger/accounts/\d+)">李\*<', page)
    page = text(client.get(address))
    (address,) = re.findall(r'href="(/loyalty/ledger/postings/\d+)">order.earned<', page)
    assert "12:3" in page
    page = text(client.get(address))
    assert f'href="/customers/{world.customer.pk}#timeline-title"' in page
    assert "12:3" in page
    assert "Order paid" in page
    assert "order:1" in page


def test_an_adjustment_is_shown_before_and_pressed_twice_is_done_once(world: World) -> None:
    client = as_("agent")
    before = PostingRow.objects.count()
    page = text(client.post("/loyalty/adjust/preview", asked(world)))
    assert re.search(r"1,234</td><td[^>]*><strong>1,300<", page)
    assert PostingRow.objects.count() == before
    (token,) = re.findall(r'name="token" value="(\w{32})"', page)
    first = client.post("/loyalty/adjust/do", {**asked(world), "token": token})
    again = client.post("/loyalty/adjust/do", {**asked(world), "token": token}, follow=True)
    assert first.status_code == 302
    assert "Nothing was done twice" in text(again)
    assert PostingRow.objects.count() == before + 1
    assert standing(world.brand.pk, world.customer.pk, "points").spendable == 1_300
    other = client.post("/loyalty/adjust/do", {**asked(world, units="67"), "token": token})
    assert other.status_code == 409
    assert AuditEntry.objects.filter(action="ledger.adjusted").count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"units": "10001"}, 422, "At most 10000 units"),
        ({"units": "1.5"}, 422, "This is no number of units."),
        ({"units": "-5"}, 422, "This is no number of units."),
        ({"units": "0"}, 422, "This is no number of units."),
        ({"asset": "gold"}, 422, "Select a valid choice"),
        ({"note": " "}, 422, "This field is required"),
        ({"customer": 1 << 62}, 404, "There is no customer"),
        ({"token": ""}, 422, "The key of an adjustment"),
        ({"token": "x" * 61}, 422, "The key of an adjustment"),
        ({"way": "take", "units": "1235"}, 409, "There are 1234 units to spend"),
    ],
)
def test_what_cannot_be_adjusted_says_why(
    world: World, changes: dict[str, Any], status: int, said: str
) -> None:
    before = PostingRow.objects.count()
    answer = as_("owner").post("/loyalty/adjust/do", {**asked(world), "token": "t", **changes})
    assert answer.status_code == status
    assert said in text(answer)
    assert PostingRow.objects.count() == before


def test_taking_more_than_there_is_offers_no_button(world: World) -> None:
    page = text(as_("owner").post("/loyalty/adjust/preview", asked(world, way="take", units="1300")))
    assert "66 are missing" in page
    assert 'action="/loyalty/adjust/do"' not in page


def test_hostile_words_are_words_in_both_languages(world: World) -> None:
    brand = world.brand
    Asset.objects.filter(brand_id=brand.pk).update(name=NASTY, name_en=NASTY)
    wallet, budget = (
        Account("points", Place.WALLET, world.customer.pk),
        Account("points", Place.BUDGET, name=NASTY),
    )
    fill = Move(Account("points", Place.ISSUED), budget, 5)
    post(brand.pk, [Posting(NASTY, NASTY, [fill, Move(budget, wallet, 5)], 1, rule=NASTY)], actor=NASTY)
    account = AccountRow.objects.get(place="budget").pk
    posting = PostingRow.objects.latest("pk").pk
    for language in ("en", "zh-hans"):
        people.set_language(User.objects.get(username="owner").pk, language, actor="cli")
        client = as_("owner")
        for address in (
            "/loyalty",
            "/loyalty/ledger/points?q=" + NASTY.replace("+", "%2B"),
            f"/loyalty/ledger/accounts/{account}?from=x&until=9999-12-31&before=-1",
            f"/loyalty/ledger/accounts/{world.account}?from=2026-01-01&lots=used",
            f"/loyalty/ledger/postings/{posting}",
            f"/loyalty/adjust?customer={NASTY}&asset={NASTY}",
            f"/customers/{world.customer.pk}",
            "/loyalty/assets/points/edit",
        ):
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert "<script>alert" not in text(answer), address


def test_an_asset_is_made_changed_and_not_overwritten_from_an_old_form(world: World) -> None:
    client = as_("manager")
    made = {"code": "credit", "kind": "credit", "name": "储值", "most_by_hand": "5000", "version": "1"}
    assert client.post("/loyalty/assets/create", made)["Location"] == "/loyalty/ledger/credit"
    assert "already" in text(client.post("/loyalty/assets/create", made))
    wrong = client.post("/loyalty/assets/create", {**made, "code": "Ä"})
    assert wrong.status_code == 422
    assert client.post("/loyalty/assets/credit/save", {**made, "lasts_days": "9"}).status_code == 302
    late = client.post("/loyalty/assets/credit/save", {**made, "lasts_days": "8"})
    assert late.status_code == 409
    assert assets.find(world.brand.pk, "credit").lasts_days == 9
    assert client.get("/loyalty/assets/gold/edit").status_code == 404


def test_store_credit_is_typed_and_shown_as_money(world: World) -> None:
    credit, points = AssetRow(0, "credit", "credit"), AssetRow(0, "points", "points")
    read = {
        typed: read_units(credit, world.brand, typed) for typed in ("12.5", "¥1,000", "0.07", "1.234", "x")
    }
    assert read == {"12.5": 1_250, "¥1,000": 100_000, "0.07": 7, "1.234": None, "x": None}
    assert [read_units(points, world.brand, typed) for typed in ("1,200", "1.00", "1.5")] == [1_200, 1, None]
    assert read_units(points, world.brand, "9" * 14) == int("9" * 14)
    assert read_units(credit, Brand(currency="JPY"), "12") == 12


def test_a_proof_is_asked_for_once_and_its_result_is_shown(world: World) -> None:
    client = as_("owner")
    for _ in range(2):
        assert client.post("/loyalty/prove").status_code == 302
    assert "Being proved" in text(client.get("/loyalty/proof"))
    jobs.run_queued()
    assert re.search(r"\d+ entries in \d+ accounts agree", text(client.get("/loyalty")))
    AccountRow.objects.filter(place="wallet").update(posted=7)
    client.post("/loyalty/prove")
    jobs.run_queued()
    page = text(client.get("/loyalty"))
    assert "does not agree with itself" in page
    assert f"account {world.account}" in page


def test_long_lists_go_by_pages_and_ask_as_little_as_short_ones(world: World) -> None:
    brand, wallet = world.brand, Account("points", Place.WALLET, world.customer.pk)
    issued = Account("points", Place.ISSUED)
    client, before = as_("owner"), {}
    pages = (
        "/loyalty",
        "/loyalty/ledger/points",
        f"/loyalty/ledger/accounts/{world.account}",
        f"/customers/{world.customer.pk}",
    )

    def questions(address: str) -> int:
        with CaptureQueriesContext(connection) as asked_now:
            assert client.get(address).status_code == 200
        return len(asked_now)

    before = {address: questions(address) for address in pages}
    post(
        brand.pk,
        [Posting(f"p{n}", "r", [Move(issued, wallet, 1, n + 1 << 42)], 1) for n in range(120)]
        + [
            Posting(f"b{n}", "r", [Move(issued, issued._replace(place=Place.BUDGET, name=f"b{n}"), 1)], 1)
            for n in range(60)
        ],
        actor="system",
    )
    assert {address: questions(address) for address in pages} == before
    assert max(before.values()) <= 30
    address, seen = f"/loyalty/ledger/accounts/{world.account}", 0
    while address:
        page = text(client.get(address))
        seen += page.count('data-label="Balance"')
        found = re.search(r'rel="next" href="([^"]+)"', page) or re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == 121


def test_a_statement_is_exported_as_it_is_shown(world: World) -> None:
    query = {"account": str(world.account)}
    wanted = exports.want(world.brand, "ledger", "csv", query, COMMAND_LINE, language="en")
    jobs.run_queued()
    _found, stream = exports.open_file(world.brand.pk, wanted, COMMAND_LINE)
    lines = b"".join(stream).decode().splitlines()
    assert "Given by hand" in lines[1]
    assert ",1234,1234,Issued," in lines[1]
    client = as_("owner")
    for bad in ("x", "", str(1 << 62)):
        answer = client.post("/exports/new", {"list": "ledger", "format": "csv", "account": bad})
        assert answer.status_code in {404, 422}, bad


def test_what_was_said_of_an_adjustment_goes_with_the_person(world: World) -> None:
    from guanxi.customers.rights.hooks import Person
    from guanxi.loyalty import rights

    person = Person(world.brand.pk, world.customer.pk, world.subjects)
    assert [one["reason"] for one in rights.adjustments(person)] == ["<i>道歉</i>"]
    assert rights.kept(person) == {"loyalty_adjustment": 1}
    assert [one["reason"] for one in rights.adjustments(person)] == [""]
    assert standing(world.brand.pk, world.customer.pk, "points").spendable == 1_234


def test_the_customers_page_says_what_they_have_and_what_they_may_do(world: World) -> None:
    page = text(as_("agent").get(f"/customers/{world.customer.pk}"))
    assert f"/loyalty/ledger/accounts/{world.account}" in page
    assert f"/loyalty/adjust?customer={world.customer.pk}&amp;asset=points" in page
    seen = text(as_("associate").get(f"/customers/{world.customer.pk}"))
    assert "1,234" in seen
    assert "/loyalty/ledger" not in seen
    assert "/loyalty/adjust" not in seen
    nothing = text(as_("analyst").get(f"/customers/{world.second.pk}"))
    assert "Points and credit" not in nothing


def test_a_brand_without_assets_is_told_how_to_begin(world: World) -> None:
    client = as_("stranger")
    assert "Nothing is counted yet" in text(client.get("/loyalty"))
    assert "There is nothing to give yet" in text(client.get("/loyalty/adjust"))
    assert Client().get("/loyalty").status_code == 302
    assert not adjusting.BY_HAND - {"points", "credit"}
    assert Customer.objects.filter(brand_id=world.other.pk).count() == 0
