"""POST /api/v1/ledger/postings: steps that happen together or not at all, once under a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from ninja import Router

from guanxi.customers.lookup import roots_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.loyalty.ledger.contracts import (
    MOST_STEPS,
    Account,
    ClawBack,
    GiveBack,
    Kind,
    Move,
    Outcome,
    Place,
    Posting,
    Resolve,
    State,
    Step,
)
from guanxi.loyalty.ledger.posting import LONGEST_KEY, post
from guanxi.platform.apikeys import Scope
from guanxi.platform.language import spoken
from guanxi.rest import ledger_examples as examples
from guanxi.rest.access import Key, as_key_request
from guanxi.rest.bodies import fields_of, read_json, text_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem
from guanxi.rest.shown import as_json
from guanxi.touchpoints import queries as log

PREFIX: Final = "api:"  # so that no program takes a key that the rooms themselves use
MOST_GRACE_DAYS: Final = 3_650
LAST_MS: Final = 253_402_214_400_000  # the year 9999
_BODY: Final = frozenset(("key", "reason", "occurred_at", "rule", "touchpoint", "steps"))
_GIVES: Final = frozenset(("do", "asset", "customer", "units", "place", "name", "expires_at", "until"))
_TAKES: Final = _GIVES - {"expires_at"}
_FIELDS: Final[Mapping[str, tuple[frozenset[str], tuple[str, ...]]]] = {
    "give": (_GIVES, ("asset", "customer", "units")),
    "take": (_TAKES - {"until"}, ("asset", "customer", "units")),
    "hold": (_TAKES, ("asset", "customer", "units", "until")),
    "post": (frozenset(("do", "move", "units")), ("move",)),
    "void": (frozenset(("do", "move")), ("move",)),
    "take_back": (frozenset(("do", "move", "units")), ("move", "units")),
    "give_back": (frozenset(("do", "move", "units", "grace_days")), ("move", "units")),
}
_FROM: Final = (Place.ISSUED, Place.BUDGET, Place.STOCK)
_TO: Final = (Place.SPENT, Place.ISSUED, Place.EXPIRED)
_STATUS: Final = {"unknown": 404, "units": 422, "accounts": 422, "not_earned": 422, "not_spent": 422}
_REMEDIES: Final = {
    "insufficient": "Read the customer's balances, and take at most what is there.",
    "full": "Fill less, or raise the limit.",
    "unknown": "Name a move of a posting of this brand.",
    "already_resolved": "Read the posting: it says what became of the move.",
    "too_late": "Announce it again.",
    "beyond_origin": "Read the posting: it says what was taken or given back already.",
    "key_conflict": "Send a new Idempotency-Key, or the same posting as the first time.",
    "not_earned": "Use give_back for what was paid with.",
    "not_spent": "Use take_back for what was earned; post or void what is announced.",
    "units": "Send a whole number within what the message says.",
}
router = Router(tags=["ledger"])


@router.post(
    "/ledger/postings",
    auth=Key(Scope.LEDGER_WRITE),
    summary="Post to the ledger",
    description=examples.POST_DOC,
    operation_id="post_to_ledger",
    openapi_extra=examples.POST,
)
def post_to_ledger(request: HttpRequest) -> HttpResponse:
    key = as_key_request(request).auth
    body = fields_of(read_json(request), _BODY, needed=("reason", "steps"))
    asked = Posting(
        PREFIX + _key(body, request.headers.get("Idempotency-Key")),
        _short(body, "reason", 40),
        _steps(key.brand_id, body["steps"]),
        _moment(body, "occurred_at") or now_ms(),
        _fact(key.brand_id, body),
        _short(body, "rule", 40),
    )
    (outcome,) = post(key.brand_id, [asked], actor=key.actor)
    if outcome.state is State.REFUSED:
        raise _refused(outcome)
    return as_json({"state": outcome.state, "posting": outcome.posting_id, "moves": list(outcome.moves)})


def _refused(outcome: Outcome) -> Problem:
    return Problem(
        _STATUS.get(outcome.code, 409),
        outcome.code,
        spoken(outcome.message),
        remedy=_REMEDIES.get(outcome.code, "Nothing was posted."),
    )


def _key(body: dict[str, Any], header: str | None) -> str:
    key = _short(body, "key", LONGEST_KEY - len(PREFIX)) or (header or "").strip()
    if not key:
        raise Problem(
            422,
            "key_missing",
            "A posting needs a key, so that sending it again does nothing twice.",
            remedy="Send the header Idempotency-Key, or `key` in the body.",
            field="key",
        )
    if len(key) > LONGEST_KEY - len(PREFIX) or not key.isprintable():
        most = LONGEST_KEY - len(PREFIX)
        raise Problem(422, "field_bad", f"The key has 1 to {most} printable characters.", field="key")
    return key


def _short(body: dict[str, Any], name: str, most: int) -> str:
    text = (text_of(body, name) or "").strip()
    if len(text) > most or not text.isprintable():
        message = f"{name} has at most {most} printable characters."
        raise Problem(422, "field_bad", message, field=name)
    if name == "reason" and not text:
        raise Problem(422, "field_missing", "reason is missing.", field=name)
    return text


def _fact(brand_id: int, body: dict[str, Any]) -> int | None:
    number = body.get("touchpoint")
    if number is None:
        return None
    if not log.facts(brand_id, [_whole(body, "touchpoint")]):
        raise Problem(
            404,
            "touchpoint_unknown",
            "There is no such touchpoint.",
            remedy="Record it first.",
            field="touchpoint",
        )
    return int(number)


def _steps(brand_id: int, given: Any) -> list[Step]:
    if type(given) is not list or not given:
        raise Problem(422, "field_bad", "steps must be a list of one or more.", field="steps")
    if len(given) > MOST_STEPS:
        raise Problem(422, "field_bad", f"At most {MOST_STEPS} steps in one posting.", field="steps")
    steps = [_fields(one) for one in given]
    named = {_whole(one, "customer") for one in steps if "customer" in one}
    people = roots_of(brand_id, named)
    if unknown := sorted(named - people.keys()):
        raise Problem(
            404,
            "customer_unknown",
            f"There is no customer {unknown[0]} whose balance may change.",
            remedy="Look it up by an identity; one who was erased or frozen keeps what there is.",
            field="customer",
        )
    return [_DO[one["do"]](one, people) for one in steps]


def _fields(one: Any) -> dict[str, Any]:
    what = one.get("do") if type(one) is dict else None
    if type(what) is not str or what not in _FIELDS:
        message = f"Each step is an object with `do`: one of {', '.join(_FIELDS)}."
        raise Problem(422, "field_bad", message, field="steps")
    known, needed = _FIELDS[what]
    return fields_of(one, known, needed=needed)


def _give(one: dict[str, Any], people: Mapping[int, int]) -> Step:
    source, wallet = _ours(one, _FROM), _wallet(one, people)
    expires_ms, until_ms = _coming(one, "expires_at"), _coming(one, "until")
    return Move(source, wallet, _whole(one, "units"), expires_ms, until_ms)


def _take(one: dict[str, Any], people: Mapping[int, int]) -> Step:
    return Move(_wallet(one, people), _ours(one, _TO), _whole(one, "units"), until_ms=_coming(one, "until"))


def _post(one: dict[str, Any], _people: Mapping[int, int]) -> Step:
    units = None if one.get("units") is None else _whole(one, "units")
    return Resolve(_whole(one, "move"), Kind.POST, units)


def _void(one: dict[str, Any], _people: Mapping[int, int]) -> Step:
    return Resolve(_whole(one, "move"), Kind.VOID)


def _take_back(one: dict[str, Any], _people: Mapping[int, int]) -> Step:
    return ClawBack(_whole(one, "move"), _whole(one, "units"))


def _give_back(one: dict[str, Any], _people: Mapping[int, int]) -> Step:
    days = 0 if one.get("grace_days") is None else _whole(one, "grace_days")
    if days > MOST_GRACE_DAYS:
        message = f"grace_days is at most {MOST_GRACE_DAYS}."
        raise Problem(422, "field_bad", message, field="grace_days")
    return GiveBack(_whole(one, "move"), _whole(one, "units"), days * DAY_MS)


_DO: Final[Mapping[str, Callable[[dict[str, Any], Mapping[int, int]], Step]]] = {
    "give": _give,
    "take": _take,
    "hold": _take,
    "post": _post,
    "void": _void,
    "take_back": _take_back,
    "give_back": _give_back,
}


def _wallet(one: dict[str, Any], people: Mapping[int, int]) -> Account:
    return Account(_short(one, "asset", 60), Place.WALLET, people[one["customer"]])


def _ours(one: dict[str, Any], places: Sequence[Place]) -> Account:
    """One of the brand's own accounts; the first of `places` where none is named."""
    named = text_of(one, "place") or places[0]
    if named not in places:
        message = f"place is one of: {', '.join(places)}."
        raise Problem(422, "field_bad", message, field="place")
    return Account(_short(one, "asset", 60), Place(named), name=_short(one, "name", 80))


def _whole(one: dict[str, Any], name: str) -> int:
    value = one.get(name)
    if type(value) is not int or not 0 <= value < 1 << 62:
        raise Problem(422, "field_bad", f"{name} must be a whole number, not below 0.", field=name)
    return value


def _coming(one: dict[str, Any], name: str) -> int | None:
    at_ms = _moment(one, name)
    if at_ms is not None and at_ms <= now_ms():
        raise Problem(422, "field_bad", f"{name} must be still to come.", field=name)
    return at_ms


def _moment(one: dict[str, Any], name: str) -> int | None:
    value = one.get(name)
    if value is None:
        return None
    try:
        at_ms = occurred_ms_of({"occurred_at": value})
    except Rejected as rejected:
        message = rejected.message.replace("occurred_at", name)
        raise Problem(422, rejected.code, f"{message}.", field=name) from None
    if not 0 < at_ms < LAST_MS:
        raise Problem(422, "time_bad", f"{name} is out of range.", field=name)
    return at_ms
