"""One entry: who may, what it costs, and in an instant draw what it won; once under its key."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from typing import Final, NamedTuple

from django.db.models import F

from guanxi.customers.hooks import Happening, tell
from guanxi.customers.lookup import families_of, root_of, roots_of
from guanxi.kernel.clock import DAY_MS, now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.kernel.wording import Wording, say
from guanxi.loyalty import audience
from guanxi.loyalty.draws import coupons, drawing, people, services, stock
from guanxi.loyalty.draws import terms as written
from guanxi.loyalty.draws.contracts import CAP_FEN, Mode, Prize, State, Terms, WinState
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawPrize, DrawWin
from guanxi.loyalty.ledger.contracts import Account, Move, Place, Posting
from guanxi.loyalty.ledger.posting import post
from guanxi.platform.models import Brand
from guanxi.platform.writing import writing

ENTERED: Final = "draw.entered"
WON: Final = "draw.won"
_NONCE: Final = re.compile(r"[0-9A-Za-z]{1,32}")
_KEY: Final = re.compile(r"[!-~]{1,60}")


class Entered(NamedTuple):
    """An entry. `prize` is the code of what it won, "" for nothing, or nothing yet. `new`: made just now."""

    number: int
    nonce: str
    prize: str
    new: bool


class Who(NamedTuple):
    subject_id: int
    customer_id: int
    subject_ids: Collection[int]


def enter(
    brand: Brand, draw_id: int, subject_id: int, *, key: str, actor: object, nonce: str = ""
) -> Entered:
    """Enter once under `key`; the same again answers what became of the first. `nonce` is the customer's own
    number, random where there is none.

    Raises NotFound, Invalid for a key or a nonce that cannot be, and Conflict with `reason` where the draw is
    not open, the person may not or has not enough, or nothing is left: then nothing is changed.
    """
    if not _KEY.fullmatch(key):
        raise Invalid(say("The key of an entry has 1 to 60 plain characters."), field="key")
    if nonce and not _NONCE.fullmatch(nonce):
        raise Invalid(
            say("Your own number has at most 32 digits or plain letters."),
            remedy=say("Leave out everything else."),
            field="nonce",
        )
    with writing(brand.pk):
        draw = services.locked(brand.pk, draw_id)
        who = _who(brand.pk, subject_id)
        if (known := DrawEntry.objects.filter(draw=draw, key=key).first()) is not None:
            return _again(draw, known, who)
        terms = written.parse(draw.terms)
        _demand_open(draw, terms)
        _demand_may(brand, draw, terms, who)
        number = draw.entered + 1
        _pay(draw, terms, who, key, actor)
        entry = DrawEntry(
            draw=draw,
            number=number,
            key=key,
            subject_id=subject_id,
            person=people.pseudonym(services.secrets_of(draw)[1], who.customer_id),
            version=draw.version,
            nonce=nonce or secrets.token_hex(8),
            at_ms=now_ms(),
        )
        if terms.mode is Mode.INSTANT:
            entry.place = _deal(draw, terms, entry)
        entry.save(force_insert=True)
        Draw.objects.filter(pk=draw.pk).update(entered=F("entered") + 1)
        payload = {"draw": draw.code, "number": number}
        tell(brand.pk, [Happening(ENTERED, subject_id, entry.at_ms, payload)])
        if terms.mode is Mode.INSTANT:
            _answer(draw, terms, entry, actor)
    prize = "" if entry.place is None else terms.prizes[entry.place].code
    return Entered(number, entry.nonce, prize, new=True)


def _who(brand_id: int, subject_id: int) -> Who:
    customer_id = root_of(brand_id, subject_id)
    if customer_id is None or not roots_of(brand_id, [customer_id]):
        message = say("There is no customer %(id)s who may enter.", id=subject_id)
        raise NotFound(message, field="customer")
    return Who(subject_id, customer_id, families_of(brand_id, [subject_id]).get(subject_id, (subject_id,)))


def _again(draw: Draw, known: DrawEntry, who: Who) -> Entered:
    if known.subject_id not in who.subject_ids:
        raise _no("key", say("This key was used for somebody else's entry."))
    prize = "" if known.place is None else draw.terms["prizes"][known.place]["code"]
    return Entered(known.number, known.nonce, prize, new=False)


def _demand_open(draw: Draw, terms: Terms) -> None:
    if draw.state != State.OPEN.value or now_ms() >= terms.closes_ms:
        raise _no("closed", say("The draw is not open."))
    if now_ms() < terms.opens_ms:
        raise _no("early", say("The draw has not begun yet."))
    if terms.positions and draw.entered >= terms.positions:
        raise _no("sold_out", say("All entries are taken."))


def _demand_may(brand: Brand, draw: Draw, terms: Terms, who: Who) -> None:
    if people.is_insider(brand.pk, who.customer_id, who.subject_ids, terms.insider_tag):
        raise _no("insider", say("The brand's own people and their relatives take no part."))
    mine = DrawEntry.objects.filter(draw=draw, subject_id__in=list(who.subject_ids))
    if mine.count() >= terms.entry.most:
        raise _no("limit", say("You have entered as often as one may: %(most)s.", most=terms.entry.most))
    if terms.mode is Mode.INSTANT:
        _demand_room(draw, terms, who)
    if not audience.holding(brand, {1: terms.entry.condition}, who.customer_id):
        raise _no("condition", say("This draw is for others."))


def _demand_room(draw: Draw, terms: Terms, who: Who) -> None:
    """Whoever has won once, or could win more than the law allows, enters no more."""
    wins = DrawWin.objects.filter(draw=draw, subject_id__in=list(who.subject_ids))
    worth = [
        terms.prizes[place].value_fen
        for place in wins.exclude(state=WinState.VOID).values_list("place", flat=True)
    ]
    if worth and terms.one_prize:
        raise _no("won", say("You have won already: each person wins once."))
    if worth and sum(worth) + max(one.value_fen for one in terms.prizes) > CAP_FEN:
        raise _no("cap", say("With another prize you could win more than the law allows."))


def _pay(draw: Draw, terms: Terms, who: Who, key: str, actor: object) -> None:
    asset = terms.entry.asset
    if not asset:
        return
    step = Move(Account(asset, Place.WALLET, who.subject_id), Account(asset, Place.SPENT), terms.entry.units)
    asked = Posting(f"draw:{draw.pk}:e:{key}", "draw.entered", [step], now_ms())
    stock.demand_posted(post(draw.brand_id, [asked], actor=actor))


def _deal(draw: Draw, terms: Terms, entry: DrawEntry) -> int | None:
    """The place of the prize, taken from the count of what is left."""
    rows = list(DrawPrize.objects.filter(draw=draw).order_by("place").values_list("dealt", flat=True))
    seed, _salt = services.secrets_of(draw)
    place = drawing.deal(terms, draw.terms_hash, seed, number=entry.number, nonce=entry.nonce, dealt=rows)
    if place is not None:
        services.check_values(draw.brand_id, terms)
        taken = DrawPrize.objects.filter(draw=draw, place=place, dealt__lt=F("quantity"))
        assert taken.update(dealt=F("dealt") + 1), "the stock of a prize and its count differ"
    return place


def _answer(draw: Draw, terms: Terms, entry: DrawEntry, actor: object) -> None:
    """Post the prize, or the consolation, and say what was won."""
    if entry.place is None:
        if terms.consolation is not None:
            asked = stock.consoling(draw, terms, entry.number, entry.subject_id)
            stock.demand_posted(post(draw.brand_id, [asked], actor=actor))
        return
    prize = terms.prizes[entry.place]
    move_id = _give(draw, prize, entry, actor)
    DrawWin.objects.create(
        draw=draw,
        number=entry.number,
        place=entry.place,
        subject_id=entry.subject_id,
        state=(WinState.HANDED_OUT if prize.at_once else WinState.WON).value,
        posted=True,
        move_id=move_id,
        claim_by_ms=entry.at_ms + terms.claim_days * DAY_MS,
        at_ms=entry.at_ms,
    )
    payload = {"draw": draw.code, "number": entry.number, "prize": prize.code, "prize_kind": prize.kind.value}
    tell(draw.brand_id, [Happening(WON, entry.subject_id, entry.at_ms, payload)])


def _give(draw: Draw, prize: Prize, entry: DrawEntry, actor: object) -> int | None:
    """The move that posted it; of a coupon there is none to be undone. Raises Conflict."""
    if prize.campaign:
        source, wins = stock.of_prize(draw.pk, prize), [(entry.number, entry.subject_id)]
        if not coupons.issue(draw, prize, source, wins, actor):
            raise _no("coupon", say("The coupon that was won could not be issued; try again."))
        return None
    asked = stock.winning(draw, prize, entry.number, entry.subject_id)
    (outcome,) = post(draw.brand_id, [asked], actor=actor)
    stock.demand_posted([outcome])
    return outcome.moves[0]


def _no(reason: str, message: Wording) -> Conflict:
    return Conflict(message, reason=reason)
