"""What users of other ledgers and promotion engines complained of does not happen here."""

from __future__ import annotations

from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.loyalty.ledger.contracts import ClawBack, Expire, Kind, Move, Place, Posting, Resolve, State
from guanxi.loyalty.ledger.models import Account as AccountRow
from guanxi.loyalty.ledger.models import Move as MoveRow
from guanxi.loyalty.ledger.posting import post
from tests.loyalty.ledger.conftest import START_MS, Till
from tests.loyalty.ledger.test_examples import proven, together


def give(till: Till, place: Place, name: str, units: int, key: str) -> Posting:
    return Posting(key, "gift", [Move(till.own(place, name), till.own(Place.GIVEN), units)], START_MS)


def fill(till: Till, place: Place, name: str, units: int) -> None:
    till.ask(Move(till.own(Place.ISSUED), till.own(place, name), units))


def left(place: str) -> int:
    return AccountRow.objects.get(place=place).posted


def test_saleor_544_oscar_2101_pretix_a_voucher_is_used_no_more_often_than_it_may(till: Till) -> None:
    """The number of uses was read, compared and written: at once, everybody was within the limit."""
    fill(till, Place.STOCK, "uses", 3)
    told = together(till, *[give(till, Place.STOCK, "uses", 1, f"order{n}") for n in range(12)])
    assert sum(one.state is State.POSTED for one in told) == 3
    assert left("stock") == 0
    proven(till)


def test_medusa_16595_budget_revert_keeps_concurrent_spend(till: Till) -> None:
    """A cancelled order wrote the budget back as it had read it, and what others spent meanwhile was lost."""
    fill(till, Place.BUDGET, "may", 1_000)
    spent = [till.ask(*give(till, Place.BUDGET, "may", 50, "").steps).moves[0] for _ in range(6)]
    reverts = [
        Posting(f"cancel{n}", "cancel", [ClawBack(move, 50)], START_MS) for n, move in enumerate(spent)
    ]
    spends = [give(till, Place.BUDGET, "may", 70, f"new{n}") for n in range(6)]
    told = together(till, *reverts, *spends)
    assert {one.state for one in told} == {State.POSTED}
    assert left("budget") == 1_000 - 6 * 70
    proven(till)


def test_saleor_7588_a_payment_that_is_tried_again_burns_no_voucher(till: Till) -> None:
    """The voucher was marked used at the first attempt, which failed; the second found it used."""
    fill(till, Place.STOCK, "voucher", 1)
    take = Move(till.own(Place.STOCK, "voucher"), till.own(Place.GIVEN), 1, until_ms=now_ms() + DAY_MS)
    first = till.ask(take, key="attempt1")
    assert till.ask(take, key="attempt1") == first._replace(state=State.EXISTS)
    assert till.ask(take, key="attempt2").code == "insufficient"  # while the first is under way
    till.ask(Resolve(first.moves[0], Kind.VOID))
    second = till.ask(take, key="attempt3")
    assert till.ask(Resolve(second.moves[0])).state is State.POSTED
    assert left("stock") == 0
    proven(till)


def test_vendure_1466_a_cancelled_order_gives_its_use_back(till: Till) -> None:
    fill(till, Place.STOCK, "uses", 1)
    used = till.ask(*give(till, Place.STOCK, "uses", 1, "").steps)
    assert till.ask(ClawBack(used.moves[0], 1)).state is State.POSTED
    assert till.ask(ClawBack(used.moves[0], 1)).code == "beyond_origin"  # cancelled twice
    assert left("stock") == 1
    proven(till)


def test_expiry_takes_what_is_left_of_a_lot_and_not_what_was_spent_of_it(till: Till) -> None:
    """Debits were not matched to lots: at the end of the year all 100 went, also the 80 that were spent, and
    the balance fell below what was earned later."""
    ann, soon = till.customer(), now_ms() + DAY_MS
    lot = till.earn(ann, 100, expires_ms=soon).moves[0]
    till.spend(ann, 80)
    till.earn(ann, 50)
    with frozen(soon):
        assert till.ask(Expire(lot)).state is State.POSTED
        assert till.ask(Expire(lot)).code == "nothing_left"
    assert till.has(ann).posted == 50
    assert MoveRow.objects.get(kind=Kind.EXPIRE).units == 20
    proven(till)


def test_odoo_erpnext_32951_buying_and_refunding_again_and_again_farms_no_points(till: Till) -> None:
    ann = till.customer()
    for _ in range(5):
        earned = till.earn(ann, 30).moves[0]
        till.spend(ann, min(30, till.has(ann).spendable)) if till.has(ann).spendable else None
        till.ask(ClawBack(earned, 30))
    assert till.has(ann).posted - till.has(ann).owed == -30  # the 30 that were spent, once
    proven(till)


def test_crmeb_what_is_taken_back_beyond_the_balance_is_owed(till: Till) -> None:
    """Taking back stopped at 0, and the rest was the customer's to keep."""
    ann = till.customer()
    earned = till.earn(ann, 100).moves[0]
    till.spend(ann, 90)
    till.ask(ClawBack(earned, 100))
    assert (till.has(ann).posted, till.has(ann).owed) == (0, 90)
    till.earn(ann, 100)
    assert (till.has(ann).spendable, till.has(ann).owed) == (10, 0)
    proven(till)


def test_yudao_a_debit_beyond_the_balance_is_refused_and_said(till: Till) -> None:
    """It was answered as if done, and nothing was."""
    ann = till.customer()
    till.earn(ann, 10)
    told = till.spend(ann, 11)
    assert (told.state, told.code, told.posting_id) == (State.REFUSED, "insufficient", 0)
    assert "10" in told.message
    assert till.has(ann).posted == 10


def test_yudao_a_batch_takes_no_more_coupons_than_there_are(till: Till) -> None:
    """The guard asked once for a whole batch whether there was anything left."""
    fill(till, Place.STOCK, "coupon", 3)
    told = post(till.brand_id, [give(till, Place.STOCK, "coupon", 1, f"c{n}") for n in range(10)], actor="t")
    assert [one.state for one in told] == [State.POSTED] * 3 + [State.REFUSED] * 7
    assert till.ask(*give(till, Place.STOCK, "coupon", 2, "").steps).code == "insufficient"
    proven(till)


def test_yudao_the_one_grand_prize_is_won_once(till: Till) -> None:
    """A draw whose stock was read before it was lowered gave the one prize to two."""
    fill(till, Place.STOCK, "grand", 1)
    told = together(till, *[give(till, Place.STOCK, "grand", 1, f"draw{n}") for n in range(12)])
    assert sum(one.state is State.POSTED for one in told) == 1
    assert left("stock") == 0
    proven(till)


def test_laravel_referrals_35_a_reward_that_is_asked_again_is_not_given_again(till: Till) -> None:
    ann = till.customer()
    reward = Posting("referral:1", "r", [Move(till.own(Place.ISSUED), till.wallet(ann), 50)], START_MS)
    told = together(till, *[reward] * 8)
    assert [one.state for one in told].count(State.POSTED) == 1
    assert post(till.brand_id, [reward, reward], actor="test")[1].state is State.EXISTS
    assert till.has(ann).spendable == 50


def test_referralcandy_a_reward_can_be_taken_back_also_once_it_was_spent(till: Till) -> None:
    """Once rewarded, a fraud could not be voided any more."""
    ann, ben = till.customer(), till.customer()
    reward = till.earn(ann, 50).moves[0]
    till.ask(Move(till.wallet(ann), till.wallet(ben), 50))
    assert till.ask(ClawBack(reward, 50)).state is State.POSTED
    assert (till.has(ann).owed, till.has(ben).spendable) == (50, 50)
    proven(till)


def test_merged_profiles_with_points_announced_ones_and_debt_part_with_what_is_theirs(till: Till) -> None:
    """After a merge, one balance was overwritten by the other, and nothing brought it back."""
    phone, wechat, day = till.customer(), till.customer(), now_ms() + DAY_MS
    earned = till.earn(phone, 40).moves[0]
    till.spend(phone, 40)
    till.earn(wechat, 30)
    coming = till.earn(wechat, 25, until_ms=day).moves[0]
    held = till.spend(wechat, 10, until_ms=day).moves[0]
    till.merge(phone, wechat)
    till.ask(ClawBack(earned, 40))  # 20 of the other profile pay, 20 are owed by this one
    assert till.has(phone) == till.has(wechat)
    assert (till.has(phone).spendable, till.has(phone).owed, till.has(phone).coming) == (0, 20, 25)
    till.part(wechat)
    assert (till.has(phone).owed, till.has(wechat).owed, till.has(wechat).posted) == (20, 0, 10)
    till.ask(Resolve(coming))  # of a profile that owes nothing any more
    till.ask(Resolve(held, Kind.VOID))
    assert (till.has(phone).owed, till.has(wechat).spendable) == (20, 35)
    till.merge(phone, wechat)
    till.earn(wechat, 1)  # whatever comes in pays
    assert (till.has(phone).spendable, till.has(phone).owed) == (16, 0)
    proven(till)
