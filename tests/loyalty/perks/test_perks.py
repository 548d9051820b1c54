"""Content, recognition, the survey: for whom they are, once, and by consent."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from struct import pack
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from guanxi.customers.lookup import customer_ids_of
from guanxi.customers.rights.erasing import erase
from guanxi.customers.services import merge
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.perks import articles, levers, recognition
from guanxi.loyalty.perks.articles import Wanted
from guanxi.loyalty.perks.models import Article, ArticleOpening, Featured, LeverAnswer, LeverInvite
from guanxi.loyalty.perks.report import LEVERS
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.models import Touchpoint
from guanxi.touchpoints.services import record
from tests.loyalty.booking.conftest import NOW_MS, Salon
from tests.loyalty.booking.test_pages import as_owner
from tests.loyalty.member.conftest import Phone

FINE = dict.fromkeys(LEVERS, 5)


@pytest.fixture
def salon(transactional_db: None) -> Iterator[Salon]:
    with frozen(NOW_MS):
        yield Salon()


@pytest.fixture
def phone(salon: Salon) -> Phone:
    found = Phone(salon.brand, salon.customer("li"))
    found.open_link()
    return found


def told(kind: str) -> list[str]:
    return list(Touchpoint.objects.filter(kind=kind).order_by("id").values_list("payload", flat=True))


def write(salon: Salon, title: str = "护肤", **more: object) -> int:
    wanted = Wanted(title, "Skin care", "每天", "Every **day**", published=True)
    return articles.create(salon.brand, wanted._replace(**more), actor="test")  # type: ignore[arg-type]


def test_an_article_is_for_whom_and_when_it_says(salon: Salon, phone: Phone) -> None:
    one = write(salon)
    others = [
        write(salon, "秘密", audience={"version": 1, "any": []}),
        write(salon, "草稿", published=False),
        write(salon, "明天", since=date(2026, 12, 2)),
        write(salon, "昨天", until=date(2026, 11, 30)),
    ]
    assert [row.pk for row in articles.for_member(salon.brand, phone.customer)] == [one]
    assert "Skin care" in phone.get("content")
    assert "<strong>day</strong>" in phone.get(f"content/{one}")
    phone.get(f"content/{one}")
    assert told("content.opened") == [f'{{"article":"{one}","title":"护肤"}}']
    for number in (*others, one + 99):
        assert phone.client.get(f"/m/{salon.brand.slug}/content/{number}").status_code == 404
    with frozen(NOW_MS + DAY_MS):
        phone.get(f"content/{one}")
    assert len(told("content.opened")) == 2
    assert "Skin care" in phone.get()


def test_two_who_save_an_article_at_once_do_not_overwrite_each_other(salon: Salon) -> None:
    one = write(salon)
    articles.save(salon.brand, one, 1, Wanted("一"), actor="a")
    with pytest.raises(Conflict):
        articles.save(salon.brand, one, 1, Wanted("二"), actor="b")
    assert Article.objects.get().title_zh == "一"
    for bad in (Wanted(""), Wanted("x" * 81), Wanted("x", since=date(2026, 2, 2), until=date(2026, 2, 1))):
        with pytest.raises(Invalid):
            articles.create(salon.brand, bad, actor="a")
    with pytest.raises(Invalid):
        articles.create(salon.brand, Wanted("x", picture=b"GIF89a"), actor="a")


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"".join(b"\x00" + b"\xff" * 40 for _ in range(40)))
    head = pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"tEXt", b"GPS\x00here") + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_the_console_writes_an_article_with_a_picture(salon: Salon, phone: Phone) -> None:
    client = as_owner(salon)
    assert "No article yet" in client.get("/loyalty/content").content.decode()
    form = {"title_zh": "护肤", "text_zh": "# 一\n<script>", "published": "on"}
    looked = client.post("/loyalty/content/create", form | {"do": "look"}).content.decode()
    assert "<h2>一</h2>" in looked
    assert "&lt;script&gt;" in looked
    made = client.post(
        "/loyalty/content/create", form | {"picture": SimpleUploadedFile("a.png", png()), "do": "save"}
    )
    assert made.status_code == 302
    row = Article.objects.get()
    assert row.picture in phone.get(f"content/{row.pk}")
    picture = phone.client.get(f"/picture/{row.picture}")
    assert picture.status_code == 200
    assert b"GPS" not in picture.content
    assert client.get(f"/loyalty/content/{row.pk}/edit").status_code == 200
    assert client.post(f"/loyalty/content/{row.pk}/save", form | {"version": "7"}).status_code == 409
    assert client.post("/loyalty/content/create", form | {"audience": "["}).status_code == 422


def test_nobody_is_shown_without_a_yes_and_a_yes_is_taken_back_at_once(salon: Salon, phone: Phone) -> None:
    mei = Phone(salon.brand, salon.customer("mei"))
    mei.open_link()
    one = recognition.propose(salon.brand, phone.customer, "十年会员", "Ten years", actor="test")
    with pytest.raises(Conflict):
        recognition.propose(salon.brand, phone.customer, "again", actor="test")
    assert "Ten years" not in mei.get()
    assert "May we show this" in phone.get()
    assert mei.post(f"featured/{one}", say="yes") == 404
    assert phone.post(f"featured/{one}", say="yes") == 302
    assert phone.post(f"featured/{one}", say="yes") == 302
    seen = mei.get()
    assert "Ten years" in seen
    assert "Li" not in seen.replace("Link", "")  # the name is masked
    assert told("member.recognised") == ["{}"]
    assert phone.post(f"featured/{one}", say="no") == 302
    assert "Ten years" not in mei.get()
    assert phone.post(f"featured/{one}", say="yes") == 302  # it has ended: asked anew, or not at all
    assert Featured.objects.get().state == "withdrawn"
    with pytest.raises(NotFound):
        recognition.propose(salon.brand, 10**9, "x", actor="test")


def test_the_survey_is_answered_once_in_90_days(salon: Salon, phone: Phone) -> None:
    answer = {**dict.fromkeys(LEVERS, "4"), "innovation": "none"}
    assert phone.post("survey/answer", service="5") == 422  # not all of it
    assert phone.post("survey/answer", **(answer | {"service": "6"})) == 422
    assert phone.post("survey/answer", **answer) == 302
    assert phone.post("survey/answer", **answer) == 409
    assert told("levers.answered") == ['{"marketing":4,"branding":4,"service":4,"employees":4}']
    assert "Thank you" in phone.get("survey")
    twin = salon.customer("twin")
    ids = customer_ids_of(salon.brand.pk, [twin])
    merge(salon.brand.pk, [phone.customer, ids[twin]], actor="test", reason="same")
    with pytest.raises(Conflict):
        levers.answer(salon.brand, phone.customer, twin, FINE)
    with frozen(NOW_MS + 90 * DAY_MS):
        levers.answer(salon.brand, phone.customer, twin, FINE)
    assert LeverAnswer.objects.count() == 2


def test_of_answers_at_once_one_is_kept(salon: Salon) -> None:
    mei = salon.customer("mei")
    ready = Barrier(8)

    def one(_number: int) -> bool:
        try:
            connection.ensure_connection()
            ready.wait()
            levers.answer(salon.brand, customer_ids_of(salon.brand.pk, [mei])[mei], mei, FINE)
        except Conflict:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1
    assert LeverAnswer.objects.count() == 1


def test_a_rule_invites_at_most_once_in_90_days(salon: Salon, phone: Phone) -> None:
    definition = {"on": ["order.received"], "effects": [{"effect": "ask_levers"}]}
    rule = rules.create(salon.brand, "ask", definition, actor="test")
    rules.set_state(salon.brand, rule, 1, State.ACTIVE, actor="test")

    def receive(number: int, at_ms: int) -> None:
        fact = Fact(
            "order.received", f"r{number}", at_ms, (Identity("tmall", "li"),), payload={"order": str(number)}
        )
        assert not record(salon.brand.pk, "shop", [fact]).rejected

    assert "How are we doing" not in phone.get()
    receive(1, NOW_MS)
    receive(2, NOW_MS)
    assert LeverInvite.objects.count() == 1
    assert "How are we doing" in phone.get()
    with frozen(NOW_MS + 31 * DAY_MS):
        receive(3, NOW_MS + 31 * DAY_MS)
        assert "How are we doing" not in phone.get()
    levers.answer(salon.brand, phone.customer, phone.subject, FINE)
    assert "How are we doing" not in phone.get()


def test_the_report_says_how_many_and_nothing_of_few(salon: Salon) -> None:
    client = as_owner(salon)
    assert "Nobody has answered yet" in client.get("/loyalty/levers").content.decode()
    for number in range(6):
        subject = salon.customer(f"n{number}")
        marks = {**FINE, "branding": 5 if number else None, "innovation": 5 if number < 2 else None}
        levers.answer(salon.brand, customer_ids_of(salon.brand.pk, [subject])[subject], subject, marks)
    found = levers.report(salon.brand)["2026 Q4"]
    assert [found[name].n for name in LEVERS] == [6, 5, 6, 6, 2]
    assert found["innovation"].share is None
    page = client.get("/loyalty/levers").content.decode()
    assert "2026 Q4" in page
    assert "61" in page  # the low end of 6 of 6


def test_an_erased_person_leaves_nothing_here(salon: Salon, phone: Phone) -> None:
    phone.get(f"content/{write(salon)}")
    levers.answer(salon.brand, phone.customer, phone.subject, FINE)
    recognition.propose(salon.brand, phone.customer, "谢谢", actor="test")
    erase(salon.brand.pk, phone.customer, actor="test", reason="asked")
    for model in (ArticleOpening, LeverAnswer, Featured):
        assert not model._default_manager.exists()
