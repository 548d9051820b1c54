"""The number of a card, and the code that a till reads from it.

The number is the customer's id in another order of twelve digits, so that nobody counts customers by it. The
code is eighteen digits: the id in an order of its own for each half minute, and six digits of an HMAC of
customer, brand and half minute. So no table of codes is kept, and none is made before its time.
"""

from __future__ import annotations

import hmac
from typing import Final

from django.utils.crypto import constant_time_compare, salted_hmac

from guanxi.kernel.clock import SECOND_MS, now_ms
from guanxi.loyalty.member.models import ReadCode
from guanxi.platform import vault
from guanxi.platform.bulk import insert_rows

WINDOW_MS: Final = 30 * SECOND_MS
AROUND: Final = (0, -1, 1)  # windows in which a code counts: clocks of servers differ a little
NUMBER_DIGITS: Final = 12
CODE_DIGITS: Final = 18
KEPT_MS: Final = 10 * WINDOW_MS
_HALF: Final = 10 ** (NUMBER_DIGITS // 2)
_ROUNDS: Final = 8
_SALT: Final = "guanxi.loyalty.member.numbers"
_COLUMNS: Final = {"code_hash": "text", "press_hash": "text", "read_ms": "bigint"}


def number(brand_id: int, customer_id: int) -> str:
    """The card's twelve digits."""
    return f"{_permuted(_card_key(brand_id), customer_id):0{NUMBER_DIGITS}}"


def customer_of(brand_id: int, digits: str) -> int:
    """The id that a card's number stands for, of whatever twelve digits: whoever asks looks whether it is."""
    return _permuted(_card_key(brand_id), int(digits), back=True)


def window(at_ms: int | None = None) -> int:
    return (now_ms() if at_ms is None else at_ms) // WINDOW_MS


def code(brand_id: int, customer_id: int, at_window: int) -> str:
    """The card's eighteen digits in one half minute."""
    hidden = _permuted(_window_key(brand_id, at_window), customer_id)
    return f"{hidden:0{NUMBER_DIGITS}}{_proof(brand_id, customer_id, at_window)}"


def read(brand_id: int, digits: str) -> int | None:
    """The customer whose code it is now; None where it is no code, or one of another time or brand."""
    if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    for step in AROUND:
        at_window = window() + step
        key = _window_key(brand_id, at_window)
        customer_id = _permuted(key, int(digits[:NUMBER_DIGITS]), back=True)
        proof = _proof(brand_id, customer_id, at_window)
        if constant_time_compare(proof, digits[NUMBER_DIGITS:]):
            return customer_id
    return None


def use(brand_id: int, digits: str, press: str) -> bool:
    """Whether a code is read for the first time, or again by the same `press`. Of two at once one wins."""
    told = (_hash(f"{brand_id}:{digits}"), _hash(press), now_ms())
    ReadCode.objects.filter(read_ms__lt=told[2] - KEPT_MS).delete()
    if insert_rows("loyalty_readcode", _COLUMNS, [told], on_conflict="ON CONFLICT (code_hash) DO NOTHING"):
        return True
    kept = ReadCode.objects.filter(code_hash=told[0]).values_list("press_hash", flat=True).first()
    return kept is not None and constant_time_compare(kept, told[1])


def _permuted(key: bytes, value: int, *, back: bool = False) -> int:
    """A keyed order of the numbers below 10¹² (a Feistel network over two halves), or its inverse."""
    left, right = divmod(value, _HALF)
    for turn in reversed(range(_ROUNDS)) if back else range(_ROUNDS):
        if back:
            left, right = (right - _round(key, turn, left)) % _HALF, left
        else:
            left, right = right, (left + _round(key, turn, right)) % _HALF
    return left * _HALF + right


def _round(key: bytes, turn: int, half: int) -> int:
    return int.from_bytes(hmac.digest(key, b"%d:%d" % (turn, half), "sha256")[:8], "big")


def _card_key(brand_id: int) -> bytes:
    """By the vault's keys, which outlive the keys of sessions: a printed number stays."""
    return vault.blind_index(brand_id, "card", "number").encode()


def _window_key(brand_id: int, at_window: int) -> bytes:
    return salted_hmac(_SALT, f"order:{brand_id}:{at_window}", algorithm="sha256").digest()


def _proof(brand_id: int, customer_id: int, at_window: int) -> str:
    told = salted_hmac(_SALT, f"proof:{brand_id}:{customer_id}:{at_window}", algorithm="sha256").digest()
    digits = CODE_DIGITS - NUMBER_DIGITS
    return f"{int.from_bytes(told[:8], 'big') % 10**digits:0{digits}}"


def _hash(text: str) -> str:
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()
