"""The texts of accounts, numbers and ids, made from a person's or an order's number. No two are alike."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import blake2b

from guanxi.simulator import names
from guanxi.simulator.people import People

_PRIME = 1_000_000_007
OPENID_SCHEME = "openid:wx1a2b3c4d5e6f7081"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _scatter(number: int, salt: int) -> int:
    """A number below 1,000,000,007 that is different for every `number` below that."""
    return (number * 48_271 + salt * 16_807_001 + 11) % _PRIME


def _base36(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def tmall(people: People, person: int) -> str:
    code = _scatter(person, 1)
    if person % 3 == 0:
        return f"tb{code:09d}"
    if person % 3 == 1:
        return f"{names.nickname(int(people.name[person]))}的{_base36(code)}"
    return f"lan_{_base36(code)}"


def jd(person: int) -> str:
    code = _scatter(person, 2)
    return f"jd_{code * 4_294_967:014x}" if person % 2 else f"{_base36(code)}_p"


def douyin(person: int) -> str:
    return f"{1_000_000_000 + _scatter(person, 3)}{_scatter(person, 4) % 100_000:05d}"


def member(person: int) -> str:
    return f"LH{_scatter(person, 5):010d}"


def _wechat(kind: str, seed: int, person: int) -> str:
    digest = blake2b(f"{kind}:{seed}:{person}".encode(), digest_size=18).digest()
    return f"o6{kind[0]}x" + urlsafe_b64encode(digest).decode()


def unionid(seed: int, person: int) -> str:
    return _wechat("union", seed, person)


def openid(seed: int, person: int) -> str:
    return _wechat("open", seed, person)


def phone(number: int) -> str:
    """E.164."""
    return f"+{number}" if number >= 85_200_000_000 else f"+86{number}"


def stamp(at: int) -> str:
    """`2026-11-11 00:00:01` for local seconds."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def order_number(channel: int, number: int, at: int) -> str:
    """The number of an order as its platform writes it."""
    day = stamp(at)[:10].replace("-", "")
    match channel:
        case 0:
            return f"{1_300_000_000_000 + at:d}{number % 1_000_000:06d}"
        case 1:
            return f"{200_000_000_000 + number * 37 + at % 37}"
        case 2:
            return f"69{at:010d}{number % 10_000_000:07d}"
        case 3:
            return f"E{stamp(at).translate({45: None, 58: None, 32: None})}{_scatter(number, 6):010d}"
        case _:
            return f"POS{day}{number:09d}"
