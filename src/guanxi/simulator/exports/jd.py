"""JD: one row a SKU with the order's amount on each, phones masked as 1******6198, GB18030."""

from __future__ import annotations

from collections.abc import Iterator

from guanxi.simulator import identities
from guanxi.simulator.catalogue import JD, OPTIONS, PRICES_FEN, SKUS, TITLES
from guanxi.simulator.exports.book import Book, Order, address, header, local_phone, write_csv, yuan
from guanxi.simulator.orders import SHIPPED, TO_SHIP, UNPAID, WAITING

HEADER = header("jd-orders")
_STATUS = {UNPAID: "已取消", WAITING: "等待付款", TO_SHIP: "等待出库", SHIPPED: "等待确认收货"}


def _phone(order: Order) -> str:
    if order.phone:
        return local_phone(order.phone)
    hidden = str(order.hidden_phone)
    return f"{hidden[0]}******{hidden[-4:]}" if order.hidden_phone else ""


def _rows(book: Book, order: Order) -> Iterator[list[str]]:
    status = _STATUS.get(order.state, "完成")
    finished = book.later(order.at, 4 + order.serial % 4) if status == "完成" else ""
    account, place = identities.jd(order.person), address(order).replace(" ", "")
    for line in order.lines:
        yield [
            order.number, f"{10_068_000_000 + line.sku * 131}", f"{TITLES[line.sku]} {OPTIONS[line.sku]}",
            str(line.quantity), "在线支付", order.created_at, yuan(int(PRICES_FEN[line.sku])),
            yuan(order.paid_fen),
            yuan(order.goods_fen), "0.00", yuan(order.paid_fen), status, "SOP", account, order.name, place,
            _phone(order), "", "电子发票", "个人", "商品明细", "", "", yuan(order.freight_fen),
            order.paid_at, "",
            SKUS[line.sku], finished, "移动端" if order.serial % 8 else "PC端", "京东商城", "", "0.00", "1",
            "默认仓",
            SKUS[line.sku],
        ]  # fmt: skip


def write(book: Book) -> None:
    """jd-orders-<year>.csv."""
    for year in book.years():

        def rows(year: int = year) -> Iterator[list[str]]:
            for order in book.of(JD, year):
                yield from _rows(book, order)

        write_csv(book.folder / "jd" / f"jd-orders-{year}.csv", "gb18030", HEADER, rows)
