"""Taobao and Tmall: ExportOrderList and ExportOrderDetailList, GBK, cells as ="…"."""

from __future__ import annotations

from collections.abc import Iterator

from guanxi.simulator import identities
from guanxi.simulator.catalogue import CATEGORIES, OPTIONS, PRICES_FEN, SHOPS, SKUS, TITLES, TMALL
from guanxi.simulator.exports.book import (
    Book,
    Order,
    address,
    header,
    local_phone,
    masked_phone,
    write_csv,
    yuan,
)
from guanxi.simulator.orders import PARTLY_RETURNED, RETURNED, SHIPPED, TO_SHIP, UNPAID, WAITING

ORDER_HEADER = header("tmall-orders")
DETAIL_HEADER = header("tmall-details")
_STATUS = {
    UNPAID: "交易关闭",
    RETURNED: "交易关闭",
    WAITING: "等待买家付款",
    TO_SHIP: "买家已付款,等待卖家发货",
    SHIPPED: "卖家已发货,等待买家确认",
}
_SHOP_ID = "558102201"


def _text(value: str) -> str:
    return f'="{value}"'


def _status(order: Order, year: int) -> str:
    status = _STATUS.get(order.state, "交易成功")
    return status.replace(",", "，") if year % 2 else status  # both commas are seen in the wild


def _order_row(book: Book, order: Order, year: int) -> list[str]:
    paid = yuan(order.paid_fen) if order.is_paid else "0.00"
    done = book.later(order.at, 6 + order.serial % 5) if order.state not in (UNPAID, RETURNED) else ""
    reason = {UNPAID: "买家未及时付款", RETURNED: "退款"}.get(order.state, "订单未关闭")
    legible = f"'{local_phone(order.phone)}" if order.phone else ""
    phone = legible or (f"'{masked_phone(order.hidden_phone, 0, 4)}" if order.hidden_phone else "")
    place = address(order)
    if order.name_masked:
        place = " ".join(place.split(" ")[:3]) + " ****"
    return [
        _text(order.number), identities.tmall(book.people, order.person), "",
        _text(f"20{order.serial:026d}"), "",
        yuan(order.goods_fen), yuan(order.freight_fen), "0", yuan(order.paid_fen), "0", paid, "0",
        _status(order, year), "送给朋友的，请放贺卡" if order.gift and order.serial % 2 else "", order.name,
        place, "快递",
        "", phone, order.created_at, order.paid_at, "，".join(TITLES[line.sku] for line in order.lines),
        str(len(order.lines)), _text(f"YT{order.serial * 7919 % 10**13:013d}") if order.is_paid else "",
        "圆通速递" if order.is_paid else "", "", str(order.quantity), _SHOP_ID, SHOPS[TMALL], reason, "0.00",
        "0.00", "", "手机订单" if order.serial % 10 else "", "", "", "", "", "", "", "", "", "", "0.00",
        "0.00", "", "",
        "", "", "", "", yuan(order.refund_fen) if order.state in (RETURNED, PARTLY_RETURNED) else "0.00",
        "", done,
        yuan(order.paid_fen - order.refund_fen) if done else "0.00", "0.00",
    ]  # fmt: skip


def write(book: Book) -> None:
    """ExportOrderList<year>.csv and ExportOrderDetailList<year>.csv."""
    for year in book.years():

        def orders(year: int = year) -> Iterator[list[str]]:
            return (_order_row(book, order, year) for order in book.of(TMALL, year))

        def details(year: int = year) -> Iterator[list[str]]:
            for order in book.of(TMALL, year):
                status = _status(order, year)
                for line in order.lines:
                    yield [
                        _text(order.number), TITLES[line.sku], yuan(int(PRICES_FEN[line.sku])),
                        str(line.quantity),
                        SKUS[line.sku], f"规格:{OPTIONS[line.sku]};系列:{CATEGORIES[line.sku]}", "", "",
                        status,
                        SKUS[line.sku],
                    ]  # fmt: skip

        folder = book.folder / "tmall"
        write_csv(folder / f"ExportOrderList{year}.csv", "gbk", ORDER_HEADER, orders)
        write_csv(folder / f"ExportOrderDetailList{year}.csv", "gbk", DETAIL_HEADER, details)
