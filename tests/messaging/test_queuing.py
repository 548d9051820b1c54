"""Into the outbox: once under a key, in the transaction of what it is about, or refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from guanxi.kernel.errors import Conflict, Invalid, Limit, NotFound
from guanxi.messaging import queries, services
from guanxi.messaging.contracts import Became, Message, Priority
from guanxi.messaging.models import Message as Row
from guanxi.messaging.models import Version
from tests.messaging import world
from tests.messaging.conftest import Use
from tests.messaging.world import customer, points, queued, state


def test_a_retry_answers_exists_and_another_message_under_the_key_is_refused(brand_id: int) -> None:
    lei = customer(brand_id, "lei")
    first, again, other = services.queue(
        brand_id, [points("k", lei), points("k", lei), points("k", lei, channel="inbox")]
    )
    assert (first.state, again.state, other.code) == (Became.QUEUED, Became.EXISTS, "key_conflict")
    assert again.message_id == first.message_id
    (retried,) = services.queue(brand_id, [points("k", lei)])
    assert retried == first._replace(state=Became.EXISTS)
    (changed,) = services.queue(brand_id, [points("k", lei, campaign="x")])
    assert changed.code == "key_conflict"
    assert Row.objects.count() == 1


def test_a_new_version_of_a_template_changes_neither_what_is_queued_nor_a_retry(
    brand_id: int, mail: Use
) -> None:
    recorder, lei = mail(), customer(brand_id, "lei")
    (number,) = queued(brand_id, points("k", lei, language="en"))
    draft = queries.template(brand_id, "email", "points").draft
    english = draft.texts["en"]._replace(text="{{points}} now")
    services.save_template(
        brand_id, draft._replace(texts={**draft.texts, "en": english}), version=1, actor="cli"
    )
    assert services.queue(brand_id, [points("k", lei, language="en")])[0].state is Became.EXISTS
    queued(brand_id, points("k2", lei, language="en"))
    queued(brand_id, points("k3", lei, language="en", version=1))
    services.send_all()
    old, new = "Lei, you have 120 points.", "120 points now"
    assert [parcel.rendered.text for parcel in recorder.got] == [old, new, old]
    assert state(number) == ("sent", "")


def test_what_is_rolled_back_was_never_wanted(brand_id: int, mail: Use) -> None:
    recorder, lei = mail(), customer(brand_id, "lei")
    with pytest.raises(RuntimeError), transaction.atomic():
        queued(brand_id, points("k", lei))
        raise RuntimeError
    assert services.send_all() == 0
    assert recorder.got == []
    queued(brand_id, points("k", lei))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": ""}, "key_bad"),
        ({"key": "k" * 121}, "key_bad"),
        ({"key": "a\0b"}, "key_bad"),
        ({"channel": "pigeon"}, "channel_unknown"),
        ({"template": "none"}, "template_unknown"),
        ({"version": 9}, "template_unknown"),
        ({"variables": {}}, "variable_missing"),
        ({"variables": {"points": 1, "more": 1}}, "variable_unknown"),
        ({"variables": {"points": "many"}}, "variable_bad"),
        ({"language": "fr"}, "language_unknown"),
        ({"subject_id": 10**9}, "subject_unknown"),
        ({"subject_id": 1 << 70}, "subject_unknown"),
        ({"expires_ms": 5, "not_before_ms": 5}, "times_bad"),
        ({"not_before_ms": 1 << 70}, "times_bad"),
        ({"campaign": "c" * 61}, "campaign_bad"),
    ],
)
def test_what_cannot_be_said_is_refused_alone(brand_id: int, change: dict[str, Any], code: str) -> None:
    lei = customer(brand_id, "lei")
    wrong = Message("wrong", lei, "email", "points", {"points": 1})._replace(**change)
    outcomes = services.queue(brand_id, [points("a", lei), wrong, points("b", lei)])
    assert [one.state for one in outcomes] == [Became.QUEUED, Became.REFUSED, Became.QUEUED]
    assert (outcomes[1].code, bool(outcomes[1].text)) == (code, True)


def test_somebody_of_another_brand_is_nobody(brand_id: int) -> None:
    other = world.brand("other")
    stranger = customer(other, "lei")
    assert services.queue(brand_id, [points("k", stranger)])[0].code == "subject_unknown"
    assert services.queue(other, [points("k", stranger)])[0].code == "template_unknown"
    with pytest.raises(NotFound):
        services.queue(999_999, [points("k", stranger)])
    with pytest.raises(Limit):
        services.queue(brand_id, [points("k", stranger)] * 5_001)


def test_a_version_never_changes_and_two_who_save_do_not_overwrite_each_other(brand_id: int) -> None:
    draft = queries.template(brand_id, "email", "points").draft
    assert services.save_template(brand_id, draft, version=1, actor="cli").number == 1  # nothing new
    changed = draft._replace(label="Points")
    assert services.save_template(brand_id, changed, version=1, actor="cli").number == 2
    with pytest.raises(Conflict):
        services.save_template(brand_id, changed._replace(label="Other"), version=1, actor="cli")
    assert Version.objects.filter(template__channel="email", template__name="points").count() == 2


def test_advertising_is_of_a_purpose_that_needs_consent_and_nothing_else_is(brand_id: int) -> None:
    offer = queries.template(brand_id, "email", "offer").draft
    for purpose, priority in (("marketing", Priority.SERVICE), ("service", Priority.MARKETING), ("none", 1)):
        with pytest.raises(Invalid):
            draft = offer._replace(name="bad", purpose=purpose, priority=Priority(priority))
            services.save_template(brand_id, draft, version=0, actor="cli")
    shown = queries.preview(brand_id, offer)
    assert shown["en"].html.startswith("<p>New! <a href='https://")


def test_of_an_archived_template_nothing_new_is_queued(brand_id: int) -> None:
    lei = customer(brand_id, "lei")
    services.archive_template(brand_id, "email", "points", archived=True, actor="cli")
    assert services.queue(brand_id, [points("k", lei)])[0].code == "template_unknown"
    services.archive_template(brand_id, "email", "points", archived=False, actor="cli")
    queued(brand_id, points("k", lei))
