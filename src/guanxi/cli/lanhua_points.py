"""Lanhua's points: rules that stand before the orders come, and what customers did with what they earned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from guanxi.kernel.clock import DAY_MS, now_ms

if TYPE_CHECKING:
    from guanxi.loyalty.ledger.contracts import Posting
    from guanxi.platform.models import Brand

POINTS: Final = "points"
CREDIT: Final = "credit"
GIFT: Final = "gift.candle"
GIFT_SHARE: Final = 150  # points of the welcome budget for each customer
GIFTS: Final = 400
BATCH: Final = 5_000
# Of the customers with enough, by their number, so that the same do the same again: who spends, who only sets
# units aside, and who sends back what earned them.
SPEND_EVERY: Final = 3
HOLD_EVERY: Final = 36
SEND_BACK_EVERY: Final = 45
_YEARLY: Final = {"expire_end": "year", "expire_after": 1}
_AFTER_RECEIPT: Final = {"wait_days": 7, "wait_after": "receipt"}
_FIRST: Final = {"version": 1, "all": [{"leaf": "behaviour.did", "kinds": ["order.paid"], "at_most": 1}]}
_EVERY_YUAN: Final = {
    "effect": "give",
    "asset": POINTS,
    "per": "amount",
    "each_fen": 100,
    "units": 1,
    **_YEARLY,
    **_AFTER_RECEIPT,
}

# name, what it is for, priority, group, definition
RULES: Final[Sequence[tuple[str, str, int, str, Mapping[str, Any]]]] = (
    (
        "消费积分 · 1 元 1 分",
        "所有渠道，收货 7 天后到账，次年年底过期",
        500,
        "基础积分",
        {"on": ["order.paid"], "effects": [_EVERY_YUAN]},
    ),
    (
        "周末双倍",
        "周六、周日下单，基础积分翻倍，单笔最多多送 500",
        400,
        "",
        {
            "on": ["order.paid"],
            "weekdays": [5, 6],
            "effects": [
                {
                    "effect": "multiply",
                    "asset": POINTS,
                    "percent": 200,
                    "group": "基础积分",
                    "most": 500,
                    **_YEARLY,
                    **_AFTER_RECEIPT,
                }
            ],
        },
    ),
    (
        "首单礼 200 分",
        "First order ever; from a budget of its own",
        300,
        "",
        {
            "on": ["order.paid"],
            "if": _FIRST,
            "limit": {"per": "ever", "times": 1},
            "effects": [
                {
                    "effect": "give",
                    "asset": POINTS,
                    "units": 200,
                    "source": "budget",
                    "expire_days": 365,
                    "on_refund": "unmet",
                }
            ],
        },
    ),
    (
        "满 800 返 20 元",
        "单笔满 800 元返 20 元储值，每月一次",
        200,
        "",
        {
            "on": ["order.paid"],
            "where": [{"field": "amount_fen", "op": "ge", "value": 80_000}],
            "limit": {"per": "month", "times": 1},
            "effects": [{"effect": "give", "asset": CREDIT, "units": 2_000, "on_refund": "unmet"}],
        },
    ),
    (
        "满 1500 赠香薰蜡烛",
        "From stock, until it is gone",
        100,
        "",
        {
            "on": ["order.paid"],
            "where": [{"field": "amount_fen", "op": "ge", "value": 150_000}],
            "limit": {"per": "year", "times": 1},
            "effects": [{"effect": "give", "asset": GIFT, "units": 1, "source": "stock"}],
        },
    ),
)


def rules(brand: Brand, customers: int) -> None:
    """Assets, stock, budget and active rules. What is there already is left as it is."""
    from guanxi.loyalty.ledger import assets
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
    from guanxi.loyalty.ledger.posting import post
    from guanxi.loyalty.rules import services
    from guanxi.loyalty.rules.contracts import State
    from guanxi.loyalty.rules.models import Rule
    from guanxi.platform.actors import COMMAND_LINE

    known = {one.code for one in assets.assets(brand.pk)}
    for code, kind, name, name_en, price, days in (
        (POINTS, "points", "积分", "Points", 1, 365),
        (CREDIT, "credit", "储值金", "Store credit", 1, None),
        (GIFT, "prize", "香薰蜡烛", "Scented candle", 4_500, None),
    ):
        if code not in known:
            row = assets.AssetRow(0, code, kind, name, name_en, price, days, 10_000, 1)
            assets.create(brand.pk, row, actor=COMMAND_LINE)
    stock = Move(Account(GIFT, Place.ISSUED), Account(GIFT, Place.STOCK), GIFTS)
    post(brand.pk, [Posting("demo:stock", "stock.received", [stock], now_ms())], actor="demo")
    if Rule.objects.filter(brand_id=brand.pk).exists():
        return
    services.set_group(brand, "基础积分", "best", actor="demo")
    for name, description, priority, group, definition in RULES:
        rule = services.create(
            brand,
            name,
            definition,
            actor="demo",
            description=description,
            priority=priority,
            group=group,
        )
        if any(effect.get("source") == "budget" for effect in definition["effects"]):
            services.fund(brand, rule, POINTS, GIFT_SHARE * customers, key=f"demo:{rule}", actor="demo")
        services.set_state(brand, rule, 1, State.ACTIVE, actor="demo")


def lives(brand: Brand) -> None:
    """What time and customers did with it: units came, were spent, set aside, and expired. The same again
    changes nothing."""
    from guanxi.loyalty.ledger import due
    from guanxi.loyalty.ledger.posting import LARGEST_BATCH, post

    due.run(brand.pk)
    postings = list(_spendings(brand.pk))
    for start in range(0, len(postings), LARGEST_BATCH):
        post(brand.pk, postings[start : start + LARGEST_BATCH], actor="demo")
    _told(brand.pk, postings)
    _sent_back(brand.pk, [one.key for one in postings])


def _told(brand_id: int, postings: Sequence[Posting]) -> None:
    """Who spent points is told so, in the inbox."""
    from guanxi.messaging import services
    from guanxi.messaging.contracts import Draft, Kind, Message, Priority, Variable, Wordings

    texts = {
        "zh-hans": Wordings(
            "{{customer_name}}，您已使用 {{points}}。如非本人操作，请联系门店。", "积分已使用"
        ),
        "en": Wordings(
            "{{customer_name}}, you have spent {{points}}. Not you? Ask in any shop.", "Points spent"
        ),
    }
    points = [Variable("points", Kind.POINTS, 300)]
    draft = Draft("inbox", "points_spent", "service", Priority.SERVICE, texts, points, label="积分已使用")
    services.save_template(brand_id, draft, version=0, actor="demo")
    messages = [
        Message(one.key, int(one.key.rpartition(":")[2]), "inbox", "points_spent", {"points": 300})
        for one in postings
        if one.reason == "redeemed" and one.key.startswith(f"demo:{POINTS}:")
    ]
    for start in range(0, len(messages), BATCH):
        services.queue(brand_id, messages[start : start + BATCH], actor="demo")


def _sent_back(brand_id: int, keys: Sequence[str]) -> None:
    """Some who spent lose what their orders had earned, as after a refund: what they spent of it they owe. No
    refund is recorded, so that the demo's revenue stays what its files say."""
    from guanxi.loyalty.ledger.contracts import ClawBack, Kind, Place, Posting
    from guanxi.loyalty.ledger.models import Move
    from guanxi.loyalty.ledger.posting import post

    spenders = (int(key.rpartition(":")[2]) for key in keys if key.startswith(f"demo:{POINTS}:"))
    subjects = [subject for subject in spenders if subject % SEND_BACK_EVERY == 0]
    earned = Move.objects.filter(
        posting__brand_id=brand_id,
        posting__fact_id__isnull=False,
        target__place=Place.WALLET.value,
        target__subject_id__in=subjects,
        kind=Kind.DIRECT.value,
        origin_id__isnull=True,
    )
    rows = earned.order_by("pk").values_list("pk", "units", "posting__fact_id")
    postings = [
        Posting(f"demo:back:{move}", "order.refunded", [ClawBack(move, units)], now_ms(), fact)
        for move, units, fact in rows
    ]
    for start in range(0, len(postings), BATCH):
        post(brand_id, postings[start : start + BATCH], actor="demo")


def _spendings(brand_id: int) -> Iterator[Posting]:
    from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
    from guanxi.loyalty.ledger.models import Account as Row

    for code, least in ((POINTS, 300), (CREDIT, 2_000)):
        rows = Row.objects.filter(
            brand_id=brand_id, asset__code=code, place=Place.WALLET.value, posted__gte=least
        )
        subjects = rows.order_by("subject_id").values_list("subject_id", flat=True)
        for subject in subjects:
            if subject % SPEND_EVERY:
                continue
            held = subject % HOLD_EVERY == 0
            step = Move(
                Account(code, Place.WALLET, subject),
                Account(code, Place.SPENT),
                least,
                until_ms=now_ms() + 7 * DAY_MS if held else None,
            )
            yield Posting(f"demo:{code}:{subject}", "checkout.held" if held else "redeemed", [step], now_ms())
