"""E-mail, to a real server: what it looks like there, and what becomes of what it refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
import pytest

from guanxi.kernel.clock import MINUTE_MS, frozen
from guanxi.messaging import queries, services
from guanxi.messaging.channels import Fate
from guanxi.messaging.channels.mail import judged
from guanxi.messaging.models import Blocked, Pause
from tests.messaging.smtp import Server, certified, serving
from tests.messaging.world import NOON_MS, consented, customer, offer, points, queued, state


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with serving() as server:
        settings.GUANXI_SMTP_HOST, settings.GUANXI_SMTP_PORT = "127.0.0.1", server.port
        settings.GUANXI_SMTP_TLS, settings.GUANXI_SMTP_FROM = "none", "hello@lanhua.example"
        settings.GUANXI_SMTP_SECONDS = 5
        yield server


def test_an_advertisement_arrives_with_text_html_and_a_way_to_refuse(brand_id: int, server: Server) -> None:
    lei = customer(brand_id, "lei")
    consented(brand_id, lei)
    numbers = queued(brand_id, offer("spring:1", lei), points("p", lei, language="en"))
    services.send_all()
    assert [state(number)[0] for number in numbers] == ["sent", "sent"]
    service, spring = server.taken  # what is no advertising goes first
    assert (spring.sender, spring.recipient) == ("hello@lanhua.example", "lei@example.com")
    mail = spring.mail
    assert mail["From"] == "兰花 <hello@lanhua.example>"
    assert mail["Subject"] == "新品"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://crm.example.com/u/")
    plain, html = (mail.get_body(kind) for kind in (("plain",), ("html",)))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == f"新品！退订：{url}"
    assert f"<a href='{url}'>" in html.get_content()
    assert queries.message(brand_id, numbers[0]).provider_id == mail["Message-ID"]
    assert service.mail["Subject"] == "Points"
    assert "List-Unsubscribe" not in service.mail
    services.unsubscribe(url.rpartition("/")[2])
    (number,) = queued(brand_id, offer("spring:2", lei))
    services.send_all()
    assert state(number) == ("suppressed", "consent_withdrawn")


def test_the_same_key_has_the_same_message_id(brand_id: int, server: Server) -> None:
    server.answers["DOT"] = "451 later"
    queued(brand_id, points("k", customer(brand_id, "lei")))
    services.send_all()
    del server.answers["DOT"]
    with frozen(NOON_MS + 2 * MINUTE_MS):
        services.send_all()
        queued(brand_id, points("k2", customer(brand_id, "lei")))
        services.send_all()
    first, other = server.taken
    assert first.mail["Message-ID"] != other.mail["Message-ID"]
    assert first.mail["Message-ID"].endswith("@lanhua.example>")


@pytest.mark.parametrize(
    ("answers", "ends", "blocked"),
    [
        ({"lei@example.com": "550 5.1.1 no such user"}, ("failed", "smtp_550"), True),
        ({"lei@example.com": "550 nobody"}, ("failed", "smtp_550"), True),
        ({"lei@example.com": "550 5.7.1 blocked by policy"}, ("failed", "smtp_550"), False),
        ({"lei@example.com": "552 5.2.2 mailbox full"}, ("failed", "smtp_552"), False),
        ({"lei@example.com": "450 4.2.1 greylisted"}, ("queued", "smtp_450"), False),
        ({"DATA": "554 no"}, ("failed", "smtp_554"), False),
        ({"DOT": "554 5.7.1 spam"}, ("failed", "smtp_554"), False),
        ({"DOT": "452 4.3.1 disk full"}, ("queued", "smtp_452"), False),
        ({"DOT": "CLOSE"}, ("failed", "unknown_outcome"), False),
        ({"DATA": "CLOSE"}, ("failed", "unknown_outcome"), False),
        ({"lei@example.com": "CLOSE"}, ("queued", "channel_down"), False),
        ({"MAIL": "530 5.7.0 sign in first"}, ("queued", "channel_down"), False),
        ({"MAIL": "421 closing"}, ("queued", "channel_down"), False),
        ({"CONNECT": "554 not today"}, ("queued", "channel_down"), False),
        ({"CONNECT": "CLOSE"}, ("queued", "channel_down"), False),
    ],
)
def test_what_a_refusal_means(
    brand_id: int, server: Server, answers: dict[str, str], ends: tuple[str, str], blocked: bool
) -> None:
    server.answers.update(answers)
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    services.send_all()
    assert state(number) == ends
    assert Blocked.objects.exists() == blocked
    assert Pause.objects.exists() == (ends[1] == "channel_down")
    assert queries.message(brand_id, number).attempts == (0 if ends[1] == "channel_down" else 1)
    assert not server.taken


def test_one_who_is_refused_does_not_keep_the_others_from_it(brand_id: int, server: Server) -> None:
    server.answers["mei@example.com"] = "550 5.1.1 lei@example.com mei@example.com unknown"
    numbers = queued(brand_id, *(points(name, customer(brand_id, name)) for name in ("lei", "mei", "hua")))
    services.send_all()
    assert [state(number)[0] for number in numbers] == ["sent", "failed", "sent"]
    assert server.connections == 1
    (refused,) = [one for one in queries.changes(brand_id, numbers[1]) if one.state == "failed"]
    assert refused.detail == "550 5.1.1 [email] [email] unknown"


def test_nobody_is_asked_without_a_server_and_nothing_is_lost(brand_id: int, settings: Any) -> None:
    settings.GUANXI_SMTP_HOST = ""
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    assert services.send_all() == 0
    settings.GUANXI_SMTP_HOST, settings.GUANXI_SMTP_PORT, settings.GUANXI_SMTP_FROM = "127.0.0.1", 1, "a@b.cn"
    services.send_all()
    assert state(number) == ("queued", "channel_down")
    assert Pause.objects.get().code == "no_connection"
    shown = {one.name: one for one in queries.channels(brand_id)}
    assert (shown["email"].ready, shown["email"].waiting, shown["email"].code) == (True, 1, "no_connection")


def test_a_wrong_password_or_a_server_without_tls_pauses_the_channel(
    brand_id: int, server: Server, settings: Any
) -> None:
    settings.GUANXI_SMTP_USER, settings.GUANXI_SMTP_PASSWORD = "me", "wrong"
    server.answers["AUTH"] = "535 5.7.8 no"
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    services.send_all()
    assert (Pause.objects.get().code, state(number)[0]) == ("sign_in", "queued")
    settings.GUANXI_SMTP_TLS = "starttls"
    services.resume("email")
    services.send_all()
    assert Pause.objects.get().code == "no_tls"
    assert len(server.signed_in) == 1  # the password never goes in clear where TLS was asked for


def test_advertising_waits_where_nobody_said_where_to_refuse_it(
    brand_id: int, server: Server, settings: Any
) -> None:
    settings.GUANXI_PUBLIC_URL = ""
    lei = customer(brand_id, "lei")
    consented(brand_id, lei)
    numbers = queued(brand_id, offer("a", lei), points("b", lei))
    services.send_all()
    assert [state(number) for number in numbers] == [("queued", "no_public_url"), ("sent", "")]


def test_the_development_sender_writes_files_in_place_of_sending(
    brand_id: int, server: Server, settings: Any, tmp_path: Path
) -> None:
    settings.GUANXI_MESSAGES_FOLDER, settings.GUANXI_SMTP_HOST = str(tmp_path), ""
    lei = customer(brand_id, "lei")
    (number, unasked) = queued(brand_id, points("k", lei), offer("o", lei))
    services.send_all()
    assert [state(one)[0] for one in (number, unasked)] == ["sent", "suppressed"]
    (written,) = (tmp_path / "email").iterdir()
    told = orjson.loads(written.read_bytes())
    assert (told["to"], told["text"]) == ("lei@example.com", "Lei，您有120 积分。")
    assert server.connections == 0


def test_a_status_says_more_than_a_code() -> None:
    assert judged(550, b"5.7.26 unauthenticated", of_recipient=True).fate is Fate.REFUSED
    assert judged(553, b"sorry", of_recipient=True).fate is Fate.ADDRESS
    assert judged(553, b"sorry", of_recipient=False).fate is Fate.REFUSED
    assert judged(550, b"5.1.10 no mailbox", of_recipient=False).fate is Fate.ADDRESS


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_goes_encrypted_to_a_server_that_is_who_it_says(
    brand_id: int, server: Server, settings: Any, tmp_path: Path, tls: str
) -> None:
    context, certificate = certified(tmp_path)
    lei = customer(brand_id, "lei")
    with serving(context, at_once=tls == "tls") as secure:
        settings.GUANXI_SMTP_TLS, settings.GUANXI_SMTP_PORT = tls, secure.port
        (first,) = queued(brand_id, points("p1", lei))
        services.send_all()
        assert (secure.taken, state(first)[0]) == ([], "queued")  # nobody vouches for it
        assert Pause.objects.get().code in {"no_tls", "no_connection"}

        Pause.objects.all().delete()
        trusted = patch.dict(os.environ, {"SSL_CERT_FILE": str(certificate)})
        with trusted, frozen(NOON_MS + 10 * MINUTE_MS):
            services.send_all()
        assert state(first)[0] == "sent"
        assert len(secure.taken) == 1
        assert {"MAIL", "RCPT", "DATA"} <= set(secure.encrypted)
