"""What may enter the log: checks of facts, and their payloads made free of personal data. Pure.

It runs in the process that reads a file, so that the process that writes has less to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from guanxi.customers.contracts import Identity, Person, Proven, Sighting
from guanxi.customers.identifiers import normalise
from guanxi.kernel.clock import DAY_MS
from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.contracts import Fact, Rejection
from guanxi.touchpoints.currency import RateTable
from guanxi.touchpoints.kinds import (
    ITEM_FIELDS,
    KINDS,
    MAX_PAYLOAD_BYTES,
    FieldType,
    Kind,
    Moves,
)
from guanxi.touchpoints.payloads import Refused, check_fields, is_int64, masked, short

EARLIEST_MS = 631_152_000_000  # 1990-01-01T00:00:00Z
STATEMENTS = frozenset({"profile.updated"})  # say what is known of somebody, not that anything was used then
LARGEST_AMOUNT = (
    10**15
)  # ten trillion yuan: far above any order, and ten thousand of them still sum in 64 bits
LONGEST_REF = 80
_new = tuple.__new__  # half the time of calling a NamedTuple, and there are millions
_CHANNEL = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,19}")
# Beginning with the digit, since that is looked for faster than whatever may not stand before it.
_PHONE_LIKE_BYTES = re.compile(rb"1(?<![\d.]1)[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?![\d.])")


class Entry(NamedTuple):
    """A fact that passed, as it will be written. `payload` is JSON text or ""; `position` is the fact's
    place in the batch. `cumulative_fen` is set for refunds known by their sum so far."""

    position: int
    source_ref: str
    kind: str
    channel: str
    amount_fen: int | None
    quantity: int | None
    payload: str
    cumulative_fen: int | None
    sighting: Sighting


@dataclass(frozen=True, slots=True)
class Terms:
    """What a batch is checked against: nothing later than `horizon_ms`, one currency, its rates by day of
    the brand's zone."""

    horizon_ms: int
    rates: RateTable
    zone: str = "Asia/Shanghai"

    @classmethod
    def at(cls, now_ms: int, rates: RateTable, zone: str = "Asia/Shanghai") -> Terms:
        """Facts may lie a day ahead: clocks of shops differ."""
        return cls(now_ms + DAY_MS, rates, zone)


def prepare(
    facts: Iterable[Fact], terms: Terms, places: Sequence[int] | None = None
) -> tuple[list[Entry], list[Rejection]]:
    """Each fact is an entry or a rejection. Rejections count positions from 0; so do entries, unless they are
    to remember other `places`, such as the lines of a file."""
    entries: list[Entry] = []
    rejections: list[Rejection] = []
    for position, fact in enumerate(facts):
        try:
            entries.append(checked(places[position] if places else position, fact, terms))
        except Refused as refused:
            rejections.append(Rejection(position, refused.code, refused.message))
    return entries, rejections


def checked(position: int, fact: Fact, terms: Terms) -> Entry:
    """The entry for one fact. Raises Refused."""
    kind = KINDS.get(fact.kind)
    if kind is None:
        raise Refused(
            "kind_unknown", say("No kind of touchpoint is called '%(kind)s'.", kind=short(fact.kind))
        )
    reference = _reference(fact.source_ref)
    occurred_ms = fact.occurred_ms
    if type(occurred_ms) is not int or not EARLIEST_MS <= occurred_ms <= terms.horizon_ms:
        raise Refused("time_out_of_range", _out_of_range(occurred_ms))
    if fact.channel and not _CHANNEL.fullmatch(fact.channel):
        raise Refused(
            "channel_bad",
            say("'%(text)s' is not a channel such as tmall or store.", text=short(fact.channel)),
        )
    if fact.quantity is not None and not is_int64(fact.quantity):
        raise Refused(
            "quantity_bad", say("'%(text)s' is not a whole number of 64 bits.", text=short(fact.quantity))
        )
    amount_fen = _amount(kind, fact.amount_fen)
    identities = _identities(fact.identities)
    person = fact.person
    payload = ""
    cumulative_fen: int | None = None
    if fact.payload or kind.required:
        fields: dict[str, Any] = dict(fact.payload or {})
        check_fields(kind, fields)
        if not _PERSONAL.isdisjoint(fields):
            identities, person = _move_personal(fields, identities, person)
        _check_cumulative(reference, fields)
        if "currency" in fields:
            amount_fen = _convert(fields, amount_fen, occurred_ms, terms)
        cumulative_fen = fields.get("cumulative_fen")
        payload = _dump(kind, fields)
    sighting = _new(Sighting, (identities, person, occurred_ms, fact.kind not in STATEMENTS))
    return _new(
        Entry,
        (
            position,
            reference,
            fact.kind,
            fact.channel,
            amount_fen,
            fact.quantity,
            payload,
            cumulative_fen,
            sighting,
        ),
    )


_PERSONAL = frozenset(("phone", "email", "name", "address"))


def _check_cumulative(reference: str, fields: Mapping[str, Any]) -> None:
    """What was refunded so far is found again by the references that differ in the sum alone."""
    cumulative = fields.get("cumulative_fen")
    if cumulative is None:
        return
    stem = reference.removesuffix(str(cumulative))
    if stem == reference or not stem or stem[-1].isdigit():
        raise Refused(
            "reference_bad", say("The source_ref of a cumulative refund must end with ':' and the sum.")
        )
    if cumulative <= 0:
        raise Refused("amount_bad", say("cumulative_fen must be above 0."))


def _reference(raw: object) -> str:
    if not isinstance(raw, str) or not (reference := raw.strip()):
        raise Refused("reference_missing", say("A fact needs a source_ref that is unique within its source."))
    if len(reference) > LONGEST_REF:
        raise Refused(
            "reference_too_long", say("source_ref is longer than %(most)s characters.", most=LONGEST_REF)
        )
    if not reference.isprintable() and any(c < " " or "\ud800" <= c <= "\udfff" for c in reference):
        raise Refused("reference_bad", say("source_ref holds control characters."))
    return reference


def _out_of_range(occurred_ms: object) -> Wording:
    if type(occurred_ms) is not int:
        return say("occurred_ms must be UTC milliseconds as a whole number.")
    try:
        moment = datetime.fromtimestamp(occurred_ms / 1000, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        moment = str(occurred_ms)[:40]
    return say("%(moment)s lies before 1990 or more than a day ahead.", moment=moment)


def _amount(kind: Kind, amount_fen: object) -> int | None:
    if amount_fen is None:
        if kind.needs_amount:
            raise Refused("amount_missing", say("%(kind)s needs an amount.", kind=kind.name))
        return None
    if type(amount_fen) is not int or not -LARGEST_AMOUNT <= amount_fen <= LARGEST_AMOUNT:
        raise Refused("amount_bad", say("amount_fen must be whole minor units, at most 10^15."))
    if amount_fen < 0 and kind.name.startswith("order."):
        raise Refused("amount_negative", say("The amount of %(kind)s is never negative.", kind=kind.name))
    return amount_fen


def _identities(identities: tuple[Identity, ...]) -> tuple[Identity, ...]:
    """The same, once each and proven normal. Raises Refused where one cannot identify anybody."""
    if all(type(one) is Proven or _normal(one) == one.value for one in identities):
        return identities
    return tuple(dict.fromkeys(Identity(one.scheme, _normal(one)) for one in identities))


def _normal(identity: Identity) -> str:
    scheme, value = identity
    try:
        normal = normalise(scheme, value)
    except ValueError:
        raise Refused(
            "scheme_unknown", say("'%(scheme)s' is not a scheme of identities.", scheme=short(scheme))
        ) from None
    if normal is None:
        raise Refused(
            "identity_bad",
            say("The %(scheme)s is empty, masked or not one that identifies a person.", scheme=scheme),
        )
    return normal


def _move_personal(
    fields: dict[str, Any], identities: tuple[Identity, ...], person: Person | None
) -> tuple[tuple[Identity, ...], Person | None]:
    """Personal fields leave the payload: ids join the identities, the rest the person, unless known there."""
    phone, email = fields.pop(Moves.PHONE, None), fields.pop(Moves.EMAIL, None)
    name, address = fields.pop(Moves.NAME, None), fields.pop(Moves.ADDRESS, None)
    schemes = {scheme for scheme, _ in identities}
    for scheme, raw in (("phone", phone), ("email", email)):
        if raw and scheme not in schemes and (value := normalise(scheme, raw)):
            identities = (*identities, Identity(scheme, value))
    if name or address:
        person = person or Person()
        person = person._replace(name=person.name or name, address=person.address or address)
    return identities, person


def _convert(fields: dict[str, Any], amount: int | None, occurred_ms: int, terms: Terms) -> int | None:
    """The amount in the brand's currency; the payload keeps the original and the rate. Raises Refused where
    no rate is known for that day: money of two currencies is never added up."""
    currency = str(fields.pop("currency")).strip().upper()
    if currency in ("", terms.rates.own):
        return amount
    day = datetime.fromtimestamp(occurred_ms / 1000, ZoneInfo(terms.zone)).date().isoformat()
    rate = terms.rates.rate_on(currency, day)
    if rate is None:
        raise Refused(
            "currency_unknown",
            say(
                "No rate from %(currency)s to %(own)s is known for %(day)s; "
                "add one with: guanxi rates add %(currency)s %(day)s RATE",
                currency=short(currency),
                own=terms.rates.own,
                day=day,
            ),
        )

    def converted(minor: int) -> int:
        result = terms.rates.convert(minor, currency, rate)
        if not -LARGEST_AMOUNT <= result <= LARGEST_AMOUNT:
            raise Refused("amount_bad", say("The converted amount is larger than 10^15."))
        return result

    for name in [name for name in fields if name.endswith("_fen")]:
        fields[name] = converted(fields[name])
    if "items" in fields:
        fields["items"] = [
            {name: converted(part) if name.endswith("_fen") else part for name, part in item.items()}
            for item in fields["items"]
        ]
    fields.update(original_currency=currency, rate=str(rate))
    if amount is None:
        return None
    fields["original_amount"] = amount
    return converted(amount)


def _dump(kind: Kind, fields: dict[str, Any]) -> str:
    if not fields:
        return ""
    try:
        data = orjson.dumps(fields)
    except TypeError as error:
        raise Refused("payload_bad", say("The payload is not JSON: %(error)s.", error=error)) from None
    if b"@" in data or _PHONE_LIKE_BYTES.search(data):
        _mask_words(kind, fields)
        data = orjson.dumps(fields)
    if len(data) > MAX_PAYLOAD_BYTES:
        raise Refused(
            "payload_too_large",
            say("The payload is larger than %(most)s KiB.", most=MAX_PAYLOAD_BYTES // 1024),
        )
    return data.decode()


def _mask_words(kind: Kind, fields: dict[str, Any]) -> None:
    """Hide phones and e-mails that people wrote into free text."""
    for name, value in fields.items():
        field = kind.by_name[name]
        if field.type is FieldType.WORDS:
            fields[name] = masked(value)
        elif field.type is FieldType.TEXTS:
            fields[name] = [masked(text) for text in value]
        elif field.type is FieldType.ITEMS:
            fields[name] = [
                {
                    part: masked(text) if ITEM_FIELDS[part].type is FieldType.WORDS else text
                    for part, text in item.items()
                }
                for item in value
            ]
