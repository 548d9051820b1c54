"""kill -9 between any two steps of a round: nothing is sent twice, nothing is lost, nothing is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanxi.kernel.clock import frozen
from guanxi.messaging import queries, services
from guanxi.messaging.claiming import LEASE_MS
from guanxi.messaging.models import InboxItem
from guanxi.messaging.models import Message as Row
from guanxi.touchpoints.models import Touchpoint
from tests.dying import die
from tests.messaging.conftest import Use
from tests.messaging.world import NOON_MS, consented, customer, offer, queued, state

LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.customers import hooks
from guanxi.kernel.clock import frozen
from guanxi.messaging import booking, checking, claiming, queuing, sending, services
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.channels import inbox
from tests.messaging.channel import Recorder
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
where, name, count, when, told, at_ms, channel = sys.argv[2:9]
class Told(Recorder):
    def send(self, parcels):
        with open(told, "a") as out:
            out.write("".join(f"{parcel.message_id}\\n" for parcel in parcels))
        return super().send(parcels)
recorder = Told()
if channel == "email":
    CHANNELS._entries["email"] = recorder
homes = {"booking": booking, "checking": checking, "claiming": claiming, "hooks": hooks, "mail": recorder,
         "inbox": CHANNELS["inbox"]}
home = homes[where]
original, calls = getattr(home, name), 0
def deadly(*arguments, **options):
    global calls
    calls += 1
    if when == "before" and calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    answer = original(*arguments, **options)
    if when == "after" and calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(home, name, deadly)
from django.test.utils import override_settings
with frozen(int(at_ms)), override_settings(GUANXI_PUBLIC_URL="https://crm.example.com"):
    services.send_all()
"""
# Where it dies, and of three messages: how many had left by then, and what becomes of them in the end.
MOMENTS = [
    ("claiming claim 1 after", 0, ["sent"] * 3),
    ("checking check 1 before", 0, ["sent"] * 3),
    ("booking change 1 after", 0, ["sent"] * 3),  # within the transaction of the checks
    ("checking check 1 after", 0, ["sent"] * 3),
    ("booking begin 1 before", 0, ["sent"] * 3),
    ("booking begin 1 after", 0, ["failed", "sent", "sent"]),
    ("mail send 1 after", 1, ["failed", "sent", "sent"]),
    ("booking change 2 after", 1, ["failed", "sent", "sent"]),  # within the transaction that books
    ("hooks tell 1 after", 1, ["failed", "sent", "sent"]),
    ("booking book 1 after", 1, ["sent", "sent", "sent"]),
    ("mail send 2 after", 2, ["sent", "failed", "sent"]),
    ("booking book 3 after", 3, ["sent", "sent", "sent"]),
]


@pytest.mark.parametrize("case", MOMENTS)
def test_a_sender_that_is_killed_sends_nothing_twice(
    brand_id: int, mail: Use, tmp_path: Path, case: tuple[str, int, list[str]]
) -> None:
    moment, left, ends = case
    people = [customer(brand_id, name) for name in ("lei", "mei", "hua")]
    for one in people:
        consented(brand_id, one)
    numbers = queued(brand_id, *(offer(f"k{one}", one) for one in people))
    told = tmp_path / "told"
    die(LOADED, SCRIPT, *moment.split(), told, NOON_MS, "email")
    before = list(map(int, told.read_text().split())) if told.exists() else []
    assert len(before) == left

    recorder = mail()
    services.send_all()  # the lease still holds
    with frozen(NOON_MS + LEASE_MS):
        services.send_all()
        services.send_all()
    all_told = [*before, *(parcel.message_id for parcel in recorder.got)]
    assert len(all_told) == len(set(all_told)), "sent twice"
    assert [state(number)[0] for number in numbers] == ends
    assert {state(number)[1] for number, end in zip(numbers, ends, strict=True) if end == "failed"} <= {
        "unknown_outcome"
    }
    assert Touchpoint.objects.filter(kind="message.sent").count() == ends.count("sent")
    assert Touchpoint.objects.filter(kind="message.failed").count() == ends.count("failed")
    for number in numbers:
        states = [str(one.state) for one in queries.changes(brand_id, number)]
        assert states[0] == "queued"
        assert states[-1] == state(number)[0]


@pytest.mark.parametrize("moment", ["inbox send 1 before", "inbox send 1 after", "booking change 2 after"])
def test_a_channel_that_is_idempotent_is_asked_again(brand_id: int, tmp_path: Path, moment: str) -> None:
    lei = customer(brand_id, "lei")
    consented(brand_id, lei, "app")
    numbers = queued(brand_id, offer("a", lei, "inbox"), offer("b", lei, "inbox"))
    die(LOADED, SCRIPT, *moment.split(), tmp_path / "told", NOON_MS, "inbox")
    with frozen(NOON_MS + LEASE_MS):
        services.send_all()
    assert [state(number) for number in numbers] == [("delivered", "")] * 2
    assert InboxItem.objects.count() == Touchpoint.objects.filter(kind="message.sent").count() == 2


def test_a_message_that_kills_its_sender_again_and_again_is_given_up(brand_id: int) -> None:
    lei = customer(brand_id, "lei")
    consented(brand_id, lei, "app")
    (number,) = queued(brand_id, offer("a", lei, "inbox"))
    Row.objects.update(state="sending", attempts=8, lease="x", lease_until_ms=NOON_MS)
    services.send_all()
    assert state(number) == ("failed", "attempts_used")
