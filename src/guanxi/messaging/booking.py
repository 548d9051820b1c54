"""Changes of state: guarded updates, each with its row of history, and the facts that the log is told.

Only rows that are still in the state and under the lease that the caller knew are changed; what somebody
else changed meanwhile is left alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers import hooks
from guanxi.customers.hooks import Happening
from guanxi.kernel.clock import HOUR_MS, MINUTE_MS, now_ms
from guanxi.messaging import blocking
from guanxi.messaging.channels import Fate, Parcel, Result
from guanxi.messaging.contracts import State
from guanxi.messaging.models import Message, Version
from guanxi.platform.bulk import among, insert_rows
from guanxi.platform.writing import writing

MOST_ATTEMPTS: Final = 8
FIRST_WAIT_MS: Final = MINUTE_MS
LONGEST_WAIT_MS: Final = 6 * HOUR_MS
_CHANGE: Final = {
    "message_id": "bigint",
    "state": "text",
    "code": "text",
    "detail": "text",
    "at_ms": "bigint",
}
_STATES: Final = {
    Fate.SENT: State.SENT,
    Fate.DELIVERED: State.DELIVERED,
    Fate.TASKED: State.TASKED,
    Fate.REFUSED: State.FAILED,
    Fate.ADDRESS: State.FAILED,
    Fate.UNKNOWN: State.FAILED,
}


class Step(NamedTuple):
    """Where a message goes. `columns` are set beside the state."""

    state: State
    code: str = ""
    detail: str = ""
    columns: tuple[tuple[str, Any], ...] = ()


def change(
    before: State, steps: Mapping[int, Step], *, lease: str | None = None, at_ms: int | None = None
) -> dict[int, Step]:
    """Those messages that were in the state `before` (and under the lease) and are now where the steps say,
    each with a row of history. In the caller's transaction."""
    moment = now_ms() if at_ms is None else at_ms
    alike: dict[Step, list[int]] = defaultdict(list)
    for number, step in steps.items():
        alike[step].append(number)
    done: dict[int, Step] = {}
    for step, numbers in alike.items():
        columns = {
            "state": str(step.state),
            "code": step.code[:40],
            "changed_ms": moment,
            **dict(step.columns),
        }
        setting = ", ".join(f"{name} = %s" for name in columns)
        where, parameter = among("id", numbers)
        guard = " AND lease = %s" if lease is not None else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE messaging_message SET {setting} WHERE {where} AND state = %s{guard} RETURNING id",
                [*columns.values(), parameter, str(before), *([lease] if lease is not None else [])],
            )
            done |= {number: step for (number,) in cursor.fetchall()}
    rows = [(number, str(one.state), one.code[:40], one.detail[:200], moment) for number, one in done.items()]
    insert_rows("messaging_change", _CHANGE, sorted(rows))
    return done


def begin(lease: str, numbers: Sequence[int]) -> set[int]:
    """Those that are still this sender's, marked as about to leave. A transaction of its own."""
    where, parameter = among("id", numbers)
    with writing(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE messaging_message SET begun_ms = %s WHERE {where} AND state = 'sending' AND lease = %s"
            " RETURNING id",
            [now_ms(), parameter, lease],
        )
        return {number for (number,) in cursor.fetchall()}


def book(brand_id: int, channel: str, lease: str, results: Sequence[tuple[Parcel, Result]]) -> None:
    """What came of handing over: states, history, addresses that are none, and the facts of the log."""
    parcels = {parcel.message_id: parcel for parcel, _result in results}
    fates = {parcel.message_id: result for parcel, result in results}
    at_ms = now_ms()
    with writing(brand_id):
        attempts = dict(Message.objects.filter(pk__in=list(parcels)).values_list("pk", "attempts"))
        steps = {number: _step(result, attempts.get(number, 0), at_ms) for number, result in fates.items()}
        done = change(State.SENDING, steps, lease=lease, at_ms=at_ms)
        for number in done:
            if fates[number].fate is Fate.ADDRESS:
                blocking.refuse(brand_id, channel, parcels[number].address, fates[number].code)
        tell(brand_id, done, at_ms)


def give_back(
    brand_id: int, lease: str, numbers: Sequence[int], *, code: str, due_ms: int, free: bool = False
) -> None:
    """Into the queue again; `free`: the attempt does not count. What has had all attempts has failed."""
    if not numbers:
        return
    with writing(brand_id):
        worn = (
            set()
            if free
            else set(
                Message.objects.filter(pk__in=list(numbers), attempts__gte=MOST_ATTEMPTS).values_list(
                    "pk", flat=True
                )
            )
        )
        again = Step(State.QUEUED, code, columns=_waiting(due_ms))
        over = Step(State.FAILED, "attempts_used", columns=(("counted_ms", 0), ("lease", "")))
        steps = {number: over if number in worn else again for number in numbers}
        done = change(State.SENDING, steps, lease=lease)
        if free and done:
            where, parameter = among("id", list(done))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE messaging_message SET attempts = attempts - 1 WHERE {where}", [parameter]
                )
        tell(brand_id, done, now_ms())


def fail(brand_id: int, lease: str, numbers: Sequence[int], *, code: str) -> None:
    """What was being sent has failed. It still counts towards caps: it may have gone."""
    if not numbers:
        return
    with writing(brand_id):
        at_ms = now_ms()
        step = Step(State.FAILED, code, columns=(("lease", ""),))
        tell(brand_id, change(State.SENDING, dict.fromkeys(numbers, step), lease=lease, at_ms=at_ms), at_ms)


def tell(brand_id: int, done: Mapping[int, Step], at_ms: int, before: State = State.SENDING) -> None:
    """Facts of the log about messages that were sent, delivered later, or failed. In the caller's turn."""
    kinds = {number: kind for number, step in done.items() if (kind := _kind(before, step.state))}
    if not kinds:
        return
    rows = {row.pk: row for row in Message.objects.filter(pk__in=list(kinds))}
    versions = Version.objects.filter(pk__in={row.version_id for row in rows.values()}).select_related(
        "template"
    )
    names = {version.pk: version.template.name for version in versions}
    happenings = []
    for number, kind in sorted(kinds.items()):
        row, step = rows[number], done[number]
        payload = {
            "message": str(number),
            "template": names.get(row.version_id, ""),
            "campaign": row.campaign,
            "channel": row.channel,
            "state": str(step.state),
            "code": step.code,
        }
        kept = {name: value for name, value in payload.items() if value}
        happenings.append(Happening(kind, row.subject_id, at_ms, kept))
    hooks.tell(brand_id, happenings)


def _kind(before: State, after: State) -> str:
    if after is State.FAILED:
        return "message.failed"
    if after is State.DELIVERED and before is State.SENT:
        return "message.delivered"
    return "message.sent" if after in {State.SENT, State.DELIVERED} else ""


def wait_ms(attempts: int) -> int:
    """Until the next attempt: a minute, three times as long each time, six hours at most; a fifth more or
    less, so that what failed together does not come back together."""
    longest: int = min(FIRST_WAIT_MS * 3 ** max(attempts - 1, 0), LONGEST_WAIT_MS)
    return round(longest * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not secrecy


def _waiting(due_ms: int) -> tuple[tuple[str, Any], ...]:
    return (("due_ms", due_ms), ("lease", ""), ("lease_until_ms", 0), ("begun_ms", 0), ("counted_ms", 0))


def _step(result: Result, attempts: int, at_ms: int) -> Step:
    if result.fate is Fate.LATER:
        if attempts >= MOST_ATTEMPTS:
            over = (("counted_ms", 0), ("lease", ""))
            return Step(State.FAILED, "attempts_used", result.detail, over)
        return Step(State.QUEUED, result.code, result.detail, _waiting(at_ms + wait_ms(attempts)))
    columns: list[tuple[str, Any]] = [("lease", ""), ("lease_until_ms", 0)]
    if result.provider_id:
        columns.append(("provider_id", result.provider_id[:160]))
    if result.fate in {Fate.REFUSED, Fate.ADDRESS}:
        columns.append(("counted_ms", 0))
    code = "unknown_outcome" if result.fate is Fate.UNKNOWN else result.code
    return Step(_STATES[result.fate], code, result.detail, tuple(columns))
