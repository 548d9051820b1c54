"""What else Lanhua's customers came to: draws, services, articles, the survey.

As in lanhua_members: who does what follows from their numbers, and a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from guanxi.cli.lanhua import Draw as Chance
from guanxi.cli.lanhua_members import CHOOSE, Buyer, showpiece, who_can
from guanxi.cli.lanhua_members import buyers as buyers_of
from guanxi.cli.lanhua_points import POINTS
from guanxi.cli.lanhua_programme import ACTOR, ATELIER, SALON, STORES, end_of
from guanxi.kernel.clock import DAY_MS, HOUR_MS, MINUTE_MS, frozen, now_ms, to_datetime
from guanxi.kernel.errors import Conflict

if TYPE_CHECKING:
    from guanxi.loyalty.booking.models import Booking, BookingService
    from guanxi.loyalty.draws.models import Draw
    from guanxi.platform.models import Brand

MOST_ENTRIES: Final = 40  # of a draw
MOST_GUESTS: Final = 20
MOST_SALON: Final = 8
MOST_READERS: Final = 40
MOST_ANSWERS: Final = 24
DRAWN, OPEN = "autumn-thanks", "new-year"


def live(brand: Brand, until: date, seed: int) -> None:
    """All of it; `until` is the last day of the simulated history."""
    buyers = buyers_of(brand.pk, until)
    _draws(brand, buyers, until)
    _bookings(brand, buyers, until)
    _perks(brand, buyers, until, seed)


def _terms(code: str, title: str, opens_ms: int, closes_ms: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "draw": code,
        "title": title,
        "organiser": "兰花（上海）化妆品有限公司",
        "redemption": "中奖后 60 天内在任一门店领取，积分即时到账；客服 400-000-0000",
        "mode": "drawn",
        "opens_ms": opens_ms,
        "closes_ms": closes_ms,
        "claim_days": 60,
        "entry": entry,
        "one_prize": True,
        "positions": 0,
        "entropy": "",
        "insider_tag": "",
        "prizes": [
            {"code": "gift-box", "name": "新年礼盒", "kind": "gift", "quantity": 2, "value_fen": 26_800},
            {
                "code": "points",
                "name": "500 积分",
                "kind": "points",
                "quantity": 8,
                "value_fen": 500,
                "asset": POINTS,
                "units": 500,
            },
        ],
        "consolation": None,
    }


def _draws(brand: Brand, buyers: Sequence[Buyer], until: date) -> None:
    """One that is over, drawn and revealed, and one that can be entered for points."""
    from guanxi.loyalty.draws import entering, settling
    from guanxi.loyalty.draws.contracts import State
    from guanxi.loyalty.draws.models import DrawEntry

    opened_ms, closed_ms = end_of(until) - 24 * DAY_MS, end_of(until) - 4 * DAY_MS
    terms = _terms(DRAWN, "秋日感恩抽奖", opened_ms, closed_ms, {"most": 1})
    draw = _published(brand, terms, opened_ms - DAY_MS)
    for place, buyer in enumerate(buyers[:MOST_ENTRIES] if draw.state == State.OPEN else ()):
        with frozen(opened_ms + (place % 19) * DAY_MS + place * MINUTE_MS):
            _enter(brand, draw, buyer.customer_id)
    if draw.state != State.REVEALED:
        with frozen(closed_ms + HOUR_MS):
            settling.settle(brand, draw.pk, actor=ACTOR)

    at_ms, last_ms = now_ms(), end_of(_today(brand) + timedelta(days=30))  # eight in the evening
    wanted = _terms(OPEN, "新年福袋", at_ms, last_ms, {"asset": POINTS, "units": 50, "most": 3})
    draw = _published(brand, wanted, at_ms)
    done = set(DrawEntry.objects.filter(draw=draw).values_list("subject_id", flat=True))
    chosen = [one for one in who_can(brand.pk, 100, done) if one % CHOOSE == 8]
    for subject in chosen[:MOST_ENTRIES]:
        if subject not in done:
            entering.enter(brand, draw.pk, subject, key=f"demo-{subject}", actor=ACTOR)


def _published(brand: Brand, terms: Mapping[str, Any], at_ms: int) -> Draw:
    from guanxi.loyalty.draws import services
    from guanxi.loyalty.draws.contracts import State
    from guanxi.loyalty.draws.models import Draw

    draw = Draw.objects.filter(brand_id=brand.pk, code=terms["draw"]).first()
    with frozen(at_ms):
        draw = draw or services.create(brand, terms, actor=ACTOR)
        if draw.state == State.DRAFT:
            draw = services.publish(brand, draw.pk, draw.version, actor=ACTOR)
    return draw


def _enter(brand: Brand, draw: Draw, subject: int) -> None:
    from guanxi.loyalty.draws import entering

    entering.enter(brand, draw.pk, subject, key=f"demo-{subject}", nonce=str(subject), actor=ACTOR)


# ---------------------------------------------------------------- services, articles, the survey


def _bookings(brand: Brand, buyers: Sequence[Buyer], until: date) -> None:
    """Some who came, one who did not, and seats in the weeks to come."""
    from guanxi.loyalty.booking import queries, services
    from guanxi.loyalty.booking.models import Booking

    by_name = {row.name_zh: row for row in queries.services(brand.pk)}
    if not {ATELIER, SALON} <= set(by_name):  # somebody calls them otherwise
        return
    today = _today(brand)
    shown = showpiece(buyers)
    guests = [shown, *(one.customer_id for one in buyers if one.customer_id != shown)][:MOST_GUESTS]
    for place, guest in enumerate(guests if buyers else ()):
        is_over = place % 2 == 1
        first = until - timedelta(days=12) if is_over else today + timedelta(days=1)
        with frozen(end_of(first) - DAY_MS if is_over else now_ms()):
            booked = _booked(brand, by_name[ATELIER], guest, first, place)
        if is_over and booked and booked.state == "booked":
            with frozen(booked.ends_ms):
                met = services.miss if place % 9 == 0 else services.attend
                met(brand, booked.pk, actor=ACTOR)
    salon = by_name[SALON]
    known = set(Booking.objects.filter(service=salon).values_list("subject_id", flat=True))
    for guest in [one for one in who_can(brand.pk, 200, known) if one % CHOOSE == 11][:MOST_SALON]:
        _booked(brand, salon, guest, today, 0)


def _today(brand: Brand) -> date:
    return to_datetime(now_ms(), ZoneInfo(brand.timezone)).date()


def _booked(brand: Brand, service: BookingService, guest: int, first: date, place: int) -> Booking | None:
    """The guest's seat, taken within weeks of a day where there is none yet; None for whom there is none."""
    from guanxi.loyalty.booking import services, slots
    from guanxi.loyalty.booking.models import Booking

    before = Booking.objects.filter(service=service, subject_id=guest).first()
    if before is not None:
        return before
    offered = [
        slot
        for store in STORES
        for slot in slots.between(brand, service, store, first, 9 if first < _today(brand) else 21)
        if slot.left
    ]
    if not offered:
        return None
    slot = offered[place * 13 % len(offered)]
    try:
        return services.book(brand, service.pk, guest, slot.store, slot.starts_ms, actor=ACTOR)
    except Conflict:  # for others than these
        return None


def _perks(brand: Brand, buyers: Sequence[Buyer], until: date, seed: int) -> None:
    """Articles opened, the survey answered, and one customer who agreed to be shown."""
    from guanxi.kernel.errors import NotFound
    from guanxi.loyalty.perks import articles, levers, recognition
    from guanxi.loyalty.perks.report import LEVERS

    for place, buyer in enumerate(buyers[:MOST_READERS]):
        with frozen(end_of(until) - (place % 20) * DAY_MS):
            for article, _opened in articles.listed(brand.pk):
                try:
                    articles.open_one(brand, article.pk, buyer.customer_id, buyer.customer_id)
                except NotFound:  # it is for others
                    continue
    for place, buyer in enumerate(buyers[:MOST_ANSWERS]):
        chance = Chance(seed, 1_000 + buyer.customer_id)
        marks = {lever: chance.one((3, 4, 4, 5, 5, None)) for lever in LEVERS}
        with frozen(end_of(until) - (place % 14) * DAY_MS):
            if levers.may_answer(brand.pk, buyer.customer_id):
                levers.answer(brand, buyer.customer_id, buyer.customer_id, marks)
    if len(buyers) > 1 and not recognition.listed(brand.pk):
        who = min(one.customer_id for one in buyers if one.customer_id != showpiece(buyers))
        words = "每年冬天都带一束花来店里的老朋友", "Brings us flowers every winter"
        featured = recognition.propose(brand, who, *words, actor=ACTOR)
        recognition.say_yes_or_no(brand, featured, who, yes=True)
