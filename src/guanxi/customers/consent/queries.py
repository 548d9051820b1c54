"""What customers allow, and by which statement. Batch first: the same few queries for any number."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from django.db import connection

from guanxi.customers.consent import texts
from guanxi.customers.consent.contracts import By, Proof, Renewal, Said, Verdict, Word
from guanxi.customers.consent.models import Consent
from guanxi.customers.consent.purposes import PURPOSES, Purpose, places
from guanxi.customers.consent.rules import NOT_ASKED, NOT_NEEDED, decide, grown_ms
from guanxi.customers.consent.texts import find_purpose
from guanxi.kernel.clock import now_ms
from guanxi.kernel.errors import NotFound
from guanxi.kernel.wording import say
from guanxi.platform.bulk import each

READ: Final = (
    "c.id, c.subject_id, c.said, c.occurred_ms, c.proof, c.spoken_by, c.text_version, c.speaks_for, "
    "c.purpose, c.channel, p.birthday, p.birthday_calendar"
)
# CROSS JOIN keeps SQLite's planner from going through the whole ledger; a birthday belongs to the customer.
_OF_CUSTOMERS: Final = f"""
    SELECT v.value, {READ}
    FROM {{ids}} CROSS JOIN customers_subject me CROSS JOIN customers_subject s
    CROSS JOIN customers_consent c LEFT JOIN customers_customer p ON p.id = me.customer_id
    WHERE me.id = v.value AND me.brand_id + 0 = %s AND s.customer_id = me.customer_id
      AND c.subject_id = s.id AND c.brand_id + 0 = %s
"""


_SAIDS: Final = {word.value: word for word in Said}
_PROOFS: Final = {word.value: word for word in Proof}
_BYS: Final = {word.value: word for word in By}


class Known(NamedTuple):
    """What the ledger says of one customer: words by (purpose, channel)."""

    words: dict[tuple[str, str], list[Word]]
    grown_ms: int | None

    def verdict(self, purpose: str, channel: str, renewal: Renewal, at_ms: int) -> Verdict:
        words = self.words.get((purpose, channel), [])
        if channel and (of_all := self.words.get((purpose, ""))):
            words = words + of_all
        if not words:
            return NOT_ASKED
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
    known = known_of(brand_id, customer_ids, purpose)
    return {
        customer: known[customer].verdict(purpose, channel, renewal, moment)
        if customer in known
        else NOT_ASKED
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
    known = known_of(brand_id, [customer_id]).get(customer_id, Known({}, None))
    return [
        Standing(
            purpose,
            channel,
            known.verdict(purpose.name, channel, renewals.get(purpose.name, Renewal()), moment)
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


def known_of(brand_id: int, customer_ids: Collection[int], purpose: str = "") -> dict[int, Known]:
    """customer → what was said, of those who said something; to one purpose, or to all. One query."""
    ids, parameter = each(sorted({one for one in customer_ids if 0 < one < 1 << 63}))
    statement, parameters = _OF_CUSTOMERS.format(ids=ids), [parameter, brand_id, brand_id]
    if purpose:
        statement, parameters = f"{statement} AND c.purpose = %s", [*parameters, purpose]
    found: dict[int, Known] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        for asked, *row in cursor.fetchall():
            if asked not in found:
                found[asked] = opened(row)
            add(found[asked], row)
    return found


def opened(row: list[Any]) -> Known:
    return Known({}, grown_ms(row[-2], row[-1]) if row[-2] else None)


def add(known: Known, row: list[Any]) -> None:
    number, subject, said, at_ms, proof, by, version, speaks_for, purpose, channel = row[:10]
    family = frozenset(map(int, speaks_for.strip(",").split(","))) if speaks_for.strip(",") else frozenset()
    word = Word(number, subject, _SAIDS[said], at_ms, _PROOFS[proof], _BYS[by], version, family)
    known.words.setdefault((purpose, channel), []).append(word)


def _known_channel(purpose: Purpose, channel: str) -> None:
    if channel in places(purpose):
        return
    raise NotFound(
        say("'%(purpose)s' has no channel '%(channel)s'.", purpose=purpose.name, channel=channel[:40]),
        remedy=say("Channels here: %(names)s.", names=", ".join(filter(None, places(purpose))) or "–"),
    )
