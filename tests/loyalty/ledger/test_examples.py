"""The worked examples of docs/guide/ledger.md, and what the ledger refuses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.errors import Invalid, NotFound
from guanxi.loyalty.ledger.contracts import (
    NEVER_MS,
    Account,
    ClawBack,
    Expire,
    GiveBack,
    Kind,
    Move,
    Outcome,
    Place,
    Posting,
    Resolve,
    Ripen,
    State,
)
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Lot, Waiting
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.loyalty.ledger.posting import post
from guanxi.loyalty.ledger.proving import prove
from guanxi.loyalty.ledger.ripening import ripen
from tests.loyalty.ledger.conftest import START_MS, Till


def proven(till: Till) -> None:
    proof = prove(till.brand_id)
    assert proof.ok, proof.problems


def test_earned_spent_and_refunded_is_owed_and_paid_by_what_comes_next(till: Till) -> None:
    ann = till.customer()
    earned = till.earn(ann, 300)
    till.spend(ann, 250)
    till.ask(ClawBack(earned.moves[0], 300))
    assert till.has(ann)[:2] == (0, 0)
    assert till.has(ann).owed == 250
    till.earn(ann, 100)
    assert (till.has(ann).spendable, till.has(ann).owed) == (0, 150)
    till.earn(ann, 200)
    assert (till.has(ann).spendable, till.has(ann).owed) == (50, 0)
    assert till.ask(ClawBack(earned.moves[0], 1)).code == "beyond_origin"  # never twice
    proven(till)


def test_what_is_held_and_taken_in_part_gives_back_what_expires_last(till: Till) -> None:
    ann, soon, late = till.customer(), now_ms() + DAY_MS, now_ms() + 9 * DAY_MS
    first = till.earn(ann, 60, expires_ms=soon)
    second = till.earn(ann, 100, expires_ms=late)
    held = till.spend(ann, 100, until_ms=now_ms() + DAY_MS)
    assert till.has(ann)[:3] == (60, 160, 100)
    assert till.ask(Resolve(held.moves[0], Kind.POST, 70)).state is State.POSTED
    left = dict(Lot.objects.values_list("pk", "remaining"))
    assert (left[first.moves[0]], left[second.moves[0]]) == (0, 90)
    assert till.ask(Resolve(held.moves[0])).code == "already_resolved"
    proven(till)


def test_points_come_with_the_goods_and_not_before(till: Till) -> None:
    ann = till.customer()
    coming = till.earn(ann, 50, until_ms=now_ms() + DAY_MS)
    assert (till.has(ann).spendable, till.has(ann).coming) == (0, 50)
    assert till.spend(ann, 1).code == "insufficient"
    part = till.ask(ClawBack(coming.moves[0], 20))  # a part of the order is sent back
    assert till.has(ann).coming == 30
    assert till.ask(Resolve(coming.moves[0])).code == "already_resolved"
    assert till.ask(Resolve(part.moves[1])).state is State.POSTED
    assert till.has(ann)[:2] == (30, 30)
    proven(till)


def test_points_ripen_seven_days_after_receipt_less_what_was_sent_back(till: Till) -> None:
    ann, ordered = till.customer(), now_ms()
    with frozen(ordered):
        coming = till.earn(ann, 50, until_ms=NEVER_MS, ripe_ms=NEVER_MS).moves[0]
        assert till.ask(Ripen(coming)).code == "too_early"
    received = ordered + 3 * DAY_MS
    with frozen(received):
        assert ripen(till.brand_id, [coming], received + 7 * DAY_MS) == 1
        assert ripen(till.brand_id, [coming], received + 7 * DAY_MS) == 0
        assert ripen(till.brand_id + 1, [coming], received) == 0
        rest = till.ask(ClawBack(coming, 20)).moves[1]
    assert list(Waiting.objects.values_list("move", "ripe_ms")) == [(rest, received + 7 * DAY_MS)]
    proven(till)
    with frozen(received + 7 * DAY_MS):
        assert till.ask(Resolve(rest, Kind.LAPSE)).code == "too_early"
        assert till.ask(Ripen(rest)).state is State.POSTED
    assert till.has(ann)[:2] == (30, 30)
    assert not Waiting.objects.exists()
    proven(till)


def test_nobody_is_told_in_time_and_it_lapses(till: Till) -> None:
    ann, day = till.customer(), now_ms()
    with frozen(day):
        late = till.earn(ann, 5, until_ms=day + 2 * DAY_MS, ripe_ms=NEVER_MS).moves[0]
        soon = till.earn(ann, 7, until_ms=day + 2 * DAY_MS, ripe_ms=day + DAY_MS).moves[0]
        assert till.earn(ann, 5, until_ms=day + 1, ripe_ms=day + 1).code == "dates"
        assert till.earn(ann, 5, ripe_ms=day + 1).code == "dates"
        assert ripen(till.brand_id, [late], day + 2 * DAY_MS) == 0
    with frozen(day + 3 * DAY_MS):
        assert till.ask(Resolve(late, Kind.LAPSE)).state is State.POSTED
        assert till.ask(Resolve(soon, Kind.LAPSE)).code == "too_early"  # it was ripe before
        assert till.ask(Resolve(soon)).state is State.POSTED
    assert till.has(ann)[:2] == (7, 7)
    proven(till)


def test_two_profiles_of_one_person_spend_together_and_part_with_what_is_theirs(till: Till) -> None:
    phone, wechat = till.customer(), till.customer()
    till.earn(phone, 80)
    till.earn(wechat, 50)
    till.merge(phone, wechat)
    assert till.has(wechat).spendable == 130
    spent = till.spend(wechat, 100)
    assert len(spent.moves) == 2
    till.part(wechat)
    assert (till.has(phone).spendable, till.has(wechat).spendable) == (0, 30)
    till.ask(GiveBack(spent.moves[0], 90))
    assert (till.has(phone).spendable, till.has(wechat).spendable) == (80, 40)
    assert till.ask(GiveBack(spent.moves[0], 11)).code == "beyond_origin"
    proven(till)


def test_what_comes_back_lives_as_long_as_before_and_some_days_at_the_least(till: Till) -> None:
    ann, soon = till.customer(), now_ms() + DAY_MS
    till.earn(ann, 10, expires_ms=soon)
    spent = till.spend(ann, 10)
    till.ask(GiveBack(spent.moves[0], 4))
    till.ask(GiveBack(spent.moves[0], 6, grace_ms=30 * DAY_MS))
    short, long = Lot.objects.filter(remaining__gt=0).order_by("pk")
    assert (short.remaining, short.expires_ms, long.remaining) == (4, soon, 6)
    assert long.expires_ms > now_ms() + 29 * DAY_MS
    assert till.ask(Expire(short.pk)).code == "too_early"


def test_all_or_nothing(till: Till) -> None:
    ann, ben = till.customer(), till.customer()
    till.earn(ann, 10)
    swap = [
        Move(till.wallet(ann), till.own(Place.SPENT), 10),
        Move(till.wallet(ben), till.own(Place.SPENT), 1),
    ]
    assert till.ask(*swap).code == "insufficient"
    assert till.has(ann).spendable == 10
    assert PostingRow.objects.count() == 1


def test_one_batch_is_as_one_after_the_other(till: Till) -> None:
    ann = till.customer()
    earn = Posting("e", "r", [Move(till.own(Place.ISSUED), till.wallet(ann), 5)], START_MS)
    spend = Posting("s", "r", [Move(till.wallet(ann), till.own(Place.SPENT), 4)], START_MS)
    more = spend._replace(key="m")
    other = earn._replace(reason="other")
    told = post(till.brand_id, [earn, spend, more, earn, other], actor="test")
    assert [one.state for one in told] == [
        State.POSTED,
        State.POSTED,
        State.REFUSED,
        State.EXISTS,
        State.REFUSED,
    ]
    assert [told[2].code, told[4].code] == ["insufficient", "key_conflict"]
    assert till.has(ann).spendable == 1
    proven(till)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, 1), 0), "units"),
        (Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, 1), -5), "units"),
        (Move(Account("points", Place.ISSUED), Account("points", Place.WALLET, 1), 10**18), "units"),
        (Move(Account("points", Place.ISSUED), Account("points", Place.ISSUED), 1), "accounts"),
        (Move(Account("points", Place.ISSUED), Account("points", Place.WALLET), 1), "accounts"),
        (Move(Account("points", Place.ISSUED), Account("points", Place.DEBT, 1), 1), "accounts"),
        (Move(Account("points", Place.STOCK), Account("points", Place.GIVEN), 1), "insufficient"),
        (Resolve(4711), "unknown"),
        (ClawBack(4711, 1), "unknown"),
        (GiveBack((1 << 62) + 1, 1), "unknown"),
        (Expire(4711), "nothing_left"),
    ],
)
def test_what_cannot_be_is_refused_and_writes_nothing(till: Till, step: Move, code: str) -> None:
    assert till.ask(step).code == code
    assert not PostingRow.objects.exists()


def test_what_cannot_be_asked(till: Till) -> None:
    with pytest.raises(Invalid):
        till.ask(key="nothing")
    for key in ("a\0b", "\ud800", "x" * 121):
        with pytest.raises(Invalid):
            till.ask(Move(till.own(Place.ISSUED), till.own(Place.STOCK), 1), key=key)
    with pytest.raises(Invalid):
        till.ask(Move(till.own(Place.ISSUED), till.own(Place.STOCK, "\0"), 1))
    with pytest.raises(Invalid):
        till.ask(Resolve(1 << 80))
    with pytest.raises(NotFound, match="no asset 'gold'"):
        till.ask(Move(Account("gold", Place.ISSUED), Account("gold", Place.WALLET, 1), 1))


@pytest.mark.parametrize("table", ["posting", "move", "use"])
@pytest.mark.parametrize("statement", ["UPDATE loyalty_{} SET id = id", "DELETE FROM loyalty_{}"])
def test_the_database_changes_no_entry(till: Till, table: str, statement: str) -> None:
    ann = till.customer()
    till.earn(ann, 2)
    till.spend(ann, 1)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_the_proof_sees_what_was_changed_by_hand(till: Till) -> None:
    ann = till.customer()
    till.earn(ann, 2)
    till.earn(ann, 2, until_ms=NEVER_MS)
    AccountRow.objects.filter(place="wallet").update(posted=7)
    Lot.objects.update(remaining=1)
    Waiting.objects.all().delete()
    broken = {one.rule for one in prove(till.brand_id).problems}
    assert broken == {"balance", "lots_of_wallet", "lot", "waiting"}


def together(till: Till, *postings: Posting) -> list[Outcome]:
    def one(posting: Posting) -> Outcome:
        try:
            return post(till.brand_id, [posting], actor="test")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(len(postings)) as pool:
        return list(pool.map(one, postings))


def test_threads_with_one_key_post_once(till: Till) -> None:
    ann = till.customer()
    posting = Posting("once", "r", [Move(till.own(Place.ISSUED), till.wallet(ann), 5)], START_MS)
    told = together(till, *[posting] * 12)
    assert sorted(one.state for one in told) == [State.EXISTS] * 11 + [State.POSTED]
    assert len({one.moves for one in told}) == 1
    assert till.has(ann).spendable == 5


def test_threads_share_the_last_stock_and_the_last_points(till: Till) -> None:
    ann = till.customer()
    till.earn(ann, 5)
    till.ask(Move(till.own(Place.ISSUED), till.own(Place.STOCK, "prize"), 3))
    takes = [
        Posting(f"t{n}", "r", [Move(till.own(Place.STOCK, "prize"), till.own(Place.GIVEN), 1)], START_MS)
        for n in range(8)
    ]
    spends = [
        Posting(f"s{n}", "r", [Move(till.wallet(ann), till.own(Place.SPENT), 2)], START_MS) for n in range(8)
    ]
    told = together(till, *takes, *spends)
    assert [one.state for one in told[:8]].count(State.POSTED) == 3
    assert [one.state for one in told[8:]].count(State.POSTED) == 2
    assert till.has(ann).spendable == 1
    proven(till)
