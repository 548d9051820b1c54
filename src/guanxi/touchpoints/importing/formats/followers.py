"""Lists of those who follow the brand on Weibo, Xiaohongshu, Douyin, WeChat: who, since when, how active.

A row becomes a `FollowerRow`. Rows are no facts of the log: whoever keeps them has registered in `sinks`, and
keeps of names, profiles and phones nothing but keyed digests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.customers import identifiers
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Invalid
from guanxi.kernel.wording import say
from guanxi.touchpoints.importing import values
from guanxi.touchpoints.importing.contracts import MOST_NAMED, Made, Options, Row, RowReject, Table
from guanxi.touchpoints.importing.dates import Dates
from guanxi.touchpoints.importing.formats.columns import Cells, Found
from guanxi.touchpoints.importing.formats.parsing import Problems, checked, good
from guanxi.touchpoints.importing.formats.spend import platform_of
from guanxi.touchpoints.importing.mapping import FOLLOWER_FIELDS, SURE, VOCABULARY, resolve, suggest
from guanxi.touchpoints.importing.reading.headers import normal_name
from guanxi.touchpoints.importing.values import Bad, Memo

NAME: Final = "followers"
WHO: Final = ("account", "url", "unionid", "openid", "name")  # the first that is known names the follower
COUNTS: Final = ("followers", "following", "posts", "likes", "interactions_30", "interactions_90")
TIMES: Final = ("followed", "registered", "last_active", "as_of")
MOST: Final = 10**10  # of anything counted: more than there are people
LONGEST: Final = 200
_ACTIVITY: Final = {"followed", "last_active", "interactions_30", "interactions_90", "registered", "avatar"}
_OF_SALES: Final = {"amount", "total", "price", "item", "order"}
_OF_PLATFORM: Final = {
    "weibo": ("微博uid", "微博数", "发博数", "微博主页", "statuses_count", "screen_name"),
    "xiaohongshu": ("小红书号", "小红书id", "小红书主页", "笔记数"),
    "douyin": ("抖音号", "抖音id", "抖音主页", "sec_uid", "aweme_count"),
    "wechat": ("openid", "微信昵称", "微信openid", "subscribe_time", "微信号", "headimgurl"),
}
_HINTS: Final = {normal_name(word): name for name, words in _OF_PLATFORM.items() for word in words}
_SITES: Final = (
    (re.compile(r"weibo\.(?:com|cn)/(?:u/|profile/)?([^/?#]+)", re.IGNORECASE), "weibo"),
    (re.compile(r"xiaohongshu\.com/user/profile/([^/?#]+)", re.IGNORECASE), "xiaohongshu"),
    (re.compile(r"douyin\.com/(?:share/)?user/([^/?#]+)", re.IGNORECASE), "douyin"),
    (re.compile(r"space\.bilibili\.com/(\d+)", re.IGNORECASE), "bilibili"),
    (re.compile(r"kuaishou\.com/profile/([^/?#]+)", re.IGNORECASE), "kuaishou"),
    (re.compile(r"zhihu\.com/people/([^/?#]+)", re.IGNORECASE), "zhihu"),
)
_WORDS: Final = tuple(
    (normal_name(word), name)
    for name, words in VOCABULARY["platforms"].items()
    for word in words
    if not word.isascii() or len(word) > 3
)
_DEFAULT_NAME: Final = re.compile(
    r"(?:用户|手机用户|小红薯|抖音用户|微信用户|新用户|momo|user|dy|wxid_)[\w\-]*\d{4,}|小红薯[0-9a-f]{6,}"
    r"|[^\W\d_]{1,12}[\d_]{6,}|\d{6,}|微信用户|momo",
    re.IGNORECASE,
)
_DEFAULT_AVATAR: Final = re.compile(r"default|noavatar|blank", re.IGNORECASE)


class FollowerRow(NamedTuple):
    """A follower as a file tells it; None is unknown. Times are UTC milliseconds, flags 0 or 1. `account` is
    the platform's id, or another word that names the follower, with `by` saying which of `WHO`. `avatar` and
    `bio` are texts to be digested ("" is known to be none); `followed_minute` is None where only the day is
    told. `stated` says whether `as_of_ms` stands in the file."""

    platform: str
    by: str
    account: str
    as_of_ms: int
    stated: int
    default_name: int | None = None
    followed_ms: int | None = None
    followed_minute: int | None = None
    registered_ms: int | None = None
    last_active_ms: int | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    likes: int | None = None
    interactions_30: int | None = None
    interactions_90: int | None = None
    has_avatar: int | None = None
    avatar: str | None = None
    bio: str | None = None
    verified: int | None = None
    region: str = ""
    phone: str | None = None
    unionid: str | None = None
    openid: str | None = None


@dataclass(frozen=True)
class Followers:
    """A file of followers, by a mapping or by what its headers suggest (contracts.Importer)."""

    name: str = NAME
    label_zh: str = "粉丝名单"
    label_en: str = "Followers"
    headers: frozenset[str] = FOLLOWER_FIELDS.headers

    def detects(self, names: Sequence[str]) -> float:
        """At most 0.8; nothing where the list tells neither since when somebody follows nor both counts."""
        found = {one.field for one in suggest(names, FOLLOWER_FIELDS) if one.confidence >= SURE}
        told = found & {*COUNTS, *_ACTIVITY}
        follows = "followed" in found or {"followers", "following"} <= found
        if not found & set(WHO) or not follows or len(told) < 2 or found & _OF_SALES:
            return 0.0
        return min(0.8, 0.45 + 0.05 * len(told))

    def plan(self, table: Table, options: Options) -> FollowerPlan:
        found = resolve(table, options.mapping, FOLLOWER_FIELDS)
        columns = ", ".join(table.names[:MOST_NAMED])
        if not found.keys() & set(WHO):
            raise Invalid(
                say(
                    "'%(name)s' as followers needs an account, a profile's address or a nickname; "
                    "found: %(found)s.",
                    name=table.name,
                    found=", ".join(found) or say("nothing"),
                ),
                remedy=say("Say --map field=column. The columns are: %(columns)s.", columns=columns),
                columns=table.names[:MOST_NAMED],
            )
        platform = platform_of(options.channel) or _hinted(table)
        if not platform and not found.keys() & {"platform", "url"}:
            raise Invalid(
                say("'%(name)s' does not say on which platform they follow.", name=table.name),
                remedy=say(
                    "Say --channel weibo, or --map platform=column. The columns are: %(columns)s.",
                    columns=columns,
                ),
                columns=table.names[:MOST_NAMED],
            )
        return FollowerPlan(found, platform, options)


def _hinted(table: Table) -> str:
    """The platform that the headers or else the file's name speak of; "" where none or several do."""
    headers = {_HINTS[name] for name in map(normal_name, table.names) if name in _HINTS}
    if len(headers) == 1:
        return headers.pop()
    title = normal_name(table.name)
    named = {name for word, name in _WORDS if word in title}
    return named.pop() if len(named) == 1 else ""


class FollowerPlan:
    """A file of followers with its columns found (contracts.Plan)."""

    source = NAME
    numbered = False
    group_by: tuple[int, ...] = ()

    def __init__(self, found: Found, platform: str, options: Options) -> None:
        self._found = found
        self._platform = platform
        self._zone = ZoneInfo(options.zone)
        self._dates = Dates(self._zone)
        self._shop = options.shop
        self._now_ms = options.now_ms or now_ms()
        self._counts = Memo(_count)
        self._labels: Memo[str] = Memo(values.clean)
        self._accounts = Memo(values.identifier)

    def make(self, rows: Sequence[Row], occurrences: Sequence[int] | None) -> Made:
        if not rows:
            return Made([], [], [])
        problems: Problems = {}
        cells = Cells(rows, self._found)
        times = {name: good(self._dates.column(cells[name]), "bad_date", problems) for name in TIMES}
        counts = {name: checked(self._counts, cells[name], f"bad_{name}", problems) for name in COUNTS}
        accounts = checked(self._accounts, cells["account"], "bad_id", problems)
        self._refuse_future(times, problems)
        told, own = {**times, **counts}, []
        for at in range(len(rows)):
            if at in problems:
                continue
            who = self._who(cells, at, accounts[at])
            platform = self._platform_at(cells, at)
            if who is None:
                problems[at] = ("no_account", say("Nothing in the row says who follows."))
            elif not platform:
                problems[at] = ("no_platform", say("The row does not say on which platform they follow."))
            else:
                own.append(tuple(self._row(cells, at, platform, who, told)))
        rejects = [RowReject(rows[at].line, *why, rows[at].original) for at, why in sorted(problems.items())]
        return Made([], rejects, [], own=own)

    def _row(
        self,
        cells: Cells,
        at: int,
        platform: str,
        who: tuple[str, str],
        told: Mapping[str, Sequence[Any]],
    ) -> FollowerRow:
        followed, as_of = told["followed"][at], told["as_of"][at]
        avatar = self._of(cells, "avatar", at, _avatar)
        openid = identifiers.account(cells["openid"][at])
        return FollowerRow(
            platform,
            *who,
            as_of_ms=as_of or self._now_ms,
            stated=int(as_of is not None),
            default_name=self._of(cells, "name", at, _is_default),
            followed_ms=followed,
            followed_minute=self._minute(followed),
            registered_ms=told["registered"][at],
            last_active_ms=told["last_active"][at],
            **{name: told[name][at] for name in COUNTS},
            has_avatar=None if avatar is None else int(avatar not in {"", "no"}),
            avatar=avatar if avatar and avatar not in {"yes", "no"} else None,
            bio=self._of(cells, "bio", at, _bio),
            verified=self._of(cells, "verified", at, _verified),
            region=self._label(cells, "region", at)[:40],
            phone=identifiers.phone(cells["phone"][at]),
            unionid=identifiers.account(cells["unionid"][at]),
            openid=f"openid:{self._shop}\x1f{openid}" if openid else None,
        )

    def _who(self, cells: Cells, at: int, account: str | Bad | None) -> tuple[str, str] | None:
        """What names the follower. A masked value names nobody."""
        if account and isinstance(account, str) and not identifiers.is_masked(account):
            return "account", account[:LONGEST]
        if url := self._label(cells, "url", at):
            found = next((m[1] for pattern, _name in _SITES if (m := pattern.search(url))), url)
            return "account" if found != url else "url", found[:LONGEST]
        for name in WHO[2:]:
            word = self._label(cells, name, at)
            if word and not identifiers.is_masked(word):
                return name, word[:LONGEST]
        return None

    def _platform_at(self, cells: Cells, at: int) -> str:
        if word := platform_of(self._label(cells, "platform", at)):
            return word[:LONGEST_PLATFORM]
        url = self._label(cells, "url", at)
        named = next((name for pattern, name in _SITES if url and pattern.search(url)), "")
        return named or self._platform[:LONGEST_PLATFORM]

    def _minute(self, followed_ms: int | None) -> int | None:
        """None where the time is midnight of the brand's calendar: then most files tell the day alone."""
        if followed_ms is None or (followed_ms + self._offset(followed_ms)) % DAY_MS == 0:
            return None
        return followed_ms // 60_000

    def _offset(self, moment_ms: int) -> int:
        offset = datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(self._zone).utcoffset()
        return int(offset.total_seconds() * 1000) if offset else 0

    def _refuse_future(self, times: Mapping[str, Sequence[Any]], problems: Problems) -> None:
        """A day more than that of the import is a date misread, and would make the list look alive."""
        latest = self._now_ms + DAY_MS
        for name in TIMES:
            for at, moment in enumerate(times[name]):
                if isinstance(moment, int) and moment > latest:
                    problems.setdefault(at, ("future_day", say("A date lies in the future.")))

    def _of(self, cells: Cells, name: str, at: int, parse: Callable[[str], Any]) -> Any:
        return parse(cells[name][at]) if name in self._found else None

    def _label(self, cells: Cells, name: str, at: int) -> str:
        label = self._labels[cells[name][at]]
        return "" if isinstance(label, Bad) else label


LONGEST_PLATFORM: Final = 40
_NO: Final = frozenset({"否", "无", "没有", "未认证", "普通用户", "no", "n", "false", "0", "none", "f", "-1"})
_YES: Final = frozenset({"是", "有", "y", "yes", "true", "1", "t", "√", "✓"})


def _count(cell: str) -> int | Bad | None:
    found = values.count(cell)
    if isinstance(found, int) and not 0 <= found <= MOST:
        return Bad(say("'%(text)s' cannot be a count.", text=cell[:40]))
    return found


def _is_default(cell: str) -> int | None:
    """Whether the nickname is one that a platform gives or a program makes: digits at its end."""
    name = values.clean(cell)
    if not name or identifiers.is_masked(name):
        return None
    return int(bool(_DEFAULT_NAME.fullmatch(name.replace(" ", ""))))


def _avatar(cell: str) -> str | None:
    """ "" or "no" where there is none, "yes" where there is one, or its address; None where unknown."""
    text = cell.strip()
    if text.casefold() in _NO:
        return "no"
    if text.casefold() in _YES:
        return "yes"
    if "/" not in text or not values.clean(text):
        return None
    return "no" if _DEFAULT_AVATAR.search(text) else text[:500]


def _bio(cell: str) -> str:
    return values.clean(cell)[:500]


def _verified(cell: str) -> int | None:
    """A word that is neither yes nor no names the kind of verification."""
    text = cell.strip().casefold()
    return None if not text or text in values.ABSENT - _NO else int(text not in _NO)
