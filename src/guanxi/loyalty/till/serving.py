"""Serving a member: read a card, record a purchase, take points for an order; each once."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Final, NamedTuple

from django.core import signing

from guanxi.customers import identifiers
from guanxi.customers.contracts import Identity
from guanxi.customers.lookup import find, living, roots_of, subject_ids_of
from guanxi.kernel.clock import MINUTE_MS, now_ms
from guanxi.kernel.errors import Conflict, Forbidden, GuanxiError, Invalid, NotFound
from guanxi.kernel.wording import say
from guanxi.loyalty.ledger import queries
from guanxi.loyalty.ledger.contracts import Account, Outcome, Place, State
from guanxi.loyalty.ledger.queries import Balance
from guanxi.loyalty.member import numbers, telling
from guanxi.loyalty.rules.paying import pay as pay_for
from guanxi.platform import audit
from guanxi.platform.writing import writing
from guanxi.touchpoints import queries as log
from guanxi.touchpoints.contracts import Fact

SOURCE: Final = "till"
CHANNEL: Final = "store"
LASTS_MS: Final = 15 * MINUTE_MS
LONGEST_ORDER: Final = 60
LONGEST_PRESS: Final = 40
LONGEST_STORE: Final = 60
MOST_FEN: Final = 10**11
_SALT: Final = "guanxi.loyalty.till.serving"


class By(StrEnum):
    """How the member was found. The code of the moment alone shows that they are there with their phone."""

    CODE = "code"
    NUMBER = "number"
    PHONE = "phone"


class CodeUnknown(NotFound):
    code: ClassVar[str] = "code_unknown"


class CodeUsed(Conflict):
    code: ClassVar[str] = "code_used"


class VisitEnded(GuanxiError):
    code: ClassVar[str] = "visit_ended"
    http_status: ClassVar[int] = 410


class CodeNeeded(Forbidden):
    code: ClassVar[str] = "code_needed"


class Visit(NamedTuple):
    customer_id: int
    by: By
    ends_ms: int


class Bought(NamedTuple):
    """`is_new` is False where the order was recorded before. `gained` are units it brought, by asset."""

    is_new: bool
    gained: dict[str, int]


def look(brand_id: int, text: str, press: str, *, actor: object) -> list[Visit]:
    """Whom a card's code, its number, or a phone stands for: one, or all who share the phone. It is in the
    audit log. A code is used up, but for the same `press`.

    Raises CodeUnknown, CodeUsed, NotFound, Invalid.
    """
    plain = "".join(text.split()).replace("-", "")
    ends_ms = now_ms() + LASTS_MS
    if plain.isascii() and plain.isdecimal() and len(plain) == numbers.CODE_DIGITS:
        people, by = [_of_code(brand_id, plain, press)], By.CODE
    elif plain.isascii() and plain.isdecimal() and len(plain) == numbers.NUMBER_DIGITS:
        people, by = _alive(brand_id, [numbers.customer_of(brand_id, plain)]), By.NUMBER
    else:
        people, by = _of_phone(brand_id, text), By.PHONE
    if not people:
        raise NotFound(
            say("There is no member of that number."),
            remedy=say("Check the digits, or let the customer join on their phone."),
        )
    for one in people:
        audit.record(brand_id, str(actor), "till.read", "customer", one, detail={"by": by})
    return [Visit(one, by, ends_ms) for one in people]


def _of_code(brand_id: int, code: str, press: str) -> int:
    customer_id = numbers.read(brand_id, code)
    people = _alive(brand_id, [customer_id]) if customer_id else []
    if not people:
        raise CodeUnknown(
            say("This code does not count, or not any more."),
            remedy=say("Scan the one that the card shows now."),
        )
    if not 0 < len(press) <= LONGEST_PRESS:
        raise Invalid(say("Each reading of a code has a key of 1 to %(most)s signs.", most=LONGEST_PRESS))
    with writing(brand_id):
        if not numbers.use(brand_id, code, press):
            raise CodeUsed(
                say("This code was read before."), remedy=say("Wait for the next one, and scan that.")
            )
    return people[0]


def _of_phone(brand_id: int, text: str) -> list[int]:
    phone = identifiers.phone(text.strip()) if len(text) <= LONGEST_PRESS else None
    if phone is None:
        raise Invalid(
            say("This is no code, no card's number and no phone."),
            remedy=say("A code has 18 digits, a card 12, a mainland mobile phone 11."),
            field="code",
        )
    return living(brand_id, find(brand_id, Identity("phone", phone)))


def _alive(brand_id: int, customer_ids: Sequence[int]) -> list[int]:
    return sorted(set(roots_of(brand_id, customer_ids).values()))


# ---------------------------------------------------------------- a visit


def token(brand_id: int, visit: Visit) -> str:
    """What the till sends along for a quarter of an hour; it is good in this brand alone."""
    return signing.dumps([brand_id, visit.customer_id, visit.by, visit.ends_ms], salt=_SALT)


def opened(brand_id: int, text: str) -> Visit:
    """Raises NotFound, or VisitEnded where it was a visit of this brand."""
    try:
        brand, customer_id, by, ends_ms = signing.loads(text[:400], salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise _no_visit() from None
    if brand != brand_id:
        raise _no_visit()
    people = _alive(brand_id, [customer_id])
    if not people or now_ms() >= ends_ms:
        raise VisitEnded(say("This visit is over."), remedy=say("Scan the card again."))
    return Visit(people[0], By(by), ends_ms)


def _no_visit() -> NotFound:
    return NotFound(say("There is no such visit."), remedy=say("Scan the card again."))


def balances(brand_id: int, customer_id: int) -> list[Balance]:
    return queries.balances(brand_id, subject_ids_of(brand_id, customer_id))


# ---------------------------------------------------------------- a purchase


def purchase(
    brand_id: int,
    customer_id: int,
    order: str,
    amount_fen: int,
    *,
    store: str = "",
    associate: str = "",
    actor: object,
) -> Bought:
    """Record that the member paid for an order here: once under its number. Raises Invalid, and Conflict
    where the number was used for another purchase."""
    number = order_number(order)
    if not 0 < amount_fen <= MOST_FEN:
        raise Invalid(say("An amount is above 0 and below a thousand million."), field="amount_fen")
    told = {"order": number, "store": store.strip(), "associate": associate.strip()}
    if any(len(text) > LONGEST_STORE or not text.isprintable() for text in told.values()):
        raise Invalid(say("A store and an associate have at most 60 signs."), field="store")
    payload = {name: text for name, text in told.items() if text}
    fact = Fact("order.paid", number, now_ms(), (), None, CHANNEL, amount_fen, payload=payload)
    with writing(brand_id, by_keys=True):
        if (known := log.by_reference(brand_id, SOURCE, number)) is not None:
            ours = telling.owner_of(brand_id, SOURCE, number) == customer_id
            if not ours or known.amount_fen != amount_fen:
                raise Conflict(
                    say("Order %(order)s was recorded for another purchase.", order=number),
                    remedy=say("Check its number; a refund is a fact of its own."),
                    field="order",
                )
            return Bought(False, {})
        before = _units(brand_id, customer_id)
        telling.tell(brand_id, customer_id, SOURCE, fact)
        after = _units(brand_id, customer_id)
        audit.record(brand_id, str(actor), "till.purchase", "customer", customer_id)
    gained = {code: after[code] - before.get(code, 0) for code in after}
    return Bought(True, {code: units for code, units in gained.items() if units > 0})


def _units(brand_id: int, customer_id: int) -> dict[str, int]:
    """What the customer has and is to have, less what is owed."""
    return {
        one.asset.code: one.standing.posted + one.standing.coming - one.standing.owed
        for one in balances(brand_id, customer_id)
    }


def order_number(text: str) -> str:
    """Raises Invalid."""
    number = " ".join(text.split())
    if not 0 < len(number) <= LONGEST_ORDER or not number.isprintable():
        raise Invalid(say("An order's number has 1 to %(most)s signs.", most=LONGEST_ORDER), field="order")
    return number


# ---------------------------------------------------------------- paying with units


def pay(
    brand_id: int, visit: Visit, asset: str, units: int, order: str, *, press: str, actor: object
) -> Outcome:
    """Take `units` for an order, once under `press`. Raises CodeNeeded where the member's phone was not read,
    Conflict where there are not enough."""
    if visit.by is not By.CODE:
        raise CodeNeeded(
            say("Points are spent with the card's own code alone."),
            remedy=say("Ask the member to show the card on their phone, and scan it."),
        )
    number = order_number(order)
    if units <= 0:
        raise Invalid(say("How many is a whole number above 0."), field="units")
    if not 0 < len(press) <= LONGEST_PRESS or not press.isprintable():
        raise Invalid(say("A payment has a key of 1 to %(most)s signs.", most=LONGEST_PRESS), field="key")
    wallet = Account(asset, Place.WALLET, visit.customer_id)
    key = f"till:{visit.customer_id}:{press}"
    outcome = pay_for(brand_id, wallet, units, (SOURCE, number), key=key, actor=actor)
    if outcome.state is State.REFUSED:
        raise Conflict(outcome.message, remedy=say("Nothing was taken."), refused=outcome.code)
    return outcome
