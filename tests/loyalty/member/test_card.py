"""The card: its number, the code that changes, and the pages behind it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from guanxi.customers.contracts import Identity
from guanxi.customers.models import Customer
from guanxi.customers.services import set_stores
from guanxi.customers.stores import stores
from guanxi.kernel.clock import frozen, now_ms
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.member import numbers
from guanxi.loyalty.member.numbers import WINDOW_MS
from guanxi.messaging import services as messaging
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.member.conftest import Phone, earn
from tests.messaging import world

START = 1_800_000_000_000  # begins a half minute
PAGES = ("", "points", "profile", "stores", "keep", "more")


def digits_of(page: str) -> str:
    found = re.search(r'class="digits">([\d ]+)<', page)
    assert found
    return found[1].replace(" ", "")


@given(st.integers(0, 10**12 - 1), st.binary(min_size=1, max_size=40))
def test_every_number_has_a_number_of_its_own(value: int, key: bytes) -> None:
    other = numbers._permuted(key, value)
    assert 0 <= other < 10**12
    assert numbers._permuted(key, other, back=True) == value


def test_a_code_counts_in_its_half_minute_and_those_beside_it(member: Phone) -> None:
    brand, customer = member.brand.pk, member.customer
    with frozen(START):
        code = numbers.code(brand, customer, numbers.window())
        assert len(code) == numbers.CODE_DIGITS
    steps = {
        -WINDOW_MS - 1: None,
        -WINDOW_MS: customer,
        0: customer,
        2 * WINDOW_MS - 1: customer,
        2 * WINDOW_MS: None,
    }
    for step, whose in steps.items():
        with frozen(START + step):
            assert numbers.read(brand, code) == whose, step
    with frozen(START):
        assert numbers.read(brand + 1, code) is None
        for bad in ("", code[:-1], code + "0", "٠" * 18, f"{code[:-1]}x", f"{(int(code) + 1) % 10**18:018}"):
            assert numbers.read(brand, bad) is None, bad
        assert len({numbers.code(brand, customer, w)[:12] for w in range(50)}) == 50  # nobody is followed


def test_a_code_is_read_once(member: Phone) -> None:
    code = numbers.code(member.brand.pk, member.customer, numbers.window())
    assert numbers.use(member.brand.pk, code, "one")
    assert numbers.use(member.brand.pk, code, "one")  # its answer was lost
    assert not numbers.use(member.brand.pk, code, "another")


def test_of_two_tills_at_once_one_reads_it(member: Phone) -> None:
    code = numbers.code(member.brand.pk, member.customer, numbers.window())
    ready = Barrier(8)

    def till(press: int) -> bool:
        try:
            connection.ensure_connection()
            ready.wait()
            return numbers.use(member.brand.pk, code, str(press))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(till, range(8))) == 1


def test_the_card_shows_who_it_is_and_asks_for_itself_again(member: Phone) -> None:
    address = f"/m/{member.brand.slug}/"
    with frozen(START + 10_000):
        response = member.client.get(address)
        page = response.content.decode()
        assert response.headers["Refresh"] == "20"
        assert numbers.read(member.brand.pk, digits_of(page)) == member.customer
        assert numbers.number(member.brand.pk, member.customer)[:4] in page
        number = int(numbers.number(member.brand.pk, member.customer))
        assert numbers.customer_of(member.brand.pk, f"{number:012}") == member.customer
    assert "Hello, L" in page
    assert "Li@" not in page
    picture = member.client.get(f"{address}code.svg?w=1")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert b"<script" not in picture.content
    assert b"style" not in picture.content
    assert Client().get(f"{address}code.svg").status_code == 302


def test_pages_are_small_and_ask_little(member: Phone, settings: object) -> None:
    set_stores(member.brand.pk, [{"code": "a", "name": "西湖店", "city": "杭州"}], actor="cli")
    for name in PAGES:
        with CaptureQueriesContext(connection) as asked:
            page = member.get(name)
        assert len(page.encode()) < 20_000, name
        assert "<script" not in page
        assert "style=" not in page
        assert len(asked) <= (28 if name == "" else 20), (name, len(asked))  # the card has ten sections


def test_history_adds_up_over_pages(member: Phone) -> None:
    brand, subject = member.brand, member.subject
    for n in range(1, 25):
        earn(brand, subject, n)
    wallet = Account("points", Place.WALLET, subject)
    spent = Move(wallet, Account("points", Place.SPENT), 100)
    post(brand.pk, [Posting("spend", "order.spent", [spent], world.NOON_MS)], actor="test")
    first = member.get("points")
    assert "230" in first  # 30 + 300 − 100
    more = re.search(r"before=(\d+)", first)
    assert more
    second = member.get(f"points?asset=points&before={more[1]}")
    balances = re.findall(r"then ([\d,]+)", first + second)
    assert len(balances) == 26
    assert (balances[0], balances[1], balances[-1]) == ("230", "330", "30")
    for odd in ("points?before=x", "points?asset=%00", "points?before=" + "9" * 30):
        assert member.client.get(f"/m/{brand.slug}/{odd}").status_code == 200


def test_the_birthday_is_told_once(member: Phone) -> None:
    assert member.post("profile/save", month="13", day="1") == 422
    assert member.post("profile/save", month="2", day="x") == 422
    assert member.post("profile/save", month="8", day="15", calendar="lunar", language="zh-CN") == 303
    row = Customer.objects.get(pk=member.customer)
    assert (row.birthday, row.birthday_calendar, row.language) == ("--08-15", "lunar", "zh-CN")
    assert Touchpoint.objects.get(kind="profile.updated").subject_id is not None
    assert member.post("profile/save", month="8", day="15", calendar="lunar") == 303  # pressed twice
    assert member.post("profile/save", month="9", day="15", calendar="lunar") == 409
    assert Touchpoint.objects.filter(kind="profile.updated").count() == 1
    assert "农历" in member.get("profile") or "lunar" in member.get("profile")


def test_stores_of_ones_own_city_come_first(member: Phone) -> None:
    assert "No stores yet" in member.get("stores")
    rows = [
        {"code": "a", "name": "南京路店", "city": "上海"},
        {"code": "b", "name": "西湖店", "city": "杭州"},
        {"code": "c", "name": "关了", "city": "杭州", "open": "0"},
        {"code": "d", "name": "云上店"},
    ]
    set_stores(member.brand.pk, rows, actor="cli")
    Customer.objects.filter(pk=member.customer).update(adcode=330100)
    page = member.get("stores")
    assert page.index("西湖店") < page.index("南京路店") < page.index("云上店")
    assert "关了" not in page
    assert "南京路店" not in member.get(f"stores?city={stores(member.brand.pk)[1].city}")


def test_messages_are_one_press_away(member: Phone) -> None:
    world.templates(member.brand.pk)
    world.queued(member.brand.pk, world.points("k", member.subject, "inbox"))
    messaging.send_all()
    assert "1 new message" in member.get()
    response = member.client.get(f"/m/{member.brand.slug}/inbox", follow=True)
    assert "Points" in response.content.decode()


@pytest.mark.parametrize("page", ["points", "profile", "stores", "keep", "more", "inbox", "number.svg"])
def test_strangers_go_to_the_door(member: Phone, page: str) -> None:
    assert "/enter" in Client().get(f"/m/{member.brand.slug}/{page}").headers["Location"]


def test_a_member_of_a_phone_alone_has_all_pages(member: Phone) -> None:
    subject = world.customer(member.brand.pk, "han", Identity("phone", "+8613900139000"))
    other = Phone(member.brand, subject)
    other.open_link()
    assert all(other.get(name) for name in PAGES)
    assert now_ms()
