"""Bodies about coupons, read: baskets, customers, moments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from guanxi.customers.lookup import roots_of
from guanxi.loyalty.coupons import looking
from guanxi.loyalty.coupons.contracts import MOST_COUPONS, MOST_FEN, MOST_LINES, Basket, Line
from guanxi.loyalty.coupons.looking import NOBODY, Who
from guanxi.rest.bodies import fields_of, text_of
from guanxi.rest.facts import Rejected, occurred_ms_of
from guanxi.rest.problems import Problem

_LINE: Final = frozenset(("sku", "amount_fen", "quantity", "category"))
_BASKET: Final = frozenset(("lines", "delivery_fen", "store", "channel"))
LONGEST: Final = 80
TIMES: Final = {"since": "since_ms", "until": "until_ms"}


def basket_of(given: Any) -> Basket:
    """Raises Problem."""
    if type(given) is not dict:
        raise Problem(422, "field_bad", "basket must be an object.", field="basket")
    body = fields_of(given, _BASKET, needed=("lines",))
    lines = body["lines"]
    if type(lines) is not list or not 1 <= len(lines) <= MOST_LINES:
        raise Problem(422, "field_bad", f"lines is a list of 1 to {MOST_LINES}.", field="lines")
    return Basket(
        [_line(one) for one in lines],
        fen(body, "delivery_fen"),
        short(body, "store"),
        short(body, "channel"),
    )


def _line(given: Any) -> Line:
    one = fields_of(given, _LINE, needed=("amount_fen",))
    quantity = one.get("quantity")
    many = fen(one, "quantity") if quantity is not None else 1
    return Line(short(one, "sku"), fen(one, "amount_fen"), many, short(one, "category"))


def codes_of(body: Mapping[str, Any]) -> list[str]:
    codes = body.get("coupons")
    if type(codes) is not list or len(codes) > MOST_COUPONS or not all(map(_is_code, codes)):
        message = f"coupons is a list of at most {MOST_COUPONS} codes."
        raise Problem(422, "field_bad", message, field="coupons")
    return list(codes)


def _is_code(one: Any) -> bool:
    return type(one) is str and 0 < len(one) <= LONGEST and one.isprintable()


def buyer_of(brand_id: int, body: Mapping[str, Any]) -> Who:
    number = body.get("customer")
    if number is None:
        return NOBODY
    if type(number) is not int or not 0 < number < 1 << 63:
        raise Problem(422, "field_bad", "customer must be a whole number.", field="customer")
    root = roots_of(brand_id, [number]).get(number)
    if root is None:
        raise Problem(
            404,
            "customer_unknown",
            f"There is no customer {number}.",
            remedy="Look it up by an identity first.",
            field="customer",
        )
    return looking.who(brand_id, root, number)


def key_of(body: dict[str, Any], header: str | None) -> str:
    key = (text_of(body, "key") or header or "").strip()
    if not key:
        raise Problem(
            422,
            "key_missing",
            "This needs a key, so that sending it again does nothing twice.",
            remedy="Send the header Idempotency-Key, or `key` in the body.",
            field="key",
        )
    return key


def fen(body: Mapping[str, Any], name: str) -> int:
    value = body.get(name)
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= MOST_FEN:
        raise Problem(422, "field_bad", f"{name} is a whole number from 0 to {MOST_FEN}.", field=name)
    return value


def short(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is not None and (type(value) is not str or len(value) > LONGEST or not value.isprintable()):
        message = f"{name} has at most {LONGEST} printable characters."
        raise Problem(422, "field_bad", message, field=name)
    return value or ""


def campaign_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """Its fields as they are kept: moments as milliseconds."""
    found = {}
    for name, value in body.items():
        if name in TIMES and value is not None:
            try:
                found[TIMES[name]] = occurred_ms_of({"occurred_at": value})
            except Rejected as rejected:
                message = rejected.message.replace("occurred_at", name)
                raise Problem(422, rejected.code, f"{message}.", field=name) from None
        else:
            found[TIMES.get(name, name)] = value
    return found
