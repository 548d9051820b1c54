"""Who follows Lanhua on four platforms, as their lists are exported: people awake and asleep, and three kinds
of fakes, told apart in `truth/followers.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

import numpy as np

from guanxi.simulator import identities
from guanxi.simulator.exports.book import Book, header, local_phone, write_csv
from guanxi.simulator.seasons import DAY_S

ACTIVE, ASLEEP, BATCH, FARM, BOUGHT = "active", "asleep", "batch", "farm", "bought"
KINDS: Final = (ACTIVE, ASLEEP, BATCH, FARM, BOUGHT)
SHARES: Final = (0.46, 0.28, 0.12, 0.08, 0.06)
BIOS: Final = ("", "爱生活爱自己", "分享美好日常", "好物推荐官 合作私信", "点击主页领取福利", "互粉互赞秒回")
NICKS: Final = "兰草小鹿阿禾青柠晚风南巷初夏糖糖梦想家橘子汽水"
REGIONS: Final = ("上海", "广东", "浙江", "北京", "四川", "江苏")


class Platform(NamedTuple):
    """`size` is followers for each customer of the brand, `known` the share of real ones who are customers;
    `minutes` whether the list tells the time of day."""

    name: str
    file: str
    encoding: str
    size: float
    known: float
    minutes: bool


PLATFORMS: Final = (
    Platform("weibo", "微博粉丝.csv", "gb18030", 0.5, 0.0, True),
    Platform("xiaohongshu", "小红书粉丝.csv", "utf-8-sig", 0.35, 0.0, True),
    Platform("douyin", "抖音粉丝.csv", "utf-8-sig", 0.3, 0.0, False),
    Platform("wechat", "微信粉丝.csv", "utf-8-sig", 0.4, 0.7, True),
)


class Follower(NamedTuple):
    """`person` is a customer's number, -1 where it is none; times are local seconds since 1970."""

    number: int
    truth: str
    person: int
    name: str
    followed: int
    registered: int
    active: int
    fans: int
    follows: int
    posts: int
    has_avatar: bool
    bio: str
    verified: bool
    interactions: int


def write(book: Book) -> None:
    """followers/*.csv and truth/followers.csv. It draws from streams of its own: the other files are the
    same without it."""
    told: list[tuple[str, str, str, int]] = []
    for at, platform in enumerate(PLATFORMS):
        random = np.random.default_rng([book.seed, len(book.people), 11, at])
        people = list(_drawn(random, book, platform))
        path, columns = book.folder / "followers" / platform.file, header(f"followers-{platform.name}")
        rows = [_row(book, platform, one) for one in people]
        write_csv(path, platform.encoding, columns, partial(iter, rows))
        told += [(platform.name, _account(book, platform, one), one.truth, one.person) for one in people]
    (book.folder / "truth").mkdir(parents=True, exist_ok=True)
    with (book.folder / "truth" / "followers.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(["platform", "account", "truth", "person"])
        out.writerows(told)


def _drawn(random: np.random.Generator, book: Book, platform: Platform) -> Iterator[Follower]:
    count = max(20, round(platform.size * len(book.people)))
    kinds = random.choice(len(KINDS), count, p=SHARES)
    persons = random.permutation(len(book.people))
    begin, end = book.calendar.start_s, book.calendar.end_s
    burst = begin + int((end - begin) * 0.8) + 15 * 3_600
    for number in range(count):
        truth = KINDS[kinds[number]]
        is_real = truth in {ACTIVE, ASLEEP}
        known = is_real and number < len(persons) and random.random() < platform.known
        person = int(persons[number]) if known else -1
        yield _follower(random, number, truth, person, (begin, end, burst))


def _follower(
    random: np.random.Generator, number: int, truth: str, person: int, times: tuple[int, int, int]
) -> Follower:
    begin, end, burst = times
    idle = int(random.integers(95, 600)) if truth == ASLEEP else int(random.exponential(18))
    active = max(begin, end - (idle + 1) * DAY_S)
    followed = int(random.integers(begin - 300 * DAY_S, active if truth == ASLEEP else end - DAY_S))
    name = "".join(random.choice(list(NICKS), 3)) + (str(random.integers(10, 99)) if number % 3 == 0 else "")
    one = Follower(
        number,
        truth,
        person,
        f"用户{random.integers(10**7, 10**8)}" if random.random() < 0.1 else name,
        followed,
        followed - int(random.integers(0, 2_000)) * DAY_S,
        max(active, followed),
        int(random.lognormal(4, 1.5)),
        int(random.lognormal(5, 1)),
        0 if random.random() < 0.25 else int(random.lognormal(3, 1.5)),
        bool(random.random() > 0.12),
        f"{BIOS[random.integers(0, 3)]}{random.integers(0, 10**6)}" if random.random() < 0.5 else "",
        bool(random.random() < 0.02),
        0 if truth == ASLEEP else int(random.exponential(1.5)),
    )
    if truth == BATCH:
        at = burst + int(random.integers(0, 3)) * 60
        return one._replace(
            name=f"用户{random.integers(10**7, 10**8)}",
            followed=at,
            registered=at - int(random.integers(0, 5)) * DAY_S,
            active=at,
            posts=0,
            has_avatar=bool(random.random() < 0.2),
            verified=False,
            interactions=0,
        )
    if truth == FARM:
        return one._replace(
            follows=int(random.integers(1_600, 5_000)),
            fans=int(random.integers(0, 40)),
            bio=BIOS[int(random.integers(3, 6))],
            verified=False,
        )
    if truth == BOUGHT:
        return one._replace(
            follows=int(random.integers(200, 2_500)), fans=int(random.integers(0, 20)), interactions=0
        )
    return one


def _account(book: Book, platform: Platform, one: Follower) -> str:
    if platform.name == "wechat":
        at = one.person if one.person >= 0 else len(book.people) + one.number
        return identities.openid(book.seed, at)
    if platform.name == "weibo":
        return str(1_000_000_007 + (one.number * 7_919_999 + book.seed) % 6_999_999_937)
    return f"{platform.name[0]}{one.number * 2_654_435_761 % 2**32:08x}"


def _row(book: Book, platform: Platform, one: Follower) -> list[str]:
    account = _account(book, platform, one)
    stamp = identities.stamp(one.followed)
    followed = stamp if platform.minutes else stamp[:10]
    active = identities.stamp(one.active)[:10]
    region = REGIONS[one.number % len(REGIONS)]
    if platform.name == "weibo":
        verified = "个人认证" if one.verified else "未认证"
        return [
            account, one.name, followed, identities.stamp(one.registered)[:10], _wan(one.fans),
            str(one.follows), str(one.posts), active, verified, region,
            "是" if one.has_avatar else "否", one.bio,
        ]  # fmt: skip
    if platform.name == "xiaohongshu":
        return [
            one.name, f"https://www.xiaohongshu.com/user/profile/{account}", followed, _wan(one.fans),
            str(one.follows), str(one.posts), _wan(one.fans * 7), active, str(one.interactions),
            "有" if one.has_avatar else "无", one.bio,
        ]  # fmt: skip
    if platform.name == "douyin":
        return [one.name, account, followed, _wan(one.fans), str(one.follows), str(one.posts), active, region]
    return _of_wechat(book, one, account, followed)


def _of_wechat(book: Book, one: Follower, account: str, followed: str) -> list[str]:
    unionid = phone = ""
    if one.person >= 0:
        unionid = identities.unionid(book.seed, one.person)
        phone = local_phone(int(book.people.phone[one.person])) if one.number % 3 else ""
    return [
        account,
        unionid,
        one.name,
        followed,
        "有" if one.has_avatar else "无",
        str(one.posts),
        identities.stamp(one.active)[:10],
        str(one.interactions),
        phone,
    ]


def _wan(number: int) -> str:
    """As the platforms shorten it."""
    return f"{number / 10_000:.1f}万" if number >= 10_000 else str(number)
