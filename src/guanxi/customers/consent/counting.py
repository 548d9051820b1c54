"""How many customers of a brand stand where: a pass over the whole ledger, by a job where it is long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers.consent import texts
from guanxi.customers.consent.contracts import Renewal, Why
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.purposes import PURPOSES, places
from guanxi.customers.consent.queries import READ, Known, add, opened
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.platform import jobs
from guanxi.platform.contracts import JobState
from guanxi.platform.models import Job

JOB: Final = "consent.count"
SHORT: Final = 2_000  # statements that are counted while somebody waits
FRESH_MS: Final = 10 * MINUTE_MS
_OF_BRAND: Final = f"""
    SELECT s.customer_id, {READ}
    FROM customers_consent c JOIN customers_subject s ON s.id = c.subject_id
    JOIN customers_customer p ON p.id = s.customer_id
    WHERE c.brand_id = %s ORDER BY s.customer_id
"""


class Counted(NamedTuple):
    """(purpose, channel) → reason → customers, as of `at_ms`; 0 where the first count is still to come."""

    people: dict[tuple[str, str], dict[str, int]]
    at_ms: int


def counts(brand_id: int) -> Counted:
    """The newest count. A short ledger is counted at once; a long one by a job, at most every ten minutes."""
    newest = Consent.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True)[:SHORT]
    numbers = list(newest)
    if len(numbers) < SHORT:
        return Counted(_counted(brand_id, now_ms()), now_ms())
    last = Job.objects.filter(kind=JOB, brand_id=brand_id, state=JobState.DONE).order_by("-pk").first()
    found = last.result if last else {}
    old = now_ms() - found.get("at_ms", 0) > FRESH_MS
    if old and found.get("newest") != numbers[0] and jobs.rests(JOB, brand_id, {}, FRESH_MS):
        jobs.want(JOB, brand_id)
    people = {(purpose, place): tally for purpose, place, tally in found.get("people", ())}
    return Counted(people, found.get("at_ms", 0))


def run(context: jobs.JobContext) -> Mapping[str, Any]:
    brand_id, now = context.brand_id or 0, now_ms()
    newest = Consent.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True).first()
    people = _counted(brand_id, now, context)
    return {"at_ms": now, "newest": newest, "people": [[*where, tally] for where, tally in people.items()]}


def register() -> None:
    jobs.kinds.register(jobs.JobKind(JOB, run))


def _counted(
    brand_id: int, now: int, context: jobs.JobContext | None = None
) -> dict[tuple[str, str], dict[str, int]]:
    renewals = texts.renewals(brand_id, now)
    wanted = [(one, place) for one in PURPOSES if one.needs_consent for place in places(one)]
    people: dict[tuple[str, str], dict[str, int]] = {(one.name, place): {} for one, place in wanted}
    for done, known in enumerate(_everybody(brand_id)):
        if context is not None and done % 1_000 == 0:
            context.progress(done)
        for purpose, place in wanted:
            verdict = known.verdict(purpose.name, place, renewals.get(purpose.name, Renewal()), now)
            if verdict.why is not Why.NOT_ASKED:
                tally = people[purpose.name, place]
                tally[verdict.why.value] = tally.get(verdict.why.value, 0) + 1
    return people


def _everybody(brand_id: int) -> Iterator[Known]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_BRAND, [brand_id])
        present, known = 0, Known({}, None)
        while rows := cursor.fetchmany(5_000):
            for asked, *row in rows:
                if asked != present and known.words:
                    yield known
                if asked != present:
                    present, known = asked, opened(row)
                add(known, row)
    if known.words:
        yield known
