"""A message's way: queued once, checked, sent, booked, told."""

from __future__ import annotations

from guanxi.messaging import queries, services
from guanxi.messaging.contracts import State
from guanxi.touchpoints.models import Touchpoint
from tests.messaging.conftest import Use
from tests.messaging.world import customer, points, queued, state


def test_a_message_goes_its_way_and_the_log_knows(brand_id: int, mail: Use) -> None:
    recorder = mail()
    lei = customer(brand_id, "lei")
    (number,) = queued(brand_id, points("order:1", lei, campaign="spring"))
    assert services.send_all() == 1
    assert state(number) == ("sent", "")
    (parcel,) = recorder.got
    assert parcel.address == "lei@example.com"
    assert parcel.rendered.text == "Lei，您有120 积分。"
    assert [one.state for one in queries.changes(brand_id, number)] == [
        State.QUEUED,
        State.SENDING,
        State.SENT,
    ]
    (fact,) = Touchpoint.objects.filter(kind="message.sent")
    assert fact.subject_id == lei
    assert '"campaign":"spring"' in fact.payload
    assert services.send_all() == 0
