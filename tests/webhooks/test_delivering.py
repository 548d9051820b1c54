"""What happens is told once, signed, and until it is taken; whatever the receiver does."""

from __future__ import annotations

import hmac
import os
import threading
import time
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection

from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, now_ms
from guanxi.platform.models import AuditEntry, Brand
from guanxi.platform.retention import running
from guanxi.platform.vault import rotation
from guanxi.platform.webhooks import dispatch, following, queries, services, signing, writing
from guanxi.platform.webhooks.contracts import DeliveryState, Event, Failure, Stopped
from guanxi.platform.webhooks.jobs import Sender
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.touchpoints import telling
from guanxi.touchpoints.contracts import Mode
from guanxi.touchpoints.models import Import
from tests.dying import die
from tests.webhooks.conftest import Happen, Hook
from tests.webhooks.receiver import Asked, receiving, run, says, status

pytestmark = pytest.mark.django_db(transaction=True)


def signed(asked: Asked, secret: str) -> str:
    """By the words of the specification alone."""
    content = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    key = b64decode(secret.removeprefix("whsec_"))
    return "v1," + b64encode(hmac.new(key, content, sha256).digest()).decode()


def again(delivery: Delivery) -> None:
    """As if the time for the next attempt had come."""
    Delivery.objects.filter(pk=delivery.pk).update(next_ms=0)
    Webhook.objects.update(resume_ms=0)


def test_the_specifications_own_example() -> None:
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    made = signing.headers(message, 1614265330, b'{"test": 2432232314}', [secret])
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_fact_is_told_signed_and_without_a_word_of_the_person(
    brand: Brand, hook: Hook, happen: Happen
) -> None:
    with receiving(says()) as receiver:
        secret = hook(receiver.url).secret
        happen(1, 2)
        run(Sender())
        (asked,) = receiver.asked
    first, second = asked.events
    assert asked.headers["webhook-signature"] == signed(asked, secret)
    assert asked.headers["content-type"] == "application/json"
    assert abs(int(asked.headers["webhook-timestamp"]) - time.time()) < 20
    assert (first["kind"], first["data"]["amount_fen"], second["data"]["amount_fen"]) == (
        "order.paid",
        100,
        200,
    )
    assert first["customer"]
    assert first["occurred_at"].endswith("Z")
    assert first["data"]["payload"] == {"order": "o1", "status": "<b>交易成功</b>"}  # titles are words
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.status, delivery.response) == (DeliveryState.DELIVERED, 200, "ok")
    assert delivery.message == asked.id
    assert Webhook.objects.get().secret not in (secret, "")
    assert secret not in str(list(AuditEntry.objects.values()))


def test_history_makes_no_deliveries_unless_it_is_asked_for(hook: Hook, happen: Happen) -> None:
    hook("http://127.0.0.1:9/live")
    hook("http://127.0.0.1:9/all", with_history=True, batch_most=50)
    happen(*range(1, 121), mode=Mode.BACKFILL)
    while following.follow_all():
        pass
    assert list(Delivery.objects.order_by("pk").values_list("count", flat=True)) == [50, 50, 20]
    assert set(Delivery.objects.values_list("webhook__url", flat=True)) == {"http://127.0.0.1:9/all"}


def test_nobody_is_told_what_was_before_or_what_another_brand_does(
    brand: Brand, hook: Hook, happen: Happen
) -> None:
    happen(1)
    hook("http://127.0.0.1:9/", "segment.*", "import.finished")
    made = hook("http://127.0.0.1:9/", "*")
    Webhook.objects.filter(pk=made.webhook.pk).update(created_ms=now_ms() + HOUR_MS)
    happen(2)
    while following.follow_all():
        pass
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (status(500, body="oops\0 <script>\u202e"), Failure.STATUS, 500),
        (status(302, "Location: http://169.254.169.254/latest/meta-data/"), Failure.REDIRECT, 302),
        (status(404), Failure.STATUS, 404),
        ("", Failure.BROKEN, None),
        ("HTTP/1.1 200", Failure.BROKEN, None),
        ("\x16\x03\x01 this is not HTTP\r\n\r\n", Failure.BROKEN, None),
        ("HTTP/1.1 200 OK\r\n" + "X-A: b\r\n" * 30_000 + "\r\n", Failure.BROKEN, None),
    ],
)
def test_what_is_no_success_is_tried_again_with_the_same_id(
    hook: Hook, happen: Happen, answer: str, error: str, code: int | None
) -> None:
    with receiving(says(answer)) as receiver:
        hook(receiver.url)
        happen(1)
        sender = Sender()
        run(sender)
        failed = Delivery.objects.get()
        assert (failed.state, failed.error, failed.status) == (DeliveryState.FAILED, error, code)
        assert now_ms() + 7_000 < failed.next_ms < now_ms() + 13_000
        assert "\0" not in failed.response
        again(failed)
        run(sender)
        assert receiver.ids == [failed.message] * 2
        assert receiver.asked[0].body == receiver.asked[1].body
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert Webhook.objects.get().failures == 0


def test_an_answer_that_never_ends_or_is_huge_or_breaks_off_counts_by_its_status(
    hook: Hook, happen: Happen
) -> None:
    def endless(connection, number):  # type: ignore[no-untyped-def]
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        if number == 1:
            while True:
                connection.sendall(b"1\r\nx\r\n")
                time.sleep(0.05)
        if number == 2:
            while True:
                connection.sendall(b"fff\r\n" + b"y" * 0xFFF + b"\r\n")
        connection.sendall(b"ff\r\nz")

    with receiving(endless) as receiver:
        hook(receiver.url, batch_most=1)
        happen(1, 2, 3)
        began = time.monotonic()
        run(Sender())
        assert time.monotonic() - began < 5
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    first, second, third = Delivery.objects.order_by("pk").values_list("response", flat=True)
    assert (set(first), second, third) == ({"x"}, "y" * 2048, "z")


def test_a_drip_of_headers_ends_with_the_attempt(hook: Hook, happen: Happen) -> None:
    def drip(connection, number):  # type: ignore[no-untyped-def]
        for letter in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1_000:
            connection.sendall(bytes([letter]))
            time.sleep(0.02)

    with receiving(drip) as receiver:
        hook(receiver.url)
        happen(1)
        run(Sender())
    failed = Delivery.objects.get()
    assert (failed.error, failed.state) == (Failure.TIMEOUT, DeliveryState.FAILED)
    assert 1_000 < failed.duration_ms < 3_000


def test_a_slow_receiver_holds_up_nobody(hook: Hook, happen: Happen, settings: Any) -> None:
    settings.GUANXI_WEBHOOK_SECONDS = 60
    answering = threading.Event()
    with (
        receiving(lambda connection, number: answering.wait(60) and None) as slow,
        receiving(says()) as quick,
    ):
        hook(slow.url, batch_most=1)
        hook(quick.url, batch_most=1)
        happen(*range(1, 26))
        sender = Sender()
        ends = time.monotonic() + 30
        while len(quick.asked) < 25 and time.monotonic() < ends:
            sender._looked_at = 0.0
            sender.step()
            time.sleep(0.005)
        assert (len(quick.asked), len(slow.asked)) == (25, 1)
        answering.set()


def test_a_receiver_that_is_down_is_left_in_peace_and_given_up_after_days(
    brand: Brand, hook: Hook, happen: Happen
) -> None:
    webhook = hook("http://127.0.0.1:1/").webhook
    happen(1)
    sender, at_ms = Sender(), now_ms()
    began_ms = at_ms
    for _attempt in range(dispatch.MOST_ATTEMPTS):
        with frozen(at_ms):
            run(sender)
            delivery = Delivery.objects.get()
            held = Webhook.objects.get()
        at_ms = max(delivery.next_ms, held.resume_ms)
    assert (delivery.state, delivery.error, delivery.attempts) == (DeliveryState.DEAD, Failure.CONNECT, 14)
    assert 2 * DAY_MS < delivery.sent_ms - began_ms < 4 * DAY_MS
    assert held.is_active
    assert held.failures == dispatch.MOST_ATTEMPTS
    happen(2)
    with frozen(began_ms + 6 * DAY_MS):
        run(sender)
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.stopped) == (False, Stopped.FAILING)
    assert AuditEntry.objects.get(action="webhook.stopped").detail["reason"] == "failing"
    services.resume(brand.pk, webhook.pk, actor="user:1")
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.stopped, webhook.failures) == (True, "", 0)


def test_retry_after_is_heeded_within_bounds(hook: Hook, happen: Happen) -> None:
    asked = [("120", 120_000), ("999999999", 12 * HOUR_MS), ("-5", 0), ("soon", 0), ("9" * 400, 12 * HOUR_MS)]
    answers = [status(429, f"Retry-After: {text}") for text, _ms in asked]
    with receiving(says(*answers)) as receiver:
        hook(receiver.url)
        happen(1)
        for _text, wait_ms in asked:
            run(Sender())
            delivery = Delivery.objects.get()
            waits_ms = delivery.next_ms - delivery.sent_ms
            assert (waits_ms == wait_ms) if wait_ms else (waits_ms < 20 * 60_000)
            assert Webhook.objects.get().resume_ms - delivery.sent_ms >= wait_ms
            again(delivery)


def test_gone_means_gone_and_what_happens_meanwhile_waits(brand: Brand, hook: Hook, happen: Happen) -> None:
    with receiving(says(status(410))) as receiver:
        webhook = hook(receiver.url, batch_most=1).webhook
        happen(1, 2)
        sender = Sender()
        run(sender)
        webhook.refresh_from_db()
        assert (webhook.is_active, webhook.stopped, len(receiver.asked)) == (False, Stopped.GONE, 1)
        happen(3)
        run(sender)
        assert len(receiver.asked) == 1
        services.resume(brand.pk, webhook.pk, actor="user:1")
        run(sender)
        assert [one.events[0]["data"]["source_ref"] for one in receiver.asked] == ["o1", "o2", "o3"]
        services.pause(brand.pk, webhook.pk, actor="user:1")
        happen(4)
        run(sender)
        assert services.resume(brand.pk, webhook.pk, skip=True, actor="user:1") == 1
        run(sender)
        assert len(receiver.asked) == 3


def test_a_secret_is_changed_over_within_a_day(brand: Brand, hook: Hook, happen: Happen) -> None:
    with receiving(says()) as receiver:
        old = hook(receiver.url)
        new = services.rotate(brand.pk, old.webhook.pk, actor="user:1")
        happen(1)
        run(Sender())
        with frozen(now_ms() + DAY_MS + 1_000):
            services.test(brand.pk, old.webhook.pk, actor="user:1")
            run(Sender())
        both, one = receiver.asked
    assert both.headers["webhook-signature"].split() == [signed(both, new.secret), signed(both, old.secret)]
    assert one.headers["webhook-signature"] == signed(one, new.secret)
    assert one.events[0]["kind"] == "webhook.test"


def test_replay_sends_the_same_again(brand: Brand, hook: Hook, happen: Happen) -> None:
    with receiving(says(status(500))) as receiver:
        webhook = hook(receiver.url, batch_most=1).webhook
        happen(1, 2)
        sender = Sender()
        run(sender)
        first, second = Delivery.objects.order_by("pk")
        assert (first.state, second.state) == (DeliveryState.FAILED, DeliveryState.DELIVERED)
        services.replay(brand.pk, second.pk, actor="user:1")
        run(sender)
        assert services.replay_many(brand.pk, webhook.pk, failed=True, actor="user:1") == 1
        run(sender)
        assert services.replay_many(brand.pk, webhook.pk, since_ms=0, actor="user:1") == 2
        run(sender)
    assert receiver.ids == [
        first.message,
        *[second.message] * 2,
        first.message,
        first.message,
        second.message,
    ]
    assert [one.replays for one in Delivery.objects.order_by("pk")] == [2, 2]


def test_two_workers_at_once_send_once(hook: Hook, happen: Happen) -> None:
    with receiving(says()) as receiver:
        hook(receiver.url, batch_most=1)
        happen(*range(1, 41))
        broken: list[BaseException] = []

        def work() -> None:
            try:
                run(Sender())
            except BaseException as error:
                broken.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        run(Sender())
    assert not broken
    assert Delivery.objects.count() == 40
    assert len(receiver.ids) == len(set(receiver.ids)) == 40


LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.platform.webhooks import dispatch, following, jobs
from tests.webhooks.receiver import run
"""
SCRIPT = """
from django.conf import settings
connection.settings_dict["NAME"] = sys.argv[1]
settings.GUANXI_WEBHOOKS_HTTP = settings.GUANXI_WEBHOOKS_PRIVATE = True
def deadly(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)
place, name = sys.argv[2:4]
setattr({"dispatch": dispatch, "following": following}[place], name, deadly)
run(jobs.Sender())
"""


@pytest.mark.parametrize(
    ("moment", "sent"), [("dispatch book", 1), ("dispatch claim", 0), ("following insert", 0)]
)
def test_a_killed_worker_loses_nothing(hook: Hook, happen: Happen, moment: str, sent: int) -> None:
    with receiving(says()) as receiver:
        hook(receiver.url)
        happen(1)
        die(LOADED, SCRIPT, *moment.split())
        assert len(receiver.asked) == sent
        if sent:
            run(Sender())
            assert len(receiver.asked) == sent  # the dead one's lease still holds
        with frozen(now_ms() + dispatch.LEASE_MS + 1_000):
            run(Sender())
        assert len(receiver.asked) == sent + 1
        assert len(set(receiver.ids)) == 1
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_who_has_lost_the_lease_books_nothing(hook: Hook, happen: Happen) -> None:
    with receiving(says()) as receiver:
        webhook = hook(receiver.url).webhook
        happen(1)
        following.follow_all()
        lost = dispatch.claim(webhook.pk)
        assert lost is not None
        assert dispatch.claim(webhook.pk) is None
        with frozen(now_ms() + dispatch.LEASE_MS + 1_000):
            mine = dispatch.claim(webhook.pk)
            assert mine is not None
        dispatch.book(lost, lost.parcels[0], dispatch.send(lost, lost.parcels[0]))
        dispatch.end(lost)
        assert Delivery.objects.get().claim == mine.lease
        assert Webhook.objects.get().lease == mine.lease


def test_a_finished_import_is_told_and_a_large_batch_is_parted(brand: Brand, hook: Hook) -> None:
    hook("http://127.0.0.1:9/", "import.finished", "webhook.test", batch_most=500)
    done = Import.objects.create(
        brand=brand, filename="13800138000.csv", sha256="0" * 64, actor="cli", rows=3
    )
    for _time in range(2):
        telling.import_finished(done)
    delivery = Delivery.objects.get()
    (event,) = queries.events_of(delivery)
    assert (event["kind"], event["data"]["rows"]) == ("import.finished", 3)
    assert "13800138000" not in str(event)
    large = [Event(f"e{number}", "webhook.test", 0, 0, None, {"x": "y" * 300_000}) for number in range(7)]
    rows = writing.rows_for(Webhook.objects.get(), large)
    assert [row[4] for row in rows] == [3, 3, 1]


def test_secrets_are_sealed_anew_with_the_master_key(
    brand: Brand, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = hook("http://127.0.0.1:9/")
    new = services.rotate(brand.pk, old.webhook.pk, actor="cli")
    monkeypatch.setenv(
        "GUANXI_MASTER_KEY", f"2:{b64encode(b'2' * 32).decode()},{os.environ['GUANXI_MASTER_KEY']}"
    )
    rotation.rotate()
    held = Webhook.objects.get()
    assert held.secret.startswith("2.")
    assert dispatch.secrets_of(held) == (new.secret, old.secret)


def test_old_deliveries_are_forgotten(brand: Brand, hook: Hook, happen: Happen) -> None:
    hook("http://127.0.0.1:9/")
    happen(1)
    following.follow_all()
    Delivery.objects.update(created_ms=now_ms() - 15 * DAY_MS)
    happen(2)
    following.follow_all()
    assert running.run(brand.pk) == {"webhooks.deliveries": 1}
    assert Delivery.objects.count() == 1
