"""What the worker does for webhooks: following and sending, beside its jobs, and forgetting what is old."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from guanxi.kernel.clock import now_ms
from guanxi.kernel.wording import say
from guanxi.platform import jobs, marks
from guanxi.platform.followers import Follower, followers
from guanxi.platform.retention.contracts import KEEPABLES, Keepable, Least
from guanxi.platform.retention.running import counted, deleted
from guanxi.platform.vault import SEALED_COLUMNS, SealedColumn
from guanxi.platform.webhooks import dispatch, following
from guanxi.platform.webhooks.contracts import Outcome
from guanxi.platform.webhooks.dispatch import Parcel, Round
from guanxi.platform.webhooks.models import Delivery, Webhook
from guanxi.platform.writing import writing

AT_ONCE: Final = 16  # receivers; each has a thread, and none waits for another
LOOK_SECONDS: Final = 1.0
FORGET_SECONDS: Final = 3_600


class Result(NamedTuple):
    """Of a thread: what came of a parcel, or, without one, that the round is over."""

    round: Round
    parcel: Parcel | None = None
    outcome: Outcome | None = None


class Sender:
    """Follows and sends. Threads do nothing but wait for receivers; the database is asked by `step` alone."""

    def __init__(self, send: Callable[[Round, Parcel], Outcome] = dispatch.send) -> None:
        self._send = send
        self._results: SimpleQueue[Result] = SimpleQueue()
        self._under_way: set[str] = set()
        self._pulse: int | None = None
        self._looked_at = 0.0

    def step(self) -> bool:
        """Book what came back, follow, and begin what is due; whether there was something to do."""
        booked = self._book()
        pulse = marks.pulse()
        rested = time.monotonic() - self._looked_at >= LOOK_SECONDS
        if not booked and pulse == self._pulse and not rested:
            return False
        more = following.follow_all()
        begun = self._begin()
        self._pulse, self._looked_at = (None if more else pulse), time.monotonic()
        return more or begun or booked

    @property
    def under_way(self) -> int:
        """Rounds that are not over."""
        return len(self._under_way)

    def _book(self) -> bool:
        booked = False
        while True:
            try:
                result = self._results.get_nowait()
            except Empty:
                return booked
            booked = True
            if result.parcel is None or result.outcome is None:
                self._under_way.discard(result.round.lease)
                dispatch.end(result.round)
            else:
                dispatch.book(result.round, result.parcel, result.outcome)

    def _begin(self) -> bool:
        free = AT_ONCE - len(self._under_way)
        begun = False
        for webhook_id in dispatch.due(free) if free > 0 else []:
            claimed = dispatch.claim(webhook_id)
            if claimed is not None:
                self._under_way.add(claimed.lease)
                threading.Thread(target=self._run, args=(claimed,), name="webhook", daemon=True).start()
                begun = True
        return begun

    def _run(self, this: Round) -> None:
        ends = time.monotonic() + dispatch.ROUND_SECONDS
        try:
            for parcel in this.parcels:
                outcome = self._send(this, parcel)
                self._results.put(Result(this, parcel, outcome))
                if not outcome.delivered or time.monotonic() > ends:
                    break
        finally:
            self._results.put(Result(this))


def forget_secrets(context: jobs.JobContext) -> dict[str, int]:
    """Forget the secrets before a rotation, once their time is over."""
    with writing():
        ended = Webhook.objects.filter(previous_until_ms__gt=0, previous_until_ms__lte=now_ms())
        return {"secrets": ended.update(previous_secret="", previous_until_ms=0)}


def _old(brand_id: int, before_ms: int) -> QuerySet[Delivery]:
    return Delivery.objects.filter(webhook__brand_id=brand_id, created_ms__lt=before_ms)


DELIVERIES: Final = Keepable(
    key="webhooks.deliveries",
    label=say("Deliveries of webhooks"),
    goes=say("What was sent to other systems, what they answered, and what could not be sent until then."),
    least=Least(3, say("What cannot be sent is tried again for three days.")),
    default=lambda: settings.GUANXI_WEBHOOK_DAYS,
    may_stay=False,
    count=lambda brand_id, before_ms: counted(_old(brand_id, before_ms), "created_ms"),
    let_go=lambda brand_id, before_ms, limit: deleted(
        brand_id, "webhooks.deliveries", _old(brand_id, before_ms), limit
    ),
)


def register() -> None:
    for column in ("secret", "previous_secret"):
        SEALED_COLUMNS.register(SealedColumn(Webhook, column, dispatch.purpose_of))
    jobs.kinds.register(jobs.JobKind("webhooks.forget", forget_secrets))
    KEEPABLES.register(DELIVERIES)
    jobs.periodics.register(
        jobs.Periodic(
            "webhooks.forget",
            FORGET_SECONDS,
            lambda: jobs.enqueue("webhooks.forget", unique_key="webhooks.forget"),
        )
    )
    followers.register(Follower("webhooks", Sender().step))
