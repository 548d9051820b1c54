"""What was spent on media, KOLs and livestreams: by day, platform, channel, campaign, KOL and type.

A row becomes a line of spend; one with a livestream's fee and commission becomes two. Rows of a file that
agree in all six are parts of one line and summed. Lines are no facts of the log: whoever keeps them has
registered in `sinks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import (
    MOST_NAMED,
    Made,
    Options,
    Row,
    RowReject,
    Table,
    row_content,
)
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.formats.columns import Cells, Found
from guanxi.touchpoints.importing.formats.parsing import CURRENCIES, Problems, checked, good
from guanxi.touchpoints.importing.mapping import (
    ORDER_FIELDS,
    SPEND_FIELDS,
    SURE,
    VOCABULARY,
    resolve,
    suggest,
)
from guanxi.touchpoints.importing.reading.headers import normal_name
from guanxi.touchpoints.importing.values import Bad, Memo

NAME: Final = "spend"
TYPES: Final = tuple(VOCABULARY["spend_types"])
LONGEST: Final = {"platform": 40, "channel": 40, "campaign": 120, "kol": 80}
COUNTS: Final = ("impressions", "clicks", "orders")
MONEY: Final = ("amount", "fee", "commission")
_TYPE_OF: Final = {normal_name(word): name for name, ws in VOCABULARY["spend_types"].items() for word in ws}
_PLATFORM_OF: Final = {normal_name(word): name for name, ws in VOCABULARY["platforms"].items() for word in ws}
_WEAK: Final = frozenset(  # said of sales as well
    ["amount", "金额", "费用", "总费用", "cost", "支出", "总支出", "消费", "消费金额", "totalcost", "spend"]
)
_OF_ADVERTISING: Final = {"impressions", "clicks", "fee", "commission"}
_OF_SALES: Final = {"order", "customer", "phone", "item", "quantity", "price", "address"}


class SpendLine(NamedTuple):
    """`day` counts from 1970-01-01 on the brand's calendar; money is minor units; None is unknown. The first
    six name the line: a later file that names it again says what is true now."""

    day: int
    platform: str
    channel: str
    campaign: str
    kol: str
    type: str
    amount_fen: int
    impressions: int | None = None
    clicks: int | None = None
    orders: int | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(self[:6])


@dataclass(frozen=True)
class Spend:
    """A file of spend, by a mapping or by what its headers suggest (contracts.Importer)."""

    name: str = NAME
    label_zh: str = "投放花费"
    label_en: str = "Spend on marketing"
    headers: frozenset[str] = SPEND_FIELDS.headers

    def detects(self, names: Sequence[str]) -> float:
        """At most 0.7; nothing where the file has what only orders have."""
        found = {one.field: one.column for one in suggest(names, SPEND_FIELDS) if one.confidence >= SURE}
        sales = {one.field for one in suggest(names, ORDER_FIELDS) if one.confidence >= SURE}
        if "date" not in found or not found.keys() & set(MONEY) or sales & _OF_SALES:
            return 0.0
        is_plain = "amount" in found and normal_name(found["amount"]) not in _WEAK
        if not is_plain and not found.keys() & _OF_ADVERTISING:
            return 0.0
        return min(0.7, 0.45 + 0.05 * len(found.keys() - {"date", "amount", "currency"}))

    def plan(self, table: Table, options: Options) -> SpendPlan:
        found = resolve(table, options.mapping, SPEND_FIELDS)
        columns = ", ".join(table.names[:MOST_NAMED])
        if "date" not in found or not found.keys() & set(MONEY):
            raise Invalid(
                say(
                    "'%(name)s' as spend needs a day and an amount; found: %(found)s.",
                    name=table.name,
                    found=", ".join(found) or say("nothing"),
                ),
                remedy=say("Say --map field=column. The columns are: %(columns)s.", columns=columns),
                columns=table.names[:MOST_NAMED],
            )
        if not found.keys() & {"platform", "channel"} and not options.channel:
            raise Invalid(
                say("'%(name)s' does not say on which platform the money was spent.", name=table.name),
                remedy=say(
                    "Say --channel douyin, or --map platform=column. The columns are: %(columns)s.",
                    columns=columns,
                ),
                columns=table.names[:MOST_NAMED],
            )
        return SpendPlan(found, options)


class SpendPlan:
    """A file of spend with its columns found (contracts.Plan)."""

    source = NAME
    numbered = False

    def __init__(self, found: Found, options: Options) -> None:
        self._found = found
        self._zone = ZoneInfo(options.zone)
        self._dates = Dates(self._zone)
        self._today = _day_of(options.now_ms or now_ms(), self._zone)
        self._currency = options.currency
        self._default = platform_of(options.channel)
        self._money = Memo(values.micros_in(options.currency))
        self._counts = Memo(values.count)
        self._labels: Memo[str] = Memo(values.clean)
        self.group_by = (found["date"],)  # words for one platform differ, so a day comes as a whole

    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made:
        problems: Problems = {}
        parsed = self._parsed(rows, problems) if rows else []
        _refuse_repeated(rows, problems)
        sums: dict[tuple[Any, ...], SpendLine] = {}
        parts: dict[tuple[Any, ...], list[int]] = {}
        for at, lines in enumerate(parsed):
            if at in problems:
                continue
            for line in lines:
                sums[line.key] = _added(sums[line.key], line) if line.key in sums else line
                parts.setdefault(line.key, []).append(at)
        for key, line in sums.items():
            if line.amount_fen < 0:
                for at in parts[key]:
                    problems.setdefault(at, ("negative_spend", _NEGATIVE))
        whole = [line for key, line in sums.items() if not any(at in problems for at in parts[key])]
        rejects = [RowReject(rows[at].line, *why, rows[at].original) for at, why in sorted(problems.items())]
        return Made([], rejects, [], own=[tuple(line) for line in whole])

    def _parsed(self, rows: Sequence[Row], problems: Problems) -> list[list[SpendLine]]:
        cells = Cells(rows, self._found)
        moments = good(self._dates.column(cells["date"]), "bad_date", problems)
        money = {
            name: checked(self._money, cells[name], f"bad_{name}", problems)
            for name in MONEY
            if name in self._found
        }
        counts = {
            name: checked(self._counts, cells[name], f"bad_{name}", problems)
            for name in COUNTS
            if name in self._found
        }
        self._refuse_currencies(cells, problems)
        result: list[list[SpendLine]] = []
        for at in range(len(rows)):
            numbers = [counts[name][at] if name in counts else None for name in COUNTS]
            if at not in problems and any(number is not None and number < 0 for number in numbers):
                problems[at] = ("negative_count", say("A count is below zero."))
            day = self._day(moments[at], at, problems)
            amounts: dict[str, int | None] = {name: column[at] for name, column in money.items()}
            split = [] if at in problems else self._split(cells, at, amounts, numbers, problems)
            words = [self._word(cells, name, at)[: LONGEST[name]] for name in _WORDS]
            if at not in problems and not words[0]:
                problems[at] = ("no_platform", say("The row does not say on which platform it was spent."))
            result.append([_line(day, words, part, numbers, n == 0) for n, part in enumerate(split)])
        return result

    def _day(self, moment: int | None, at: int, problems: Problems) -> int:
        if at in problems:
            return 0
        if moment is None:
            problems[at] = ("no_date", say("There is no day."))
            return 0
        day = _day_of(moment, self._zone)
        if day > self._today:
            problems[at] = (
                "future_day",
                say("%(day)s lies in the future: spend is what was spent.", day=_iso(day)),
            )
        return day

    def _split(
        self,
        cells: Cells,
        at: int,
        money: Mapping[str, int | None],
        numbers: Sequence[int | None],
        problems: Problems,
    ) -> list[tuple[str, int]]:
        """(type, fen) of the row's lines. Beside a fee and a commission, the amount is the row's whole."""
        named = [("livestream_fee", money.get("fee")), ("commission", money.get("commission"))]
        parts = [(kind, micros) for kind, micros in named if micros is not None]
        amount = money.get("amount")
        if amount is not None:
            rest = amount - sum(micros for _kind, micros in parts)
            if parts and rest < 0:
                problems[at] = (
                    "amounts_differ",
                    say("The amount is less than the fee and the commission together."),
                )
            if not parts or rest > 0:
                parts.append((self._type(cells, at, numbers), rest))
        if not parts:
            problems[at] = ("no_amount", say("There is no amount."))
        return [(kind, values.to_fen(micros)) for kind, micros in parts]

    def _type(self, cells: Cells, at: int, numbers: Sequence[int | None]) -> str:
        """As the column says (a word nobody knows is "other"); without one, by what else the row tells."""
        if word := self._label(cells, "type", at):
            return _TYPE_OF.get(normal_name(word), "other")
        if self._label(cells, "kol", at):
            return "kol_fee"
        impressions, clicks, _orders = numbers
        return "cpc" if clicks is not None else "cpm" if impressions is not None else "other"

    def _word(self, cells: Cells, name: str, at: int) -> str:
        if name == "platform":
            word = self._label(cells, "platform", at) or self._label(cells, "channel", at)
            return platform_of(word) or self._default
        if name == "channel":
            word = self._label(cells, "channel", at)
            return platform_of(word) or self._default or self._word(cells, "platform", at)
        return self._label(cells, name, at)

    def _label(self, cells: Cells, name: str, at: int) -> str:
        label = self._labels[cells[name][at]]
        return "" if isinstance(label, Bad) else label

    def _refuse_currencies(self, cells: Cells, problems: Problems) -> None:
        if "currency" not in self._found:
            return
        for at in range(len(cells["currency"])):
            word = values.plain(self._label(cells, "currency", at)).upper()
            if word and CURRENCIES.get(word, word) != self._currency:
                problems.setdefault(at, ("other_currency", _other_currency(word, self._currency)))


_WORDS: Final = ("platform", "channel", "campaign", "kol")
_NEGATIVE: Final = say(
    "What was spent comes to less than zero. Money that came back belongs to the day it corrects: import "
    "that day again with what it really cost."
)


def platform_of(word: str) -> str:
    """巨量千川 → douyin; a word nobody knows as it is, in small letters."""
    return _PLATFORM_OF.get(normal_name(word), word.strip().lower())


def _refuse_repeated(rows: Sequence[Row], problems: Problems) -> None:
    """The same row once more is taken for a file pasted together twice, and refused rather than added."""
    first: dict[bytes, int] = {}
    for at, row in enumerate(rows):
        line = first.setdefault(row_content(row), row.line)
        if line != row.line:
            why = say(
                "The same as line %(line)s. If it was spent twice, tell the two apart by campaign or KOL.",
                line=line,
            )
            problems.setdefault(at, ("repeated_row", why))


def _line(
    day: int, words: Sequence[str], part: tuple[str, int], numbers: Sequence[int | None], first: bool
) -> SpendLine:
    """What the row counts belongs to the first of its lines alone."""
    platform, channel, campaign, kol = words
    counted = numbers if first else (None, None, None)
    return SpendLine(day, platform, channel, campaign, kol, *part, *counted)


def _added(one: SpendLine, other: SpendLine) -> SpendLine:
    pairs = zip(one[7:], other[7:], strict=True)
    counts = [a if b is None else b if a is None else a + b for a, b in pairs]
    return SpendLine(*one[:6], one.amount_fen + other.amount_fen, *counts)


def _other_currency(word: str, own: str) -> Wording:
    return say("The amount is in %(word)s; spend is kept in %(own)s.", word=word[:12], own=own)


def _day_of(moment_ms: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(zone)
    offset = local.utcoffset() or timedelta(0)
    return (moment_ms + int(offset.total_seconds() * 1000)) // DAY_MS


def _iso(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()
