"""The verb that writes into the outbox: check, render once, insert, each message once under its key."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from typing import Final, NamedTuple

import orjson
from django.db import IntegrityError, connection
from django.db.models import Q

from guanxi.customers.lookup import customer_ids_of
from guanxi.kernel.clock import now_ms
from guanxi.kernel.collecting import without_collecting
from guanxi.kernel.errors import Conflict, Limit
from guanxi.kernel.wording import Wording, say
from guanxi.messaging import templating, wordings
from guanxi.messaging.channels import CHANNELS
from guanxi.messaging.contracts import LANGUAGES, LONGEST_KEY, Became, Message, Outcome
from guanxi.messaging.models import Version
from guanxi.messaging.variables import LATEST_MS, Place, Refused, check_all
from guanxi.messaging.wordings import Pattern
from guanxi.platform.bulk import WORTH_COPYING, by_texts, insert_rows, numbers
from guanxi.platform.writing import writing

LARGEST_BATCH: Final = 5_000
ATTEMPTS: Final = 3
TABLE: Final = "messaging_message"
_COLUMNS: Final = {  # the others have the database's defaults
    "id": "bigint",
    "brand_id": "bigint",
    "key": "text",
    "digest": "text",
    "subject_id": "bigint",
    "channel": "text",
    "version_id": "bigint",
    "language": "text",
    "variables": "text",
    "purpose": "text",
    "priority": "smallint",
    "campaign": "text",
    "not_before_ms": "bigint",
    "expires_ms": "bigint",
    "due_ms": "bigint",
    "queued_ms": "bigint",
    "changed_ms": "bigint",
}


class Chosen(NamedTuple):
    """The version a message is of, ready to be rendered."""

    version_id: int
    purpose: str
    priority: int
    pattern: Pattern


Choice = tuple[str, str, int]  # channel, template, version


class _Prepared(NamedTuple):
    chosen: Chosen
    variables: str
    digest: str


def queue(brand_id: int, messages: Sequence[Message], *, actor: object = "") -> list[Outcome]:
    """Write messages into the outbox, in the caller's transaction if there is one; what became of each, in
    the same order. They are sent once that has committed. `actor` is who wants them, for whoever logs.

    What cannot be sent is refused and the rest is queued: for all or nothing, raise in a transaction around
    it. A key that was used answers `exists`, or is refused (key_conflict) where something else was asked.
    Raises Limit for more than 5,000 at once, NotFound for an unknown brand, Conflict where others keep
    writing the same keys.
    """
    if len(messages) > LARGEST_BATCH:
        raise Limit(say("At most %(most)s messages at once.", most=LARGEST_BATCH), most=LARGEST_BATCH)
    with without_collecting() if len(messages) >= WORTH_COPYING else nullcontext():
        return _queue(brand_id, messages)


def _queue(brand_id: int, messages: Sequence[Message]) -> list[Outcome]:
    place, _name = templating.place_of(brand_id)
    choices = _choices(brand_id, {(one.channel, one.template, one.version) for one in messages})
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, _Prepared] = {}
    for at, one in enumerate(messages):
        try:
            prepared[at] = _prepare(one, choices, place)
        except Refused as refused:
            outcomes[at] = _refusal(refused.code, refused.text)
    _without_strangers(brand_id, messages, prepared, outcomes)
    for _attempt in range(ATTEMPTS):
        try:
            with writing():
                return _write(brand_id, messages, prepared, dict(outcomes))
        except IntegrityError:
            continue  # somebody was faster: what they wrote is seen now
    raise Conflict(
        say("Others keep queuing the same messages."), remedy=say("Try again: nothing was queued.")
    )


def _choices(brand_id: int, wanted: Collection[Choice]) -> dict[Choice, Chosen]:
    """The versions that are meant, as far as there are."""
    if not wanted:
        return {}
    meant = Q()
    for channel, name in {(channel, name) for channel, name, _version in wanted}:
        meant |= Q(template__channel=channel, template__name=name)
    rows = Version.objects.filter(meant, template__brand_id=brand_id, template__archived=False)
    found: dict[Choice, Chosen] = {}
    for version in rows.select_related("template"):
        template = version.template
        for number in {version.number, 0 if version.number == template.newest else version.number}:
            if (choice := (template.channel, template.name, number)) in wanted:
                pattern = templating.pattern_of(version)
                found[choice] = Chosen(version.pk, version.purpose, version.priority, pattern)
    return found


def _prepare(one: Message, choices: Mapping[Choice, Chosen], place: Place) -> _Prepared:
    """Raises Refused."""
    if not 0 < len(one.key) <= LONGEST_KEY or not one.key.isprintable():
        raise Refused("key_bad", say("A key has 1 to %(most)s characters.", most=LONGEST_KEY))
    if not -(1 << 63) <= one.subject_id < 1 << 63:
        raise Refused("subject_unknown", say("There is no such customer."))
    chosen = choices.get((one.channel, one.template, one.version))
    if chosen is None:
        raise _no_template(one)
    if one.language and one.language not in LANGUAGES:
        raise Refused("language_unknown", say("A language is one of: %(all)s.", all=", ".join(LANGUAGES)))
    if not 0 <= one.not_before_ms < LATEST_MS or (
        one.expires_ms is not None and not one.not_before_ms < one.expires_ms < LATEST_MS
    ):
        raise Refused("times_bad", say("A message is sent from a moment until a later one, in milliseconds."))
    if len(one.campaign) > 60:
        raise Refused("campaign_bad", say("A campaign's code has at most 60 characters."))
    check_all(chosen.pattern.checks, one.variables)
    language = wordings.language_of(chosen.pattern, one.language)
    wordings.render(chosen.pattern, language, one.variables, place, wordings.STAND_INS)
    variables = orjson.dumps(one.variables, default=dict).decode() if one.variables else ""
    return _Prepared(chosen, variables, _digest(one, variables))


def _no_template(one: Message) -> Refused:
    if one.channel not in CHANNELS:
        return Refused(
            "channel_unknown", say("A channel is one of: %(names)s.", names=", ".join(CHANNELS.names()))
        )
    return Refused("template_unknown", templating.no_such(one.channel, one.template))


def _digest(one: Message, variables: str) -> str:
    """Of all that was asked: the same key may come again with the same alone. The version that is newest
    may change between two attempts, so it is not part of it."""
    told = (
        f"{one.subject_id}\0{one.channel}\0{one.template}\0{one.version}\0{one.language}\0{one.not_before_ms}"
        f"\0{one.expires_ms}\0{one.campaign}\0{variables}"
    )
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _without_strangers(
    brand_id: int, messages: Sequence[Message], prepared: dict[int, _Prepared], outcomes: dict[int, Outcome]
) -> None:
    ours = customer_ids_of(brand_id, {messages[at].subject_id for at in prepared})
    for at in [at for at in prepared if messages[at].subject_id not in ours]:
        del prepared[at]
        outcomes[at] = _refusal("subject_unknown", say("There is no such customer."))


def _write(
    brand_id: int,
    messages: Sequence[Message],
    prepared: Mapping[int, _Prepared],
    outcomes: dict[int, Outcome],
) -> list[Outcome]:
    known = _known(brand_id, [messages[at].key for at in prepared])
    fresh: list[int] = []
    for at, ready in prepared.items():
        key = messages[at].key
        if key not in known:
            known[key] = (0, ready.digest)
            fresh.append(at)
    ids = dict(zip(fresh, numbers(TABLE, len(fresh)), strict=True)) if fresh else {}
    by_key = {messages[at].key: number for at, number in ids.items()}
    now = now_ms()
    rows = [_row(brand_id, ids[at], messages[at], prepared[at], now) for at in fresh]
    insert_rows(TABLE, _COLUMNS, rows)
    for at, ready in prepared.items():
        number, digest = known[messages[at].key]
        if at in ids:
            outcomes[at] = Outcome(Became.QUEUED, ids[at])
        elif digest == ready.digest:
            outcomes[at] = Outcome(Became.EXISTS, number or by_key[messages[at].key])
        else:
            text = say("The key '%(key)s' was used for another message.", key=messages[at].key)
            outcomes[at] = _refusal("key_conflict", text)
    return [outcomes[at] for at in range(len(messages))]


def _known(brand_id: int, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(*by_texts(TABLE, "key, id, digest", brand_id, keys))
        return {key: (number, digest) for key, number, digest in cursor.fetchall()}


def _row(brand_id: int, number: int, one: Message, ready: _Prepared, now: int) -> tuple[object, ...]:
    chosen = ready.chosen
    return (
        number,
        brand_id,
        one.key,
        ready.digest,
        one.subject_id,
        one.channel,
        chosen.version_id,
        one.language,
        ready.variables,
        chosen.purpose,
        chosen.priority,
        one.campaign,
        one.not_before_ms,
        one.expires_ms,
        max(one.not_before_ms, now),
        now,
        now,
    )


def _refusal(code: str, text: Wording) -> Outcome:
    return Outcome(Became.REFUSED, code=code, text=text)
