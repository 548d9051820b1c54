"""The one verb that writes to the ledger: read what is touched, decide (`book`), write it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Final

import orjson
from django.db import IntegrityError, OperationalError

from guanxi.kernel.collecting import without_collecting
from guanxi.kernel.errors import Conflict, Invalid, Limit
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger import loading, rows
from guanxi.loyalty.ledger.contracts import MOST_STEPS, Outcome, Posting, State
from guanxi.loyalty.ledger.sheet import Refusal
from guanxi.platform.bulk import WORTH_COPYING
from guanxi.platform.writing import writing

LARGEST_BATCH: Final = 5_000
LONGEST_KEY: Final = 120
ATTEMPTS: Final = 5
DEADLOCK: Final = "40P01"  # PostgreSQL's code: one holds a stock and waits for a key, another the other way


def post(brand_id: int, postings: Sequence[Posting], *, actor: object) -> list[Outcome]:
    """Post each once, in the order given; what became of each, in the same order.

    A posting that cannot be is refused and the others are posted: for all or nothing, give one posting with
    all the steps. A key that was posted before answers `exists`, or is refused (key_conflict) where something
    else was asked under it. Within the caller's transaction, if there is one.

    Raises Limit for more than 5,000 postings or 200 steps in one, Invalid for a key that is empty or too
    long, and Conflict where others kept changing the same accounts.
    """
    if len(postings) > LARGEST_BATCH:
        raise Limit(say("At most %(most)s postings at once.", most=LARGEST_BATCH), most=LARGEST_BATCH)
    for one in postings:
        _check(one)
    for attempt in range(ATTEMPTS):
        try:
            with without_collecting() if len(postings) >= WORTH_COPYING else nullcontext(), writing():
                return _post(brand_id, postings, actor, locked=attempt > 0)
        except (IntegrityError, OperationalError) as error:
            if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") != DEADLOCK:
                raise
            # Somebody was faster: what they wrote is seen now.
    raise Conflict(
        say("Others keep changing the same accounts."), remedy=say("Try again: nothing was posted.")
    )


def _post(brand_id: int, postings: Sequence[Posting], actor: object, *, locked: bool) -> list[Outcome]:
    digests = [digest_of(one) for one in postings]
    loaded = loading.load(brand_id, postings, locked=locked)
    known = loaded.keys
    outcomes: dict[int, Outcome] = {}
    made: dict[int, tuple[int, ...]] = {}
    first: dict[str, int] = {}
    for number, one in enumerate(postings):
        if one.key in known:
            continue
        if (before := first.get(one.key)) is not None:
            if digests[before] != digests[number]:
                outcomes[number] = _conflict(one)
            continue  # the same once more: as it became of the first
        try:
            made[number] = loaded.book.apply(number, one.steps)
            first[one.key] = number
        except Refusal as refusal:
            outcomes[number] = Outcome(State.REFUSED, code=refusal.code, message=refusal.message)
    asked = {number: (postings[number], digests[number]) for number in made}
    written = rows.write(brand_id, asked, loaded, actor)
    for number, moves in made.items():
        ids = tuple([written.moves[move] for move in moves])
        outcomes[number] = Outcome(State.POSTED, written.postings[number], ids)
    earlier = rows.moves_of([known[one.key].posting_id for one in postings if one.key in known])
    for number, one in enumerate(postings):
        if number in outcomes:
            continue
        if one.key in first:
            outcomes[number] = outcomes[first[one.key]]._replace(state=State.EXISTS)
        elif known[one.key].digest != digests[number]:
            outcomes[number] = _conflict(one)
        else:
            posting_id = known[one.key].posting_id
            outcomes[number] = Outcome(State.EXISTS, posting_id, tuple(earlier[posting_id]))
    return [outcomes[number] for number in range(len(postings))]


def digest_of(posting: Posting) -> str:
    """Of all that is asked: the same key may come again with the same alone."""
    asked = [[type(step).__name__, *step] for step in posting.steps]
    told = _written(posting, [posting.reason, posting.fact_id, posting.rule, asked])
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def _written(posting: Posting, what: object) -> bytes:
    try:
        told = orjson.dumps(what, default=list)
    except TypeError as error:
        raise Invalid(say("A posting holds texts and whole numbers of 64 bits."), key=posting.key) from error
    if b"\\u0000" in told:  # PostgreSQL has no such character
        raise Invalid(say("A posting holds texts and whole numbers of 64 bits."))
    return told


def _conflict(posting: Posting) -> Outcome:
    message = say("The key '%(key)s' was used for another posting.", key=posting.key)
    return Outcome(State.REFUSED, code="key_conflict", message=message)


def _check(posting: Posting) -> None:
    if not 0 < len(posting.key) <= LONGEST_KEY:
        raise Invalid(say("A key has 1 to %(most)s characters.", most=LONGEST_KEY))
    _written(posting, posting.key)
    if not posting.steps:
        raise Invalid(say("A posting without steps moves nothing."), key=posting.key)
    if len(posting.steps) > MOST_STEPS:
        raise Limit(say("At most %(most)s steps in one posting.", most=MOST_STEPS), most=MOST_STEPS)
