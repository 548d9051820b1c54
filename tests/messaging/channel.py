"""A channel of tests: what it is told to answer, and what was handed to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from guanxi.kernel.wording import say
from guanxi.messaging.channels import Capabilities, ChannelDown, Fate, Parcel, Result
from guanxi.messaging.channels.mail import Mail


class Recorder:
    """Stands in for e-mail. `answers` are taken in turn, then everything is SENT."""

    name = "email"
    label = say("Email")
    ready = True

    def __init__(self, *answers: Result | Exception, idempotent: bool = False, at_once: int = 1) -> None:
        self.capabilities: Capabilities = Mail.capabilities._replace(idempotent=idempotent, at_once=at_once)
        self.answers = list(answers)
        self.got: list[Parcel] = []
        self.down = False

    @contextmanager
    def open(self) -> Iterator[Recorder]:
        if self.down:
            raise ChannelDown("no_connection")
        yield self

    def send(self, parcels: Sequence[Parcel]) -> list[Result]:
        results = []
        for parcel in parcels:
            answer = (
                self.answers.pop(0)
                if self.answers
                else Result(Fate.SENT, provider_id=f"p{parcel.message_id}")
            )
            if isinstance(answer, Exception):
                raise answer
            self.got.append(parcel)
            results.append(answer)
        return results
