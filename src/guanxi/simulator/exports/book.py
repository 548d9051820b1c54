"""What the writers of files share: orders as text-ready values, read out of the columns in chunks."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np

from guanxi.simulator import catalogue, identities, names, places
from guanxi.simulator.mess import ABSENT, ALIAS, MASKED, PLACEHOLDER, TITLE, Sightings
from guanxi.simulator.orders import PAID_STATES, Orders
from guanxi.simulator.people import People
from guanxi.simulator.seasons import DAY_S, Calendar

CHUNK = 20_000
_HEADERS = json.loads(files("guanxi.simulator").joinpath("data/headers.json").read_text(encoding="utf-8"))


def header(name: str) -> list[str]:
    """The columns of a file, as in the real export."""
    columns: str = _HEADERS[name]
    return columns.split(",")


class Line(NamedTuple):
    sku: int
    quantity: int
    paid_fen: int
    returned: bool


class Order(NamedTuple):
    """One order, ready to be written down."""

    number: str
    serial: int
    person: int
    at: int
    state: int
    freight_fen: int
    paid_fen: int
    refund_fen: int
    lines: list[Line]
    phone: int  # legible, else 0
    hidden_phone: int  # what a mask hides, else 0
    buyer_phone: int
    name: str
    name_masked: bool
    city: int
    home: int
    member: bool
    shop: int
    gift: bool

    @property
    def is_paid(self) -> bool:
        return self.state in PAID_STATES

    @property
    def goods_fen(self) -> int:
        return self.paid_fen - self.freight_fen

    @property
    def list_fen(self) -> int:
        return sum(int(catalogue.PRICES_FEN[line.sku]) * line.quantity for line in self.lines)

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def paid_at(self) -> str:
        return identities.stamp(self.at + 20 + self.serial % 90) if self.is_paid else ""

    @property
    def created_at(self) -> str:
        return identities.stamp(self.at)


@dataclass(frozen=True)
class Book:
    """All that was drawn, and where it goes."""

    seed: int
    folder: Path
    calendar: Calendar
    people: People
    orders: Orders
    seen: Sightings
    numbers: list[str]

    def years(self) -> list[int]:
        return list(range(self.calendar.start.year, self.calendar.end.year + 1))

    def of(self, channel: int, year: int) -> Iterator[Order]:
        """The orders of a channel and calendar year, the newest first, as exports list them."""
        start, end = (int(np.datetime64(f"{y}-01-01", "s").astype(np.int64)) for y in (year, year + 1))
        low, high = np.searchsorted(self.orders.at, (start, end))
        mine = low + np.flatnonzero(self.orders.channel[low:high] == channel)[::-1]
        for first in range(0, len(mine), CHUNK):
            yield from self._read(mine[first : first + CHUNK])

    def _read(self, which: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[Order]:
        orders, seen, people = self.orders, self.seen, self.people
        person = orders.person[which]
        columns = [
            which, person, orders.at[which], orders.state[which], orders.freight_fen[which],
            orders.paid_fen[which], orders.refund_fen[which], orders.first_line[which],
            orders.first_line[which + 1], seen.phone[which], seen.hidden_phone[which],
            seen.buyer_phone[which],
            seen.receiver[which], seen.name_style[which], people.city[person], people.home[person],
            seen.member[which], seen.shop[which], seen.gift[which],
        ]  # fmt: skip
        for (
            number, who, at, state, freight, paid, refund, low, high, phone, hidden, buyer, name, style, city,
            home, member, shop, gift,
        ) in zip(*(column.tolist() for column in columns), strict=True):  # fmt: skip
            inner = slice(low, high)
            lines = [
                Line(*line)
                for line in zip(
                    orders.sku[inner].tolist(), orders.quantity[inner].tolist(),
                    orders.line_fen[inner].tolist(), orders.returned[inner].tolist(), strict=True,
                )
            ]  # fmt: skip
            yield Order(
                self.numbers[number], number, who, at, state, freight, paid, refund, lines, phone, hidden,
                buyer, name_text(name, style, number), style == MASKED, city, home, member, shop, gift,
            )  # fmt: skip

    def later(self, at: int, days: float) -> str:
        """A time some days later, if it came before the export was made; else empty."""
        moment = at + int(days * DAY_S)
        return identities.stamp(moment) if moment < self.calendar.end_s else ""


_PLACEHOLDERS = ("散客", "顾客", "匿名", "客户")


def name_text(code: int, style: int, serial: int) -> str:
    match style:
        case _ if style == MASKED:
            return names.masked(names.write(code))
        case _ if style == PLACEHOLDER:
            return _PLACEHOLDERS[serial % len(_PLACEHOLDERS)]
        case _ if style == TITLE:
            return names.title(code)
        case _ if style == ALIAS:
            return names.nickname(code)
        case _ if style == ABSENT:
            return ""
        case _:
            return names.write(code)


def yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def local_phone(phone: int) -> str:
    """As people write it: a mainland number bare, a Hong Kong one with its code."""
    text = str(phone)
    return f"852-{text[3:]}" if phone >= 85_200_000_000 else text


def masked_phone(phone: int, shown_first: int, shown_last: int) -> str:
    """`138****8000` and its like: as many stars as digits hidden."""
    text = str(phone)
    return text[:shown_first] + "*" * (len(text) - shown_first - shown_last) + text[len(text) - shown_last :]


def address(order: Order) -> str:
    return places.address(order.city, order.home)


def write_csv(
    path: Path, encoding: str, columns: Sequence[str], rows: Callable[[], Iterator[Sequence[object]]]
) -> bool:
    """Writes a file, or nothing where there are no rows."""
    rest = rows()
    first = next(rest, None)
    if first is None:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as stream:
        out = csv.writer(stream, lineterminator="\r\n")
        out.writerow(columns)
        out.writerow(first)
        out.writerows(rest)
    return True
