"""Statements, lots, histories and adjustments against what was posted."""

from __future__ import annotations

import pytest

from guanxi.customers.models import Customer
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.ledger import adjusting, assets, history, proofs, reading
from guanxi.loyalty.ledger.adjusting import Wanted
from guanxi.loyalty.ledger.assets import AssetRow
from guanxi.loyalty.ledger.contracts import ClawBack, Kind, Move, Place, Resolve, State
from guanxi.loyalty.ledger.models import Account, Adjustment, ProofRun
from guanxi.loyalty.ledger.models import Posting as PostingRow
from guanxi.platform import jobs
from guanxi.platform.actors import COMMAND_LINE
from guanxi.platform.models import AuditEntry, Brand
from tests.loyalty.ledger.conftest import START_MS, Till


def account_of(till: Till, place: Place, subject: int = 0) -> int:
    return Account.objects.get(asset__brand_id=till.brand_id, place=place, subject_id=subject).pk


def customer(till: Till) -> int:
    """One with a row of its own, as those have who may be adjusted."""
    number = till.customer()
    Customer.objects.create(
        pk=number, brand_id=till.brand_id, created_ms=START_MS, first_ms=START_MS, last_ms=START_MS
    )
    return number


def test_a_statement_read_in_pages_of_two_runs_from_the_balance_down_to_nothing(till: Till) -> None:
    ann = till.customer()
    earned = till.earn(ann, 300)
    till.spend(ann, 250)
    till.ask(ClawBack(earned.moves[0], 300))
    till.earn(ann, 400)
    number = account_of(till, Place.WALLET, ann)
    seen: list[reading.Entry] = []
    before = None
    while True:
        page = reading.statement(till.brand_id, number, before=before, limit=2)
        assert (page.opening, page.closing, page.total) == (0, 150, 5)
        seen += page.entries
        before = page.before
        if before is None:
            break
    assert [(one.kind, one.units, one.balance) for one in seen] == [
        (Kind.PAY, -250, 150),
        (Kind.DIRECT, 400, 400),
        (Kind.CLAW, -50, 0),
        (Kind.DIRECT, -250, 50),
        (Kind.DIRECT, 300, 300),
    ]
    assert [one.other.place for one in seen[:2]] == [Place.DEBT, Place.ISSUED]
    issued = reading.statement(till.brand_id, account_of(till, Place.ISSUED))
    assert (issued.closing, issued.account.balance) == (-400, -400)
    owed = reading.statement(till.brand_id, account_of(till, Place.DEBT, ann))
    assert [one.balance for one in owed.entries] == [0, -250]


def test_a_period_opens_with_what_there_was_and_closes_with_what_is_left(till: Till) -> None:
    ann, days = till.customer(), [START_MS + day * DAY_MS for day in range(5)]
    for day, units in zip(days, (10, 20, 30, 40, 50), strict=True):
        with frozen(day):
            till.earn(ann, units)
    number = account_of(till, Place.WALLET, ann)
    asked = {"from_ms": days[1], "until_ms": days[3]}
    told = reading.statement(till.brand_id, number, **asked)
    assert (told.opening, told.closing, told.total) == (10, 60, 2)
    assert [one.balance for one in told.entries] == [60, 30]
    rest = reading.statement(till.brand_id, number, **asked, before=told.entries[0].move_id)
    assert [one.balance for one in rest.entries] == [30]
    nothing = reading.statement(till.brand_id, number, until_ms=days[0])
    assert (nothing.opening, nothing.closing, nothing.total, nothing.entries) == (0, 0, 0, [])
    with pytest.raises(NotFound):
        reading.statement(till.brand_id + 1, number)


def test_what_is_announced_is_shown_until_it_is_posted_and_each_move_knows_the_others(till: Till) -> None:
    ann, until = till.customer(), now_ms() + DAY_MS
    earned = till.earn(ann, 100, expires_ms=until)
    held = till.spend(ann, 60, until_ms=until)
    number = account_of(till, Place.WALLET, ann)
    assert [one[2:] for one in reading.announced(number)] == [(-60, until)]
    (lot,) = reading.lots(number)
    assert (lot.units, lot.remaining, lot.posting_id) == (100, 40, earned.posting_id)
    posted = till.ask(Resolve(held.moves[0], Kind.POST, 50))
    assert reading.announced(number) == []
    (lot,) = reading.lots(number)
    assert [(one.kind, one.units) for one in lot.uses] == [(Kind.POST, -10), (Kind.PENDING, 60)]
    first = history.posting(till.brand_id, held.posting_id)
    (move,) = first.moves
    assert [(one.kind, one.units, one.posting_id) for one in move.history] == [
        (Kind.POST, 50, posted.posting_id)
    ]
    assert not move.is_open
    assert [(one.posting_id, one.units) for one in move.uses] == [(earned.posting_id, 60)]
    (ended,) = history.posting(till.brand_id, posted.posting_id).moves
    assert [one.kind for one in ended.history] == [Kind.PENDING]
    with pytest.raises(NotFound):
        history.posting(till.brand_id + 1, held.posting_id)


def test_accounts_are_found_by_customer_place_and_name(till: Till) -> None:
    ann, ben = customer(till), customer(till)
    till.earn(ann, 5)
    till.earn(ben, 7)
    till.ask(Move(till.own(Place.ISSUED), till.own(Place.BUDGET, "spring 100%"), 9))
    points = assets.find(till.brand_id, "points")

    def found(**asked: str) -> list[tuple[Place, int]]:
        rows = reading.accounts(till.brand_id, points, **asked).rows
        return [(one.place, one.balance) for one in rows]

    assert found(text=f"#{ben}") == [(Place.WALLET, 7)]
    till.merge(ann, ben)
    assert found(place="wallet") == found(text=str(ann)) == [(Place.WALLET, 5), (Place.WALLET, 7)]
    assert found(text="100%") == [(Place.BUDGET, 9)]
    assert found(text="%") == found(text="100%")
    assert found(text="9" * 40) == found(text="²") == []
    assert reading.count_accounts(till.brand_id, points) == (4, True)
    first = reading.accounts(till.brand_id, points, limit=3)
    assert first.after
    assert len(reading.accounts(till.brand_id, points, after=first.after, limit=3).rows) == 1
    with pytest.raises(Invalid):
        found(place="pocket")


def test_totals_say_where_every_unit_is(till: Till) -> None:
    ann = till.customer()
    earned = till.earn(ann, 300)
    till.spend(ann, 250)
    till.ask(ClawBack(earned.moves[0], 300))
    till.earn(ann, 20, until_ms=now_ms() + DAY_MS)
    till.ask(Move(till.own(Place.ISSUED), till.own(Place.STOCK), 9))
    (told,) = assets.totals(till.brand_id).values()
    assert told == assets.Totals(9, 0, 250, 250, 0, 0, 20, 0, 9, 0, 1)
    assert assets.totals(till.brand_id + 1) == {}


def test_assets_are_made_once_and_changed_by_whoever_read_them(till: Till) -> None:
    made = assets.create(
        till.brand_id, AssetRow(0, "credit", "credit", " 储值 ", "Credit", 1), actor=COMMAND_LINE
    )
    assert assets.find(till.brand_id, "credit") == made._replace(name="储值")
    with pytest.raises(Conflict):
        assets.create(till.brand_id, made, actor=COMMAND_LINE)
    changed = assets.change(till.brand_id, made._replace(lasts_days=30), actor=COMMAND_LINE)
    assert (changed.lasts_days, changed.version) == (30, 2)
    with pytest.raises(Conflict):
        assets.change(till.brand_id, made._replace(lasts_days=31), actor=COMMAND_LINE)
    for wrong in ({"code": "Gold"}, {"code": "g", "kind": "gold"}, {"code": "g", "unit_price_fen": -1}):
        with pytest.raises(Invalid):
            assets.create(till.brand_id, made._replace(**wrong), actor=COMMAND_LINE)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        assets.create(till.brand_id, made._replace(code="g", name="a\u202eb"), actor=COMMAND_LINE)
    assert len(assets.assets(till.brand_id)) == 2


@pytest.fixture
def brand(till: Till) -> Brand:
    return Brand.objects.get(pk=till.brand_id)


def test_an_adjustment_is_what_was_shown_before_and_happens_once(till: Till, brand: Brand) -> None:
    ann = customer(till)
    earned = till.earn(ann, 30)
    till.spend(ann, 20)
    till.ask(ClawBack(earned.moves[0], 30))
    wanted = Wanted("points", ann, 50, "拨打 13800138000 致歉", 10)
    told = adjusting.preview(brand, wanted)
    assert (told.before.owed, told.paid, told.after.spendable, told.after.owed) == (20, 20, 30, 0)
    outcome = adjusting.adjust(brand, wanted, "t1", actor=COMMAND_LINE)
    again = adjusting.adjust(brand, wanted, "t1", actor=COMMAND_LINE)
    assert (outcome.state, again.state) == (State.POSTED, State.EXISTS)
    assert till.has(ann) == told.after
    assert Adjustment.objects.get().note == "拨打 [phone] 致歉"
    assert history.posting(till.brand_id, outcome.posting_id).note == "拨打 [phone] 致歉"
    entry = AuditEntry.objects.get(action="ledger.adjusted")
    assert entry.detail["units_count"] == 50
    other = adjusting.adjust(brand, wanted._replace(units=51), "t1", actor=COMMAND_LINE)
    assert (other.state, other.code) == (State.REFUSED, "key_conflict")
    much = wanted._replace(units=-31)
    assert adjusting.preview(brand, much).missing == 1
    assert adjusting.adjust(brand, much, "t2", actor=COMMAND_LINE).code == "insufficient"
    adjusting.adjust(brand, wanted._replace(units=-30), "t3", actor=COMMAND_LINE)
    assert till.has(ann).spendable == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"units": 0}, "units"),
        ({"units": 10_001}, "units"),
        ({"units": -(1 << 70)}, "units"),
        ({"note": " "}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"lasts_days": 0}, "lasts_days"),
        ({"asset": "stock"}, "asset"),
    ],
)
def test_what_cannot_be_adjusted(till: Till, brand: Brand, change: dict[str, object], field: str) -> None:
    ann = customer(till)
    assets.create(till.brand_id, AssetRow(0, "stock", "prize"), actor=COMMAND_LINE)
    with pytest.raises(Invalid) as error:
        wanted = Wanted("points", ann, 5, "sorry")._replace(**change)  # type: ignore[arg-type]
        adjusting.adjust(brand, wanted, "t", actor=COMMAND_LINE)
    assert error.value.data["field"] == field
    assert not PostingRow.objects.exists()


def test_nobody_is_given_anything_who_is_not_a_customer_of_the_brand(till: Till, brand: Brand) -> None:
    for nobody in (0, 4711, 1 << 62):
        with pytest.raises(NotFound):
            adjusting.adjust(brand, Wanted("points", nobody, 5, "sorry"), "t", actor=COMMAND_LINE)


def test_a_proof_is_run_by_the_worker_and_kept(till: Till) -> None:
    till.earn(till.customer(), 5)
    assert proofs.want(till.brand_id) == proofs.want(till.brand_id)
    assert proofs.standing(till.brand_id) == proofs.Standing(None, under_way=True, error="")
    jobs.run_queued()
    told = proofs.standing(till.brand_id)
    assert told.last
    assert (told.under_way, told.last.ok, told.last.entries) == (False, True, 2)
    Account.objects.filter(place="wallet").update(posted=7)
    proofs.want(till.brand_id)
    jobs.run_queued()
    told = proofs.standing(till.brand_id)
    assert told.last
    assert {one.rule for one in told.last.problems} == {"balance", "lots_of_wallet"}
    assert ProofRun.objects.count() == 2
