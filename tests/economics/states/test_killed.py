"""kill -9 in the middle of a refresh, and two at once: nothing halfway stays, nothing is told twice."""

from __future__ import annotations

import pytest

from guanxi.economics.models import CustomerState, StateProgress
from guanxi.economics.states import refreshing, rules
from guanxi.economics.states.refreshing import is_behind, refresh
from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.warehouse import services as lake
from tests import dying
from tests.economics.states.world import SIMPLE, buys, look, states, told
from tests.segments.live.brand import DAY, NOW
from tests.segments.live.test_at_once import at_once, once

pytestmark = pytest.mark.django_db(transaction=True)
LOADED = """
import os, signal, sys
from django.db import connection
from guanxi.kernel.clock import frozen
from guanxi.platform.models import Brand
from guanxi.economics.states import keeping, refreshing
from guanxi.segments import compiling
from guanxi.touchpoints import own
"""
SCRIPT = """
connection.settings_dict["NAME"] = sys.argv[1]
place, name, count, now_ms = sys.argv[2:6]
home = {"keeping": keeping, "own": own, "refreshing": refreshing}[place]
original, calls = getattr(home, name), 0
def deadly(*arguments, **options):
    global calls
    answer = original(*arguments, **options)
    calls += 1
    if calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(home, name, deadly)
refreshing.CHUNK = refreshing.FILL = 2
with frozen(int(now_ms)):
    refreshing.refresh(Brand.objects.get())
"""


def die(moment: str, at_ms: int) -> None:
    dying.die(LOADED, SCRIPT, *moment.split(), at_ms)


@pytest.fixture
def simple(brand: Brand) -> Brand:
    rules.choose(brand.pk, SIMPLE, version=0, actor="cli")
    return brand


FILLING = ["keeping each 2", "keeping fill 2", "refreshing _fill 2", "refreshing _write_all 1"]
CHANGING = ["keeping update_rows 2", "own write 2", "keeping write 2", "refreshing _settle 2"]


@pytest.mark.parametrize("moment", FILLING)
def test_a_first_refresh_killed_anywhere_is_finished_by_the_next(simple: Brand, moment: str) -> None:
    people = [buys(simple, f"p{number}", 9) for number in range(5)]
    lake.sync(simple)
    die(moment, NOW)
    assert CustomerState.objects.count() in {2, 4, 5}
    assert is_behind(simple)
    refresh(simple)
    assert states(simple) == dict.fromkeys(people, "active")
    assert told(simple) == []
    assert not is_behind(simple)


@pytest.mark.parametrize("moment", CHANGING)
def test_changes_and_their_touchpoints_stand_or_fall_together(simple: Brand, moment: str) -> None:
    people = [buys(simple, f"p{number}", 9) for number in range(5)]
    look(simple)
    with frozen(NOW + DAY):
        for number in range(5):
            buys(simple, f"p{number}", 0)
        lake.sync(simple)
        die(moment, NOW + DAY)
        changed = [customer for customer, state in states(simple).items() if state == "loyal"]
        assert [subject for subject, _from, _to in told(simple)] == changed
        refresh(simple)
    assert states(simple) == dict.fromkeys(people, "loyal")
    assert sorted(told(simple)) == [(customer, "active", "loyal") for customer in people]


def test_two_at_once_write_everything_once(simple: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "CHUNK", 3)
    people = [buys(simple, f"p{number}", 9) for number in range(20)]
    look(simple)
    for number in range(20):
        buys(simple, f"p{number}", 0)
    lake.sync(simple)
    at_once(*[lambda: refresh(simple)] * 3)
    assert states(simple) == dict.fromkeys(people, "loyal")
    assert sorted(told(simple)) == [(customer, "active", "loyal") for customer in people]
    assert not is_behind(simple)


@pytest.mark.parametrize("place", ["found", "_write_all"])
def test_the_earlier_of_two_stops(simple: Brand, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """What it found may be older than what the later one wrote."""
    lei = buys(simple, "lei", 9)
    look(simple)
    buys(simple, "lei", 0)
    lake.sync(simple)
    later: list[bool] = []

    def another() -> None:
        buys(simple, "mei", 1)
        lake.sync(simple)
        later.append(refresh(simple).overtaken)

    once(monkeypatch, refreshing, place, another)
    assert refresh(simple).overtaken
    assert later == [False]
    assert told(simple) == [(lei, "active", "loyal")]
    assert StateProgress.objects.get().counts == {"active": 1, "loyal": 1}


def test_rules_chosen_meanwhile_stop_it_too(simple: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    lei = buys(simple, "lei", 9)
    lake.sync(simple)
    once(
        monkeypatch,
        refreshing,
        "found",
        lambda: rules.choose(simple.pk, SIMPLE[1:], version=1, actor="cli"),
    )
    assert refresh(simple).overtaken
    assert states(simple) == {}
    refresh(simple)
    assert states(simple) == {lei: "active"}
