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
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN
from zoneinfo import ZoneInfo

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.contracts import Fact
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
    refuse_mapping,
    refuse_rounded,
    require,
)
from guanxi.touchpoints.importing.formats.items import Items, put
from guanxi.touchpoints.importing.formats.parsing import (
    CURRENCIES,
    Problems,
    checked,
    content_refs,
    exact_count,
    good,
    in_currency,
    refund_by,
    rejected,
    says_partly_refunded,
    status_key,
)
from guanxi.touchpoints.importing.formats.people import People
from guanxi.touchpoints.importing.formats.rules import Amounts, OrderRules, State
from guanxi.touchpoints.importing.formats.settled import (
    Columns,
    disagreement,
    is_unstated,
    settled,
    several,
)
from guanxi.touchpoints.importing.values import Bad, Memo

_ABOUT = ("status", "shop", "store", "order_type", "sale_channel")


class OrderPlan:
    """Order rules with the columns of one table (contracts.Plan)."""

    def __init__(self, source: str, found: Found, rules: OrderRules, options: Options) -> None:
        self.source = source
        self.numbered = "order" not in found
        self.group_by: tuple[int, ...] = () if self.numbered else (found["order"],)
        self._found = found
        self._rules = rules
        self._channel = options.channel or rules.channel
        self._currency = options.currency.upper()
        self._key = options.ref_key
        self._dates = Dates(ZoneInfo(options.zone))
        told = "currency" in found  # then the sign is decoration
        money = values.micros if told else values.micros_in(self._currency)
        self._money = Memo(money)
        self._refunds = Memo(refund_by(money))
        self._weights = Memo(exact_count)
        extra = {status_key(text): State(state) for text, state in options.statuses.items()}
        self._table = {**{status_key(text): state for text, state in rules.statuses.items()}, **extra}
        self._statuses: Memo[State] = Memo(self._state)
        after_sales = {status_key(text): back for text, back in rules.after_sales.items()}
        self._partly = Memo(says_partly_refunded)
        self._after_sales = Memo(lambda text: after_sales.get(status_key(text), False))
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
        start, count, unstated = 0, len(rows), 0
        any_partly = any(read.partly)
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
                known = len(facts)
                if problem := self._told(read, cells, start, end, facts):
                    rejects.extend(RowReject(row.line, *problem, row.original) for row in rows[start:end])
                elif any_partly and any(fact.kind == "order.paid" for fact in facts[known:]):
                    unstated += is_unstated(read, self._rules.amounts, start, end)
                if read.currencies:
                    facts[known:] = [in_currency(fact, read.currencies[start]) for fact in facts[known:]]
                origins.extend([rows[start]] * (len(facts) - known))
            start = end
        return Made(facts, rejects, origins, unstated)

    def _read(self, rows: Sequence[Row], cells: Cells, occurrences: Sequence[int] | None) -> Columns:
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
        identities, persons = self._people.read(cells, count, problems)
        return Columns(
            refs=refs,
            states=states,
            amounts=self._amounts(cells, count, problems),
            payable=self._optional(self._money, cells, "payable", count, problems),
            refunds=self._optional(self._refunds, cells, "refund", count, problems),
            paid=self._times(cells, "paid", count, problems),
            placed=self._times(cells, "placed", count, problems),
            refunded=self._times(cells, "refunded", count, problems),
            returned=self._returned(cells, count),
            partly=self._partly_refunded(cells, count),
            lines=self._items.read(cells, count, problems),
            abouts=self._abouts(cells, count),
            identities=identities,
            persons=persons,
            currencies=self._currencies(cells, refs),
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
        each = self._rules.signed and (self._rules.amounts is Amounts.SUMMED or self.numbered)
        if each and "price" in self._found and "quantity" in self._found:
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
        if "after_sale" not in self._found:
            return [False] * count
        return checked(self._after_sales, cells["after_sale"], "bad_after_sale", {})

    def _partly_refunded(self, cells: Cells, count: int) -> list[bool]:
        partly = [False] * count
        for name in ("status", "after_sale"):
            if name in self._found:
                told = checked(self._partly, cells[name], "", {})
                partly = [a or b for a, b in zip(partly, told, strict=True)] if any(told) else partly
        return partly

    def _mixed(self, read: Columns, start: int, end: int) -> tuple[str, Wording] | None:
        if read.currencies and len(set(read.currencies[start:end])) > 1:
            return "currencies_differ", say("The order's rows name different currencies.")
        return None

    def _currencies(self, cells: Cells, refs: Sequence[str]) -> list[str] | None:
        """The ISO code of each row's currency, "" where it is the brand's own. A row that names none has that
        of the row above, if it is of the same order."""
        if "currency" not in self._found:
            return None
        named = [values.clean(cell).upper() for cell in cells["currency"]]
        for at in range(1, len(named)):
            if not named[at] and refs[at] == refs[at - 1]:
                named[at] = named[at - 1]
        codes = [CURRENCIES.get(code, code)[:10] for code in named]
        return ["" if code == self._currency else code for code in codes]

    # ------------------------------------------------------------ one order

    def _told(
        self, read: Columns, cells: Cells, start: int, end: int, facts: list[Fact]
    ) -> tuple[str, Wording] | None:
        """Adds the facts of all rows with one order number, or answers why there are none."""
        if end > start + 1:
            if problem := self._mixed(read, start, end):
                return problem
            if not self._rules.grouped:
                if problem := disagreement(read, start, end):
                    return problem
                made: list[Fact] = []
                for at in range(start, end):
                    if problem := self._order(read, cells, at, at + 1, made):
                        return problem
                facts.extend(made)
                return None
        return self._order(read, cells, start, end, facts)

    def _order(
        self, read: Columns, cells: Cells, start: int, end: int, facts: list[Fact]
    ) -> tuple[str, Wording] | None:
        """Adds the facts of the order in rows start…end, or answers why there are none."""
        at = start
        if end == start + 1:
            is_paid, amount, refund = settled(
                read.states[at], read.paid[at], read.amounts[at], read.refunds[at], read.returned[at]
            )
        else:
            together = several(read, self._rules.amounts, start, end)
            if isinstance(together[0], str):
                return together
            (is_paid, amount, refund), at = together
        ref = read.refs[at]
        paid_ms, placed_ms = read.paid[at], read.placed[at]
        at_ms = (paid_ms or placed_ms) if is_paid else (placed_ms or paid_ms)
        if at_ms is None:
            return "no_date", say("The order has no date.")
        if amount is None and is_paid:
            return "no_amount", say("The order has no amount.")
        who, person = read.identities[at], read.persons[at]
        payload = {"order": ref, **read.abouts[at]}
        quantity = put(payload, read.lines[start:end])
        channel = self._channel
        if not channel and "channel" in self._found:
            channel = values.clean(cells["channel"][at])[:40]
        if not is_paid and not amount:
            amount = read.payable[at]
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
            back_ms = max(at_ms, read.refunded[at] or at_ms)
            about = {"order": ref, "status": payload.get("status", ""), "cumulative_fen": refund_fen}
            named = f"{ref}:refund:{refund_fen}"
            facts.append(Fact("order.refunded", named, back_ms, who, None, channel, refund_fen, None, about))
        return None


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
        refuse_mapping(self.name, options.mapping)
        found = locate(table.names, self.aliases)
        require(table, found, self.needed, self.aliases)
        refuse_rounded(table, found["order"])
        rules = self.rules
        if "part" in found:  # an export by parts of orders: each row has its own amount
            rules = replace(rules, amounts=Amounts.SUMMED, grouped=True)
        return OrderPlan(self.source, found, rules, options)
