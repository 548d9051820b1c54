"""Whatever happens in whatever order, the laws of sending hold at the moment when something leaves."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from guanxi.kernel.clock import DAY_MS, HOUR_MS, frozen, now_ms, to_datetime
from guanxi.kernel.errors import Conflict
from guanxi.messaging import checking, claiming, queries, sending, services
from guanxi.messaging.channels import CHANNELS, ChannelDown, Fate, Parcel, Result
from guanxi.messaging.contracts import ENDED, Became, Cap, Message, Receipt, State, may_become
from guanxi.messaging.models import Change, Pause
from guanxi.messaging.models import Message as Row
from tests.messaging import world
from tests.messaging.channel import Recorder
from tests.messaging.world import NOON_MS, offer, points

MOST_A_DAY = 1
any_of = st.integers(0, 10**6)
_names = count()
fates = st.sampled_from([*Fate, "down", "crash"])


class Law(Recorder):
    """A channel that looks, at every message, whether it should have got it."""

    def __init__(self, machine: Outbox) -> None:
        super().__init__()
        self.machine = machine

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        (parcel,) = parcels
        try:
            self.machine.leaving(parcel)
        except AssertionError as error:  # which the sender takes for a channel that crashed
            self.machine.broken.append(str(error) or repr(error))
        answer = self.answers.pop(0) if self.answers else Result(Fate.SENT)
        if isinstance(answer, Exception):
            raise answer
        if answer.fate in {Fate.SENT, Fate.DELIVERED, Fate.TASKED, Fate.UNKNOWN}:
            self.machine.gone.append((parcel.message_id, now_ms()))
        return [answer._replace(provider_id=f"p{parcel.message_id}")]


class Outbox(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.at_ms = NOON_MS
        self.stack = ExitStack()
        self.stack.enter_context(frozen(self.at_ms))
        Row.objects.all().delete()
        Pause.objects.all().delete()
        self.brand = world.brand()
        self.law = Law(self)
        CHANNELS._entries["email"] = self.law
        self.people = [world.customer(self.brand, f"c{next(_names)}") for _person in range(2)]
        self.willing = dict.fromkeys(self.people, False)
        self.wanted: dict[int, Message] = {}
        self.ended: dict[int, str] = {}
        self.gone: list[tuple[int, int]] = []
        self.broken: list[str] = []
        self.said = 0
        for one in self.people:
            self.changes_mind(self.people.index(one))

    def leaving(self, parcel: Parcel) -> None:
        message = self.wanted[parcel.message_id]
        assert parcel.message_id not in {number for number, _at_ms in self.gone}, "twice"
        assert message.expires_ms is None or now_ms() < message.expires_ms
        assert message.template == "code" or 8 <= to_datetime(now_ms()).hour < 21
        if message.template == "offer":
            assert self.willing[message.subject_id]
            mine = [
                number
                for number, at_ms in self.gone
                if at_ms > now_ms() - DAY_MS and self.wanted[number].subject_id == message.subject_id
                if self.wanted[number].template == "offer"
            ]
            assert len(mine) < MOST_A_DAY
        assert Row.objects.get(pk=parcel.message_id).state == State.SENDING

    @rule(hours=st.sampled_from([1, 1, 2, 9, 13, 30]))
    def wait(self, hours: int) -> None:
        self.at_ms += hours * HOUR_MS
        self.stack.close()
        self.stack.enter_context(frozen(self.at_ms))

    @rule(
        person=any_of,
        names=st.lists(st.sampled_from(["offer", "offer", "points", "code"]), min_size=1, max_size=4),
        lives=st.sampled_from([0, 0, 0, 1, 12]),
    )
    def queue(self, person: int, names: list[str], lives: int) -> None:
        subject = self.people[person % 2]
        expires_ms = self.at_ms + lives * HOUR_MS if lives else None
        for name in names:
            key = f"{self.at_ms}:{len(self.wanted)}"
            made = offer(key, subject) if name == "offer" else points(key, subject)
            message = made._replace(template=name, expires_ms=expires_ms)
            first, again = services.queue(self.brand, [message, message])
            assert (first.state, again.state) == (Became.QUEUED, Became.EXISTS)
            self.wanted[first.message_id] = message

    @rule(answers=st.lists(fates, max_size=3))
    def send(self, answers: list[object]) -> None:
        self.law.answers = [_answer(one) for one in answers]
        services.send_all()

    @rule(begun=st.booleans())
    def a_sender_dies(self, begun: bool) -> None:
        """After the checks, or after it began with the first."""
        claiming.take_back()
        if claiming.is_paused("email") or (claimed := claiming.claim("email")) is None:
            return
        parcels = checking.check(self.brand, self.law, claimed.lease, claimed.ids[self.brand])
        if begun and parcels:
            sending.booking.begin(claimed.lease, [parcels[0].message_id])

    @rule(person=any_of)
    def changes_mind(self, person: int) -> None:
        self.wait(1)
        self.said += 1
        subject = self.people[person % 2]
        self.willing[subject] = not self.willing[subject]
        world.said_at(self.brand, subject, "given" if self.willing[subject] else "withdrawn", self.at_ms)

    @rule(which=any_of)
    def cancel(self, which: int) -> None:
        if self.wanted:
            number = sorted(self.wanted)[which % len(self.wanted)]
            with suppress(Conflict):
                services.cancel(self.brand, number, actor="user:1")
                assert number not in self.ended

    @rule(which=any_of, state=st.sampled_from([State.SENT, State.DELIVERED, State.FAILED]))
    def receipt(self, which: int, state: State) -> None:
        if self.wanted:
            number = sorted(self.wanted)[which % len(self.wanted)]
            said = [Receipt(f"p{number}", state, self.at_ms)]
            services.receipts(self.brand, "email", said)
            assert services.receipts(self.brand, "email", said).changed == 0

    @invariant()
    def every_change_was_a_move_and_an_end_is_an_end(self) -> None:
        assert not getattr(self, "broken", None)
        for number in getattr(self, "wanted", ()):
            states = [one.state for one in queries.changes(self.brand, number)]
            assert all(map(may_become, states, states[1:]))
            assert states[-1] == Row.objects.get(pk=number).state
            if states[-1] in ENDED:
                assert self.ended.setdefault(number, states[-1]) == states[-1]

    def teardown(self) -> None:
        if hasattr(self, "wanted"):
            known = Change.objects.filter(state=State.SENT).values_list("message_id", flat=True)
            assert len(known) == len(set(known))
            self.stack.close()


def _answer(said: object) -> Result | Exception:
    if said == "down":
        return ChannelDown("closing")
    return RuntimeError("crash") if said == "crash" else Result(Fate(str(said)))


def test_whatever_happens_in_whatever_order(brand_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS._entries, "email", CHANNELS["email"])  # put back afterwards
    services.set_caps(brand_id, [Cap("", 1, MOST_A_DAY)], before=[], actor="cli")
    run_state_machine_as_test(
        Outbox,
        settings=settings(
            max_examples=10,
            stateful_step_count=18,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
