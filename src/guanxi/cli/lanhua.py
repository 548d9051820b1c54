"""What the people at Lanhua have made of their customers: the demo's tags, questions, figures and segments.

Files cannot bring any of it, so it is made through the services that the console uses. The same seed gives
the same; what is there already is left as it is.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numpy as np

from guanxi.cli.lanhua_segments import FIGURES, segments
from guanxi.kernel.clock import DAY_MS

if TYPE_CHECKING:
    from guanxi.customers.lookup import Summary
    from guanxi.customers.preferences import Statement
    from guanxi.platform.models import Brand
    from guanxi.touchpoints.contracts import Fact

T = TypeVar("T")
BATCH: Final = 5_000
PASSERS_BY: Final = 40  # for so many customers there is one who only scanned a code
_EPOCH: Final = date(1970, 1, 1).toordinal()
SCANS: Final = "wecom-codes"  # the source that channel codes report to

# name, what it means, who looks after it, who keeps it, the share of customers who get it by hand
TAGS: Final[Sequence[tuple[str, str, str, str, float]]] = (
    ("KOC 候选", "在小红书或朋友圈自发晒单，可邀请成为体验官", "社群运营", "hand", 0.006),
    ("送礼客户", "买来送人：节日前四周可推礼盒", "会员运营", "hand", 0.025),
    ("投诉跟进", "有未结束的投诉，暂停营销触达", "客服", "hand", 0.003),
    ("Press & friends", "Editors and partners who get samples: no campaigns", "PR", "hand", 0.002),
    ("沉睡预警", "买过两次以上，半年没有再来", "会员运营", "rule", 0),
    ("本月生日", "本月过生日，公历与农历都算", "会员运营", "rule", 0),
    ("VIP", "Spent ¥1,000 or more in a year without sending anything back", "CRM", "rule", 0),
)  # fmt: skip


class Question(NamedTuple):
    """A preference field; `answers` are what people say, the common ones several times."""

    name: str
    kind: str
    label_zh: str
    label_en: str
    purpose: str
    choices: Sequence[tuple[str, str, str]]
    answers: Sequence[Any]


QUESTIONS: Final[Sequence[Question]] = (
    Question(
        "skin", "choice", "肤质", "Skin type", "推荐合适的身体护理，不推不适合的",
        (("dry", "干性", "Dry"), ("oily", "油性", "Oily"), ("mixed", "混合性", "Combination"),
         ("sensitive", "敏感性", "Sensitive")),
        ("dry", "dry", "mixed", "mixed", "mixed", "oily", "sensitive", "sensitive"),
    ),
    Question(
        "scents", "choices", "喜欢的香型", "Favourite scents", "新香上市时只告诉会喜欢的人",
        (("floral", "花香", "Floral"), ("woody", "木质香", "Woody"), ("citrus", "柑橘香", "Citrus"),
         ("tea", "茶香", "Tea")),
        (["floral"], ["woody"], ["tea"], ["floral", "tea"], ["woody", "tea"], ["citrus"],
         ["floral", "woody"]),
    ),
    Question(
        "gifting", "boolean", "常买来送礼吗", "Often buys gifts", "节日前提醒，并附上礼品卡片",
        (), (True, False, False),
    ),
    Question(
        "budget", "number", "一次愿意花多少元", "Budget for one purchase in yuan", "推荐合适价位的礼盒",
        (), (100, 150, 200, 200, 300, 500, 800),
    ),
    Question(
        "contact", "choice", "希望怎样联系", "How to be contacted", "只用客户愿意的方式联系",
        (("wecom", "企业微信", "WeCom"), ("sms", "短信", "SMS"), ("never", "请勿打扰", "Not at all")),
        ("wecom", "wecom", "wecom", "sms", "never"),
    ),
)  # fmt: skip


class Draw:
    """Chance by a seed and the number of its purpose."""

    def __init__(self, seed: int, purpose: int) -> None:
        self._random = np.random.default_rng([seed, purpose])

    def share(self) -> float:
        """Between 0 and 1."""
        return float(self._random.random())

    def one(self, of: Sequence[T]) -> T:
        return of[int(self._random.integers(len(of)))]

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """`count` different ones, in their order."""
        places = sorted(self._random.permutation(len(of))[:count].tolist())
        return [of[place] for place in places]


def passers_by(brand: Brand, *, customers: int, until: date, seed: int) -> None:
    """People who scanned a code and of whom nothing else is known but their UnionID: no phone, no order. A
    second time they are duplicates."""
    from guanxi.touchpoints import services
    from guanxi.touchpoints.contracts import Mode

    draw = Draw(seed, 4)
    last_ms = (until.toordinal() - _EPOCH) * DAY_MS
    scans = [
        _scan(f"o6ux-passer-{seed}-{number}", last_ms - round(draw.share() * 365 * DAY_MS), draw)
        for number in range(customers // PASSERS_BY)
    ]
    for part in _parts(scans, BATCH):
        services.record(brand.pk, SCANS, part, mode=Mode.BACKFILL)


def furnish(brand: Brand, *, actor: str, until: date, seed: int) -> int:
    """Make what is missing, and compute who is in what; how many segments there are.

    The lake has been brought up to date before, and is so again afterwards.
    """
    from guanxi.segments.refreshing import refresh
    from guanxi.segments.tagging import set_all
    from guanxi.warehouse import services as warehouse

    stores(brand, actor)
    _tags(brand, actor, Draw(seed, 1))
    _questions(brand, actor, Draw(seed, 2))
    _scans(brand, Draw(seed, 3))
    _figures(brand, actor)
    _margins(brand, actor)
    count = _segments(brand, actor, until)
    refresh(brand)
    set_all(brand)
    warehouse.sync(brand)
    return count


def _margins(brand: Brand, actor: str) -> None:
    """What Lanhua's finance says is left of an order."""
    from guanxi.economics import assumptions

    if not assumptions.of(brand.pk).chosen:
        assumptions.choose(brand.pk, margin_mille=580, actor=actor)


def stores(brand: Brand, actor: str) -> None:
    """The forty shops by the codes that their tills write."""
    from guanxi.customers import services
    from guanxi.customers.places import adcode

    with files("guanxi.simulator").joinpath("data/stores.csv").open(encoding="utf-8") as stream:
        names = [row["name"] for row in csv.DictReader(stream)]
    rows = [
        {"code": f"S{number:03d}", "name": name, "adcode": str(adcode(name.removeprefix("兰花")) or "")}
        for number, name in enumerate(names, 1)
    ]
    services.set_stores(brand.pk, rows, actor=actor)


def _tags(brand: Brand, actor: str, draw: Draw) -> None:
    from guanxi.customers import lookup, services
    from guanxi.customers.tag_dictionary import Origin, dictionary

    everybody = lookup.live_ids(brand.pk, limit=lookup.count_living(brand.pk))
    known = {entry.name for entry in dictionary(brand.pk)}
    for name, description, owner, origin, share in TAGS:
        chosen = draw.some(everybody, round(len(everybody) * share))
        if name in known:
            continue
        services.define_tag(
            brand.pk, name, description=description, owner=owner, origin=Origin(origin), actor=actor
        )
        if chosen:
            services.add_tags(brand.pk, [name], chosen, actor=actor, live=False)


def _questions(brand: Brand, actor: str, draw: Draw) -> None:
    """The questions, and the answers that a quarter of those known on WeChat gave to some of them."""
    from guanxi.customers import lookup, services
    from guanxi.customers.preferences import definitions

    known = {field.name for field in definitions(brand.pk, archived=True)}
    for asked_for in QUESTIONS:
        if asked_for.name not in known:
            services.define_preference(
                brand.pk,
                asked_for.name,
                type=asked_for.kind,
                label_zh=asked_for.label_zh,
                label_en=asked_for.label_en,
                purpose=asked_for.purpose,
                choices=[{"name": name, "zh": zh, "en": en} for name, zh, en in asked_for.choices] or None,
                actor=actor,
            )
    if known:
        return
    asked = lookup.live_ids(brand.pk, limit=lookup.count_living(brand.pk), has="unionid")
    for part in _parts(draw.some(asked, len(asked) // 4), BATCH // len(QUESTIONS)):
        people = lookup.summaries(brand.pk, part)
        stated = [one for person in people for one in _answers_of(person, draw)]
        services.state_preferences(brand.pk, stated, source="survey", actor=actor, live=False)


def _answers_of(person: Summary, draw: Draw) -> Iterator[Statement]:
    from guanxi.customers.preferences import Statement

    for one in QUESTIONS:
        if draw.share() < 0.6:
            yield Statement(person.id, one.name, draw.one(one.answers), person.last_ms)


def _scans(brand: Brand, draw: Draw) -> None:
    """Codes on posters and parcels, scanned shortly before people joined or bought for the first time. A
    second time they are duplicates."""
    from guanxi.customers import lookup
    from guanxi.touchpoints import services
    from guanxi.touchpoints.contracts import Mode

    known = lookup.live_ids(brand.pk, limit=lookup.count_living(brand.pk), has="unionid")
    for part in _parts(draw.some(known, len(known) // 3), BATCH):
        people = lookup.summaries(brand.pk, part)
        services.record(brand.pk, SCANS, [_scan_of(person, draw) for person in people], mode=Mode.BACKFILL)


def _scan_of(person: Summary, draw: Draw) -> Fact:
    unionid = next(str(one.value) for one in person.identities if one.scheme == "unionid")
    at_ms = person.first_ms - round((0.05 + 9 * draw.share()) * DAY_MS)
    return _scan(unionid, at_ms, draw)


def _scan(unionid: str, at_ms: int, draw: Draw) -> Fact:
    from guanxi.touchpoints.contracts import Fact, Identity

    store = draw.one(range(1, 41))
    return Fact(
        "code.scanned",
        f"scan-{unionid}",
        at_ms,
        (Identity("unionid", unionid),),
        channel="wechat",
        payload={
            "code": f"LH-S{store:03d}",
            "target": "企业微信好友",
            "campaign": draw.one(["poster", "parcel-card", "counter"]),
            "store": f"S{store:03d}",
        },
    )


def _figures(brand: Brand, actor: str) -> None:
    from guanxi.segments import computed

    known = {field.name for field in computed.fields(brand.pk)}
    for name, zh, en, description, spec in FIGURES:
        if name not in known:
            computed.define(brand, name, spec, label_zh=zh, label_en=en, description=description, actor=actor)


def _segments(brand: Brand, actor: str, until: date) -> int:
    """Those of a name that is not taken are made; a name that is taken keeps what people made of it."""
    from guanxi.segments import queries, services

    ids = {
        row.name: row.id for state in ("active", "archived") for row in queries.segments(brand, state=state)
    }
    for wanted in segments(until):
        if wanted.name in ids:
            continue
        condition = _pointed(wanted.condition, ids[wanted.within]) if wanted.within else wanted.condition
        ids[wanted.name] = services.create(
            brand,
            wanted.name,
            condition,
            description=wanted.description,
            mode=wanted.mode,
            hour=wanted.hour,
            weekday=wanted.weekday,
            actor=actor,
        )
        if wanted.tag:
            services.keep_tag(brand, ids[wanted.name], 1, wanted.tag, actor=actor)
    return len(ids)


def _pointed(condition: Mapping[str, Any], segment_id: int) -> dict[str, Any]:
    """The condition with the segment's id where 0 stands."""
    parts = [
        {**part, "segment": segment_id} if part.get("segment") == 0 else part for part in condition["all"]
    ]
    return {**condition, "all": parts}


def _parts(of: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(of), size):
        yield of[start : start + size]
