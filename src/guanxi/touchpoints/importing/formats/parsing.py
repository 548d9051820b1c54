"""Columns of cells → columns of values, with what could not be read noted by row."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import TypeVar

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.contracts import Fact
from guanxi.touchpoints.currency import digits_of
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import Row, RowReject, row_content
from guanxi.touchpoints.importing.values import Bad, Memo

Value = TypeVar("Value")
Problems = dict[int, tuple[str, Wording]]  # row → (code, message)

CURRENCIES = {
    "RMB": "CNY",
    "人民币": "CNY",
    "¥": "CNY",
    "￥": "CNY",
    "元": "CNY",
    "£": "GBP",
    "€": "EUR",
    "$": "USD",
}
_SERVICES = re.compile(r"[^\d]+|C\d|gift_\d.*|ADJUST\d*|AMAZON.*|邮费|运费|补差价.*", re.IGNORECASE)


def is_service(sku: str) -> bool:
    """Whether an article number stands for postage, fees, discounts, vouchers or bookings, not for goods: it
    has no digit (POST, DOT, M, D, BANK CHARGES, AMAZONFEE, 运费), or is one of C2, C3, ADJUST2,
    gift_0001_30."""
    return bool(sku) and _SERVICES.fullmatch(sku) is not None


def status_key(text: str) -> str:
    """Statuses are compared without spaces, hyphens, width or kind of comma."""
    return _BETWEEN_WORDS.sub("", values.plain(values.clean(text))).casefold()


_BETWEEN_WORDS = re.compile(r"[\s,_\-]+")


_PARTLY_BACK = re.compile(r"(?!.*(中|失败|关闭|取消|拒绝)).*部分退|partiallyrefunded")


def says_partly_refunded(text: str) -> bool:
    """Whether a status or an after-sale status says that a part was given back (and is done): 部分退款,
    部分退款成功, partially_refunded; not 部分退款中."""
    return _PARTLY_BACK.match(status_key(text)) is not None


_NOT_ASKED_BACK = frozenset({"无退款申请", "没有申请退款", "未申请退款", "无退款", "未退款", "没有退款"})


def refund_by(
    money: Callable[[str], int | Bad | None],
) -> Callable[[str], int | Bad | None]:
    """A parser of money that knows how Taobao writes that nobody asked for any back (无退款申请)."""

    def parse(text: str) -> int | Bad | None:
        return None if values.clean(text) in _NOT_ASKED_BACK else money(text)

    return parse


def exact_count(text: str) -> Decimal | Bad | None:
    """A quantity that may be weighed (1.25)."""
    if text.isdecimal() and text.isascii():
        return Decimal(text)
    return values.number(text) if values.clean(text) else None


def checked(memo: Memo[Value], cells: Sequence[str], code: str, problems: Problems) -> list[Value]:
    """The column's values; a cell that cannot be read is noted in `problems` and keeps its Bad."""
    column = [memo[cell] for cell in cells]
    return good(column, code, problems) if memo.failed else column  # type: ignore[return-value]


def good(column: Sequence[Value | Bad], code: str, problems: Problems) -> list[Value]:
    for at, value in enumerate(column):
        if type(value) is Bad:
            problems.setdefault(at, (code, value.message))
    return column  # type: ignore[return-value]


def digest(content: bytes, key: str = "") -> str:
    """96 bits as text. With the brand's key it cannot be turned back by trying out phone numbers."""
    return urlsafe_b64encode(blake2b(content, digest_size=12, key=key.encode()).digest()).decode()


def content_refs(rows: Sequence[Row], occurrences: Sequence[int], key: str) -> list[str]:
    """References of rows that have none of their own."""
    return [f"{digest(row_content(row), key)}#{n}" for row, n in zip(rows, occurrences, strict=True)]


def groups(refs: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of equal references."""
    start, count = 0, len(refs)
    while start < count:
        end = start + 1
        while end < count and refs[end] == refs[start]:
            end += 1
        yield start, end
        start = end


def rejected(rows: Sequence[Row], start: int, end: int, problems: Problems) -> list[RowReject]:
    """Every row of an order that has a problem: an order is not counted in part."""
    first = next(at for at in range(start, end) if at in problems)
    also = (
        problems[first][0],
        say("Another row of the same order (line %(line)s) could not be read.", line=rows[first].line),
    )
    return [RowReject(rows[at].line, *problems.get(at, also), rows[at].original) for at in range(start, end)]


def in_currency(fact: Fact, currency: str) -> Fact:
    """The fact with its amounts in minor units of another currency, which the payload names; recording
    converts or refuses it. "" is the brand's own."""
    if not currency:
        return fact
    digits = digits_of(currency)
    shift = int(10 ** abs(digits - 2))

    def minor(hundredths: int) -> int:
        return hundredths * shift if digits > 2 else hundredths // shift

    payload = dict(fact.payload or {})
    for name, value in payload.items():
        if name.endswith("_fen") and isinstance(value, int):
            payload[name] = minor(value)
    if isinstance(items := payload.get("items"), list):
        payload["items"] = [
            {name: minor(part) if name.endswith("_fen") else part for name, part in item.items()}
            for item in items
        ]
    payload["currency"] = currency
    stem = fact.source_ref.rpartition(":refund:")[0]
    named = f"{stem}:refund:{payload['cumulative_fen']}" if "cumulative_fen" in payload else fact.source_ref
    amount_fen = None if fact.amount_fen is None else minor(fact.amount_fen)
    return fact._replace(source_ref=named, amount_fen=amount_fen, payload=payload)
