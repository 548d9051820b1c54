"""Cells → times and birthdays.

Times without an offset are local to the brand's zone, with the summer time China had from 1986 to 1991; of a
time that occurred twice the earlier is meant, one that was skipped moves forward by the gap. What may be two
dates (02/03/2024) is refused. A program's zero (0000-00-00, 1970-01-01, 1899-12-30) is no time at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, SHANGHAI
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing.values import Bad, Memo, clean, plain

EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
_NEVER_MS = DAY_MS  # within a day of 1970 nothing happened: programs write their zero there
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_DATE = re.compile(
    r"""(?P<year>\d{4})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?号?
        (?P<rest>.*)""",
    re.VERBOSE,
)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?P<rest>\D.*|\d{4}|\d{6})?")
_TIME = re.compile(
    r"""[\sT,]*(?P<half>上午|下午|晚上|凌晨|中午|[ap]m\s)?\s*
        (?P<hour>\d{1,2})\s*[:时点](?:\s*(?P<minute>\d{1,2})\s*(?:[:分](?:\s*(?P<second>\d{1,2})(?P<fraction>[.,]\d{1,9})?\s*秒?)?)?)?
        \s*(?P<half2>[ap]m)?\s*(?P<offset>z|utc|gmt|[+\-]\d{2}:?\d{2}|[+\-]\d{2})?""",
    re.VERBOSE | re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(?P<day>\d{1,2})[-\s](?P<month>[a-z]{3})[a-z]*[-\s,]+(?P<year>\d{4})(?P<rest>.*)", re.IGNORECASE
)
_ENGLISH_US = re.compile(
    r"(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})(?P<rest>.*)", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b,?",
    re.IGNORECASE,
)
_NO_TIME = re.compile(
    r"0+(?:[-/.]0+[-/.]0+.*)?|0001[-/.]0?1[-/.]0?1.*|1900[-/.]0?1[-/.]0?0.*|1899[-/.]12[-/.]3[01].*"
)
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {_MONTH_NAMES[4 * at : 4 * at + 3]: at + 1 for at in range(12)}
_DAY = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})[ T]?", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)
_NUMERIC = re.compile(r"\d{5}(\.\d+)?|\d{10}(\.\d+)?|\d{13}")
_EARLIER_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*")
_EXCEL_EPOCH = datetime(1899, 12, 30)
_EXCEL_DAYS = (18_264.0, 73_050.0)  # 1950 … 2099
_SECONDS_BETWEEN = (0, 7_258_118_400)


class _Clocks(dict[str, int]):
    """`09:03:11` → milliseconds since midnight; at most 86,401 entries. KeyError for everything else."""

    def __missing__(self, text: str) -> int:
        if text and not _CLOCK.fullmatch(text):
            raise KeyError(text)
        parts = [int(part) for part in text.split(":")] if text else [0, 0, 0]
        self[text] = value = (parts[0] * 3600 + parts[1] * 60 + parts[2]) * 1000
        return value


class _Midnights(dict[str, int]):
    """`2024-03-05 ` → UTC milliseconds of its start. KeyError where it is no day of 24 equal hours."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, text: str) -> int:
        found = _DAY.fullmatch(text)
        if not found or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
            raise KeyError(text)
        try:
            start = datetime(int(found[1]), int(found[3]), int(found[4]), tzinfo=self._zone)
        except ValueError:
            raise KeyError(text) from None
        if start.utcoffset() != (start + timedelta(hours=23, minutes=59)).utcoffset():
            raise KeyError(text)
        value = _ms(start)
        if abs(value) <= _NEVER_MS:
            raise KeyError(text)
        self[text] = value
        return value


class Dates:
    """Times of one zone → UTC milliseconds.

    Fast for `YYYY-MM-DD HH:MM:SS`, `YYYY-MM-DD` and `YYYYMMDD`: each day's midnight is computed once.
    """

    def __init__(self, zone: ZoneInfo = SHANGHAI) -> None:
        self._zone = zone
        self._midnights = _Midnights(zone)
        self._clocks = _Clocks()
        self._slow: Memo[int | None] = Memo(self._parse)

    def column(self, cells: Sequence[str]) -> list[int | Bad | None]:
        midnights, clocks, slow = self._midnights, self._clocks, self._slow
        values: list[int | Bad | None] = []
        append = values.append
        for text in cells:
            try:
                append(midnights[text[:11]] + clocks[text[11:]] if text else None)
            except KeyError:
                append(slow[text])
        return values

    def moment(self, text: str) -> int | Bad | None:
        """UTC milliseconds; None where empty; Bad where it is no time or an impossible date."""
        return self.column([text])[0]

    def _parse(self, text: str) -> int | Bad | None:
        text = _WEEKDAY.sub(" ", plain(clean(text))).strip()
        if not text or _NO_TIME.fullmatch(text):
            return None
        moment = self._stated(text)
        return None if isinstance(moment, int) and abs(moment) <= _NEVER_MS else moment

    def _stated(self, text: str) -> int | Bad | None:
        found = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
        if found and not (text.isdecimal() and len(text) == 13):
            return self._wall(text, found["year"], int(found["month"]), found["day"], found["rest"] or "")
        if _NUMERIC.fullmatch(text):
            return self._number(text)
        if named := _ENGLISH.fullmatch(text) or _ENGLISH_US.fullmatch(text):
            month = _MONTHS.get(named["month"].lower())
            if month:
                return self._wall(text, named["year"], month, named["day"], named["rest"])
        if _EARLIER_FIRST.fullmatch(text):
            return self._day_or_month_first(text)
        return Bad(say("'%(text)s' is no date.", text=text[:40]))

    def _day_or_month_first(self, text: str) -> int | Bad:
        """`13/02/2024` can be read in one way; `02/03/2024` in two, and is refused."""
        first, second, year, rest = re.fullmatch(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})(.*)", text).groups()  # type: ignore[union-attr]  # _EARLIER_FIRST matched
        if len(year) != 4:
            return Bad(say("'%(text)s' does not say its century; write 2024-03-05.", text=text[:40]))
        if int(first) > 12 or first == second:
            return self._wall(text, year, int(second), first, rest)
        if int(second) > 12:
            return self._wall(text, year, int(first), second, rest)
        return Bad(say("'%(text)s' may be two dates (day or month first); write 2024-03-05.", text=text[:40]))

    def _wall(self, text: str, year: str, month: int, day: str, rest: str) -> int | Bad:
        if not EARLIEST_YEAR <= int(year) <= LATEST_YEAR:
            return Bad(say("'%(text)s' has an impossible year.", text=text[:40]))
        try:
            moment = datetime(int(year), month, int(day), tzinfo=self._zone)
        except ValueError:
            return Bad(say("'%(text)s' is no day of the calendar.", text=text[:40]))
        rest = rest.strip()
        if not rest or rest in {"日", "T"}:
            return _ms(moment)
        if rest.isdecimal() and len(rest) in {4, 6}:
            rest = ":".join(rest[at : at + 2] for at in range(0, len(rest), 2))
        found = _TIME.fullmatch(rest)
        if not found:
            return Bad(say("'%(text)s' has no time of day that can be read.", text=text[:40]))
        return self._at(moment, text, found)

    def _at(self, day: datetime, text: str, found: re.Match[str]) -> int | Bad:
        hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
        half = (found["half"] or found["half2"] or "").strip().lower()
        if half in {"pm", "下午", "晚上", "中午"} and hour < 12 and not (half == "中午" and hour == 11):
            hour += 12
        elif half in {"am", "上午", "凌晨"} and hour == 12:
            hour = 0
        later = 1 if (hour, minute, second) == (24, 0, 0) else 0
        try:
            moment = day.replace(hour=0 if later else hour, minute=minute, second=second)
        except ValueError:
            return Bad(say("'%(text)s' has an impossible time of day.", text=text[:40]))
        moment += timedelta(days=later, milliseconds=int(f"{(found['fraction'] or '.0')[1:]:0<3}"[:3]))
        offset = (found["offset"] or "").lower()
        if not offset:
            return _ms(moment)
        return _ms(moment.replace(tzinfo=UTC)) - _offset_ms(offset)

    def _number(self, text: str) -> int | Bad:
        """Excel's serial day (local), or seconds or milliseconds since 1970 (UTC)."""
        value = Decimal(text)
        if len(text.partition(".")[0]) == 5:
            if not _EXCEL_DAYS[0] <= value <= _EXCEL_DAYS[1]:
                return Bad(say("'%(text)s' is no date.", text=text))
            seconds = int((value * 86_400).to_integral_value(ROUND_HALF_EVEN))
            wall = _EXCEL_EPOCH + timedelta(seconds=seconds)
            return _ms(wall.replace(tzinfo=self._zone))
        milliseconds = int(value) if len(text) == 13 else int(value * 1000)
        if not _SECONDS_BETWEEN[0] <= milliseconds // 1000 <= _SECONDS_BETWEEN[1]:
            return Bad(say("'%(text)s' is no date.", text=text))
        return milliseconds


def _ms(moment: datetime) -> int:
    """Exact milliseconds of an aware time; of a wall clock that was skipped, the same distance later."""
    delta = moment.astimezone(UTC) - _EPOCH
    return delta.days * DAY_MS + delta.seconds * 1000 + delta.microseconds // 1000


def _offset_ms(offset: str) -> int:
    if offset in {"z", "utc", "gmt"}:
        return 0
    digits = offset[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (minutes if offset[0] == "+" else -minutes) * 60_000


_BIRTHDAY_WITHOUT_YEAR = re.compile(r"(?:--)?(\d{1,2})[-/.月](\d{1,2})日?")
_BIRTHDAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?|(\d{4})(\d{2})(\d{2})")


def birthday(text: str) -> tuple[str, str] | Bad | None:
    """("1990-05-01", "solar"), ("--05-01", "solar") without a year; "lunar" where the cell says 农历 or 阴历.

    1900-01-01 and years before 1900 are placeholders, answered as None.
    """
    text = plain(clean(text))
    if not text:
        return None
    calendar = "lunar" if re.search(r"农历|阴历|lunar", text, re.IGNORECASE) else "solar"
    text = re.sub(
        r"[(\[]?(农历|阴历|阳历|公历|lunar|solar)[)\]]?[::]?", "", text, flags=re.IGNORECASE
    ).strip()
    if short := _BIRTHDAY_WITHOUT_YEAR.fullmatch(text):
        year, month, day = 2000, int(short[1]), int(short[2])
    elif full := _BIRTHDAY.fullmatch(text):
        year, month, day = (int(part) for part in full.groups() if part is not None)
        if year < 1900 or (year, month, day) in {(1900, 1, 1), (1970, 1, 1)}:
            return None
    elif re.fullmatch(r"\d{5}", text) and 1 < int(text) < 60_000:
        wall = _EXCEL_EPOCH + timedelta(days=int(text))
        year, month, day, short = wall.year, wall.month, wall.day, None
    else:
        return Bad(say("'%(text)s' is no birthday.", text=text[:40]))
    longest = 30 if calendar == "lunar" else _days_of(year, month)
    if not (1 <= month <= 12 and 1 <= day <= longest) or year > LATEST_YEAR:
        return Bad(say("'%(text)s' is no day of the calendar.", text=text[:40]))
    return (f"--{month:02d}-{day:02d}" if short else f"{year:04d}-{month:02d}-{day:02d}"), calendar


def _days_of(year: int, month: int) -> int:
    if not 1 <= month <= 12:
        return 0
    following = datetime(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day
