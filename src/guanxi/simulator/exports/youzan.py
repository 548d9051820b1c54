"""Youzan: orders (分销员 twice, phones as 186******05) and customers (xlsx, with a nameless last column)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from guanxi.simulator import identities, names, places
from guanxi.simulator.catalogue import SHOPS, STORE_NAMES, TITLES, YOUZAN
from guanxi.simulator.exports.book import (
    Book,
    Order,
    header,
    local_phone,
    masked_phone,
    name_text,
    write_csv,
    yuan,
)
from guanxi.simulator.exports.xlsx import write_sheet
from guanxi.simulator.mess import Sightings
from guanxi.simulator.orders import PARTLY_RETURNED, RETURNED, SHIPPED, TO_SHIP, UNPAID, WAITING
from guanxi.simulator.people import Ints

ORDER_HEADER = header("youzan-orders")
CUSTOMER_HEADER = header("youzan-customers")
_STATUS = {UNPAID: "交易关闭", RETURNED: "交易关闭", WAITING: "待付款", TO_SHIP: "待发货", SHIPPED: "已发货"}


def _masked(phone: int) -> str:
    return masked_phone(phone, 3, 2) if phone else ""


def _nickname(book: Book, person: int) -> str:
    code = int(book.people.name[person])
    return (
        names.nickname(code)
        if person % 4
        else f"{names.nickname(code)}爱{('香薰', '猫', '旅行', '生活')[person // 4 % 4]}"
    )


def _row(book: Book, order: Order) -> list[str]:
    finished = book.later(order.at, 7) if order.state not in (UNPAID, RETURNED) and order.is_paid else ""
    refund = {RETURNED: "全额退款", PARTLY_RETURNED: "部分退款"}.get(order.state, "")
    paid = yuan(order.paid_fen)
    phone = local_phone(order.phone) if order.phone else _masked(order.hidden_phone)
    buyer = (
        local_phone(order.buyer_phone) if order.buyer_phone else _masked(int(book.people.phone[order.person]))
    )
    cut = order.list_fen - order.goods_fen
    place = f"{places.district(order.home)}{places.street(order.home)}"
    referrer = f"兰花体验官{order.serial % 17:02d}" if order.serial % 9 == 0 else ""
    return [
        order.number, "网店", SHOPS[YOUZAN], "普通订单", _STATUS.get(order.state, "交易完成"), "",
        "商家小程序",
        order.created_at, order.paid_at, finished, "微信支付" if order.is_paid else "",
        f"{4_200_000_000_000_000 + order.serial}" if order.is_paid else "", yuan(order.list_fen),
        yuan(order.freight_fen), yuan(cut), paid, paid if order.is_paid else "0.00", "0.00",
        paid if order.is_paid else "0.00", "0", "满减" if cut else "", "",
        ";".join(f"{TITLES[line.sku]}*{line.quantity}" for line in order.lines), str(len(order.lines)),
        "快递发货", "",
        places.PROVINCES[order.city], places.CITIES[order.city], places.district(order.home), place,
        order.name, phone,
        "送人，不要放小票" if order.gift and order.serial % 2 else "", "", _nickname(book, order.person),
        "是" if book.people.member[order.person] else "否", buyer, "", "", referrer, "", "", refund,
        yuan(order.refund_fen), "", "", "", "", "否", "——", referrer, "", SHOPS[YOUZAN] if referrer else "",
        "", "", "",
        "", "", "", "", "",
    ]  # fmt: skip


def write_orders(book: Book) -> None:
    """youzan-orders-<year>.csv."""
    for year in book.years():

        def rows(year: int = year) -> Iterator[list[str]]:
            return (_row(book, order) for order in book.of(YOUZAN, year))

        write_csv(book.folder / "youzan" / f"youzan-orders-{year}.csv", "utf-8-sig", ORDER_HEADER, rows)


def write_customers(book: Book, seen: Sightings, last_at: Ints) -> None:
    """youzan-customers.xlsx; row n + 2 of the sheet is entry n of `seen`."""
    orders, people = book.orders, book.people
    mine = (orders.channel == YOUZAN) & orders.paid()
    count = np.bincount(orders.person[mine], minlength=len(people))
    spent = np.bincount(orders.person[mine], orders.paid_fen[mine], len(people)).astype(np.int64)
    returned = np.bincount(orders.person[mine], orders.refund_fen[mine], len(people)).astype(np.int64)

    def rows() -> Iterator[list[str]]:
        columns = (
            seen.person,
            seen.at,
            seen.phone,
            seen.hidden_phone,
            seen.receiver,
            seen.name_style,
            last_at,
        )
        for n, (person, at, phone, hidden, name, style, last) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            member = bool(people.member[person])
            times, money = int(count[person]), int(spent[person])
            yield [
                name_text(name, style, n), _nickname(book, person),
                local_phone(phone) if phone else _masked(hidden),
                str(np.datetime64(int(people.born[person]), "D")) if person % 3 == 0 else "",
                ("女" if people.female[person] else "男") if person % 2 else "其他",
                "老客" if times > 2 else "",
                "是" if member else "否", str(times * 10), "VIP1" if member else "", "", "",
                str(money // 100), "0.00",
                str(times), yuan(money), yuan(int(returned[person])), "0" if not returned[person] else "1",
                yuan(money // times if times else 0), identities.stamp(last), "", "",
                "是" if person % 5 == 0 else "否",
                "微信小程序", "下单成为客户", identities.stamp(at),
                identities.stamp(int(people.joined[person])) if member else "",
                STORE_NAMES[person % len(STORE_NAMES)] if member else "", "", "", "", "",
                places.CITIES[people.city[person]],
                "", "", "",
            ]  # fmt: skip

    write_sheet(book.folder / "youzan" / "youzan-customers.xlsx", "客户列表", CUSTOMER_HEADER, rows())
