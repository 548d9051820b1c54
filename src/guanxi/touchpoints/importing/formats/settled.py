"""What the rows of an order, taken together, say of its money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from guanxi.kernel.wording import Wording, say
from guanxi.touchpoints.contracts import Identity, Person
from guanxi.touchpoints.importing.formats.items import Line
from guanxi.touchpoints.importing.formats.parsing import Problems
from guanxi.touchpoints.importing.formats.rules import Amounts, State

Money = tuple[bool, int | None, int | None]  # paid or not, how much, and how much was given back
_RANK = [State.PAID, State.REFUNDED, State.CLOSED, State.PLACED]


class Columns(NamedTuple):
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
    partly: list[bool]  # said to be given back in part
    lines: Sequence[Line]
    abouts: Sequence[dict[str, object]]
    identities: list[tuple[Identity, ...]]
    persons: list[Person | None]
    currencies: list[str] | None
    problems: Problems


def settled(
    state: State, paid_ms: int | None, amount: int | None, refund: int | None, is_returned: bool
) -> Money:
    """What a state means for the money beside it (in millionths)."""
    if state is State.PLACED:
        return False, amount, None
    if state is State.PAID:
        return True, amount, amount if is_returned and not refund else refund
    if state is State.CLOSED and paid_ms is None and not refund and not is_returned:
        return False, amount, None
    return True, amount, refund or amount


def several(read: Columns, amounts: Amounts, start: int, end: int) -> tuple[Money, int] | tuple[str, Wording]:
    """The money of the order in rows start…end, and the row that leads: its time, status and buyer are the
    order's. Or why it cannot be told.

    Some exports fill an order's own columns in its first row alone: a row without a status says nothing of
    its own, and what the leading row lacks is taken from the others.
    """
    rows = range(start, end)
    telling = [at for at in rows if "status" in read.abouts[at]] or list(rows)
    if amounts is Amounts.ONCE:
        stated = {read.amounts[at] for at in rows} - {None}
        if len(stated) > 1:
            return "amounts_differ", say("The order's rows state different amounts for the whole order.")
        leading = min(telling, key=lambda at: _RANK.index(read.states[at]))
        _complete(read, leading, start, end)
        refund = max((refund for at in rows if (refund := read.refunds[at]) is not None), default=None)
        money = settled(
            read.states[leading],
            read.paid[leading],
            next(iter(stated), None),
            refund,
            read.returned[leading],
        )
        return money, leading
    parts: list[Money] = []
    said = set(telling)
    for at in rows:
        told = at if at in said else telling[0]
        part = settled(
            read.states[told], read.paid[told], read.amounts[at], read.refunds[at], read.returned[told]
        )
        if part[0] and part[1] is None:
            return "no_amount", say("A row of the order has no amount.")
        parts.append(part)
    counted = [at for at, part in enumerate(parts) if part[0]] or list(range(end - start))
    leading = start + counted[0]
    _complete(read, leading, start, end)
    total = sum(parts[at][1] or 0 for at in counted)
    given_back = sum(parts[at][2] or 0 for at in counted)
    return (parts[counted[0]][0], total, given_back), leading


def is_unstated(read: Columns, amounts: Amounts, start: int, end: int) -> bool:
    """Whether the order in rows start…end was given back in part, and nothing says how much."""
    if not any(read.partly[start:end]):
        return False
    if amounts is Amounts.ONCE:
        return not any(read.refunds[start:end])
    return any(read.partly[at] and not read.refunds[at] for at in range(start, end))


def disagreement(read: Columns, start: int, end: int) -> tuple[str, Wording] | None:
    """Why rows start…end cannot be one order stated once more, as in exports that were joined: they differ in
    what was paid. Otherwise each row tells of the order as it stood then."""
    each = [
        settled(read.states[at], read.paid[at], read.amounts[at], read.refunds[at], read.returned[at])
        for at in range(start, end)
    ]
    if len({amount for is_paid, amount, _ in each if is_paid} - {None}) > 1:
        return "amounts_differ", say("The order's rows state different amounts for the whole order.")
    return None


def _complete(read: Columns, leading: int, start: int, end: int) -> None:
    """What the leading row does not say, another row of the order may."""
    columns: tuple[list[Any], ...] = (
        read.paid,
        read.placed,
        read.refunded,
        read.payable,
        read.identities,
        read.persons,
    )
    for column in columns:
        if not column[leading]:
            column[leading] = next(filter(None, column[start:end]), column[leading])
