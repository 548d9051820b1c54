"""The figures of the ledger in the lake: by hand, and against plain Python from the ledger's tables."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from guanxi.cli import main as cli
from guanxi.kernel.clock import DAY_MS, frozen, to_datetime
from guanxi.loyalty import liability
from guanxi.loyalty.breakage import Alive, Curve, curve_of, lost
from guanxi.loyalty.ledger import due
from guanxi.loyalty.ledger.contracts import (
    ENTRIES,
    NEVER_MS,
    ClawBack,
    GiveBack,
    Kind,
    Move,
    Posting,
    Resolve,
    Step,
)
from guanxi.loyalty.ledger.models import Asset, Lot, Use
from guanxi.loyalty.ledger.models import Move as MoveRow
from guanxi.loyalty.ledger.posting import post
from guanxi.platform import people
from guanxi.platform.contracts import Role
from guanxi.platform.models import Brand
from guanxi.warehouse import services as lake
from guanxi.warehouse.engines import close_all
from tests.loyalty.ledger.conftest import Till

START = 1_735_660_800_000  # 2025-01-01 00:00 in Shanghai
EPOCH = date(1970, 1, 1)


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path))
    yield
    close_all()


class Dated(Till):
    """A till whose postings are dated by its clock."""

    now = START

    def ask(self, *steps: Step, key: str = "", reason: str = "test") -> Any:
        with frozen(self.now):
            return post(
                self.brand_id, [Posting(key or f"k{next(self.keys)}", reason, steps, self.now)], actor="test"
            )[0]

    def at(self, day: float) -> None:
        self.now = START + int(day * DAY_MS)
        with frozen(self.now):
            due.run(self.brand_id)

    @property
    def brand(self) -> Brand:
        return Brand.objects.get(pk=self.brand_id)

    def sync(self) -> Brand:
        lake.sync(self.brand)
        assert lake.verify(self.brand).is_equal
        return self.brand


@pytest.fixture
def dated(transactional_db: None) -> Dated:
    return Dated()


# By hand


def test_the_product_limit_by_hand() -> None:
    """Kaplan and Meier's own example: deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1."""
    curve = Curve([(8, 1), (31, 1), (54, 1), (92, 1)], [(10, 1), (27, 1), (70, 1), (121, 1)])
    shares = [curve.share(age) for age in (7, 8, 30, 31, 54, 91, 92, 121)]
    assert shares == pytest.approx([1, 0.875, 0.875, 0.7, 0.525, 0.525, 0.2625, 0.2625])
    assert curve.share(122) is None
    assert curve.kept(54, 92) == pytest.approx(0.5)
    assert curve.kept(54, 122) is None
    assert curve.kept(200, 100) == 1.0
    assert Curve([], []).kept(0, 1) is None
    assert Curve([(3, 5)], []).kept(3, 4) is None  # nothing was ever seen older


def test_the_curve_is_the_share_of_units_one_by_one() -> None:
    """Where nothing is lost on the way, what is not used by an age is a plain share; and whatever is lost,
    units one by one give the same as units in sums."""
    chance = random.Random(5)
    units = [(chance.randrange(40), chance.random() < 0.6) for _ in range(300)]
    complete = Curve([(age, 1) for age, _used in units], [])
    for age in range(40):
        left = sum(1 for at, _used in units if at > age) / 300
        assert complete.share(age) in (None, pytest.approx(left))
    one_by_one = Curve(
        [(age, 1) for age, used in units if used], [(age, 1) for age, used in units if not used]
    )
    share = 1.0
    for age in range(40):
        at_risk = sum(1 for at, _used in units if at >= age)
        share *= 1 - sum(1 for at, used in units if at == age and used) / at_risk if at_risk else 1
        assert one_by_one.share(age) in (None, pytest.approx(share))


def test_what_is_likely_to_expire_by_hand() -> None:
    """100 units came, 40 were used at 3 days and 30 at 7, 30 expired at 10. Of 50 that are 5 days old now
    60/150 were used at 3 days, so 0.6 are left by 5; of the old ones half of those 60 went at 7 days."""
    old, now = [(3, 40, 0), (7, 30, 0), (10, 0, 30)], 1_000
    alive = [Alive("issued", 0, now - 5, 0, now + 5, 50), Alive("issued", 0, now - 5, None, None, 7)]
    curve = curve_of(old, alive[:1], now)
    assert curve.share(5) == pytest.approx(1 - 40 / 150)
    assert lost(alive, curve, now) == (50, pytest.approx(50 * 0.5))
    later = [Alive("issued", 0, now - 5, 0, now + 6, 50)]
    assert lost(later, curve, now) == (50, None)  # nothing was ever seen at 11 days


def test_months_cohorts_and_expiries_by_hand(dated: Dated) -> None:
    ann, ben = dated.customer(), dated.customer()
    Asset.objects.update(unit_price_fen=2)
    first = dated.earn(ann, 100, expires_ms=START + 59 * DAY_MS).moves[0]  # 1 March
    dated.at(10)
    dated.spend(ann, 30)
    dated.at(35)  # 5 February
    dated.earn(ben, 50, expires_ms=START + 94 * DAY_MS)  # 5 April
    dated.earn(ben, 8)
    dated.ask(ClawBack(first, 20))
    dated.spend(ben, 5, until_ms=NEVER_MS)  # a hold is no use
    dated.at(60)  # 50 of the first have expired
    brand = dated.sync()
    names = ("month", "issued", "used", "withdrawn", "expired", "outstanding", "money_fen", "burn_rate")
    with frozen(dated.now):
        months = liability.liability(brand)
        cohorts = liability.breakage(brand)
        expiries = liability.forecast(brand)
    assert [tuple(getattr(one, name) for name in names) for one in months] == [
        ("2025-01", 100, 30, 0, 0, 70, 140, 0.3),
        ("2025-02", 58, 0, 20, 0, 108, 216, 0.0),
        ("2025-03", 0, 0, 0, 50, 58, 116, None),
    ]
    assert [one.age_days for one in months] == [10.0, None, None]
    january, february = cohorts
    assert (january.expired, january.alive, january.breakage_rate) == (50, 0, 50 / 80)
    assert january.expected_rate == 50 / 80
    assert (february.issued, february.alive, february.breakage_rate) == (58, 58, 0.0)
    # At 10 days 30 of 158 units had been used, after that none: what lives past 25 days expires at 59.
    assert february.expected_rate == pytest.approx(50 / 58)
    assert [(one.month, one.units, one.expected, one.expected_fen) for one in expiries] == [
        ("2025-04", 50, 50, 100),
        (None, 8, 0, 0),
    ]
    with frozen(dated.now):
        early = liability.breakage(brand, date(2025, 1, 20))
        assert [(one.used, one.alive, one.expected_rate) for one in early] == [(30, 70, None)]
        assert [(one.month, one.expected) for one in liability.forecast(brand, date(2025, 1, 20))] == [
            ("2025-03", None)
        ]


def test_what_comes_back_and_what_changes_hands_is_no_issue(dated: Dated) -> None:
    ann, ben = dated.customer(), dated.customer()
    dated.earn(ann, 100, expires_ms=START + 30 * DAY_MS)
    spent = dated.spend(ann, 40).moves[0]
    dated.ask(Move(dated.wallet(ann), dated.wallet(ben), 10))
    dated.at(2)
    dated.ask(GiveBack(spent, 40))
    brand = dated.sync()
    with frozen(dated.now):
        (month,) = liability.liability(brand)
        (cohort,) = liability.breakage(brand)
        (expiry,) = liability.forecast(brand)
    assert (month.issued, month.returned, month.used, month.outstanding) == (100, 40, 40, 100)
    assert (cohort.issued, cohort.used, cohort.moved, cohort.alive) == (100, 40, 10, 50)
    assert expiry.units == 100


def test_what_is_owed(dated: Dated) -> None:
    ann = dated.customer()
    earned = dated.earn(ann, 100).moves[0]
    dated.spend(ann, 90)
    dated.ask(ClawBack(earned, 100))
    dated.at(40)
    dated.earn(ann, 30)
    brand = dated.sync()
    with frozen(dated.now):
        january, february = liability.liability(brand)
    assert (january.outstanding, january.owed) == (0, 90)
    assert (february.issued, february.withdrawn, february.outstanding, february.owed) == (30, 30, 0, 60)


# Against plain Python


def some_history(till: Dated, seed: int) -> None:
    """A year of whatever can happen, dated as it happens."""
    chance = random.Random(seed)
    people = [till.customer() for _ in range(4)]
    till.merge(people[0], people[1])
    earned: list[int] = []
    spent: list[int] = []
    held: list[int] = []
    for _ in range(90):
        till.at((till.now - START) / DAY_MS + chance.choice([0, 0.3, 1, 4, 11]))
        who, units = chance.choice(people), chance.randrange(1, 40)
        expires = chance.choice([None, till.now + chance.randrange(5, 120) * DAY_MS])
        what = chance.random()
        if what < 0.35:
            earned += till.earn(who, units, expires_ms=expires).moves
        elif what < 0.45:
            till.earn(who, units, expires_ms=expires, until_ms=NEVER_MS, ripe_ms=till.now + 7 * DAY_MS)
        elif what < 0.65:
            spent += till.spend(who, units).moves[:1]
        elif what < 0.75:
            held += till.spend(who, units, until_ms=till.now + 20 * DAY_MS).moves[:1]
        elif what < 0.85 and held:
            kind = chance.choice([Kind.POST, Kind.VOID])
            till.ask(Resolve(held.pop(0), kind, 1 if kind is Kind.POST else None))
        elif what < 0.93 and earned:
            till.ask(ClawBack(chance.choice(earned), units))
        elif spent:
            till.ask(GiveBack(chance.choice(spent), units, 5 * DAY_MS))


def day_of(at_ms: int) -> int:
    return (to_datetime(at_ms).date() - EPOCH).days


def month_of(at_ms: int) -> str:
    return to_datetime(at_ms).strftime("%Y-%m")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_figures_are_those_of_the_tables(dated: Dated, seed: int) -> None:
    some_history(dated, seed)
    brand = dated.sync()
    with frozen(dated.now):
        months = {one.month: one for one in liability.liability(brand)}
        cohorts = {one.month: one for one in liability.breakage(brand)}
        expiries = {one.month: one for one in liability.forecast(brand)}
    moves = list(MoveRow.objects.select_related("posting", "source", "target").filter(kind__in=ENTRIES))
    for month, one in months.items():
        balance = owed = 0
        for move in moves:
            if month_of(move.posting.occurred_ms) <= month:
                balance += move.units * (move.target.place == "wallet")
                balance -= move.units * (move.source.place == "wallet")
                owed += move.units * (move.source.place == "debt") - move.units * (
                    move.target.place == "debt"
                )
        assert (one.outstanding, one.owed) == (balance, owed)
    lots, alive = fates()
    for month in {lot["month"] for lot in lots if lot["issued"]} | set(cohorts):
        mine = [lot for lot in lots if lot["issued"] and lot["month"] == month]
        one, left = cohorts[month], sum(alive[lot["id"]] for lot in mine)
        assert (one.issued, one.alive) == (sum(lot["units"] for lot in mine), left)
        for way in ("used", "expired", "withdrawn", "moved"):
            assert getattr(one, way) == sum(lot["ways"][way] for lot in mine), way
    totals: dict[str | None, int] = defaultdict(int)
    for lot in lots:
        if alive[lot["id"]]:
            month = None if lot["expires"] == NEVER_MS else month_of(max(lot["expires"], dated.now))
            totals[month] += alive[lot["id"]]
    assert {month: one.units for month, one in expiries.items()} == dict(totals)
    assert sum(totals.values()) == months[max(months)].outstanding


def fates() -> tuple[list[dict[str, Any]], dict[int, int]]:
    """Every lot with what left it for good, and what is left of it, held units with it."""
    resolved = {one.pending_id: one for one in MoveRow.objects.exclude(pending_id=None)}
    found = []
    alive = {}
    for lot in Lot.objects.all():
        came = MoveRow.objects.select_related("posting", "source").get(pk=lot.pk)
        ways: dict[str, int] = defaultdict(int)
        for use in Use.objects.select_related("move").filter(lot=lot):
            move = use.move
            if move.kind == Kind.PENDING:
                move = resolved.get(move.pk)
            if move is None or move.kind not in ENTRIES:
                continue
            place = move.target.place
            if place == "expired":
                ways["expired"] += use.units
            elif place in {"issued", "debt"}:
                ways["withdrawn"] += use.units
            else:
                ways["moved" if place == "wallet" else "used"] += use.units
        issued = came.source.place == "issued"
        month = month_of(came.posting.occurred_ms)
        told = {"id": lot.pk, "units": lot.units, "expires": lot.expires_ms}
        found.append(told | {"issued": issued, "month": month, "ways": ways})
        alive[lot.pk] = lot.units - sum(ways.values())
    return found, alive


def test_an_estimate_made_early_comes_true_where_people_stay_as_they_are(dated: Dated) -> None:
    """Everybody uses half of a lot at 10 days; it expires at 30. Known from the first cohort on."""
    for start in range(0, 150, 5):
        dated.at(start)
        one = dated.customer()
        if start >= 10:
            dated.spend(one - 2, 50)
        dated.earn(one, 100, expires_ms=dated.now + 30 * DAY_MS)
    brand = dated.sync()
    cohorts = liability.breakage(brand, EPOCH + timedelta(days=day_of(dated.now)))
    assert len(cohorts) == 5
    assert all(one.expected_rate == pytest.approx(0.5) for one in cohorts)
    assert cohorts[0].breakage_rate == 0.5
    assert cohorts[-1].breakage_rate == 0.0


# Asked for


def test_the_commands(dated: Dated, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str, code: int = 0) -> Any:
        assert cli.run(["ledger", *words, "--brand", "lanhua", "--json"]) == code
        return json.loads(capsys.readouterr()[0] or "null")

    assert said("liability") == {"months": []}
    ann = dated.customer()
    dated.earn(ann, 100, expires_ms=START + 40 * DAY_MS)
    Asset.objects.update(unit_price_fen=3)
    with frozen(dated.now):
        (month,) = said("liability")["months"]
        assert (month["month"], month["outstanding"], month["money_fen"]) == ("2025-01", 100, 300)
        (cohort,) = said("breakage")["cohorts"]
        assert (cohort["alive"], cohort["expected_rate"]) == (100, None)
        assert said("forecast")["expiries"][0]["month"] == "2025-02"
        assert said("liability", "--until", "2024-12-31") == {"months": []}
        for name in ("liability", "breakage", "forecast"):
            assert cli.run(["ledger", name, "--brand", "lanhua"]) == 0
            assert "2025" in capsys.readouterr()[0]
    said("liability", "--until", "yesterday", code=2)


def test_the_page(dated: Dated) -> None:
    olga = people.create_user("olga", "a long and odd sentence", language="en", actor="cli")
    people.add_membership(olga.pk, dated.brand_id, Role.OWNER, actor="cli")
    client = Client()
    client.post("/signin", {"username": "olga", "password": "a long and odd sentence"})
    assert "Nothing was booked yet" in client.get("/loyalty/liability").content.decode()
    Asset.objects.update(name_en="<b>Orchid</b>", unit_price_fen=2)
    ann = dated.customer()
    dated.earn(ann, 1_234, expires_ms=START + 40 * DAY_MS)
    dated.sync()
    with frozen(dated.now):
        for address in ("/loyalty/liability", "/loyalty/liability?asset=nothing"):
            page = client.get(address).content.decode()
            assert "1,234" in page
            assert "¥24.68" in page
            assert "2025-02" in page
            assert "<b>Orchid" not in page
