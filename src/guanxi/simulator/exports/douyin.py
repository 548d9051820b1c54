"""Douyin shop: UTF-8 with BOM, a tab before numbers, sealed receivers, one row a sub-order, `-` for empty."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import blake2b

from guanxi.simulator import identities, places
from guanxi.simulator.catalogue import DOUYIN, OPTIONS, PRICES_FEN, SKUS, TITLES
from guanxi.simulator.exports.book import Book, Order, header, local_phone, write_csv, yuan
from guanxi.simulator.orders import RETURNED, SHIPPED, TO_SHIP, UNPAID, WAITING

HEADER = header("douyin-orders")
_STATUS = {UNPAID: "已关闭", RETURNED: "已关闭", WAITING: "待支付", TO_SHIP: "待发货", SHIPPED: "已发货"}


def _sealed(mark: str, text: str, serial: int) -> str:
    """Looks like the platform's ciphertext; the same text is sealed differently each time."""
    digest = blake2b(f"{mark}{serial}{text}".encode(), digest_size=33).digest()
    return f"{mark}{b64encode(digest[:24]).decode()}{mark}{b64encode(digest).decode()}{mark}1{mark}{mark}"


def _rows(book: Book, order: Order) -> Iterator[list[str]]:
    name = _sealed("##", order.name, order.serial) if order.name_masked else order.name
    phone = local_phone(order.phone) if order.phone else ""
    if order.hidden_phone:
        phone = _sealed("$$", str(order.hidden_phone), order.serial)
    street = places.street(order.home)
    done = _STATUS.get(order.state, "已完成")
    finished = book.later(order.at, 5 + order.serial % 6) if done == "已完成" else ""
    for n, line in enumerate(order.lines):
        freight = order.freight_fen if n == 0 else 0
        list_fen = int(PRICES_FEN[line.sku]) * line.quantity
        cut = yuan(list_fen - line.paid_fen)
        after_sale = "退款成功" if line.returned else "-"
        yield [
            f"\t{order.number}", f"\t{order.number[:-2]}{n}{order.number[-2:]}", TITLES[line.sku],
            OPTIONS[line.sku],
            str(line.quantity), f"\t{3_500_000_000_000_000_000 + line.sku * 7}", SKUS[line.sku],
            yuan(int(PRICES_FEN[line.sku])), yuan(line.paid_fen + freight), yuan(freight), cut, "0.00", cut,
            "0.00",
            "0.00", "0.00", "0.00", "抖音支付" if order.is_paid else "-", "0.00", name, f"\t{phone}",
            places.PROVINCES[order.city], places.CITIES[order.city], places.district(order.home), "-",
            _sealed("##", street, order.serial) if order.name_masked else street, "否", "-",
            f"{order.created_at}\t", "-",
            "-", finished or "-", order.paid_at or "-", "抖音", "直播间" if order.serial % 3 else "短视频",
            "已关闭" if line.returned else done, book.later(order.at, 2) or "-", "普通订单", "-",
            f"\t{7_100_000_000 + order.serial % 23}", f"达人{order.serial % 23}号", "-", after_sale,
            "超时未支付" if order.state == UNPAID else "-", "-", "-", "-", "否", "-", "自然流量", "直播",
            "抖音", "商家", "-",
            book.later(order.at, 1) if order.is_paid else "-", f"\t{identities.douyin(order.person)}",
        ]  # fmt: skip


def write(book: Book) -> None:
    """douyin-orders-<year>.csv."""
    for year in book.years():

        def rows(year: int = year) -> Iterator[list[str]]:
            for order in book.of(DOUYIN, year):
                yield from _rows(book, order)

        write_csv(book.folder / "douyin" / f"douyin-orders-{year}.csv", "utf-8-sig", HEADER, rows)
