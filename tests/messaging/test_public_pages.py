"""The customer's inbox and the page to refuse messages: signed, without cookies, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from guanxi.customers.consent import links, phone
from guanxi.customers.consent.links import Opens
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.queries import allowed
from guanxi.kernel.clock import MINUTE_MS, frozen
from guanxi.messaging import queries, services, unsubscribing
from guanxi.messaging.contracts import Draft, Kind, Message, Priority, Variable, Wordings
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from tests.messaging import world

HOSTILE = "<script>alert(1)</script>{{x}}\u202eevil"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    phone.ASKS.clear()
    yield
    phone.ASKS.clear()


def may(brand_id: int, subject: int) -> bool:
    return subject in allowed(brand_id, [subject], "marketing", "email")


def pressed(path: str, **form: str) -> str:
    """Without a token against forgery and without cookies, as a mail program does it."""
    response = Client(enforce_csrf_checks=True).post(path, form)
    assert (response.status_code, response.cookies.output()) == (200, "")
    return response.content.decode()


def test_a_look_changes_nothing_a_press_refuses_and_a_slip_is_taken_back_once(brand_id: int) -> None:
    subject = world.customer(brand_id, "li")
    world.consented(brand_id, subject)
    path = unsubscribing.PATH + unsubscribing.token(brand_id, subject, "marketing", "email")
    shown = Client().get(path, {"lang": "en"})
    assert "Stop these messages?" in shown.content.decode()
    assert shown.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert may(brand_id, subject)

    page = pressed(path, **{"List-Unsubscribe": "One-Click"})
    assert not may(brand_id, subject)
    back = page.split('name="undo" value="')[1].split('"')[0]
    again = pressed(path, do="stop")  # pressed twice
    assert "undo" not in again
    assert Consent.objects.filter(said="withdrawn").count() == 1

    with frozen(world.NOON_MS + MINUTE_MS):
        pressed(path, undo=back)
        assert may(brand_id, subject)
        pressed(path, undo=back)
        assert Consent.objects.filter(said="given").count() == 2
    with frozen(world.NOON_MS + 2 * MINUTE_MS):
        services.unsubscribe(path.removeprefix(unsubscribing.PATH))
        late = Client().post(path, {"undo": back})  # the customer has said something else since
    assert late.status_code == 409
    assert not may(brand_id, subject)


def test_a_forged_token_and_a_way_back_that_is_old_or_anothers_open_nothing(brand_id: int) -> None:
    subject, other = world.customer(brand_id, "li"), world.customer(brand_id, "han")
    for one in (subject, other):
        world.consented(brand_id, one)
    token = unsubscribing.token(brand_id, subject, "marketing", "email")
    for forged in (token[:-2] + "AA", token + "A", "x" * 300, "订", "%00"):
        response = Client().post(f"/u/{forged}")
        assert response.status_code == 404, forged
    assert may(brand_id, subject)
    theirs = "/u/" + unsubscribing.token(brand_id, other, "marketing", "email")
    back = pressed(theirs, do="stop").split('name="undo" value="')[1].split('"')[0]
    pressed(f"/u/{token}", do="stop")
    assert Client().post(f"/u/{token}", {"undo": back}).status_code == 409
    with frozen(world.NOON_MS + 31 * MINUTE_MS):
        assert Client().post(theirs, {"undo": back}).status_code == 409
    assert not may(brand_id, subject)
    assert not may(brand_id, other)


def test_whoever_never_agreed_is_offered_no_way_back_and_orders_cannot_be_refused(brand_id: int) -> None:
    subject = world.customer(brand_id, "li")
    page = pressed("/u/" + unsubscribing.token(brand_id, subject, "marketing", "email"))
    assert "undo" not in page
    before = Consent.objects.count()
    page = pressed("/u/" + unsubscribing.token(brand_id, subject, "service", "email") + "?lang=en")
    assert "nothing to refuse" in page
    assert Consent.objects.count() == before


def test_the_inbox_shows_what_is_new_first_and_opening_reads_it(brand_id: int) -> None:
    subject = world.customer(brand_id, "li")
    first, second = world.queued(
        brand_id, world.points("a", subject, "inbox"), world.points("b", subject, "inbox")
    )
    services.send_all()
    link = links.make(brand_id, subject, actor="cli", opens=Opens.INBOX)
    client = Client()
    page = client.get(link.path, {"lang": "en"})
    assert "2 new messages" in page.content.decode()
    assert "Li, you have 120 points." in client.get(f"{link.path}/{second}?lang=en").content.decode()
    assert client.head(f"{link.path}/{first}").status_code == 200
    assert queries.unread(brand_id, subject) == 1
    page = client.get(link.path, {"lang": "en"})
    text = page.content.decode()
    assert text.index(f"/{first}?") < text.index(f"/{second}?")  # the older one is new
    assert len(page.content) < 100_000
    assert "style=" not in text
    assert "<script" not in text
    assert not client.cookies
    assert "120 积分" in client.get(link.path, {"lang": "zh"}).content.decode()


def test_a_link_opens_one_page_of_one_customer_until_it_is_ended(brand_id: int) -> None:
    subject, other = world.customer(brand_id, "li"), world.customer(brand_id, "han")
    (theirs,) = world.queued(brand_id, world.points("a", other, "inbox"))
    services.send_all()
    inbox = links.make(brand_id, subject, actor="cli", opens=Opens.INBOX)
    choices = links.make(brand_id, subject, actor="cli")
    assert Client().get(f"/p/{inbox.token}").status_code == 404
    assert Client().get(f"/i/{choices.token}").status_code == 404
    assert Client().get(f"{inbox.path}/{theirs}").status_code == 404
    assert Client().get(f"{inbox.path}/{10**30}").status_code == 404
    assert queries.unread(brand_id, other) == 1
    assert "Nothing here yet" in Client().get(inbox.path, {"lang": "en"}).content.decode()
    links.revoke(brand_id, subject, actor="cli")
    assert Client().get(inbox.path).status_code == 410


def test_hostile_words_stay_words(brand_id: int) -> None:
    subject = world.customer(brand_id, "li")
    said = {"en": Wordings("<b>{{what}}</b> javascript:alert(1)", "{{what}}")}
    draft = Draft(
        "inbox",
        "odd",
        "service",
        Priority.SERVICE,
        said,
        [Variable("what", Kind.TEXT, "x")],
        fallback="en",
    )
    services.save_template(brand_id, draft, version=0, actor="cli")
    odd = HOSTILE.replace("\u202e", "")  # a variable that turns the text is refused when queued
    (number,) = world.queued(brand_id, Message("k", subject, "inbox", "odd", {"what": odd}))
    services.send_all()
    path = links.make(brand_id, subject, actor="cli", opens=Opens.INBOX).path
    for address in (path, f"{path}/{number}"):
        text = Client().get(address, {"lang": "en"}).content.decode()
        assert "<script>" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert 'href="javascript' not in text
    assert "{{x}}" in text
