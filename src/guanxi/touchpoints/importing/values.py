"""Cells → values: money, counts, shares, ids. Exact, or refused with a reason; never guessed.

Each parser is a `Memo`: a dict that parses what it has not seen, so that a whole column is
`[memo[cell] for cell in column]`. What cannot be read becomes a `Bad` value, which says why, and sets
`memo.failed`, so that columns without trouble are not searched for it.

**Money** is parsed exactly, in millionths of the currency unit (digits beyond that are rounded half to even),
summed exactly, and rounded half to even to minor units once per fact.
**Dates** without an offset are local to the brand's zone, with the summer time China had from 1986 to 1991;
of a time that occurred twice the earlier is meant, one that was skipped moves forward by the gap.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Generic, TypeVar
from unicodedata import normalize

from guanxi.kernel.wording import Wording, say

Value = TypeVar("Value")

MICROS = 1_000_000
MICROS_PER_FEN = 10_000
LARGEST_MICROS = 10**12 * MICROS  # a trillion: beyond any shop's order
REMEMBERED = 50_000

ABSENT = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "—",
        "——",
        "－",
        "/",
        "\\",
        "无",
        "空",
        "null",
        "NULL",
        "None",
        "none",
        "nan",
        "NaN",
        "N/A",
        "n/a",
    }
    | {"#N/A", "暂无", "\\N"}
)


_INVISIBLE = frozenset("\ufeff\u200b\u200e\u200f")
_WRAPPERS = _INVISIBLE | {"=", "'", '"'}
_AROUND = " \t\r\n\xa0\u3000" + "".join(sorted(_INVISIBLE))


class Bad:
    """What stands where a cell could not be read; `message` says why."""

    __slots__ = ("message",)

    def __init__(self, message: Wording) -> None:
        self.message = message


class Memo(dict[str, Value | Bad], Generic[Value]):
    """Parses each distinct text once; forgets all when it holds too many."""

    def __init__(self, parse: Callable[[str], Value | Bad]) -> None:
        super().__init__()
        self._parse = parse
        self.failed = False

    def __missing__(self, text: str) -> Value | Bad:
        if len(self) >= REMEMBERED:
            self.clear()
        value = self._parse(text)
        if type(value) is Bad:
            self.failed = True
        self[text] = value
        return value


def clean(cell: str) -> str:
    """A cell without white space (also NBSP and full-width), invisible marks, `="…"` and a leading
    apostrophe; "" for the ways to say "nothing" (`-`, `null`, 无)."""
    cell = cell.strip()
    if cell[:1] in _WRAPPERS or cell[-1:] in _INVISIBLE:
        cell = cell.strip(_AROUND)
        if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
            cell = cell[2:-1].strip(_AROUND)
        cell = cell.removeprefix("'").strip(_AROUND)
    return "" if cell in ABSENT else cell


def plain(text: str) -> str:
    """Full-width digits, signs and letters in their narrow form."""
    return text if text.isascii() else normalize("NFKC", text)


# ---------------------------------------------------------------- numbers

_UNITS = {
    "万": 10_000,
    "w": 10_000,
    "亿": 100_000_000,
    "千": 1_000,
    "k": 1_000,
    "百万": 1_000_000,
    "m": 1_000_000,
}
_NUMBER = re.compile(
    r"""(?P<open>\()?\s*(?P<sign>[+\-])?\s*(?P<currency>[¥$£€]|rmb|cny|usd|us\$|hk\$)?\s*(?P<sign2>[+\-])?\s*
        (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?P<exponent>e[+\-]?\d{1,2})?\s*
        (?P<unit>百万|[万亿千wkm])?\s*(?P<tail>元|圆|块|rmb|cny|件|个|次|人|笔|份|单|盒|瓶|套|分)?\s*(?P<close>\))?""",
    re.VERBOSE | re.IGNORECASE,
)


def number(text: str) -> Decimal | Bad:
    """An exact decimal of `¥1,234.50`, `１２.５`, `2.5万`, `(3.00)`, `-5`, `1.2亿`. Empty is Bad."""
    found = _NUMBER.fullmatch(plain(clean(text)).replace("−", "-").strip())
    if not found or bool(found["open"]) != bool(found["close"]) or (found["sign"] and found["sign2"]):
        return Bad(say("'%(text)s' is no number.", text=text[:40]))
    try:
        value = Decimal(found["digits"].replace(",", "") + (found["exponent"] or ""))
    except InvalidOperation:
        return Bad(say("'%(text)s' is no number.", text=text[:40]))
    value *= _UNITS.get((found["unit"] or "").lower(), 1)
    if found["tail"] == "分":
        return Bad(say("'%(text)s' is in fen; money is read in yuan.", text=text[:40]))
    negative = found["open"] or "-" in {found["sign"], found["sign2"]}
    return -value if negative else value


def micros(text: str) -> int | Bad | None:
    """Money in millionths of the unit; None where the cell is empty."""
    whole, point, cents = text.partition(".")
    if whole.isdecimal() and whole.isascii() and len(whole) < 13:
        if not point:
            return int(whole) * MICROS
        if len(cents) == 2 and cents.isdecimal() and cents.isascii():
            return int(whole + cents) * MICROS_PER_FEN
    text = clean(text)
    if not text:
        return None
    value = number(text)
    if isinstance(value, Bad):
        return Bad(say("'%(text)s' is no amount of money.", text=text[:40])) if text[-1:] != "分" else value
    exact = int((value * MICROS).to_integral_value(ROUND_HALF_EVEN))
    return (
        exact
        if abs(exact) <= LARGEST_MICROS
        else Bad(say("'%(text)s' is too large to be an amount.", text=text[:40]))
    )


_CURRENCIES = {
    "¥": {"CNY", "JPY"},
    "rmb": {"CNY"},
    "cny": {"CNY"},
    "$": {"USD", "HKD", "SGD", "TWD", "AUD", "CAD", "NZD"},
    "us$": {"USD"},
    "usd": {"USD"},
    "hk$": {"HKD"},
    "£": {"GBP"},
    "€": {"EUR"},
}


def micros_in(currency: str) -> Callable[[str], int | Bad | None]:
    """`micros`, except that a sign of another currency is refused: two currencies are never added up."""

    def parse(text: str) -> int | Bad | None:
        exact = micros(text)
        if text[:1].isdecimal():  # nearly every cell
            return exact
        found = _NUMBER.fullmatch(plain(clean(text)).replace("−", "-").strip())
        sign = (found["currency"] or "").lower() if found else ""
        if sign and currency not in _CURRENCIES[sign]:
            return Bad(say("'%(text)s' is in another currency than %(own)s.", text=text[:40], own=currency))
        return exact

    return parse


def to_fen(value_micros: int) -> int:
    """Millionths of a unit → hundredths, half to even."""
    whole, rest = divmod(value_micros, MICROS_PER_FEN)
    return whole + (rest * 2 > MICROS_PER_FEN or (rest * 2 == MICROS_PER_FEN and whole & 1))


def fen(text: str) -> int | Bad | None:
    """Money in hundredths of the unit, half to even; None where the cell is empty."""
    exact = micros(text)
    return to_fen(exact) if isinstance(exact, int) else exact


def count(text: str) -> int | Bad | None:
    """A whole number (`2.5万` is 25,000); None where empty, Bad where it is not whole."""
    if text.isdecimal() and text.isascii() and len(text) < 16:
        return int(text)
    text = clean(text)
    if not text:
        return None
    value = number(text)
    if isinstance(value, Bad):
        return value
    if value != value.to_integral_value() or abs(value) > 10**15:
        return Bad(say("'%(text)s' is no whole number.", text=text[:40]))
    return int(value)


def share(text: str) -> float | Bad | None:
    """`12.5%` → 0.125; a bare number is taken as it is."""
    text = plain(clean(text))
    if not text:
        return None
    value = number(text.removesuffix("%"))
    if isinstance(value, Bad):
        return value
    return float(value / 100 if text.endswith("%") else value)


# ---------------------------------------------------------------- ids

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")


def rounded(text: str) -> Wording | None:
    """Why this is no id or phone any more, where Excel has rounded it (6.91E+18); None for all other text."""
    if text[1:2] in {".", "E", "e"} and _SCIENTIFIC.fullmatch(text):
        return say("'%(text)s' was an id before Excel rounded it; export it as text.", text=text)
    return None


def identifier(text: str) -> str | Bad:
    """An order number or the like, as text; "" where empty. Bad where Excel has rounded it (6.91E+18)."""
    bare = text[2:-1] if text[:2] == '="' and text[-1] == '"' else text.strip()
    if bare.isdecimal() and bare.isascii() and len(bare) <= 120:
        return bare
    cleaned = clean(text)
    if why := rounded(cleaned):
        return Bad(why)
    if cleaned.endswith(".0") and cleaned[:-2].isdecimal():
        return cleaned[:-2]
    return cleaned if len(cleaned) <= 120 else Bad(say("The id is longer than 120 characters."))


# ---------------------------------------------------------------- words

_GENDERS = {
    "女": "f", "女性": "f", "女士": "f", "f": "f", "female": "f", "woman": "f", "2": "f",
    "男": "m", "男性": "m", "先生": "m", "m": "m", "male": "m", "man": "m", "1": "m",
}  # fmt: skip


def gender(text: str) -> str | None:
    """ "f" or "m"; None for everything else (未知, 保密, empty). 1 and 2 as in WeChat."""
    return _GENDERS.get(clean(text).lower())


_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "有", "会员", "已入会", "t"})


def yes(text: str) -> bool:
    return clean(text).lower() in _YES
