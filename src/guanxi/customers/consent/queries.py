"""What customers allow, and by which statement. Batch first: the same few queries for any number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from django.core.cache import cache
from django.db import connection

from guanxi.customers.consent import texts
from guanxi.customers.consent.contracts import By, Proof, Renewal, Said, Verdict, Why, Word
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.purposes import PURPOSES, Purpose, places
from guanxi.customers.consent.rules import NOT_ASKED, NOT_NEEDED, decide, grown_ms
from guanxi.customers.consent.texts import find_purpose
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.platform.bulk import each

COUNTED_FOR_SECONDS: Final = 600
_READ: Final = (
    "c.id, c.subject_id, c.said, c.occurred_ms, c.proof, c.spoken_by, c.text_version, c.speaks_for, "
    "c.purpose, c.channel, p.birthday, p.birthday_calendar"
)
# CROSS JOIN keeps SQLite's planner from going through the whole ledger; a birthday belongs to the customer.
_OF_CUSTOMERS: Final = f"""
    SELECT v.value, {_READ}
    FROM {{ids}} CROSS JOIN customers_subject me CROSS JOIN customers_subject s
    CROSS JOIN customers_consent c LEFT JOIN customers_customer p ON p.id = me.customer_id
    WHERE me.id = v.value AND me.brand_id + 0 = %s AND s.customer_id = me.customer_id
      AND c.subject_id = s.id AND c.brand_id + 0 = %s
"""
_OF_BRAND: Final = f"""
    SELECT s.customer_id, {_READ}
    FROM customers_consent c JOIN customers_subject s ON s.id = c.subject_id
    JOIN customers_customer p ON p.id = s.customer_id
    WHERE c.brand_id = %s ORDER BY s.customer_id
"""


class _Known(NamedTuple):
    """What the ledger says of one customer. `words` by (purpose, channel)."""

    words: dict[tuple[str, str], list[Word]]
    grown_ms: int | None

    def verdict(self, purpose: Purpose, channel: str, renewal: Renewal, at_ms: int) -> Verdict:
        words = list(self.words.get((purpose.name, channel), ()))
        if channel:
            words += self.words.get((purpose.name, ""), ())
        subjects = {word.subject_id for word in words}
        return decide(words, subjects=subjects, at_ms=at_ms, renewal=renewal, grown_ms=self.grown_ms)


def verdicts(
    brand_id: int, customer_ids: Collection[int], purpose: str, channel: str = "", at_ms: int | None = None
) -> dict[int, Verdict]:
    """customer → whether this may be done with their data at a moment (now), why, and by which statement.

    Ids of customers that were merged away are answered by the customer they became. Whoever is not of the
    brand said nothing. Two queries. Raises NotFound for a purpose or channel that there is not.
    """
    found = find_purpose(purpose)
    _known_channel(found, channel)
    if not found.needs_consent:
        return dict.fromkeys(customer_ids, NOT_NEEDED)
    moment = now_ms() if at_ms is None else at_ms
    renewal = texts.renewal(brand_id, purpose, moment)
    known = _known(brand_id, customer_ids, purpose)
    return {
        customer: known[customer].verdict(found, channel, renewal, moment) if customer in known else NOT_ASKED
        for customer in customer_ids
    }


def allowed(
    brand_id: int, customer_ids: Collection[int], purpose: str, channel: str = "", at_ms: int | None = None
) -> set[int]:
    """Those of some customers with whose data this may be done."""
    found = verdicts(brand_id, customer_ids, purpose, channel, at_ms)
    return {customer for customer, verdict in found.items() if verdict.allowed}


def may_ask(
    brand_id: int, customer_ids: Collection[int], purpose: str, channel: str = "", at_ms: int | None = None
) -> set[int]:
    """Those who may be asked for consent: never who refused or withdrew, until they change it themselves
    (网络数据安全管理条例: no repeated prompts), nor who has agreed already."""
    found = verdicts(brand_id, customer_ids, purpose, channel, at_ms)
    return {customer for customer, verdict in found.items() if verdict.may_ask}


class Standing(NamedTuple):
    """What holds for a customer on one purpose and channel ("" where it has none)."""

    purpose: Purpose
    channel: str
    verdict: Verdict


def standings(brand_id: int, customer_id: int, at_ms: int | None = None) -> list[Standing]:
    """All purposes and channels of one customer."""
    moment = now_ms() if at_ms is None else at_ms
    renewals = texts.renewals(brand_id, moment)
    known = _known(brand_id, [customer_id]).get(customer_id, _Known({}, None))
    return [
        Standing(
            purpose,
            channel,
            known.verdict(purpose, channel, renewals.get(purpose.name, Renewal()), moment)
            if purpose.needs_consent
            else NOT_NEEDED,
        )
        for purpose in PURPOSES
        for channel in places(purpose)
    ]


def history(brand_id: int, subject_ids: Collection[int], limit: int = 500) -> list[Consent]:
    """The statements of a customer's subjects, the newest first."""
    rows = Consent.objects.filter(brand_id=brand_id, subject_id__in=list(subject_ids))
    return list(rows.order_by("-occurred_ms", "-pk")[:limit])


class Counted(NamedTuple):
    """How many customers stand where: (purpose, channel) → reason → number; as of `at_ms`."""

    people: dict[tuple[str, str], dict[str, int]]
    at_ms: int


def counts(brand_id: int) -> Counted:
    """One pass over the ledger, kept for ten minutes or a minute once the ledger grew."""
    newest = Consent.objects.filter(brand_id=brand_id).order_by("-pk").values_list("pk", flat=True).first()
    name, now = f"guanxi-consent-{brand_id}", now_ms()
    kept: tuple[int | None, Counted] | None = cache.get(name)
    if kept and (kept[0] == newest or now - kept[1].at_ms < MINUTE_MS):
        return kept[1]
    counted = Counted(_counted(brand_id, now), now)
    cache.set(name, (newest, counted), COUNTED_FOR_SECONDS)
    return counted


def _counted(brand_id: int, now: int) -> dict[tuple[str, str], dict[str, int]]:
    renewals = texts.renewals(brand_id, now)
    wanted = [(one, place) for one in PURPOSES if one.needs_consent for place in places(one)]
    people: dict[tuple[str, str], dict[str, int]] = {(one.name, place): {} for one, place in wanted}
    for known in _everybody(brand_id):
        for purpose, place in wanted:
            verdict = known.verdict(purpose, place, renewals.get(purpose.name, Renewal()), now)
            if verdict.why is not Why.NOT_ASKED:
                tally = people[purpose.name, place]
                tally[verdict.why] = tally.get(verdict.why, 0) + 1
    return people


def _everybody(brand_id: int) -> Iterator[_Known]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_BRAND, [brand_id])
        present, known = 0, _Known({}, None)
        while rows := cursor.fetchmany(5_000):
            for asked, *row in rows:
                if asked != present and known.words:
                    yield known
                if asked != present:
                    present, known = asked, _opened(row)
                _add(known, row)
    if known.words:
        yield known


def _known(brand_id: int, customer_ids: Collection[int], purpose: str = "") -> dict[int, _Known]:
    ids, parameter = each(sorted({one for one in customer_ids if 0 < one < 1 << 63}))
    statement, parameters = _OF_CUSTOMERS.format(ids=ids), [parameter, brand_id, brand_id]
    if purpose:
        statement, parameters = f"{statement} AND c.purpose = %s", [*parameters, purpose]
    found: dict[int, _Known] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for asked, *row in cursor.fetchall():
            _add(found.setdefault(asked, _opened(row)), row)
    return found


def _opened(row: list[object]) -> _Known:
    birthday, calendar = str(row[-2] or ""), str(row[-1] or "")
    return _Known({}, grown_ms(birthday, calendar) if birthday else None)


def _add(known: _Known, row: list[object]) -> None:
    number, subject, said, at_ms, proof, by, version, speaks_for, purpose, channel = row[:10]
    word = Word(
        int(str(number)),
        int(str(subject)),
        Said(str(said)),
        int(str(at_ms)),
        Proof(str(proof)),
        By(str(by)),
        int(str(version)),
        frozenset(map(int, filter(None, str(speaks_for).split(",")))),
    )
    known.words.setdefault((str(purpose), str(channel)), []).append(word)


def _known_channel(purpose: Purpose, channel: str) -> None:
    if channel in places(purpose):
        return
    raise NotFound(
        say("'%(purpose)s' has no channel '%(channel)s'.", purpose=purpose.name, channel=channel[:40]),
        remedy=say("Channels here: %(names)s.", names=", ".join(filter(None, places(purpose))) or "–"),
    )
