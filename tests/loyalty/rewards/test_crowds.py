"""Sixty-four at once, processes that die, gifts of rules, and families."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from guanxi.customers.services import merge
from guanxi.kernel.clock import DAY_MS, frozen, now_ms
from guanxi.kernel.errors import Conflict, GuanxiError, NotFound
from guanxi.loyalty.ledger.models import Lot
from guanxi.loyalty.ledger.queries import asset
from guanxi.loyalty.rewards import families, moving
from guanxi.loyalty.rewards.models import Redemption
from guanxi.loyalty.rules import services as rules
from guanxi.loyalty.rules.contracts import State
from guanxi.loyalty.rules.models import Missed
from guanxi.platform.actors import COMMAND_LINE
from guanxi.touchpoints.contracts import Fact, Identity
from guanxi.touchpoints.services import record
from tests.dying import die
from tests.loyalty.ledger.test_killed import SCRIPT
from tests.loyalty.rewards.conftest import Shop

CROWD = 64
LOADED = """
import os, pathlib, signal, sys
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
import psycopg
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from tests.loyalty.rewards.test_crowds import whole_story
"""
DEADLY = SCRIPT.split("at, mark, brand")[0] + "at, mark, subject = sys.argv[2:]\n"
DEADLY += SCRIPT.split("origin = sys.argv[2:]\n")[1].split("post(int(brand)")[0]
DEADLY += "whole_story(at, int(subject))\npathlib.Path(mark).touch()\nos.kill(os.getpid(), signal.SIGKILL)\n"


def at_once(verbs: list[Callable[[], object]]) -> list[object]:
    """Each in a thread with a connection of its own, begun when all have one; what it answered or raised."""
    ready = Barrier(len(verbs))

    def one(verb: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            ready.wait()
            return verb()
        except GuanxiError as error:
            return error.data.get("reason")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(one, verbs))


@pytest.mark.heavy
def test_the_last_piece_goes_to_one_of_sixty_four(shop: Shop) -> None:
    """A one-stock grand prize won twice; saleor#544, django-oscar#2101: limits broken under concurrency."""
    shop.reward(pieces=1)
    people = [shop.member(points=100) for _ in range(8)]
    told = at_once([lambda n=n: shop.redeem(people[n % 8], key=f"c{n}") for n in range(CROWD)])  # type: ignore[misc]
    assert sum(isinstance(one, Redemption) for one in told) == 1
    assert set(told) - {one for one in told if isinstance(one, Redemption)} <= {"sold_out", "insufficient"}
    assert shop.left() == 0
    assert sum(shop.has(one).spendable for one in people) == 700
    row = Redemption.objects.get()
    told = at_once([lambda: shop.hand_out(row)] * 8)
    assert sum(isinstance(one, Redemption) for one in told) == 1
    shop.proven()


@pytest.mark.heavy
def test_one_key_pressed_by_sixty_four_is_one(shop: Shop) -> None:
    shop.reward(pieces=5)
    li = shop.member(points=300)
    told = at_once([lambda: shop.redeem(li, price=1, key="once")] * CROWD)
    assert {one.pk for one in told if isinstance(one, Redemption)} == {Redemption.objects.get().pk}
    assert len(told) == CROWD
    row = Redemption.objects.get()
    at_once([lambda: shop.pay(row)] * 16)
    row.refresh_from_db()
    assert (row.state, shop.has(li).spendable, shop.left()) == ("ready", 280, 4)
    shop.proven()


def whole_story(key: str, subject: int) -> None:
    """Redeemed for points and money, paid, handed out, brought back: whatever is done already is let be."""
    shop = Shop()
    row = shop.redeem(subject, price=1, key=f"killed:{key}")
    row = shop.pay(row, f"wx:{key}")
    if row.state == "ready":
        row = shop.hand_out(row)
    if row.state == "handed_out":
        moving.take_back(shop.brand.pk, row.pk, piece=True, actor="test")


@pytest.mark.heavy
def test_killed_between_any_two_statements(shop: Shop, tmp_path: Path) -> None:
    mark = tmp_path / "done"
    shop.reward(pieces=2)
    li = shop.member(points=40)
    for place in count(1, 3):  # every third: each verb is cut in all its parts, in bearable time
        die(LOADED, DEADLY, place, mark, li)
        shop.proven()
        waits = Redemption.objects.filter(state__in=("reserved", "ready")).count()
        out = Redemption.objects.filter(state="handed_out").count()
        assert shop.left() == 2 - waits - out
        assert shop.has(li).spendable == 40 - 20 * (waits + out)
        whole_story(str(place), li)
        assert Redemption.objects.get(key=f"killed:{place}").state == "returned"
        assert (shop.left(), shop.has(li).spendable) == (2, 40)
        if mark.exists():
            break
    assert place > 30


def joined(shop: Shop, who: str, number: int = 1) -> None:
    at_ms = now_ms() - DAY_MS
    record(shop.brand.pk, "shop", [Fact("member.joined", f"{who}{number}", at_ms, (Identity("tmall", who),))])


def test_a_rule_gives_from_the_catalogue_without_price(shop: Shop) -> None:
    shop.reward(pieces=1)
    with pytest.raises(NotFound):
        rules.create(shop.brand, "r", {"on": ["member.joined"], "effects": [gift("none")]}, actor="t")
    for kind in ("member.joined", "reward.redeemed"):
        number = rules.create(shop.brand, kind, {"on": [kind], "effects": [gift("cup")]}, actor="t")
        rules.set_state(shop.brand, number, 1, State.ACTIVE, actor="t")
    joined(shop, "ann")
    row = Redemption.objects.get()
    assert (row.units, row.fen, row.state, row.origin) == (0, 0, "ready", "rule")
    joined(shop, "ann")
    joined(shop, "ben")
    assert Redemption.objects.count() == 1
    assert set(Missed.objects.values_list("code", flat=True)) == {"sold_out"}
    shop.proven()


def test_gifts_for_gifts_end_somewhere(shop: Shop) -> None:
    shop.reward(pieces=50)
    kinds = ["member.joined", "reward.redeemed"]
    number = rules.create(shop.brand, "r", {"on": kinds, "effects": [gift("cup")]}, actor="t")
    rules.set_state(shop.brand, number, 1, State.ACTIVE, actor="t")
    joined(shop, "ann")
    assert Redemption.objects.count() == 2
    assert Missed.objects.get().code == "loop"
    shop.proven()


def gift(code: str) -> dict[str, str]:
    return {"effect": "reward", "reward": code}


def test_a_household_shares_its_limit_and_points_keep_their_day(shop: Shop) -> None:
    asset(shop.brand.pk, "credit", "credit")
    with pytest.raises(NotFound):
        families.set_limit(shop.brand.pk, "credit", 5, actor=COMMAND_LINE)
    families.set_limit(shop.brand.pk, "points", 150, actor=COMMAND_LINE)
    shop.reward(per_household=1)
    li, bo = shop.member(), shop.member(points=100)
    expires = now_ms() + 5 * DAY_MS
    shop.earn(li, 200, expires_ms=expires)
    link = families.accept(shop.brand.pk, bo, families.invite(shop.brand.pk, li))
    families.give(shop.brand, li, link, "points", 120, key="a")
    assert Lot.objects.filter(account__subject_id=bo, expires_ms=expires).get().remaining == 120
    with pytest.raises(GuanxiError) as error:
        families.give(shop.brand, li, link, "points", 31, key="b")
    assert error.value.data["left"] == 30
    with frozen(now_ms() + 32 * DAY_MS), pytest.raises(Conflict):
        families.give(shop.brand, li, link, "points", 150, key="c")
    shop.redeem(bo)
    shop.earn(li, 100)
    with pytest.raises(Conflict) as refused:
        shop.redeem(li)
    assert refused.value.data["reason"] == "household_limit"
    merge(shop.brand.pk, [shop.customer(li), shop.customer(bo)], actor="t")
    assert families.linked(shop.brand.pk, shop.customer(li)) == []
    shop.proven()


def test_a_code_for_family_ends_after_a_day(shop: Shop) -> None:
    li, bo = shop.member(), shop.member()
    code = families.invite(shop.brand.pk, li)
    with frozen(now_ms() + DAY_MS + 1), pytest.raises(NotFound):
        families.accept(shop.brand.pk, bo, code)
    families.invite(shop.brand.pk, li)
    with pytest.raises(NotFound):
        families.accept(shop.brand.pk, bo, code)
