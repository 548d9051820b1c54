"""The door: a code proves a phone, nobody learns who is a member, and no code is guessed."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guanxi.customers.contracts import Identity, Person
from guanxi.customers.lookup import customer_ids_of, find
from guanxi.customers.rights import erasing
from guanxi.kernel.clock import DAY_MS, MINUTE_MS, SECOND_MS, frozen, now_ms
from guanxi.loyalty.member import codes, joining, rates, senders
from guanxi.loyalty.member.models import MemberPhone, MemberSession, SignInCode
from guanxi.loyalty.member.senders import NotSent, Parcel
from guanxi.platform.models import Brand
from guanxi.platform.rates import Buckets
from guanxi.touchpoints import services
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.models import Touchpoint
from tests.messaging import world

PHONE = "13800138000"
FULL = f"+86{PHONE}"


class Sent:
    """A sender that remembers."""

    name = "test"

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []
        self.broken = False

    def send(self, parcel: Parcel) -> None:
        if self.broken:
            raise NotSent("down")
        self.parcels.append(parcel)

    @property
    def code(self) -> str:
        return self.parcels[-1].code

    @property
    def wrong(self) -> str:
        return f"{(int(self.code) + 1) % 1_000_000:06}"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    made = Sent()
    monkeypatch.setattr(senders, "chosen", lambda brand: made)
    return made


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return Brand.objects.get(pk=world.brand())


class Visitor:
    """A browser at the door."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies["guanxi_member_lang"] = "en"

    def post(self, **form: str) -> Any:
        return self.client.post("/m/lanhua/enter", form)

    def ask(self, phone: str = PHONE) -> str:
        return self.post(do="send", phone=phone).content.decode()

    def try_code(self, code: str, phone: str = PHONE, press: str = "p") -> Any:
        return self.post(do="code", phone=phone, code=code, press=press)

    def proven(self, sent: Sent) -> str:
        """The proof of the page that follows a right code."""
        self.ask()
        return value(self.try_code(sent.code).content.decode(), "proof")


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found, page
    return found[1]


def owner(brand: Brand, subject: int = 0) -> int:
    subject = subject or MemberSession.objects.get().subject_id
    return customer_ids_of(brand.pk, [subject])[subject]


def bought(brand: Brand, *, days_ago: int, birthday: str | None = None) -> int:
    """A customer who bought with the phone, so many days ago."""
    at_ms = now_ms() - days_ago * DAY_MS
    ours = (Identity("tmall", "lilei"), Identity("phone", FULL))
    fact = Fact("order.paid", f"o{days_ago}", at_ms, ours, Person("李雷", birthday=birthday), "tmall", 10_000)
    assert services.record(brand.pk, "shop", [fact]).recorded == 1
    return find(brand.pk, Identity("phone", FULL))[0]


def test_a_stranger_joins(brand: Brand, sent: Sent) -> None:
    visitor = Visitor()
    assert "138****8000" in visitor.ask()
    assert not Touchpoint.objects.exists()
    page = visitor.try_code(f" {sent.code[:3]} {sent.code[3:]} ").content.decode()
    assert 'name="agree" value="yes" required>' in page  # nothing is ticked
    proof = value(page, "proof")
    assert visitor.post(do="join", proof=proof).status_code == 422
    assert not MemberSession.objects.exists()
    response = visitor.post(do="join", proof=proof, agree="yes", channel="poster", next="/m/lanhua/points")
    assert response.headers["Location"] == "/m/lanhua/points"
    fact = Touchpoint.objects.get(kind="member.joined")
    assert (fact.channel, fact.payload.count('"terms":"en:')) == ("poster", 1)
    assert find(brand.pk, Identity("phone", FULL)) == [owner(brand, fact.subject_id)]
    assert visitor.client.get("/m/lanhua/").status_code == 200
    assert Visitor().post(do="join", proof=proof, agree="yes").status_code == 302  # pressed twice
    assert Touchpoint.objects.filter(kind="member.joined").count() == 1


def test_a_customer_joins_once_and_signs_in_to_what_they_bought(brand: Brand, sent: Sent) -> None:
    customer = bought(brand, days_ago=20)
    visitor = Visitor()
    assert visitor.post(do="join", proof=visitor.proven(sent), agree="yes").status_code == 302
    assert owner(brand) == customer
    with frozen(now_ms() + 2 * MINUTE_MS):
        other = Visitor()
        other.ask()
        assert other.try_code(sent.code).status_code == 302  # no more questions
    assert Touchpoint.objects.filter(kind="member.joined").count() == 1


def test_whether_somebody_is_a_member_is_not_learned(brand: Brand, sent: Sent) -> None:
    bought(brand, days_ago=20)
    member, stranger = Visitor().ask(), Visitor().ask("13900139000")

    def plain(page: str) -> str:
        page = re.sub(r'name="(press|phone)" value="[^"]+"', "", page)
        return re.sub(r"1\d\d\*{4}\d{4}", "", page)

    assert plain(member) == plain(stranger)
    wrong = Visitor().try_code(sent.wrong), Visitor().try_code("000001", "13700137000")
    assert plain(wrong[0].content.decode()) == plain(wrong[1].content.decode())
    assert wrong[0].status_code == wrong[1].status_code == 422


def test_a_code_is_not_guessed(brand: Brand, sent: Sent) -> None:
    visitor = Visitor()
    visitor.ask()
    for _ in range(codes.MOST_TRIES):
        assert visitor.try_code(sent.wrong).status_code == 422
    assert visitor.try_code(sent.code).status_code == 422  # the right one is too late
    now = now_ms()
    for step in range(1, 30):
        with frozen(now + step * 61 * SECOND_MS):
            rates.forget()
            visitor.ask()
    assert len(sent.parcels) == codes.MOST_AN_HOUR
    for step in range(1, 30):
        with frozen(now + step * 3_600 * SECOND_MS):
            rates.forget()
            visitor.ask()
    assert len(sent.parcels) <= 2 * codes.MOST_A_DAY + codes.MOST_AN_HOUR
    row = SignInCode.objects.get()
    assert sent.code not in row.code_hash
    assert PHONE not in row.phone_key


def test_an_address_that_asks_for_many_phones_waits(
    brand: Brand, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_SENDS", "_TRIES"):
        monkeypatch.setattr(rates, name, Buckets(lambda: 0.0))  # whatever time the test takes
    visitor = Visitor()
    answers = [visitor.post(do="send", phone=f"138001380{n:02}").status_code for n in range(12)]
    assert answers == [200] * rates.SENDS_A_MINUTE + [429] * 2
    tried = [visitor.try_code("123456").status_code for _ in range(rates.TRIES_A_MINUTE + 1)]
    assert tried[-1] == 429


def test_parallel_guesses_all_count(brand: Brand, sent: Sent) -> None:
    Visitor().ask()

    def guess(_number: int) -> bool:
        try:
            return codes.check(brand.pk, FULL, sent.wrong, "p")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(guess, range(12)))
    assert SignInCode.objects.get().tries == codes.MOST_TRIES


def test_a_code_ends_and_only_the_newest_counts(brand: Brand, sent: Sent) -> None:
    start = now_ms()
    with frozen(start):
        Visitor().ask()
        Visitor().ask()  # another tab: no second message
        assert len(sent.parcels) == 1
        first = sent.code
    with frozen(start + codes.LASTS_MS):
        assert not codes.check(brand.pk, FULL, first, "p")
    with frozen(start + codes.AGAIN_MS):
        Visitor().ask()
        assert len(sent.parcels) == 2
        assert first == sent.code or not codes.check(brand.pk, FULL, first, "p")
        assert codes.check(brand.pk, FULL, sent.code, "p")


def test_pressed_twice_and_in_two_tabs(brand: Brand, sent: Sent) -> None:
    bought(brand, days_ago=1)
    visitor = Visitor()
    assert visitor.post(do="join", proof=visitor.proven(sent), agree="yes").status_code == 302
    with frozen(now_ms() + 2 * MINUTE_MS):
        one, other = Visitor(), Visitor()
        one.ask()
        assert one.try_code(sent.code, press="a").status_code == 302
        assert (
            other.try_code(sent.code, press="a").status_code == 302
        )  # the same press, whose answer was lost
        assert (
            Visitor().try_code(sent.code, press="b").status_code == 422
        )  # somebody who read it over a shoulder
        assert one.try_code("", press="b").status_code == 302  # another tab of who is signed in by now
    with frozen(now_ms() + 4 * MINUTE_MS):
        assert Visitor().try_code(sent.code, press="a").status_code == 422


def test_a_number_that_was_silent_proves_nobody(brand: Brand, sent: Sent) -> None:
    before = bought(brand, days_ago=200, birthday="1990-05-01")
    visitor = Visitor()
    visitor.ask()
    page = visitor.try_code(sent.code).content.decode()
    assert "Is it still you?" in page
    proof = value(page, "proof")
    for month, day in (("5", "2"), ("x", ""), ("13", "1"), ("6", "1"), ("7", "1")):
        assert visitor.post(do="birthday", proof=proof, month=month, day=day).status_code == 422
    # Three were tried: now the right one is not looked at.
    assert visitor.post(do="birthday", proof=proof, month="5", day="1").status_code == 422
    assert visitor.post(do="join", proof=proof, agree="yes").status_code == 302
    newcomer = owner(brand, MemberPhone.objects.get().subject_id)
    assert newcomer != before
    with frozen(now_ms() + 2 * MINUTE_MS):
        again = Visitor()
        again.ask()
        assert again.try_code(sent.code).status_code == 302
    assert {owner(brand, one.subject_id) for one in MemberSession.objects.all()} == {newcomer}


def test_who_knows_the_birthday_is_the_same(brand: Brand, sent: Sent) -> None:
    before = bought(brand, days_ago=200, birthday="1990-05-01")
    visitor = Visitor()
    proof = visitor.proven(sent)
    assert visitor.post(do="birthday", proof=proof, month="05", day="1").status_code == 302
    assert owner(brand) == before


def test_hostile_forms(brand: Brand, sent: Sent) -> None:
    visitor = Visitor()
    for phone in ("", "x", "138\x00", "1" * 5_000, "<script>", "10086"):
        assert visitor.post(do="send", phone=phone).status_code == 422, phone
    assert visitor.post(do="join", proof="forged", agree="yes").status_code == 200
    assert visitor.post(do="birthday", proof="a:b:c").status_code == 200
    assert visitor.post(do="nonsense").status_code == 200
    page = visitor.post(do="send", phone=PHONE, next="//evil", channel='"><script>').content.decode()
    assert "evil" not in page
    assert "<script" not in page
    for code in ("١٢٣٤٥٦", "12345", "1234567", "12 34\u00005", "abcdef"):
        assert visitor.try_code(code).status_code == 422, code
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = visitor.client.post("/m/lanhua/enter", {"do": "send", "phone": PHONE}, headers=headers)
        assert refused.status_code == 403
    assert len(sent.parcels) == 1
    with frozen(now_ms() + 2 * MINUTE_MS):
        proof = visitor.proven(sent)
    with frozen(now_ms() + 18 * MINUTE_MS):
        assert not Visitor().post(do="join", proof=proof, agree="yes").cookies.get("guanxi_member")


def test_a_sender_that_is_down_is_said_and_may_be_tried_at_once(brand: Brand, sent: Sent) -> None:
    sent.broken = True
    assert Visitor().post(do="send", phone=PHONE).status_code == 503
    sent.broken = False
    Visitor().ask()
    assert len(sent.parcels) == 1


def test_the_development_sender_writes_where_messages_are_written(
    brand: Brand, settings: Any, tmp_path: Any
) -> None:
    assert senders.chosen(brand) is None
    assert "Send me a code" not in Visitor().client.get("/m/lanhua/enter").content.decode()
    settings.GUANXI_MESSAGES_FOLDER = str(tmp_path)
    Visitor().ask()
    (path,) = (tmp_path / senders.FOLDER).iterdir()
    assert '"minutes": 5' in path.read_text()


def test_who_was_erased_begins_anew(brand: Brand, sent: Sent) -> None:
    visitor = Visitor()
    visitor.post(do="join", proof=visitor.proven(sent), agree="yes")
    first = MemberSession.objects.get().subject_id
    erasing.erase(brand.pk, first, actor="cli", reason="asked")
    assert not MemberPhone.objects.exists()
    assert not SignInCode.objects.exists()
    with frozen(now_ms() + 2 * MINUTE_MS):
        again = Visitor()
        assert again.post(do="join", proof=again.proven(sent), agree="yes").status_code == 302
        assert joining.standing(brand.pk, FULL).who is joining.Who.MEMBER
    assert MemberPhone.objects.get().subject_id != first
