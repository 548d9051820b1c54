"""The preference centre: who gets in, what it shows in both languages, and what each press does."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings

from guanxi.customers import preferences, services, tags
from guanxi.customers.consent import links, phone, queries, texts
from guanxi.customers.consent.contracts import Why
from guanxi.customers.consent.models import Consent
from guanxi.customers.models import Customer, Subject
from guanxi.customers.rights import erasing
from guanxi.customers.tag_dictionary import Origin
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.platform.models import AuditEntry, Brand
from guanxi.platform.rates import Buckets
from tests.customers.world import brand, customer_of, resolved, seen

pytestmark = pytest.mark.django_db
NOW = 1_795_263_400_000


@pytest.fixture(autouse=True)
def _time() -> Iterator[None]:
    phone.ASKS.clear()
    with frozen(NOW):
        yield


@pytest.fixture
def number() -> int:
    pk = brand()
    Brand.objects.filter(pk=pk).update(name="兰花<script>")
    resolved(pk, seen("tmall:a phone:1", "李雷"), seen("tmall:b"))
    return pk


@pytest.fixture
def a(number: int) -> int:
    return customer_of(number, "tmall:a")


@pytest.fixture
def path(number: int, a: int) -> str:
    return links.make(number, a, actor="user:1").path


# Cross-site checks are on, as they are for browsers: the page must do without their cookie.
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def press(path: str, do: str, **fields: object) -> HttpResponse:
    return browser().post(path, {"do": do, **fields})


def marks(number: int) -> dict[str, str]:
    return {f"t.{name}": text.mark for name, text in texts.current(number).items()}


def reasons(number: int, customer: int) -> dict[tuple[str, str], str]:
    return {(one.purpose.name, one.channel): one.verdict.why for one in queries.standings(number, customer)}


def test_nothing_is_ticked_and_nothing_personal_is_there(path: str) -> None:
    answer = browser().get(path)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "checked" not in page
    for secret in ("李雷", "13800000001", "800000", "<script>"):
        assert secret not in page
    assert "兰花&lt;script&gt;" in page
    assert "Guanxi" not in page
    assert "style=" not in page
    assert "<script" not in page
    assert len(answer.content) < 30_000
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_speaks_both_languages_and_the_customers_own(path: str, a: int) -> None:
    for lang, told in (("zh", "优惠和新品消息"), ("en", "Offers and news")):
        answer = browser().get(f"{path}?lang={lang}")
        assert told in answer.content.decode()
        assert answer.headers["Content-Language"] == {"zh": "zh-hans", "en": "en"}[lang]
    Customer.objects.filter(pk=a).update(language="zh-CN")
    assert "优惠和新品消息" in browser().get(path).content.decode()
    assert browser().get(f"{path}?lang=<x>").status_code == 200


def test_yes_and_no_are_recorded_with_the_words_that_were_read(number: int, a: int, path: str) -> None:
    form = {"c.marketing.sms": "yes", "c.marketing.email": "no", **marks(number)}
    answer = press(path, "save", **form)
    assert (answer.status_code, "done=save" in answer.headers["Location"]) == (303, True)
    found = reasons(number, a)
    assert (found["marketing", "sms"], found["marketing", "email"]) == (Why.GIVEN, Why.REFUSED)
    assert found["marketing", "app"] == Why.NOT_ASKED  # what is left open says nothing
    row = Consent.objects.get(said="given")
    assert (row.text_version, row.proof, row.source) == (1, "page", "preference centre")
    assert browser().get(path).content.decode().count(" checked") == 2
    press(path, "save", **form)  # twice is once
    assert Consent.objects.count() == 2
    with frozen(NOW + 1):
        press(path, "save", **{"c.marketing.sms": "no", "c.marketing.email": "yes"}, **marks(number))
        found = reasons(number, a)
    assert (found["marketing", "sms"], found["marketing", "email"]) == (Why.WITHDRAWN, Why.GIVEN)


def test_words_that_changed_meanwhile_are_agreed_to_by_nobody(number: int, a: int, path: str) -> None:
    old = marks(number)
    texts.publish(number, "marketing", {"zh": "新", "en": "new"}, changes_purpose=False, actor="cli")
    answer = press(path, "save", **{"c.marketing.sms": "yes"}, **old)
    assert answer.status_code == 409
    assert "nothing was saved" in answer.content.decode()
    assert press(path, "save", **{"c.marketing.sms": "yes"}).status_code == 409
    assert press(path, "save", **{"c.marketing.sms": "no"}).status_code == 303  # no needs no words
    assert reasons(number, a)["marketing", "sms"] == Why.REFUSED


def test_everything_is_withdrawn_in_one_press_and_may_be_given_again(number: int, a: int, path: str) -> None:
    press(path, "save", **{"c.marketing.sms": "yes"}, **marks(number))
    with frozen(NOW + 1):
        press(path, "withdraw")
        assert set(reasons(number, a).values()) == {Why.WITHDRAWN, Why.NOT_NEEDED}
        assert queries.may_ask(number, [a], "personalisation") == set()
    with frozen(NOW + 2):
        press(path, "save", **{"c.sharing.": "yes"}, **marks(number))
        found = reasons(number, a)
        assert (found["sharing", ""], found["marketing", "sms"]) == (Why.GIVEN, Why.WITHDRAWN)
    assert Consent.objects.get(said="given", purpose="sharing").separate


def test_a_child_says_no_alone_and_yes_with_a_guardian(number: int, a: int, path: str) -> None:
    Customer.objects.filter(pk=a).update(birthday="2016-01-01", birthday_calendar="solar")
    assert "guardian" in browser().get(path).content.decode()
    assert press(path, "save", **{"c.marketing.sms": "yes"}, **marks(number)).status_code == 409
    assert press(path, "save", **{"c.marketing.sms": "no"}).status_code == 303


def test_a_deleted_tag_stays_deleted(number: int, a: int, path: str) -> None:
    b = customer_of(number, "tmall:b")
    services.define_tag(number, "vip", label="贵宾", actor="cli")
    services.define_tag(number, "loyal", origin=Origin.RULE, actor="cli")
    services.add_tags(number, ["vip"], [a], actor="cli")
    services.set_rule_tags(number, "loyal", [a, b])
    assert "贵宾" in browser().get(path).content.decode()
    assert press(path, "tags", tag=["vip", "loyal", "unknown"]).status_code == 303
    assert tags.tags_of_many(number, [a, b]) == {a: [], b: ["loyal"]}
    services.add_tags(number, ["vip"], [a, b], actor="cli", source=Origin.IMPORT)
    services.set_rule_tags(number, "loyal", [a, b])
    services.take_recorded_tags(number, [(a, ["vip"]), (b, ["vip"])], actor="import")
    assert tags.tags_of_many(number, [a, b]) == {a: [], b: ["loyal", "vip"]}


def test_topics_and_language_are_kept(number: int, a: int, path: str) -> None:
    services.define_preference(
        number,
        "topics",
        type="choices",
        label_zh="话题",
        label_en="Topics",
        purpose="News that fits",
        choices=[{"name": "skin", "zh": "护肤", "en": "Skin care"}, {"name": "tea", "zh": "茶", "en": "Tea"}],
        actor="cli",
    )
    press(path, "topics", **{"f.topics": ["tea", "<x>"]})
    assert preferences.spoken_answers(number, [a]) == {a: {"topics": ["tea"]}}
    answer = press(path, "language", language="en")
    assert "lang=en" in answer.headers["Location"]
    assert Customer.objects.get(pk=a).language == "en"
    services.recompute(number)
    assert Customer.objects.get(pk=a).language == "en"
    press(path, "topics")
    assert preferences.spoken_answers(number, [a]) == {a: {}}
    assert press(path, "language", language="x" * 99).status_code == 303
    assert press(path, "<script>").headers["Location"].endswith("done=")


def test_a_token_that_was_changed_ended_or_revoked_opens_nothing(number: int, a: int, path: str) -> None:
    token = path.removeprefix("/p/")
    raw = urlsafe_b64decode(token)
    forged = [urlsafe_b64encode(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]).decode() for at in range(33)]
    for wrong in [*forged, token[:-1] + "=", token[:-4], token + "AAAA", "x" * 44, "é" * 44, "."]:
        phone.ASKS.clear()
        assert browser().get(f"/p/{wrong}").status_code == 404, wrong
    with override_settings(SECRET_KEY="another key that is long enough for django"):
        assert browser().get(path).status_code == 404
    with frozen(NOW + 31 * DAY_MS):
        assert browser().get(path).status_code == 410
        assert press(path, "withdraw").status_code == 410
    links.revoke(number, a, actor="user:1")
    assert press(path, "withdraw").status_code == 410
    assert not Consent.objects.exists()
    assert browser().get(links.make(number, a, actor="user:1").path).status_code == 200
    kinds = AuditEntry.objects.filter(action__startswith="consent.").order_by("pk")
    assert [one.action for one in kinds] == [
        "consent.link_made",
        "consent.links_revoked",
        "consent.link_made",
    ]


def test_an_erasure_ends_the_links_and_leaves_statements_that_lead_nowhere(
    number: int, a: int, path: str
) -> None:
    press(path, "withdraw")
    Consent.objects.update(proof_ref="letter of Li Lei")
    said = Consent.objects.count()
    erasing.erase(number, a, actor="user:1", reason="asked by letter")
    assert browser().get(path).status_code in {404, 410}
    assert press(path, "save", about="given").status_code in {404, 410}
    assert (Consent.objects.count(), set(Consent.objects.values_list("proof_ref", flat=True))) == (said, {""})


def test_a_link_follows_its_profile_through_merge_and_unmerge(number: int, a: int, path: str) -> None:
    b = customer_of(number, "tmall:b")
    old = links.make(number, b, actor="cli").path
    services.merge(number, [a, b], actor="user:1")
    press(old, "withdraw")
    assert reasons(number, a)["marketing", "sms"] == Why.WITHDRAWN
    ours = Subject.objects.get(brand_id=number, scheme="tmall", key="b").pk
    services.unmerge(number, a, [ours], actor="user:1")
    assert reasons(number, a)["marketing", "sms"] == Why.NOT_ASKED
    assert reasons(number, b)["marketing", "sms"] == Why.WITHDRAWN
    with pytest.raises(Invalid):
        links.make(number, a, days=0, actor="cli")
    with pytest.raises(NotFound):
        links.make(brand("other"), a, actor="cli")


def test_who_asks_too_often_waits(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone, "ASKS", Buckets(lambda: 0.0))
    client = browser()
    statuses = [client.get(path).status_code for _ in range(phone.A_MINUTE + 1)]
    assert statuses.count(200) == phone.A_MINUTE
    assert statuses[-1] == 429
    guesses = [client.get("/p/" + "A" * 44).status_code for _ in range(phone.GUESSES_A_MINUTE + 1)]
    assert guesses[-1] == 429
    assert browser().post(path, {"do": "x" * 70_000}).status_code in {413, 429}


def test_the_style_is_light_and_loads_nothing_else(path: str) -> None:
    page = browser().get(path).content.decode()
    assert re.findall(r'(?:src|href)="(/static[^"]*)"', page) == ["/static/ui/phone.css"]
