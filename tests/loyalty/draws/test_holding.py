"""A draw from its draft to the seed in public: what is refused, what is paid, what can be proven."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from guanxi.customers import services as customers
from guanxi.customers.rights.hooks import ERASERS, SOURCES, Person
from guanxi.kernel.clock import DAY_MS, frozen
from guanxi.kernel.errors import Conflict, Invalid, NotFound
from guanxi.loyalty.draws import claiming, entering, evidence, jobs, services, settling
from guanxi.loyalty.draws.contracts import State, WinState
from guanxi.loyalty.draws.models import Draw, DrawEntry, DrawVersion, DrawWin
from guanxi.loyalty.ledger import queries as ledger
from guanxi.loyalty.ledger.models import Account, Asset, Posting
from guanxi.platform import people, vault
from guanxi.platform.contracts import Role
from guanxi.platform.jobs import run_queued
from guanxi.touchpoints.models import Touchpoint
from tests.loyalty.draws.conftest import CLOSES_MS, GIFT, OPENS_MS, POINTS, Table, terms

CONSOLATION = {"asset": "points", "units": 5, "value_fen": 50}
INSTANT = {"mode": "instant", "positions": 6, "consolation": CONSOLATION}


def refusal(table: Table, draw: Draw, subject: int, **more: str) -> str:
    before = (DrawEntry.objects.count(), Posting.objects.count(), Touchpoint.objects.count())
    with pytest.raises(Conflict) as refused:
        table.enter(draw, subject, **more)
    assert (DrawEntry.objects.count(), Posting.objects.count(), Touchpoint.objects.count()) == before
    return str(refused.value.data["reason"])


def stocks() -> dict[str, int]:
    rows = Account.objects.filter(place="stock", name__startswith="draw:")
    return {
        name.split(":", 2)[2]: posted - held
        for name, posted, held in rows.values_list("name", "posted", "held")
    }


def proven(draw: Draw) -> None:
    assert [what for what, good in evidence.replayed(draw) if not good] == []


def test_all_at_the_end(table: Table, tmp_path: Path) -> None:
    draw = table.open(consolation=CONSOLATION)
    assert stocks() == {"p:bag": 1, "p:points": 300}
    somebody = [table.person() for _ in range(10)]
    for one in somebody:
        table.enter(draw, one)
    with pytest.raises(Conflict):
        settling.close(table.brand, draw.pk, actor="test")  # not before its time
    with pytest.raises(Conflict):
        evidence.evidence(draw)
    done = table.settle(draw)
    wins = list(DrawWin.objects.order_by("place", "number"))
    assert [one.place for one in wins] == [0, 1, 1, 1]
    assert len({one.subject_id for one in wins}) == 4
    assert sorted(table.has(one) for one in somebody) == [0] + [5] * 6 + [100] * 3
    assert stocks() == {"p:bag": 0, "p:points": 0, "consolation": 0}
    assert Touchpoint.objects.filter(kind="draw.won").count() == 4
    proven(done)
    file = tmp_path / "evidence.zip"
    file.write_bytes(evidence.archive(done))
    assert file.read_bytes() == evidence.archive(Draw.objects.get())
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path)
    told = [
        sys.executable,
        "-I",
        "-S",
        str(tmp_path / "verify_draw.py"),
        str(file),
        "--terms",
        draw.terms_hash,
    ]
    assert subprocess.run(told, check=False, capture_output=True).returncode == 0
    forged = tmp_path / "evidence.json"
    content = json.loads(forged.read_text())
    content["winners"][0][0] = next(n for n in range(1, 11) if n not in dict(content["winners"]))
    forged.write_text(json.dumps(content))
    assert subprocess.run([*told[:4], str(forged)], check=False, capture_output=True).returncode == 1
    forged.write_text("[]")
    assert subprocess.run([*told[:4], str(forged)], check=False, capture_output=True).returncode == 2


def test_each_entry_answered_at_once(table: Table) -> None:
    draw = table.open(**INSTANT)
    assert stocks() == {"p:bag": 1, "p:points": 300, "consolation": 10}
    found = [table.enter(draw, table.person(), nonce=str(n)) for n in range(6)]
    assert sorted(one.prize for one in found) == ["", "", "bag", "points", "points", "points"]
    assert refusal(table, draw, table.person()) == "sold_out"
    assert stocks() == {"p:bag": 0, "p:points": 0, "consolation": 0}
    done = settling.settle(table.brand, draw.pk, actor="test")  # sold out: it need not wait
    assert done.state == State.REVEALED
    assert done.consoled == 2
    proven(done)


def test_an_instant_draw_that_is_not_sold_out_gives_back_what_is_left(table: Table) -> None:
    draw = table.open(**INSTANT)
    for _ in range(2):
        table.enter(draw, table.person())
    done = table.settle(draw)
    assert set(stocks().values()) == {0}
    proven(done)


def test_nobody_entered(table: Table) -> None:
    done = table.settle(table.open(consolation=CONSOLATION))
    assert set(stocks().values()) == {0}
    proven(done)


def test_the_same_press_twice_is_one_entry(table: Table) -> None:
    draw = table.open(**INSTANT)
    one, other = table.person(), table.person()
    first = table.enter(draw, one, "press", "7")
    assert table.enter(draw, one, "press", "8") == first._replace(new=False)
    assert refusal(table, draw, other, key="press") == "key"
    assert DrawEntry.objects.count() == 1


def test_who_may_not_is_told_why(table: Table) -> None:
    rich, poor = table.person(), table.person()
    table.earn(rich, 25)
    price = {"asset": "points", "units": 10, "most": 2, "condition": None}
    draw = table.open(entry=price, opens_ms=OPENS_MS + 10)
    assert refusal(table, draw, rich) == "early"
    with frozen(OPENS_MS + 10):
        assert refusal(table, draw, poor) == "insufficient"
        table.enter(draw, rich)
        table.enter(draw, rich)
        assert table.has(rich) == 5
        assert refusal(table, draw, rich) == "limit"
        with pytest.raises(NotFound):
            table.enter(draw, 10**9)
        with pytest.raises(Invalid):
            table.enter(draw, poor, nonce="1|2")
    with frozen(CLOSES_MS):
        assert refusal(table, draw, rich) == "closed"
    customers.define_tag(table.brand.pk, "vip", label="贵宾", actor="cli")
    entry = {
        "asset": "",
        "units": 0,
        "most": 1,
        "condition": {"version": 1, "leaf": "tag.has", "tags": ["vip"]},
    }
    other = table.open(draw="vips", entry=entry)
    assert refusal(table, other, poor) == "condition"
    customers.add_tags(table.brand.pk, ["vip"], [poor], actor="cli")
    assert table.enter(other, poor).new


def test_insiders_are_refused_and_found_again_at_the_end(table: Table) -> None:
    """Whoever signs in to the console by that address, whoever has the tag; reasons are kept."""
    user = people.create_user("boss@lanhua.example", "a long and odd sentence", actor="cli")
    people.add_membership(user.pk, table.brand.pk, Role.OWNER, actor="cli")
    key = vault.blind_index(table.brand.pk, "email", "boss@lanhua.example")
    boss, cousin, later, guest = table.person("email", key), *(table.person() for _ in range(3))
    customers.define_tag(table.brand.pk, "staff", label="员工", actor="cli")
    customers.add_tags(table.brand.pk, ["staff"], [cousin], actor="cli")
    draw = table.open(insider_tag="staff", consolation=CONSOLATION)
    assert refusal(table, draw, boss) == "insider"
    assert refusal(table, draw, cousin) == "insider"
    table.enter(draw, later)
    table.enter(draw, guest)
    customers.add_tags(table.brand.pk, ["staff"], [later], actor="cli")
    done = table.settle(draw)
    assert [one.excluded for one in DrawEntry.objects.order_by("number")] == ["insider", ""]
    assert DrawWin.objects.get().subject_id == guest
    assert table.has(later) == 0
    proven(done)


def test_what_an_insider_won_at_once_goes_back(table: Table) -> None:
    customers.define_tag(table.brand.pk, "staff", label="员工", actor="cli")
    draw = table.open(insider_tag="staff", mode="instant", positions=4)
    somebody = [table.person() for _ in range(4)]
    for one in somebody:
        table.enter(draw, one)
    customers.add_tags(table.brand.pk, ["staff"], somebody, actor="cli")
    done = settling.settle(table.brand, draw.pk, actor="test")
    assert {one.state for one in DrawWin.objects.all()} == {WinState.VOID}
    assert [table.has(one) for one in somebody] == [0] * 4
    assert set(stocks().values()) == {0}
    assert evidence.evidence(done)["winners"] == []
    proven(done)


def test_a_prize_above_the_cap_is_refused_when_saved_and_again_when_it_is_drawn(table: Table) -> None:
    with pytest.raises(Invalid) as refused:
        services.create(table.brand, terms(prizes=[{**GIFT, "value_fen": 5_000_001}]), actor="test")
    assert refused.value.data["field"] == "prizes.0.value_fen"
    Asset.objects.update(unit_price_fen=100)
    with pytest.raises(Invalid):  # 100 points at ¥1 are worth ¥100, not ¥10
        services.create(table.brand, terms(), actor="test")
    dear = {**POINTS, "units": 50_001, "value_fen": 5_000_000, "quantity": 1}
    with pytest.raises(Invalid):
        services.create(table.brand, terms(prizes=[dear]), actor="test")
    Asset.objects.update(unit_price_fen=99)
    draw = table.open(prizes=[dear])
    table.enter(draw, table.person())
    Asset.objects.update(unit_price_fen=100)
    with pytest.raises(Invalid):
        table.settle(draw)
    assert Draw.objects.get().state == State.CLOSED
    assert not DrawWin.objects.exists()


def test_published_terms_change_only_for_the_better(table: Table) -> None:
    draw = table.open(**INSTANT)
    with pytest.raises(Invalid):
        services.amend(table.brand, draw.pk, 1, terms(**INSTANT, claim_days=3), actor="test")
    with pytest.raises(Conflict):
        services.save(table.brand, draw.pk, 1, terms(**INSTANT), actor="test")
    with pytest.raises(Conflict):
        services.delete(table.brand, draw.pk, 1, actor="test")
    for _ in range(3):
        table.enter(draw, table.person())
    doubled = [{**GIFT, "quantity": 2}, {**POINTS, "quantity": 6}]
    more = terms(**{**INSTANT, "positions": 12}, prizes=doubled)
    services.amend(table.brand, draw.pk, 1, more, actor="test")
    with pytest.raises(Conflict):
        services.amend(table.brand, draw.pk, 1, more, actor="test")
    for _ in range(9):
        table.enter(draw, table.person())
    assert DrawVersion.objects.count() == 2
    assert sorted(DrawWin.objects.values_list("place", flat=True)) == [0] * 2 + [1] * 6
    assert set(stocks().values()) == {0}
    proven(settling.settle(table.brand, draw.pk, actor="test"))


def test_the_announced_number_comes_after_the_entrants_are_frozen(table: Table) -> None:
    draw = table.open(entropy="The index's last figure of that day")
    table.enter(draw, table.person())
    with pytest.raises(Conflict):
        settling.set_entropy(table.brand, draw.pk, "3", "page 1", actor="test")
    with frozen(CLOSES_MS):
        jobs.plan()
        run_queued()
        assert Draw.objects.get().state == State.CLOSED
        jobs.plan()
        assert run_queued() == 0  # it waits
        with pytest.raises(Conflict):
            settling.settle(table.brand, draw.pk, actor="test")
        settling.set_entropy(table.brand, draw.pk, "3,456.78", "the exchange's page", actor="test")
        with pytest.raises(Conflict):
            settling.set_entropy(table.brand, draw.pk, "3,456.79", "another page", actor="test")
        jobs.plan()
        run_queued()
    done = Draw.objects.get()
    assert done.state == State.REVEALED
    proven(done)


def test_a_gift_is_claimed_handed_out_or_goes_back(table: Table) -> None:
    draw = table.open(prizes=[{**GIFT, "quantity": 3}])
    somebody = [table.person() for _ in range(3)]
    for one in somebody:
        table.enter(draw, one)
    table.settle(draw)
    wins = list(DrawWin.objects.order_by("number"))
    customers.set_stores(table.brand.pk, [{"code": "HZ1", "name": "西湖店", "city": "杭州"}], actor="cli")
    with frozen(CLOSES_MS + DAY_MS):
        with pytest.raises(NotFound):
            claiming.claim(table.brand, wins[0].pk, somebody[1], store="HZ1")
        with pytest.raises(Invalid):
            claiming.claim(table.brand, wins[0].pk, somebody[0], store="nowhere")
        for _ in range(2):
            claiming.claim(table.brand, wins[0].pk, somebody[0], store="HZ1")
            claiming.claim(table.brand, wins[1].pk, somebody[1], address="杭州市西湖区 1 号")
        for _ in range(2):
            assert claiming.hand_out(table.brand, wins[0].pk, actor="test").state == WinState.HANDED_OUT
    assert Touchpoint.objects.filter(kind="draw.claimed").count() == 2
    assert vault.open_many([somebody[1]])[somebody[1]]["address"].text == "杭州市西湖区 1 号"
    assert "西湖" not in str(list(Touchpoint.objects.values_list("payload", flat=True)))
    with frozen(CLOSES_MS + 30 * DAY_MS):
        jobs.plan()
        run_queued()
        with pytest.raises(Conflict):
            claiming.hand_out(table.brand, wins[2].pk, actor="test")
        with pytest.raises(Conflict):
            claiming.claim(table.brand, wins[2].pk, somebody[2], store="HZ1")
    assert [one.state for one in DrawWin.objects.order_by("number")] == ["handed_out", "claimed", "expired"]
    assert Account.objects.get(name__endswith="p:bag").posted == 1  # of the second, set aside
    assert ledger.standing(table.brand.pk, somebody[0], "points").posted == 0


def test_killed_between_two_parts_it_goes_on_where_it_was(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is a transaction: what is posted is posted once, whoever dies in between."""
    monkeypatch.setattr(settling, "LARGEST_BATCH", 3)
    draw = table.open(consolation=CONSOLATION)
    somebody = [table.person() for _ in range(12)]
    for one in somebody:
        table.enter(draw, one)

    class Killed(Exception):
        pass

    def dies(done: int, total: int) -> None:
        raise Killed

    for _ in range(3):
        with frozen(CLOSES_MS), pytest.raises(Killed):
            settling.settle(table.brand, draw.pk, actor="test", told=dies)
    assert 0 < Draw.objects.get().paid_to < 12
    done = table.settle(draw)
    assert table.settle(draw).revealed_ms == done.revealed_ms
    assert sorted(table.has(one) for one in somebody) == [0] + [5] * 8 + [100] * 3
    assert Touchpoint.objects.filter(kind="draw.won").count() == 4
    proven(done)


def test_merged_profiles_are_one_person(table: Table) -> None:
    """Two who entered once each and turn out to be one have one entry, and win once."""
    draw = table.open(consolation=CONSOLATION, prizes=[{**POINTS, "quantity": 3}])
    one, other, third = (table.person() for _ in range(3))
    for subject in (one, other, third):
        table.enter(draw, subject)
    table.merge(one, other)
    assert refusal(table, draw, other) == "limit"
    done = table.settle(draw)
    assert [row.excluded for row in DrawEntry.objects.order_by("number")] == ["", "limit", ""]
    assert DrawWin.objects.count() == 2
    proven(done)
    instant = table.open(draw="instant", mode="instant", positions=4)
    for subject in (table.person(), table.person()):
        table.enter(instant, subject)
    winner = DrawWin.objects.filter(draw=instant).first()
    if winner is not None:
        fresh = table.person()
        table.merge(winner.subject_id, fresh)
        assert refusal(table, instant, fresh) in {"won", "limit"}


def test_an_erased_person_leaves_a_draw_that_can_still_be_proven(table: Table) -> None:
    draw = table.open()
    gone, stays = table.person(), table.person()
    table.enter(draw, gone, nonce="19800101")
    table.enter(draw, stays)
    person = Person(table.brand.pk, gone, [gone])
    (told,) = SOURCES["draws"].read(person)
    assert told["draw"] == "spring"
    assert ERASERS["draws"].erase(person)["loyalty_drawentry"] == 1
    done = table.settle(draw)
    assert DrawEntry.objects.get(number=1).excluded == "gone"
    proven(done)
    ERASERS["draws"].erase(Person(table.brand.pk, stays, [stays]))
    proven(done)


def test_facts_of_entries_are_in_the_log(table: Table) -> None:
    draw = table.open(**INSTANT)
    table.enter(draw, table.person())
    fact = Touchpoint.objects.get(kind=entering.ENTERED)
    assert json.loads(fact.payload) == {"draw": "spring", "number": 1}
