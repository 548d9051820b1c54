"""Order files: rows → `order.paid`, `order.refunded`, `order.placed`. What every platform's file has in
common.

An order that money was paid for is one `order.paid` (ref: the order's number) at the time of payment. What
was given back is one `order.refunded` per known state of the refund (ref `<order>:refund:<so far>`). An order
that is unpaid, or was closed unpaid, is an `order.placed` (ref `<order>:placed`), which is never revenue;
if a later file shows it paid, its `order.paid` is new. An order is taken whole or, if a row of it cannot be
read, not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.contracts import Fact, Identity, Person
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import Made, Options, Row, RowReject, Table
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.formats.columns import (
    Aliases,
    Cells,
    Found,
    locate,
    normal,
    normals,
    require,
)
from guanxi.touchpoints.importing.formats.items import Items, Line, put
from guanxi.touchpoints.importing.formats.parsing import (
    CURRENCIES,
    Problems,
    checked,
    content_refs,
    exact_count,
    good,
    in_currency,
    rejected,
    status_key,
)
from guanxi.touchpoints.importing.formats.people import People
from guanxi.touchpoints.importing.formats.rules import Amounts, OrderRules, State
from guanxi.touchpoints.importing.values import Bad, Memo

_ABOUT = ("status", "shop", "store", "order_type", "sale_channel")


class _Columns(NamedTuple):
    """Some rows, parsed: one value per row in each list."""

    refs: list[str]
    states: list[State]
    amounts: list[int | None]  # millionths
    payable: list[int | None]  # millionths, where the amount paid is nothing
    refunds: list[int | None]  # millionths, so far
    paid: list[int | None]
    placed: list[int | None]
    refunded: list[int | None]
    returned: list[bool]  # by the after-sale status
    lines: Sequence[Line]
    abouts: Sequence[dict[str, object]]
    identities: list[tuple[Identity, ...]]
    persons: list[Person | None]
    currencies: list[str] | None
    problems: Problems


class OrderPlan:
    """Order rules with the columns of one table (contracts.Plan)."""

    def __init__(self, source: str, found: Found, rules: OrderRules, options: Options) -> None:
        self.source = source
        self.numbered = "order" not in found
        self.group_by: tuple[int, ...] = (found["order"],) if rules.grouped and not self.numbered else ()
        self._found = found
        self._rules = rules
        self._channel = options.channel or rules.channel
        self._currency = options.currency.upper()
        self._key = options.ref_key
        self._dates = Dates(ZoneInfo(options.zone))
        told = "currency" in found  # then the sign is decoration
        self._money = Memo(values.micros if told else values.micros_in(self._currency))
        self._weights = Memo(exact_count)
        extra = {status_key(text): State(state) for text, state in options.statuses.items()}
        self._table = {**{status_key(text): state for text, state in rules.statuses.items()}, **extra}
        self._statuses: Memo[State] = Memo(self._state)
        self._after_sales = {status_key(text): back for text, back in rules.after_sales.items()}
        self._people = People(found, rules.schemes)
        self._items = Items(found, flags_services=rules.signed)
        self._about = [name for name in _ABOUT if name in found]
        self._described = _Described(self._about)

    # ------------------------------------------------------------ columns

    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made:
        if not rows:
            return Made([], [], [])
        cells = Cells(rows, self._found)
        read = self._read(rows, cells, occurrences)
        facts: list[Fact] = []
        rejects: list[RowReject] = []
        origins: list[Row] = []
        refs, problems = read.refs, read.problems
        start, count = 0, len(rows)
        grouped = bool(self.group_by)
        while start < count:
            end = start + 1
            if grouped:
                ref = refs[start]
                while end < count and refs[end] == ref:
                    end += 1
            if problems and any(at in problems for at in range(start, end)):
                rejects.extend(rejected(rows, start, end, problems))
            else:
                problem = self._mixed(read, start, end) or self._order(read, cells, start, end, facts)
                if problem:
                    rejects.extend(RowReject(row.line, *problem, row.original) for row in rows[start:end])
                if read.currencies and len(facts) > len(origins):
                    facts[len(origins) :] = [
                        in_currency(fact, read.currencies[start]) for fact in facts[len(origins) :]
                    ]
                origins.extend([rows[start]] * (len(facts) - len(origins)))
            start = end
        return Made(facts, rejects, origins)

    def _read(self, rows: Sequence[Row], cells: Cells, occurrences: Sequence[int] | None) -> _Columns:
        problems: Problems = {}
        count = len(rows)
        if self.numbered:
            refs = content_refs(rows, occurrences or [1] * count, self._key)
        else:
            refs = good([values.identifier(cell) for cell in cells["order"]], "bad_order", problems)
            for at, ref in enumerate(refs):
                if not ref:
                    problems.setdefault(at, ("no_order", say("The row has no order number.")))
        if "status" in self._found:
            states = checked(self._statuses, cells["status"], "unknown_status", problems)
        else:
            states = [self._rules.status_default or State.PAID] * count
        identities, persons = self._people.read(cells, count)
        return _Columns(
            refs=refs,
            states=states,
            amounts=self._amounts(cells, count, problems),
            payable=self._optional(self._money, cells, "payable", count, problems),
            refunds=self._optional(self._money, cells, "refund", count, problems),
            paid=self._times(cells, "paid", count, problems),
            placed=self._times(cells, "placed", count, problems),
            refunded=self._times(cells, "refunded", count, problems),
            returned=self._returned(cells, count),
            lines=self._items.read(cells, count, problems),
            abouts=self._abouts(cells, count),
            identities=identities,
            persons=persons,
            currencies=self._currencies(cells),
            problems=problems,
        )

    def _amounts(self, cells: Cells, count: int, problems: Problems) -> list[int | None]:
        amounts: list[int | None] = [None] * count
        for name in self._rules.amount_fields:
            if name not in self._found:
                continue
            column = checked(self._money, cells[name], "bad_amount", problems)
            if all(amount is None for amount in amounts):
                amounts = column
            else:
                amounts = [b if a is None else a for a, b in zip(amounts, column, strict=True)]
            if None not in amounts:
                return amounts
        if "price" in self._found and "quantity" in self._found and self._rules.signed:
            prices = checked(self._money, cells["price"], "bad_price", problems)
            quantities = checked(self._weights, cells["quantity"], "bad_quantity", problems)
            for at, (price, quantity) in enumerate(zip(prices, quantities, strict=True)):
                if amounts[at] is None and price is not None and quantity is not None:
                    amounts[at] = int((price * quantity).to_integral_value(ROUND_HALF_EVEN))
        return amounts

    def _optional(
        self, memo: Memo[int | None], cells: Cells, name: str, count: int, problems: Problems
    ) -> list[int | None]:
        if name not in self._found:
            return [None] * count
        return checked(memo, cells[name], f"bad_{name}", problems)

    def _times(self, cells: Cells, name: str, count: int, problems: Problems) -> list[int | None]:
        if name not in self._found:
            return [None] * count
        return good(self._dates.column(cells[name]), "bad_date", problems)

    def _state(self, text: str) -> State | Bad:
        key = status_key(text)
        if not key and self._rules.status_default:
            return self._rules.status_default
        state = self._table.get(key)
        if state is None:
            return Bad(
                say(
                    "'%(text)s' is no known status; say what it means with --status.",
                    text=values.clean(text)[:40],
                )
            )
        return state

    def _abouts(self, cells: Cells, count: int) -> Sequence[dict[str, object]]:
        """What the payload says beside number and items; equal rows share one dict, which is copied."""
        if not self._about:
            return [{}] * count
        return [self._described[key] for key in zip(*[cells[name] for name in self._about], strict=True)]

    def _returned(self, cells: Cells, count: int) -> list[bool]:
        if not self._after_sales or "after_sale" not in self._found:
            return [False] * count
        return [self._after_sales.get(status_key(cell), False) for cell in cells["after_sale"]]

    def _mixed(self, read: _Columns, start: int, end: int) -> tuple[str, Wording] | None:
        if read.currencies and len(set(read.currencies[start:end])) > 1:
            return "currencies_differ", say("The order's rows name different currencies.")
        return None

    def _currencies(self, cells: Cells) -> list[str] | None:
        """The ISO code of each row's currency, "" where it is the brand's own."""
        if "currency" not in self._found:
            return None
        named = [values.clean(cell).upper() for cell in cells["currency"]]
        codes = [CURRENCIES.get(code, code)[:10] for code in named]
        return ["" if code == self._currency else code for code in codes]

    # ------------------------------------------------------------ one order

    def _order(
        self, read: _Columns, cells: Cells, start: int, end: int, facts: list[Fact]
    ) -> tuple[str, Wording] | None:
        """Adds the facts of the order in rows start…end, or answers why there are none."""
        money = self._single(read, start) if end == start + 1 else self._several(read, start, end)
        if isinstance(money, tuple) and isinstance(money[0], str):
            return money
        is_paid, amount, refund = money
        ref = read.refs[start]
        paid_ms, placed_ms = read.paid[start], read.placed[start]
        at_ms = (paid_ms or placed_ms) if is_paid else (placed_ms or paid_ms)
        if at_ms is None:
            return "no_date", say("The order has no date.")
        if amount is None and is_paid:
            return "no_amount", say("The order has no amount.")
        who, person = read.identities[start], read.persons[start]
        payload = {"order": ref, **read.abouts[start]}
        quantity = put(payload, read.lines[start:end])
        channel = self._channel
        if not channel and "channel" in self._found:
            channel = values.clean(cells["channel"][start])[:40]
        if not is_paid and not amount:
            amount = read.payable[start]
        amount_fen = values.to_fen(amount or 0)
        if is_paid and self._rules.signed and not who and amount_fen == 0:
            is_paid = False  # goods moved, no buyer and no money: a stock movement
        if not is_paid:
            facts.append(
                Fact(
                    "order.placed",
                    ref + ":placed",
                    at_ms,
                    who,
                    person,
                    channel,
                    abs(amount_fen),
                    quantity,
                    payload,
                )
            )
            return None
        if amount_fen < 0:
            payload["cumulative_fen"] = -amount_fen
            quantity = None if quantity is None else abs(quantity)
            named = f"{ref}:refund:{-amount_fen}"
            facts.append(
                Fact("order.refunded", named, at_ms, who, person, channel, -amount_fen, quantity, payload)
            )
            return None
        paid = ("order.paid", ref, at_ms, who, person, channel, amount_fen, quantity, payload)
        facts.append(tuple.__new__(Fact, paid))  # half the time of calling Fact
        if refund and (refund_fen := values.to_fen(refund)) > 0:
            back_ms = max(at_ms, read.refunded[start] or at_ms)
            about = {"order": ref, "status": payload.get("status", ""), "cumulative_fen": refund_fen}
            named = f"{ref}:refund:{refund_fen}"
            facts.append(Fact("order.refunded", named, back_ms, who, None, channel, refund_fen, None, about))
        return None

    def _single(self, read: _Columns, at: int) -> _Money:
        """Whether row `at` was paid for, with how much, and how much of it was given back."""
        state, amount, refund = read.states[at], read.amounts[at], read.refunds[at]
        if state is State.PLACED:
            return False, amount, None
        if state is State.PAID:
            return True, amount, amount if refund is None and read.returned[at] else refund
        if state is State.CLOSED and read.paid[at] is None and not refund and not read.returned[at]:
            return False, amount, None
        return True, amount, refund or amount

    def _several(self, read: _Columns, start: int, end: int) -> _Money | tuple[str, Wording]:
        """The same for an order of several rows."""
        rows = range(start, end)
        if self._rules.amounts is Amounts.ONCE:
            stated = {read.amounts[at] for at in rows} - {None}
            if len(stated) > 1:
                return "amounts_differ", say("The order's rows state different amounts for the whole order.")
            state = min((read.states[at] for at in rows), key=_RANK.index)
            leading = next(at for at in rows if read.states[at] is state)
            refunds = [refund for at in rows if (refund := read.refunds[at]) is not None]
            amount = next(iter(stated), None)
            is_paid, _, refund = self._single(
                read._replace(amounts=_At(amount), refunds=_At(max(refunds, default=None))), leading
            )
            return is_paid, amount, refund
        parts = [self._single(read, at) for at in rows]
        if any(amount is None for is_paid, amount, _ in parts if is_paid):
            return "no_amount", say("A row of the order has no amount.")
        settled = [part for part in parts if part[0]] or parts
        total = sum(amount or 0 for _, amount, _ in settled)
        return bool(settled[0][0]), total, sum(refund or 0 for _, _, refund in settled)


_Money = tuple[bool, int | None, int | None]
_RANK = [State.PAID, State.REFUNDED, State.CLOSED, State.PLACED]


class _Described(dict[tuple[str, ...], dict[str, object]]):
    """Cells → payload fields, without the empty ones."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__()
        self._fields = fields

    def __missing__(self, key: tuple[str, ...]) -> dict[str, object]:
        if len(self) >= values.REMEMBERED:
            self.clear()
        cells = zip(self._fields, key, strict=True)
        about: dict[str, object] = {name: text for name, cell in cells if (text := values.clean(cell))}
        self[key] = about
        return about


class _At(list[int | None]):
    """A column that has the same value in every row."""

    def __init__(self, value: int | None) -> None:
        super().__init__()
        self._value = value

    def __getitem__(self, at: object) -> int | None:  # type: ignore[override]  # only ever asked for one row
        return self._value


@dataclass(frozen=True)
class OrderFormat:
    """A platform's order file (contracts.Importer)."""

    name: str
    label_zh: str
    label_en: str
    source: str
    aliases: Aliases
    needed: tuple[tuple[str, ...], ...]
    marks: frozenset[str]  # headers that tell it from its neighbours
    rules: OrderRules

    @property
    def headers(self) -> frozenset[str]:
        return normals(self.aliases)

    def detects(self, names: Sequence[str]) -> float:
        """The needed columns must all be there; then the share of the marks decides."""
        found = locate(names, self.aliases)
        if not all(any(name in found for name in group) for group in self.needed):
            return 0.0
        present = {normal(name) for name in names}
        hits = sum(1 for mark in self.marks if normal(mark) in present)
        return min(1.0, 0.4 + 0.6 * hits / max(1, min(4, len(self.marks)))) if hits else 0.0

    def plan(self, table: Table, options: Options) -> OrderPlan:
        found = locate(table.names, self.aliases)
        require(table, found, self.needed, self.aliases)
        return OrderPlan(self.source, found, self.rules, options)
