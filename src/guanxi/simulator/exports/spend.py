"""What Lanhua spends on winning customers: daily media lines and the fees of its KOLs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guanxi.simulator.catalogue import CHANNELS
from guanxi.simulator.exports.book import Book, header, write_csv
from guanxi.simulator.seasons import DAY_S

HEADER = header("spend")
FREE: Final = 0.35  # of new customers, the share that come without being paid for
MONTH: Final = 30


class Media(NamedTuple):
    """A channel's media: what a thousand views cost in fen, the share of views that click, the fen that a
    customer costs where few are wanted, and how many a day double that."""

    campaign: str
    billing: str
    cpm_fen: int
    clicks: float
    first_fen: int
    doubling: float


MEDIA: Final = {
    "tmall": Media("直通车 常青词", "点击", 2_600, 0.031, 15_500, 60.0),
    "jd": Media("京东快车", "点击", 2_200, 0.027, 13_000, 45.0),
    "douyin": Media("千川 短视频引流", "展示", 3_100, 0.018, 18_000, 40.0),
    "youzan": Media("朋友圈广告", "展示", 6_500, 0.022, 11_000, 25.0),
}
KOLS: Final = (
    ("小鹿的梳妆台", "douyin", 1_800_000),
    ("阿禾闻香", "douyin", 650_000),
    ("北京女孩Vivi", "douyin", 300_000),
)


def write(book: Book) -> None:
    """spend/投放日报.csv. It draws from a stream of its own: the other files are the same without it."""
    random = np.random.default_rng([book.seed, len(book.people), 7])
    new = _new_customers(book)
    days = [book.calendar.start + timedelta(days=day) for day in range(new.shape[1])]

    def rows() -> Iterator[list[str]]:
        for day, date in enumerate(days):
            for name, media in MEDIA.items():
                yield _media(random, date.isoformat(), name, media, int(new[CHANNELS.index(name), day]))
            if date.day == 6 and day >= MONTH:
                yield from _kols(
                    date.isoformat(), float(new[CHANNELS.index("douyin"), day - MONTH : day].sum())
                )

    write_csv(book.folder / "spend" / "投放日报.csv", "utf-8-sig", HEADER, rows)


def _new_customers(book: Book) -> NDArray[np.int64]:
    """First paid orders by channel and day: shape (channels, days)."""
    paid = book.orders.paid()
    _person, first = np.unique(book.orders.person[paid], return_index=True)  # orders are sorted by time
    days = (book.calendar.end - book.calendar.start).days
    day = (book.orders.at[paid][first] - book.calendar.start_s) // DAY_S
    at = book.orders.channel[paid][first] * days + np.clip(day, 0, days - 1)
    return np.bincount(at, minlength=len(CHANNELS) * days).reshape(len(CHANNELS), days)


def _media(random: np.random.Generator, date: str, name: str, media: Media, new: int) -> list[str]:
    """A day of a channel: the dearer the more are won on it."""
    paid = new * (1 - FREE)
    fen = media.first_fen * paid * (1 + paid / media.doubling) * random.gamma(40.0, 1 / 40.0) + 2_000
    views = int(fen / media.cpm_fen * 1_000 * random.uniform(0.9, 1.1))
    clicks = int(random.binomial(max(views, 1), media.clicks))
    return [
        date,
        name,
        name,
        media.campaign,
        "",
        media.billing,
        _yuan(fen),
        str(views),
        str(clicks),
        str(new),
    ]


def _kols(date: str, month: float) -> Iterator[list[str]]:
    """The fees of a month, by what the brand's size bears."""
    for name, channel, fen in KOLS:
        fee = min(fen, int(fen * month / 600))
        yield [date, channel, channel, "", name, "达人费用", _yuan(fee), "", "", ""]


def _yuan(fen: float) -> str:
    return f"{round(fen) / 100:.2f}"
