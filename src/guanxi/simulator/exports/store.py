"""The tills of forty stores: one row a line; a return is a receipt of its own with negative lines."""

from __future__ import annotations

from collections.abc import Iterator

from guanxi.simulator import identities
from guanxi.simulator.catalogue import CATEGORIES, PRICES_FEN, SKUS, STORE, STORE_NAMES, TITLES
from guanxi.simulator.exports.book import Book, Order, header, local_phone, masked_phone, write_csv, yuan
from guanxi.simulator.mess import store_of
from guanxi.simulator.people import Ints
from guanxi.simulator.seasons import DAY_S

HEADER = header("store")
RETURN_AFTER_S = 3 * DAY_S


def _rows(order: Order, store: int, end_s: int) -> Iterator[list[str]]:
    member = identities.member(order.person) if order.member else ""
    phone = local_phone(order.phone) if order.phone else ""
    if order.hidden_phone:
        phone = masked_phone(order.hidden_phone, 3, 4)
    back = [line for line in order.lines if line.returned]
    parts = [("销售", order.number, order.at, 1, order.lines)]
    if back:
        at = min(order.at + RETURN_AFTER_S, end_s - 1)
        parts.append(("退货", f"{order.number}R", at, -1, back))
    for kind, number, at, sign, lines in parts:
        for line in lines:
            yield [
                number, f"S{store + 1:03d}", STORE_NAMES[store], identities.stamp(at), kind, member,
                order.name, phone,
                SKUS[line.sku], TITLES[line.sku], CATEGORIES[line.sku], str(sign * line.quantity),
                yuan(int(PRICES_FEN[line.sku])), yuan(sign * line.paid_fen),
                ("微信支付", "支付宝", "银行卡", "现金")[order.serial % 4], f"{order.serial % 5 + 1:02d}",
                order.number if sign < 0 else "",
            ]  # fmt: skip


def write(book: Book) -> None:
    """pos-<year>.csv."""
    stores: Ints = store_of(book.people, book.orders)
    for year in book.years():

        def rows(year: int = year) -> Iterator[list[str]]:
            for order in book.of(STORE, year):
                yield from _rows(order, int(stores[order.serial]), book.calendar.end_s)

        write_csv(book.folder / "store" / f"pos-{year}.csv", "utf-8", HEADER, rows)
