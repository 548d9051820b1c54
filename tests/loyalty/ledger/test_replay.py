"""The entries are enough: what was asked is read from them, and asked anew it gives the same ledger."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import groupby

import pytest

from guanxi.kernel.clock import frozen
from guanxi.loyalty.ledger.contracts import (
    Account,
    ClawBack,
    Expire,
    GiveBack,
    Kind,
    Move,
    Place,
    Posting,
    Resolve,
    State,
    Step,
)
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Lot, Use
from guanxi.loyalty.ledger.models import Move as MoveRow
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.queries import asset
from guanxi.platform.models import Brand
from tests.loyalty.ledger.conftest import START_MS, Till

DAY = 10
RESOLVED = {Kind.POST, Kind.VOID, Kind.LAPSE}


def replay(brand_id: int, into: int, subjects: dict[int, int]) -> None:
    """Ask in the brand `into` all that the entries of a brand say was asked, in order and at their times."""
    ids: dict[int, int] = {}
    for one in PostingRow.objects.filter(brand_id=brand_id).order_by("pk"):
        rows = list(MoveRow.objects.filter(posting=one).select_related("source", "target").order_by("pk"))
        steps = list(asked(rows, one.recorded_ms, ids, subjects))
        posting = Posting(one.key, one.reason, steps, one.occurred_ms, one.fact_id, one.rule)
        with frozen(one.recorded_ms):
            (told,) = post(into, [posting], actor=one.actor)
        assert told.state is State.POSTED, (posting, told)
        ids.update(zip((row.pk for row in rows), told.moves, strict=True))


def asked(rows: list[MoveRow], at_ms: int, ids: dict[int, int], subjects: dict[int, int]) -> Iterator[Step]:
    """The steps that these moves of one posting came of. Debts that were paid and what was announced anew
    came by themselves."""
    mine = {row.pk for row in rows}

    def account(row: AccountRow) -> Account:
        return Account("points", Place(row.place), subjects.get(row.subject_id, 0), row.name)

    def step_of(row: MoveRow) -> tuple[object, ...]:
        kind = Kind(row.kind)
        if kind in {Kind.DIRECT, Kind.PENDING}:
            return ("move", row.origin_id if row.origin_id in mine else row.pk)
        return ("back", row.origin_id) if kind in {Kind.CLAW, Kind.LET_GO} else (kind, row.origin_id)

    for (what, origin), group in groupby(rows, step_of):
        members = list(group)
        first, units = members[0], sum(row.units for row in members)
        if what == "move" and first.origin_id is None:
            lot = Lot.objects.filter(pk=first.pk).first()
            told = first.expires_ms if lot is None else lot.expires_ms
            yield Move(account(first.source), account(first.target), units, told, first.until_ms)
        elif what == "back":
            yield ClawBack(ids[origin], units)  # type: ignore[index]
        elif what is Kind.RETURN:
            ends = Lot.objects.filter(pk__in=[row.pk for row in members]).values_list("expires_ms", flat=True)
            yield GiveBack(ids[origin], units, min(ends) - at_ms)  # type: ignore[index]
        elif what is Kind.EXPIRE:
            for row in members:
                yield Expire(ids[Use.objects.filter(move=row).values_list("lot_id", flat=True)[0]])
        elif what in RESOLVED:
            for row in members:
                yield Resolve(ids[row.pending_id], Kind(row.kind), units if what is Kind.POST else None)  # type: ignore[index]


def ledger(brand_id: int, names: dict[int, int]) -> list[list[tuple[object, ...]]]:
    """Balances, lots and uses under names that are the same in any brand."""
    accounts = AccountRow.objects.filter(brand_id=brand_id)
    number = {pk: place for place, pk in enumerate(_moves(brand_id))}
    return [
        sorted(
            (row.place, names.get(row.subject_id, 0), row.name, row.posted, row.held, row.coming)
            for row in accounts
        ),
        sorted(
            (number[row.pk], names[row.account.subject_id], row.expires_ms, row.units, row.remaining)
            for row in Lot.objects.filter(account__in=accounts).select_related("account")
        ),
        sorted(
            (number[row.move_id], number[row.lot_id], row.units)
            for row in Use.objects.filter(move__posting__brand_id=brand_id)
        ),
    ]


def _moves(brand_id: int) -> list[int]:
    rows = MoveRow.objects.filter(posting__brand_id=brand_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def live(till: Till, people: list[int], dice: random.Random) -> list[Posting]:
    """A life of sixty days of everything; the postings that were asked."""
    now, done, opened, earned, paid = START_MS, [], [], [], []
    issued, spent = till.own(Place.ISSUED), till.own(Place.SPENT)

    def ask(step: Step) -> tuple[int, ...]:
        posting = Posting(f"day{now}", "test", [step], now)
        with frozen(now):
            (told,) = post(till.brand_id, [posting], actor="test")
        if told.state is State.POSTED:
            done.append(posting)
        return told.moves

    for _ in range(60):
        now += DAY
        wallet, units = till.wallet(dice.choice(people)), dice.randint(1, 30)
        match dice.randrange(10):
            case 0 | 1:
                earned += ask(Move(issued, wallet, units * 2, dice.choice([None, now + 20 * DAY])))[:1]
            case 2:
                opened += ask(Move(issued, wallet, units, now + 30 * DAY, now + 9 * DAY))
            case 3 | 9:
                paid += ask(Move(wallet, spent, units))[:1]
            case 4:
                opened += ask(Move(wallet, spent, units, None, now + 9 * DAY))
            case 5 if opened:
                ask(Resolve(opened.pop(0), dice.choice([Kind.POST, Kind.VOID, Kind.LAPSE])))
            case 6 if earned or opened:
                ask(ClawBack(dice.choice(earned + opened), dice.randint(1, 20)))
            case 7 if paid:
                ask(GiveBack(dice.choice(paid), dice.randint(1, 9), dice.choice([0, 40 * DAY])))
            case 8:
                for lot in Lot.objects.filter(expires_ms__lte=now, remaining__gt=0).order_by("pk"):
                    now += 1
                    ask(Expire(lot.pk))
    return done


@pytest.mark.parametrize("seed", range(3))
def test_the_log_asked_anew_gives_the_same_ledger(till: Till, seed: int) -> None:
    people = [till.customer() for _ in range(3)]
    done = live(till, people, random.Random(seed))
    assert len(done) > 25
    kinds = set(MoveRow.objects.values_list("kind", flat=True))
    assert {Kind.DIRECT, Kind.PENDING, Kind.CLAW, Kind.RETURN} <= kinds

    before = ledger(till.brand_id, {one: one for one in people})
    told = post(till.brand_id, done, actor="test")
    assert {one.state for one in told} == {State.EXISTS}
    assert ledger(till.brand_id, {one: one for one in people}) == before

    other = Brand.objects.create(slug="other", name="Other").pk
    asset(other, "points")
    twins = {one: till.customer(other) for one in people}
    replay(till.brand_id, other, twins)
    assert ledger(other, {twin: one for one, twin in twins.items()}) == before
    assert prove(other).ok
