"""The pages of messages: what they say, what a press does and a second does not, and what stays words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.messaging import blocking, queries, services, trying
from guanxi.messaging.console import typed
from guanxi.messaging.console.typed import Typed
from guanxi.messaging.contracts import Cap, State
from guanxi.messaging.models import Message as Row
from guanxi.messaging.models import Template
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.platform.middleware import CONTENT_SECURITY_POLICY
from guanxi.platform.models import AuditEntry, Brand
from tests.messaging import world

PASSWORD = "a long and odd sentence"
HARM = "<script>alert(1)</script>\u202e\0{{x"
TYPED = {
    "channel": "inbox",
    "name": "fresh",
    "purpose": "service",
    "priority": "2",
    "fallback": "en",
    "text_en": "You have {{points}}, {{amount}} on {{day}}.",
    "subject_en": "Points",
    "variable": ["points", "amount", "day"],
    "kind": ["points", "money", "date"],
    "example": ["5", "199.00", "2026-05-01"],
}


@pytest.fixture
def client(brand_id: int) -> Client:
    user = people.create_user("owner@example.com", PASSWORD, language="en", actor="cli")
    people.add_membership(user.pk, brand_id, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "owner@example.com", "password": PASSWORD})
    return client


@pytest.fixture(autouse=True)
def _calm() -> Iterator[None]:
    trying.TRIES.clear()
    yield


def text_of(client: Client, path: str, **query: Any) -> str:
    response = client.get(path, query)
    assert response.status_code == 200, path
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    page = response.content.decode()
    assert "style=" not in page
    assert "onclick" not in page
    return page


def test_the_outbox_reads_as_a_sentence_and_asks_as_much_for_many_as_for_few(
    brand_id: int, client: Client
) -> None:
    one = world.customer(brand_id, "li")
    world.queued(brand_id, world.points("k", one, "inbox"))
    services.send_all()
    with CaptureQueriesContext(connection) as few:
        assert "Delivered 1" in text_of(client, "/messages")
    for number in range(12):
        who = world.customer(brand_id, f"c{number}")
        world.queued(brand_id, *(world.points(f"{number}:{n}", who, "inbox") for n in range(6)))
    with CaptureQueriesContext(connection) as many:
        page = text_of(client, "/messages")
    assert len(many) == len(few) <= 30
    assert "50 of 73 shown" in page
    assert "Queued 72" in page
    following = page.split('rel="next" href="')[1].split('"')[0]
    assert "23 of 73 shown" in text_of(client, following.replace("&amp;", "&"))
    assert "No message here" in text_of(client, "/messages", template="code", state="failed")
    assert "73 shown" in text_of(client, "/messages", days="7", template="points", before="x")
    with CaptureQueriesContext(connection) as panel:
        shown = text_of(client, f"/customers/{one}/messages")
    assert len(panel) <= 30
    assert "The customer was never asked for consent." in shown
    assert "May be sent" in shown


def test_a_message_opens_to_its_history_and_each_press_counts_once(brand_id: int, client: Client) -> None:
    subject = world.customer(brand_id, "li")
    (number,) = world.queued(brand_id, world.points("k", subject, "inbox", campaign="spring"))
    assert "120 points" in text_of(client, f"/messages/{number}")
    for _press in range(2):
        client.post(f"/messages/{number}/cancel/do")
    assert world.state(number) == ("cancelled", "by_hand")
    assert "it is too late for that" in text_of(client, f"/messages/{number}")
    for _press in range(2):
        client.post(f"/messages/{number}/again/do")
    assert Row.objects.count() == 2
    services.send_all()
    latest = Row.objects.latest("pk").pk
    assert world.state(latest)[0] == "delivered"
    services.mark_read(brand_id, subject, [latest])
    assert "Read by the customer" in text_of(client, f"/messages/{latest}")
    client.post(f"/messages/{latest}/again/do")  # it has arrived
    assert Row.objects.count() == 2
    assert AuditEntry.objects.filter(action="message.again").count() == 1
    assert client.post(f"/messages/{latest}/burn/do").status_code == 404


def test_a_bulk_cancel_says_its_numbers_and_spares_what_came_after(brand_id: int, client: Client) -> None:
    who = world.customer(brand_id, "li")
    before = world.queued(brand_id, *(world.points(f"k{n}", who, "inbox", campaign="s") for n in range(3)))
    page = text_of(client, "/messages/cancel", campaign="s")
    assert "3 messages wait" in page
    (later,) = world.queued(brand_id, world.points("later", who, "inbox", campaign="s"))
    newest = page.split('name="newest" value="')[1].split('"')[0]
    for _press in range(2):
        client.post("/messages/cancel/do", {"campaign": "s", "newest": newest})
    assert [world.state(number)[0] for number in before] == ["cancelled"] * 3
    assert world.state(later)[0] == "queued"
    assert client.get("/messages/cancel").status_code == 422  # never everything


def test_an_editor_saves_versions_shows_what_differs_and_loses_nothing(brand_id: int, client: Client) -> None:
    saved = client.post("/messages/templates/save", TYPED)
    assert saved.headers["Location"] == "/messages/templates/inbox/fresh"
    draft = queries.template(brand_id, "inbox", "fresh").draft
    assert [one.example for one in draft.variables] == [5, 19_900, 1_777_564_800_000]
    brand = Brand.objects.get(pk=brand_id)
    assert [row.example for row in Typed.of_draft(draft, 1, brand).rows] == TYPED["example"]
    again = client.post("/messages/templates/save", {**TYPED, "version": "0"})  # pressed twice
    assert again.status_code == 302
    clash = client.post("/messages/templates/save", {**TYPED, "version": "0", "subject_en": "Mine"})
    assert clash.status_code == 409
    assert "Somebody saved this template" in clash.content.decode()
    assert 'value="Mine"' in clash.content.decode()
    client.post("/messages/templates/save", {**TYPED, "version": "1", "subject_en": "Mine"})
    page = text_of(client, "/messages/templates/inbox/fresh")
    assert "From version 1 to 2" in page
    assert "<ins>Mine</ins>" in page
    assert "¥199.00" in page
    shown = client.post("/messages/templates/preview", TYPED).content.decode()
    assert "You have 5 points, ¥199.00 on 1 May 2026." in shown
    client.post("/messages/templates/inbox/fresh/archive", {"archived": "1"})
    assert Template.objects.get(name="fresh").archived


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text_en": "{{points"}, 'aria-describedby="text_en-error"'),
        ({"subject_en": ""}, 'aria-describedby="subject_en-error"'),
        ({"name": "Two Words"}, 'readonly|id="name"'),
        ({"example": ["x", "199.00", "2026-05-01"]}, "is to be of the type"),
        ({"priority": "3"}, "Marketing is of a purpose that needs consent"),
        ({"channel": HARM}, "A channel is one of"),
        ({"label": HARM}, "A label is one line"),
        ({"text_zh-hans": HARM, "subject_zh-hans": "x"}, 'aria-describedby="text_zh-hans-error"'),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_harms_nobody(
    client: Client, wrong: dict[str, Any], field: str
) -> None:
    for path in ("save", "draw", "preview"):
        response = client.post(f"/messages/templates/{path}", {**TYPED, **wrong})
        page = response.content.decode()
        assert response.status_code == (422 if path == "save" else 200), page
        assert "<script>alert" not in page
        if path == "save":
            assert any(part in page for part in field.split("|"))
    assert not Template.objects.filter(name="fresh").exists()


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(brand_id: int, client: Client) -> None:
    page = text_of(client, "/messages/templates/email/offer")
    assert '<iframe class="mail-frame" sandbox src="' in page
    mail = client.get("/messages/templates/email/offer/mail", {"version": "1", "language": "en"})
    policy = mail.headers["Content-Security-Policy"]
    assert "sandbox;" in policy
    assert "script-src" not in policy.replace("default-src 'none'", "")
    assert mail.headers["X-Frame-Options"] == "SAMEORIGIN"
    evil = {"html_en": "<p onload=x()>", "channel": "email", "text_en": "x", "variable": [], "kind": []}
    refused = client.post("/messages/templates/save", {**TYPED, **evil, "example": []})
    assert "no scripts, forms or frames" in refused.content.decode()


def test_a_test_goes_to_oneself_alone_and_not_too_often(
    brand_id: int, client: Client, mail: Any, settings: Any
) -> None:
    recorder = mail()
    path = "/messages/templates/email/points/test"
    for _press in range(trying.A_MINUTE + 2):
        client.post(path, {"language": "en", "address": "somebody@example.com"})
    assert {parcel.address for parcel in recorder.got} == {"owner@example.com"}
    assert len(recorder.got) == trying.A_MINUTE
    assert trying.own_address("email", "just a name") == ""
    assert trying.own_address("inbox", "owner@example.com") == ""
    assert Row.objects.count() == 0


def test_limits_are_saved_once_and_not_over_somebody_elses(brand_id: int, client: Client) -> None:
    before = text_of(client, "/messages/limits").split('name="before" value="')[1].split('"')[0]
    form = {"before": before, "cap_email_7": "2", "cap__30": "8"}
    assert client.post("/messages/limits/save", form).status_code == 302
    assert queries.caps(brand_id) == [Cap("email", 7, 2), Cap("", 30, 8)]
    assert client.post("/messages/limits/save", form).status_code == 409
    assert client.post("/messages/limits/save", {"cap_email_7": "-1"}).status_code == 422
    hours = {"version": Brand.objects.get(pk=brand_id).version, "from": "9", "until": "20"}
    assert client.post("/messages/limits/hours", hours).status_code == 302
    assert client.post("/messages/limits/hours", hours).status_code == 409
    bad = {**hours, "version": Brand.objects.get(pk=brand_id).version, "until": "8"}
    assert client.post("/messages/limits/hours", bad).status_code == 422


def test_an_address_is_written_to_again_and_a_refusal_of_its_owner_stays(
    brand_id: int, client: Client
) -> None:
    subject = world.customer(brand_id, "li")
    blocking.refuse(brand_id, "email", "li@example.com", "smtp_550")
    blocking.refuse(brand_id, "email", "li@example.com", "reply", blocking.OPTED_OUT)
    page = text_of(client, f"/customers/{subject}/messages")
    assert page.count("Write to it again") == 1
    for _press in range(2):
        client.post(f"/customers/{subject}/messages/lift", {"channel": "email"})
    assert "Write to it again" not in text_of(client, f"/customers/{subject}/messages")
    assert AuditEntry.objects.filter(action="message.block_lifted").count() == 1
    assert blocking.blocks_of(brand_id, "email", [blocking.key_of(brand_id, "email", "li@example.com")])
    assert client.post(f"/customers/{subject}/messages/lift", {"channel": HARM}).status_code == 422
    made = client.post(f"/customers/{subject}/inbox-link").content.decode()
    path = made.split("http://testserver")[1].split('"')[0]
    assert Client().get(path).status_code == 200


def test_pages_speak_chinese(brand_id: int, client: Client) -> None:
    client.post("/language", {"language": "zh-hans"})
    for path in ("/messages", "/messages/templates", "/messages/channels", "/messages/limits"):
        assert 'lang="zh' in text_of(client, path)
    assert typed.example().texts["zh-hans"].subject
    assert State.QUEUED in queries.by_state(brand_id)
