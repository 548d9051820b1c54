"""The member file of the brand's own programme."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from guanxi.simulator import identities, places
from guanxi.simulator.catalogue import STORE_NAMES
from guanxi.simulator.exports.book import Book, header, local_phone, name_text, write_csv
from guanxi.simulator.mess import Sightings
from guanxi.simulator.people import Flags

HEADER = header("members")
_LANGUAGES = ("普通话", "粤语", "英语")


def write(book: Book, seen: Sightings, wechat: Flags) -> None:
    """members.csv."""
    people = book.people
    spent = np.bincount(book.orders.person, book.orders.paid_fen * book.orders.paid(), len(people)).astype(
        np.int64
    )

    def rows() -> Iterator[list[str]]:
        columns = (seen.person, seen.at, seen.phone, seen.receiver, seen.name_style)
        for n, (person, at, phone, name, style) in enumerate(
            zip(*(column.tolist() for column in columns), strict=True)
        ):
            birthday = str(np.datetime64(int(people.born[person]), "D")) if person % 5 < 3 else ""
            points = int(spent[person]) // 100
            city = int(people.city[person])
            on_wechat = bool(wechat[person])
            yield [
                identities.member(person), name_text(name, style, n), local_phone(phone) if phone else "",
                ("女" if people.female[person] else "男") if person % 11 else "", birthday,
                ("农历" if people.lunar[person] else "公历") if birthday else "", places.PROVINCES[city],
                places.CITIES[city], _LANGUAGES[people.language[person]],
                "普通会员" if points < 500 else "银卡会员" if points < 2000 else "金卡会员", str(points),
                identities.stamp(at),
                "微信小程序" if on_wechat else "门店",
                "" if on_wechat else STORE_NAMES[person % len(STORE_NAMES)],
                identities.unionid(book.seed, person) if on_wechat else "",
                identities.openid(book.seed, person) if on_wechat else "",
            ]  # fmt: skip

    write_csv(book.folder / "members" / "members.csv", "utf-8-sig", HEADER, rows)
