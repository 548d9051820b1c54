"""The worker sends by itself; what is old goes; people get a copy of what was said to them."""

from __future__ import annotations

import threading
import time
from typing import Any

from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.rights.hooks import SOURCES, Person
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.messaging import queries, services
from guanxi.messaging.contracts import Cap, State
from guanxi.messaging.following import Sender
from guanxi.messaging.models import Change, InboxItem
from guanxi.messaging.models import Message as Row
from guanxi.platform.models import AuditEntry
from guanxi.platform.retention import periods, running
from tests.messaging.conftest import Use
from tests.messaging.world import NOON_MS, customer, points, queued, state


def test_the_worker_sends_on_each_channel_at_once_and_rests_when_nothing_is_due(
    brand_id: int, mail: Use, monkeypatch: Any
) -> None:
    monkeypatch.setattr("guanxi.messaging.following.LOOK_SECONDS", 0.0)
    recorder, lei = mail(), customer(brand_id, "lei")
    numbers = queued(brand_id, points("a", lei), points("b", lei, channel="inbox"))
    sender = Sender()
    assert sender.step()
    ends = time.monotonic() + 30
    while any(thread.name.startswith("messages ") for thread in threading.enumerate()):
        assert time.monotonic() < ends
        time.sleep(0.005)
    assert [state(number)[0] for number in numbers] == ["sent", "delivered"]
    assert len(recorder.got) == 1
    assert not sender.step()


def test_old_messages_go_with_their_history_and_inbox_and_never_before_they_end(
    brand_id: int, mail: Use
) -> None:
    mail()
    lei = customer(brand_id, "lei")
    queued(brand_id, points("a", lei), points("b", lei, channel="inbox"))
    services.send_all()
    (waiting,) = queued(brand_id, points("c", lei, not_before_ms=NOON_MS + 400 * DAY_MS))
    periods.choose(brand_id, "messages", 184, actor="cli")
    with frozen(NOON_MS + 183 * DAY_MS):
        assert "messages" not in running.run(brand_id)
    with frozen(NOON_MS + 185 * DAY_MS):
        assert running.run(brand_id)["messages"] == 2
    assert list(Row.objects.values_list("pk", flat=True)) == [waiting]
    assert not InboxItem.objects.exists()
    assert not Change.objects.exists()


def test_a_copy_of_a_persons_data_has_their_messages(brand_id: int) -> None:
    lei = customer(brand_id, "lei")
    queued(brand_id, points("a", lei, channel="inbox"))
    services.send_all()
    person = Person(brand_id, lei, subject_ids_of(brand_id, lei))
    (told,) = SOURCES["messages"].read(person)
    assert (told["template"], told["variables"], told["state"]) == ("points", {"points": 120}, "delivered")
    (item,) = SOURCES["inbox"].read(person)
    assert item["read"] is None


def test_who_changed_what_is_in_the_audit_log_in_words(brand_id: int) -> None:
    (number,) = queued(brand_id, points("a", customer(brand_id, "lei"), campaign="spring"))
    services.set_caps(brand_id, [Cap("email", 7, 2)], before=[], actor="user:1")
    services.cancel_campaign(brand_id, "spring", actor="user:1")
    assert state(number) == ("cancelled", "by_hand")
    wrote = set(AuditEntry.objects.filter(brand_id=brand_id).values_list("action", flat=True))
    assert {"template.saved", "message.caps_changed", "campaign.cancelled"} <= wrote
    assert queries.by_state(brand_id, campaign="spring")[State.CANCELLED] == 1
