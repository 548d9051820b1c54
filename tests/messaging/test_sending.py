"""A message's way: queued once, checked, sent, booked, told."""

from __future__ import annotations

import pytest

from guanxi.customers.contracts import Identity
from guanxi.customers.lookup import subject_ids_of
from guanxi.customers.rights import erasing, freezing
from guanxi.customers.services import merge, unmerge
from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, frozen
from guanxi.kernel.errors import Conflict
from guanxi.messaging import booking, checking, claiming, queries, services, unsubscribing
from guanxi.messaging.channels import ChannelDown, Fate, Result
from guanxi.messaging.contracts import Cap, Receipt, State
from guanxi.messaging.models import Blocked, InboxItem, Pause
from guanxi.messaging.models import Message as Row
from guanxi.platform.models import Brand
from guanxi.touchpoints.models import Touchpoint
from tests.messaging.conftest import Use
from tests.messaging.world import NIGHT_MS, NOON_MS, consented, customer, offer, points, queued, state


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


def test_consent_that_is_withdrawn_between_queue_and_send_counts(brand_id: int, mail: Use) -> None:
    recorder = mail()
    people = [customer(brand_id, name) for name in ("lei", "mei", "hua", "jia")]
    lei, mei, hua, jia = people
    for one in (lei, mei, jia):
        consented(brand_id, one)
    numbers = queued(brand_id, *(offer(f"o{one}", one) for one in people))
    consented(brand_id, mei, said="withdrawn", day=-1)
    unsubscribing.unsubscribe(unsubscribing.token(brand_id, jia, "marketing", "email"))
    services.send_all()
    assert [state(number) for number in numbers] == [
        ("sent", ""),
        ("suppressed", "consent_withdrawn"),
        ("suppressed", "consent_not_asked"),
        ("suppressed", "consent_withdrawn"),
    ]
    assert [parcel.subject_id for parcel in recorder.got] == [lei]
    assert hua not in {parcel.subject_id for parcel in recorder.got}


def test_a_link_to_refuse_works_for_ever_can_be_pressed_again_and_is_lifted_by_consent(
    brand_id: int, mail: Use
) -> None:
    recorder, lei = mail(), customer(brand_id, "lei")
    consented(brand_id, lei)
    queued(brand_id, offer("a", lei))
    services.send_all()
    url = recorder.got[0].unsubscribe_url
    assert url.startswith("https://crm.example.com/u/")
    assert url in recorder.got[0].rendered.text
    token = url.rpartition("/")[2]
    with frozen(NOON_MS + 2_000 * DAY_MS):
        for _press in range(2):
            assert services.unsubscribe(token).subject_id == lei
        (number,) = queued(brand_id, offer("b", lei))
        services.send_all()
        assert state(number) == ("suppressed", "consent_withdrawn")
        (service,) = queued(brand_id, points("c", lei))
        services.send_all()
        assert state(service) == ("sent", "")
    with frozen(NOON_MS + 2_001 * DAY_MS):
        consented(brand_id, lei, day=2_001)
        (again,) = queued(brand_id, offer("d", lei))
        services.send_all()
        assert state(again) == ("sent", "")
    with frozen(NOON_MS + 2_002 * DAY_MS):  # the old link still works
        services.unsubscribe(token)
        (last,) = queued(brand_id, offer("e", lei))
        services.send_all()
        assert state(last) == ("suppressed", "consent_withdrawn")
    for bad in ("", "x", token[:-1], token[:-1] + "é", token + "=", "A" + token[1:], "A" * 300):
        with pytest.raises(unsubscribing.TokenUnknown):
            unsubscribing.open_token(bad)


def test_a_reply_to_be_left_in_peace_counts_for_the_address_until_its_owner_consents_again(
    brand_id: int, mail: Use
) -> None:
    mail()
    lei = customer(brand_id, "lei")
    consented(brand_id, lei)
    assert services.opt_out(brand_id, "email", "lei@example.com") == 1
    assert services.opt_out(brand_id, "email", "nobody@example.com") == 0
    (number,) = queued(brand_id, offer("a", lei))
    services.send_all()
    assert state(number) == ("suppressed", "consent_withdrawn")
    mei = customer(brand_id, "mei", Identity("email", "nobody@example.com"))
    consented(brand_id, mei)  # before the refusal
    Row.objects.all().delete()
    with frozen(NOON_MS + DAY_MS):
        consented(brand_id, lei, day=1)
        back, other = queued(brand_id, offer("b", lei), offer("c", mei))
        services.send_all()
    assert state(back) == ("sent", "")
    assert state(other)[0] in {"suppressed", "sent"}  # by which of the two addresses is the newest


def test_messages_wait_for_the_brands_hours_but_a_code_does_not(brand_id: int, mail: Use) -> None:
    recorder, lei = mail(), customer(brand_id, "lei")
    with frozen(NIGHT_MS):
        held, old, code, inbox = queued(
            brand_id,
            points("held", lei),
            points("old", lei, expires_ms=NIGHT_MS + HOUR_MS),
            points("code", lei)._replace(template="code"),
            points("inbox", lei, channel="inbox"),
        )
        services.send_all()
        assert [state(one) for one in (held, old, code, inbox)] == [
            ("queued", "quiet_hours"),
            ("cancelled", "expired"),
            ("sent", ""),
            ("delivered", ""),
        ]
        assert claiming.due_channels() == []
    with frozen(NIGHT_MS + 9 * HOUR_MS - 1):
        assert services.send_all() == 0
    with frozen(NIGHT_MS + 9 * HOUR_MS):
        assert services.send_all() == 1
    assert state(held) == ("sent", "")
    assert [parcel.key for parcel in recorder.got] == ["code", "held"]


def test_a_message_is_not_sent_before_its_time(brand_id: int, mail: Use) -> None:
    mail()
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei"), not_before_ms=NOON_MS + HOUR_MS))
    assert services.send_all() == 0
    with frozen(NOON_MS + HOUR_MS):
        assert services.send_all() == 1
    assert state(number) == ("sent", "")


def test_caps_are_of_the_whole_customer_over_all_channels_and_of_advertising_alone(
    brand_id: int, mail: Use
) -> None:
    mail()
    lei, mei = customer(brand_id, "lei"), customer(brand_id, "mei")
    for one in (lei, mei):
        for channel in ("email", "app"):
            consented(brand_id, one, channel)
    services.set_caps(brand_id, [Cap("email", 1, 2), Cap("", 7, 3)], before=[], actor="cli")
    hers = subject_ids_of(brand_id, mei)
    merge(brand_id, [lei, mei], actor="cli")
    numbers = queued(brand_id, *(offer(f"e{at}", (lei, mei)[at % 2]) for at in range(3)), points("p", lei))
    services.send_all()
    assert [state(one) for one in numbers] == [("sent", ""), ("sent", ""), ("capped", "cap_1"), ("sent", "")]
    inbox = queued(brand_id, *(offer(f"i{at}", lei, "inbox") for at in range(2)))
    services.send_all()
    assert [state(one) for one in inbox] == [("delivered", ""), ("capped", "cap_all_7")]
    unmerge(brand_id, lei, hers, actor="cli")  # each has what was theirs
    alone = queued(brand_id, *(offer(f"a{at}", mei) for at in range(2)))
    services.send_all()
    assert [state(one)[0] for one in alone] == ["sent", "capped"]
    with frozen(NOON_MS + 8 * DAY_MS):
        (later,) = queued(brand_id, offer("later", lei))
        services.send_all()
        assert state(later) == ("sent", "")


def test_what_was_refused_or_given_back_does_not_count(brand_id: int, mail: Use) -> None:
    lei = customer(brand_id, "lei")
    consented(brand_id, lei)
    services.set_caps(brand_id, [Cap("", 30, 1)], before=[], actor="cli")
    mail(Result(Fate.REFUSED, "smtp_554"), ChannelDown("closing"))
    queued(brand_id, offer("a", lei))
    services.send_all()
    (second,) = queued(brand_id, offer("b", lei))
    services.send_all()
    assert state(second) == ("queued", "channel_down")
    with frozen(NOON_MS + MINUTE_MS):
        services.send_all()
    assert state(second) == ("sent", "")


def test_people_who_are_gone_frozen_or_without_address_get_nothing(brand_id: int, mail: Use) -> None:
    recorder = mail()
    gone, cold, back = (customer(brand_id, name) for name in ("gone", "cold", "back"))
    numbers = queued(brand_id, *(points(f"k{one}", one) for one in (gone, cold, back)))
    (shown,) = queued(brand_id, points("inbox", gone, channel="inbox"))
    services.send_all()
    more = queued(brand_id, *(points(f"m{one}", one) for one in (gone, cold, back)))
    customer_of = {one.subject_id: one.customer_id for one in queries.messages(brand_id)}
    erasing.erase(brand_id, customer_of[gone] or 0, actor="cli", reason="asked")
    freezing.freeze(brand_id, customer_of[cold] or 0, actor="cli", reason="asked")
    services.send_all()
    assert [state(one) for one in more] == [
        ("cancelled", "person_gone"),
        ("suppressed", "person_gone"),
        ("sent", ""),
    ]
    assert len(recorder.got) == 4
    assert not InboxItem.objects.filter(pk=shown).exists()
    assert set(Row.objects.filter(subject_id=gone).values_list("variables", flat=True)) == {""}
    assert state(numbers[0]) == ("sent", "")  # that it was sent is kept


def test_a_temporary_refusal_is_tried_again_ever_later_and_not_for_ever(brand_id: int, mail: Use) -> None:
    later = Result(Fate.LATER, "smtp_451", "451 busy")
    mail(*[later] * booking.MOST_ATTEMPTS)
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    waits, at_ms = [], NOON_MS
    for _attempt in range(booking.MOST_ATTEMPTS):
        with frozen(at_ms):
            services.send_all()
            due_ms = Row.objects.get(pk=number).due_ms
            waits.append(due_ms - at_ms)
            assert services.send_all() == 0
        at_ms = NOON_MS + DAY_MS * len(waits)
    assert state(number) == ("failed", "attempts_used")
    assert all(0.8 * MINUTE_MS * 3**at <= waits[at] <= 1.2 * MINUTE_MS * 3**at for at in range(5))
    assert Touchpoint.objects.filter(kind="message.failed").count() == 1


def test_an_address_that_is_none_is_not_written_to_again_until_somebody_lifts_it(
    brand_id: int, mail: Use
) -> None:
    recorder = mail(Result(Fate.ADDRESS, "smtp_550"))
    lei = customer(brand_id, "lei")
    first, second = queued(brand_id, points("a", lei), points("b", lei))
    services.send_all()
    assert state(first) == ("failed", "smtp_550")
    assert state(second)[0] == "sent"  # it was under way
    (third,) = queued(brand_id, points("c", lei))
    services.send_all()
    assert state(third) == ("suppressed", "address_refused")
    assert "example.com" not in "".join(map(str, Blocked.objects.values_list()))
    assert services.lift(brand_id, "email", "lei@example.com", actor="cli") == 1
    (fourth,) = queued(brand_id, points("d", lei))
    services.send_all()
    assert (state(fourth), len(recorder.got)) == (("sent", ""), 3)


def test_a_channel_that_is_down_pauses_longer_each_time_and_burns_no_attempts(
    brand_id: int, mail: Use
) -> None:
    recorder = mail()
    recorder.down = True
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    at_ms, pauses = NOON_MS, []
    for _time in range(4):
        with frozen(at_ms):
            services.send_all()
            assert state(number) == ("queued", "channel_down")
            assert Row.objects.get(pk=number).attempts == 0
            assert claiming.due_channels() == []
            pauses.append(Pause.objects.get().resume_ms - at_ms)
        at_ms += pauses[-1]
    assert pauses == [30_000, 60_000, 120_000, 240_000]
    recorder.down = False
    with frozen(at_ms):
        services.send_all()
    assert state(number) == ("sent", "")
    assert not Pause.objects.exists()


def test_a_round_that_breaks_gives_back_what_it_took(
    brand_id: int, mail: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail()
    (number,) = queued(brand_id, points("k", customer(brand_id, "lei")))
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(checking, "check", lambda *_arguments: (_ for _ in ()).throw(RuntimeError()))
        services.send_all()
    assert state(number) == ("queued", "")
    assert services.send_all() == 1
    assert state(number) == ("sent", "")


def test_receipts_count_once_and_never_turn_back(brand_id: int, mail: Use) -> None:
    mail()
    a, b = queued(brand_id, *(points(key, customer(brand_id, key)) for key in ("a", "b")))
    services.send_all()
    said = [
        Receipt(f"p{a}", State.DELIVERED, NOON_MS + 1),
        Receipt(f"p{a}", State.DELIVERED, NOON_MS + 1),
        Receipt(f"p{a}", State.FAILED, NOON_MS + 2),
        Receipt(f"p{b}", State.FAILED, NOON_MS + 3, "full"),
        Receipt("p0", State.DELIVERED, NOON_MS),
    ]
    assert services.receipts(brand_id, "email", said) == (2, 2, 1)
    assert services.receipts(brand_id, "email", said) == (0, 4, 1)
    assert (state(a), state(b)) == (("delivered", ""), ("failed", "full"))
    other = Brand.objects.create(slug="other", name="Other")
    assert services.receipts(other.pk, "email", said[:1]) == (0, 0, 1)
    kinds = sorted(Touchpoint.objects.filter(kind__startswith="message.").values_list("kind", flat=True))
    assert kinds == ["message.delivered", "message.failed", "message.sent", "message.sent"]


def test_who_comes_too_late_to_cancel_is_told_so(brand_id: int, mail: Use) -> None:
    mail()
    lei = customer(brand_id, "lei")
    sent, wanted, reminder = queued(brand_id, points("a", lei), points("b", lei), points("reminder:1", lei))
    services.cancel(brand_id, wanted, actor="user:1")
    assert services.cancel_keys(brand_id, ["reminder:1", "none"]) == 1
    services.send_all()
    assert [state(one)[0] for one in (sent, wanted, reminder)] == ["sent", "cancelled", "cancelled"]
    for number in (sent, wanted):
        with pytest.raises(Conflict):
            services.cancel(brand_id, number, actor="user:1")


def test_a_task_is_sent_when_somebody_says_so(brand_id: int, mail: Use) -> None:
    mail(Result(Fate.TASKED), Result(Fate.TASKED))
    lei = customer(brand_id, "lei")
    done, not_done = queued(brand_id, points("a", lei), points("b", lei))
    services.send_all()
    assert not Touchpoint.objects.filter(kind="message.sent").exists()
    services.confirm(brand_id, done, actor="user:1")
    services.cancel(brand_id, not_done, actor="user:1")
    assert (state(done), state(not_done)) == (("sent", "by_hand"), ("cancelled", "by_hand"))
    assert Touchpoint.objects.filter(kind="message.sent").count() == 1


def test_the_inbox_shows_what_was_said_in_the_customers_words_and_forgets_nothing_read(brand_id: int) -> None:
    lei, mei = customer(brand_id, "lei"), customer(brand_id, "mei")
    first, second = queued(brand_id, points("a", lei, channel="inbox"), points("b", mei, channel="inbox"))
    services.send_all()
    services.send_all()
    assert [item.text for item in queries.inbox(brand_id, lei)] == ["Lei，您有120 积分。"]
    root = min(lei, mei)
    merge(brand_id, [lei, mei], actor="cli")
    assert [item.message_id for item in queries.inbox(brand_id, root)] == [second, first]
    assert queries.unread(brand_id, root) == 2
    assert services.mark_read(brand_id, root, [first, 999]) == 1
    assert services.mark_read(brand_id, root, [first]) == 0
    assert [item.read_ms for item in queries.inbox(brand_id, root)] == [None, NOON_MS]
