"""Lanhua's loyalty programme as its people set it up: tiers, rules about them, rewards, services, articles.

What is there already is left as it is, so that it may stop anywhere and begin again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from guanxi.cli.lanhua_points import POINTS
from guanxi.kernel.clock import DAY_MS, now_ms, to_datetime

if TYPE_CHECKING:
    from guanxi.platform.models import Brand

ACTOR: Final = "demo"
ACADEMY: Final = "lanhua-academy"
CLUB: Final = "lanhua-club"
COURSE_EVERY: Final = 15  # of those known on WeChat: who finished a course
PLAN_EVERY: Final = 40  # and who bought the plan
MOST_FACTS: Final = 500
ATELIER, SALON = "香氛定制体验", "冬日花艺沙龙"
STORES: Final = ("S001", "S002")


def _spend(fen: int) -> dict[str, Any]:
    return {"way": "spend", "at_least": fen, "window": {"days": 365}}


def _courses(times: int) -> dict[str, Any]:
    return {"way": "facts", "kinds": ["training.completed"], "at_least": times, "window": {"days": 365}}


def _at_least(tier: str) -> dict[str, Any]:
    return {"version": 1, "all": [{"leaf": "loyalty.tier", "at_least": tier}]}


PROGRAMME: Final[Mapping[str, Any]] = {
    "tiers": [
        {
            "code": "member", "name_zh": "会员", "name_en": "Member", "colour": "grey", "badge": "✿",
            "benefits_zh": "消费 1 元得 1 分\n生日月礼 100 分",
            "benefits_en": "1 point for each yuan\n100 points on your birthday",
        },
        {
            "code": "silver", "name_zh": "银卡", "name_en": "Silver", "colour": "silver", "badge": "✿✿",
            "benefits_zh": "可兑换香薰蜡烛\n冬日花艺沙龙",
            "benefits_en": "The candle among the rewards\nThe flower salon",
            "ways": [_spend(30_000), _courses(1)],
        },
        {
            "code": "gold", "name_zh": "金卡", "name_en": "Gold", "colour": "gold", "badge": "✿✿✿",
            "benefits_zh": "基础积分 1.5 倍\n新品提前兑换\n调香师笔记",
            "benefits_en": "Points × 1.5\nNew rewards first\nThe perfumer's notes",
            "multiplier_percent": 150, "ways": [_spend(80_000)],
        },
        {
            "code": "diamond", "name_zh": "钻石卡", "name_en": "Diamond", "colour": "black", "badge": "❀",
            "benefits_zh": "金卡全部权益\n专属顾问",
            "benefits_en": "All that gold has\nAn adviser of your own",
            "multiplier_percent": 150, "ways": [_spend(150_000)],
        },
    ],
    "kept": {"days": 365},
    "grace_days": 30,
    "downgrade": "reached",
    "refunds": "take_back",
    "plans": [
        {"code": "orchid-club", "name_zh": "兰花会年卡", "name_en": "Orchid Club, a year",
         "price_fen": 19_900, "days": 365, "tier": "gold", "renews": False},
    ],
}  # fmt: skip


class Offer(NamedTuple):
    """A reward, and how many pieces there are of it (0: they are not counted)."""

    wanted: Mapping[str, Any]
    pieces: int


OFFERS: Final[Sequence[Offer]] = (
    Offer({"code": "sample-cedar", "kind": "sample", "name": "雪松檀木香氛小样", "name_en": "Cedar sample",
           "text": "新香“雪松檀木”2ml，每人一份。", "text_en": "The new scent, 2 ml, one for each.",
           "prices": [(POINTS, 150, 0)], "per_customer": 1, "cost_fen": 600,
           "deliveries": ["collect", "send"], "place": 10}, 300),
    Offer({"code": "hand-cream", "kind": "gift", "name": "桂花护手霜 30ml", "name_en": "Osmanthus hand cream",
           "text": "秋冬必备，积分全额或积分加钱都可以。", "text_en": "All in points, or points and money.",
           "prices": [(POINTS, 400, 0), (POINTS, 150, 1_990)], "per_customer": 3, "cost_fen": 1_150,
           "deliveries": ["collect", "send"], "place": 20}, 200),
    Offer({"code": "tote", "kind": "gift", "name": "兰花帆布袋", "name_en": "Canvas tote",
           "text": "有机棉，能装下一周的菜。", "text_en": "Organic cotton, room for a week's vegetables.",
           "prices": [(POINTS, 600, 0)], "cost_fen": 1_800,
           "deliveries": ["collect", "send"], "place": 30}, 120),
    Offer({"code": "candle-tea", "kind": "gift", "name": "龙井茶香蜡烛", "name_en": "Longjing candle",
           "text": "银卡及以上可兑换，燃烧约 40 小时。", "text_en": "For silver and above; burns 40 hours.",
           "prices": [(POINTS, 1_200, 0)], "condition": _at_least("silver"), "per_customer": 1,
           "cost_fen": 4_500, "deliveries": ["collect", "send"], "place": 40}, 40),
    Offer({"code": "saxaul", "kind": "donation", "name": "种一棵梭梭树", "name_en": "Plant a saxaul tree",
           "text": "兰花以你的名义在阿拉善种下一棵梭梭。", "text_en": "We plant one in Alxa in your name.",
           "prices": [(POINTS, 100, 0)], "stocked": False, "cost_fen": 1_000, "deliveries": ["none"],
           "keep_days": None, "place": 50}, 0),
    Offer({"code": "new-year-box", "kind": "gift", "name": "新年礼盒", "name_en": "New Year box",
           "text": "两周后开放兑换；金卡现在就可以。", "text_en": "In two weeks for all; for gold now.",
           "prices": [(POINTS, 800, 9_900)], "early_condition": _at_least("gold"), "per_household": 1,
           "cost_fen": 6_800, "place": 60}, 60),
)  # fmt: skip

# name, what it is for, priority, definition; they stand after the files came in, so history is not rewarded.
RULES: Final[Sequence[tuple[str, str, int, Mapping[str, Any]]]] = (
    (
        "生日礼 100 分",
        "公历、农历生日都算，90 天内使用",
        600,
        {
            "on": ["birthday.reached"],
            "limit": {"per": "year", "times": 1},
            "effects": [{"effect": "give", "asset": POINTS, "units": 100, "expire_days": 90}],
        },
    ),
    (
        "金卡 1.5 倍积分",
        "金卡与钻石卡，基础积分 1.5 倍",
        390,
        {
            "on": ["order.paid"],
            "if": _at_least("gold"),
            "effects": [
                {
                    "effect": "multiply",
                    "asset": POINTS,
                    "percent": 150,
                    "group": "基础积分",
                    "expire_end": "year",
                    "expire_after": 1,
                    "wait_days": 7,
                    "wait_after": "receipt",
                }
            ],
        },
    ),
)

# title, title in English, text, text in English, who may read it
ARTICLES: Final[Sequence[tuple[str, str, str, str, Mapping[str, Any] | None]]] = (
    (
        "冬天的手，怎样护",
        "Hands in winter",
        "洗手后三分钟内涂护手霜，睡前厚涂一层再戴棉手套。\n\n指缘干裂时，先用温水泡两分钟。",
        "Cream within three minutes of washing; a thick layer and cotton gloves at night.\n\n"
        "Where the skin cracks, two minutes of warm water come first.",
        None,
    ),
    (
        "调香师笔记：雪松与檀木",
        "The perfumer's notes: cedar and sandalwood",
        "这支香写了十一稿。前调的柑橘只停留三分钟，为的是让雪松先站稳。\n\n金卡会员可在门店闻到未上市的第九稿。",
        "It took eleven drafts. The citrus stays three minutes, so that the cedar may find its feet.\n\n"
        "Gold members can smell the ninth draft, never sold, in the shops.",
        _at_least("gold"),
    ),
)  # fmt: skip


def build(brand: Brand, until: date) -> None:
    """All of it; `until` is the last day of the simulated history."""
    from guanxi.cli import lanhua

    lanhua.stores(brand, ACTOR)
    _tiers(brand, until)
    _rules(brand)
    _rewards(brand)
    _services(brand)
    _articles(brand)


def _tiers(brand: Brand, until: date) -> None:
    """The ladder, and what counts towards it beside orders: courses and a plan that is paid for. A second
    time the facts are duplicates."""
    from guanxi.customers import lookup
    from guanxi.loyalty.tiers import jobs, services
    from guanxi.loyalty.tiers.programmes import in_force
    from guanxi.touchpoints import services as touchpoints
    from guanxi.touchpoints.contracts import Fact, Identity, Mode

    if in_force(brand.pk) is None:
        services.put(brand, PROGRAMME, 0, actor=ACTOR)
    last_ms = end_of(until)
    facts: dict[str, list[Fact]] = {ACADEMY: [], CLUB: []}
    known = lookup.live_ids(brand.pk, limit=lookup.count_living(brand.pk), has="unionid")
    for place, person in enumerate(lookup.summaries(brand.pk, known[::COURSE_EVERY][:MOST_FACTS])):
        who = Identity("unionid", next(str(i.value) for i in person.identities if i.scheme == "unionid"))
        at_ms = last_ms - (5 + place % 120) * DAY_MS
        course = {"what": "scent-basics", "store": STORES[place % 2]}
        facts[ACADEMY].append(
            Fact("training.completed", f"course-{who.value}", at_ms, (who,), payload=course)
        )
        if place % (PLAN_EVERY // COURSE_EVERY + 1) == 0:
            bought = Fact(
                "membership.bought",
                f"club-{who.value}",
                at_ms + DAY_MS,
                (who,),
                amount_fen=19_900,
                payload={"plan": "orchid-club", "order": f"CLUB{place:05d}"},
            )
            facts[CLUB].append(bought)
    for source, some in facts.items():
        touchpoints.record(brand.pk, source, some, mode=Mode.BACKFILL)
    jobs.recompute(brand)


def _rules(brand: Brand) -> None:
    from guanxi.loyalty.rules import services
    from guanxi.loyalty.rules.contracts import State
    from guanxi.loyalty.rules.models import Rule

    known = {row.name: row for row in Rule.objects.filter(brand_id=brand.pk)}
    for name, description, priority, definition in RULES:
        row = known.get(name)
        if row is None:
            rule = services.create(
                brand, name, definition, actor=ACTOR, description=description, priority=priority
            )
            services.set_state(brand, rule, 1, State.ACTIVE, actor=ACTOR)
        elif row.state == State.DRAFT:  # it was killed between the two
            services.set_state(brand, row.pk, row.version, State.ACTIVE, actor=ACTOR)


def _rewards(brand: Brand) -> None:
    from guanxi.loyalty.rewards import catalogue
    from guanxi.loyalty.rewards.contracts import Price, Shown, Wanted
    from guanxi.loyalty.rewards.models import Reward

    known = {row.code: row for row in Reward.objects.filter(brand_id=brand.pk)}
    for given, pieces in OFFERS:
        row = known.get(given["code"])
        if row is None:
            more: dict[str, Any] = {"prices": [Price(*one) for one in given["prices"]]}
            if "early_condition" in given:
                more |= {"early_ms": now_ms() - DAY_MS, "opens_ms": now_ms() + 14 * DAY_MS}
            row = catalogue.put(brand, Wanted(**{**given, **more}), version=0, actor=ACTOR)
        if pieces:
            catalogue.fill(brand.pk, row.code, pieces, key="demo", actor=ACTOR)
        if row.state == Shown.DRAFT:
            catalogue.set_state(brand.pk, row.code, row.version, Shown.ACTIVE, actor=ACTOR)


def _services(brand: Brand) -> None:
    from guanxi.loyalty.booking import defining, queries
    from guanxi.loyalty.booking.contracts import Kind, Wanted

    known = {row.name_zh for row in queries.services(brand.pk)}
    if ATELIER not in known:
        wanted = Wanted(
            ATELIER, "A fragrance of your own", "与调香师一起，用 45 分钟调一支属于你的香。",
            "With a perfumer, in 45 minutes.", minutes=45, limit_times=1, limit_days=30, cancel_hours=4,
        )  # fmt: skip
        defining.create(brand, wanted, dict.fromkeys(STORES, "2-7 11:00-20:00 2"), actor=ACTOR)
    if SALON not in known:
        day = to_datetime(now_ms(), ZoneInfo(brand.timezone)).date() + timedelta(days=18)
        wanted = Wanted(
            SALON, "Winter flower salon", "两小时花艺课，花材与茶点都备好了；200 积分。",
            "Two hours, flowers and tea included; 200 points.", Kind.EVENT, 120, _at_least("silver"),
            POINTS, 200, cancel_hours=24,
        )  # fmt: skip
        defining.create(brand, wanted, {STORES[0]: f"{day.isoformat()} 14:00 12"}, actor=ACTOR)


def _articles(brand: Brand) -> None:
    from guanxi.loyalty.perks import articles

    known = {row.title_zh for row, _opened in articles.listed(brand.pk)}
    for title, title_en, text, text_en, audience in ARTICLES:
        if title not in known:
            wanted = articles.Wanted(title, title_en, text, text_en, audience, published=True)
            articles.create(brand, wanted, actor=ACTOR)


def end_of(day: date) -> int:
    """Noon UTC of that day, by which all simulated facts but the last are there."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY_MS + DAY_MS // 2
